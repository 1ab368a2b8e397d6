#include "actions.h"
#include "conditions.h"
#include "descendants.h"
#include "directories.h"
#include "kernel.h"
#include "message.h"
#include "pidfile.h"
#include "probe.h"
#include "sockets.h"
#include "variables.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/random.h>
#include <unistd.h>

/* ---- the manager outside ---- */

static int try_outward(struct supervisor *supervisor, const struct text *message)
{
	int error = supervisor->outward < 0 ? ENOTCONN : notify_send(supervisor->outward, message);

	if (!error || error == EAGAIN)
		return error;
	/* One that is gone may be back at its address. */
	kernel_drop(&supervisor->outward);
	supervisor->outward = notify_connect(supervisor->world->outer_notify);
	return supervisor->outward < 0 ? errno : notify_send(supervisor->outward, message);
}

/* With a frame of its own: where nobody is outside, a stop waits for no page of the stack. */
APART static void pay_outward(struct supervisor *supervisor)
{
	char bytes[2 * NOTIFY_STATUS_SIZE + 512];
	struct text message = text_over(bytes, sizeof bytes);
	int error;

	notify_add_outward(&message, &supervisor->owed);
	error = try_outward(supervisor, &message);
	supervisor->behind = error == EAGAIN;
	if (!error)
		supervisor->owed.flags = 0;
}

/*
 * What the manager outside does not take is owed to it, the newest of each field, and goes out as soon as there is room,
 * or with what comes next: no READY=1 is lost for having come at a bad time.
 */
void actions_tell_outward(struct supervisor *supervisor, const struct notify *news)
{
	if (!supervisor->world->outer_notify)
		return;
	notify_merge(&supervisor->owed, news);
	if (supervisor->owed.flags)
		pay_outward(supervisor);
}

/* What is owed at the end goes out if there is room within a second: nobody is left who would wait, but for the engine. */
void actions_tell_last(struct supervisor *supervisor)
{
	enum { PATIENCE_MS = 1000 };

	if (!supervisor->behind)
		return;
	poll(&(struct pollfd){ .fd = supervisor->outward, .events = POLLOUT }, 1, PATIENCE_MS);
	actions_tell_outward(supervisor, &(struct notify){ 0 });
}

/*
 * STOPPING=1 is said where tend itself is to end, and only there: a service that stops to be started again is not the
 * outer manager's concern, who would kill tend when its time for a stop is over.
 */
static void tell_stopping(struct supervisor *supervisor)
{
	bool ends = supervisor->machine.stop_asked && !supervisor->machine.hold;

	if (ends && !supervisor->told_stopping)
		actions_tell_outward(supervisor, &(struct notify){ .flags = NOTIFY_STOPPING });
	supervisor->told_stopping = ends;
}

/* ---- one function an action; false: what it asked for cannot be had, and the rest of the step is void ---- */

APART struct subject actions_subject(const struct supervisor *supervisor)
{
	return (struct subject){
		.name = supervisor->world->name,
		.pid = supervisor->last_main,
		.unit = supervisor->world->unit,
		.ready_check = supervisor->failures[ROLE_READY].why,
		.health_check = supervisor->failures[ROLE_HEALTH].why,
	};
}

APART static void say(struct supervisor *supervisor, enum log_level level,
					  const struct action *action, const struct subject *subject)
{
	char line[512];
	struct text text = text_over(line, sizeof line);

	message_of(action, subject, &text);
	log_line(&supervisor->log, level, line);
}

static bool carry_log(struct supervisor *supervisor, const struct action *action)
{
	const struct subject subject = actions_subject(supervisor);
	enum log_level level = message_level(action, &subject);

	/* Most of what a bare command does is not said: then it takes no time to be put into words. */
	if (level <= supervisor->log.level)
		say(supervisor, level, action, &subject);
	/* A service that notifies says itself that it is ready. */
	if (action->log == LOG_STARTED && (supervisor->world->config.type < TYPE_NOTIFY ||
					   supervisor->world->config.type > TYPE_NOTIFY_RELOAD))
		actions_tell_outward(supervisor, &(struct notify){ .flags = NOTIFY_READY });
	return true;
}

static void not_spawned(struct supervisor *supervisor, bool main, int error)
{
	log_error(&supervisor->log, LOG_LEVEL_ERROR, error, "Cannot fork for %s", supervisor->world->name);
	actions_feed(supervisor, &(struct event){ .type = EVENT_NOT_SPAWNED, .main = main });
}

