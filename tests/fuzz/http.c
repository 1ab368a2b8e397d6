/* Answers, as any server may send them, and in whatever parts. */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
	if (!held)
		abort();
}

/* The first bytes of what is a head, or may become one, are no less. */
static enum http_head parse_part(const uint8_t *data, size_t size, enum http_head whole)
{
	char *part = malloc(size ? size : 1); /* its exact size, for the sanitizer to watch */
	enum http_head got;
	unsigned status;
	size_t head;

	memcpy(part, data, size);
	got = http_parse(part, size, &status, &head);
	must(got != HTTP_MALFORMED || whole == HTTP_MALFORMED);
	free(part);
	return got;
}

static void check_hold(const char *bytes, size_t size)
{
	char wanted[4] = { 'a', 'b', 'a' };

	must(bytes_hold(bytes, size, wanted) == (memmem(bytes, size, wanted, 3) != NULL));
}

static void check_record(const uint8_t *data)
{
	if (tls_answers(data))
		must((data[0] == 21 || data[0] == 22) && data[1] == 3 && data[3] <= 0x40);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size ? size : 1);
	unsigned status = 0;
	size_t head = 0;
	enum http_head got;

	memcpy(bytes, data, size);
	got = http_parse(bytes, size, &status, &head);
	if (got == HTTP_WHOLE) {
		must(status >= 100 && status <= 599);
		must(head > 12 && head <= size && bytes[head - 1] == '\n');
		must(memchr(bytes, '\0', head) == NULL);
		must(parse_part(data, head, got) == HTTP_WHOLE);
		must(parse_part(data, head - 1, got) == HTTP_MORE);
	}
	for (size_t part = 0; part < size && part < 64; part++)
		parse_part(data, part, got);
	check_hold(bytes, size);
	if (size >= TLS_HEADER_SIZE)
		check_record(data);
	free(bytes);
	return 0;
}
