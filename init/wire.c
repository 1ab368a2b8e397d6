#include "wire.h"

#include "record.h"

#include <string.h>

/* ---- notify datagrams ---- */

/* The base that a number's prefix names, behind which *digits moves, as systemd's safe_atou64 has it. */
static unsigned take_base(const char **digits)
{
	static const struct {
		char letter;
		unsigned char base;
	} prefixes[] = { { 'x', 16 }, { 'X', 16 }, { 'b', 2 }, { 'o', 8 } };

	if (**digits != '0')
		return 10;
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if ((*digits)[1] == prefixes[i].letter) {
			*digits += 2;
			return prefixes[i].base;
		}
	return 8;
}

/* Blanks and a plus may stand before the number, nothing behind it. */
static bool parse_number(const char *string, uint64_t *value)
{
	unsigned base;

	string += strspn(string, " \t\n\r");
	string += *string == '+';
	base = take_base(&string);
	return parse_digits(string, base, UINT64_MAX, value);
}

enum field_kind { FIELD_SWITCH, FIELD_WATCHDOG, FIELD_NUMBER, FIELD_STATUS, FIELD_ACCESS };

struct PACKED field {
	uint8_t kind;
	bool outward;
	uint16_t flag;
	uint16_t offset; /* of a number in struct notify */
	uint8_t least;
	uint32_t most; /* of a number; 0: no limit */
	char name[20];
};

/* Leaves value in *notify; the flags that it gives. */
typedef unsigned reader(const struct field *field, const char *value, struct notify *notify);

static unsigned read_switch(const struct field *field, const char *value, struct notify *notify)
{
	(void)notify;
	return strcmp(value, "1") == 0 ? field->flag : 0;
}

static unsigned read_watchdog(const struct field *field, const char *value, struct notify *notify)
{
	return strcmp(value, "trigger") == 0 ? NOTIFY_WATCHDOG_TRIGGER : read_switch(field, value, notify);
}

static unsigned read_number(const struct field *field, const char *value, struct notify *notify)
{
	uint64_t number;

	if (!parse_number(value, &number) || number < field->least || (field->most && number > field->most))
		return 0;
	memcpy((char *)notify + field->offset, &number, sizeof number);
	return field->flag;
}

/* Cut to what fits, but judged as a whole. */
static unsigned read_status(const struct field *field, const char *value, struct notify *notify)
{
	struct text status = text_over(notify->status, sizeof notify->status);
	size_t length;

	for (; (length = utf8_length(value)); value += length) {
		status.cut = status.cut || length > status.room - 1 - status.length;
		if (!status.cut)
			text_add_bytes(&status, value, length);
	}
	if (*value)
		notify->status[0] = '\0';
	return field->flag;
}

static unsigned read_access(const struct field *field, const char *value, struct notify *notify)
{
	int number = word_number("none|main|exec|all", value, strlen(value));

	_Static_assert(NOTIFY_ACCESS_UNSET == NOTIFY_ACCESS_NONE - 1, "what an unknown word gives");
	notify->access = (enum notify_access)(NOTIFY_ACCESS_NONE + number);
	return field->flag;
}

