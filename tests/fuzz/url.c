/* URLs: what is typed, and what a unit or the environment says. */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
	if (!held)
		abort();
}

static bool is_within(const char *part, size_t length, const char *whole)
{
	return part >= whole && part + length <= whole + strlen(whole);
}

/* What goes into a request holds no end of a line and no blank. */
static void check_visible(const char *part, size_t length)
{
	for (size_t i = 0; i < length; i++)
		must((unsigned char)part[i] > ' ' && part[i] != 0x7f);
}

static void check_host(const struct url *url, const char *string)
{
	unsigned char again[ADDRESS_BYTES];

	must(url->port > 0);
	must(*url->host && strlen(url->host) < URL_HOST_SIZE);
	must(is_within(url->authority, url->authority_length, string));
	check_visible(url->authority, url->authority_length);
	must(address_parse(url->host, again) == url->address_count);
	must(memcmp(again, url->address, url->address_count) == 0);
}

static void check(const struct url *url, const char *string)
{
	uint64_t wanted = 0;

	must(url_is(string));
	must(url->timeout <= URL_TIMEOUT_MOST);
	must(is_within(url->path, url->path_length, string));
	check_visible(url->path, url->path_length);
	must(!url->path_length || *url->path == '/');
	must(strlen(url->body) < URL_OPTION_SIZE);
	must(!*url->body || url->scheme == URL_HTTP);
	must(!url->eof || url->scheme == URL_TCP || url->scheme == URL_UNIX);
	for (size_t i = 0; i < sizeof url->status / sizeof *url->status; i++)
		wanted |= url->status[i];
	must(wanted && !url->status[0] && !(url->status[1] << (64 - 36)));
	must(!(url->status[9] >> (600 - 9 * 64)));
	if (url->scheme == URL_UNIX)
		must(url->path_length > 0 && url->path_length <= URL_SOCKET_MOST);
	else
		check_host(url, string);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct url url;
	char *string = malloc(size + 1);
	const char *expected;

	memcpy(string, data, size);
	string[size] = '\0';
	expected = url_parse(string, &url);
	must(!expected || *expected);
	if (!expected)
		check(&url, string);
	free(string);
	return 0;
}
