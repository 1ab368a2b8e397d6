/* Lines of /etc/hosts, and addresses: each is one to us where it is one to libc. */
#include "wire.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
	if (!held)
		abort();
}

static void check_address(const char *string)
{
	unsigned char bytes[ADDRESS_BYTES], expected[ADDRESS_BYTES];
	size_t count = address_parse(string, bytes);

	must((count == 4) == (inet_pton(AF_INET, string, expected) == 1));
	if (count != 4)
		must((count == 16) == (inet_pton(AF_INET6, string, expected) == 1));
	must(memcmp(bytes, expected, count) == 0);
}

/* A name that a line gives an address stands in it. */
static void check_line(const char *line, size_t size)
{
	unsigned char bytes[ADDRESS_BYTES];
	char copy[256] = "";
	size_t count;

	if (!hosts_line(line, size, "Es.1", bytes, &count))
		return;
	must(count == 4 || count == 16);
	memcpy(copy, line, size < sizeof copy ? size : sizeof copy - 1);
	must(size >= sizeof copy || memchr(line, '\0', size) || strcasestr(copy, "eS.1"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1);
	unsigned char hello[TLS_HELLO_SIZE];

	memcpy(line, data, size);
	line[size] = '\0';
	check_address(line);
	if (strlen(line) < URL_HOST_SIZE)
		must(tls_hello(hello, line) <= sizeof hello);
	free(line);
	line = malloc(size ? size : 1); /* its exact size, for the sanitizer to watch */
	memcpy(line, data, size);
	check_line(line, size);
	free(line);
	return 0;
}
