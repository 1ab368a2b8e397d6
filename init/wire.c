#include "wire.h"

#include "record.h"

#include <string.h>

/* ---- notify datagrams ---- */

/* The base that a number's prefix names, behind which *digits moves, as systemd's safe_atou64 has it. */
static unsigned take_base(const char **digits)
{
	static const struct {
		char letter;
		unsigned base;
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

static unsigned digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (unsigned)(digit - '0');
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? (unsigned)(digit - 'a') + 10 : 16;
}

/* Blanks and a plus may stand before the number, nothing behind it. */
static bool parse_number(const char *string, uint64_t *value)
{
	unsigned base;

	string += strspn(string, " \t\n\r");
	string += *string == '+';
	base = take_base(&string);
	if (!*string)
		return false;
	for (*value = 0; *string; string++) {
		unsigned digit = digit_value(*string);

		if (digit >= base || __builtin_mul_overflow(*value, (uint64_t)base, value) ||
		    __builtin_add_overflow(*value, (uint64_t)digit, value))
			return false;
	}
	return true;
}

struct field {
	/* Leaves value in *notify; the flags that it gives. */
	unsigned (*read)(const struct field *field, const char *value, struct notify *notify);
	uint32_t most;   /* of a number; 0: no limit */
	uint16_t flag;
	uint16_t offset; /* of a number in struct notify */
	uint8_t least;
	bool outward;
	char name[20];
};

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
	static const struct {
		char word[5];
		enum notify_access access;
	} words[] = {
		{ "none", NOTIFY_ACCESS_NONE },
		{ "main", NOTIFY_ACCESS_MAIN },
		{ "exec", NOTIFY_ACCESS_EXEC },
		{ "all", NOTIFY_ACCESS_ALL },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(value, words[i].word) == 0)
			notify->access = words[i].access;
	return field->flag;
}

#define SWITCH(outward, name) { read_switch, 0, NOTIFY_##name, 0, 0, outward, #name }
#define NUMBER(outward, name, member, least, most) \
	{ read_number, most, NOTIFY_##name, offsetof(struct notify, member), least, outward, #name }

static const struct field fields[] = {
	SWITCH(true, READY),
	SWITCH(true, RELOADING),
	SWITCH(true, STOPPING),
	SWITCH(false, BARRIER),
	SWITCH(false, FDSTORE),
	SWITCH(false, FDSTOREREMOVE),
	{ read_watchdog, 0, NOTIFY_WATCHDOG, 0, 0, false, "WATCHDOG" },
	{ read_status, 0, NOTIFY_STATUS, 0, 0, true, "STATUS" },
	{ read_access, 0, NOTIFY_NOTIFYACCESS, 0, 0, false, "NOTIFYACCESS" },
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
	for (const struct field *field = fields; field < fields + FIELD_COUNT; field++) {
		const char *value = after_prefix(line, field->name);

		if (!value || *value != '=')
			continue;
		if (!(*seen & field->flag) || field->read == read_switch)
			notify->flags |= field->read(field, value + 1, notify);
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
			text_add_bytes(text, &byte, 1);
		text_add_bytes(text, &byte, 1);
	}
}

void notify_add_outward(struct text *text, const struct notify *notify)
{
	for (const struct field *field = fields; field < fields + FIELD_COUNT; field++) {
		uint64_t number = 1;

		if (!field->outward || !(notify->flags & field->flag))
			continue;
		if (field->read == read_number)
			memcpy(&number, (const char *)notify + field->offset, sizeof number);
		text_format(text, "%s=", field->name);
		if (field->read == read_status)
			add_status(text, notify->status);
		else
			text_format(text, "%llu", (unsigned long long)number);
		text_add(text, "\n");
	}
}
