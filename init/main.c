#include "arguments.h"
#include "control.h"
#include "kernel.h"
#include "load.h"
#include "log.h"
#include "probe.h"
#include "resources.h"
#include "signals.h"
#include "simulate.h"
#include "sockets.h"
#include "streams.h"
#include "supervisor.h"
#include "tini.h"
#include "verify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef TEND_VERSION
#define TEND_VERSION "0"
#endif

#define STATUS_TEND 125

/*
 * All that is known of the service before it starts. Nothing of it is written afterwards: the pages are
 * sealed, so that no later mistake can change who the service runs as.
 */
static struct {
	_Alignas(4096) struct world world;
	struct arena arena;
	struct text remarked; /* of the unit, one a line, its kind first: said when the log's level and format are known */
	struct text idle;     /* the keys that have no effect in a container */
	_Alignas(16) char arena_bytes[256 * 1024]; /* right behind: most of the time it is little, and in the same page */
	struct assignment rows[512];
	char remarks[8192], idle_bytes[2048];
} sealed;

static void say_line(void *context, const char *line)
{
	(void)context;
	kernel_say(line);
	kernel_say("\n");
}

static int help(char **argv, const struct arguments *arguments)
{
	(void)argv;
	(void)arguments;
	kernel_say("tend [OPTION]... [--] COMMAND [ARG]...     supervise COMMAND\n"
	    "tend --unit=FILE [OPTION]... [-- COMMAND]  supervise the service that a systemd unit describes\n"
	    "tend status | start | stop | restart | reload | kill [SIGNAL] | health | show   talk to PID 1 (--json, --no-block)\n"
	    "tend simulate [--unit=FILE] [OPTION]... EVENT...   what would happen, on a virtual clock\n"
	    "tend probe URL                             whether it answers: tcp:// tls:// http:// unix://\n"
	    "tend verify FILE                           check a unit: what is wrong, what has no effect here\n"
	    "\n"
	    "Each option is also a variable: --restart-sec=5 is TEND_RESTART_SEC=5. See tend(8).\n"
	    "In brackets: the default; behind a semicolon, that of a bare command.\n"
	    "\n"
	    "  --help       this list\n"
	    "  --version    the version of tend\n");
	options_help(say_line, NULL);
	return 0;
}

