#include "status.h"
#include "names.h"
#include "record.h"

#include <string.h>

/* The properties, by systemctl's names: in JSON MainPID is "main_pid", and may be a number. */
static const struct PACKED property {
	const char *name;
	bool is_number;
} properties_known[] = {
	{ "Id", false },
	{ "ActiveState", false },
	{ "SubState", false },
	{ "Result", false },
	{ "MainPID", true },
	{ "ExecMainCode", false },
	{ "ExecMainStatus", true },
	{ "NRestarts", true },
	{ "StatusText", false },
	{ "InvocationID", false },
	{ "Health", false },
	{ "HealthFailingStreak", true },
	{ "HealthFailure", false },
	{ "StateChangeTimestampMonotonic", true },
	{ "NextRestartTimestampMonotonic", true },
	{ "MemoryCurrent", true },
	{ "CPUUsageUSec", true },
};
#define PROPERTY_COUNT (sizeof properties_known / sizeof *properties_known)

/* STATUS= with all its bytes escaped: 511 times "\x1b". */
#define VALUE_MOST 2048

static void add_string(struct text *text, const char *name, const char *value)
{
	text_format(text, "%s=", name);
	text_add_printable(text, value, VALUE_MOST);
	text_add_byte(text, '\n');
}

static void add_number(struct text *text, const char *name, uint64_t number)
{
	if (number != UINT64_MAX)
		text_format(text, "%s=%llu\n", name, (unsigned long long)number);
}

static void add_ending(struct text *text, const struct ending *ending)
{
	if (ending->how == HOW_NONE)
		return;
	add_string(text, "ExecMainCode", exit_how_name(ending->how));
	add_number(text, "ExecMainStatus", (uint64_t)ending->status);
}

static void add_log(struct text *text, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->line_count; i++) {
		size_t at = (snapshot->first + i) % snapshot->line_count;
		const char *line = snapshot->lines + at * snapshot->line_size;

		if (*line)
			add_string(text, "Log", line);
	}
}

void status_properties(const struct snapshot *snapshot, struct text *text)
{
	const struct machine *machine = snapshot->machine;
	bool waiting = machine->state == STATE_AUTO_RESTART;

	add_string(text, "Id", snapshot->name);
	add_string(text, "ActiveState", active_state_name(machine->state));
	add_string(text, "SubState", state_name(machine->state));
	add_string(text, "Result", result_name(machine->result));
	add_number(text, "MainPID", (uint64_t)snapshot->main_pid);
	add_ending(text, &machine->main_ending);
	add_number(text, "NRestarts", machine->total_restarts);
	add_string(text, "StatusText", snapshot->status_text);
	add_string(text, "InvocationID", snapshot->invocation);
	add_string(text, "Health", word_of_health(machine));
	add_number(text, "HealthFailingStreak", machine->health.failures);
	if (machine->health.failures)
		add_string(text, "HealthFailure", snapshot->health_failure);
	add_number(text, "StateChangeTimestampMonotonic", machine->state_since);
	add_number(text, "NextRestartTimestampMonotonic", waiting ? machine->deadline : UINT64_MAX);
	add_number(text, "MemoryCurrent", snapshot->memory);
	add_number(text, "CPUUsageUSec", snapshot->cpu_usec);
	add_log(text, snapshot);
}

const char *status_property(const char *properties, const char *name, size_t *length)
{
	for (const char *line = properties; *line; line += strcspn(line, "\n") + 1) {
		const char *value = after_prefix(line, name);

		if (value && *value == '=') {
			*length = strcspn(value + 1, "\n");
			return value + 1;
		}
		if (!strchr(line, '\n'))
			return NULL;
	}
	return NULL;
}

/* Who prints: what from, and where to. */
struct view {
	const char *properties;
	struct text *text;
	char value[REPLY_MOST];
};

/* The property's value, "" when it is not there; until the next one is taken. */
static const char *take(struct view *view, const char *name)
{
	struct text text = text_over(view->value, sizeof view->value);
	size_t length;
	const char *value = status_property(view->properties, name, &length);

	if (value)
		text_add_bytes(&text, value, length);
	return view->value;
}

static bool take_number(struct view *view, const char *name, uint64_t *number)
{
	return parse_unsigned(take(view, name), UINT64_MAX, number);
}

/* The dot of systemctl: its shape and its colour tell the state. */
struct dot {
	char active[13], shape[4], colour[6];
};

static const struct dot *dot_of(const char *active)
{
	static const struct dot dots[] = {
		{ "active", "●", "\033[32m" },     { "reloading", "↻", "\033[32m" },
		{ "activating", "●", "\033[33m" }, { "deactivating", "●", "\033[33m" },
		{ "failed", "×", "\033[31m" },     { "inactive", "○", "" },
	};
	size_t i = 0;

	while (i < sizeof dots / sizeof *dots - 1 && strcmp(dots[i].active, active) != 0)
		i++;
	return &dots[i];
}

APART static void add_coloured(struct text *text, const char *string, const char *colour)
{
	text_format(text, "%s%s%s", colour, string, *colour ? "\033[0m" : "");
}

