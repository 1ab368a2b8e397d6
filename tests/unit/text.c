/* text: what is written never leaves its buffer, what is read is read whole or refused. */
#include "text.h"
#include "unit.h"

#include <limits.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>

#define SECOND USEC_PER_SEC
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define YEAR (31557600 * SECOND)
#define UNTOUCHED 4711

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- writing --------------------------------------------------------------------------------- */

static void what_does_not_fit_is_cut_and_said(void)
{
	for (size_t room = 1; room <= 8; room++) {
		char buffer[9];
		struct text text;

		memset(buffer, 'x', sizeof buffer);
		text = text_over(buffer, room);
		CHECK_TEXT(buffer, "");
		text_add(&text, "abc");
		text_add_bytes(&text, "defg", 2);
		unit_about("room %zu", room);
		CHECK_INT(text.length, room > 5 ? 5 : room - 1);
		CHECK_INT(strlen(buffer), text.length);
		CHECK(strncmp(buffer, "abcde", text.length) == 0);
		CHECK_INT(text.cut, room < 6);
		CHECK_INT(buffer[room], 'x');
	}
}

static void a_text_that_was_cut_stays_cut(void)
{
	char buffer[4];
	struct text text = text_over(buffer, sizeof buffer);

	text_add(&text, "abcd");
	CHECK(text.cut);
	text_add(&text, "");
	CHECK(text.cut);
	CHECK_TEXT(buffer, "abc");
}

static void a_text_that_is_just_full_is_not_cut(void)
{
	char buffer[4];
	struct text text = text_over(buffer, sizeof buffer);

	text_add(&text, "abc");
	text_add(&text, "");
	CHECK(!text.cut);
	CHECK_TEXT(buffer, "abc");
}

static void a_nul_byte_is_added_like_any_other(void)
{
	char buffer[8];
	struct text text = text_over(buffer, sizeof buffer);

	text_add_bytes(&text, "a\0b", 3);
	CHECK_INT(text.length, 3);
	CHECK_BYTES(buffer, "a\0b", 4);
}

/* Both formats the same, or the row is wrong itself: printf is the oracle. */
#define FORMAT(...) do { \
	char ours[256], theirs[256]; \
	struct text text = text_over(ours, sizeof ours); \
	text_format(&text, __VA_ARGS__); \
	snprintf(theirs, sizeof theirs, __VA_ARGS__); \
	CHECK_TEXT(ours, theirs); \
	CHECK_INT(text.length, strlen(theirs)); \
} while (0)

