/*
 * command: a command line means what it means to systemd 257, whose code was asked where its manual
 * is silent.
 */
#include "command.h"
#include "unit.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SEPARATOR "|" /* between the words that a row expects */

static const struct specifiers specifiers = {
	.of['i'] = "instance", .of['n'] = "name.service", .of['e'] = "", .of['d'] = "$HOME",
	.of['7'] = "seven",
};

#define VARIABLE(string) (char[]){ string }
static char *const environment[] = {
	VARIABLE("HOME=/root"),
	VARIABLE("ONE=one"),
	VARIABLE("TWO=two two"),
	VARIABLE("QUOTED='a b' \"c d\" e\\ f"),
	VARIABLE("OPEN=x 'y z"),
	VARIABLE("BACKSLASH=a\\nb \\"),
	VARIABLE("DOLLAR=$ONE"),
	VARIABLE("PERCENT=%i"),
	VARIABLE("EMPTY="),
	VARIABLE("BLANK= \t "),
	VARIABLE("TWICE=first"),
	VARIABLE("TWICE=last"),
	VARIABLE("lower_1=l"),
	VARIABLE("ON=prefix of ONE"),
	VARIABLE("=no name"),
	NULL,
};


/* Room that ends with its last byte, so that the sanitizer sees a write beyond it. */
static struct arena take_room(size_t size)
{
	struct arena arena = { .start = malloc(size ? size : 1), .room = size };

	if (!arena.start)
		abort();
	return arena;
}

/* argv in one string, as in "a|b|c". */
static const char *joined(char *const *argv)
{
	static char buffer[8192];
	struct text text = text_over(buffer, sizeof buffer);

	for (char *const *word = argv; *word; word++) {
		text_add(&text, word == argv ? "" : SEPARATOR);
		text_add(&text, *word);
	}
	return buffer;
}

/* The command of that index, expanded and compared with its path and its argv, joined. */
static void check_expanded(const char *value, unsigned index, const char *path, const char *argv)
{
	struct arena arena = take_room(8192);
	struct command command = { 0 };

	if (CHECK(command_expand(value, index, &specifiers, environment, &arena, &command))) {
		CHECK_TEXT(command.path, path);
		CHECK_TEXT(joined(command.argv), argv);
		CHECK(arena.used <= arena.room);
	}
	free(arena.start);
}

struct row {
	const char *value, *argv;
};

/* Each value is one command, and of argv[0] too is expected what the row says. */
static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned char flags[COMMANDS_PER_LINE];
		const char *error = NULL;

		unit_about("%s", rows[i].value);
		CHECK_INT(command_check(rows[i].value, &specifiers, flags, &error), 1);
		CHECK_TEXT(error, NULL);
		check_expanded(rows[i].value, 0, "/bin/x", rows[i].argv);
	}
}

static void words_are_split_at_blanks_and_joined_by_quotes(void)
{
	static const struct row rows[] = {
		{ "/bin/x", "/bin/x" },
		{ "  /bin/x  ", "/bin/x" },
		{ "/bin/x a b", "/bin/x|a|b" },
		{ "/bin/x\ta \r\n b\t", "/bin/x|a|b" },
		{ "/bin/x 'a b' \"c d\"", "/bin/x|a b|c d" },
		{ "/bin/x a'b c'd\"e f\"g", "/bin/x|ab cde fg" },
		{ "/bin/x \"\" ''", "/bin/x||" },
		{ "/bin/x '\"' \"'\"", "/bin/x|\"|'" },
		{ "'/bin/x' a", "/bin/x|a" },
		{ "\"/bin/x\"", "/bin/x" },
		{ "/bin/'x' a", "/bin/x|a" },
		{ "/bin/x #a", "/bin/x|#a" },
		{ "/bin/x a=b|c>d&e*?~", "/bin/x|a=b|c>d&e*?~" },
	};

	check_rows(rows, COUNT(rows));
}

