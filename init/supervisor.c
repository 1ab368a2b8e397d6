#include "supervisor.h"
#include "cgroup.h"
#include "conditions.h"
#include "descendants.h"
#include "directories.h"
#include "kernel.h"
#include "log.h"
#include "message.h"
#include "pidfile.h"
#include "probe.h"
#include "program.h"
#include "server.h"
#include "service.h"
#include "signals.h"
#include "sockets.h"
#include "spawn.h"
#include "status.h"
#include "variables.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Statuses of our own, as shells and Docker use them. */
#define STATUS_TEND 125 /* tend itself could not do its work */
#define STATUS_NOT_EXECUTABLE 126
#define STATUS_NOT_FOUND 127
#define STATUS_SIGNAL 128 /* and the signal's number */

/* The one struct of the shell: all that PID 1 keeps while it runs. The large come last, out of the way. */
struct supervisor {
	struct world *world;
	bool ended;
	bool stirred;                        /* more has run than at rest, and what it took is not given back yet */
	int status;
	int signals;
	int pid_file_watch;                  /* -1: no PID file is waited for */
	int outward;                         /* to the manager that tend itself notifies, or -1 */
	bool behind;                         /* since its queue is full */
	bool told_stopping;
	enum notify_access access;           /* NotifyAccess=, or what NOTIFYACCESS= has made of it */
	pid_t last_main;                     /* for messages about one that is gone */
	struct child children[ROLE_COUNT];   /* pid 0: none of that role lives */
	struct failure failures[ROLE_COUNT]; /* why it did not become its command; status 0: it did */
	struct cgroup cgroup;
	uint64_t oom_kills;                  /* that no death has been put down to yet */
	uint64_t impatience;                 /* when a client is to be let go */
	char invocation[33];                 /* of this start: INVOCATION_ID= */
	struct machine machine;
	struct server server;
	struct log log;
	char status_text[NOTIFY_STATUS_SIZE]; /* STATUS= */
	struct program program;
	struct notify owed;                   /* what the manager outside has not been told yet */
};

AT_REST static uint64_t now_usec(void)
{
	return kernel_clock(CLOCK_MONOTONIC);
}

/* Actions. Each carries out one; false when what it asked for can't be had, and the rest of the step is void. */

static void feed(struct supervisor *supervisor, const struct event *event);
static void feed_plain(struct supervisor *supervisor, enum event_type type);

AT_REST static void drop(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
}

static int try_outward(struct supervisor *supervisor, const struct text *message)
{
	int error = supervisor->outward < 0 ? ENOTCONN : notify_send(supervisor->outward, message);

	if (!error || error == EAGAIN)
		return error;
	/* One that is gone may be back at its address. */
	drop(&supervisor->outward);
	supervisor->outward = notify_connect(supervisor->world->outer_notify);
	return supervisor->outward < 0 ? errno : notify_send(supervisor->outward, message);
}

/*
 * What the manager outside does not take is owed to it, the newest of each field, and goes out as soon as there is room,
 * or with what comes next: no READY=1 is lost for having come at a bad time.
 */
static void tell_outward(struct supervisor *supervisor, const struct notify *news)
{
	char bytes[2 * NOTIFY_STATUS_SIZE + 512];
	struct text message = text_over(bytes, sizeof bytes);
	int error;

	if (!supervisor->world->outer_notify)
		return;
	notify_merge(&supervisor->owed, news);
	if (!supervisor->owed.flags)
		return;
	notify_add_outward(&message, &supervisor->owed);
	error = try_outward(supervisor, &message);
	supervisor->behind = error == EAGAIN;
	if (!error)
		supervisor->owed.flags = 0;
}

/* What is owed at the end goes out if there is room within a second: nobody is left who would wait, but for the engine. */
static void tell_last(struct supervisor *supervisor)
{
	enum { PATIENCE_MS = 1000 };

	if (!supervisor->behind)
		return;
	poll(&(struct pollfd){ .fd = supervisor->outward, .events = POLLOUT }, 1, PATIENCE_MS);
	tell_outward(supervisor, &(struct notify){ 0 });
}

/*
 * STOPPING=1 is said where tend itself is to end, and only there: a service that stops to be started again is not the
 * outer manager's concern, who would kill tend when its time for a stop is over.
 */
static void tell_stopping(struct supervisor *supervisor)
{
	bool ends = supervisor->machine.stop_asked && !supervisor->machine.hold;

	if (ends && !supervisor->told_stopping)
		tell_outward(supervisor, &(struct notify){ .flags = NOTIFY_STOPPING });
	supervisor->told_stopping = ends;
}

static struct subject subject_of(const struct supervisor *supervisor)
{
	return (struct subject){
		.name = supervisor->world->name,
		.pid = supervisor->last_main,
		.unit = supervisor->world->unit,
		.ready_check = supervisor->failures[ROLE_READY].why,
		.health_check = supervisor->failures[ROLE_HEALTH].why,
	};
}

static bool carry_log(struct supervisor *supervisor, const struct action *action)
{
	char line[512];
	struct text text = text_over(line, sizeof line);
	const struct subject subject = subject_of(supervisor);
	enum log_level level = message_of(action, &subject, &text);

	log_line(&supervisor->log, level, line);
	/* A service that notifies says itself that it is ready. */
	if (action->log == LOG_STARTED && (supervisor->world->config.type < TYPE_NOTIFY ||
					   supervisor->world->config.type > TYPE_NOTIFY_RELOAD))
		tell_outward(supervisor, &(struct notify){ .flags = NOTIFY_READY });
	return true;
}

static void not_spawned(struct supervisor *supervisor, bool main, int error)
{
	log_error(&supervisor->log, LOG_LEVEL_ERROR, error, "Cannot fork for %s", supervisor->world->name);
	feed(supervisor, &(struct event){ .type = EVENT_NOT_SPAWNED, .main = main });
}

