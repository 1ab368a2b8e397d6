#include "spawn.h"

#include "directories.h"
#include "environment.h"
#include "execute.h"
#include "kernel.h"
#include "resources.h"
#include "signals.h"
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FIRST_PASSED 3
/* Where close_range(2), which is of Linux 5.11, is missing: how far descriptors are looked for. */
#define DESCRIPTORS_MAX 65536

/*
 * The environment and one command's arguments, in the child: PID 1 never touches it, so that it takes no memory.
 * As a mapping of its own it would cost each start a hundredth of its time.
 */
static char child_room[8 << 20];

/* What the child knows on its way from fork to exec. */
struct start {
	const struct spawn *spawn;
	const struct world *world;
	const struct config *config;
	unsigned flags;
	int report;
	struct arena arena;
	char **environment;
	struct command command;
	struct text why;
};

/*
 * Each step returns 0 or the exit status of systemd.exec(5), "Process Exit Codes", that names it,
 * with errno set. Everything is the child's own; nothing here is undone.
 */

static int leave_session(struct start *start)
{
	(void)start;
	return setsid() < 0 ? EXIT_SETSID : 0;
}

/*
 * With every signal blocked tcsetpgrp(3) works from the background too. It fails where the terminal
 * went away; the command will notice.
 */
static int lead_group(struct start *start)
{
	setpgid(0, 0);
	if (start->spawn->foreground && start->world->terminal)
		ioctl(STDIN_FILENO, TIOCSPGRP, &(pid_t){ getpid() });
	return 0;
}

/* As tend, not as the service: who inherits a directory need not be able to enter it. */
static int return_to_directory(struct start *start)
{
	return start->world->directory > 2 && fchdir(start->world->directory) < 0 ? EXIT_CHDIR : 0;
}

static int connect_streams(struct start *start)
{
	return streams_connect(start->spawn);
}

static int set_scheduling(struct start *start)
{
	return resources_schedule(start->config);
}

static int make_directories(struct start *start)
{
	return directories_make(start->world);
}

static int make_environment(struct start *start)
{
	return environment_make(start->spawn, &start->arena, &start->environment);
}

static int set_umask(struct start *start)
{
	if (!start->config->inherit_umask)
		umask(start->config->umask);
	return 0;
}

static int set_limits(struct start *start)
{
	return start->flags & COMMAND_PRIVILEGED ? 0 : resources_limit(start->config);
}

static int become_service(struct start *start)
{
	return privilege_become(start->config, &start->world->identity, start->flags);
}

/* As the service: the directory may be on a file system where root has no say. */
static int enter_directory(struct start *start)
{
	const char *directory = start->config->working_directory;

	if (!directory && !start->world->unit)
		return 0;
	if (!directory)
		directory = "/";
	else if (strcmp(directory, "~") == 0)
		directory = start->world->identity.user.home;
	return chdir(directory) < 0 && !start->config->working_directory_optional ? EXIT_CHDIR : 0;
}

static void close_one_by_one(int first)
{
	for (int descriptor = first; descriptor < DESCRIPTORS_MAX; descriptor++)
		ioctl(descriptor, FIOCLEX, NULL);
}