static void escapes_are_those_of_c_in_and_out_of_quotes(void)
{
	static const struct row rows[] = {
		{ "/bin/x \\a\\b\\f\\n\\r\\t\\v", "/bin/x|\a\b\f\n\r\t\v" },
		{ "/bin/x \\\\ \\\" \\' a\\sb", "/bin/x|\\|\"|'|a b" },
		{ "/bin/x \"\\\"\" '\\''", "/bin/x|\"|'" },
		{ "/bin/x \"\\n\" '\\t'", "/bin/x|\n|\t" },
		{ "/bin/x \\x41\\x7a \\x4a\\x4A", "/bin/x|Az|JJ" },
		{ "/bin/x \\xff", "/bin/x|\xff" },
		{ "/bin/x \\101\\1012 \\377", "/bin/x|AA2|\xff" },
		{ "/bin/x \\u0041 \\u00e9 \\u20ac \\uffff",
		  "/bin/x|A|\xc3\xa9|\xe2\x82\xac|\xef\xbf\xbf" },
		{ "/bin/x \\U0001f600 \\U0010ffff", "/bin/x|\xf0\x9f\x98\x80|\xf4\x8f\xbf\xbf" },
		{ "/bin/x \\u007f\\u0080", "/bin/x|\x7f\xc2\x80" },
		{ "/bin/x \\u07ff\\u0800\\U00010000",
		  "/bin/x|\xdf\xbf\xe0\xa0\x80\xf0\x90\x80\x80" },
		{ "/bin/\\x78", "/bin/x" },
		{ "/bin/x a\\x20b", "/bin/x|a b" },
	};

	check_rows(rows, COUNT(rows));
}

static void an_unknown_escape_in_a_command_stays_as_it_is_written(void)
{
	static const struct row rows[] = {
		{ "/bin/x ^lo\\.$ \\d+", "/bin/x|^lo\\.$|\\d+" },
		{ "/bin/x \\ a", "/bin/x|\\ a" },
		{ "/bin/x \"\\$\"", "/bin/x|\\$" },
		{ "/bin/x \\x4 \\xg0 \\x00", "/bin/x|\\x4|\\xg0|\\x00" },
		{ "/bin/x \\x4@ \\x4` \\x4G \\x4: \\x4/", "/bin/x|\\x4@|\\x4`|\\x4G|\\x4:|\\x4/" },
		{ "/bin/x \\0 \\08 \\000 \\400 \\777", "/bin/x|\\0|\\08|\\000|\\400|\\777" },
		{ "/bin/x \\u004 \\u0000 \\U00110000", "/bin/x|\\u004|\\u0000|\\U00110000" },
		{ "/bin/x \\Uffffffff \\ud800 \\U0000dfff",
		  "/bin/x|\\Uffffffff|\\ud800|\\U0000dfff" },
		{ "/bin/x a\\", "/bin/x|a\\" },
		{ "/bin/x \\", "/bin/x|\\" },
		{ "/bin/x \\\xc3\xa9", "/bin/x|\\\xc3\xa9" },
		{ "/bin/x \\%i", "/bin/x|\\instance" },
	};

	check_rows(rows, COUNT(rows));
}

static void specifiers_are_replaced_after_unquoting_and_never_twice(void)
{
	static const struct row rows[] = {
		{ "/bin/x %i %n", "/bin/x|instance|name.service" },
		{ "/bin/x a%ib 'c%i'", "/bin/x|ainstanceb|cinstance" },
		{ "/bin/x %% %%i %%%i", "/bin/x|%|%i|%instance" },
		{ "/bin/x %'i'", "/bin/x|instance" },
		{ "/bin/x \\x25i", "/bin/x|instance" },
		{ "/bin/x %e a%eb", "/bin/x||ab" },
		{ "/bin/x %7", "/bin/x|seven" },
		{ "/bin/x 100% +%/%", "/bin/x|100%|+%/%" },
		{ "/bin/x '% i' %- %\xc3\xa9", "/bin/x|% i|%-|%\xc3\xa9" },
		{ "/bin/x ${PERCENT} $PERCENT", "/bin/x|%i|%i" },
	};

	check_rows(rows, COUNT(rows));
}

