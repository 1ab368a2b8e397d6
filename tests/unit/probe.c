/* What a probe reads: addresses, lines of hosts, URLs, heads of HTTP answers, records of TLS. */
#include "unit.h"
#include "wire.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct url url;

/* Without its NUL and of its exact size, for the sanitizer to watch. The caller frees it. */
static char *exact_copy(const char *bytes, size_t length)
{
	char *copy = malloc(length ? length : 1);

	if (!copy)
		abort();
	memcpy(copy, bytes, length);
	return copy;
}

/* ---- addresses ------------------------------------------------------------------------------- */

static void an_address_is_what_libc_takes_for_one(void)
{
	static const char *const strings[] = {
		"0.0.0.0", "127.0.0.1", "255.255.255.255", "1.2.3", "1.2.3.4.5", "1.2.3.256",
		"1.2.3.1000",
		"01.2.3.4", "1.2.3.00", "1.2.3.4 ", " 1.2.3.4", "1.2.3.", ".1.2.3.4", "1..2.3",
		"0x1.2.3.4", "",
		"1", "a.b.c.d", "::", "::1", "1::", ":", ":::", "1:::2", "1:", ":1", "::1:",
		"1::2::3",
		"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::",
		"::2:3:4:5:6:7:8",
		"1:2:3:4::5:6:7:8", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "fe80::aBcD:0",
		"12345::", "::g",
		"0000::0001", "00000::", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4",
		"1:2:3:4:5:6:7:1.2.3.4",
		"1:2:3:4:5:1.2.3.4", "::1.2.3.4:5", "::1.2.3", "::1.2.3.256", "1.2.3.4::",
		"::ffff:1.2.3.4",
		"64:ff9b::192.0.2.33", "::1%lo", "[::1]", "1:2:3:4:5:6:7.8.9.0", "1:2:3:4:5:6:7:",
		"::.1.2.3",
	};
	unsigned char bytes[ADDRESS_BYTES], expected[ADDRESS_BYTES];

	for (size_t i = 0; i < COUNT(strings); i++) {
		size_t count = inet_pton(AF_INET, strings[i], expected) == 1  ? 4 :
			       inet_pton(AF_INET6, strings[i], expected) == 1 ? 16 :
										0;

		unit_about("'%s'", strings[i]);
		if (CHECK_INT(address_parse(strings[i], bytes), count))
			CHECK_BYTES(bytes, expected, count);
	}
}

/* ---- hosts ----------------------------------------------------------------------------------- */

static void a_line_of_hosts_gives_each_of_its_names_its_address(void)
{
	static const struct {
		const char *line, *name, *address;
	} rows[] = {
		{ "10.1.2.3 es", "es", "10.1.2.3" },
		{ "10.1.2.3\tweb  es\tdb", "es", "10.1.2.3" },
		{ "10.1.2.3\tweb  es\tdb", "db", "10.1.2.3" },
		{ "  10.1.2.3 es\r", "es", "10.1.2.3" },
		{ "fd00::7 es # web", "es", "fd00::7" },
		{ "10.1.2.3 ES.example", "es.EXAMPLE", "10.1.2.3" },
		{ "10.1.2.3 web # es", "es", NULL },
		{ "# 10.1.2.3 es", "es", NULL },
		{ "10.1.2.3 es2 2es", "es", NULL },
		{ "10.1.2.3 e s", "es", NULL },
		{ "10.1.2.3", "10.1.2.3", NULL },
		{ "es es", "es", NULL },
		{ "10.1.2.3es es", "es", NULL },
		{ "10.1.2.300 es", "es", NULL },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2551 es", "es", NULL },
		{ "", "es", NULL },
		{ " \t ", "es", NULL },
		{ "#", "es", NULL },
		{ "10.1.2.3 ", "es", NULL },
	};
	unsigned char bytes[ADDRESS_BYTES], expected[ADDRESS_BYTES];

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *line = exact_copy(rows[i].line, strlen(rows[i].line));
		size_t length = strlen(rows[i].line), address = 0, count;

		if (rows[i].address)
			address = address_parse(rows[i].address, expected);
		unit_about("'%s' of '%s'", rows[i].name, rows[i].line);
		if (CHECK_INT(hosts_line(line, length, rows[i].name, bytes, &count), address > 0) &&
		    address && CHECK_INT(count, address))
			CHECK_BYTES(bytes, expected, address);
		free(line);
	}
}