static int version(char **argv, const struct arguments *arguments)
{
	(void)argv;
	(void)arguments;
	kernel_say("tend " TEND_VERSION "\n");
	return 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int tini_help_asked(char **argv, const struct arguments *arguments)
{
	(void)arguments;
	tini_usage(kernel_say, base_name(*argv));
	return 0;
}

static int tini_usage_needed(char **argv, const struct arguments *arguments)
{
	if (arguments->misuse)
		kernel_complain(arguments->misuse);
	tini_usage(kernel_complain, base_name(*argv));
	return arguments->usage_status;
}

static int tini_version_asked(char **argv, const struct arguments *arguments)
{
	(void)argv;
	(void)arguments;
	tini_version(kernel_say);
	return 0;
}

static int license(char **argv, const struct arguments *arguments)
{
	(void)argv;
	(void)arguments;
	kernel_say("tend is distributed under the terms of the MIT License.\n");
	return 0;
}

static int verify(char **argv, const struct arguments *arguments)
{
	(void)argv;
	if (!arguments->words[1] || arguments->words[2]) {
		kernel_complain("usage: tend verify FILE\n");
		return STATUS_TEND;
	}
	return verify_unit(arguments->words[1], &sealed.world, kernel_say);
}

static int probe_asked(char **argv, const struct arguments *arguments)
{
	const char *url = arguments->words[1];
	char line[4096];
	struct text text = text_over(line, sizeof line);
	enum probe_result result;

	(void)argv;
	if (!url || arguments->words[2]) {
		kernel_complain("usage: tend probe URL\n");
		return PROBE_MISUSED;
	}
	text_format(&text, "%s: ", url);
	result = probe(url, PROBE_TIMEOUT, &text);
	text_add(&text, ".\n");
	if (result != PROBE_ALIVE)
		kernel_complain(line);
	return result;
}

static int control(char **argv, const struct arguments *arguments)
{
	(void)argv;
	return control_run(arguments->words);
}

/* What is done instead of supervising. */
static int (*const tasks[])(char **argv, const struct arguments *arguments) = {
	[TASK_SUPERVISE] = NULL, /* these two want a configured world */
	[TASK_SIMULATE] = NULL,
	[TASK_HELP] = help,
	[TASK_VERSION] = version,
	[TASK_VERIFY] = verify,
	[TASK_PROBE] = probe_asked,
	[TASK_CONTROL] = control,
	[TASK_TINI_HELP] = tini_help_asked,
	[TASK_TINI_USAGE] = tini_usage_needed,
	[TASK_TINI_VERSION] = tini_version_asked,
	[TASK_TINI_LICENSE] = license,
};

/* Nothing has been started, and nothing will be. */
static int fail(const char *why, int status)
{
	struct log log = { .level = LOG_LEVEL_ERROR };

	log_line(&log, LOG_LEVEL_ERROR, why);
	return status;
}

/* LISTEN_FDS is for us only if LISTEN_PID says so: sd_listen_fds(3). */
static int passed_descriptors(void)
{
	const char *pid = kernel_variable("LISTEN_PID"), *count = kernel_variable("LISTEN_FDS");
	uint64_t for_pid, descriptors;

	if (!pid || !count || !parse_unsigned(pid, INT32_MAX, &for_pid) ||
	    !parse_unsigned(count, INT32_MAX, &descriptors))
		return 0;
	return for_pid == (uint64_t)getpid() ? (int)descriptors : 0;
}

/* Whether descriptor 0 is the terminal that controls this session: then the service gets it. */
static bool has_terminal(void)
{
	pid_t foreground;

	return ioctl(STDIN_FILENO, TIOCGPGRP, &foreground) == 0;
}

/*
 * A standard descriptor that is closed stays closed for the service, but nothing of tend's own may take its
 * number: a log line would go into it. What holds the place is gone at exec. open(2) takes the lowest number.
 */
static void hold_places(void)
{
	struct pollfd standard[] = { { .fd = STDIN_FILENO }, { .fd = STDOUT_FILENO }, { .fd = STDERR_FILENO } };

	poll(standard, sizeof standard / sizeof *standard, 0);
	for (size_t i = 0; i < sizeof standard / sizeof *standard; i++)
		if (standard[i].revents & POLLNVAL)
			kernel_open("/", O_PATH);
}

static void look_around(struct world *world)
{
	world->listen_fds = passed_descriptors();
	world->terminal = has_terminal();
	/* With SIGCHLD ignored the kernel would reap in our place, and nobody would hear how a child ended. */
	world->ignored_children = signals_ignore(SIGCHLD, false);
}

/* The same words, listed elsewhere; NULL where there is no room. */
static char **list_again(char **words, struct arena *arena)
{
	char **list;
	size_t count = 0;

	while (words[count++])
		;
	list = arena_take(arena, count * sizeof *list);
	return list ? memcpy(list, words, count * sizeof *list) : NULL;
}

/*
 * On the stack the kernel leaves the words that tend was started with, a gap of 8 KiB at most, and the lists of them:
 * create_elf_tables() in fs/binfmt_elf.c. With lists of our own all that is below the words can go.
 */
static void leave_lists(struct world *world, char **argv)
{
	char **command = world->command ? list_again(world->command, &sealed.arena) : NULL;
	char **environment = list_again(world->environment, &sealed.arena);

	if (!environment || (world->command && !command))
		return;
	world->command = command;
	world->environment = environ = environment;
	world->strings = *argv;
}

/*
 * What need not be done before the service is on its way. A bare command's directory stays tend's where it could not
 * be kept open. From here on nothing that is sealed is written.
 */
static void settle(void)
{
	if (!sealed.world.unit)
		sealed.world.directory = kernel_open(".", O_PATH | O_DIRECTORY);
	if (sealed.world.directory >= 0)
		chdir("/");
	mprotect(&sealed, sizeof sealed, PROT_READ);
}

/* By name only: what it is set to may be a secret. */
static void say_unknown(struct log *log, const struct arguments *arguments)
{
	char name[64];

	for (unsigned i = 0; i < arguments->unknown_count; i++) {
		struct text text = text_over(name, sizeof name);

		text_add_bytes(&text, arguments->unknown[i], strcspn(arguments->unknown[i], "="));
		log_format(log, LOG_LEVEL_WARN, "%s: no such option, ignored.", name);
	}
}

static void say_shortfall(struct log *log, const struct world *world)
{
	char line[512];
	struct text text = text_over(line, sizeof line);

	if (privilege_shortfall(&world->config, &world->identity, &text))
		log_line(log, LOG_LEVEL_WARN, line);
	text = text_over(line, sizeof line);
	if (resources_shortfall(&world->config, &text))
		log_line(log, LOG_LEVEL_WARN, line);
}

/* Each key once, however often it is there. */
static void note_idle(struct text *idle, const char *key)
{
	char *added = idle->start + idle->length;

	text_format(idle, " %s=", key);
	if (text_find(idle->start, added) == added)
		return;
	*added = '\0';
	idle->length = (size_t)(added - idle->start);
}

/* What has no effect here is said in one line, however much it is; what nobody knows, each with its place. */
static void note_remark(void *context, enum unit_remark remark, const char *subject, const char *message)
{
	(void)context;
	if (remark == UNIT_NO_EFFECT)
		note_idle(&sealed.idle, subject);
	else if (remark <= UNIT_IGNORED)
		text_format(&sealed.remarked, "%u%s\n", remark, message);
}

static void say_remarks(struct log *log)
{
	char *line = sealed.remarks, *end;

	if (sealed.idle.length)
		log_format(log, LOG_LEVEL_INFO, "No effect in a container:%s", sealed.idle.start);

	while (sealed.remarked.length && (end = strchr(line, '\n'))) {
		*end = '\0';
		log_line(log, *line == '0' + UNIT_IGNORED ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, line + 1);
		line = end + 1;
	}
}

static const struct unit_listener remark_listener = { .remark = note_remark };

static bool identify(struct world *world, const struct arguments *arguments, struct complaint *complaint)
{
	if (arguments->unit) {
		world->unit = true;
		sealed.remarked = text_over(sealed.remarks, sizeof sealed.remarks);
		sealed.idle = text_over(sealed.idle_bytes, sizeof sealed.idle_bytes);
		return load_unit(arguments->unit, world, &remark_listener, complaint);
	}
	if (!world->command)
		return complaint_say(complaint, "expected a command to run; `tend --help` lists the options");
	world->name = base_name(world->command[0]);
	return true;
}

/* Everything is read and checked before anything is done. */
static bool configure(struct world *world, const struct arguments *arguments, struct complaint *complaint)
{
	if (!identify(world, arguments, complaint))
		return false;
	if (!options_fold(&world->journal, world->unit, &world->specifiers, &remark_listener, &world->config, complaint))
		return false;
	/* What is only imagined needs no user: the unit may be another machine's. */
	return arguments->task == TASK_SIMULATE ||
	       privilege_resolve(&world->config, &world->journal, world->name, &world->identity, complaint);
}

APART static int simulate_asked(struct world *world, const struct arguments *arguments)
{
	char name[] = "service", *imagined[] = { name, NULL };
	struct complaint complaint;

	/* A bare command that is only imagined has a name all the same. */
	if (!arguments->unit)
		world->command = imagined;
	if (!configure(world, arguments, &complaint))
		return fail(complaint.message, STATUS_TEND);
	return simulate(world, arguments->words, kernel_say, kernel_complain);
}

/*
 * Where NotifyAccess= lets somebody speak, there is a socket; the service hears of it, and of no other. False where that
 * can't be made: nobody would hear that the service is ready.
 */
static bool open_notify_socket(struct world *world, struct log *log)
{
	struct text address = text_over(world->notify_storage, sizeof world->notify_storage);
	bool heard = world->config.notify_access > NOTIFY_ACCESS_NONE;

	world->notify_socket = -1;
	/* A bare command that is not heard speaks to the outer socket itself: it has inherited the variable. */
	if (world->unit || heard)
		world->outer_notify = kernel_variable("NOTIFY_SOCKET");
	if (!heard)
		return true;
	world->notify_socket = notify_open(&address);
	world->notify_path = world->notify_storage;
	if (world->notify_socket < 0)
		log_error(log, LOG_LEVEL_ERROR, errno, "Cannot make a socket for notifications");
	return world->notify_socket >= 0;
}

/* All that is done before the first start, with a frame of its own: below main's there is little then. False: it is said. */
APART static bool make_ready(struct world *world, const struct arguments *arguments)
{
	struct complaint complaint;
	struct log log;
	int error;

	if (!configure(world, arguments, &complaint))
		return fail(complaint.message, false);
	log = (struct log){
		.format = world->config.log_format,
		.level = world->config.log_level,
		.service = world->name,
	};
	say_unknown(&log, arguments);
	say_remarks(&log);
	look_around(world);
	if (arguments->death_signal)
		kernel_prctl(PR_SET_PDEATHSIG, (unsigned long)arguments->death_signal);
	if (!open_notify_socket(world, &log))
		return false;
	say_shortfall(&log, world);
	streams_give(world);
	error = privilege_keep(&world->config, &world->journal, &world->identity);
	if (error)
		log_error(&log, LOG_LEVEL_WARN, error, "Cannot lower tend's own privileges");
	return !world->unit || chdir("/") == 0 || fail("cannot change to the directory /", false);
}

APART static bool understand(char **argv, struct world *world, struct arguments *arguments)
{
	struct complaint complaint;

	return arguments_read(argv, environ, world, arguments, &complaint) ||
	       fail(complaint.message, false);
}

int main(int argc, char **argv)
{
	uint64_t inherited_mask = signals_mask(SIGNALS_ALL);
	struct world *world = &sealed.world;
	struct arguments arguments = { .task = TASK_SUPERVISE, .usage_status = STATUS_TEND };

	(void)argc;
	hold_places();
	world->directory = -1;
	world->inherited_mask = inherited_mask;
	sealed.arena = (struct arena){ .start = sealed.arena_bytes, .room = sizeof sealed.arena_bytes };
	world->journal = (struct journal){
		.rows = sealed.rows,
		.room = sizeof sealed.rows / sizeof *sealed.rows,
		.arena = &sealed.arena,
	};
	if (!understand(argv, world, &arguments))
		return arguments.usage_status;
	/* Whoever waits for the others may have had enough, or reads no more of them. */
	if (arguments.task != TASK_SUPERVISE)
		signals_mask(inherited_mask);
	if (tasks[arguments.task])
		return tasks[arguments.task](argv, &arguments);
	if (arguments.task == TASK_SIMULATE)
		return simulate_asked(world, &arguments);
	if (!make_ready(world, &arguments))
		return STATUS_TEND;
	leave_lists(world, argv);
	supervise(world, settle);
}