/* Removing trees may take long and may block: a child's work, not PID 1's. */
__attribute__((noinline)) static int spawn_cleaner(const struct supervisor *supervisor, struct child *child)
{
	pid_t pid = kernel_fork();

	if (pid == 0)
		_exit(directories_remove(supervisor->world, supervisor->machine.will_restart));
	*child = (struct child){ .pid = pid, .failure_pipe = -1 };
	return pid < 0 ? errno : 0;
}

static bool carry_spawn(struct supervisor *supervisor, const struct action *action)
{
	enum role role = action->main ? ROLE_MAIN : ROLE_CONTROL;
	const struct entry *entry = program_entry(&supervisor->program, action->list, action->index);
	struct child child = { .failure_pipe = -1 };
	struct variables variables;
	struct spawn request = {
		.world = supervisor->world,
		.role = role,
		.value = entry->value,
		.index = entry->index,
		.flags = entry->flags,
		.start = action->list == LIST_START,
		.before = action->list <= LIST_START,
		.variables = variables.list,
		.watchdog = supervisor->machine.watchdog != 0,
		.foreground = action->main && !supervisor->world->unit && supervisor->world->terminal,
	};
	int error;

	variables_make(&variables, &supervisor->machine, &supervisor->world->config, action->list,
		       supervisor->children[ROLE_MAIN].pid, supervisor->invocation);
	error = action->list == LIST_CLEAN ? spawn_cleaner(supervisor, &child) : spawn(&request, &child);
	if (error) {
		not_spawned(supervisor, action->main, error);
		return false;
	}
	drop(&supervisor->children[role].failure_pipe);
	supervisor->children[role] = child;
	supervisor->failures[role] = (struct failure){ 0 };
	if (action->main)
		supervisor->last_main = child.pid;
	return true;
}

/* A main process may lead a group (setpgid in both, setsid in it); where it does not yet, the pid is signalled. */
static void signal_main(struct supervisor *supervisor, int signal)
{
	pid_t pid = supervisor->children[ROLE_MAIN].pid;

	if (pid <= 0)
		return;
	if (supervisor->world->config.forward_to == FORWARD_GROUP && kill(-pid, signal) == 0)
		return;
	if (kill(pid, signal) < 0 && errno != ESRCH)
		log_error(&supervisor->log, LOG_LEVEL_WARN, errno, "Cannot signal pid(%d)", pid);
}

static void signal_service(struct supervisor *supervisor, const struct action *action, int signal)
{
	/* Where nobody can say who the descendants are (no /proc, not PID 1), those that are known have to do. */
	if (action->all && (descendants_signal(signal, NULL, 0) >= 0 || getpid() == 1))
		return;
	signal_main(supervisor, signal);
	if (supervisor->children[ROLE_CONTROL].pid > 0)
		kill(supervisor->children[ROLE_CONTROL].pid, signal);
}

/* SIGCONT follows: a stopped process hears nothing but SIGKILL. systemd.kill(5). */
static bool carry_kill(struct supervisor *supervisor, const struct action *action)
{
	signal_service(supervisor, action, action->signal);
	if (action->signal == SIGKILL)
		return true;
	if (action->hangup && action->signal != SIGHUP)
		signal_service(supervisor, action, SIGHUP);
	if (action->signal != SIGCONT)
		signal_service(supervisor, action, SIGCONT);
	return true;
}

static enum role role_of(enum check check)
{
	return check == CHECK_READY ? ROLE_READY : ROLE_HEALTH;
}

static bool carry_spawn_check(struct supervisor *supervisor, const struct action *action)
{
	const struct entry *entry = &supervisor->program.checks[action->check];
	struct child *child = &supervisor->children[role_of(action->check)];
	struct failure *failure = &supervisor->failures[role_of(action->check)];
	struct variables variables;
	struct spawn request = {
		.world = supervisor->world,
		.role = role_of(action->check),
		.value = entry->value,
		.flags = entry->flags,
		.variables = variables.list,
		.run = url_is(entry->value) ? probe_check : NULL,
	};
	struct text why;
	int error;

	variables_make(&variables, &supervisor->machine, &supervisor->world->config, LIST_RELOAD,
		       supervisor->children[ROLE_MAIN].pid, supervisor->invocation);
	/* Why the last one has failed can be asked for as long as this one runs. */
	failure->step = 0;
	if (!supervisor->machine.health.failures)
		failure->why[0] = '\0';
	error = spawn(&request, child);
	if (!error)
		return true;
	why = text_over(failure->why, sizeof failure->why);
	text_add_error(&why, error);
	*child = (struct child){ .failure_pipe = -1 };
	feed_plain(supervisor, EVENT_CHECKED);
	return false;
}

/* With what it has started in its own group; until it leads one, itself. */
static bool carry_kill_check(struct supervisor *supervisor, const struct action *action)
{
	(void)action;
	for (enum role role = ROLE_HEALTH; role <= ROLE_READY; role++) {
		pid_t pid = supervisor->children[role].pid;

		if (pid > 0 && kill(-pid, SIGKILL) < 0)
			kill(pid, SIGKILL);
	}
	return true;
}

static bool carry_kill_control(struct supervisor *supervisor, const struct action *action)
{
	(void)action;
	if (supervisor->children[ROLE_CONTROL].pid > 0)
		kill(supervisor->children[ROLE_CONTROL].pid, SIGKILL);
	supervisor->children[ROLE_CONTROL].pid = 0;
	return true;
}

static bool carry_forward(struct supervisor *supervisor, const struct action *action)
{
	signal_main(supervisor, action->signal);
	return true;
}

/* INVOCATION_ID= of a unit's service: 128 random bits in hexadecimal digits. systemd.exec(5) */
static bool carry_begin(struct supervisor *supervisor, const struct action *action)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[16];

	(void)action;
	supervisor->last_main = 0;
	supervisor->status_text[0] = supervisor->invocation[0] = '\0';
	supervisor->access = supervisor->world->config.notify_access;
	/* Those that the instance before has reaped itself are not this one's. */
	cgroup_new_kills(&supervisor->cgroup);
	supervisor->oom_kills = 0;
	if (!supervisor->world->unit || getrandom(bytes, sizeof bytes, GRND_NONBLOCK) != sizeof bytes)
		return true;
	for (size_t i = 0; i < sizeof bytes; i++) {
		supervisor->invocation[2 * i] = digits[bytes[i] >> 4];
		supervisor->invocation[2 * i + 1] = digits[bytes[i] & 15];
	}
	return true;
}

