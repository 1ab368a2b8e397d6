/* manual: init/tend.8 and --help tell of the same options, values and defaults as the table does. */
#include "../../init/options.h"
#include "../../init/status.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANUAL "init/tend.8" /* tests are run in the root of the repository */
#define ITEMS_MAX 256
#define LINES_MAX 256

/* What one item of OPTIONS says: ".It Sy RestartSec Ns = Ns Ar span Bq 100ms". */
struct item {
	char key[48], value[160], preset[48];
};

static char manual[256 * 1024];
static struct item items[ITEMS_MAX];
static size_t item_count;

/* What one line of --help says: "  --restart-sec= [100ms]  how long after the end". */
static char help[LINES_MAX][256];
static size_t help_count;

static void keep_help(void *context, const char *line)
{
	(void)context;
	if (CHECK(help_count < LINES_MAX))
		snprintf(help[help_count++], sizeof help[0], "%s", line);
}

static bool read_manual(void)
{
	FILE *file = fopen(MANUAL, "r");
	size_t length = 0;

	if (file) {
		length = fread(manual, 1, sizeof manual - 1, file);
		fclose(file);
	}
	manual[length] = '\0';
	return CHECK(length > 0);
}

/* The text between two headings, each ended by a newline; "" where they are missing. */
static const char *section(const char *from, const char *to)
{
	char *start = strstr(manual, from), *end = start ? strstr(start + 1, to) : NULL;
	static char copy[sizeof manual];

	copy[0] = '\0';
	if (CHECK(end != NULL))
		snprintf(copy, sizeof copy, "%.*s", (int)(end - start), start);
	return copy;
}

/* Copies text up to stop, or all of it, with roff's name of a tilde replaced. */
static void copy_until(char *to, size_t room, const char *from, const char *stop)
{
	const char *end = stop ? stop : from + strlen(from), *tilde;

	snprintf(to, room, "%.*s", (int)(end - from), from);
	tilde = strstr(to, "\\(ti");
	if (tilde)
		memmove(to + (tilde - to) + 1, tilde + 4, strlen(tilde + 4) + 1);
	if (tilde)
		to[tilde - to] = '~';
}

static void read_item(const char *line)
{
	const char *equals = strstr(line, " Ns ="), *value = equals ? strstr(equals, " Ns Ar ") : NULL;
	const char *preset = equals ? strstr(equals, " Bq ") : NULL;
	struct item *item = &items[item_count];

	unit_about("%s", line);
	if (!CHECK(equals && value && item_count < ITEMS_MAX))
		return;
	item_count++;
	copy_until(item->key, sizeof item->key, line, equals);
	copy_until(item->value, sizeof item->value, value + strlen(" Ns Ar "), preset);
	if (preset)
		copy_until(item->preset, sizeof item->preset, preset + strlen(" Bq "), NULL);
}

static void read_items(void)
{
	static const char begins[] = ".It Sy ";
	char *text = strdup(section("\n.Sh OPTIONS\n", "\n.Sh UNITS\n"));

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (strncmp(line, begins, strlen(begins)) == 0)
			read_item(line + strlen(begins));
	free(text);
}

static const struct item *item_of(const char *key)
{
	for (size_t i = 0; i < item_count; i++)
		if (strcmp(items[i].key, key) == 0)
			return &items[i];
	return NULL;
}

/* The option that a line of help is about. */
static const struct option *option_of(const char *line)
{
	return option_by_flag(line + 4, strcspn(line + 4, "="));
}

/* Its words, and its defaults: as they stand behind "=" and in brackets. */
static void read_help(const char *line, char words[static 160], char preset[static 48])
{
	const char *value = strchr(line, '=') + 1, *bracket = strstr(line, " ["), *end = strchr(line, ']');
	bool has_preset = bracket && end && strcspn(value, " ") == (size_t)(bracket - value);

	snprintf(words, 160, "%.*s", (int)strcspn(value, " "), value);
	snprintf(preset, 48, "%.*s", has_preset ? (int)(end - bracket - 2) : 0, has_preset ? bracket + 2 : "");
}

static void the_manual_and_help_can_be_read(void)
{
	options_help(keep_help, NULL);
	if (read_manual())
		read_items();
	CHECK(help_count > 0);
	CHECK(item_count > 0);
}

static void every_option_is_in_the_manual(void)
{
	for (size_t i = 0; i < help_count; i++) {
		const struct option *option = option_of(help[i]);

		unit_about("%s", help[i]);
		if (CHECK(option != NULL))
			CHECK(item_of(option_key(option)) != NULL);
	}
}

static void the_manual_has_no_option_that_is_none_and_none_twice(void)
{
	CHECK_INT(item_count, help_count);
	for (size_t i = 0; i < item_count; i++) {
		unit_about("%s", items[i].key);
		CHECK(option_by_key(items[i].key, strlen(items[i].key)) != NULL);
		CHECK(item_of(items[i].key) == &items[i]);
	}
}