#define FIELD(kind, outward, name) { kind, outward, NOTIFY_##name, 0, 0, 0, #name }
#define SWITCH(outward, name) FIELD(FIELD_SWITCH, outward, name)
#define NUMBER(outward, name, member, least, most) \
	{ FIELD_NUMBER, outward, NOTIFY_##name, offsetof(struct notify, member), least, most, #name }

static const struct field fields[] = {
	SWITCH(true, READY),
	SWITCH(true, RELOADING),
	SWITCH(true, STOPPING),
	SWITCH(false, BARRIER),
	SWITCH(false, FDSTORE),
	SWITCH(false, FDSTOREREMOVE),
	FIELD(FIELD_WATCHDOG, false, WATCHDOG),
	FIELD(FIELD_STATUS, true, STATUS),
	FIELD(FIELD_ACCESS, false, NOTIFYACCESS),
	NUMBER(true, ERRNO, error, 0, 4095),
	NUMBER(true, EXIT_STATUS, exit_status, 0, 255),
	NUMBER(false, MAINPID, main_pid, 1, INT32_MAX),
	NUMBER(false, WATCHDOG_USEC, watchdog_usec, 0, 0),
	NUMBER(true, EXTEND_TIMEOUT_USEC, extend_timeout_usec, 0, 0),
	NUMBER(true, MONOTONIC_USEC, monotonic_usec, 0, 0),
};
#define FIELD_COUNT (sizeof fields / sizeof *fields)

/*
 * One line. A switch is on if any line is exactly NAME=1. Of the other fields the first line that begins with NAME=
 * counts, even where it can't be read and a later one could: seen has the flags of those that have come.
 */
static void read_line(const char *line, unsigned *seen, struct notify *notify)
{
	static reader *const readers[] = {
		[FIELD_SWITCH] = read_switch,
		[FIELD_WATCHDOG] = read_watchdog,
		[FIELD_NUMBER] = read_number,
		[FIELD_STATUS] = read_status,
		[FIELD_ACCESS] = read_access,
	};

	for (const struct field *field = fields; field < fields + FIELD_COUNT; field++) {
		const char *value = after_prefix(line, field->name);

		if (!value || *value != '=')
			continue;
		if (!(*seen & field->flag) || field->kind == FIELD_SWITCH)
			notify->flags |= readers[field->kind](field, value + 1, notify);
		*seen |= field->flag;
		return;
	}
}

/*
 * The next line of *cursor, at most to end, copied to line (which has room for all of it). Newlines and carriage
 * returns part lines, and a backslash takes away the meaning of what follows it, as in systemd's
 * strv_split_newlines(). False if there is no other line, with *cursor before end if a backslash stands alone.
 */
static bool take_line(const char **cursor, const char *end, char *line)
{
	const char *from = *cursor;
	char *first = line;

	while (from < end && (*from == '\n' || *from == '\r'))
		from++;
	for (; from < end && *from != '\n' && *from != '\r'; from++) {
		if (*from == '\\' && ++from == end)
			return false;
		*line++ = *from;
	}
	*line = '\0';
	*cursor = from;
	return line > first;
}

bool notify_parse(const char *message, size_t length, struct notify *notify)
{
	char line[NOTIFY_MESSAGE_MOST + 1];
	const char *end = message + length;
	unsigned seen = 0;

	memset(notify, 0, sizeof *notify);
	if (length > NOTIFY_MESSAGE_MOST)
		return false;
	if (length > 0 && end[-1] == '\0')
		end--;
	if (memchr(message, '\0', (size_t)(end - message)))
		return false;
	while (take_line(&message, end, line))
		read_line(line, &seen, notify);
	if (message < end) {
		memset(notify, 0, sizeof *notify);
		return false;
	}
	if (notify->flags & NOTIFY_BARRIER) {
		memset(notify, 0, sizeof *notify);
		notify->flags = NOTIFY_BARRIER;
	}
	return true;
}

/* No line may come out of it that the service has hidden behind a backslash. */
static void add_status(struct text *text, const char *status)
{
	for (; *status; status++) {
		char byte = *status == '\n' || *status == '\r' ? ' ' : *status;

		if (byte == '\\')
			text_add_byte(text, byte);
		text_add_byte(text, byte);
	}
}

void notify_add_outward(struct text *text, const struct notify *notify)
{
	for (const struct field *field = fields; field < fields + FIELD_COUNT; field++) {
		uint64_t number = 1;

		if (!field->outward || !(notify->flags & field->flag))
			continue;
		if (field->kind == FIELD_NUMBER)
			memcpy(&number, (const char *)notify + field->offset, sizeof number);
		text_format(text, "%s=", field->name);
		if (field->kind == FIELD_STATUS)
			add_status(text, notify->status);
		else
			text_format(text, "%llu", (unsigned long long)number);
		text_add_byte(text, '\n');
	}
}

void notify_merge(struct notify *kept, const struct notify *newer)
{
	for (const struct field *field = fields; field < fields + FIELD_COUNT; field++) {
		if (!field->outward || !(newer->flags & field->flag))
			continue;
		kept->flags |= field->flag;
		if (field->kind == FIELD_NUMBER)
			memcpy((char *)kept + field->offset, (const char *)newer + field->offset, sizeof(uint64_t));
		else if (field->kind == FIELD_STATUS)
			memcpy(kept->status, newer->status, sizeof kept->status);
	}
}

/* ---- addresses ---- */

#define IPV4_BYTES 4

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* What follows the four numbers, or NULL. */
static const char *parse_ipv4(const char *at, unsigned char *bytes)
{
	for (unsigned i = 0; i < IPV4_BYTES; i++) {
		unsigned number = 0;
		const char *digits = at;

		if (i > 0 && *digits++ != '.')
			return NULL;
		for (at = digits; is_digit(*at) && number <= 255; at++)
			number = 10 * number + digit_value(*at);
		if (at == digits || number > 255 || (*digits == '0' && at > digits + 1))
			return NULL;
		bytes[i] = (unsigned char)number;
	}
	return at;
}

/* Sixteen bits in up to four digits; what follows them, or NULL. */
static const char *parse_group(const char *at, unsigned char *bytes)
{
	const char *digits = at;
	unsigned number = 0;

	for (; at < digits + 4 && digit_value(*at) < 16; at++)
		number = 16 * number + digit_value(*at);
	bytes[0] = (unsigned char)(number >> 8);
	bytes[1] = (unsigned char)number;
	return at > digits ? at : NULL;
}

/* The zeros that "::" stands for go to where it stood, behind gap bytes of count. */
static bool widen(unsigned char *bytes, size_t gap, size_t count)
{
	if (gap > count)
		return count == ADDRESS_BYTES;
	memmove(bytes + gap + ADDRESS_BYTES - count, bytes + gap, count - gap);
	memset(bytes + gap, 0, ADDRESS_BYTES - count);
	return count < ADDRESS_BYTES;
}

/* Eight groups with colons between; "::" once for some of them, IPv4 for the last two. */
static bool parse_ipv6(const char *at, unsigned char *bytes)
{
	size_t count = 0, gap = ADDRESS_BYTES + 1;
	const char *group;

	if (at[0] == ':' && at[1] == ':') {
		gap = 0;
		at += 2;
	}
	while (*at) {
		group = at;
		if (count == ADDRESS_BYTES || !(at = parse_group(group, bytes + count)))
			return false;
		if (*at == '.' && count + IPV4_BYTES <= ADDRESS_BYTES) {
			at = parse_ipv4(group, bytes + count);
			count += IPV4_BYTES;
			return at && !*at && widen(bytes, gap, count);
		}
		count += 2;
		if (!*at)
			break;
		if (*at++ != ':' || !*at || (*at == ':' && gap <= count))
			return false;
		if (*at == ':') {
			gap = count;
			at++;
		}
	}
	return widen(bytes, gap, count);
}

size_t address_parse(const char *string, unsigned char bytes[static ADDRESS_BYTES])
{
	const char *rest = parse_ipv4(string, bytes);

	if (rest && !*rest)
		return IPV4_BYTES;
	return parse_ipv6(string, bytes) ? ADDRESS_BYTES : 0;
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

/* The next field of *at, which ends at end at the latest. False if there is none. */
static bool take_field(const char **at, const char *end, const char **field, size_t *length)
{
	while (*at < end && is_blank(**at))
		++*at;
	*field = *at;
	while (*at < end && !is_blank(**at))
		++*at;
	*length = (size_t)(*at - *field);
	return *length > 0;
}

bool hosts_line(const char *line, size_t length, const char *name,
		unsigned char bytes[static ADDRESS_BYTES], size_t *count)
{
	const char *comment = memchr(line, '#', length), *end = comment ? comment : line + length;
	char address[sizeof "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255"];
	const char *field;

	take_field(&line, end, &field, &length);
	if (!text_copy(address, sizeof address, field, length) || !(*count = address_parse(address, bytes)))
		return false;
	while (take_field(&line, end, &field, &length))
		if (length == strlen(name) && same_in_any_case(field, name, length))
			return true;
	return false;
}

/* ---- URLs ---- */

static const struct {
	char start[8];
	uint16_t port;      /* where none is given; 0: one has to be */
	uint16_t path_most; /* 0: it has none */
} schemes[] = {
	[URL_TCP] = { "tcp://", 0, 0 },
	[URL_TLS] = { "tls://", 0, 0 },
	[URL_HTTP] = { "http://", 80, URL_PATH_MOST },
	[URL_UNIX] = { "unix://", 0, URL_SOCKET_MOST },
};
#define SCHEME_COUNT (sizeof schemes / sizeof *schemes)

static bool is_letter(char byte)
{
	byte |= 0x20;
	return byte >= 'a' && byte <= 'z';
}

/* Neither control character nor blank, which would end a line or a field of the request. */
static bool is_visible(char byte)
{
	return (unsigned char)byte > ' ' && byte != 0x7f;
}

static const char *take_scheme(const char *string, struct url *url)
{
	const char *rest = NULL;

	for (size_t i = 0; i < SCHEME_COUNT && !rest; i++) {
		url->scheme = (enum url_scheme)i;
		rest = after_prefix(string, schemes[i].start);
	}
	return rest;
}

/* What follows the port, or NULL. */
static const char *take_port(const char *at, struct url *url)
{
	uint32_t port = 0;

	for (; is_digit(*at) && port <= UINT16_MAX; at++)
		port = 10 * port + digit_value(*at);
	url->port = (uint16_t)port;
	return port > 0 && port <= UINT16_MAX ? at : NULL;
}

static bool take_host(const char **at, struct url *url)
{
	struct text host = text_over(url->host, sizeof url->host);
	bool bracketed = **at == '[';
	const char *start = *at += bracketed;

	while (is_letter(**at) || is_digit(**at) || **at == '.' ||
	       (bracketed ? **at == ':' : **at == '-' || **at == '_'))
		++*at;
	text_add_bytes(&host, start, (size_t)(*at - start));
	url->address_count = address_parse(url->host, url->address);
	if (bracketed)
		return *(*at)++ == ']' && !host.cut && url->address_count == ADDRESS_BYTES;
	return host.length && !host.cut;
}

/* What follows it, or NULL. */
static const char *take_authority(const char *at, struct url *url)
{
	url->authority = at;
	url->port = schemes[url->scheme].port;
	if (!take_host(&at, url))
		return NULL;
	if (*at == ':')
		at = take_port(at + 1, url);
	if (!at || !url->port)
		return NULL;
	url->authority_length = (size_t)(at - url->authority);
	return at;
}

/* Options begin at a '#'. Without a path there is no query either: whoever writes '?' means them. */
static bool begins_options(char byte, enum url_scheme scheme)
{
	return byte == '#' || (byte == '?' && !schemes[scheme].path_most);
}

static const char *take_path(const char *at, struct url *url)
{
	url->path = at;
	while (is_visible(*at) && !begins_options(*at, url->scheme))
		at++;
	url->path_length = (size_t)(at - url->path);
	if (*at && !begins_options(*at, url->scheme))
		return NULL;
	if (url->path_length > schemes[url->scheme].path_most)
		return NULL;
	if (url->path_length ? *url->path != '/' : url->scheme == URL_UNIX)
		return NULL;
	return at;
}

/* ---- what stands in the fragment ---- */

/* A status of three digits, 100 to 599; 0: there is none. */
static unsigned status_at(const char *at)
{
	if (*at < '1' || *at > '5' || !is_digit(at[1]) || !is_digit(at[2]))
		return 0;
	return 100 * digit_value(at[0]) + 10 * digit_value(at[1]) + digit_value(at[2]);
}

static bool read_eof(struct url *url, const char *value)
{
	url->eof = true;
	return !*value;
}

static bool read_timeout(struct url *url, const char *value)
{
	return parse_span(value, USEC_PER_SEC, &url->timeout) && url->timeout &&
	       url->timeout <= URL_TIMEOUT_MOST;
}

/* "200-299,401" */
static bool read_statuses(struct url *url, const char *value)
{
	memset(url->status, 0, sizeof url->status);
	for (;; value++) {
		unsigned first = status_at(value), last = first;

		if (first && value[3] == '-')
			last = status_at(value += 4);
		if (!first || last < first)
			return false;
		for (; first <= last; first++)
			url->status[first / 64] |= 1ULL << first % 64;
		value += 3;
		if (*value != ',')
			return !*value;
	}
}

static bool read_body(struct url *url, const char *value)
{
	text_copy(url->body, sizeof url->body, value, strlen(value));
	return *value;
}

static bool read_option(struct url *url, const char *word)
{
	static const struct PACKED {
		bool (*read)(struct url *url, const char *value);
		unsigned char schemes; /* bit N: of scheme N */
		char start[9];
	} rows[] = {
		{ read_timeout, (1 << SCHEME_COUNT) - 1, "timeout=" },
		{ read_statuses, 1 << URL_HTTP, "status=" },
		{ read_body, 1 << URL_HTTP, "body=" },
		{ read_eof, 1 << URL_TCP | 1 << URL_UNIX, "eof" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *value = after_prefix(word, rows[i].start);

		if (value)
			return rows[i].schemes >> url->scheme & 1 && rows[i].read(url, value);
	}
	return false;
}

/* The next option of *at, with %XX for any byte but NUL. */
static bool take_option(const char **at, char word[static URL_OPTION_SIZE])
{
	size_t length = 0;

	for (; **at && **at != '&'; ++*at) {
		unsigned byte = (unsigned char)**at, high, low;

		if (byte == '%') {
			high = digit_value((*at)[1]);
			low = high < 16 ? digit_value((*at)[2]) : high;
			byte = low < 16 ? 16 * high + low : 0;
			*at += low < 16 ? 2 : 0;
		}
		if (!byte || length == URL_OPTION_SIZE - 1)
			return false;
		word[length++] = (char)byte;
	}
	word[length] = '\0';
	return true;
}

static bool take_options(const char *at, struct url *url)
{
	char word[URL_OPTION_SIZE];

	do {
		at++;
		if (!take_option(&at, word) || !read_option(url, word))
			return false;
	} while (*at);
	return true;
}

bool url_is(const char *string)
{
	const char *start = string;

	while (is_letter(*string))
		string++;
	return string > start && after_prefix(string, "://");
}

const char *url_parse(const char *string, struct url *url)
{
	const char *at;

	memset(url, 0, sizeof *url);
	read_statuses(url, "200-399");
	if (!(at = take_scheme(string, url)))
		return "tcp:// tls:// http:// or unix://";
	if (url->scheme != URL_UNIX && !(at = take_authority(at, url)))
		return "HOST:PORT behind ://";
	if (!(at = take_path(at, url)))
		return schemes[url->scheme].path_most ? "/PATH without blanks" :
							"#options, if anything, behind the port";
	if (*at && !take_options(at, url))
		return "#timeout=2s, of http #status=200-299&body=TEXT, of tcp and unix #eof";
	return NULL;
}

/* ---- HTTP ---- */

#define HTTP_START "HTTP/1."
#define HTTP_START_LENGTH (sizeof HTTP_START - 1)

/* "HTTP/1.1 200 OK", of which the words may be missing. */
static bool status_line(const char *line, size_t length, unsigned *status)
{
	const char *version = line + HTTP_START_LENGTH;

	if (length < HTTP_START_LENGTH + 5 || memcmp(line, HTTP_START, HTTP_START_LENGTH) != 0)
		return false;
	*status = status_at(version + 2);
	return is_digit(version[0]) && version[1] == ' ' && *status &&
	       (length == HTTP_START_LENGTH + 5 || version[5] == ' ');
}

/* "Name: value" */
static bool header_line(const char *line, size_t length)
{
	size_t name = 0;

	while (name < length && is_visible(line[name]) && line[name] != ':')
		name++;
	return name > 0 && name < length && line[name] == ':';
}

/* No control character but the tab. */
static bool is_printable(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!is_visible(line[i]) && line[i] != ' ' && line[i] != '\t')
			return false;
	return true;
}

enum http_head http_parse(const char *bytes, size_t length, unsigned *status, size_t *head)
{
	const char *line = bytes, *end = bytes + length, *newline;
	size_t start = length < HTTP_START_LENGTH ? length : HTTP_START_LENGTH;

	if (memcmp(bytes, HTTP_START, start) != 0)
		return HTTP_MALFORMED;
	for (; (newline = memchr(line, '\n', (size_t)(end - line))); line = newline + 1) {
		size_t count = (size_t)(newline - line);

		count -= count && line[count - 1] == '\r';
		*head = (size_t)(newline - bytes) + 1;
		if (line > bytes && !count)
			return HTTP_WHOLE;
		if (!is_printable(line, count) ||
		    !(line > bytes ? header_line(line, count) : status_line(line, count, status)))
			return HTTP_MALFORMED;
	}
	return HTTP_MORE;
}

bool bytes_hold(const char *bytes, size_t length, const char *string)
{
	size_t wanted = strlen(string);

	for (; length >= wanted; bytes++, length--)
		if (memcmp(bytes, string, wanted) == 0)
			return true;
	return false;
}

/* ---- TLS ---- */

/* Where in a hello its lengths stand: of the record, the message and the extensions. */
enum { RECORD_LENGTH_AT = 3, MESSAGE_LENGTH_AT = 7, EXTENSIONS_LENGTH_AT = 66, SNI_SIZE = 9 };

/* Without the lengths and the name. RFC 8446, sections 4.1.2 and 4.2; RFC 8422 for the curves */
static const char hello_start[] =
	"\x16\3\1\0\0"                     /* a record of handshake */
	"\1\0\0\0"                         /* ClientHello */
	"\3\3"                             /* TLS 1.2, which 1.3 says too */
	"tend probe, ends after the hello" /* in place of 32 random bytes */
	"\0"                               /* no session */
	"\0\x12\x13\1\x13\2\x13\3\xc0\x2b\xc0\x2c\xc0\x2f\xc0\x30\0\x9c\0\x2f" /* AES, ChaCha20 */
	"\1\0"                             /* no compression */
	"\0\0"                             /* extensions: */
	"\0\x2b\0\5\4\3\4\3\3"             /* versions 1.3 and 1.2 */
	"\0\x0a\0\6\0\4\0\x1d\0\x17"       /* groups X25519 and P-256 */
	"\0\x0b\0\2\1\0"                   /* uncompressed points */
	"\0\x0d\0\x0e\0\x0c\4\3\x8\4\4\1\5\3\x8\5\5\1" /* signatures by ECDSA and RSA */
	"\0\x33\0\2\0";                    /* no key share yet; its last NUL is the string's */

_Static_assert(sizeof hello_start + SNI_SIZE + URL_HOST_SIZE <= TLS_HELLO_SIZE, "a hello fits");

static void put_length(unsigned char *at, size_t length)
{
	at[0] = (unsigned char)(length >> 8);
	at[1] = (unsigned char)length;
}

size_t tls_hello(unsigned char hello[static TLS_HELLO_SIZE], const char *name)
{
	size_t length = sizeof hello_start, name_length = strlen(name);
	unsigned char *sni = hello + length;

	memcpy(hello, hello_start, length);
	/* server_name: RFC 6066, section 3 */
	if (name_length) {
		memset(sni, 0, SNI_SIZE);
		put_length(sni + 2, name_length + 5);
		put_length(sni + 4, name_length + 3);
		put_length(sni + 7, name_length);
		memcpy(sni + SNI_SIZE, name, name_length);
		length += SNI_SIZE + name_length;
	}
	put_length(hello + RECORD_LENGTH_AT, length - RECORD_LENGTH_AT - 2);
	put_length(hello + MESSAGE_LENGTH_AT, length - MESSAGE_LENGTH_AT - 2);
	put_length(hello + EXTENSIONS_LENGTH_AT, length - EXTENSIONS_LENGTH_AT - 2);
	return length;
}

bool tls_answers(const unsigned char header[static TLS_HEADER_SIZE])
{
	enum { ALERT = 21, HANDSHAKE = 22, LENGTH_MOST = 1 << 14 };
	unsigned length = header[3] << 8 | header[4];

	return (header[0] == ALERT || header[0] == HANDSHAKE) && header[1] == 3 && header[2] <= 4 &&
	       length && length <= LENGTH_MOST;
}
