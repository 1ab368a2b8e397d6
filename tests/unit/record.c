/* record: a line of the log is one line, bounded, and harmless; JSON is JSON whatever comes. */
#include "record.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct record sample = {
	.level = LOG_LEVEL_INFO,
	.seconds = 1795349051, /* 2026-11-22 12:04:11 UTC */
	.milliseconds = 7,
	.offset = 9 * 3600,
	.pid = 1,
	.service = "elasticsearch",
	.message = "Starting elasticsearch...",
};

static char line[4096];

static const char *make(enum log_format format, const struct record *record, size_t room)
{
	struct text text = text_over(line, room);

	record_add(&text, format, record);
	return line;
}

static const char *make_message(enum log_format format, const char *message)
{
	struct record record = sample;

	record.message = message;
	return make(format, &record, sizeof line);
}

/* ---- text ------------------------------------------------------------------------------------ */

static void a_text_line_begins_as_date_prints_local_time(void)
{
	CHECK_TEXT(make(LOG_FORMAT_TEXT, &sample, sizeof line),
		   "[2026-11-22 21:04:11+09:00] [INFO] Starting elasticsearch...\n");
}

static void every_level_has_its_name(void)
{
	static const char *const names[] = { "[ERROR]", "[WARN]", "[INFO]", "[DEBUG]" };

	for (unsigned level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++) {
		struct record record = sample;

		record.level = (enum log_level)level;
		CHECK(strstr(make(LOG_FORMAT_TEXT, &record, sizeof line), names[level]) != NULL);
	}
}

static void a_text_line_holds_nothing_that_a_terminal_obeys(void)
{
	CHECK_TEXT(make_message(LOG_FORMAT_TEXT, "a\nb\x1b[1m\t\x7f \xc2\x9b \xff") + 35,
		   "a\\x0ab\\x1b[1m\\x09\\x7f \\xc2\\x9b \\xff\n");
}