/* Removing trees may take long and may block: a child's work, not PID 1's. */
APART static int spawn_cleaner(const struct supervisor *supervisor, struct child *child)
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
	kernel_drop(&supervisor->children[role].failure_pipe);
	supervisor->children[role] = child;
	supervisor->failures[role] = (struct failure){ 0 };
	if (action->main) {
		supervisor->last_main = child.pid;
		supervisor->adopted = false;
	}
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

void actions_signal(struct supervisor *supervisor, const struct action *action, int signal)
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
	actions_signal(supervisor, action, action->signal);
	if (action->signal == SIGKILL)
		return true;
	if (action->hangup && action->signal != SIGHUP)
		actions_signal(supervisor, action, SIGHUP);
	if (action->signal != SIGCONT)
		actions_signal(supervisor, action, SIGCONT);
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
	actions_feed_plain(supervisor, EVENT_CHECKED);
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
bool actions_has_other_role(const struct supervisor *supervisor, pid_t pid)
{
	bool other = false;

	for (enum role role = ROLE_MAIN + 1; role < ROLE_COUNT; role++)
		other |= supervisor->children[role].pid == pid;
	return other;
}

static bool may_be_main(const struct supervisor *supervisor, pid_t pid)
{
	return pid > 0 && !actions_has_other_role(supervisor, pid);
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
	kernel_drop(&supervisor->pid_file_watch);
	pid = pid_file_read(config->pid_file, &refused);
	/* Once more when it is watched: what is written in between is not missed. After a reload nobody waits. */
	if (!may_be_main(supervisor, pid) && supervisor->machine.state != STATE_RELOAD) {
		supervisor->pid_file_watch = pid_file_watch(config->pid_file);
		pid = supervisor->pid_file_watch < 0 ? -1 : pid_file_read(config->pid_file, &refused);
	}
	if (pid < 0)
		log_error(&supervisor->log, LOG_LEVEL_ERROR, errno, "Cannot wait for PID file %s", config->pid_file);
	else if (refused)
		log_format(&supervisor->log, LOG_LEVEL_WARN, "PID file %s is not believed: %s.", config->pid_file,
			   refused);
	return pid;
}

/* The machine may have no use for a main process by now: then the one that there was stays it. */
APART void actions_adopt_main(struct supervisor *supervisor, pid_t pid)
{
	pid_t former = supervisor->children[ROLE_MAIN].pid;

	supervisor->children[ROLE_MAIN].pid = supervisor->last_main = pid;
	actions_feed_plain(supervisor, EVENT_MAIN_FOUND);
	supervisor->adopted = supervisor->machine.main_alive;
	if (!supervisor->adopted)
		supervisor->children[ROLE_MAIN].pid = former;
}

void actions_find_main(struct supervisor *supervisor)
{
	pid_t pid = find_main(supervisor);

	if (!may_be_main(supervisor, pid)) {
		actions_feed(supervisor, &(struct event){ .type = EVENT_MAIN_MISSING, .unheard = pid < 0 });
		return;
	}
	kernel_drop(&supervisor->pid_file_watch);
	actions_adopt_main(supervisor, pid);
}

static bool carry_find_main(struct supervisor *supervisor, const struct action *action)
{
	(void)action;
	actions_find_main(supervisor);
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
	actions_feed(supervisor, &(struct event){ .type = EVENT_UNMET, .assert = assert });
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

void actions_feed(struct supervisor *supervisor, const struct event *event)
{
	struct actions actions;

	/* Signals may come one after the other, and each is to be handed on quickly. */
	supervisor->stirred |= event->type != EVENT_SIGNAL;
	tend_step(&supervisor->program.plan, &supervisor->machine, event, kernel_now(), &actions);
	tell_stopping(supervisor);
	for (unsigned i = 0; i < actions.count; i++)
		if (!carry[actions.list[i].type](supervisor, &actions.list[i]))
			return;
}

void actions_feed_plain(struct supervisor *supervisor, enum event_type type)
{
	actions_feed(supervisor, &(struct event){ .type = type });
}

AT_REST bool actions_anybody(const struct supervisor *supervisor)
{
	for (enum role role = 0; role < ROLE_COUNT; role++)
		if (supervisor->children[role].pid > 0)
			return true;
	return false;
}