/* Its end is awaited in another role already, and would be heard of in one only. */
static bool has_other_role(const struct supervisor *supervisor, pid_t pid)
{
	bool other = false;

	for (enum role role = ROLE_MAIN + 1; role < ROLE_COUNT; role++)
		other |= supervisor->children[role].pid == pid;
	return other;
}

/*
 * A forking service's main process: named by its PID file, or guessed when just one process is left. 0: there is none
 * yet; -1: nor is there anything that will tell, for a user may have 128 of inotify(7)'s instances on all of the machine.
 */
static pid_t find_main(struct supervisor *supervisor)
{
	const struct config *config = &supervisor->world->config;
	const char *refused;
	pid_t pid;

	if (!config->pid_file)
		return config->guess_main_pid ? descendants_only_child() : 0;
	drop(&supervisor->pid_file_watch);
	/* Once more when it is watched: what is written in between is not missed. */
	do {
		pid = pid_file_read(config->pid_file, &refused);
		if ((pid > 0 && !has_other_role(supervisor, pid)) || supervisor->pid_file_watch >= 0)
			break;
		pid = supervisor->pid_file_watch = pid_file_watch(config->pid_file);
	} while (pid >= 0);
	if (pid < 0)
		log_error(&supervisor->log, LOG_LEVEL_ERROR, errno, "Cannot wait for PID file %s", config->pid_file);
	else if (refused)
		log_format(&supervisor->log, LOG_LEVEL_WARN, "PID file %s is not believed: %s.", config->pid_file,
			   refused);
	return pid;
}

/* The machine may have no use for a main process by now: then the one that there was stays it. */
static void adopt_main(struct supervisor *supervisor, pid_t pid)
{
	pid_t former = supervisor->children[ROLE_MAIN].pid;

	supervisor->children[ROLE_MAIN].pid = supervisor->last_main = pid;
	feed_plain(supervisor, EVENT_MAIN_FOUND);
	if (!supervisor->machine.main_alive)
		supervisor->children[ROLE_MAIN].pid = former;
}

static bool carry_find_main(struct supervisor *supervisor, const struct action *action)
{
	pid_t pid = find_main(supervisor);

	(void)action;
	if (pid <= 0 || has_other_role(supervisor, pid)) {
		feed(supervisor, &(struct event){ .type = EVENT_MAIN_MISSING, .unheard = pid < 0 });
		return true;
	}
	drop(&supervisor->pid_file_watch);
	adopt_main(supervisor, pid);
	return true;
}

static bool carry_check_conditions(struct supervisor *supervisor, const struct action *action)
{
	const struct assignment *unmet;
	bool assert;

	(void)action;
	if (conditions_hold(supervisor->world, &unmet, &assert))
		return true;
	log_format(&supervisor->log, LOG_LEVEL_INFO, "%s=%s is not met.", option_key(unmet->option), unmet->text);
	feed(supervisor, &(struct event){ .type = EVENT_UNMET, .assert = assert });
	return false;
}

static bool carry_exit(struct supervisor *supervisor, const struct action *action)
{
	supervisor->ended = true;
	supervisor->status = action->status;
	return true;
}

static bool (*const carry[])(struct supervisor *supervisor, const struct action *action) = {
	[ACTION_BEGIN] = carry_begin,
	[ACTION_SPAWN] = carry_spawn,
	[ACTION_KILL] = carry_kill,
	[ACTION_KILL_CONTROL] = carry_kill_control,
	[ACTION_SPAWN_CHECK] = carry_spawn_check,
	[ACTION_KILL_CHECK] = carry_kill_check,
	[ACTION_FORWARD] = carry_forward,
	[ACTION_FIND_MAIN] = carry_find_main,
	[ACTION_CHECK_CONDITIONS] = carry_check_conditions,
	[ACTION_LOG] = carry_log,
	[ACTION_EXIT] = carry_exit,
};

static void feed(struct supervisor *supervisor, const struct event *event)
{
	struct actions actions;

	/* Signals may come one after the other, and each is to be handed on quickly. */
	supervisor->stirred |= event->type != EVENT_SIGNAL;
	tend_step(&supervisor->program.plan, &supervisor->machine, event, now_usec(), &actions);
	tell_stopping(supervisor);
	for (unsigned i = 0; i < actions.count; i++)
		if (!carry[actions.list[i].type](supervisor, &actions.list[i]))
			return;
}

/* An event that has nothing more to tell. */
static void feed_plain(struct supervisor *supervisor, enum event_type type)
{
	feed(supervisor, &(struct event){ .type = type });
}

/* Deaths. */

static const char *command_name(const struct supervisor *supervisor, enum role role)
{
	const struct machine *machine = &supervisor->machine;
	enum list list = role == ROLE_MAIN ? LIST_START : machine->control_list;
	unsigned index = role == ROLE_MAIN ? machine->main_index : machine->control_index;
	const char *value = program_entry(&supervisor->program, list, index)->value;

	if (role == ROLE_HEALTH || role == ROLE_READY)
		return supervisor->program.checks[role == ROLE_READY ? CHECK_READY : CHECK_HEALTH].value;
	return value ? value : supervisor->world->command[0];
}

/* Which step it was, by systemd's name for it: "Cannot start web (CHDIR): No such file or directory." */
static void say_failure(struct supervisor *supervisor, enum role role, const struct failure *failure)
{
	const char *step = failure->step == STEP_RESOURCES ? "EnvironmentFile=" : exit_status_name(failure->step);

	if (failure->step == EXIT_EXEC)
		log_error(&supervisor->log, LOG_LEVEL_ERROR, failure->error, "Cannot execute %s",
			  command_name(supervisor, role));
	else
		log_error(&supervisor->log, LOG_LEVEL_ERROR, failure->error, "Cannot start %s (%s)",
			  command_name(supervisor, role), step ? step : "RESOURCES");
}