static void a_text_line_keeps_other_alphabets_and_quotes(void)
{
	CHECK_TEXT(make_message(LOG_FORMAT_TEXT, "J\xc3\xbcrgen \"\\\" \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80") + 35,
		   "J\xc3\xbcrgen \"\\\" \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80\n");
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void a_json_line_is_an_ecs_object_in_utc_with_milliseconds(void)
{
	CHECK_TEXT(make(LOG_FORMAT_JSON, &sample, sizeof line),
		   "{\"@timestamp\":\"2026-11-22T12:04:11.007Z\",\"log.level\":\"INFO\","
		   "\"message\":\"Starting elasticsearch...\",\"ecs.version\":\"1.2.0\","
		   "\"service.name\":\"elasticsearch\",\"event.dataset\":\"tend\",\"log.logger\":\"tend\","
		   "\"process.name\":\"tend\",\"process.pid\":1}\n");
}

static const char *json_of(const char *string)
{
	struct text text = text_over(line, sizeof line);

	json_add_string(&text, string, sizeof line);
	return line;
}

static void json_escapes_what_it_must(void)
{
	CHECK_TEXT(json_of("\"\\/\n\x01\x1f\x7f"), "\"\\\"\\\\/\\u000a\\u0001\\u001f\x7f\"");
}

/* Unicode 15, table 3-7, and what lies just outside of it. */
static void json_has_a_replacement_for_each_byte_that_is_not_utf8(void)
{
#define NO "\xef\xbf\xbd"
	static const struct {
		const char *bytes, *json;
	} rows[] = {
		{ "\x80", NO }, { "\xbf", NO }, { "\xc0\x80", NO NO }, { "\xc1\xbf", NO NO }, { "\xc2", NO },
		{ "\xc2\x7f", NO "\x7f" }, { "\xc2\x80", "\xc2\x80" }, { "\xdf\xbf", "\xdf\xbf" },
		{ "\xe0\x9f\xbf", NO NO NO }, { "\xe0\xa0\x80", "\xe0\xa0\x80" }, { "\xe1\x80", NO NO },
		{ "\xed\x9f\xbf", "\xed\x9f\xbf" }, { "\xed\xa0\x80", NO NO NO }, { "\xef\xbf\xbf", "\xef\xbf\xbf" },
		{ "\xf0\x8f\xbf\xbf", NO NO NO NO }, { "\xf0\x90\x80\x80", "\xf0\x90\x80\x80" },
		{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" }, { "\xf4\x90\x80\x80", NO NO NO NO },
		{ "\xf5\x80\x80\x80", NO NO NO NO }, { "\xfe\xff", NO NO }, { "\xf0\x9f\x98" "a", NO NO NO "a" },
	};
#undef NO

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text quoted;
		char expected[64];

		quoted = text_over(expected, sizeof expected);
		text_format(&quoted, "\"%s\"", rows[i].json);
		unit_about("row %zu", i);
		CHECK_TEXT(json_of(rows[i].bytes), expected);
	}
}

/* A reader of JSON strings that knows RFC 8259 and UTF-8; what it accepts is what any other would. */
static const char *read_json_string(const char *json)
{
	if (*json++ != '"')
		return NULL;
	while (*json != '"') {
		size_t length = utf8_length(json);

		if (length == 0 || (unsigned char)*json < ' ')
			return NULL;
		if (*json == '\\') {
			length = json[1] == 'u' ? 6 : 2;
			if (length == 2 && !strchr("\"\\/bfnrt", json[1]))
				return NULL;
			if (length == 6 && strspn(json + 2, "0123456789abcdefABCDEF") < 4)
				return NULL;
		}
		json += length;
	}
	return json + 1;
}

/* Every pair of bytes, within others that could be taken for their continuation. */
static void json_is_valid_for_every_two_bytes(void)
{
	for (unsigned pair = 0x0101; pair <= 0xffff; pair++) {
		char bytes[] = { (char)(pair >> 8), (char)pair, '\x80', '\x80', 0 };
		const char *end;

		unit_about("%04x", pair);
		if (!(pair & 0xff) || !(pair >> 8))
			continue;
		end = read_json_string(json_of(bytes));
		CHECK(end && *end == '\0');
	}
}

/* ---- bounds ---------------------------------------------------------------------------------- */

static bool is_whole(enum log_format format, size_t room)
{
	size_t length = strlen(line);

	if (length >= room || length == 0 || line[length - 1] != '\n' || strchr(line, '\n') != line + length - 1)
		return false;
	return format == LOG_FORMAT_TEXT || (strstr(line, "\"process.pid\":1}\n") && strstr(line, "\"message\":\""));
}

static void a_long_message_is_cut_and_its_line_still_ends(void)
{
	static const char *const pieces[] = { "x", "\"", "\x01", "\xff", "\xe6\x97\xa5", "\xf0\x9f\x98\x80" };
	static char message[3 * sizeof line];

	for (size_t i = 0; i < COUNT(pieces); i++) {
		struct text text = text_over(message, sizeof message);
		struct record record = sample;

		record.message = record.service = message;
		while (!text.cut && text.length < 2 * sizeof line)
			text_add(&text, pieces[i]);
		for (size_t room = RECORD_ROOM_MIN; room <= sizeof line; room++) {
			unit_about("piece %zu, room %zu", i, room);
			make(LOG_FORMAT_TEXT, &record, room);
			CHECK(is_whole(LOG_FORMAT_TEXT, room));
			make(LOG_FORMAT_JSON, &record, room);
			CHECK(is_whole(LOG_FORMAT_JSON, room));
		}
	}
}

static void a_character_is_never_cut_in_two(void)
{
	for (size_t most = 0; most < 12; most++) {
		struct text text = text_over(line, sizeof line);
		const char *end;

		json_add_string(&text, "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80", most);
		unit_about("at most %zu", most);
		CHECK_INT(text.length, 2 + most / 4 * 4);
		end = read_json_string(line);
		CHECK(end && *end == '\0');
	}
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(a_text_line_begins_as_date_prints_local_time),
		TEST(every_level_has_its_name),
		TEST(a_text_line_holds_nothing_that_a_terminal_obeys),
		TEST(a_text_line_keeps_other_alphabets_and_quotes),
		TEST(a_json_line_is_an_ecs_object_in_utc_with_milliseconds),
		TEST(json_escapes_what_it_must),
		TEST(json_has_a_replacement_for_each_byte_that_is_not_utf8),
		TEST(json_is_valid_for_every_two_bytes),
		TEST(a_long_message_is_cut_and_its_line_still_ends),
		TEST(a_character_is_never_cut_in_two),
	};

	return unit_run(tests, COUNT(tests));
}
