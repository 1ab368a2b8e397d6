#include "supervisor.h"
#include "descendants.h"
#include "kernel.h"
#include "pidfile.h"
#include "requests.h"
#include "signals.h"
#include "sockets.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Statuses of our own, as shells and Docker use them. */
#define STATUS_TEND 125 /* tend itself could not do its work */
#define STATUS_NOT_EXECUTABLE 126
#define STATUS_NOT_FOUND 127
#define STATUS_SIGNAL 128 /* and the signal's number */

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

/* The main process has tend's memory too, until it is executed: nothing of it can be given back. */
static bool is_shared(const struct supervisor *supervisor)
{
	return supervisor->children[ROLE_MAIN].direct && supervisor->children[ROLE_MAIN].failure_pipe >= 0;
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
	kernel_drop(&child->failure_pipe);
	if (outcome == SPAWN_FAILED) {
		supervisor->failures[role] = failure;
		if (failure.step != STEP_RUN)
			say_failure(supervisor, role, &failure);
	} else if (role == ROLE_MAIN && awaits_exec(supervisor)) {
		actions_feed_plain(supervisor, EVENT_EXECUTED);
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
	pid = supervisor->adopted ? supervisor->children[ROLE_MAIN].pid : 0;
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
	kernel_drop(&supervisor->children[role].failure_pipe);
	event.ending = ending_of(supervisor, role, status);
	actions_feed(supervisor, &event);
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
	kernel_drop(&supervisor->children[role].failure_pipe);
	if (status && !supervisor->machine.health.stale) {
		note_check(supervisor, role, status);
		log_format(&supervisor->log, LOG_LEVEL_DEBUG, "%s: %s.", command_name(supervisor, role),
			   supervisor->failures[role].why);
	}
	actions_feed(supervisor, &(struct event){ .type = EVENT_CHECKED, .success = status == 0 });
}

/* After the main process has had its share of the blame. OOMPolicy= says what becomes of a service that lives. */
static void report_strangers(struct supervisor *supervisor, const struct deaths *deaths)
{
	bool oom = false;

	for (unsigned i = 0; i < deaths->strangers_killed; i++)
		oom |= ran_out_of_memory(supervisor);
	if (oom)
		actions_feed_plain(supervisor, EVENT_OOM);
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
		report_death(supervisor, ROLE_MAIN, deaths.status[ROLE_MAIN], deaths.empty && !actions_anybody(supervisor));
	report_strangers(supervisor, &deaths);
	/* What the deaths led to may have started somebody: then it is not empty any more. */
	if (deaths.empty && supervisor->machine.populated && !actions_anybody(supervisor))
		actions_feed_plain(supervisor, EVENT_EMPTY);
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

APART AT_REST static void hear_signals(struct supervisor *supervisor)
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
			actions_feed(supervisor, &(struct event){ .type = EVENT_SIGNAL, .signal = info[i].number });
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
	if (actions_has_other_role(supervisor, pid) || !descendants_contain(pid)) {
		log_format(&supervisor->log, LOG_LEVEL_WARN, "MAINPID=%d is not one of the service's, ignored.", pid);
		return;
	}
	kernel_drop(&supervisor->children[ROLE_MAIN].failure_pipe);
	actions_adopt_main(supervisor, pid);
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
		actions_feed(supervisor, &event);
	}
}

static void relay(struct supervisor *supervisor, struct notify *notify)
{
	notify->flags &= ~NOTIFY_STOPPING;
	actions_tell_outward(supervisor, notify);
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
	now = kernel_now();
	deadline = deadline > now ? deadline - now : 0;
	left->tv_sec = (time_t)(deadline / USEC_PER_SEC);
	left->tv_nsec = (long)(deadline % USEC_PER_SEC * 1000);
	return left;
}

static void hear_pid_file(struct supervisor *supervisor)
{
	if (supervisor->machine.pid_file_wanted)
		actions_find_main(supervisor);
	else
		kernel_drop(&supervisor->pid_file_watch);
}

static void hear_clients(struct supervisor *supervisor, const struct pollfd polled[static POLL_COUNT])
{
	for (unsigned i = 0; i < CLIENTS_MOST && !supervisor->ended; i++)
		if (polled[POLL_CLIENTS + i].revents)
			requests_hear(supervisor, &supervisor->server.clients[i]);
	if (polled[POLL_SERVER].revents) {
		server_accept(&supervisor->server, kernel_now());
		supervisor->impatience = 0;
		supervisor->stirred = true;
	}
	if (supervisor->impatience != USEC_INFINITY)
		supervisor->impatience = server_expire(&supervisor->server, kernel_now());
}

static void list_polled(const struct supervisor *supervisor, struct pollfd polled[static POLL_COUNT])
{
	for (unsigned i = 0; i < POLL_COUNT; i++)
		polled[i] = (struct pollfd){ .events = POLLIN };
	polled[POLL_NOTICES].fd = supervisor->world->notify_socket;
	polled[POLL_SIGNALS].fd = supervisor->signals;
	polled[POLL_PID_FILE].fd = supervisor->pid_file_watch;
	polled[POLL_OUTWARD] = (struct pollfd){ .fd = supervisor->behind ? supervisor->outward : -1, .events = POLLOUT };
	polled[POLL_OUTCOME].fd = awaits_exec(supervisor) || is_shared(supervisor) ?
					  supervisor->children[ROLE_MAIN].failure_pipe : -1;
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

	return deadline != USEC_INFINITY && deadline <= kernel_now();
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
		actions_tell_outward(supervisor, &(struct notify){ 0 });
	hear_clients(supervisor, polled);
	if (!supervisor->ended && is_late(&supervisor->machine))
		actions_feed_plain(supervisor, EVENT_DEADLINE);
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
	requests_open(supervisor);
}

/* Of init/layout.ld: of the program and of what it has to run with at rest. NULL where that is not used. */
extern char program_begin[] __attribute__((weak));
extern char program_rest[] __attribute__((weak));
extern char program_end[] __attribute__((weak));

/*
 * What only the start needed, or the answers to clients, goes back to the kernel: its stack, and its pages of the file,
 * which are mapped again if they are needed. What a wake-up and a stop need stays.
 */
APART AT_REST static void give_back(struct supervisor *supervisor)
{
	enum { PAGE = 4096, MOST = 128 << 10, CALLS = 256 /* for the calls from here */ };
	char *here = (char *)__builtin_frame_address(0) - CALLS, *end = here - (uintptr_t)here % PAGE;
	char *cold = program_begin + (size_t)(program_rest - program_begin + PAGE - 1) / PAGE * PAGE;

	supervisor->stirred = false;
	madvise(end - MOST, MOST, MADV_DONTNEED);
	if (!program_begin)
		return;
	madvise(cold, (size_t)(program_end - cold), MADV_DONTNEED);
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

	supervisor->stirred = true;
	hear_outcome(supervisor, ROLE_MAIN);
	while (!supervisor->ended) {
		if (supervisor->stirred && supervisor->impatience == USEC_INFINITY && !is_shared(supervisor))
			give_back(supervisor);
		hear(supervisor);
		requests_settle(supervisor);
	}
	actions_tell_last(supervisor);
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
	actions_feed_plain(&supervisor, EVENT_START);
	/* What is left to do can wait: where both share a processor, the service comes first. */
	sched_yield();
	started();
	open_ears(&supervisor);
	if (world->strings)
		kernel_continue(world->strings - (uintptr_t)world->strings % 16, attend, &supervisor);
	attend(&supervisor);
}