/*
 * Whoever has not become its command ends, and is heard of then. That a command has been executed is news for Type=exec
 * alone: any other one's is heard at the next occasion, for to wake tend up would take time from its first moments.
 */
static bool awaits_exec(const struct supervisor *supervisor)
{
	return supervisor->machine.state == STATE_START && supervisor->world->config.type == TYPE_EXEC;
}

/*
 * Reads what the failure pipe has to tell by now. Only the main process' success is news to the machine; a
 * failure is kept for the death that follows it.
 */
AT_REST static void hear_outcome(struct supervisor *supervisor, enum role role)
{
	struct child *child = &supervisor->children[role];
	struct failure failure;
	enum spawn_outcome outcome;

	if (child->failure_pipe < 0)
		return;
	outcome = spawn_outcome(child, &failure);
	if (outcome == SPAWN_PENDING)
		return;
	drop(&child->failure_pipe);
	if (outcome == SPAWN_FAILED) {
		supervisor->failures[role] = failure;
		if (failure.step != STEP_RUN)
			say_failure(supervisor, role, &failure);
	} else if (role == ROLE_MAIN && awaits_exec(supervisor)) {
		feed_plain(supervisor, EVENT_EXECUTED);
	}
}

/* The status for the engine, where systemd's own (203/EXEC, 217/USER) would say nothing to it. */
static int reported_status(const struct supervisor *supervisor, enum role role, int status)
{
	const struct failure *failure = &supervisor->failures[role];

	if (!failure->status)
		return status;
	if (failure->step == STEP_RESOURCES)
		return STEP_RESOURCES;
	if (failure->step != EXIT_EXEC)
		return STATUS_TEND;
	return failure->error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

/*
 * The kernel counts whom it kills for want of memory before they have ended, and it does not say who they are: each
 * death by SIGKILL, a stranger's as well, accounts for one.
 */
static bool ran_out_of_memory(struct supervisor *supervisor)
{
	supervisor->oom_kills += cgroup_new_kills(&supervisor->cgroup);
	if (supervisor->oom_kills == 0)
		return false;
	supervisor->oom_kills--;
	return true;
}

static struct ending ending_of(struct supervisor *supervisor, enum role role, int status)
{
	struct ending ending = {
		.exec_failed = supervisor->failures[role].status != 0,
		.resources = supervisor->failures[role].step == STEP_RESOURCES,
	};

	if (WIFEXITED(status)) {
		ending.how = HOW_EXITED;
		ending.status = WEXITSTATUS(status);
		ending.reported = reported_status(supervisor, role, ending.status);
		/* The victim may be a child of main, which passes its status on: Elasticsearch's launcher does. */
		ending.oom = ending.status == STATUS_SIGNAL + SIGKILL && ran_out_of_memory(supervisor);
		return ending;
	}
	ending.how = WCOREDUMP(status) ? HOW_DUMPED : HOW_KILLED;
	ending.status = WTERMSIG(status);
	ending.reported = STATUS_SIGNAL + ending.status;
	ending.oom = ending.status == SIGKILL && ran_out_of_memory(supervisor);
	return ending;
}

/* A batch of deaths: those that have a role; all others are reaped and forgotten. */
struct deaths {
	bool died[ROLE_COUNT];
	int status[ROLE_COUNT];
	unsigned strangers_killed; /* by SIGKILL */
	bool empty;                /* waitpid(2) said ECHILD: no descendant is left */
};

AT_REST static void note_death(struct supervisor *supervisor, struct deaths *deaths, pid_t pid, int status)
{
	for (enum role role = 0; role < ROLE_COUNT; role++)
		if (supervisor->children[role].pid == pid) {
			deaths->died[role] = true;
			deaths->status[role] = status;
			/* From here on the pid may be somebody else's. */
			supervisor->children[role].pid = 0;
			return;
		}
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		deaths->strangers_killed++;
	if (supervisor->world->warns_of_reaped)
		log_format(&supervisor->log, LOG_LEVEL_WARN, "Reaped zombie process with pid=%d.", pid);
}

/* So many at one wake-up: a flood must not keep deaths and deadlines waiting. */
#define NOTICES_AT_ONCE 64
/*
 * A descriptor that came along counts for so many more: its close may wait for the kernel, of inotify(7) for
 * milliseconds, and anybody may have 128 of these.
 */
#define NOTICES_PER_DESCRIPTOR 16
/* More than a queue holds: net.unix.max_dgram_qlen is 10, with systemd 512. */
#define LAST_WORDS_AT_ONCE 1024

static void hear_notices(struct supervisor *supervisor, unsigned *left);

/*
 * The last word of one that has died still counts, and as long as he is not reaped, his pid is his own: what is in the
 * queue is heard between the two. 0: nobody is dead; -1: nobody is left.
 */
static pid_t reap_one(struct supervisor *supervisor, int *status, unsigned *left)
{
	siginfo_t dead = { 0 };

	if (supervisor->world->notify_socket < 0)
		return waitpid(-1, status, WNOHANG);
	if (syscall(SYS_waitid, P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT, NULL) < 0)
		return -1;
	if (!dead.si_pid)
		return 0;
	hear_notices(supervisor, left);
	return waitpid(dead.si_pid, status, WNOHANG);
}

/* Until nothing is left to reap: SIGCHLD coalesces, so one signal may stand for any number of deaths. */
static void reap(struct supervisor *supervisor, struct deaths *deaths)
{
	unsigned left = LAST_WORDS_AT_ONCE;
	int status;
	pid_t pid;

	while ((pid = reap_one(supervisor, &status, &left)) > 0)
		note_death(supervisor, deaths, pid, status);
	deaths->empty = pid < 0 && errno == ECHILD;
	/* One that MAINPID= has named may have a parent of its own, and only he has heard how it ended. */
	pid = supervisor->children[ROLE_MAIN].pid;
	if (pid > 0 && kill(pid, 0) < 0 && errno == ESRCH)
		note_death(supervisor, deaths, pid, 0);
}

static void report_death(struct supervisor *supervisor, enum role role, int status, bool empty)
{
	struct event event = {
		.type = role == ROLE_MAIN ? EVENT_MAIN_EXITED : EVENT_CONTROL_EXITED,
		.empty = empty,
	};

	hear_outcome(supervisor, role);
	drop(&supervisor->children[role].failure_pipe);
	event.ending = ending_of(supervisor, role, status);
	feed(supervisor, &event);
}

/* Why a check has failed, where it has not told itself. */
static void note_check(struct supervisor *supervisor, enum role role, int status)
{
	struct failure *failure = &supervisor->failures[role];
	bool late = supervisor->machine.health.late;
	struct text why;

	if (failure->step == STEP_RUN && !late)
		return;
	why = text_over(failure->why, sizeof failure->why);
	if (late) {
		text_add(&why, "no answer within ");
		text_add_span(&why, supervisor->world->config.health_timeout);
	} else if (WIFEXITED(status)) {
		text_format(&why, "exited with status %d", WEXITSTATUS(status));
	} else {
		text_add(&why, "was killed by ");
		text_add_signal(&why, WTERMSIG(status));
	}
}

static void report_check(struct supervisor *supervisor, enum role role, int status)
{
	hear_outcome(supervisor, role);
	drop(&supervisor->children[role].failure_pipe);
	if (status && !supervisor->machine.health.stale) {
		note_check(supervisor, role, status);
		log_format(&supervisor->log, LOG_LEVEL_DEBUG, "%s: %s.", command_name(supervisor, role),
			   supervisor->failures[role].why);
	}
	feed(supervisor, &(struct event){ .type = EVENT_CHECKED, .success = status == 0 });
}

AT_REST static bool somebody_lives(const struct supervisor *supervisor)
{
	for (enum role role = 0; role < ROLE_COUNT; role++)
		if (supervisor->children[role].pid > 0)
			return true;
	return false;
}

/* After the main process has had its share of the blame. OOMPolicy= says what becomes of a service that lives. */
static void report_strangers(struct supervisor *supervisor, const struct deaths *deaths)
{
	bool oom = false;

	for (unsigned i = 0; i < deaths->strangers_killed; i++)
		oom |= ran_out_of_memory(supervisor);
	if (oom)
		feed_plain(supervisor, EVENT_OOM);
}

static void hear_deaths(struct supervisor *supervisor)
{
	struct deaths deaths = { 0 };

	reap(supervisor, &deaths);
	for (enum role role = ROLE_HEALTH; role <= ROLE_READY; role++)
		if (deaths.died[role])
			report_check(supervisor, role, deaths.status[role]);
	if (deaths.died[ROLE_CONTROL])
		report_death(supervisor, ROLE_CONTROL, deaths.status[ROLE_CONTROL],
			     deaths.empty && !deaths.died[ROLE_MAIN]);
	if (deaths.died[ROLE_MAIN])
		report_death(supervisor, ROLE_MAIN, deaths.status[ROLE_MAIN], deaths.empty && !somebody_lives(supervisor));
	report_strangers(supervisor, &deaths);
	/* What the deaths led to may have started somebody: then it is not empty any more. */
	if (deaths.empty && supervisor->machine.populated && !somebody_lives(supervisor))
		feed_plain(supervisor, EVENT_EMPTY);
}

/* Signals. */

/*
 * A signal that PID 1 has caused itself (SIGPIPE, of a log line that nobody reads) and the kernel's word of a
 * child are not for the service; nor are the two that stop a background process at its terminal.
 */
static bool is_for_service(const struct signal_info *info)
{
	switch (info->number) {
	case SIGCHLD:
		return info->code <= 0 && info->sender != 0;
	case SIGTTIN:
	case SIGTTOU:
		return false;
	default:
		return info->number != SIGPIPE || info->sender != getpid();
	}
}

static void say_signal(struct supervisor *supervisor, int signal)
{
	char name[16];
	struct text text;

	if (supervisor->log.level < LOG_LEVEL_DEBUG)
		return;
	text = text_over(name, sizeof name);
	text_add_signal(&text, signal);
	log_format(&supervisor->log, LOG_LEVEL_DEBUG, "Received %s.", name);
}

__attribute__((noinline)) AT_REST static void hear_signals(struct supervisor *supervisor)
{
	struct signal_info info[SIGNALS_AT_ONCE];
	size_t count = signals_read(supervisor->signals, info);

	for (size_t i = 0; i < count; i++)
		say_signal(supervisor, info[i].number);
	/* Deaths first: a pid that is gone must not be signalled, it may be another's already. */
	if (count)
		hear_deaths(supervisor);
	for (size_t i = 0; i < count && !supervisor->ended; i++)
		if (is_for_service(&info[i]))
			feed(supervisor, &(struct event){ .type = EVENT_SIGNAL, .signal = info[i].number });
}

/* Notifications: sd_notify(3). */

/*
 * Who may say what: NotifyAccess=. The sender may be dead by now, but it is not reaped before its last word
 * is heard, so its pid is still its own.
 */
static bool may_notify(const struct supervisor *supervisor, pid_t sender)
{
	bool main = sender == supervisor->children[ROLE_MAIN].pid;
	bool control = sender == supervisor->children[ROLE_CONTROL].pid;

	switch (supervisor->access) {
	case NOTIFY_ACCESS_MAIN:
		return main;
	case NOTIFY_ACCESS_EXEC:
		return main || control;
	case NOTIFY_ACCESS_ALL:
		return main || control || descendants_contain(sender);
	default:
		return false;
	}
}

static void take_main_pid(struct supervisor *supervisor, pid_t pid)
{
	if (pid == supervisor->children[ROLE_MAIN].pid)
		return;
	if (has_other_role(supervisor, pid) || !descendants_contain(pid)) {
		log_format(&supervisor->log, LOG_LEVEL_WARN, "MAINPID=%d is not one of the service's, ignored.", pid);
		return;
	}
	drop(&supervisor->children[ROLE_MAIN].failure_pipe);
	adopt_main(supervisor, pid);
}

/* In the order in which systemd heeds what stands in one datagram. */
static const struct PACKED {
	unsigned flag;
	enum event_type event;
	uint16_t usec; /* where in struct notify its time is; 0: it has none */
} notices[] = {
	{ NOTIFY_STOPPING, EVENT_STOPPING, 0 },
	{ NOTIFY_RELOADING, EVENT_RELOADING, 0 },
	{ NOTIFY_READY, EVENT_READY, 0 },
	{ NOTIFY_EXTEND_TIMEOUT_USEC, EVENT_EXTEND, offsetof(struct notify, extend_timeout_usec) },
	{ NOTIFY_WATCHDOG, EVENT_WATCHDOG_PING, 0 },
	{ NOTIFY_WATCHDOG_TRIGGER, EVENT_WATCHDOG_TRIGGER, 0 },
	{ NOTIFY_WATCHDOG_USEC, EVENT_WATCHDOG_USEC, offsetof(struct notify, watchdog_usec) },
};

static void heed(struct supervisor *supervisor, const struct notify *notify)
{
	if (notify->flags & NOTIFY_MAINPID)
		take_main_pid(supervisor, (pid_t)notify->main_pid);
	if (notify->flags & NOTIFY_NOTIFYACCESS)
		supervisor->access = notify->access == NOTIFY_ACCESS_UNSET ? supervisor->world->config.notify_access :
									     notify->access;
	if (notify->flags & NOTIFY_STATUS)
		memcpy(supervisor->status_text, notify->status, sizeof notify->status);
	if (notify->flags & (NOTIFY_FDSTORE | NOTIFY_FDSTOREREMOVE))
		log_line(&supervisor->log, LOG_LEVEL_DEBUG, "FDSTORE=1: tend keeps no descriptors, they are closed.");
	for (size_t i = 0; i < sizeof notices / sizeof *notices; i++) {
		struct event event = { .type = notices[i].event };

		if (!(notify->flags & notices[i].flag))
			continue;
		if (notices[i].usec)
			memcpy(&event.usec, (const char *)notify + notices[i].usec, sizeof event.usec);
		feed(supervisor, &event);
	}
}

static void relay(struct supervisor *supervisor, struct notify *notify)
{
	notify->flags &= ~NOTIFY_STOPPING;
	tell_outward(supervisor, notify);
}

/* At most so many as *left, which becomes less. */
static void hear_notices(struct supervisor *supervisor, unsigned *left)
{
	struct notify_message message;
	struct notify notify;

	while (*left && !supervisor->ended) {
		enum notify_result result = notify_receive(supervisor->world->notify_socket, &message);
		unsigned cost;

		if (result == NOTIFY_NOTHING)
			return;
		cost = 1 + NOTICES_PER_DESCRIPTOR * message.descriptors;
		*left -= cost < *left ? cost : *left;
		supervisor->stirred = true;
		if (result != NOTIFY_MESSAGE || !may_notify(supervisor, message.pid) ||
		    !notify_parse(message.bytes, message.length, &notify))
			continue;
		heed(supervisor, &notify);
		relay(supervisor, &notify);
	}
}

/* Clients. */

static void answer_status(struct supervisor *supervisor, struct client *client, enum verb verb)
{
	char output[REPLY_MOST - 8];
	struct text text = text_over(output, sizeof output);
	const struct snapshot snapshot = {
		.name = supervisor->world->name,
		.machine = &supervisor->machine,
		.main_pid = supervisor->children[ROLE_MAIN].pid,
		.status_text = supervisor->status_text,
		.invocation = supervisor->invocation,
		.health_failure = supervisor->failures[ROLE_HEALTH].why,
		.lines = supervisor->log.recent[0],
		.line_size = LOG_RECENT_SIZE,
		.line_count = LOG_RECENT,
		.first = supervisor->log.lines,
		.memory = cgroup_memory(),
		.cpu_usec = cgroup_cpu_usec(),
	};

	status_properties(&snapshot, &text);
	server_reply(client, verb == VERB_STATUS ? status_of_state(supervisor->machine.state) : 0, output);
}

static void answer_health(const struct supervisor *supervisor, struct client *client)
{
	char output[16];
	struct text text = text_over(output, sizeof output);

	text_format(&text, "%s\n", word_of_health(&supervisor->machine));
	server_reply(client, status_of_health(&supervisor->machine), output);
}

static bool reloads(const struct supervisor *supervisor)
{
	return supervisor->program.plan.count[LIST_RELOAD] || supervisor->world->config.type == TYPE_NOTIFY_RELOAD;
}

/* What needs no work is said at once, in the words that operators' scripts have always used; a reload may be refused. */
static bool answer_idle(const struct supervisor *supervisor, struct client *client, enum verb verb)
{
	enum state state = supervisor->machine.state;
	pid_t main = supervisor->children[ROLE_MAIN].pid;
	char output[64];
	struct text text = text_over(output, sizeof output);

	if (verb == VERB_START && status_of_state(state) == CLIENT_ACTIVE && main > 0)
		text_format(&text, "[WARN] Already running with pid(%d).\n", main);
	else if (verb == VERB_START && status_of_state(state) == CLIENT_ACTIVE)
		text_add(&text, "[WARN] Already running.\n");
	else if (verb == VERB_STOP && (state == STATE_DEAD || state == STATE_FAILED))
		text_add(&text, "[WARN] Not running.\n");
	else if (verb == VERB_RELOAD && status_of_state(state) != CLIENT_ACTIVE)
		text_add(&text, "[ERROR] Cannot reload: it is not running.\n");
	else if (verb == VERB_RELOAD && !reloads(supervisor))
		text_add(&text, "[ERROR] Cannot reload: it has no ExecReload=.\n");
	else
		return false;
	server_reply(client, verb == VERB_RELOAD ? CLIENT_FAILED : 0, output);
	return true;
}

static void settle_job(const struct supervisor *supervisor, struct client *client)
{
	enum job_outcome outcome = job_look(&supervisor->machine, client->waits);
	char output[512] = "";
	struct text text = text_over(output, sizeof output);
	const struct subject subject = subject_of(supervisor);

	if (outcome == JOB_PENDING)
		return;
	if (outcome == JOB_FAILED)
		job_add_failure(&text, &supervisor->machine, client->waits, &subject);
	server_reply(client, outcome == JOB_FAILED ? CLIENT_FAILED : 0, output);
}

static void settle_jobs(struct supervisor *supervisor)
{
	for (size_t i = 0; i < CLIENTS_MOST; i++)
		if (supervisor->server.clients[i].socket >= 0 && supervisor->server.clients[i].waits != VERB_NONE)
			settle_job(supervisor, &supervisor->server.clients[i]);
}

static void take_job(struct supervisor *supervisor, struct client *client, const struct request *request)
{
	static const enum event_type events[] = {
		[VERB_START] = EVENT_START,
		[VERB_STOP] = EVENT_STOP,
		[VERB_RESTART] = EVENT_RESTART,
		[VERB_RELOAD] = EVENT_RELOAD,
	};

	if (answer_idle(supervisor, client, request->verb))
		return;
	if (request->no_block)
		server_reply(client, 0, "");
	else if (!server_wait(&supervisor->server, client, request->verb))
		return;
	feed(supervisor, &(struct event){ .type = events[request->verb], .hold = request->verb == VERB_STOP });
}

static void take_kill(struct supervisor *supervisor, struct client *client, int signal)
{
	bool anybody = somebody_lives(supervisor) || supervisor->machine.populated;

	signal_service(supervisor, &(struct action){ .all = true }, signal);
	server_reply(client, 0, anybody ? "" : "[WARN] Not running.\n");
}

static void take_request(struct supervisor *supervisor, struct client *client, const struct request *request)
{
	switch (request->verb) {
	case VERB_STATUS:
	case VERB_SHOW:
		answer_status(supervisor, client, request->verb);
		break;
	case VERB_HEALTH:
		answer_health(supervisor, client);
		break;
	case VERB_KILL:
		take_kill(supervisor, client, request->signal);
		break;
	default:
		take_job(supervisor, client, request);
	}
}

static void hear_client(struct supervisor *supervisor, struct client *client)
{
	struct request request;

	supervisor->stirred = true;
	if (client->socket >= 0 && server_read(client, &request) > 0)
		take_request(supervisor, client, &request);
}

static void open_server(struct supervisor *supervisor)
{
	int error = server_open(&supervisor->server);

	if (error)
		log_error(&supervisor->log, LOG_LEVEL_WARN, error, "Cannot be asked by `tend status` and the like");
}

/* Waiting. */

enum { POLL_NOTICES, POLL_SIGNALS, POLL_PID_FILE, POLL_OUTWARD, POLL_OUTCOME, POLL_SERVER, POLL_CLIENTS,
       POLL_COUNT = POLL_CLIENTS + CLIENTS_MOST };

static const struct timespec *time_left(const struct supervisor *supervisor, struct timespec *left)
{
	uint64_t deadline = machine_deadline(&supervisor->machine), now;

	if (supervisor->impatience < deadline)
		deadline = supervisor->impatience;

	if (deadline == USEC_INFINITY)
		return NULL;
	now = now_usec();
	deadline = deadline > now ? deadline - now : 0;
	left->tv_sec = (time_t)(deadline / USEC_PER_SEC);
	left->tv_nsec = (long)(deadline % USEC_PER_SEC * 1000);
	return left;
}

static void hear_pid_file(struct supervisor *supervisor)
{
	if (supervisor->machine.pid_file_wanted)
		carry_find_main(supervisor, NULL);
	else
		drop(&supervisor->pid_file_watch);
}

static void hear_clients(struct supervisor *supervisor, const struct pollfd polled[static POLL_COUNT])
{
	for (unsigned i = 0; i < CLIENTS_MOST && !supervisor->ended; i++)
		if (polled[POLL_CLIENTS + i].revents)
			hear_client(supervisor, &supervisor->server.clients[i]);
	if (polled[POLL_SERVER].revents) {
		server_accept(&supervisor->server, now_usec());
		supervisor->impatience = 0;
		supervisor->stirred = true;
	}
	if (supervisor->impatience != USEC_INFINITY)
		supervisor->impatience = server_expire(&supervisor->server, now_usec());
}

static void list_polled(const struct supervisor *supervisor, struct pollfd polled[static POLL_COUNT])
{
	for (unsigned i = 0; i < POLL_COUNT; i++)
		polled[i] = (struct pollfd){ .events = POLLIN };
	polled[POLL_NOTICES].fd = supervisor->world->notify_socket;
	polled[POLL_SIGNALS].fd = supervisor->signals;
	polled[POLL_PID_FILE].fd = supervisor->pid_file_watch;
	polled[POLL_OUTWARD] = (struct pollfd){ .fd = supervisor->behind ? supervisor->outward : -1, .events = POLLOUT };
	polled[POLL_OUTCOME].fd = awaits_exec(supervisor) ? supervisor->children[ROLE_MAIN].failure_pipe : -1;
	polled[POLL_SERVER].fd = supervisor->server.pause_until ? -1 : supervisor->server.socket;
	for (unsigned i = 0; i < CLIENTS_MOST; i++)
		polled[POLL_CLIENTS + i].fd = supervisor->server.clients[i].socket;
}

/* Without those that are not there: poll(2) takes no more than RLIMIT_NOFILE, even of these. */
static void wait_for(struct pollfd polled[static POLL_COUNT], const struct timespec *left)
{
	struct pollfd there[POLL_COUNT];
	unsigned count = 0;

	for (unsigned i = 0; i < POLL_COUNT; i++)
		if (polled[i].fd >= 0)
			there[count++] = polled[i];
	ppoll(there, count, left, NULL);
	for (unsigned i = POLL_COUNT; i-- > 0;)
		if (polled[i].fd >= 0)
			polled[i].revents = there[--count].revents;
}

/* Where there is no deadline, no death of an orphan needs the time. */
static bool is_late(const struct machine *machine)
{
	uint64_t deadline = machine_deadline(machine);

	return deadline != USEC_INFINITY && deadline <= now_usec();
}

AT_REST static void hear(struct supervisor *supervisor)
{
	struct pollfd polled[POLL_COUNT];
	struct timespec left;

	list_polled(supervisor, polled);
	wait_for(polled, time_left(supervisor, &left));
	for (enum role role = 0; role < ROLE_COUNT; role++)
		hear_outcome(supervisor, role);
	/* Notices before deaths: the last word of one that has died still counts. */
	if (polled[POLL_NOTICES].revents)
		hear_notices(supervisor, &(unsigned){ NOTICES_AT_ONCE });
	if (polled[POLL_SIGNALS].revents)
		hear_signals(supervisor);
	if (polled[POLL_PID_FILE].revents)
		hear_pid_file(supervisor);
	if (polled[POLL_OUTWARD].revents)
		tell_outward(supervisor, &(struct notify){ 0 });
	hear_clients(supervisor, polled);
	if (!supervisor->ended && is_late(&supervisor->machine))
		feed_plain(supervisor, EVENT_DEADLINE);
}

/* Before the first start. */

/* Orphans come to the nearest subreaper where tend is not PID 1. PR_SET_CHILD_SUBREAPER, prctl(2) */
static void become_reaper(struct supervisor *supervisor)
{
	int already = 0;

	if (getpid() == 1)
		return;
	kernel_prctl(PR_GET_CHILD_SUBREAPER, (unsigned long)&already);
	if (already)
		return;
	if (supervisor->world->no_subreaper)
		log_line(&supervisor->log, LOG_LEVEL_WARN,
			 "Not PID 1 and, without -s or TINI_SUBREAPER, no subreaper: zombie reaping won't work.");
	else
		kernel_prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static void prepare(struct supervisor *supervisor, struct world *world)
{
	supervisor->world = world;
	for (enum role role = 0; role < ROLE_COUNT; role++)
		supervisor->children[role].failure_pipe = -1;
	supervisor->log = (struct log){
		.format = world->config.log_format,
		.level = world->config.log_level,
		.service = world->name,
	};
	supervisor->pid_file_watch = -1;
	supervisor->impatience = USEC_INFINITY;
	supervisor->outward = world->outer_notify ? notify_connect(world->outer_notify) : -1;
	supervisor->cgroup.events = -1;
	become_reaper(supervisor);
	program_make(&supervisor->program, world);
	machine_init(&supervisor->machine);
}

/* Nothing is started that could not be stopped, and whose end would not be heard. */
static bool open_signals(struct supervisor *supervisor)
{
	supervisor->signals = signals_open();
	if (supervisor->signals >= 0)
		return true;
	log_error(&supervisor->log, LOG_LEVEL_ERROR, errno, "Cannot be told of signals");
	return false;
}

/* The service is on its way: what can wait until then. */
static void open_ears(struct supervisor *supervisor)
{
	cgroup_open(&supervisor->cgroup);
	descendants_prepare();
	open_server(supervisor);
}

/* Of init/layout.ld: of the program and of what it has to run with at rest. NULL where that is not used. */
extern char program_begin[] __attribute__((weak));
extern char program_rest[] __attribute__((weak));
extern char program_end[] __attribute__((weak));

/*
 * What only the start needed, or the answers to clients, goes back to the kernel: its stack, and its pages of the file,
 * which are mapped again if they are needed. Without the flag of its own, what is needed at rest would have its
 * neighbours mapped with it: do_fault_around() of mm/memory.c takes what is of the same kind.
 */
__attribute__((noinline)) AT_REST static void give_back(void)
{
	enum { PAGE = 4096, MOST = 128 << 10, CALLS = 256 /* for the calls from here */ };
	char *here = (char *)__builtin_frame_address(0) - CALLS, *end = here - (uintptr_t)here % PAGE;
	size_t rest = (size_t)(program_rest - program_begin + PAGE - 1) / PAGE * PAGE;

	madvise(end - MOST, MOST, MADV_DONTNEED);
	if (!program_begin)
		return;
	madvise(program_begin, rest, MADV_RANDOM);
	madvise(program_begin, (size_t)(program_end - program_begin), MADV_DONTNEED);
}

/* tini's -e: that status is as good as 0. */
static int remapped(const struct status_set *set, int status)
{
	return set->codes[status / 64] >> status % 64 & 1 ? 0 : status;
}

AT_REST static _Noreturn void attend(void *context)
{
	struct supervisor *supervisor = context;
	const struct world *world = supervisor->world;

	give_back();
	while (!supervisor->ended) {
		hear(supervisor);
		settle_jobs(supervisor);
		if (!supervisor->stirred || supervisor->impatience != USEC_INFINITY)
			continue;
		give_back();
		supervisor->stirred = false;
	}
	tell_last(supervisor);
	if (world->notify_path)
		notify_close(world->notify_socket, world->notify_path);
	_exit(remapped(&world->remapped, supervisor->status));
}

void supervise(struct world *world, void (*started)(void))
{
	static struct supervisor supervisor;

	prepare(&supervisor, world);
	if (!open_signals(&supervisor))
		_exit(STATUS_TEND);
	feed_plain(&supervisor, EVENT_START);
	/* What is left to do can wait: where both share a processor, the service comes first. */
	sched_yield();
	started();
	open_ears(&supervisor);
	if (world->strings)
		kernel_continue(world->strings - (uintptr_t)world->strings % 16, attend, &supervisor);
	attend(&supervisor);
}
