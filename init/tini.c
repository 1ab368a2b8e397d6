#include "tini.h"
#include "kernel.h"

#include <string.h>

/* The version of tini whose behaviour this is. */
#define TINI_VERSION "tini version 0.19.0"
#define MORE_VERBOSE 3

bool tini_is_name(const char *name)
{
	return is_any_of(name, "tini|tini-static|docker-init");
}

void tini_version(void (*print)(const char *string))
{
	print(TINI_VERSION "\n");
}

void tini_usage(void (*print)(const char *string), const char *name)
{
	print(name);
	print(" (" TINI_VERSION ", by tend)\nUsage: ");
	print(name);
	print(" [OPTIONS] PROGRAM -- [ARGS] | --version\n\n"
	      "Execute a program under the supervision of a valid init process\n\n"
	      "  --version     Show version and exit.\n"
	      "  -h            Show this help message and exit.\n"
	      "  -s            Register as a process subreaper.\n"
	      "  -p SIGNAL     Have SIGNAL when the parent dies.\n"
	      "  -v            Generate more verbose output. Repeat up to 3 times.\n"
	      "  -w            Print a warning when processes are getting reaped.\n"
	      "  -g            Send signals to the child's process group.\n"
	      "  -e EXIT_CODE  Remap EXIT_CODE (from 0 to 255) to 0.\n"
	      "  -l            Show license and exit.\n\n"
	      "TINI_SUBREAPER, TINI_KILL_PROCESS_GROUP (set to anything) and TINI_VERBOSITY (0 to 3) do the same.\n"
	      "TEND_... variables are heeded too: see tend(8).\n");
}

/* What reading the options has to remember. */
struct reader {
	struct world *world;
	struct arguments *arguments;
	struct complaint *complaint;
	const char *name;
	unsigned verbosity;
};

static bool assign(struct reader *reader, const char *flag, const char *value)
{
	return journal_add(&reader->world->journal, option_by_flag(flag, strlen(flag)), LAYER_FLAG, NULL, 0, value,
			   reader->complaint);
}

static bool refuse(struct reader *reader, char letter, const char *value)
{
	return complaint_say(reader->complaint, "Not a valid option for -%c: %s", letter, value);
}

static bool take_group(struct reader *reader, const char *value)
{
	(void)value;
	return assign(reader, "forward-to", "group");
}

static bool take_status(struct reader *reader, const char *value)
{
	uint64_t status;

	if (!parse_unsigned(value, 255, &status))
		return refuse(reader, 'e', value);
	reader->world->remapped.codes[status / 64] |= 1ULL << status % 64;
	return true;
}

/* tini knows the signals of POSIX by their full names. */
static bool take_death_signal(struct reader *reader, const char *value)
{
	static const uint64_t unknown = 1ULL << (16 - 1) | 1ULL << (29 - 1) | 1ULL << (30 - 1);
	int signal = after_prefix(value, "SIG") ? signal_from_name(value) : 0;

	if (signal && signal < 32 && !(unknown >> (signal - 1) & 1))
		reader->arguments->death_signal = signal;
	return reader->arguments->death_signal || refuse(reader, 'p', value);
}

static bool take_subreaper(struct reader *reader, const char *value)
{
	(void)value;
	reader->world->no_subreaper = false;
	return true;
}

static bool take_verbose(struct reader *reader, const char *value)
{
	(void)value;
	reader->verbosity++;
	return true;
}

static bool take_warn(struct reader *reader, const char *value)
{
	(void)value;
	reader->world->warns_of_reaped = true;
	return true;
}

static bool take_help(struct reader *reader, const char *value)
{
	(void)value;
	reader->arguments->task = TASK_TINI_HELP;
	return true;
}

static bool take_license(struct reader *reader, const char *value)
{
	(void)value;
	reader->arguments->task = TASK_TINI_LICENSE;
	return true;
}

static const struct PACKED tini_option {
	char letter;
	bool has_value;
	bool (*take)(struct reader *reader, const char *value);
} tini_options[] = {
	{ 'g', false, take_group },   { 's', false, take_subreaper }, { 'e', true, take_status },
	{ 'p', true, take_death_signal }, { 'v', false, take_verbose }, { 'w', false, take_warn },
	{ 'h', false, take_help },    { 'l', false, take_license },
};

static const struct tini_option *option_of(char letter)
{
	for (size_t i = 0; i < sizeof tini_options / sizeof *tini_options; i++)
		if (tini_options[i].letter == letter)
			return &tini_options[i];
	return NULL;
}

/* What getopt(3) says, and then the usage. */
static void misuse(struct reader *reader, const char *what, char letter)
{
	complaint_say(reader->complaint, "%s: %s -- '%c'\n", reader->name, what, letter);
	reader->arguments->misuse = reader->complaint->message;
	reader->arguments->task = TASK_TINI_USAGE;
}

/* One argument of letters: "-g", "-vvv", "-e143", or "-e" and the next one. getopt(3) */
static bool read_letters(struct reader *reader, char ***at)
{
	for (const char *letter = **at + 1; *letter; letter++) {
		const struct tini_option *option = option_of(*letter);
		const char *value = letter + 1;

		if (!option || (option->has_value && !*value && !(*at)[1])) {
			misuse(reader, option ? "option requires an argument" : "invalid option", *letter);
			return true;
		}
		if (!option->has_value) {
			if (!option->take(reader, NULL))
				return false;
			continue;
		}
		return option->take(reader, *value ? value : *++*at);
	}
	return true;
}

static bool read_options(struct reader *reader, char **argv)
{
	for (; *argv && **argv == '-' && (*argv)[1]; argv++) {
		if (strcmp(*argv, "--") == 0) {
			argv++;
			break;
		}
		if (!read_letters(reader, &argv))
			return false;
		if (reader->arguments->task != TASK_SUPERVISE)
			return true;
	}
	if (!*argv)
		reader->arguments->task = TASK_TINI_USAGE;
	reader->world->command = argv;
	reader->world->journal.command_given = true;
	return true;
}

static bool read_variables(struct reader *reader)
{
	const char *verbosity = kernel_variable("TINI_VERBOSITY");
	uint64_t level;

	if (verbosity)
		reader->verbosity = parse_unsigned(verbosity, UINT32_MAX, &level) ? (unsigned)level : 0;
	if (kernel_variable("TINI_SUBREAPER"))
		take_subreaper(reader, NULL);
	return !kernel_variable("TINI_KILL_PROCESS_GROUP") || take_group(reader, NULL);
}

/* TEND_LOG_LEVEL= is stronger than tini's default of 1, but not than a -v that was typed. */
static bool set_level(struct reader *reader)
{
	static const char levels[][6] = { "error", "warn", "info", "debug" };

	if (reader->verbosity == 1)
		return true;
	return assign(reader, "log-level", levels[reader->verbosity > MORE_VERBOSE ? MORE_VERBOSE : reader->verbosity]);
}

bool tini_read(char **argv, struct world *world, struct arguments *arguments, struct complaint *complaint)
{
	const char *slash = strrchr(*argv, '/');
	struct reader reader = {
		.world = world,
		.arguments = arguments,
		.complaint = complaint,
		.name = slash ? slash + 1 : *argv,
		.verbosity = 1,
	};

	world->no_subreaper = true;
	arguments->usage_status = TINI_STATUS_USAGE;
	if (argv[1] && !argv[2] && strcmp(argv[1], "--version") == 0) {
		arguments->task = TASK_TINI_VERSION;
		return true;
	}
	return read_options(&reader, argv + 1) && read_variables(&reader) && set_level(&reader);
}