/* ---- URLs ------------------------------------------------------------------------------------ */

static void a_url_begins_with_letters_and_a_command_does_not(void)
{
	CHECK(url_is("tcp://localhost:1"));
	CHECK(url_is("https://localhost"));
	CHECK(url_is("HTTP://localhost"));
	CHECK(!url_is("://localhost"));
	CHECK(!url_is("/usr/bin/curl http://localhost"));
	CHECK(!url_is("curl http://localhost"));
	CHECK(!url_is("-tcp://localhost:1"));
	CHECK(!url_is("tcp:/localhost"));
	CHECK(!url_is(""));
}

static void a_url_has_a_host_and_a_port(void)
{
	static const struct {
		const char *string;
		enum url_scheme scheme;
		const char *host, *authority;
		int port;
		size_t count;
	} rows[] = {
		{ "tcp://localhost:9200", URL_TCP, "localhost", "localhost:9200", 9200, 0 },
		{ "tcp://127.0.0.1:1", URL_TCP, "127.0.0.1", "127.0.0.1:1", 1, 4 },
		{ "tls://es-1.my_net:65535", URL_TLS, "es-1.my_net", "es-1.my_net:65535", 65535, 0 },
		{ "tls://[::1]:443", URL_TLS, "::1", "[::1]:443", 443, 16 },
		{ "http://a", URL_HTTP, "a", "a", 80, 0 },
		{ "http://a/", URL_HTTP, "a", "a", 80, 0 },
		{ "http://a:8080#timeout=1s", URL_HTTP, "a", "a:8080", 8080, 0 },
		{ "http://[fd00::1]/x", URL_HTTP, "fd00::1", "[fd00::1]", 80, 16 },
		/* No address, so a name. */
		{ "tcp://1.2.3:4", URL_TCP, "1.2.3", "1.2.3:4", 4, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unit_about("%s", rows[i].string);
		if (!CHECK(url_parse(rows[i].string, &url) == NULL))
			continue;
		CHECK_INT(url.scheme, rows[i].scheme);
		CHECK_TEXT(url.host, rows[i].host);
		CHECK_INT(url.port, rows[i].port);
		CHECK_INT(url.address_count, rows[i].count);
		CHECK_INT(url.authority_length, strlen(rows[i].authority));
		CHECK_BYTES(url.authority, rows[i].authority, strlen(rows[i].authority));
	}
}

static void the_path_goes_up_to_the_fragment(void)
{
	static const struct {
		const char *string, *path;
	} rows[] = {
		{ "http://a", "" },
		{ "http://a/", "/" },
		{ "http://a/_cluster/health?local=true&x=#timeout=1s", "/_cluster/health?local=true&x=" },
		{ "http://a:1/b:2/@[]?//", "/b:2/@[]?//" },
		{ "unix:///run/docker.sock", "/run/docker.sock" },
		{ "unix:///run/a?b&c:d@e#eof", "/run/a?b&c:d@e" },
		{ "unix:///r\xc3\xb6hre", "/r\xc3\xb6hre" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unit_about("%s", rows[i].string);
		CHECK(url_parse(rows[i].string, &url) == NULL);
		CHECK_INT(url.path_length, strlen(rows[i].path));
		CHECK_BYTES(url.path, rows[i].path, strlen(rows[i].path));
	}
}

static const char scheme[] = "tcp:// tls:// http:// or unix://";
static const char authority[] = "HOST:PORT behind ://";
static const char path[] = "/PATH without blanks";
static const char options[] =
	"#timeout=2s, of http #status=200-299&body=TEXT, of tcp and unix #eof";
static const char nothing[] = "#options, if anything, behind the port";

static void what_is_wrong_with_a_url_is_said(void)
{
	static const struct {
		const char *string, *expected;
	} rows[] = {
		{ "", scheme }, { "localhost:1", scheme }, { "https://a", scheme },
		{ "TCP://a:1", scheme },
		{ "tcp:/a:1", scheme }, { " tcp://a:1", scheme },
		{ "tcp://", authority }, { "tcp://:1", authority }, { "tcp://a", authority },
		{ "tls://a", authority },
		{ "tcp://a:", authority }, { "tcp://a:0", authority },
		{ "tcp://a:65536", authority },
		{ "tcp://a:99999999999999999999", authority }, { "tcp://a:x", authority },
		{ "tcp://a:-1", authority },
		{ "tcp://a b:1", authority }, { "tcp://::1:1", authority },
		{ "tcp://[::1:1", authority },
		{ "tcp://[1.2.3.4]:1", authority }, { "tcp://[]:1", authority },
		{ "tcp://[::1]", authority },
		{ "tcp://[es]:1", authority }, { "http://", authority }, { "http:///x", authority },
		{ "http://user@a/", path }, { "http://user:pw@a/", authority },
		{ "http://a\r\nX: y/", path },
		{ "http://a:80x", path }, { "http://a?x", path }, { "http://a/x y", path },
		{ "http://a/\r\nX:y", path }, { "http://a/\x7f", path }, { "http://a/\t", path },
		{ "unix://run/x", path }, { "unix://", path }, { "unix://#eof", path },
		{ "unix:///a b", path },
		{ "tcp://a:1/", nothing }, { "tcp://a:1/?eof", nothing }, { "tls://a:1 ", nothing },
		{ "tcp://a:1x", nothing },
		{ "tcp://a:1#", options }, { "tcp://a:1#eof&", options },
		{ "tcp://a:1#&eof", options }, { "tcp://a:1?", options },
		{ "tcp://a:1?eofx", options }, { "tls://a:1?eof", options },
		{ "tcp://a:1#eof=1", options }, { "tcp://a:1#EOF", options },
		{ "tcp://a:1#eofx", options },
		{ "tls://a:1#eof", options }, { "http://a#eof", options },
		{ "tcp://a:1#status=200", options },
		{ "tls://a:1#body=x", options }, { "unix:///a#status=200", options },
		{ "tcp://a:1#x=1", options },
		{ "tcp://a:1#timeout", options }, { "tcp://a:1#timeout=", options },
		{ "tcp://a:1#timeout=0", options },
		{ "tcp://a:1#timeout=x", options }, { "tcp://a:1#timeout=61min", options },
		{ "tcp://a:1#timeout=infinity", options }, { "http://a#body=", options },
		{ "http://a#body", options },
		{ "http://a#body=%", options }, { "http://a#body=%4", options },
		{ "http://a#body=%4x", options },
		{ "http://a#body=%00", options }, { "http://a#body=a%00b", options },
		{ "http://a#status=", options }, { "http://a#status=20", options },
		{ "http://a#status=2000", options },
		{ "http://a#status=600", options }, { "http://a#status=099", options },
		{ "http://a#status=200-", options }, { "http://a#status=200-199", options },
		{ "http://a#status=200,", options }, { "http://a#status=,200", options },
		{ "http://a#status=200 ,201", options }, { "http://a#status=200-299-300", options },
		{ "http://a#status=-200", options },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *string = exact_copy(rows[i].string, strlen(rows[i].string) + 1);
		const char *expected = url_parse(string, &url);

		unit_about("'%s'", rows[i].string);
		CHECK_TEXT(expected ? expected : "(nothing)", rows[i].expected);
		free(string);
	}
}

/* scheme, then so many of that byte, then the rest: whether it can be read. */
static bool reads(const char *start, size_t count, char byte, const char *rest)
{
	static char string[8192];
	struct text text = text_over(string, sizeof string);

	text_add(&text, start);
	while (count--)
		text_add_bytes(&text, &byte, 1);
	text_add(&text, rest);
	return url_parse(string, &url) == NULL;
}

static void what_would_not_fit_is_refused_and_never_cut(void)
{
	CHECK(reads("tcp://", URL_HOST_SIZE - 1, 'a', ":1"));
	CHECK_INT(strlen(url.host), URL_HOST_SIZE - 1);
	CHECK(!reads("tcp://", URL_HOST_SIZE, 'a', ":1"));
	CHECK(!reads("tcp://[::", URL_HOST_SIZE, '0', "]:1"));
	CHECK(reads("http://a/", URL_PATH_MOST - 1, 'b', ""));
	CHECK(!reads("http://a/", URL_PATH_MOST, 'b', ""));
	CHECK(reads("unix:///", URL_SOCKET_MOST - 1, 'b', ""));
	CHECK(!reads("unix:///", URL_SOCKET_MOST, 'b', ""));
	CHECK(reads("http://a#body=", URL_OPTION_SIZE - 1 - 5, 'b', ""));
	CHECK_INT(strlen(url.body), URL_OPTION_SIZE - 1 - 5);
	CHECK(!reads("http://a#body=", URL_OPTION_SIZE - 5, 'b', ""));
}

static bool wants(unsigned status)
{
	return url.status[status / 64] >> status % 64 & 1;
}

static void statuses_are_those_named_and_200_to_399_where_none_are(void)
{
	static const struct {
		const char *string;
		unsigned first, last, also;
	} rows[] = {
		{ "http://a", 200, 399, 200 },
		{ "http://a#status=200", 200, 200, 200 },
		{ "http://a#status=200-299,401", 200, 299, 401 },
		{ "http://a#status=401,200-204", 200, 204, 401 },
		{ "http://a#status=100-599", 100, 599, 100 },
		{ "http://a#status=300-300", 300, 300, 300 },
		{ "http://a#status=500&status=404", 404, 404, 404 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK(url_parse(rows[i].string, &url) == NULL);
		for (unsigned status = 0; status < 64 * COUNT(url.status); status++) {
			unit_about("%u of %s", status, rows[i].string);
			CHECK_INT(wants(status),
				  (status >= rows[i].first && status <= rows[i].last) ||
					  status == rows[i].also);
		}
	}
}

static void the_fragment_says_what_is_asked_of_the_answer(void)
{
	CHECK(url_parse("tcp://a:1#eof", &url) == NULL);
	CHECK(url.eof);
	CHECK_INT(url.timeout, 0);
	CHECK(url_parse("tcp://a:1?timeout=2s&eof", &url) == NULL);
	CHECK(url.eof);
	CHECK_INT(url.timeout, 2 * USEC_PER_SEC);
	CHECK(url_parse("unix:///a#timeout=250ms&eof", &url) == NULL);
	CHECK(url.eof);
	CHECK_INT(url.timeout, 250 * USEC_PER_MSEC);
	CHECK(url_parse("tls://a:1#timeout=3", &url) == NULL);
	CHECK_INT(url.timeout, 3 * USEC_PER_SEC);
	CHECK(url_parse("tls://a:1#timeout=1h", &url) == NULL);
	CHECK(url_parse("http://a#body=\"status\":\"green\"", &url) == NULL);
	CHECK_TEXT(url.body, "\"status\":\"green\"");
	CHECK(url_parse("http://a#body=two words#&timeout=1min", &url) == NULL);
	CHECK_TEXT(url.body, "two words#");
	CHECK_INT(url.timeout, 60 * USEC_PER_SEC);
	CHECK(url_parse("http://a#body=a%26b%3dc%25%0a%FF&status=200", &url) == NULL);
	CHECK_TEXT(url.body, "a&b=c%\n\xff");
	CHECK(!wants(201));
}

/* ---- HTTP ------------------------------------------------------------------------------------ */

static enum http_head parse(const char *bytes, unsigned *status, size_t *head)
{
	size_t length = strlen(bytes);
	char *copy = exact_copy(bytes, length);
	enum http_head got = http_parse(copy, length, status, head);

	free(copy);
	return got;
}

static void a_head_is_a_status_line_and_fields_up_to_an_empty_line(void)
{
	static const struct {
		const char *head;
		unsigned status;
	} rows[] = {
		{ "HTTP/1.1 200 OK\r\n\r\n", 200 },
		{ "HTTP/1.0 404 Not Found\r\nServer: x\r\nContent-Length: 0\r\n\r\n", 404 },
		{ "HTTP/1.1 503\r\n\r\n", 503 },
		{ "HTTP/1.1 599 \r\n\r\n", 599 },
		{ "HTTP/1.1 100 Continue\n\n", 100 },
		{ "HTTP/1.1 200 \xc3\xb6\r\nA:\r\nB:\t x \r\nC: \xff\r\n\r\n", 200 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t length = strlen(rows[i].head), head = 0;
		char bytes[256];
		unsigned status = 0;

		unit_about("%s", rows[i].head);
		memcpy(bytes, rows[i].head, length);
		memcpy(bytes + length, "\0\xff body", 7);
		CHECK_INT(http_parse(bytes, length + 7, &status, &head), HTTP_WHOLE);
		CHECK_INT(head, length);
		CHECK_INT(status, rows[i].status);
		for (size_t part = 0; part < length; part++) {
			char *copy = exact_copy(rows[i].head, part);

			unit_about("the first %zu bytes of %s", part, rows[i].head);
			CHECK_INT(http_parse(copy, part, &status, &head), HTTP_MORE);
			free(copy);
		}
	}
}

static void what_is_no_head_is_refused_as_soon_as_it_is_seen(void)
{
	static const char *const heads[] = {
		"x", "HTTX", "http/1.1 200 OK\r\n", " HTTP/1.1", "\r\nHTTP/1.1 200 OK\r\n",
		"HTTP/2 200\r\n",
		"HTTP/1.1 20\r\n", "HTTP/1.1 2000 OK\r\n", "HTTP/1.1 600 OK\r\n",
		"HTTP/1.1 099 OK\r\n",
		"HTTP/1.1 -20 OK\r\n", "HTTP/1.1  200 OK\r\n", "HTTP/1.1\t200 OK\r\n",
		"HTTP/1.x 200 OK\r\n",
		"HTTP/1.1 2x0 OK\r\n", "HTTP/1.1 200OK\r\n", "HTTP/1.\n", "HTTP/1.1\n",
		"HTTP/1.1 \n",
		"HTTP/1.1 200 O\x01K\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n",
		"HTTP/1.1 200 OK\r\n: x\r\n", "HTTP/1.1 200 OK\r\nA b: x\r\n",
		"HTTP/1.1 200 OK\r\nA : x\r\n", "HTTP/1.1 200 OK\r\n folded\r\n",
		"HTTP/1.1 200 OK\r\nA: \x01\r\n",
		"HTTP/1.1 200 OK\r\nA: x\ry\r\n", "HTTP/1.1 200 OK\r\nA: \x7f\r\n",
		"\x15\x03\x01\x02",
	};
	size_t head;
	unsigned status;

	for (size_t i = 0; i < COUNT(heads); i++) {
		unit_about("%s", heads[i]);
		CHECK_INT(parse(heads[i], &status, &head), HTTP_MALFORMED);
	}
	CHECK_INT(http_parse("HTTP/1.1 200 OK\r\nA: \0\r\n\r\n", 25, &status, &head),
		  HTTP_MALFORMED);
}

static void a_string_is_found_wherever_it_stands(void)
{
	CHECK(bytes_hold("green", 5, "green"));
	CHECK(bytes_hold("ggreen", 6, "green"));
	CHECK(bytes_hold("\0\0green\xff", 8, "green"));
	CHECK(bytes_hold("grgreen", 7, "green"));
	CHECK(!bytes_hold("green", 4, "green"));
	CHECK(!bytes_hold("gre", 3, "green"));
	CHECK(!bytes_hold("", 0, "green"));
	CHECK(!bytes_hold("Green gree en", 13, "green"));
}

/* ---- TLS ------------------------------------------------------------------------------------- */

static unsigned number_at(const unsigned char *bytes)
{
	return (unsigned)(bytes[0] << 8 | bytes[1]);
}

/* The extensions of a hello of that length: how many, or -1 where their lengths don't add up. */
static int count_extensions(const unsigned char *hello, size_t length)
{
	size_t at = 66 + 2;
	int count = 0;

	if (number_at(hello + 66) != length - at)
		return -1;
	for (; at + 4 <= length; count++)
		at += 4 + number_at(hello + at + 2);
	return at == length ? count : -1;
}

static void a_hello_adds_up_and_names_the_host(void)
{
	static char longest[URL_HOST_SIZE];
	static const char *const names[] = { "", "a", "localhost", longest };
	unsigned char hello[TLS_HELLO_SIZE];

	memset(longest, 'a', sizeof longest - 1);
	for (size_t i = 0; i < COUNT(names); i++) {
		size_t length = tls_hello(hello, names[i]), name_length = strlen(names[i]);

		unit_about("'%s'", names[i]);
		CHECK_BYTES(hello, "\x16\x03\x01", 3);
		CHECK_INT(number_at(hello + 3), length - 5);
		CHECK_INT(hello[5], 1);
		CHECK_INT(hello[6] << 16 | number_at(hello + 7), length - 9);
		CHECK_INT(count_extensions(hello, length), name_length ? 6 : 5);
		CHECK_BYTES(hello + length - name_length, names[i], name_length);
	}
}

static void any_record_of_handshake_or_alert_is_an_answer(void)
{
	static const struct {
		const char *bytes;
		bool answers;
	} rows[] = {
		{ "\x16\x03\x03\x00\x7a", true },  { "\x15\x03\x01\x00\x02", true },
		{ "\x15\x03\x00\x00\x02", true },  { "\x16\x03\x04\x40\x00", true },
		{ "\x16\x03\x03\x40\x01", false }, { "\x16\x03\x03\x00\x00", false },
		{ "\x17\x03\x03\x00\x7a", false }, { "\x16\x02\x03\x00\x7a", false },
		{ "\x16\x03\x05\x00\x7a", false }, { "HTTP/", false },
		{ "220 m", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unit_about("row %zu", i);
		CHECK_INT(tls_answers((const unsigned char *)rows[i].bytes), rows[i].answers);
	}
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(an_address_is_what_libc_takes_for_one),
		TEST(a_line_of_hosts_gives_each_of_its_names_its_address),
		TEST(a_url_begins_with_letters_and_a_command_does_not),
		TEST(a_url_has_a_host_and_a_port),
		TEST(the_path_goes_up_to_the_fragment),
		TEST(what_is_wrong_with_a_url_is_said),
		TEST(what_would_not_fit_is_refused_and_never_cut),
		TEST(statuses_are_those_named_and_200_to_399_where_none_are),
		TEST(the_fragment_says_what_is_asked_of_the_answer),
		TEST(a_head_is_a_status_line_and_fields_up_to_an_empty_line),
		TEST(what_is_no_head_is_refused_as_soon_as_it_is_seen),
		TEST(a_string_is_found_wherever_it_stands),
		TEST(a_hello_adds_up_and_names_the_host),
		TEST(any_record_of_handshake_or_alert_is_an_answer),
	};

	return unit_run(tests, COUNT(tests));
}
