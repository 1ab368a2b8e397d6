#include "arguments.h"
#include "jobs.h"
#include "tini.h"

#include <string.h>
#include <unistd.h>

/* An option that is no key of a unit. Its flag is --NAME; of them only that which names the unit is a variable too. */
struct special {
	char flag[8];
	unsigned char task; /* TASK_SUPERVISE: it names the unit */
};

static const struct special specials[] = {
	{ "unit", TASK_SUPERVISE },
	{ "help", TASK_HELP },
	{ "version", TASK_VERSION },
};
#define SPECIAL_COUNT (sizeof specials / sizeof *specials)

static bool is_word(const char *word, const char *string, size_t length)
{
	return strncmp(word, string, length) == 0 && !word[length];
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
	bool names_unit = is_word("UNIT", variable, length);

	*taken = option || names_unit;
	if (names_unit)
		arguments->unit = equals[1] ? equals + 1 : NULL;
	return !option || journal_add(&world->journal, option, LAYER_ENVIRONMENT, NULL, 0, equals + 1, complaint);
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
	return complaint_say(complaint, "%s: no such option; `tend --help` lists them", argument);
}

static bool read_special(const struct special *special, struct arguments *arguments, char ***at, const char *equals,
			 struct complaint *complaint)
{
	if (special->task != TASK_SUPERVISE) {
		arguments->task = (enum task)special->task;
		return true;
	}
	arguments->unit = flag_value(at, equals, false);
	return (arguments->unit && *arguments->unit) ||
	       complaint_say(complaint, "--unit: expected the path or name of a unit");
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
		return complaint_say(complaint, "%s: expected a value", argument);
	return journal_add(&world->journal, option, LAYER_FLAG, NULL, 0, value, complaint);
}

/* What the first word asks for. PID 1 has nobody to be a client of: there a verb is a command to run. */
static enum task task_of(const char *word)
{
	if (getpid() == 1)
		return TASK_SUPERVISE;
	if (strcmp(word, "simulate") == 0)
		return TASK_SIMULATE;
	if (strcmp(word, "verify") == 0)
		return TASK_VERIFY;
	if (strcmp(word, "probe") == 0)
		return TASK_PROBE;
	return verb_of(word) != VERB_NONE ? TASK_CONTROL : TASK_SUPERVISE;
}

static bool read_flags(char ***at, struct world *world, struct arguments *arguments,
		       struct complaint *complaint)
{
	for (; **at && ***at == '-'; ++*at) {
		if (strcmp(**at, "--") == 0) {
			++*at;
			return true;
		}
		if (strncmp(**at, "--", 2) != 0)
			return refuse_unknown(**at, complaint);
		if (!read_flag(world, arguments, at, complaint))
			return false;
	}
	return true;
}

static bool read_command_line(char **argv, struct world *world, struct arguments *arguments,
			      struct complaint *complaint)
{
	enum task task = *argv ? task_of(*argv) : TASK_SUPERVISE;

	if (task != TASK_SUPERVISE)
		arguments->task = task;
	/* The one verb that takes options, those of the service that it imagines. */
	argv += task == TASK_SIMULATE;
	if ((task == TASK_SUPERVISE || task == TASK_SIMULATE) && !read_flags(&argv, world, arguments, complaint))
		return false;
	arguments->words = argv;
	if (task == TASK_SUPERVISE && *argv) {
		world->command = argv;
		world->journal.command_given = true;
	}
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