static void a_variable_in_braces_is_put_into_its_word(void)
{
	static const struct row rows[] = {
		{ "/bin/x ${ONE} a${ONE}b ${TWO}", "/bin/x|one|aoneb|two two" },
		{ "/bin/x ${ONE}${ONE}", "/bin/x|oneone" },
		{ "/bin/x \"${TWO}\" '${TWO}'", "/bin/x|two two|two two" },
		{ "/bin/x ${UNSET} a${UNSET}b ${EMPTY}", "/bin/x||ab|" },
		{ "/bin/x ${DOLLAR}", "/bin/x|$ONE" },
		{ "/bin/x ${TWICE}", "/bin/x|last" },
		{ "/bin/x ${lower_1}", "/bin/x|l" },
		{ "/bin/x ${one} ${ONE } ${ ONE}", "/bin/x||${ONE|}|${|ONE}" },
		{ "/bin/x ${} ${ONE.}", "/bin/x||" },
		{ "/bin/x ${ONE", "/bin/x|${ONE" },
		{ "/bin/x ${", "/bin/x|${" },
		{ "/bin/x ${ONE:-a} ${ONE:+${ONE}}", "/bin/x|${ONE:-a}|${ONE:+one}" },
		{ "/bin/x ${A${ONE}}", "/bin/x|}" },
		{ "/bin/x %d", "/bin/x|/root" },
		{ "/bin/x ${QUOTED}", "/bin/x|'a b' \"c d\" e\\ f" },
	};

	check_rows(rows, COUNT(rows));
}

static void a_variable_that_is_a_whole_word_becomes_none_or_several_words(void)
{
	static const struct row rows[] = {
		{ "/bin/x $ONE", "/bin/x|one" },
		{ "/bin/x $TWO z", "/bin/x|two|two|z" },
		{ "/bin/x $UNSET z", "/bin/x|z" },
		{ "/bin/x $EMPTY $BLANK z", "/bin/x|z" },
		{ "/bin/x '$TWO' \"$TWO\"", "/bin/x|two|two|two|two" },
		{ "/bin/x $DOLLAR", "/bin/x|$ONE" },
		{ "/bin/x $TWICE $lower_1", "/bin/x|last|l" },
		{ "/bin/x $ $- $1 z", "/bin/x|z" },
		{ "/bin/x $ONE/b $ONE.c z", "/bin/x|z" },
	};

	check_rows(rows, COUNT(rows));
}

static void the_value_of_a_variable_is_split_by_its_quotes(void)
{
	static const struct row rows[] = {
		{ "/bin/x $QUOTED", "/bin/x|a b|c d|e f" },
		{ "/bin/x $OPEN z", "/bin/x|x|y z|z" },
		{ "/bin/x $BACKSLASH z", "/bin/x|anb||z" },
	};

	check_rows(rows, COUNT(rows));
}

static void a_dollar_is_itself_where_it_is_doubled_or_not_at_the_beginning(void)
{
	static const struct row rows[] = {
		{ "/bin/x $$ $$ONE $${ONE}", "/bin/x|$|$ONE|${ONE}" },
		{ "/bin/x a$$b $$$$ $$$", "/bin/x|a$b|$$|$$" },
		{ "/bin/x a$ONE a$", "/bin/x|a$ONE|a$" },
		{ "/bin/x a$b${ONE}", "/bin/x|a$bone" },
		{ "/bin/x $$${ONE}", "/bin/x|$one" },
	};

	check_rows(rows, COUNT(rows));
}

static void a_colon_leaves_variables_alone_and_nothing_else(void)
{
	static const struct row rows[] = {
		{ ":/bin/x $ONE ${ONE} $$ $UNSET a$", "/bin/x|$ONE|${ONE}|$$|$UNSET|a$" },
		{ ":/bin/x %i '%%' \\x41", "/bin/x|instance|%|A" },
		{ ":@/bin/x $ONE", "$ONE" },
	};

	check_rows(rows, COUNT(rows));
}