APART static void add_active(struct view *view, const char *colour, uint64_t now)
{
	char words[REPLY_MOST];
	struct text state = text_over(words, sizeof words);
	uint64_t since;

	text_add(&state, take(view, "ActiveState"));
	if (strcmp(take(view, "SubState"), words) != 0) /* failed, as systemctl has it */
		text_format(&state, " (%s)", view->value);
	text_add(view->text, "     Active: ");
	add_coloured(view->text, words, colour);
	if (strcmp(take(view, "Result"), "success") != 0)
		text_format(view->text, " (Result: %s)", view->value);
	if (take_number(view, "StateChangeTimestampMonotonic", &since) && now >= since) {
		text_add(view->text, "; ");
		text_add_span(view->text, now - since);
		text_add(view->text, " ago");
	}
	text_add_byte(view->text, '\n');
}

/* How the last main process ended, where there is none now. */
static void add_exit(struct view *view)
{
	uint64_t status, pid;

	if (!take_number(view, "ExecMainStatus", &status) || status > UINT8_MAX ||
	    (take_number(view, "MainPID", &pid) && pid))
		return;
	text_format(view->text, "       Exit: %s, ", take(view, "ExecMainCode"));
	if (strcmp(view->value, "exited") == 0)
		text_format(view->text, "status %u", (unsigned)status);
	else
		text_add_signal(view->text, (int)status);
	text_add_byte(view->text, '\n');
}

static void add_memory(struct view *view)
{
	uint64_t bytes;

	if (take_number(view, "MemoryCurrent", &bytes))
		text_format(view->text, "     Memory: %llu.%lluM\n", (unsigned long long)(bytes >> 20),
			    (unsigned long long)((bytes >> 10 & 1023) * 10 / 1024));
}

/* A time, as what is left of it behind before. */
static void add_time(struct view *view, const char *name, const char *label, uint64_t before)
{
	uint64_t usec;

	if (!take_number(view, name, &usec))
		return;
	text_add(view->text, label);
	text_add_span(view->text, usec > before ? usec - before : 0);
	text_add_byte(view->text, '\n');
}

/* Calls add with each line of the log. */
static void each_line(struct view *view, void (*add)(struct text *text, const char *line, unsigned index))
{
	const char *line = view->properties;
	unsigned index = 0;
	size_t length;

	while ((line = status_property(line, "Log", &length))) {
		text_copy(view->value, sizeof view->value, line, length);
		add(view->text, view->value, index++);
		line += length + (line[length] == '\n');
	}
}

static void add_line(struct text *text, const char *line, unsigned index)
{
	text_format(text, "%s%s\n", index ? "" : "\n", line);
}

static void add_json_line(struct text *text, const char *line, unsigned index)
{
	text_add(text, index ? "," : "");
	json_add_string(text, line, SIZE_MAX);
}

/* What is said only where it differs from what goes without saying, and from the state, which is said already. */
static void add_fields(struct view *view, const char *active)
{
	static const struct PACKED {
		const char *name;
		char label[12], unless[5];
	} fields[] = {
		{ "MainPID", "   Main PID", "0" },
		{ "StatusText", "     Status", "" },
		{ "Health", "     Health", "none" },
		{ "HealthFailure", " Last check", "" },
		{ "NRestarts", "   Restarts", "0" },
	};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (*take(view, fields[i].name) && strcmp(view->value, fields[i].unless) != 0 &&
		    strcmp(view->value, active) != 0)
			text_format(view->text, "%s: %s\n", fields[i].label, view->value);
}

void status_print(const char *properties, uint64_t now, bool colour, struct text *text)
{
	struct view view = { .properties = properties, .text = text };
	const struct dot *dot = dot_of(take(&view, "ActiveState"));

	add_coloured(text, dot->shape, colour ? dot->colour : "");
	text_format(text, " %s\n", take(&view, "Id"));
	add_active(&view, colour ? dot->colour : "", now);
	add_fields(&view, dot->active);
	add_exit(&view);
	add_time(&view, "NextRestartTimestampMonotonic", "    Restart: in ", now);
	add_memory(&view);
	add_time(&view, "CPUUsageUSec", "        CPU: ", 0);
	each_line(&view, add_line);
}

/* An N that counts something is a word of its own: "n_restarts". */
static void add_key(struct text *text, const char *name)
{
	bool counts = after_prefix(name, "NR");

	text_add(text, counts ? "\"n_" : "\"");
	text_add_words(text, name + counts, '_', 0x20);
	text_add(text, "\":");
}

static void add_json_value(struct view *view, const struct property *property)
{
	uint64_t number;

	add_key(view->text, property->name);
	if (!property->is_number)
		json_add_string(view->text, take(view, property->name), SIZE_MAX);
	else if (take_number(view, property->name, &number))
		text_format(view->text, "%llu", (unsigned long long)number);
	else
		text_add(view->text, "null");
}

void status_json(const char *properties, struct text *text)
{
	struct view view = { .properties = properties, .text = text };
	size_t length;

	text_add_byte(text, '{');
	for (size_t i = 0; i < PROPERTY_COUNT; i++)
		if (status_property(properties, properties_known[i].name, &length)) {
			add_json_value(&view, &properties_known[i]);
			text_add_byte(text, ',');
		}
	text_add(text, "\"log\":[");
	each_line(&view, add_json_line);
	text_add(text, "]}\n");
}