static void a_format_gives_what_printf_gives(void)
{
	FORMAT("plain");
	FORMAT("%s", "");
	FORMAT("%s and %s", "one", "two");
	FORMAT("%c%c", 'a', 'z');
	FORMAT("100%%");
	FORMAT("%%%s%%", "s");
	FORMAT("%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
	FORMAT("%u %u", 0U, UINT_MAX);
	FORMAT("%ld %ld", LONG_MAX, LONG_MIN);
	FORMAT("%lu", ULONG_MAX);
	FORMAT("%lld %lld", LLONG_MAX, LLONG_MIN);
	FORMAT("%llu", ULLONG_MAX);
	FORMAT("%02d:%02d %02d", 7, 0, 123);
	FORMAT("%04d %09u %01d", 2026, 1U, 5);
	FORMAT("%02ld %03llu", 3L, 4ULL);
	FORMAT("%d%s%c%u%%%ld", 1, "2", '3', 4U, 5L);
}

static void a_format_is_cut_like_any_text(void)
{
	char buffer[6];
	struct text text = text_over(buffer, sizeof buffer);

	text_format(&text, "%s=%d", "key", 12345);
	CHECK(text.cut);
	CHECK_TEXT(buffer, "key=1");
}

static const struct {
	uint64_t usec;
	const char *text;
} spans[] = {
	{ 0, "0" },
	{ 1, "1us" },
	{ 999, "999us" },
	{ 1000, "1ms" },
	{ 1500, "1.5ms" },
	{ 100000, "100ms" },
	{ 250000, "250ms" },
	{ 999999, "999.9ms" },
	{ SECOND, "1s" },
	{ SECOND + 99999, "1s" },
	{ SECOND + 100000, "1.1s" },
	{ 3100000, "3.1s" },
	{ 17950000, "17.9s" },
	{ MINUTE - 1, "59.9s" },
	{ MINUTE, "1min" },
	{ MINUTE + 999999, "1min" },
	{ 90 * SECOND, "1min 30s" },
	{ 2 * MINUTE, "2min" },
	{ HOUR - 1, "59min 59s" },
	{ HOUR, "1h" },
	{ HOUR + SECOND, "1h 1s" },
	{ DAY, "1d" },
	{ DAY - SECOND, "23h 59min 59s" },
	{ 7 * DAY, "1w" },
	{ 10 * DAY + HOUR, "1w 3d 1h" },
	{ 2629800 * SECOND, "1month" },
	{ YEAR, "1y" },
	{ 2 * YEAR + 2629800 * SECOND + 8 * DAY + HOUR + MINUTE + SECOND,
	  "2y 1month 1w 1d 1h 1min 1s" },
	{ USEC_INFINITY - 1, "584542y 2w 2d 20h 1min 49s" },
	{ USEC_INFINITY, "infinity" },
};

static void a_span_is_written_as_systemd_spells_it(void)
{
	for (size_t i = 0; i < COUNT(spans); i++) {
		char buffer[64];
		struct text text = text_over(buffer, sizeof buffer);

		text_add_span(&text, spans[i].usec);
		CHECK_TEXT(buffer, spans[i].text);
		CHECK(!text.cut);
	}
}

static uint64_t random_number(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return *seed >> (*seed >> 58);
}

static void a_written_span_reads_back_as_itself_but_for_what_was_cut(void)
{
	uint64_t seed = 1;

	for (int i = 0; i < 100000; i++) {
		uint64_t usec = random_number(&seed), read = UNTOUCHED;
		uint64_t grain = usec >= MINUTE ? SECOND : usec >= SECOND ? SECOND / 10 : 100;
		char buffer[64];
		struct text text = text_over(buffer, sizeof buffer);

		text_add_span(&text, usec);
		unit_about("%s", buffer);
		if (!CHECK(parse_span(buffer, SECOND, &read)))
			return;
		if (usec < 1000)
			grain = 1;
		if (usec < USEC_INFINITY && !CHECK(read <= usec && usec - read < grain))
			return;
	}
}

static void a_date_is_written_as_date_rfc_3339_writes_it(void)
{
	static const struct {
		struct civil_time time;
		const char *text;
	} dates[] = {
		{ { 2026, 11, 22, 21, 4, 11, 9 * 3600 }, "2026-11-22 21:04:11+09:00" },
		{ { 1970, 1, 1, 0, 0, 0, 0 }, "1970-01-01 00:00:00+00:00" },
		{ { 2026, 7, 1, 1, 2, 3, -(3 * 3600 + 1800) }, "2026-07-01 01:02:03-03:30" },
		{ { 2016, 12, 31, 23, 59, 60, 14 * 3600 }, "2016-12-31 23:59:60+14:00" },
		{ { 999, 2, 3, 4, 5, 6, -1800 }, "0999-02-03 04:05:06-00:30" },
		{ { 10000, 2, 3, 4, 5, 6, 20700 }, "10000-02-03 04:05:06+05:45" },
	};

	for (size_t i = 0; i < COUNT(dates); i++) {
		char buffer[40];
		struct text text = text_over(buffer, sizeof buffer);

		text_add_rfc3339(&text, &dates[i].time);
		CHECK_TEXT(buffer, dates[i].text);
	}
}

/* ---- reading --------------------------------------------------------------------------------- */

static void an_unsigned_number_is_decimal_whole_and_in_range(void)
{
	static const struct {
		const char *string;
		uint64_t max;
		bool valid;
		uint64_t value;
	} rows[] = {
		{ "0", 0, true, 0 },
		{ "00", 9, true, 0 },
		{ "010", 10, true, 10 },
		{ "42", 42, true, 42 },
		{ "43", 42, false, 0 },
		{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, false, 0 },
		{ "18446744073709551625", UINT64_MAX, false, 0 },
		{ "184467440737095516150", UINT64_MAX, false, 0 },
		{ "99999999999999999999999999", UINT64_MAX, false, 0 },
		{ "000000000000000000000000000000000000007", 9, true, 7 },
		{ "", 9, false, 0 },
		{ " 1", 9, false, 0 },
		{ "1 ", 9, false, 0 },
		{ "+1", 9, false, 0 },
		{ "-1", UINT64_MAX, false, 0 },
		{ "-0", UINT64_MAX, false, 0 },
		{ "0x10", 99, false, 0 },
		{ "1a", 99, false, 0 },
		{ "a", 99, false, 0 },
		{ "1.0", 99, false, 0 },
		{ "\xef\xbc\x91", 99, false, 0 }, /* a full-width 1 */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t value = UNTOUCHED;

		unit_about("'%s'", rows[i].string);
		CHECK_INT(parse_unsigned(rows[i].string, rows[i].max, &value), rows[i].valid);
		CHECK(value == (rows[i].valid ? rows[i].value : UNTOUCHED));
	}
}

static void a_signed_number_may_have_a_sign_and_is_in_range(void)
{
	static const struct {
		const char *string;
		int64_t min, max;
		bool valid;
		int64_t value;
	} rows[] = {
		{ "0", 0, 0, true, 0 },
		{ "-0", 0, 0, true, 0 },
		{ "+5", -20, 19, true, 5 },
		{ "-20", -20, 19, true, -20 },
		{ "-21", -20, 19, false, 0 },
		{ "20", -20, 19, false, 0 },
		{ "9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX },
		{ "9223372036854775808", INT64_MIN, INT64_MAX, false, 0 },
		{ "-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN },
		{ "-9223372036854775809", INT64_MIN, INT64_MAX, false, 0 },
		{ "", -9, 9, false, 0 },
		{ "-", -9, 9, false, 0 },
		{ "+", -9, 9, false, 0 },
		{ "--1", -9, 9, false, 0 },
		{ "+-1", -9, 9, false, 0 },
		{ "- 1", -9, 9, false, 0 },
		{ "1-", -9, 9, false, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t value = UNTOUCHED;

		unit_about("'%s'", rows[i].string);
		CHECK_INT(parse_signed(rows[i].string, rows[i].min, rows[i].max, &value),
			  rows[i].valid);
		CHECK(value == (rows[i].valid ? rows[i].value : UNTOUCHED));
	}
}

static void a_mode_is_octal_and_at_most_07777(void)
{
	static const struct {
		const char *string;
		bool valid;
		unsigned value;
	} rows[] = {
		{ "0", true, 0 }, { "022", true, 022 }, { "0755", true, 0755 },
		{ "755", true, 0755 }, { "7777", true, 07777 }, { "07777", true, 07777 },
		{ "10000", false, 0 }, { "8", false, 0 }, { "0o7", false, 0 }, { "-1", false, 0 },
		{ "", false, 0 }, { "75 ", false, 0 }, { "2000000000000000000000", false, 0 },
		{ "7777777777777777777777777", false, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned value = UNTOUCHED;

		unit_about("'%s'", rows[i].string);
		CHECK_INT(parse_octal(rows[i].string, &value), rows[i].valid);
		CHECK_INT(value, rows[i].valid ? rows[i].value : UNTOUCHED);
	}
}

static void a_boolean_is_one_of_systemds_twelve_words_in_any_case(void)
{
	static const char *const yes[] = {
		"1", "yes", "y", "true", "t", "on", "YES", "Yes", "T", "oN", "TRUE",
	};
	static const char *const no[] = {
		"0", "no", "n", "false", "f", "off", "NO", "No", "F", "OFF", "False",
	};
	static const char *const neither[] = {
		"", " ", "2", "00", "10", "yess", "ye", "truex", "enable", "-1", "yes ", " yes",
		"falsey", "o", "1 yes", "false\n",
	};

	for (size_t i = 0; i < COUNT(yes); i++) {
		bool value = false;

		unit_about("'%s'", yes[i]);
		CHECK(parse_bool(yes[i], &value) && value);
	}
	for (size_t i = 0; i < COUNT(no); i++) {
		bool value = true;

		unit_about("'%s'", no[i]);
		CHECK(parse_bool(no[i], &value) && !value);
	}
	for (size_t i = 0; i < COUNT(neither); i++) {
		bool value = true, other = false;

		unit_about("'%s'", neither[i]);
		CHECK(!parse_bool(neither[i], &value) && value);
		CHECK(!parse_bool(neither[i], &other) && !other);
	}
}

static void a_span_adds_up_numbers_with_systemds_units(void)
{
	static const struct {
		const char *string;
		uint64_t usec;
	} rows[] = {
		{ "0", 0 },
		{ "5", 5 * SECOND },
		{ "5s", 5 * SECOND },
		{ "5 s", 5 * SECOND },
		{ "5sec", 5 * SECOND },
		{ "1 second", SECOND },
		{ "5 seconds", 5 * SECOND },
		{ "90", 90 * SECOND },
		{ "1min 30s", 90 * SECOND },
		{ "1min30s", 90 * SECOND },
		{ "1min\t30", 90 * SECOND },
		{ "1m", MINUTE },
		{ "2 minutes", 2 * MINUTE },
		{ "1M", 2629800 * SECOND },
		{ "1month", 2629800 * SECOND },
		{ "2 months", 2 * 2629800 * SECOND },
		{ "100ms", 100000 },
		{ "3msec", 3000 },
		{ "7us", 7 },
		{ "7usec", 7 },
		{ "7\xc2\xb5s", 7 }, /* micro sign */
		{ "7\xce\xbcs", 7 }, /* mu */
		{ "1h", HOUR },
		{ "1hr", HOUR },
		{ "1 hour", HOUR },
		{ "3hours", 3 * HOUR },
		{ "1d", DAY },
		{ "1day", DAY },
		{ "2 days", 2 * DAY },
		{ "1w", 7 * DAY },
		{ "1week", 7 * DAY },
		{ "2 weeks", 14 * DAY },
		{ "1y", YEAR },
		{ "1year", YEAR },
		{ "5years", 5 * YEAR },
		{ "1y 12month", YEAR + 12 * 2629800 * SECOND },
		{ "1.5h", HOUR + HOUR / 2 },
		{ "1.5", 1500000 },
		{ ".5", 500000 },
		{ ".5 .5s", SECOND },
		{ "0.000001", 1 },
		{ "0.0000019", 1 },
		{ "0.9us", 0 },
		{ "1.23s", 1230000 },
		{ "0.33min", 19800000 },
		{ "12.34s.56", 12900000 },
		{ "12.34 .56", 12900000 },
		{ "5s3", 8 * SECOND },
		{ "5 5", 10 * SECOND },
		{ " 1s ", SECOND },
		{ "1s  1s", 2 * SECOND },
		{ "0.00000000000000000000000000000000000000000001y", 0 },
		{ "0.99999999999999999999999999999999999999999999s", 999999 },
		{ "18446744073709551614us", UINT64_MAX - 1 },
		{ "infinity", USEC_INFINITY },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t usec = UNTOUCHED;

		unit_about("'%s'", rows[i].string);
		CHECK(parse_span(rows[i].string, SECOND, &usec));
		CHECK_INT(usec, rows[i].usec);
	}
}

static void a_number_without_a_unit_has_the_one_that_the_caller_names(void)
{
	uint64_t usec;

	CHECK(parse_span("5", USEC_PER_MSEC, &usec));
	CHECK_INT(usec, 5000);
	CHECK(parse_span("5", 1, &usec));
	CHECK_INT(usec, 5);
	CHECK(parse_span("1s 5", 1, &usec));
	CHECK_INT(usec, SECOND + 5);
}

static void a_span_that_is_malformed_or_overflows_is_refused(void)
{
	static const char *const rows[] = {
		"", " ", "s", "abc", "5x", "5sx", "5secs", "5S", "5MS", "1mi", "-5", "-0", "5 -3",
		"5s-3", "1.", "1.s", "1. 5", ".", ".s", "..5", "1.2.3", "1,5", "0x5", "1e3",
		"infinit", "infinityx", "Infinity", "infinity 5", "5 infinity", "1\xc2s", "1\xb5s",
		"five seconds", "5s,", "18446744073709551615us", "18446744073709551616us",
		"584542.05y 1y", "584543y", "99999999999999999999", "18446744073709551614us 1us",
		"18446744073709551614us .5s", "18446744073709s 551615us", "20000000000000",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t usec = UNTOUCHED;

		unit_about("'%s'", rows[i]);
		CHECK(!parse_span(rows[i], SECOND, &usec));
		CHECK_INT(usec, UNTOUCHED);
	}
}

static void a_size_is_in_powers_of_1024(void)
{
	static const struct {
		const char *string;
		uint64_t bytes;
	} rows[] = {
		{ "0", 0 },
		{ "1", 1 },
		{ "1B", 1 },
		{ "1K", 1024 },
		{ "64K", 65536 },
		{ "1M", 1048576 },
		{ "1.5K", 1536 },
		{ "1.5 G", 1610612736 },
		{ "2G", 2147483648 },
		{ "1T", UINT64_C(1) << 40 },
		{ "1P", UINT64_C(1) << 50 },
		{ "15E", UINT64_C(15) << 60 },
		{ "15.5E", UINT64_C(31) << 59 },
		{ "0.1K", 102 },
		{ "1G 500M", 1598029824 },
		{ "18446744073709551614", UINT64_MAX - 1 },
		{ "infinity", UINT64_MAX },
	};
	static const char *const malformed[] = {
		"", "K", "k", "1k", "1KB", "1KK", "1Kb", "1KiB", "1Z", "-1", "16E",
		"18446744073709551616", "18446744073709551615", "15E 1E", "1..5K", "1.5.5K", "0x10",
		"1 000x", "infinity K",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t bytes = UNTOUCHED;

		unit_about("'%s'", rows[i].string);
		CHECK(parse_size(rows[i].string, &bytes));
		CHECK(bytes == rows[i].bytes);
	}
	for (size_t i = 0; i < COUNT(malformed); i++) {
		uint64_t bytes = UNTOUCHED;

		unit_about("'%s'", malformed[i]);
		CHECK(!parse_size(malformed[i], &bytes));
		CHECK_INT(bytes, UNTOUCHED);
	}
}

static void a_prefix_gives_what_follows_it(void)
{
	const char *string = "TEND_USER";

	CHECK_TEXT(after_prefix(string, "TEND_"), "USER");
	CHECK(after_prefix(string, "") == string);
	CHECK_TEXT(after_prefix(string, "TEND_USER"), "");
	CHECK(!after_prefix(string, "TEND_USERS"));
	CHECK(!after_prefix(string, "tend_"));
	CHECK(!after_prefix("", "T"));
	CHECK_TEXT(after_prefix("", ""), "");
}

static void same_in_any_case_folds_the_letters_of_ascii_only(void)
{
	CHECK(same_in_any_case("restartsec", "RestartSec", 11));
	CHECK(same_in_any_case("abcX", "abcY", 3));
	CHECK(!same_in_any_case("abcX", "abcY", 4));
	CHECK(!same_in_any_case("abc", "abcd", 4));
	CHECK(same_in_any_case("azAZ", "AZaz", 4));
	CHECK(!same_in_any_case("[", "{", 1));
	CHECK(!same_in_any_case("@", "`", 1));
	CHECK(!same_in_any_case("\xc3\x84", "\xc3\xa4", 2)); /* Ä and ä */
	CHECK(same_in_any_case("a", "b", 0));
}

static void a_variable_is_the_last_one_of_its_whole_name(void)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
		{ "A", "3" }, { "AB", "2" }, { "EMPTY", "" }, { "ABC", NULL }, { "B", NULL }, { "", NULL }, { "a", NULL },
	};
	char both[] = "AB=2", first[] = "A=1", last[] = "A=3", empty[] = "EMPTY=", no_value[] = "B", no_name[] = "=x";
	char *const variables[] = { both, first, last, empty, no_value, no_name, NULL };

	for (size_t i = 0; i < COUNT(rows); i++) {
		unit_about("%s", rows[i].name);
		CHECK_TEXT(variable_value(variables, rows[i].name, strlen(rows[i].name)), rows[i].value);
	}
	CHECK_TEXT(variable_value(variables, "AB}", 2), "2");
	CHECK(!variable_value(variables + 6, "A", 1));
}

static void words_are_what_stands_between_blanks(void)
{
	const char *cursor = " one\ttwo \n three\r";
	size_t length;
	const char *word;

	word = next_word(&cursor, &length);
	CHECK(word && length == 3 && memcmp(word, "one", 3) == 0);
	word = next_word(&cursor, &length);
	CHECK(word && length == 3 && memcmp(word, "two", 3) == 0);
	word = next_word(&cursor, &length);
	CHECK(word && length == 5 && memcmp(word, "three", 5) == 0);
	CHECK(!next_word(&cursor, &length));
	CHECK(!next_word(&cursor, &length));
	CHECK_TEXT(cursor, "");
	cursor = "";
	CHECK(!next_word(&cursor, &length));
	cursor = " \t ";
	CHECK(!next_word(&cursor, &length));
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void base64_is_read_where_it_is_padded_and_nothing_else(void)
{
	static const struct {
		const char *base64, *bytes;
	} rows[] = {
		{ "", "" },           { "Zg==", "f" },        { "Zm8=", "fo" },
		{ "Zm9v", "foo" },    { "Zm9vYg==", "foob" }, { "Zm9v\tYm\nFy", "foobar" },
		{ "Zm8 =", "fo" },    { "+/+/", "\xfb\xff\xbf" },
	};
	static const char *const malformed[] = { "Zg",	"Zg=",	"Zg===", "Z",	 "A===", "=",
						 "====", "Zh==", "Zm9=",  "Zg==Zg==", "Zm9v!", "Zm8-" };
	char buffer[16];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct text text = text_over(buffer, sizeof buffer);

		unit_about("%s", rows[i].base64);
		CHECK(text_add_base64(&text, rows[i].base64));
		CHECK_TEXT(buffer, rows[i].bytes);
	}
	for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
		unit_about("%s", malformed[i]);
		CHECK(!text_add_base64(&(struct text){ buffer, sizeof buffer, 0, false }, malformed[i]));
	}
}

static void an_arena_gives_aligned_pieces_that_do_not_overlap(void)
{
	alignas(void *) char storage[256];
	struct arena arena = { .start = storage + 1, .room = sizeof storage - 1 };
	char *last = storage, *piece;
	size_t pieces = 0;

	while ((piece = arena_take(&arena, 5))) {
		CHECK((uintptr_t)piece % alignof(void *) == 0);
		CHECK(piece >= last);
		last = piece + 5;
		memset(piece, 'x', 5);
		pieces++;
	}
	CHECK_INT(pieces, 31);
	CHECK(last <= storage + sizeof storage);
}

static void an_arena_that_is_full_gives_nothing_and_stays_as_it_is(void)
{
	alignas(void *) char storage[32];
	struct arena arena = { .start = storage, .room = sizeof storage };
	size_t used;

	CHECK(!arena_take(&arena, 33));
	CHECK(!arena_take(&arena, SIZE_MAX));
	CHECK(!arena_take(&arena, SIZE_MAX - 7));
	CHECK_INT(arena.used, 0);
	CHECK(arena_take(&arena, 25));
	used = arena.used;
	CHECK(!arena_take(&arena, 1));
	CHECK(!arena_copy(&arena, "1234567", 7));
	CHECK_INT(arena.used, used);
	CHECK_TEXT(arena_copy(&arena, "123456", 6), "123456");
	CHECK(!arena_copy(&arena, "", 0));
	CHECK_INT(arena.used, sizeof storage);
}

static void a_copy_ends_with_a_nul_and_holds_no_more_than_was_asked(void)
{
	char storage[16];
	struct arena arena = { .start = storage, .room = sizeof storage };
	char *copy;

	memset(storage, 'x', sizeof storage);
	copy = arena_copy(&arena, "abcdef", 3);
	CHECK_TEXT(copy, "abc");
	CHECK_TEXT(arena_copy(&arena, "abcdef", 0), "");
	CHECK_TEXT(copy, "abc");
	CHECK_INT(arena.used, 5);
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(what_does_not_fit_is_cut_and_said),
		TEST(a_text_that_was_cut_stays_cut),
		TEST(a_text_that_is_just_full_is_not_cut),
		TEST(a_nul_byte_is_added_like_any_other),
		TEST(a_format_gives_what_printf_gives),
		TEST(a_format_is_cut_like_any_text),
		TEST(a_span_is_written_as_systemd_spells_it),
		TEST(a_written_span_reads_back_as_itself_but_for_what_was_cut),
		TEST(a_date_is_written_as_date_rfc_3339_writes_it),
		TEST(an_unsigned_number_is_decimal_whole_and_in_range),
		TEST(a_signed_number_may_have_a_sign_and_is_in_range),
		TEST(a_mode_is_octal_and_at_most_07777),
		TEST(a_boolean_is_one_of_systemds_twelve_words_in_any_case),
		TEST(a_span_adds_up_numbers_with_systemds_units),
		TEST(a_number_without_a_unit_has_the_one_that_the_caller_names),
		TEST(a_span_that_is_malformed_or_overflows_is_refused),
		TEST(a_size_is_in_powers_of_1024),
		TEST(a_prefix_gives_what_follows_it),
		TEST(same_in_any_case_folds_the_letters_of_ascii_only),
		TEST(a_variable_is_the_last_one_of_its_whole_name),
		TEST(words_are_what_stands_between_blanks),
		TEST(base64_is_read_where_it_is_padded_and_nothing_else),
		TEST(an_arena_gives_aligned_pieces_that_do_not_overlap),
		TEST(an_arena_that_is_full_gives_nothing_and_stays_as_it_is),
		TEST(a_copy_ends_with_a_nul_and_holds_no_more_than_was_asked),
	};

	return unit_run(tests, COUNT(tests));
}
