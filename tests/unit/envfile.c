/* envfile: EnvironmentFile= is read as systemd 257 reads it. */
#include "envfile.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* All assignments of a text, "|" behind each; the text ends where it ends, so that a sanitizer sees a read beyond it. */
static void read_all(const char *source, char *out, size_t room)
{
	size_t length = strlen(source);
	char *copy = malloc(length ? length : 1), word[128];
	const char *cursor = copy;
	struct text text = text_over(word, sizeof word), all = text_over(out, room);

	if (!copy)
		abort();
	memcpy(copy, source, length);
	while (envfile_next(&cursor, copy + length, &text)) {
		text_add(&all, word);
		text_add(&all, "|");
	}
	CHECK(cursor == copy + length);
	CHECK(!envfile_next(&cursor, copy + length, &text));
	free(copy);
}

struct row {
	const char *source, *assignments;
};

static void check_rows(const struct row *rows, size_t count)
{
	char all[512];

	for (size_t i = 0; i < count; i++) {
		unit_about("%s", rows[i].source);
		read_all(rows[i].source, all, sizeof all);
		CHECK_TEXT(all, rows[i].assignments);
	}
}

static void a_line_is_a_name_and_a_value_and_blanks_around_them_do_not_count(void)
{
	static const struct row rows[] = {
		{ "A=1", "A=1|" },
		{ "A=1\n", "A=1|" },
		{ "A=1\nB=2\n", "A=1|B=2|" },
		{ "A=1\r\nB=2\r\n", "A=1|B=2|" },
		{ "  A = two words \t\nB=2", "A=two words|B=2|" },
		{ "A=\nB=   \n", "A=|B=|" },
		{ "A=b=c", "A=b=c|" },
		{ "a b=c", "a b=c|" },
		{ "=x", "=x|" },
	};

	check_rows(rows, COUNT(rows));
}

static void a_line_without_an_equals_sign_and_a_comment_are_skipped(void)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "\n\n \n", "" },
		{ "A\nB=1", "B=1|" },
		{ "A", "" },
		{ "# A=1\n;B=2\n  # C=3\nD=4", "D=4|" },
		{ "# a comment is not continued \\\nA=1", "A=1|" },
		{ "A=#1 ;2", "A=#1 ;2|" },
		{ "export A=1", "export A=1|" },
	};

	check_rows(rows, COUNT(rows));
}

static void quotes_hold_blanks_and_newlines_together_until_something_stands_unquoted(void)
{
	static const struct row rows[] = {
		{ "A=' one  two '", "A= one  two |" },
		{ "A=\" one  two \"  \nB=1", "A= one  two |B=1|" },
		{ "A='one\ntwo'\nB=1", "A=one\ntwo|B=1|" },
		{ "A='one'  \"two\"", "A=onetwo|" },
		{ "A='one' two", "A=onetwo|" },
		{ "A=one'two'", "A=one'two'|" },
		{ "A=it's", "A=it's|" },
		{ "A='one", "A=one|" },
		{ "A=\"one\nB=1", "A=one\nB=1|" },
		{ "A='a\\b'", "A=a\\b|" },
	};

	check_rows(rows, COUNT(rows));
}

static void a_backslash_takes_what_follows_as_it_is_and_a_newline_away(void)
{
	static const struct row rows[] = {
		{ "A=a\\b", "A=ab|" },
		{ "A=a\\\\b", "A=a\\b|" },
		{ "A=one\\\ntwo\nB=1", "A=onetwo|B=1|" },
		{ "A=one \\\n two", "A=one  two|" },
		{ "A=one\\ \nB=1", "A=one |B=1|" },
		{ "A=\\ one", "A= one|" },
		{ "A=\\'one'", "A='one'|" },
		{ "A=one\\", "A=one|" },
		{ "A=\\", "A=|" },
	};

	check_rows(rows, COUNT(rows));
}

static void within_double_quotes_a_backslash_stays_but_before_what_a_shell_needs_it_for(void)
{
	static const struct row rows[] = {
		{ "A=\"\\\"\\\\\\`\\$\"", "A=\"\\`$|" },
		{ "A=\"\\n\\t\"", "A=\\n\\t|" },
		{ "A=\"one\\\ntwo\"", "A=onetwo|" },
		{ "A=\"one\\", "A=one|" },
	};

	check_rows(rows, COUNT(rows));
}

static void what_does_not_fit_is_cut_and_the_next_line_is_read_all_the_same(void)
{
	static const char source[] = "LONG=0123456789\nB=1\n";
	const char *cursor = source;
	char word[8];
	struct text text = text_over(word, sizeof word);

	CHECK(envfile_next(&cursor, source + strlen(source), &text));
	CHECK(text.cut);
	CHECK_TEXT(word, "LONG=01");
	text.cut = false;
	CHECK(envfile_next(&cursor, source + strlen(source), &text));
	CHECK_TEXT(word, "B=1");
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(a_line_is_a_name_and_a_value_and_blanks_around_them_do_not_count),
		TEST(a_line_without_an_equals_sign_and_a_comment_are_skipped),
		TEST(quotes_hold_blanks_and_newlines_together_until_something_stands_unquoted),
		TEST(a_backslash_takes_what_follows_as_it_is_and_a_newline_away),
		TEST(within_double_quotes_a_backslash_stays_but_before_what_a_shell_needs_it_for),
		TEST(what_does_not_fit_is_cut_and_the_next_line_is_read_all_the_same),
	};

	return unit_run(tests, COUNT(tests));
}
