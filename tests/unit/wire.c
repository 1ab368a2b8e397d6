/* wire: a datagram means to tend what it means to systemd 257. */
#include "unit.h"
#include "wire.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct notify notify;

static bool parse(const char *message)
{
	return notify_parse(message, strlen(message), &notify);
}

static bool is_nothing(const struct notify *heard)
{
	static const struct notify nothing;

	return memcmp(heard, &nothing, sizeof nothing) == 0;
}

/* ---- fields ---------------------------------------------------------------------------------- */

static void a_switch_is_on_for_one_and_for_nothing_else(void)
{
	static const struct {
		const char *message;
		unsigned flags;
	} rows[] = {
		{ "READY=1", NOTIFY_READY }, { "RELOADING=1", NOTIFY_RELOADING }, { "STOPPING=1", NOTIFY_STOPPING },
		{ "FDSTORE=1", NOTIFY_FDSTORE }, { "FDSTOREREMOVE=1", NOTIFY_FDSTOREREMOVE },
		{ "READY=1\nRELOADING=1", NOTIFY_READY | NOTIFY_RELOADING }, { "READY=0\nREADY=1", NOTIFY_READY },
		{ "READY=0", 0 }, { "READY=", 0 }, { "READY", 0 }, { "READY=11", 0 }, { "READY=1 ", 0 }, { " READY=1", 0 },
		{ "READY=yes", 0 }, { "ready=1", 0 }, { "XREADY=1", 0 }, { "STOPPING =1", 0 }, { "", 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unit_about("%s", rows[i].message);
		CHECK(parse(rows[i].message));
		CHECK_INT(notify.flags, rows[i].flags);
	}
}

static void the_watchdog_is_fed_or_pulled(void)
{
	CHECK(parse("WATCHDOG=1"));
	CHECK_INT(notify.flags, NOTIFY_WATCHDOG);
	CHECK(parse("WATCHDOG=trigger"));
	CHECK_INT(notify.flags, NOTIFY_WATCHDOG_TRIGGER);
	CHECK(parse("WATCHDOG=0"));
	CHECK_INT(notify.flags, 0);
	CHECK(parse("WATCHDOG=1\nWATCHDOG=trigger"));
	CHECK_INT(notify.flags, NOTIFY_WATCHDOG);
}

static void numbers_are_read_as_systemd_reads_them(void)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
	} rows[] = {
		{ "0", true, 0 }, { "30000000", true, 30000000 }, { "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 }, { "99999999999999999999999", false, 0 }, { "-1", false, 0 },
		{ "+5", true, 5 }, { " \t5", true, 5 }, { "5 ", false, 0 }, { "", false, 0 }, { "+", false, 0 },
		{ "0x1F", true, 31 }, { "0X1f", true, 31 }, { "010", true, 8 }, { "08", false, 0 }, { "0b101", true, 5 },
		{ "0o17", true, 15 }, { "0x", false, 0 }, { "0b", false, 0 }, { "0b2", false, 0 }, { "1f", false, 0 },
		{ "5s", false, 0 }, { "1.5", false, 0 }, { "++1", false, 0 }, { "0xg", false, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char message[64];
		struct text text = text_over(message, sizeof message);

		text_format(&text, "WATCHDOG_USEC=%s", rows[i].text);
		unit_about("%s", message);
		CHECK(parse(message));
		CHECK_INT(notify.flags, rows[i].good ? NOTIFY_WATCHDOG_USEC : 0);
		CHECK(notify.watchdog_usec == rows[i].value);
	}
}

static void each_number_has_its_own_place_and_bounds(void)
{
	CHECK(parse("MAINPID=7\nERRNO=2\nEXIT_STATUS=78\nWATCHDOG_USEC=1\nEXTEND_TIMEOUT_USEC=3\nMONOTONIC_USEC=4"));
	CHECK_INT(notify.flags, NOTIFY_MAINPID | NOTIFY_ERRNO | NOTIFY_EXIT_STATUS | NOTIFY_WATCHDOG_USEC |
					NOTIFY_EXTEND_TIMEOUT_USEC | NOTIFY_MONOTONIC_USEC);
	CHECK_INT(notify.main_pid, 7);
	CHECK_INT(notify.error, 2);
	CHECK_INT(notify.exit_status, 78);
	CHECK_INT(notify.watchdog_usec, 1);
	CHECK_INT(notify.extend_timeout_usec, 3);
	CHECK_INT(notify.monotonic_usec, 4);
	CHECK(parse("MAINPID=0\nERRNO=4096\nEXIT_STATUS=256"));
	CHECK(is_nothing(&notify));
	CHECK(parse("MAINPID=2147483648"));
	CHECK(is_nothing(&notify));
	CHECK(parse("MAINPID=2147483647\nERRNO=4095\nEXIT_STATUS=255"));
	CHECK_INT(notify.flags, NOTIFY_MAINPID | NOTIFY_ERRNO | NOTIFY_EXIT_STATUS);
}

static void only_the_first_of_a_field_counts_even_if_it_is_broken(void)
{
	CHECK(parse("MAINPID=x\nMAINPID=7\nSTATUS=one\nSTATUS=two"));
	CHECK_INT(notify.flags, NOTIFY_STATUS);
	CHECK_TEXT(notify.status, "one");
}

static void a_status_is_whole_characters_or_empty(void)
{
	char message[NOTIFY_MESSAGE_MOST + 1] = "STATUS=x";

	CHECK(parse("STATUS="));
	CHECK_INT(notify.flags, NOTIFY_STATUS);
	CHECK_TEXT(notify.status, "");
	CHECK(parse("STATUS=J\xc3\xbcrgen = \"ok\""));
	CHECK_TEXT(notify.status, "J\xc3\xbcrgen = \"ok\"");
	CHECK(parse("STATUS=bad \xff byte"));
	CHECK_INT(notify.flags, NOTIFY_STATUS);
	CHECK_TEXT(notify.status, "");
	for (size_t i = 8; i + 2 < sizeof message; i += 2)
		memcpy(message + i, "\xc3\xbc", 2);
	CHECK(parse(message));
	CHECK_INT(strlen(notify.status), NOTIFY_STATUS_SIZE - 1);
	message[sizeof message - 3] = '\xff';
	CHECK(parse(message));
	CHECK_TEXT(notify.status, "");
}

static void access_has_four_words_and_any_other_takes_it_back(void)
{
	static const struct {
		const char *message;
		enum notify_access access;
	} rows[] = {
		{ "NOTIFYACCESS=none", NOTIFY_ACCESS_NONE }, { "NOTIFYACCESS=main", NOTIFY_ACCESS_MAIN },
		{ "NOTIFYACCESS=exec", NOTIFY_ACCESS_EXEC }, { "NOTIFYACCESS=all", NOTIFY_ACCESS_ALL },
		{ "NOTIFYACCESS=everybody", NOTIFY_ACCESS_UNSET }, { "NOTIFYACCESS=", NOTIFY_ACCESS_UNSET },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unit_about("%s", rows[i].message);
		CHECK(parse(rows[i].message));
		CHECK_INT(notify.flags, NOTIFY_NOTIFYACCESS);
		CHECK_INT(notify.access, rows[i].access);
	}
}

static void a_barrier_stands_alone(void)
{
	CHECK(parse("BARRIER=1"));
	CHECK_INT(notify.flags, NOTIFY_BARRIER);
	CHECK(parse("READY=1\nSTATUS=x\nBARRIER=1\nMAINPID=7"));
	CHECK_INT(notify.flags, NOTIFY_BARRIER);
	CHECK_TEXT(notify.status, "");
	CHECK_INT(notify.main_pid, 0);
	CHECK(parse("READY=1\nBARRIER=0"));
	CHECK_INT(notify.flags, NOTIFY_READY);
}

static void what_nobody_knows_is_passed_over(void)
{
	CHECK(parse("X_FOO=1\nno equals sign\n=1\nREADY=1\nMAINPIDFDID=5\nVARLINKERROR=x"));
	CHECK_INT(notify.flags, NOTIFY_READY);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void lines_are_parted_as_systemd_parts_them(void)
{
	CHECK(parse("\n\n\rREADY=1\r\n\nSTOPPING=1\n"));
	CHECK_INT(notify.flags, NOTIFY_READY | NOTIFY_STOPPING);
	CHECK(parse("STATUS=a\\\nREADY=1\nSTOPPING=1"));
	CHECK_INT(notify.flags, NOTIFY_STATUS | NOTIFY_STOPPING);
	CHECK_TEXT(notify.status, "a\nREADY=1");
	CHECK(parse("STATUS=C:\\dir\\\\x\nRE\\ADY=1"));
	CHECK_INT(notify.flags, NOTIFY_STATUS | NOTIFY_READY);
	CHECK_TEXT(notify.status, "C:dir\\x");
}

static void a_message_that_ends_in_a_backslash_is_ignored(void)
{
	CHECK(!parse("READY=1\nSTATUS=x\\"));
	CHECK(is_nothing(&notify));
}

static void one_nul_at_the_end_is_allowed_and_none_inside(void)
{
	CHECK(notify_parse("READY=1", 8, &notify));
	CHECK_INT(notify.flags, NOTIFY_READY);
	CHECK(!notify_parse("READY=1\0", 9, &notify));
	CHECK(is_nothing(&notify));
	CHECK(!notify_parse("READY=1\0STOPPING=1", 18, &notify));
	CHECK(notify_parse("", 1, &notify));
	CHECK(notify_parse("", 0, &notify));
	CHECK(is_nothing(&notify));
}

static void a_message_that_is_too_long_is_ignored(void)
{
	static char message[NOTIFY_MESSAGE_MOST + 2];

	memset(message, 'x', sizeof message);
	memcpy(message, "READY=1\n", 8);
	CHECK(notify_parse(message, NOTIFY_MESSAGE_MOST, &notify));
	CHECK_INT(notify.flags, NOTIFY_READY);
	CHECK(!notify_parse(message, NOTIFY_MESSAGE_MOST + 1, &notify));
	CHECK(is_nothing(&notify));
}

/* ---- outward --------------------------------------------------------------------------------- */

static void what_goes_outward_names_no_pid_and_no_descriptor(void)
{
	char line[1024];
	struct text text = text_over(line, sizeof line);

	CHECK(parse("MAINPID=7\nREADY=1\nFDSTORE=1\nSTATUS=up\nWATCHDOG=1\nEXTEND_TIMEOUT_USEC=30000000\nERRNO=0"));
	notify_add_outward(&text, &notify);
	CHECK_TEXT(line, "READY=1\nSTATUS=up\nERRNO=0\nEXTEND_TIMEOUT_USEC=30000000\n");
}

static void a_status_can_smuggle_no_field_outward(void)
{
	char line[1024];
	struct text text = text_over(line, sizeof line);
	struct notify again;

	CHECK(parse("STATUS=a\\\nREADY=1 \\\\b\\\rSTOPPING=1"));
	notify_add_outward(&text, &notify);
	CHECK_TEXT(line, "STATUS=a READY=1 \\\\b STOPPING=1\n");
	CHECK(notify_parse(line, text.length, &again));
	CHECK_INT(again.flags, NOTIFY_STATUS);
	CHECK_TEXT(again.status, "a READY=1 \\b STOPPING=1");
}

static void what_is_owed_outward_is_the_newest_of_each(void)
{
	char line[1024];
	struct text text = text_over(line, sizeof line);
	struct notify owed = { 0 };

	CHECK(parse("STATUS=one\nERRNO=1\nMAINPID=7\nWATCHDOG=1\nNOTIFYACCESS=all"));
	notify_merge(&owed, &notify);
	CHECK(parse("READY=1\nERRNO=2"));
	notify_merge(&owed, &notify);
	CHECK(parse("STATUS=two\nSTOPPING=1"));
	notify_merge(&owed, &notify);
	CHECK(parse(""));
	notify_merge(&owed, &notify);
	CHECK_INT(owed.flags, NOTIFY_READY | NOTIFY_STOPPING | NOTIFY_STATUS | NOTIFY_ERRNO);
	notify_add_outward(&text, &owed);
	CHECK_TEXT(line, "READY=1\nSTOPPING=1\nSTATUS=two\nERRNO=2\n");
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(a_switch_is_on_for_one_and_for_nothing_else),
		TEST(the_watchdog_is_fed_or_pulled),
		TEST(numbers_are_read_as_systemd_reads_them),
		TEST(each_number_has_its_own_place_and_bounds),
		TEST(only_the_first_of_a_field_counts_even_if_it_is_broken),
		TEST(a_status_is_whole_characters_or_empty),
		TEST(access_has_four_words_and_any_other_takes_it_back),
		TEST(a_barrier_stands_alone),
		TEST(what_nobody_knows_is_passed_over),
		TEST(lines_are_parted_as_systemd_parts_them),
		TEST(a_message_that_ends_in_a_backslash_is_ignored),
		TEST(one_nul_at_the_end_is_allowed_and_none_inside),
		TEST(a_message_that_is_too_long_is_ignored),
		TEST(what_goes_outward_names_no_pid_and_no_descriptor),
		TEST(a_status_can_smuggle_no_field_outward),
		TEST(what_is_owed_outward_is_the_newest_of_each),
	};

	return unit_run(tests, COUNT(tests));
}
