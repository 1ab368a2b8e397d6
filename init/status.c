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
	text_add(text, "\n");
}

static void add_number(struct text *text, const char *name, uint64_t number)
{
	if (number != UINT64_MAX)
		text_format(text, "%s=%llu\n", name, (unsigned long long)number);
}

static void add_ending(struct text *text, const struct ending *ending)
{
	static const char *const codes[] = { [HOW_EXITED] = "exited", [HOW_KILLED] = "killed", [HOW_DUMPED] = "dumped" };

	if (ending->how == HOW_NONE)
		return;
	add_string(text, "ExecMainCode", codes[ending->how]);
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
	add_string(text, "Health", health_name(machine->health.status));
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

/* The property as a string of the caller's; "" when it is not there. */
static const char *copy_property(const char *properties, const char *name, char *copy, size_t room)
{
	struct text text = text_over(copy, room);
	size_t length;
	const char *value = status_property(properties, name, &length);

	if (value)
		text_add_bytes(&text, value, length);
	return copy;
}

static bool number_property(const char *properties, const char *name, uint64_t *number)
{
	char digits[24];

	return parse_unsigned(copy_property(properties, name, digits, sizeof digits), UINT64_MAX, number);
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

static void add_coloured(struct text *text, const char *string, const char *colour)
{
	text_format(text, "%s%s%s", colour, string, *colour ? "\033[0m" : "");
}

static void add_active(struct text *text, const char *properties, const char *colour, uint64_t now)
{
	char words[REPLY_MOST], value[REPLY_MOST];
	struct text state = text_over(words, sizeof words);
	uint64_t since;

	text_format(&state, "%s (", copy_property(properties, "ActiveState", value, sizeof value));
	text_format(&state, "%s)", copy_property(properties, "SubState", value, sizeof value));
	text_add(text, "     Active: ");
	add_coloured(text, words, colour);
	copy_property(properties, "Result", value, sizeof value);
	if (strcmp(value, "success") != 0)
		text_format(text, " (Result: %s)", value);
	if (number_property(properties, "StateChangeTimestampMonotonic", &since) && now >= since) {
		text_add(text, "; ");
		text_add_span(text, now - since);
		text_add(text, " ago");
	}
	text_add(text, "\n");
}

/* How the last main process ended, where there is none now. */
static void add_exit(struct text *text, const char *properties)
{
	char code[16];
	uint64_t status, pid;

	if (!number_property(properties, "ExecMainStatus", &status) || status > UINT8_MAX ||
	    (number_property(properties, "MainPID", &pid) && pid))
		return;
	text_format(text, "       Exit: %s, ", copy_property(properties, "ExecMainCode", code, sizeof code));
	if (strcmp(code, "exited") == 0)
		text_format(text, "status %u", (unsigned)status);
	else
		text_add_signal(text, (int)status);
	text_add(text, "\n");
}

static void add_memory(struct text *text, const char *properties)
{
	uint64_t bytes;

	if (number_property(properties, "MemoryCurrent", &bytes))
		text_format(text, "     Memory: %llu.%lluM\n", (unsigned long long)(bytes >> 20),
			    (unsigned long long)((bytes >> 10 & 1023) * 10 / 1024));
}

static void add_cpu(struct text *text, const char *properties)
{
	uint64_t usec;

	if (!number_property(properties, "CPUUsageUSec", &usec))
		return;
	text_add(text, "        CPU: ");
	text_add_span(text, usec);
	text_add(text, "\n");
}

static void add_next(struct text *text, const char *properties, uint64_t now)
{
	uint64_t at;

	if (!number_property(properties, "NextRestartTimestampMonotonic", &at))
		return;
	text_add(text, "    Restart: in ");
	text_add_span(text, at > now ? at - now : 0);
	text_add(text, "\n");
}

/* Calls add with each line of the log. */
static void each_line(const char *properties, struct text *text,
		      void (*add)(struct text *text, const char *line, unsigned index))
{
	const char *line = properties;
	unsigned index = 0;
	size_t length;

	while ((line = status_property(line, "Log", &length))) {
		char copy[REPLY_MOST];
		struct text kept = text_over(copy, sizeof copy);

		text_add_bytes(&kept, line, length);
		add(text, copy, index++);
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

/* What is said only where it differs from what goes without saying. */
static void add_fields(struct text *text, const char *properties)
{
	static const struct {
		const char *label, *name, *unless;
	} fields[] = {
		{ "   Main PID", "MainPID", "0" },
		{ "     Status", "StatusText", "" },
		{ "     Health", "Health", "none" },
		{ " Last check", "HealthFailure", "" },
		{ "   Restarts", "NRestarts", "0" },
	};
	char value[REPLY_MOST];

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		copy_property(properties, fields[i].name, value, sizeof value);
		if (*value && strcmp(value, fields[i].unless) != 0)
			text_format(text, "%s: %s\n", fields[i].label, value);
	}
}

void status_print(const char *properties, uint64_t now, bool colour, struct text *text)
{
	char value[REPLY_MOST];
	const struct dot *dot = dot_of(copy_property(properties, "ActiveState", value, sizeof value));

	add_coloured(text, dot->shape, colour ? dot->colour : "");
	text_format(text, " %s\n", copy_property(properties, "Id", value, sizeof value));
	add_active(text, properties, colour ? dot->colour : "", now);
	add_fields(text, properties);
	add_exit(text, properties);
	add_next(text, properties, now);
	add_memory(text, properties);
	add_cpu(text, properties);
	each_line(properties, text, add_line);
}

/* An N that counts something is a word of its own: "n_restarts". */
static void add_key(struct text *text, const char *name)
{
	bool counts = after_prefix(name, "NR");

	text_add(text, counts ? "\"n_" : "\"");
	text_add_words(text, name + counts, '_', 0x20);
	text_add(text, "\":");
}

static void add_json_value(struct text *text, const char *properties, const struct property *property)
{
	char value[REPLY_MOST];
	uint64_t number;

	copy_property(properties, property->name, value, sizeof value);
	add_key(text, property->name);
	if (!property->is_number)
		json_add_string(text, value, SIZE_MAX);
	else if (number_property(properties, property->name, &number))
		text_format(text, "%llu", (unsigned long long)number);
	else
		text_add(text, "null");
}

void status_json(const char *properties, struct text *text)
{
	size_t length;

	text_add(text, "{");
	for (size_t i = 0; i < PROPERTY_COUNT; i++)
		if (status_property(properties, properties_known[i].name, &length)) {
			add_json_value(text, properties, &properties_known[i]);
			text_add(text, ",");
		}
	text_add(text, "\"log\":[");
	each_line(properties, text, add_json_line);
	text_add(text, "]}\n");
}