static void the_manual_has_the_words_and_defaults_of_the_table(void)
{
	char words[160], preset[48];

	for (size_t i = 0; i < help_count; i++) {
		const struct option *option = option_of(help[i]);
		const struct item *item = option ? item_of(option_key(option)) : NULL;

		unit_about("%s", help[i]);
		if (!CHECK(item != NULL))
			continue;
		read_help(help[i], words, preset);
		CHECK_TEXT(item->preset, preset);
		if (*words)
			CHECK(strncmp(item->value, words, strlen(words)) == 0);
	}
}

static void a_list_and_nothing_else_has_three_dots(void)
{
	/* These two take several words, but only their last assignment counts: the manual says so. */
	static const char *const words[] = { "X-StopSchedule", "X-StopOn" };

	for (size_t i = 0; i < item_count; i++) {
		struct assignment rows[4];
		char bytes[256];
		struct arena arena = { .start = bytes, .room = sizeof bytes };
		struct journal journal = { .rows = rows, .room = 4, .arena = &arena };
		struct complaint complaint;
		const struct option *option = option_by_key(items[i].key, strlen(items[i].key));
		bool dots = strstr(items[i].value, "...") != NULL;

		unit_about("%s", items[i].key);
		if (strcmp(items[i].key, words[0]) == 0 || strcmp(items[i].key, words[1]) == 0 || !CHECK(option))
			continue;
		/* Of a list, each line of a flag's value is a row of its own. */
		CHECK(journal_add(&journal, option, LAYER_FLAG, NULL, 0, "a\nb", &complaint));
		CHECK_INT(journal.count, dots ? 2 : 1);
	}
}

/* Calls use with each NAME of the lines NAME=VALUE, length bytes. */
static void each_name(const char *lines, void (*use)(const char *name, size_t length))
{
	for (; *lines; lines += strcspn(lines, "\n") + 1)
		use(lines, strcspn(lines, "="));
}

static size_t property_count;
static char json[4096];

/* The manual has ".It Li main_pid , MainPID", and the object has "main_pid": the same, but for case and underscores. */
static void look_for_property(const char *name, size_t length)
{
	char item[96], key[64];
	const char *found, *start;

	unit_about("%.*s", (int)length, name);
	property_count++;
	snprintf(item, sizeof item, " , %.*s\n", (int)length, name);
	found = strstr(manual, item);
	if (!CHECK(found != NULL))
		return;
	for (start = found; start[-1] != ' '; start--)
		;
	snprintf(key, sizeof key, "\"%.*s\":", (int)(found - start), start);
	CHECK(strstr(json, key) != NULL);
	for (; start < found; start++)
		if (*start != '_') {
			CHECK(length-- > 0 && same_in_any_case(name, start, 1));
			name++;
		}
	CHECK_INT(length, 0);
}

static void the_manual_has_the_properties_that_status_and_show_print(void)
{
	static const struct machine machine = {
		.state = STATE_AUTO_RESTART,
		.main_ending = { .how = HOW_EXITED },
		.health = { .failures = 1 },
	};
	const struct snapshot snapshot = {
		.name = "web", .machine = &machine, .status_text = "serving", .invocation = "0",
		.health_failure = "no answer within 5s",
		.lines = "x", .line_size = 2, .line_count = 1,
	};
	char lines[4096];
	struct text text = text_over(lines, sizeof lines), object = text_over(json, sizeof json);
	size_t items_of_manual = 0;

	status_properties(&snapshot, &text);
	status_json(lines, &object);
	property_count = 0;
	each_name(lines, look_for_property);
	for (const char *at = section("\nThe keys of\n", "\n.Sh OPTIONS\n"); (at = strstr(at, "\n.It Li ")); at++)
		items_of_manual++;
	CHECK_INT(items_of_manual, property_count);
}

static void each_difference_from_systemd_has_a_name_of_its_own(void)
{
	static const char mark[] = ".\\\" difference: ";
	const char *text = section("\n.Sh DIFFERENCES FROM SYSTEMD\n", "\n.Sh SEE ALSO\n");
	size_t names = 0, rows = 0;

	for (const char *at = text; (at = strstr(at, "\n.It ")); at++)
		rows++;
	for (const char *at = text; (at = strstr(at, mark)); at++) {
		char name[64];
		const char *next = strchr(at, '\n');

		snprintf(name, sizeof name, "%.*s", (int)(strchr(at, '\n') + 1 - at), at);
		unit_about("%s", name);
		CHECK(!strstr(at + 1, name));
		CHECK(next && strncmp(next, "\n.It ", 5) == 0);
		names++;
	}
	CHECK_INT(names, rows);
	CHECK(rows > 0);
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(the_manual_and_help_can_be_read),
		TEST(every_option_is_in_the_manual),
		TEST(the_manual_has_no_option_that_is_none_and_none_twice),
		TEST(the_manual_has_the_words_and_defaults_of_the_table),
		TEST(a_list_and_nothing_else_has_three_dots),
		TEST(the_manual_has_the_properties_that_status_and_show_print),
		TEST(each_difference_from_systemd_has_a_name_of_its_own),
	};

	return unit_run(tests, sizeof tests / sizeof *tests);
}
