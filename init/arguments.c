#include "arguments.h"
#include "tini.h"

#include <string.h>
#include <unistd.h>

/* An option that is no key of a unit. Its flag is --NAME, its variable TEND_NAME where it has one. */
struct special {
	const char *flag, *variable;
	enum task task;
	bool names_unit;
};

static const struct special specials[] = {
	{ .flag = "unit", .variable = "UNIT", .names_unit = true },
	{ .flag = "help", .task = TASK_HELP },
	{ .flag = "version", .task = TASK_VERSION },
};
#define SPECIAL_COUNT (sizeof specials / sizeof *specials)

static bool is_word(const char *word, const char *string, size_t length)
{
	return word && strncmp(word, string, length) == 0 && !word[length];
}

static bool refuse(struct complaint *complaint, const char *what, const char *why)
{
	struct text text = text_over(complaint->message, sizeof complaint->message);

	text_format(&text, "%s: %s", what, why);
	return false;
}

/* The environment. */

static void note_unknown(struct arguments *arguments, const char *variable)
{
	if (arguments->unknown_count < UNKNOWN_VARIABLES_MAX)
		arguments->unknown[arguments->unknown_count++] = variable;
}

/* Whether variable, which stands behind "TEND_", was understood and so is no business of the service. */
static bool read_variable(struct world *world, struct arguments *arguments, const char *variable,
			  const char *equals, bool *taken, struct complaint *complaint)
{
	size_t length = (size_t)(equals - variable);
	const struct option *option = option_by_variable(variable, length);

	*taken = true;
	if (option)
		return journal_add(&world->journal, option, LAYER_ENVIRONMENT, NULL, 0, equals + 1, complaint);
	for (size_t i = 0; i < SPECIAL_COUNT; i++)
		if (is_word(specials[i].variable, variable, length)) {
			arguments->unit = equals + 1;
			return true;
		}
	*taken = false;
	return true;
}

static bool read_environment(struct world *world, struct arguments *arguments, char **variables,
			     struct complaint *complaint)
{
	char **kept = variables;
	bool taken;

	world->environment = variables;
	for (char **at = variables; *at; at++) {
		const char *variable = after_prefix(*at, "TEND_");
		const char *equals = variable ? strchr(variable, '=') : NULL;

		if (equals) {
			if (!read_variable(world, arguments, variable, equals, &taken, complaint))
				return false;
			if (taken)
				continue;
			note_unknown(arguments, *at);
		}
		*kept++ = *at;
	}
	*kept = NULL;
	return true;
}

/* The command line. */

static const struct special *special_by_flag(const char *flag, size_t length)
{
	for (size_t i = 0; i < SPECIAL_COUNT; i++)
		if (is_word(specials[i].flag, flag, length))
			return &specials[i];
	return NULL;
}

/* The value of a flag: behind its "=", or the next argument, or "yes" of a boolean. NULL: there is none. */
static const char *flag_value(char ***at, const char *equals, bool boolean)
{
	if (*equals)
		return equals + 1;
	if (boolean)
		return "yes";
	return (*at)[1] ? *++*at : NULL;
}

static bool refuse_unknown(const char *argument, struct complaint *complaint)
{
	return refuse(complaint, argument, "no such option; `tend --help` lists them");
}

static bool read_special(const struct special *special, struct arguments *arguments, char ***at, const char *equals,
			 struct complaint *complaint)
{
	if (!special->names_unit) {
		arguments->task = special->task;
		return true;
	}
	arguments->unit = flag_value(at, equals, false);
	return arguments->unit || refuse(complaint, "--unit", "expected the path or name of a unit");
}

static bool read_flag(struct world *world, struct arguments *arguments, char ***at, struct complaint *complaint)
{
	const char *argument = **at, *flag = argument + 2;
	size_t length = strcspn(flag, "=");
	const struct special *special = special_by_flag(flag, length);
	const struct option *option = option_by_flag(flag, length);
	const char *value;

	if (special)
		return read_special(special, arguments, at, flag + length, complaint);
	if (!option)
		return refuse_unknown(argument, complaint);
	value = flag_value(at, flag + length, option_is_bool(option));
	if (!value)
		return refuse(complaint, argument, "expected a value");
	return journal_add(&world->journal, option, LAYER_FLAG, NULL, 0, value, complaint);
}

/* PID 1 has nobody to be a client of: there a verb is a command to run. */
static bool find_verb(const char *word, enum task *task)
{
	static const struct {
		const char *verb;
		enum task task;
	} verbs[] = {
		{ "verify", TASK_VERIFY },   { "status", TASK_CONTROL }, { "start", TASK_CONTROL },
		{ "stop", TASK_CONTROL },    { "restart", TASK_CONTROL }, { "reload", TASK_CONTROL },
		{ "kill", TASK_CONTROL },    { "health", TASK_CONTROL }, { "show", TASK_CONTROL },
		{ "probe", TASK_PROBE },
	};

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i].verb, word) == 0) {
			if (getpid() != 1)
				*task = verbs[i].task;
			return getpid() != 1;
		}
	return false;
}

static bool read_command_line(char **argv, struct world *world, struct arguments *arguments,
			      struct complaint *complaint)
{
	char **first = argv;

	/* The one verb that takes options, those of the service that it imagines. */
	if (*argv && strcmp(*argv, "simulate") == 0 && getpid() != 1) {
		arguments->task = TASK_SIMULATE;
		argv++;
	}
	for (; *argv && **argv == '-'; argv++) {
		if (strcmp(*argv, "--") == 0) {
			argv++;
			break;
		}
		if (strncmp(*argv, "--", 2) != 0)
			return refuse_unknown(*argv, complaint);
		if (!read_flag(world, arguments, &argv, complaint))
			return false;
	}
	if (*argv && argv == first && find_verb(*argv, &arguments->task)) {
		arguments->words = argv;
		return true;
	}
	arguments->words = argv;
	if (arguments->task == TASK_SIMULATE)
		return true;
	world->command = *argv ? argv : NULL;
	world->journal.command_given = world->command != NULL;
	return true;
}

bool arguments_read(char **argv, char **variables, struct world *world, struct arguments *arguments,
		    struct complaint *complaint)
{
	const char *slash = *argv ? strrchr(*argv, '/') : NULL;

	if (!read_environment(world, arguments, variables, complaint))
		return false;
	if (*argv && tini_is_name(slash ? slash + 1 : *argv))
		return tini_read(argv, world, arguments, complaint);
	return read_command_line(*argv ? argv + 1 : argv, world, arguments, complaint);
}
