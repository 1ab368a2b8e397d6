/*
 * The text of a unit file: read, folded as a unit's and as a bare command's, and its lists walked
 * through.
 */
#include "../../init/unit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void listen(void *context, enum unit_remark remark, const char *subject, const char *message)
{
	size_t *said = context;

	*said += strlen(message) + strlen(subject) + (size_t)remark;
}

static void expect(bool condition)
{
	if (!condition)
		abort();
}

static void walk(const struct journal *journal, enum listed listed)
{
	const struct assignment *row, *last = NULL;

	for (size_t cursor = 0; (row = journal_next(journal, listed, &cursor)) != NULL; last = row)
		expect(*row->text && (!last || row > last));
}

struct heard {
	size_t ignored, refused;
};

static void count(void *context, enum unit_remark remark, const char *subject, const char *message)
{
	struct heard *heard = context;

	expect(!*subject && *message && (remark == UNIT_IGNORED || remark == UNIT_REFUSED));
	heard->ignored += remark == UNIT_IGNORED;
	heard->refused += remark == UNIT_REFUSED;
}

/* What is refused is said; what is left of the journal can be read again, and nothing more is left out. */
static void fold(struct journal *journal, bool unit, const struct specifiers *specifiers)
{
	struct config config;
	struct complaint complaint = { "" };
	struct heard first = { 0, 0 }, second = { 0, 0 };
	struct unit_listener listener = { count, &first };
	size_t before = journal->count;
	bool good = options_fold(journal, unit, specifiers, &listener, &config, &complaint);

	expect(journal->count + first.ignored >= before);
	if (good) {
		expect(!first.refused && config.stop_steps <= STOP_STEPS_MAX &&
		       config.notify_access != NOTIFY_ACCESS_UNSET);
		expect(config.restart_usec <= config.restart_max_delay);
	} else
		expect(complaint.message[0] &&
		       strlen(complaint.message) < sizeof complaint.message);
	listener.context = &second;
	before = journal->arena->used;
	if (options_fold(journal, unit, specifiers, &listener, &config, &complaint) != good)
		expect(good && journal->arena->room - before < 8192);
	expect(!second.ignored);
}

static void read_text(char *text, struct arena *arena)
{
	static struct assignment rows[1024];
	struct journal journal = { rows, 0, sizeof rows / sizeof *rows, arena, false };
	struct specifiers specifiers = { 0 };
	struct complaint complaint = { "" };
	struct unit_name parts;
	size_t said = 0;
	struct unit_listener listener = { listen, &said };

	specifiers.of['i'] = specifiers.of['n'] = specifiers.of['y'] = "a name";
	if (unit_name_parse(text, arena, &parts))
		expect(*parts.prefix && strlen(parts.unescaped_prefix) <= strlen(parts.prefix));
	if (!unit_read(&journal, "fuzz.service", text, &listener, &complaint))
		expect(complaint.message[0]);
	walk(&journal, LISTED_CONDITION);
	walk(&journal, LISTED_ENVIRONMENT);
	walk(&journal, LISTED_EXEC_START);
	fold(&journal, true, &specifiers);
	fold(&journal, false, &specifiers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char memory[1 << 16];
	struct arena arena = { memory, sizeof memory, 0 };
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memset(memory, 0, sizeof memory);
	memcpy(text, data, size);
	text[size] = '\0';
	read_text(text, &arena);
	free(text);
	return 0;
}