static void an_at_sign_names_argv_0(void)
{
	static const struct row rows[] = {
		{ "@/bin/x a b", "a|b" },
		{ "@/bin/x ''", "" },
		{ "@/bin/x %i ${ONE}", "instance|one" },
		{ "@/bin/x $TWO", "two|two" },
		{ "@/bin/x \\;", ";" },
		{ "@/bin/x $UNSET a", "a" },
	};

	check_rows(rows, COUNT(rows));
}

static void an_argv_0_that_expands_to_nothing_is_the_path(void)
{
	check_expanded("@/bin/x $UNSET", 0, "/bin/x", "/bin/x");
}

static void the_path_takes_specifiers_but_no_variables(void)
{
	check_expanded("/opt/%i/%n a", 0, "/opt/instance/name.service",
		       "/opt/instance/name.service|a");
	check_expanded("%i", 0, "instance", "instance");
	check_expanded("/opt/%%", 0, "/opt/%", "/opt/%");
	/* As in systemd: argv[0] is a word like the others. */
	check_expanded("/opt/${ONE}", 0, "/opt/${ONE}", "/opt/one");
	check_expanded(":/opt/${ONE}", 0, "/opt/${ONE}", "/opt/${ONE}");
}

static void prefixes_are_flags_in_any_order(void)
{
	static const struct {
		const char *value;
		unsigned flags;
	} rows[] = {
		{ "/x", 0 },
		{ "x", 0 },
		{ "-/x", COMMAND_IGNORE_FAILURE },
		{ "@/x x", COMMAND_ARGV0 },
		{ ":/x", COMMAND_NO_VARIABLES },
		{ "+/x", COMMAND_PRIVILEGED },
		{ "!/x", COMMAND_KEEP_IDS },
		{ "!!/x", COMMAND_AMBIENT },
		{ "-@:+/x x", COMMAND_IGNORE_FAILURE | COMMAND_ARGV0 | COMMAND_NO_VARIABLES |
				      COMMAND_PRIVILEGED },
		{ "+:@-/x x", COMMAND_IGNORE_FAILURE | COMMAND_ARGV0 | COMMAND_NO_VARIABLES |
				      COMMAND_PRIVILEGED },
		{ "-!/x", COMMAND_IGNORE_FAILURE | COMMAND_KEEP_IDS },
		{ "!-/x", COMMAND_IGNORE_FAILURE | COMMAND_KEEP_IDS },
		{ "!-!/x", COMMAND_IGNORE_FAILURE | COMMAND_AMBIENT },
		{ "\"-/x\" a", COMMAND_IGNORE_FAILURE },
		{ "'-'/x", COMMAND_IGNORE_FAILURE },
		{ "-x", COMMAND_IGNORE_FAILURE },
		{ "/-x", 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char flags[COMMANDS_PER_LINE];
		struct arena arena = take_room(256);
		struct command command;
		const char *error;

		unit_about("%s", rows[i].value);
		CHECK_INT(command_check(rows[i].value, &specifiers, flags, &error), 1);
		CHECK_INT(flags[0], rows[i].flags);
		CHECK(command_expand(rows[i].value, 0, &specifiers, environment, &arena, &command));
		CHECK_INT(command.flags, rows[i].flags);
		free(arena.start);
	}
}

static void a_specifier_does_not_bring_a_prefix(void)
{
	static const struct specifiers odd = { .of = { ['i'] = "-x" } };
	unsigned char flags[COMMANDS_PER_LINE];
	const char *error;

	CHECK_INT(command_check("%i", &odd, flags, &error), 1);
	CHECK_INT(flags[0], 0);
}

static void a_prefix_that_comes_twice_is_no_prefix(void)
{
	/* What follows is then a path that is neither absolute nor a plain name. */
	static const char *const values[] = {
		"--/x", "@@/x x", "::/x", "++/x", "!!!/x", "+!/x", "!+/x", "!!+/x", "-:-/x",
		"+!!/x",
	};

	for (size_t i = 0; i < COUNT(values); i++) {
		unsigned char flags[COMMANDS_PER_LINE];
		const char *error = NULL;

		unit_about("%s", values[i]);
		CHECK_INT(command_check(values[i], &specifiers, flags, &error), 0);
		CHECK_TEXT(error, "an absolute path or a plain file name");
	}
}

static void a_word_that_is_a_semicolon_separates_commands(void)
{
	static const struct {
		const char *value;
		unsigned count;
		const char *argv[3];
	} rows[] = {
		{ "/a ; /b", 2, { "/a", "/b" } },
		{ "/a 1 ; -/b 2 3 ; @/c 4", 3, { "/a|1", "/b|2|3", "4" } },
		{ "/a ;", 1, { "/a" } },
		{ "; /a", 1, { "/a" } },
		{ "/a ; ; /b ;;", 2, { "/a", "/b|;;" } },
		{ "/a ;\t/b", 2, { "/a", "/b" } },
		{ "/a \\; /b", 1, { "/a|;|/b" } },
		{ "/a \\;", 1, { "/a|;" } },
		{ "/a ';' b \";\"", 1, { "/a|;|b|;" } },
		{ "/a b; c", 1, { "/a|b;|c" } },
		{ "/a ;b c", 1, { "/a|;b|c" } },
		{ "/a \\;b \\\\; '\\;'", 1, { "/a|\\;b|\\;|\\;" } },
		{ "';' /a", 1, { "/a" } },
		{ "/a;", 1, { "/a;" } },
		{ "/a $ONE ; /b $TWO", 2, { "/a|one", "/b|two|two" } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char flags[COMMANDS_PER_LINE];
		const char *error;
		struct arena arena = take_room(4096);
		struct command command;

		unit_about("%s", rows[i].value);
		CHECK_INT(command_check(rows[i].value, &specifiers, flags, &error), rows[i].count);
		for (unsigned index = 0; index < rows[i].count; index++)
			if (CHECK(command_expand(rows[i].value, index, &specifiers, environment,
						 &arena, &command)))
				CHECK_TEXT(joined(command.argv), rows[i].argv[index]);
		CHECK(!command_expand(rows[i].value, rows[i].count, &specifiers, environment,
				      &arena, &command));
		free(arena.start);
	}
}

static void a_line_holds_sixteen_commands_and_no_more(void)
{
	char value[256] = "/a";
	unsigned char flags[COMMANDS_PER_LINE + 1];
	const char *error = NULL;

	memset(flags, 0xee, sizeof flags);
	for (int i = 1; i < COMMANDS_PER_LINE; i++)
		strcat(value, " ; -/a");
	CHECK_INT(command_check(value, &specifiers, flags, &error), COMMANDS_PER_LINE);
	CHECK_INT(flags[COMMANDS_PER_LINE - 1], COMMAND_IGNORE_FAILURE);
	strcat(value, " ; /a");
	CHECK_INT(command_check(value, &specifiers, flags, &error), 0);
	CHECK_TEXT(error, "at most 16 commands");
	CHECK_INT(flags[COMMANDS_PER_LINE], 0xee);
}

static void what_is_wrong_is_refused_and_what_was_expected_is_said(void)
{
	static const struct {
		const char *value, *error;
	} rows[] = {
		{ "", "a command" },
		{ " \t ", "a command" },
		{ ";", "a command" },
		{ "; ;", "a command" },
		{ "-", "an absolute path or a plain file name" },
		{ "@ a", "an absolute path or a plain file name" },
		{ "-@:!", "an absolute path or a plain file name" },
		{ "''", "an absolute path or a plain file name" },
		{ "%e", "an absolute path or a plain file name" },
		{ "- /x", "an absolute path or a plain file name" },
		{ "bin/x", "an absolute path or a plain file name" },
		{ "./x", "an absolute path or a plain file name" },
		{ "../x", "an absolute path or a plain file name" },
		{ ".", "an absolute path or a plain file name" },
		{ "..", "an absolute path or a plain file name" },
		{ "/", "an absolute path or a plain file name" },
		{ "/bin/", "an absolute path or a plain file name" },
		{ "/bin/.", "an absolute path or a plain file name" },
		{ "/bin/..", "an absolute path or a plain file name" },
		{ "/bin/a\\\"b", "an absolute path or a plain file name" },
		{ "/bin/a\\'b", "an absolute path or a plain file name" },
		{ "/bin/a\\\\b", "an absolute path or a plain file name" },
		{ "/bin/a\\nb", "an absolute path or a plain file name" },
		{ "/bin/a\\x7f", "an absolute path or a plain file name" },
		{ "\\; /x", "an absolute path or a plain file name" },
		{ "/x 'a", "a closing quote" },
		{ "/x \"a", "a closing quote" },
		{ "'/x", "a closing quote" },
		{ "/x 'a\\", "a closing quote" },
		{ "/x a ; /y '", "a closing quote" },
		{ "/x '\\'", "a closing quote" },
		{ "/x %z", "a known specifier or a second % behind %" },
		{ "/x/%z", "a known specifier or a second % behind %" },
		{ "/x 1%9", "a known specifier or a second % behind %" },
		{ "/x ; /y %z", "a known specifier or a second % behind %" },
		{ "@/x", "the name to run it by, for \"@\"" },
		{ "@/x ; /y", "the name to run it by, for \"@\"" },
		{ "/x ; bin/y", "an absolute path or a plain file name" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char flags[COMMANDS_PER_LINE];
		const char *error = NULL;

		unit_about("%s", rows[i].value);
		CHECK_INT(command_check(rows[i].value, &specifiers, flags, &error), 0);
		CHECK_TEXT(error, rows[i].error);
	}
}

static void what_looks_like_a_fault_but_is_none_is_taken(void)
{
	static const char *const values[] = {
		"/bin/.x", "/bin/..x", "/bin/x.", "...", "/bin/../x", "//bin//x", "/bin/a\\sb",
		"'/bin/a b'", "/bin/\xc3\xa9", "/x;", "[", "/bin/$ONE",
	};

	for (size_t i = 0; i < COUNT(values); i++) {
		unsigned char flags[COMMANDS_PER_LINE];
		const char *error = NULL;

		unit_about("%s", values[i]);
		CHECK_INT(command_check(values[i], &specifiers, flags, &error), 1);
	}
}

static void a_path_fits_path_max_and_a_word_may_be_of_any_length(void)
{
	enum { LENGTH = 100000 };
	char *value = malloc(LENGTH + 16);
	struct arena arena = take_room(4 * LENGTH);
	unsigned char flags[COMMANDS_PER_LINE];
	struct command command;
	const char *error;

	if (!value)
		abort();
	memset(value, 'a', LENGTH);
	value[0] = '/';
	value[4095] = '\0';
	CHECK_INT(command_check(value, &specifiers, flags, &error), 1);
	value[4095] = 'a';
	value[4096] = '\0';
	CHECK_INT(command_check(value, &specifiers, flags, &error), 0);
	value[4096] = 'a';
	memcpy(value, "/x ", 3);
	strcpy(value + LENGTH, " b");
	CHECK_INT(command_check(value, &specifiers, flags, &error), 1);
	if (CHECK(command_expand(value, 0, &specifiers, environment, &arena, &command))) {
		CHECK_INT(strlen(command.argv[1]), LENGTH - 3);
		CHECK_TEXT(command.argv[2], "b");
	}
	strcpy(value + LENGTH, "%z");
	CHECK_INT(command_check(value, &specifiers, flags, &error), 0);
	free(value);
	free(arena.start);
}

static void an_arena_that_is_too_small_is_said_and_never_left(void)
{
	static const char value[] = "/bin/x %n ${TWO} $QUOTED a\\;b 'c d'";
	bool fitted = false;

	for (size_t size = 0; size < 512; size++) {
		struct arena arena = take_room(size);
		struct command command;
		bool fits = command_expand(value, 0, &specifiers, environment, &arena, &command);

		unit_about("%zu bytes", size);
		CHECK(fits || !fitted); /* more room is never worse */
		CHECK(arena.used <= arena.room);
		if (fits)
			CHECK_TEXT(joined(command.argv),
				   "/bin/x|name.service|two two|a b|c d|e f|a\\;b|c d");
		fitted = fits;
		free(arena.start);
	}
	CHECK(fitted);
}

static void a_malformed_command_hides_those_behind_it(void)
{
	struct arena arena = take_room(256);
	struct command command;

	CHECK(!command_expand("/x 'a ; /y", 1, &specifiers, environment, &arena, &command));
	CHECK(!command_expand("/x %z ; /y", 1, &specifiers, environment, &arena, &command));
	CHECK(!command_expand("bin/x ; /y", 1, &specifiers, environment, &arena, &command));
	CHECK(!command_expand("/x %z", 0, &specifiers, environment, &arena, &command));
	CHECK_INT(arena.used, 0);
	free(arena.start);
}

static void expanding_leaves_what_the_arena_already_holds(void)
{
	struct arena arena = take_room(512);
	struct command one, two;
	char *before = arena_copy(&arena, "before", 6);

	CHECK(command_expand("/bin/x $TWO", 0, &specifiers, environment, &arena, &one));
	CHECK(command_expand("/bin/y ${TWO}", 0, &specifiers, environment, &arena, &two));
	CHECK_TEXT(before, "before");
	CHECK_TEXT(joined(one.argv), "/bin/x|two|two");
	CHECK_TEXT(joined(two.argv), "/bin/y|two two");
	free(arena.start);
}

static void an_empty_environment_has_no_variables(void)
{
	static char *const nothing[] = { NULL };
	struct arena arena = take_room(256);
	struct command command;

	CHECK(command_expand("/bin/x $ONE ${ONE} $$", 0, &specifiers, nothing, &arena, &command));
	CHECK_TEXT(joined(command.argv), "/bin/x||$");
	free(arena.start);
}

/* ---- single words ---------------------------------------------------------------------------- */

static void a_list_is_read_word_by_word(void)
{
	const char *cursor = "  A=1 'B=2 3'  \"\"\tC='4 '5 ";
	char buffer[16];
	struct text text = text_over(buffer, sizeof buffer);

	CHECK_INT(quoted_word(&cursor, &text), 1);
	CHECK_TEXT(buffer, "A=1");
	CHECK_INT(quoted_word(&cursor, &text), 1);
	CHECK_TEXT(buffer, "B=2 3");
	CHECK_INT(quoted_word(&cursor, &text), 1);
	CHECK_TEXT(buffer, "");
	CHECK_INT(quoted_word(&cursor, &text), 1);
	CHECK_TEXT(buffer, "C=4 5");
	CHECK_INT(quoted_word(&cursor, &text), 0);
	CHECK_TEXT(cursor, "");
}

static void the_words_of_a_list_are_strict_about_quotes_and_escapes(void)
{
	static const char *const values[] = {
		"'a", "\"a", "a\\", "a\\.", "\\x0", "\\x00", "'\\d'", "\\;", "a'b\"", "\\U00110000",
	};

	for (size_t i = 0; i < COUNT(values); i++) {
		const char *cursor = values[i];
		char buffer[32];
		struct text text = text_over(buffer, sizeof buffer);

		unit_about("%s", values[i]);
		CHECK_INT(quoted_word(&cursor, &text), -1);
	}
}

static void a_word_that_does_not_fit_is_cut_and_the_next_is_read_all_the_same(void)
{
	const char *cursor = "abcdefgh ij";
	char buffer[4];
	struct text text = text_over(buffer, sizeof buffer);

	CHECK_INT(quoted_word(&cursor, &text), 1);
	CHECK(text.cut);
	CHECK_TEXT(buffer, "abc");
	CHECK_INT(quoted_word(&cursor, &text), 1);
	CHECK(!text.cut);
	CHECK_TEXT(buffer, "ij");
}

static void specifiers_of_a_plain_text_are_replaced(void)
{
	static const struct {
		const char *string, *expanded;
	} rows[] = {
		{ "", "" },
		{ "no specifier", "no specifier" },
		{ "%i", "instance" },
		{ "/run/%i/%n", "/run/instance/name.service" },
		{ "%%", "%" },
		{ "%%i%%%i", "%i%instance" },
		{ "%e", "" },
		{ "100%", "100%" },
		{ "% %. %%.", "% %. %." },
	};
	char buffer[64], bad = 0;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text text = text_over(buffer, sizeof buffer);

		unit_about("%s", rows[i].string);
		CHECK(specifiers_expand(&specifiers, rows[i].string, &text, &bad));
		CHECK_TEXT(buffer, rows[i].expanded);
	}
}

static void an_unknown_specifier_is_named(void)
{
	char buffer[64];

	for (int c = 1; c < 256; c++) {
		char string[] = { 'a', '%', (char)c, 'b', '\0' }, bad = 0;
		struct text text = text_over(buffer, sizeof buffer);
		bool known = strchr("ined7%", c) || c > 127 || !isalnum(c);

		unit_about("%%%c (%d)", c, c);
		CHECK_INT(specifiers_expand(&specifiers, string, &text, &bad), known);
		CHECK_INT(bad, known ? 0 : c);
	}
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(words_are_split_at_blanks_and_joined_by_quotes),
		TEST(escapes_are_those_of_c_in_and_out_of_quotes),
		TEST(an_unknown_escape_in_a_command_stays_as_it_is_written),
		TEST(specifiers_are_replaced_after_unquoting_and_never_twice),
		TEST(a_variable_in_braces_is_put_into_its_word),
		TEST(a_variable_that_is_a_whole_word_becomes_none_or_several_words),
		TEST(the_value_of_a_variable_is_split_by_its_quotes),
		TEST(a_dollar_is_itself_where_it_is_doubled_or_not_at_the_beginning),
		TEST(a_colon_leaves_variables_alone_and_nothing_else),
		TEST(an_at_sign_names_argv_0),
		TEST(an_argv_0_that_expands_to_nothing_is_the_path),
		TEST(the_path_takes_specifiers_but_no_variables),
		TEST(prefixes_are_flags_in_any_order),
		TEST(a_specifier_does_not_bring_a_prefix),
		TEST(a_prefix_that_comes_twice_is_no_prefix),
		TEST(a_word_that_is_a_semicolon_separates_commands),
		TEST(a_line_holds_sixteen_commands_and_no_more),
		TEST(what_is_wrong_is_refused_and_what_was_expected_is_said),
		TEST(what_looks_like_a_fault_but_is_none_is_taken),
		TEST(a_path_fits_path_max_and_a_word_may_be_of_any_length),
		TEST(an_arena_that_is_too_small_is_said_and_never_left),
		TEST(a_malformed_command_hides_those_behind_it),
		TEST(expanding_leaves_what_the_arena_already_holds),
		TEST(an_empty_environment_has_no_variables),
		TEST(a_list_is_read_word_by_word),
		TEST(the_words_of_a_list_are_strict_about_quotes_and_escapes),
		TEST(a_word_that_does_not_fit_is_cut_and_the_next_is_read_all_the_same),
		TEST(specifiers_of_a_plain_text_are_replaced),
		TEST(an_unknown_specifier_is_named),
	};

	return unit_run(tests, COUNT(tests));
}