static int close_descriptors(struct start *start)
{
	int first =
	    FIRST_PASSED + (environment_passes_descriptors(start->spawn) ? start->world->listen_fds : 0);

	if (syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		close_one_by_one(first);
	return 0;
}

static int expand_command(struct start *start)
{
	const struct spawn *spawn = start->spawn;

	if (spawn->run)
		return 0;
	if (!spawn->value) {
		start->command.path = start->world->command[0];
		start->command.argv = start->world->command;
		return 0;
	}
	errno = E2BIG;
	return command_expand(spawn->value, spawn->index, &start->world->specifiers,
			      start->environment, &start->arena, &start->command) ?
		   0 :
		   EXIT_EXEC;
}

/*
 * An exec leaves only "ignored" in force: signal(7). Of what it was given, tend has changed SIGCHLD
 * alone.
 */
static int release_signals(struct start *start)
{
	const struct world *world = start->world;

	for (int signal = 1; world->unit && signal <= SIGNAL_MAX; signal++)
		signals_ignore(signal, false);
	if (!world->unit && world->ignored_children)
		signals_ignore(SIGCHLD, true);
	if (start->config->ignore_sigpipe)
		signals_ignore(SIGPIPE, true);
	signals_mask(world->unit ? 0 : world->inherited_mask);
	return 0;
}

/* Nothing that tend has open is for the service's user, but the pipe to tell tend what happened. */
static int run_instead(struct start *start)
{
	start->report = dup2(start->report, FIRST_PASSED);
	syscall(SYS_close_range, FIRST_PASSED + 1, ~0U, 0);
	if (start->spawn->run(start->spawn, &start->why) == 0)
		_exit(0);
	return STEP_RUN;
}

static const char *looked_up_in(const struct world *world, char **environment)
{
	const char *path = world->unit ? NULL : variable_value(environment, "PATH", 4);

	return path ? path : DEFAULT_PATH ":/sbin:/bin";
}

static int execute_command(struct start *start)
{
	struct execution execution = {
		.path = start->command.path,
		.argv = start->command.argv,
		.environment = start->environment,
		.directories = start->config->exec_search_path,
	};

	if (start->spawn->run)
		return run_instead(start);
	if (!execution.directories)
		execution.directories = looked_up_in(start->world, start->environment);
	errno = execute(&execution);
	return EXIT_EXEC;
}

/* ---- the order of the steps, which is that of systemd's exec_invoke ---- */

enum { UNIT = 1, BARE = 2, BOTH = 3 };

static const struct PACKED step {
	int (*take)(struct start *);
	unsigned char who;
} steps[] = {
	{ leave_session, UNIT },     { lead_group, BARE },       { return_to_directory, BARE },
	{ connect_streams, BOTH },   { set_scheduling, BOTH },   { make_directories, BOTH },
	{ make_environment, BOTH },  { set_umask, BOTH },        { set_limits, BOTH },
	{ become_service, BOTH },    { enter_directory, BOTH },  { close_descriptors, UNIT },
	{ expand_command, BOTH },    { release_signals, BOTH },  { execute_command, BOTH },
};

static int exit_status_of(const struct start *start, int step, int error)
{
	return start->world->unit || step <= STEP_RUN ? step : execute_status(step, error);
}

/* With a frame of its own: in that of the parent it would spread what PID 1 touches over more pages. */
APART static _Noreturn void run_child(const struct spawn *spawn, int report)
{
	const struct world *world = spawn->world;
	bool freed = world->config.permissions_start_only && !spawn->start;
	struct failure failure = { 0 };
	struct start start = {
		.spawn = spawn,
		.world = world,
		.config = &world->config,
		.flags = spawn->flags | (freed ? COMMAND_PRIVILEGED : 0),
		.report = report,
		.arena = { .start = child_room, .room = sizeof child_room },
		.why = text_over(failure.why, sizeof failure.why),
	};
	ssize_t written;

	for (const struct step *step = steps; failure.step == 0; step++)
		if (step->who & (world->unit ? UNIT : BARE))
			failure.step = step->take(&start);
	failure.error = errno;
	failure.status = exit_status_of(&start, failure.step, failure.error);
	/*
	 * One write of less than PIPE_BUF to an empty pipe: it is whole and does not wait. pipe(7)
	 */
	written = write(start.report, &failure, sizeof failure);
	(void)written; /* the exit status says as much */
	_exit(failure.status);
}

/* ---- the parent's half ---- */

/* Between fork and exec there is nothing to do that execute_directly() does not. */
static bool is_direct(const struct spawn *spawn)
{
	const struct world *world = spawn->world;

	return spawn->role == ROLE_MAIN && !spawn->foreground && !spawn->watchdog && !*spawn->variables &&
	       !world->unit && !world->notify_path && !world->listen_fds && !world->ignored_children &&
	       !journal_shapes_child(&world->journal);
}

static pid_t spawn_directly(const struct world *world)
{
	return execute_directly(&(struct direct){
		.execution = {
			.path = world->command[0],
			.argv = world->command,
			.environment = world->environment,
			.directories = looked_up_in(world, world->environment),
		},
		.mask = world->inherited_mask,
		.directory = world->directory,
		.dumpable = world->identity.user.uid == 0, /* tend's own, where no option names one */
	});
}

/* A child that shares tend's memory, if that will do and can be had, or has a copy of it. */
static pid_t branch(const struct spawn *spawn, int report, bool *direct)
{
	pid_t pid = -1;

	errno = EINVAL;
	if (is_direct(spawn))
		pid = spawn_directly(spawn->world);
	*direct = pid > 0;
	if (pid < 0 && errno == EINVAL)
		pid = kernel_fork();
	if (pid == 0)
		run_child(spawn, report);
	return pid;
}

int spawn(const struct spawn *spawn, struct child *child)
{
	int ends[2], error;

	if (kernel_pipe(ends) < 0)
		return errno;
	child->failure_pipe = ends[0];
	child->pid = branch(spawn, ends[1], &child->direct);
	error = errno;
	close(ends[1]);
	if (child->pid < 0) {
		close(ends[0]);
		return error;
	}
	/*
	 * In both processes, for either may be first. EACCES: it has executed, so it was first.
	 * setpgid(2)
	 */
	if (!spawn->world->unit)
		setpgid(child->pid, child->pid);
	return 0;
}

static enum spawn_outcome direct_outcome(struct failure *failure)
{
	*failure = (struct failure){ 0 };
	failure->error = direct_end(&failure->step);
	failure->status = execute_status(failure->step, failure->error);
	return failure->error ? SPAWN_FAILED : SPAWN_EXECUTED;
}

enum spawn_outcome spawn_outcome(const struct child *child, struct failure *failure)
{
	ssize_t count = read(child->failure_pipe, failure, sizeof *failure);

	/* A child that asks a URL is the service's user by then, and has read what strangers answer. */
	failure->why[sizeof failure->why - 1] = '\0';
	if (count == (ssize_t)sizeof *failure)
		return SPAWN_FAILED;
	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return SPAWN_PENDING;
	/* Only the end of the pipe is a proof. */
	return child->direct && count == 0 ? direct_outcome(failure) : SPAWN_EXECUTED;
}
