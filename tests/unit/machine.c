/*
 * The machine of init/service.c, explored: breadth-first over every state that it can get into with
 * every event that the shell may deliver there, for a family of small configurations. Beside the
 * machine runs a model of its surroundings: which processes exist, what has been asked for, what went
 * wrong first. What the machine believes and does is held against that model after every step.
 *
 * Time stands still at NOW: a tick moves every point of time in the machine one microsecond into the
 * past. What is past is cut off where nobody can tell it from longer ago: so the states are finitely
 * many.
 *
 * In the environment, MACHINE_DEEP=1 explores larger configurations too, which takes minutes, and
 * MACHINE_LIST=1 tells the size of each.
 */
#include "restart.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW 1000U
#define AGE_MAX 40U   /* nothing in the configurations below takes longer */
#define NEVER USEC_INFINITY

/* What is promised. Each has its line in the output. */
enum promise {
	NEVER_TWO_MAINS,
	NO_START_BESIDE_A_LEFTOVER,
	NO_RESTART_BEFORE_ITS_DELAY,
	NO_RESTART_PAST_THE_LIMIT,
	GIVES_UP_AT_THE_LIMIT,
	NO_START_WITHOUT_A_REASON,
	NO_START_AFTER_A_STOP,
	STARTS_ARE_NOT_LOST,
	EVERY_WAIT_ENDS,
	WHAT_HAS_COME_IS_NOT_AWAITED,
	STOP_IS_BOUNDED,
	STATUS_IS_THE_SERVICES,
	ACTIONS_FIT,
	DEADLINE_BELONGS_TO_STATE,
	DEADLINE_MAKES_PROGRESS,
	EXTENSIONS_ONLY_PUT_OFF,
	UP_IS_SAID_ONCE,
	BELIEFS_ARE_TRUE,
	CHECKS_ARE_WANTED,
	CHECKS_GO_ON,
	SIGNALS_HAVE_RECEIVERS,
	SIGNALS_ARE_THE_RIGHT_ONES,
	KILL_MODE_IS_KEPT,
	SEND_SIGKILL_IS_KEPT,
	COMMANDS_RUN_IN_ORDER,
	STOP_COMMANDS_FOLLOW_A_START,
	FAILURES_ARE_KEPT,
	EXIT_ONCE,
	EXIT_ONLY_WHEN_IT_IS_TO,
	PROMISE_COUNT
};

enum life { GONE, ALIVE, DYING }; /* DYING: it has had SIGKILL, and may be gone at any time or never */

/* What the shell owes the machine before any other event. */
enum owed {
	OWED_NOTHING,
	OWED_MAIN,
	OWED_CONDITIONS,
	OWED_NOT_SPAWNED_MAIN,
	OWED_NOT_SPAWNED,
	OWED_CHECKED, /* the check could not be forked */
	OWED_EMPTY,   /* it was the last of all, unless something has been started since */
};

/* What went wrong first in this instance, as far as the exit status is concerned. */
enum fault { FAULT_NONE, FAULT_STATUS, FAULT_SKIPPED, FAULT_TIMEOUT, FAULT_ONE, FAULT_BY_MAIN };

struct surroundings {
	unsigned char main, control, check; /* enum life */
	unsigned char leftovers, dying;
	bool may_say_empty;          /* the last exit told it already; the shell may say it once more */
	unsigned char owed;

	bool stop_asked, held, start_asked;
	int came;

	bool begun, up;
	unsigned char last_list, last_index; /* of the last command that was spawned, and how it went */
	bool last_ended, last_succeeded;

	unsigned char fault; /* enum fault */
	int fault_status;
	int main_status;     /* of the last main process; -1: none */
	bool main_named;     /* SuccessExitStatus= names it */

	unsigned char waited, wait;     /* in auto-restart */
	unsigned char restarts, total;  /* by policy: since a long run, since the last request */
	unsigned char run;              /* how long this instance has run */
	unsigned char window, starts;   /* StartLimit...=: age of the interval, starts in it */
};

struct world {
	struct machine machine;
	struct surroundings around;
};

/* A configuration, and how far its surroundings go. */
enum {
	MAY_STOP = 1 << 0,
	MAY_HOLD = 1 << 1,
	MAY_START = 1 << 2,
	MAY_RESTART = 1 << 3,
	MAY_RELOAD = 1 << 4,
	MAY_SIGNAL = 1 << 5,
	MAY_NOTIFY = 1 << 6,
	MAY_MAIN_PID = 1 << 7,
	MAY_FAIL_TO_SPAWN = 1 << 8,
	MAY_WATCHDOG = 1 << 9,
	MAY_EXTEND = 1 << 10,
	MAY_OOM = 1 << 11,
	MAY_BE_UNHEALTHY = 1 << 12,
};

enum {
	END_CLEAN = 1 << 0,
	END_FAILED = 1 << 1,
	END_PREVENTED = 1 << 2,
	END_FORCED = 1 << 3,
	END_TERM = 1 << 4,
	END_DUMPED = 1 << 5,
	END_OOM = 1 << 6,
	END_NAMED = 1 << 7,
	END_255 = 1 << 8,
	END_NO_EXEC = 1 << 9,
};

static const struct ending endings[] = {
	{ .how = HOW_EXITED },
	{ .how = HOW_EXITED, .status = 1, .reported = 1 },
	{ .how = HOW_EXITED, .status = 64, .reported = 64 },
	{ .how = HOW_EXITED, .status = 65, .reported = 65 },
	{ .how = HOW_KILLED, .status = 15, .reported = 143 },
	{ .how = HOW_DUMPED, .status = 11, .reported = 139 },
	{ .how = HOW_KILLED, .status = 9, .reported = 137, .oom = true },
	{ .how = HOW_EXITED, .status = 143, .reported = 143 },
	{ .how = HOW_EXITED, .status = 255, .reported = 255 },
	{ .how = HOW_EXITED, .status = 203, .reported = 127, .exec_failed = true },
};
static const struct ending killed = { .how = HOW_KILLED, .status = 9, .reported = 137 };
#define ENDING_COUNT (sizeof endings / sizeof *endings)

struct scenario {
	char name[120];
	struct config config;
	struct plan plan;
	uint32_t seed;
	unsigned may, main_ends, control_ends;
	unsigned leftovers; /* at most */
};

/* One exploration. */
struct node {
	struct world world;
	unsigned parent;
	unsigned char event, detail; /* what led here from the parent */
	unsigned elapsed;            /* the longest that a stop has lasted here */
	bool queued;
};

enum { NODES_MAX = 3000000, SLOTS = 1 << 22 };

static struct {
	const struct scenario *scenario;
	struct node *nodes;
	unsigned count;
	unsigned *slots; /* index + 1 */
	unsigned *queue, head, tail;
	unsigned current;
	unsigned long states, transitions;
	unsigned most_actions, scenarios;
	unsigned broken[PROMISE_COUNT];
	unsigned char visited[STATE_COUNT][EVENT_COUNT];
	char example[PROMISE_COUNT][4000];
} run;

/* ---- telling what went wrong ------------------------------------------------------------- */

static const char *const event_names[EVENT_COUNT + 2] = {
	[EVENT_START] = "start", [EVENT_STOP] = "stop", [EVENT_RESTART] = "restart",
	[EVENT_RELOAD] = "reload", [EVENT_MAIN_EXITED] = "main-exited",
	[EVENT_CONTROL_EXITED] = "control-exited", [EVENT_EMPTY] = "empty", [EVENT_EXECUTED] = "executed",
	[EVENT_MAIN_FOUND] = "main-found", [EVENT_MAIN_MISSING] = "main-missing", [EVENT_READY] = "ready",
	[EVENT_RELOADING] = "reloading", [EVENT_STOPPING] = "stopping", [EVENT_UNHEALTHY] = "unhealthy",
	[EVENT_UNMET] = "unmet", [EVENT_NOT_SPAWNED] = "not-spawned", [EVENT_DEADLINE] = "deadline",
	[EVENT_SIGNAL] = "signal", [EVENT_WATCHDOG_PING] = "ping", [EVENT_WATCHDOG_TRIGGER] = "trigger",
	[EVENT_WATCHDOG_USEC] = "watchdog-usec", [EVENT_EXTEND] = "extend", [EVENT_OOM] = "oom",
	[EVENT_CHECKED] = "checked",
	[EVENT_COUNT] = "tick", [EVENT_COUNT + 1] = "fork",
};
enum { EVENT_TICK = EVENT_COUNT, EVENT_FORK };

static size_t tell_path(char *buffer, size_t room, unsigned node)
{
	unsigned path[60], length = 0;
	size_t used = 0;

	for (unsigned n = node; n && length < 60; n = run.nodes[n].parent)
		path[length++] = n;
	while (length-- && used + 80 < room) {
		const struct node *n = &run.nodes[path[length]];

		used += (size_t)snprintf(buffer + used, room - used, "%s/%u>%s ", event_names[n->event],
					 n->detail, state_name(n->world.machine.state));
	}
	return used;
}

/* Counts a broken promise; the first of each is told with the way that led there. */
static void broken(enum promise promise, const struct world *world, unsigned event, unsigned detail,
		   const char *what)
{
	char *text = run.example[promise];
	size_t room = sizeof run.example[promise], used;

	if (run.broken[promise]++)
		return;
	used = (size_t)snprintf(text, room, "%s\n#     in %s\n#     ", what, run.scenario->name);
	used += tell_path(text + used, room - used, run.current);
	snprintf(text + used, room - used, "then %s/%u>%s (%s)", event_names[event], detail,
		 state_name(world->machine.state), result_name(world->machine.result));
}

/* A step that is being judged. */
struct judged {
	const struct scenario *scenario;
	const struct world *before;
	struct world *after;
	const struct event *event;
	const struct actions *actions;
	unsigned detail;
};

static void judge(const struct judged *step, enum promise promise, bool held, const char *what)
{
	if (!held)
		broken(promise, step->after, step->event->type, step->detail, what);
}

/* ---- what the surroundings know ---------------------------------------------------------- */

static bool anybody(const struct surroundings *around)
{
	return around->main || around->control || around->check || around->leftovers;
}

static bool covers_all(const struct config *config)
{
	return config->kill_mode == KILL_CONTROL_GROUP || config->kill_mode == KILL_MIXED;
}

static bool in_set(const struct status_set *set, const struct ending *ending)
{
	if (ending->how == HOW_EXITED)
		return set->codes[ending->status / 64] >> ending->status % 64 & 1;
	return ending->how != HOW_NONE && set->signals >> (ending->status - 1) & 1;
}

static bool is_notify(const struct config *config)
{
	return config->type == TYPE_NOTIFY || config->type == TYPE_NOTIFY_RELOAD;
}

/* systemd's is_clean_exit(), written anew; daemon: the main process, unless of a oneshot. */
static bool is_clean(const struct config *config, const struct ending *ending, bool daemon)
{
	int status = ending->status;

	if (ending->how == HOW_DUMPED)
		return false;
	if (in_set(&config->success, ending))
		return true;
	if (ending->how == HOW_EXITED)
		return status == 0;
	return daemon && (status == 1 || status == 2 || status == 13 || status == 15);
}

static void fault(struct surroundings *around, enum fault kind, int status)
{
	if (around->fault != FAULT_NONE)
		return;
	around->fault = (unsigned char)kind;
	around->fault_status = status;
}

static bool is_idle(enum state state)
{
	return state == STATE_DEAD || state == STATE_FAILED || state == STATE_AUTO_RESTART ||
	       state == STATE_DELAYED;
}

static void note_main_end(const struct judged *step)
{
	struct surroundings *around = &step->after->around;
	const struct config *config = &step->scenario->config;
	const struct ending *ending = &step->event->ending;
	bool ignored = step->scenario->plan.ignore[LIST_START] >> step->before->machine.main_index & 1;

	if (is_idle(step->before->machine.state) || step->before->machine.state == STATE_CLEANING)
		return; /* it was given up */
	around->main_status = ending->reported;
	around->main_named = in_set(&config->success, ending);
	if (config->restart_reset && config->restart_reset != NEVER && around->run >= config->restart_reset)
		around->restarts = around->starts = 0;
	if (!ignored && !is_clean(config, ending, config->type != TYPE_ONESHOT))
		fault(around, FAULT_STATUS, ending->reported);
	/* It can never say any more that it is ready: RemainAfterExit= and others who may say it apart. */
	if (step->before->machine.state == STATE_START && is_notify(config) &&
	    !(config->exit_type == EXIT_TYPE_CGROUP && anybody(around)) &&
	    !(config->remain_after_exit && config->notify_access > NOTIFY_ACCESS_MAIN && anybody(around)))
		fault(around, FAULT_ONE, 1);
}

static void note_empty(const struct judged *step)
{
	const struct machine *machine = &step->before->machine;
	bool unready = machine->state == STATE_START && is_notify(&step->scenario->config);

	if (unready || machine->pid_file_wanted)
		fault(&step->after->around, FAULT_ONE, 1);
}

/* Without anybody left, a PID file will never come; ExecStartPost= may still write it. */
static void note_main_missing(const struct judged *step)
{
	const struct scenario *scenario = step->scenario;
	enum state state = step->before->machine.state;
	bool may_come = state == STATE_START && scenario->plan.count[LIST_START_POST];

	judge(step, BELIEFS_ARE_TRUE, state == STATE_START || state == STATE_START_POST,
	      "it does not wait for the answer to its own question");
	if (scenario->config.pid_file && !may_come && (step->event->unheard || !anybody(&step->after->around)))
		fault(&step->after->around, FAULT_ONE, 1);
}

static void note_control_end(const struct judged *step)
{
	struct surroundings *around = &step->after->around;
	const struct config *config = &step->scenario->config;
	const struct ending *ending = &step->event->ending;
	enum list list = around->last_list;
	enum state state = step->before->machine.state;
	bool daemon = list == LIST_START && config->type == TYPE_FORKING;
	bool ignored = step->scenario->plan.ignore[list] >> around->last_index & 1;
	bool clean = ignored || is_clean(config, ending, daemon);

	around->last_ended = true;
	around->last_succeeded = clean;
	if (clean || is_idle(state) || state == STATE_RELOAD || state == STATE_CLEANING)
		return;
	if (state == STATE_CONDITION && ending->how == HOW_EXITED && ending->status < 255)
		fault(around, FAULT_SKIPPED, 0);
	else
		fault(around, FAULT_STATUS, ending->reported);
}

/* Whether X-StopSchedule= goes on after this deadline, as it is meant to. */
static bool goes_on(const struct judged *step)
{
	const struct machine *machine = &step->before->machine;
	const struct config *config = &step->scenario->config;
	bool sends = machine->state == STATE_STOP_SIGTERM || machine->state == STATE_FINAL_SIGTERM;

	return sends && machine->stop_step + 1U < config->stop_steps &&
	       config->stop_schedule[machine->stop_step + 1].signal != 9;
}

static void note_deadline(const struct judged *step)
{
	const struct machine *machine = &step->before->machine;
	struct surroundings *around = &step->after->around;
	enum state state = machine->state;

	if (machine->watchdog_deadline <= NOW)
		fault(around, FAULT_BY_MAIN, 0);
	else if (machine->deadline <= NOW && !is_idle(state) && state != STATE_CLEANING &&
		 !(state >= STATE_RELOAD && state <= STATE_RELOAD_NOTIFY) && !goes_on(step))
		fault(around, FAULT_TIMEOUT, 124);
}

static void note_oom(const struct judged *step)
{
	enum state state = step->before->machine.state;

	if (step->scenario->config.oom_policy != OOM_CONTINUE && state >= STATE_CONDITION &&
	    state <= STATE_FINAL_SIGKILL && state != STATE_FINAL_WATCHDOG &&
	    !(state >= STATE_RELOAD && state <= STATE_RELOAD_NOTIFY))
		fault(&step->after->around, FAULT_BY_MAIN, 0);
}

static void note_stop(const struct judged *step)
{
	struct surroundings *around = &step->after->around;

	if (!is_idle(step->before->machine.state)) {
		if (step->event->signal)
			around->came = step->event->signal;
	} else {
		around->fault = FAULT_NONE;
		around->main_status = -1;
		around->main_named = false;
		around->came = step->event->signal;
	}
	/* A stop after which tend ends is not turned into one after which it stays. */
	around->held = step->event->hold && (around->held || !around->stop_asked);
	around->stop_asked = true;
	around->start_asked = false;
}

static void note_start(const struct judged *step)
{
	struct surroundings *around = &step->after->around;
	enum state state = step->before->machine.state;
	bool up = state >= STATE_CONDITION && state <= STATE_RELOAD_NOTIFY;

	/* A start of what is started is none. */
	if (state == STATE_ENDED || state == STATE_DELAYED || (step->event->type == EVENT_START && up))
		return;
	/* One beside something of the old instance that could not be ended is refused. */
	if (is_idle(state) && (around->main || around->control ||
			       (anybody(around) && covers_all(&step->scenario->config))))
		return;
	around->start_asked = true;
	around->stop_asked = around->held = false;
	around->restarts = around->total = around->starts = 0;
}

static void note_not_spawned(const struct judged *step)
{
	enum state state = step->before->machine.state;

	if (state != STATE_RELOAD && state != STATE_CLEANING)
		fault(&step->after->around, FAULT_ONE, 1);
}

static void note_unhealthy(const struct judged *step)
{
	if (step->scenario->config.restart != RESTART_NO && step->before->machine.state == STATE_RUNNING)
		fault(&step->after->around, FAULT_BY_MAIN, 0);
}

static void note_unmet(const struct judged *step)
{
	if (step->event->assert)
		fault(&step->after->around, FAULT_ONE, 1);
	else
		fault(&step->after->around, FAULT_SKIPPED, 0);
}

/* What the event itself tells, before the machine answers. */
static void note_event(const struct judged *step)
{
	static void (*const notes[EVENT_COUNT])(const struct judged *step) = {
		[EVENT_START] = note_start,
		[EVENT_STOP] = note_stop,
		[EVENT_RESTART] = note_start,
		[EVENT_MAIN_EXITED] = note_main_end,
		[EVENT_CONTROL_EXITED] = note_control_end,
		[EVENT_EMPTY] = note_empty,
		[EVENT_MAIN_MISSING] = note_main_missing,
		[EVENT_UNHEALTHY] = note_unhealthy,
		[EVENT_UNMET] = note_unmet,
		[EVENT_NOT_SPAWNED] = note_not_spawned,
		[EVENT_DEADLINE] = note_deadline,
		[EVENT_OOM] = note_oom,
	};

	if (notes[step->event->type])
		notes[step->event->type](step);
	else if (step->event->type == EVENT_SIGNAL && step->event->signal == 15)
		note_stop(step);
}

/* ---- the actions, carried out and judged ------------------------------------------------- */

static unsigned required_delay(const struct config *config, unsigned restarts)
{
	uint64_t delay = config->restart_usec;

	if (config->docker_backoff)
		for (unsigned i = 0; i < restarts && delay < config->restart_max_delay; i++)
			delay = 2 * delay < config->restart_max_delay ? 2 * delay : config->restart_max_delay;
	return (unsigned)delay;
}

static bool is_limited(const struct config *config)
{
	return config->start_limit_burst && config->start_limit_interval;
}

/* systemd's ratelimit_below(): so many in an interval, which begins with the first one after the last. */
static void note_in_window(const struct judged *step, bool by_policy)
{
	const struct config *config = &step->scenario->config;
	struct surroundings *around = &step->after->around;

	if (!is_limited(config))
		return;
	if (!around->starts || around->window > config->start_limit_interval) {
		around->window = 0;
		around->starts = 0;
	}
	judge(step, NO_RESTART_PAST_THE_LIMIT, !by_policy || around->starts < config->start_limit_burst,
	      "more starts than StartLimitBurst= in StartLimitIntervalSec=");
	if (around->starts <= config->start_limit_burst)
		around->starts++;
}

static void judge_restart(const struct judged *step)
{
	const struct config *config = &step->scenario->config;
	struct surroundings *around = &step->after->around;

	judge(step, NO_RESTART_BEFORE_ITS_DELAY, around->waited >= around->wait, "it has not waited");
	judge(step, NO_START_AFTER_A_STOP, !around->stop_asked, "a restart after a stop");
	judge(step, NO_RESTART_PAST_THE_LIMIT,
	      !config->docker_retries || around->total < config->docker_retries, "more than on-failure:N");
	if (around->restarts < 10)
		around->restarts++;
	if (around->total < 10)
		around->total++;
}

static void judge_giving_up(const struct judged *step)
{
	const struct config *config = &step->scenario->config;
	const struct surroundings *around = &step->after->around;
	unsigned due = around->window + required_delay(config, around->restarts);
	bool full = is_limited(config) && around->starts >= config->start_limit_burst &&
		    due <= config->start_limit_interval;

	full |= config->docker_retries && around->total >= config->docker_retries;
	judge(step, GIVES_UP_AT_THE_LIMIT, full, "the next start would be within the limit");
}

/* A new instance begins. */
static void begin(const struct judged *step)
{
	const struct config *config = &step->scenario->config;
	struct surroundings *around = &step->after->around;
	bool first = !around->begun;
	bool by_policy = !around->start_asked && !first;

	judge(step, NEVER_TWO_MAINS, !around->main, "a new instance beside a main process");
	/* Before the first, who lives is a stranger, whom an entrypoint has left. */
	judge(step, NO_START_BESIDE_A_LEFTOVER,
	      first ? !around->control : !covers_all(config) || !anybody(around),
	      "a new instance, and something of the old one is left");
	judge(step, NO_START_WITHOUT_A_REASON,
	      !by_policy || (step->before->machine.state == STATE_AUTO_RESTART &&
			     step->event->type == EVENT_DEADLINE &&
			     (config->restart != RESTART_NO ||
			      in_set(&config->restart_force, &step->before->machine.main_ending))),
	      "nobody asked for it, and it is no restart");
	judge(step, NO_START_AFTER_A_STOP, !around->stop_asked, "a start after a stop");
	if (by_policy)
		judge_restart(step);
	note_in_window(step, by_policy);
	around->begun = true;
	around->start_asked = around->up = false;
	around->fault = FAULT_NONE;
	around->fault_status = 0;
	around->main_status = -1;
	around->main_named = false;
	around->came = 0;
	around->waited = around->wait = around->run = 0;
	around->last_list = LIST_COUNT;
	around->last_index = 0;
	around->last_ended = around->last_succeeded = true;
}

/* An older control process that still lives is a mere descendant from now on. */
static void forget_control(struct surroundings *around)
{
	around->leftovers++;
	around->dying = (unsigned char)(around->dying + (around->control == DYING));
	around->control = GONE;
}

static void judge_order(const struct judged *step, const struct action *action)
{
	const struct surroundings *around = &step->after->around;
	bool follows = around->last_list == action->list && around->last_index + 1 == action->index &&
		       around->last_ended && around->last_succeeded;

	judge(step, COMMANDS_RUN_IN_ORDER, action->index < step->scenario->plan.count[action->list] ||
	      action->list == LIST_CLEAN, "there is no such command");
	judge(step, COMMANDS_RUN_IN_ORDER, !action->index || follows, "not the next command of its list");
	judge(step, COMMANDS_RUN_IN_ORDER, action->index || around->last_list != action->list ||
	      action->list == LIST_RELOAD || action->list == LIST_CLEAN, "its list begins again");
	judge(step, COMMANDS_RUN_IN_ORDER, action->list > LIST_START || around->last_succeeded,
	      "it goes on although a command before it has failed");
	judge(step, STOP_COMMANDS_FOLLOW_A_START, action->list != LIST_STOP || action->index ||
	      (step->before->machine.state >= STATE_START && step->before->machine.state <= STATE_RELOAD_NOTIFY),
	      "ExecStop= of what was never up");
	judge(step, NO_START_AFTER_A_STOP, !around->stop_asked || action->list >= LIST_STOP,
	      "a command of the start after a stop");
}

static void do_spawn(const struct judged *step, const struct action *action)
{
	struct surroundings *around = &step->after->around;
	bool daemon = action->list == LIST_START && step->scenario->config.type != TYPE_FORKING;

	judge_order(step, action);
	judge(step, NEVER_TWO_MAINS, action->main == daemon, "ExecStart= is the main process, and only that");
	around->last_list = (unsigned char)action->list;
	around->last_index = action->index;
	around->last_ended = around->last_succeeded = false;
	if (action->main) {
		judge(step, NEVER_TWO_MAINS, !around->main, "a main process beside another one");
		around->main = ALIVE;
		around->last_ended = around->last_succeeded = true; /* it runs beside what follows */
		return;
	}
	if (around->control) {
		judge(step, NEVER_TWO_MAINS, around->control == DYING || !step->scenario->config.send_sigkill ||
		      step->scenario->config.kill_mode == KILL_NONE, "a control process beside another one");
		forget_control(around);
	}
	around->control = ALIVE;
}

static bool schedule_kills(const struct config *config)
{
	for (unsigned i = 0; i < config->stop_steps; i++)
		if (config->stop_schedule[i].signal == 9)
			return true;
	return false;
}

static int right_signal(const struct judged *step)
{
	const struct config *config = &step->scenario->config;
	const struct surroundings *around = &step->after->around;
	enum state state = step->after->machine.state;
	int usual = config->kill_signal ? config->kill_signal : around->came ? around->came : 15;

	switch (state) {
	case STATE_STOP_WATCHDOG:
	case STATE_FINAL_WATCHDOG:
		return config->watchdog_signal;
	case STATE_STOP_SIGKILL:
	case STATE_FINAL_SIGKILL:
		return config->final_kill_signal;
	case STATE_STOP_SIGTERM:
	case STATE_FINAL_SIGTERM:
		if (config->stop_steps)
			return config->stop_schedule[step->after->machine.stop_step].signal;
		return state == STATE_STOP_SIGTERM && around->start_asked && config->restart_kill_signal ?
			       config->restart_kill_signal : usual;
	default:
		return 0;
	}
}

static void judge_kill(const struct judged *step, const struct action *action)
{
	const struct config *config = &step->scenario->config;
	const struct surroundings *around = &step->after->around;
	bool last = action->signal == config->final_kill_signal;

	judge(step, SIGNALS_HAVE_RECEIVERS,
	      around->main || around->control || (action->all && anybody(around)),
	      "a signal, and nobody is there to get it");
	judge(step, SIGNALS_ARE_THE_RIGHT_ONES, action->signal == right_signal(step), "another signal");
	judge(step, KILL_MODE_IS_KEPT, config->kill_mode != KILL_NONE, "a signal with KillMode=none");
	judge(step, KILL_MODE_IS_KEPT, config->kill_mode != KILL_PROCESS || !action->all,
	      "a signal to all with KillMode=process");
	judge(step, KILL_MODE_IS_KEPT, config->kill_mode != KILL_MIXED || last || !action->all,
	      "a signal to all with KillMode=mixed that is not the last one");
	judge(step, KILL_MODE_IS_KEPT, config->kill_mode != KILL_CONTROL_GROUP || action->all,
	      "a signal not to all with KillMode=control-group");
	judge(step, SEND_SIGKILL_IS_KEPT, action->signal != 9 || config->send_sigkill ||
	      schedule_kills(config) || step->event->type == EVENT_OOM, "SIGKILL with SendSIGKILL=no");
}

static void do_kill(const struct judged *step, const struct action *action)
{
	struct surroundings *around = &step->after->around;

	judge_kill(step, action);
	if (action->signal != 9)
		return;
	if (around->main)
		around->main = DYING;
	if (around->control)
		around->control = DYING;
	if (!action->all)
		return;
	around->dying = around->leftovers;
	if (around->check)
		around->check = DYING;
}

/* What tend is to end with: design.md, the end of "What a user sees". */
static int expected_status(const struct scenario *scenario, const struct surroundings *around)
{
	int main = around->main_status < 0 ? (scenario->plan.unit || !around->came ? 0 : 128 + around->came) :
		   around->stop_asked && around->main_named ? 0 : around->main_status;

	switch (around->fault) {
	case FAULT_NONE:
		return main;
	case FAULT_BY_MAIN: /* never 0: it has failed */
		return main ? main : 1;
	default:
		return around->fault_status;
	}
}

/* What is left of the old instance forbids any start; policy does not start where it is told not to. */
static bool start_is_lost(const struct judged *step)
{
	const struct surroundings *around = &step->after->around;
	const struct config *config = &step->scenario->config;
	const struct machine *machine = &step->after->machine;
	bool always = config->restart == RESTART_ALWAYS || config->restart == RESTART_UNLESS_STOPPED;

	if (around->main || around->control || (anybody(around) && covers_all(config)))
		return false;
	if (around->start_asked)
		return true;
	return always && !around->stop_asked && around->fault != FAULT_SKIPPED &&
	       !in_set(&config->restart_prevent, &machine->main_ending) &&
	       machine->result != RESULT_ASSERT && machine->result != RESULT_START_LIMIT_HIT;
}

static void judge_exit(const struct judged *step, const struct action *action)
{
	const struct surroundings *around = &step->after->around;
	int expected = expected_status(step->scenario, around);
	char what[80];

	/* The limit was hit by what came before, which need not be a failure. */
	if (step->after->machine.result == RESULT_START_LIMIT_HIT && !expected)
		expected = 1;
	snprintf(what, sizeof what, "it ends with %d instead of %d", action->status, expected);
	judge(step, STATUS_IS_THE_SERVICES, action->status == expected, what);
	judge(step, STARTS_ARE_NOT_LOST, !start_is_lost(step), "it ends where it must start again");
	judge(step, EXIT_ONLY_WHEN_IT_IS_TO, !around->held, "it ends although it is held");
	judge(step, EXIT_ONLY_WHEN_IT_IS_TO, around->stop_asked ||
	      step->scenario->config.failure_action == END_EXIT, "it ends although FailureAction=none");
	judge(step, EXIT_ONCE, step->before->machine.state != STATE_ENDED, "it ends twice");
	judge(step, EXIT_ONCE, step->after->machine.state == STATE_ENDED, "it ends, and is not in that state");
}

static enum check wanted_check(const struct scenario *scenario, const struct world *world)
{
	enum state state = world->machine.state;
	bool running = state == STATE_RUNNING || state == STATE_RELOAD || state == STATE_RELOAD_SIGNAL ||
		       state == STATE_RELOAD_NOTIFY;

	if (running && scenario->config.health_check)
		return CHECK_HEALTH;
	return state == STATE_START && world->machine.ready_wanted ? CHECK_READY : CHECK_NONE;
}

static void do_action(const struct judged *step, const struct action *action)
{
	struct surroundings *around = &step->after->around;

	switch (action->type) {
	case ACTION_SPAWN:
		do_spawn(step, action);
		break;
	case ACTION_KILL:
		do_kill(step, action);
		break;
	case ACTION_KILL_CONTROL:
		judge(step, SIGNALS_HAVE_RECEIVERS, around->control, "no control process to kill");
		around->control = DYING;
		forget_control(around);
		break;
	case ACTION_FORWARD:
		judge(step, SIGNALS_HAVE_RECEIVERS, around->main, "no main process to forward to");
		break;
	case ACTION_FIND_MAIN:
		around->owed = OWED_MAIN;
		break;
	case ACTION_CHECK_CONDITIONS:
		around->owed = OWED_CONDITIONS;
		break;
	case ACTION_BEGIN:
		begin(step);
		break;
	case ACTION_SPAWN_CHECK:
		judge(step, CHECKS_ARE_WANTED, !around->check, "a check beside another one");
		judge(step, CHECKS_ARE_WANTED, action->check == wanted_check(step->scenario, step->after),
		      "nobody wants to know");
		judge(step, CHECKS_ARE_WANTED, !around->control || step->after->machine.state != STATE_START,
		      "ready, before its own command has ended");
		around->check = ALIVE;
		break;
	case ACTION_KILL_CHECK:
		judge(step, SIGNALS_HAVE_RECEIVERS, around->check, "no check to kill");
		around->check = DYING;
		break;
	case ACTION_LOG:
		if (action->log == LOG_UNHEALTHY)
			note_unhealthy(step);
		if (action->log == LOG_GAVE_UP)
			judge_giving_up(step);
		if (action->log != LOG_STARTED)
			break;
		judge(step, UP_IS_SAID_ONCE, !around->up, "it is told twice");
		around->up = true;
		break;
	case ACTION_EXIT:
		judge_exit(step, action);
		break;
	}
}

static void fail_to_spawn(const struct judged *step, const struct action *action)
{
	struct surroundings *around = &step->after->around;

	if (action->type == ACTION_SPAWN_CHECK) {
		around->owed = OWED_CHECKED;
		return;
	}
	around->owed = action->main ? OWED_NOT_SPAWNED_MAIN : OWED_NOT_SPAWNED;
	if (around->control && !action->main)
		forget_control(around);
}

/* The spawn of that number fails, and what comes after it is dropped. Returns how many there were. */
static unsigned carry_out(const struct judged *step, unsigned failing)
{
	unsigned spawns = 0;

	for (unsigned i = 0; i < step->actions->count; i++) {
		const struct action *action = &step->actions->list[i];

		if ((action->type == ACTION_SPAWN || action->type == ACTION_SPAWN_CHECK) && spawns++ == failing) {
			fail_to_spawn(step, action);
			break;
		}
		do_action(step, action);
	}
	return spawns;
}

/* ---- what must hold after every step ----------------------------------------------------- */

static uint64_t signal_span(const struct config *config, const struct machine *machine)
{
	return config->stop_steps ? config->stop_schedule[machine->stop_step].wait : config->timeout_stop;
}

/* How long that state may last when it is entered now. */
static uint64_t span_of(const struct judged *step)
{
	const struct config *config = &step->scenario->config;
	const struct machine *machine = &step->after->machine;
	uint64_t left;

	switch (machine->state) {
	case STATE_CONDITION:
	case STATE_START_PRE:
	case STATE_START:
	case STATE_START_POST:
	case STATE_RELOAD:
	case STATE_RELOAD_SIGNAL:
	case STATE_RELOAD_NOTIFY:
		return config->timeout_start;
	case STATE_RUNNING:
		left = machine->up + config->runtime_max + config->runtime_random_extra;
		return config->runtime_max == NEVER ? NEVER : left > NOW ? left - NOW : 0;
	case STATE_STOP:
	case STATE_STOP_POST:
	case STATE_CLEANING:
		return config->timeout_stop;
	case STATE_STOP_SIGKILL:
	case STATE_FINAL_SIGKILL:
		return config->timeout_stop == NEVER ? 90 * USEC_PER_SEC : config->timeout_stop;
	case STATE_STOP_WATCHDOG:
	case STATE_FINAL_WATCHDOG:
		return config->timeout_abort;
	case STATE_STOP_SIGTERM:
	case STATE_FINAL_SIGTERM:
		return signal_span(config, machine);
	case STATE_AUTO_RESTART:
		return step->after->around.wait;
	case STATE_DELAYED:
		return config->randomized_delay;
	default:
		return NEVER;
	}
}

/* These may begin with less than their whole time. */
static bool may_be_shorter(const struct config *config, enum state state)
{
	return state == STATE_DELAYED || state == STATE_RELOAD_NOTIFY ||
	       (state == STATE_RUNNING && config->runtime_random_extra);
}

static bool is_watched(enum state state)
{
	return state == STATE_START_POST || state == STATE_RUNNING || state == STATE_RELOAD ||
	       state == STATE_RELOAD_SIGNAL || state == STATE_RELOAD_NOTIFY;
}

static uint64_t put_off(const struct judged *step, uint64_t deadline)
{
	enum state state = step->before->machine.state;
	uint64_t usec = step->event->usec;

	if (usec == NEVER || deadline == NEVER || state == STATE_AUTO_RESTART || state == STATE_DELAYED)
		return deadline;
	return NOW + usec > deadline ? NOW + usec : deadline;
}

/* EXTEND_TIMEOUT_USEC=, sd_notify(3): later, never sooner, never for ever. */
static void judge_extension(const struct judged *step)
{
	const struct machine *before = &step->before->machine, *after = &step->after->machine;

	judge(step, EXTENSIONS_ONLY_PUT_OFF, after->deadline == put_off(step, before->deadline), "its deadline");
	judge(step, EXTENSIONS_ONLY_PUT_OFF,
	      after->watchdog_deadline == put_off(step, before->watchdog_deadline), "its watchdog");
}

static void judge_deadline(const struct judged *step)
{
	const struct config *config = &step->scenario->config;
	const struct machine *machine = &step->after->machine;
	uint64_t span = span_of(step), longest = span == NEVER ? NEVER : NOW + span;
	bool entered = step->before->machine.state != machine->state;

	if (!(step->scenario->may & MAY_EXTEND))
		judge(step, DEADLINE_BELONGS_TO_STATE, machine->deadline <= longest, "it is too late");
	if (entered && !may_be_shorter(config, machine->state))
		judge(step, DEADLINE_BELONGS_TO_STATE, machine->deadline == longest, "it is not this state's");
	judge(step, DEADLINE_BELONGS_TO_STATE, machine->deadline >= NOW, "it is in the past");
	judge(step, DEADLINE_BELONGS_TO_STATE, is_watched(machine->state) || machine->watchdog_deadline == NEVER,
	      "a watchdog outlives what it watches");
	judge(step, DEADLINE_BELONGS_TO_STATE,
	      !is_watched(machine->state) || !machine->watchdog || machine->watchdog_deadline != NEVER,
	      "nobody watches");
	judge(step, DEADLINE_MAKES_PROGRESS, step->event->type != EVENT_DEADLINE || entered ||
	      machine_deadline(machine) > NOW, "it is due again at once");
}

static void judge_beliefs(const struct judged *step)
{
	const struct machine *machine = &step->after->machine;
	const struct surroundings *around = &step->after->around;

	judge(step, BELIEFS_ARE_TRUE, machine->main_alive == (around->main != GONE), "of the main process");
	judge(step, BELIEFS_ARE_TRUE, machine->control_alive == (around->control != GONE),
	      "of the control process");
	judge(step, BELIEFS_ARE_TRUE, around->main || around->control ||
	      machine->populated == (around->leftovers > 0 || around->check), "of whether anything is left");
}

/* Whether what the state waits for can still come without the clock. */
static bool is_awaited(const struct scenario *scenario, const struct world *world)
{
	const struct surroundings *around = &world->around;
	bool controlled = around->control;
	/* All have had the signal, or one of them has said that it stops. */
	bool all = (scenario->config.kill_mode == KILL_CONTROL_GROUP || world->machine.stopping_seen) &&
		   anybody(around);

	switch (world->machine.state) {
	case STATE_CONDITION:
	case STATE_START_PRE:
	case STATE_RELOAD:
	case STATE_STOP:
		return controlled;
	case STATE_STOP_POST:
		return controlled || around->main;
	case STATE_START:
		return controlled || around->main ||
		       (anybody(around) && (world->machine.pid_file_wanted || is_notify(&scenario->config) ||
					    (world->machine.ready_wanted && !world->machine.main_known)));
	case STATE_START_POST:
		return controlled || world->machine.pid_file_wanted;
	case STATE_RUNNING:
	case STATE_RELOAD_SIGNAL:
	case STATE_RELOAD_NOTIFY:
		return around->main || (anybody(around) && (scenario->config.exit_type == EXIT_TYPE_CGROUP ||
							    scenario->config.type == TYPE_FORKING ||
							    !scenario->plan.count[LIST_START]));
	case STATE_STOP_WATCHDOG:
	case STATE_STOP_SIGTERM:
	case STATE_FINAL_WATCHDOG:
	case STATE_FINAL_SIGTERM:
		return around->main || controlled || all;
	case STATE_CLEANING:
	case STATE_STOP_SIGKILL:
	case STATE_FINAL_SIGKILL:
		return around->main || controlled || (covers_all(&scenario->config) && anybody(around));
	case STATE_DEAD:
	case STATE_EXITED:
	case STATE_FAILED:
	case STATE_ENDED:
		return true;
	default:
		return false;
	}
}

/* Held, or FailureAction=none, or SuccessAction=none: else nothing rests. */
static bool may_rest(const struct judged *step)
{
	const struct surroundings *around = &step->after->around;
	const struct config *config = &step->scenario->config;

	switch (step->after->machine.state) {
	case STATE_DEAD:
		return around->held || !around->begun || (!around->stop_asked && config->success_action == END_NONE);
	case STATE_FAILED:
		return around->held || (!around->stop_asked && config->failure_action == END_NONE);
	case STATE_EXITED:
		return config->remain_after_exit;
	default:
		return true;
	}
}

static void judge_wait(const struct judged *step)
{
	const struct world *world = step->after;
	enum state state = world->machine.state;

	judge(step, WHAT_HAS_COME_IS_NOT_AWAITED, is_awaited(step->scenario, world) ||
	      state == STATE_AUTO_RESTART || state == STATE_DELAYED, "a process that is there no more");
	judge(step, EVERY_WAIT_ENDS, machine_deadline(&world->machine) != NEVER ||
	      anybody(&world->around) || state_is_rest(state), "it waits for what can never come");
	judge(step, EVERY_WAIT_ENDS, may_rest(step), "it rests where it must not");
}

/* A check that is wanted comes; one that is not wanted any more is killed. */
static void judge_checks(const struct judged *step)
{
	const struct world *world = step->after;
	enum check wanted = wanted_check(step->scenario, world);
	uint64_t due = world->machine.health.due;

	if (wanted != CHECK_NONE)
		judge(step, CHECKS_GO_ON, due != NEVER || world->around.check == DYING, "it will never come");
	else
		judge(step, CHECKS_ARE_WANTED, due != NEVER || world->around.check != ALIVE, "it is let live");
	judge(step, CHECKS_ARE_WANTED, wanted != CHECK_NONE || due == NEVER || world->around.check,
	      "it is due though nobody wants it");
}

static void judge_step(const struct judged *step)
{
	const struct world *world = step->after;
	const struct machine *machine = &world->machine;

	judge(step, ACTIONS_FIT, step->actions->count < ACTIONS_MAX - 1, "too many");
	if (step->actions->count > run.most_actions)
		run.most_actions = step->actions->count;
	if (world->around.owed != OWED_NOTHING && world->around.owed != OWED_MAIN &&
	    world->around.owed != OWED_CONDITIONS)
		return; /* what it believes is put right by the event that is due */
	judge_deadline(step);
	if (step->event->type == EVENT_EXTEND)
		judge_extension(step);
	judge_beliefs(step);
	if (world->around.owed != OWED_NOTHING)
		return;
	judge_wait(step);
	judge_checks(step);
	judge(step, UP_IS_SAID_ONCE, world->around.up || machine->state < STATE_RUNNING ||
	      machine->state > STATE_RELOAD_NOTIFY, "it is up, and nobody was told");
	judge(step, FAILURES_ARE_KEPT, machine->failed.how == HOW_NONE || machine->result != RESULT_SUCCESS,
	      "a failed command, and all is well");
	judge(step, FAILURES_ARE_KEPT, world->around.fault == FAULT_NONE || machine->result != RESULT_SUCCESS ||
	      machine->state == STATE_ENDED, "something went wrong, and all is well");
	judge(step, FAILURES_ARE_KEPT, world->around.fault != FAULT_NONE || machine->result == RESULT_SUCCESS ||
	      machine->result == RESULT_START_LIMIT_HIT,
	      "nothing went wrong, and it has failed");
}

/* ---- the search -------------------------------------------------------------------------- */

static uint64_t aged(uint64_t time, uint64_t oldest)
{
	return time == NEVER || !time ? time : time + oldest < NOW ? NOW - oldest : time;
}

/* A struct assignment need not copy padding: states are compared as bytes. */
static void scrub(struct ending *ending)
{
	struct ending copy;

	memset(&copy, 0, sizeof copy);
	copy.how = ending->how;
	copy.status = ending->status;
	copy.reported = ending->reported;
	copy.oom = ending->oom;
	copy.exec_failed = ending->exec_failed;
	memcpy(ending, &copy, sizeof copy);
}

/* What can't make a difference any more is made the same. */
static void normalise(const struct scenario *scenario, struct world *world)
{
	const struct config *config = &scenario->config;
	struct machine *machine = &world->machine;
	bool resets = config->restart_reset && config->restart_reset != NEVER;

	scrub(&machine->main_ending);
	scrub(&machine->failed);
	machine->begun = aged(machine->begun, resets ? config->restart_reset : 0);
	machine->up = aged(machine->up, config->runtime_max == NEVER ? 0 :
			   config->runtime_max + config->runtime_random_extra + 1);
	machine->window = aged(machine->window, is_limited(config) ? config->start_limit_interval + 1 : 0);
	machine->stop_begun = machine->state_since = NOW; /* only told, never asked */
	machine->health.since = aged(machine->health.since, config->health_start_period);
	if (machine->health.failures > config->health_retries)
		machine->health.failures = config->health_retries;
	machine->random = scenario->seed;
	if (!config->docker_backoff || machine->restarts > 6)
		machine->restarts = config->docker_backoff ? 6 : 0;
	if (machine->total_restarts > config->docker_retries)
		machine->total_restarts = config->docker_retries + !config->docker_retries;
	if (is_limited(config) && machine->window_starts > config->start_limit_burst + 1)
		machine->window_starts = config->start_limit_burst + 1;
	if (!config->docker_backoff || world->around.restarts > 6)
		world->around.restarts = config->docker_backoff ? 6 : 0;
	if (world->around.total > config->docker_retries)
		world->around.total = (unsigned char)config->docker_retries;
	if (!resets || world->around.run > config->restart_reset)
		world->around.run = (unsigned char)(resets ? config->restart_reset : 0);
	if (!is_limited(config) || world->around.window > config->start_limit_interval + 1)
		world->around.window = (unsigned char)(is_limited(config) ? config->start_limit_interval + 1 : 0);
}

static uint64_t hash(const struct world *world)
{
	const unsigned char *bytes = (const unsigned char *)world;
	uint64_t h = 1469598103934665603U, word;

	for (size_t i = 0; i + sizeof word <= sizeof *world; i += sizeof word) {
		memcpy(&word, bytes + i, sizeof word);
		h = (h ^ word) * 0x9e3779b97f4a7c15U;
		h ^= h >> 29;
	}
	return h;
}
_Static_assert(sizeof(struct world) % 8 == 0, "the hash leaves nothing out");

static unsigned find(const struct world *world, unsigned *slot)
{
	unsigned i = (unsigned)hash(world) & (SLOTS - 1);

	while (run.slots[i] && memcmp(&run.nodes[run.slots[i] - 1].world, world, sizeof *world) != 0)
		i = (i + 1) & (SLOTS - 1);
	*slot = i;
	return run.slots[i] ? run.slots[i] - 1 : run.count;
}

/* The sum of what a stop may last: every state of it once, every command of a list for itself. */
static uint64_t longest_stop(const struct scenario *scenario)
{
	const struct config *config = &scenario->config;
	const struct plan *plan = &scenario->plan;
	uint64_t commands = plan->count[LIST_STOP] + plan->count[LIST_STOP_POST] + 2U * plan->cleans;
	uint64_t asking = config->timeout_stop;

	if (config->timeout_stop == NEVER || config->timeout_abort == NEVER || scenario->may & MAY_EXTEND)
		return NEVER;
	if (config->stop_steps) {
		asking = 0;
		for (unsigned i = 0; i < config->stop_steps; i++)
			if (i + 1 < config->stop_steps)
				asking += config->stop_schedule[i].wait;
			else if (config->stop_schedule[i].signal != 9)
				return NEVER;
	}
	return commands * config->timeout_stop + 2 * (asking + config->timeout_abort + config->timeout_stop);
}

static bool is_stopping(const struct world *world)
{
	return world->around.stop_asked && !world->around.held && world->machine.state != STATE_ENDED;
}

static void judge_stop(const struct world *world, unsigned elapsed, unsigned event)
{
	uint64_t longest = longest_stop(run.scenario);

	if (longest == NEVER || !is_stopping(world))
		return;
	if (elapsed > longest)
		broken(STOP_IS_BOUNDED, world, event, elapsed, "it has lasted longer than its timeouts together");
	if (machine_deadline(&world->machine) == NEVER && world->around.owed == OWED_NOTHING)
		broken(STOP_IS_BOUNDED, world, event, elapsed, "it may last for ever");
}

static void reach(struct world *world, unsigned event, unsigned detail)
{
	unsigned elapsed, index, slot;
	struct node *node;

	if (world->around.leftovers > run.scenario->leftovers + 2)
		return; /* reload commands that outlive SIGKILL, one after the other: more of the same */
	normalise(run.scenario, world);
	elapsed = is_stopping(world) ? run.nodes[run.current].elapsed + (event == EVENT_TICK ? detail : 0) : 0;
	run.transitions++;
	judge_stop(world, elapsed, event);
	index = find(world, &slot);
	node = &run.nodes[index];
	if (index == run.count) {
		if (run.count == NODES_MAX) {
			printf("Bail out! %s has too many states\n", run.scenario->name);
			exit(1);
		}
		run.slots[slot] = ++run.count;
		node->world = *world;
		node->queued = false;
		node->elapsed = 0;
	} else if (elapsed <= node->elapsed || elapsed > AGE_MAX) {
		return;
	}
	node->parent = run.current;
	node->event = (unsigned char)event;
	node->detail = (unsigned char)detail;
	node->elapsed = elapsed;
	if (!node->queued)
		run.queue[run.tail++ % NODES_MAX] = index;
	node->queued = true;
}

static void enter_restart(const struct scenario *scenario, struct surroundings *around)
{
	around->wait = (unsigned char)required_delay(&scenario->config, around->restarts);
	around->waited = 0;
}

/* One event into the machine: the step when every spawn succeeds, and the step when one of them fails. */
static void deliver(const struct world *before, const struct world *changed, const struct event *event,
		    unsigned detail)
{
	const struct scenario *scenario = run.scenario;
	unsigned failing = scenario->may & MAY_FAIL_TO_SPAWN ? 0 : 99;
	unsigned spawns;

	run.visited[before->machine.state][event->type] = 1;
	do {
		struct world after = *changed;
		struct actions actions;
		struct judged step = { scenario, before, &after, event, &actions, detail };

		after.around.owed = OWED_NOTHING;
		note_event(&step);
		tend_step(&scenario->plan, &after.machine, event, NOW, &actions);
		if (event->type == EVENT_CHECKED)
			after.around.owed = OWED_EMPTY;
		if (after.machine.state == STATE_AUTO_RESTART && before->machine.state != STATE_AUTO_RESTART)
			enter_restart(scenario, &after.around);
		spawns = carry_out(&step, failing);
		judge_step(&step);
		reach(&after, event->type, detail + (spawns > failing ? 100U : 0U));
	} while (failing++ < spawns);
}

/* Nothing is changed but by the machine. */
static void just(const struct world *world, struct event event, unsigned detail)
{
	struct world changed = *world;

	changed.around.may_say_empty = false;
	deliver(world, &changed, &event, detail);
}

/* ---- what may come next ------------------------------------------------------------------ */

static void main_exits(const struct world *world, const struct ending *ending, unsigned detail)
{
	struct world changed = *world;
	struct event event = { .type = EVENT_MAIN_EXITED, .ending = *ending };

	changed.around.main = GONE;
	event.empty = !anybody(&changed.around);
	changed.around.may_say_empty = event.empty;
	deliver(world, &changed, &event, detail);
}

static void control_exits(const struct world *world, const struct ending *ending, unsigned detail)
{
	struct world changed = *world;
	struct event event = { .type = EVENT_CONTROL_EXITED, .ending = *ending };

	changed.around.control = GONE;
	event.empty = !anybody(&changed.around);
	changed.around.may_say_empty = event.empty;
	deliver(world, &changed, &event, detail);
}

static void check_ends(const struct world *world, bool success)
{
	struct world changed = *world;
	struct event event = { .type = EVENT_CHECKED, .success = success };

	changed.around.check = GONE;
	deliver(world, &changed, &event, success);
}

static void deaths(const struct world *world)
{
	const struct surroundings *around = &world->around;

	for (unsigned i = 0; i < ENDING_COUNT; i++) {
		if (around->main == ALIVE && run.scenario->main_ends >> i & 1)
			main_exits(world, &endings[i], i);
		if (around->control == ALIVE && run.scenario->control_ends >> i & 1)
			control_exits(world, &endings[i], i);
	}
	if (around->check == ALIVE)
		check_ends(world, true);
	if (around->check)
		check_ends(world, false);
	if (around->main == DYING)
		main_exits(world, &killed, 9);
	if (around->control == DYING)
		control_exits(world, &killed, 9);
}

/* Orphans come and go unseen; but the last one of all is told. */
static void leftovers(const struct world *world)
{
	struct world changed = *world;
	struct surroundings *around = &changed.around;
	struct event empty = { .type = EVENT_EMPTY };

	if (around->may_say_empty && !anybody(around)) {
		just(world, empty, 1);
		return;
	}
	if (around->main == ALIVE && around->leftovers < run.scenario->leftovers) {
		around->leftovers++;
		reach(&changed, EVENT_FORK, 0);
		changed = *world;
	}
	if (around->control == ALIVE && around->leftovers < run.scenario->leftovers) {
		around->leftovers++;
		reach(&changed, EVENT_FORK, 1);
		changed = *world;
	}
	if (!around->leftovers)
		return;
	around->leftovers--;
	if (around->dying > around->leftovers)
		around->dying--;
	if (anybody(around))
		reach(&changed, EVENT_FORK, 2);
	else
		deliver(world, &changed, &empty, 0);
}

/* MAINPID=, or the PID file at last: a descendant is the main process, an older one a mere descendant. */
static void main_found(const struct world *world)
{
	struct world changed = *world;
	struct surroundings *around = &changed.around;
	struct event event = { .type = EVENT_MAIN_FOUND };
	unsigned char old = around->main;

	if (around->leftovers <= around->dying)
		return;
	around->main = ALIVE;
	around->leftovers = (unsigned char)(around->leftovers - 1 + (old != GONE));
	around->dying = (unsigned char)(around->dying + (old == DYING));
	deliver(world, &changed, &event, 0);
}

static bool takes_main(enum state state)
{
	return (state >= STATE_START && state <= STATE_RELOAD_NOTIFY && state != STATE_EXITED) ||
	       state == STATE_STOP || state == STATE_STOP_SIGTERM;
}

static void notifications(const struct world *world)
{
	unsigned may = run.scenario->may;

	if (may & MAY_NOTIFY && anybody(&world->around)) {
		just(world, (struct event){ .type = EVENT_READY }, 0);
		just(world, (struct event){ .type = EVENT_RELOADING }, 0);
		just(world, (struct event){ .type = EVENT_STOPPING }, 0);
	}
	if ((may & MAY_MAIN_PID && takes_main(world->machine.state)) ||
	    (world->machine.pid_file_wanted && run.scenario->config.pid_file))
		main_found(world);
	if (world->around.main == ALIVE && world->machine.state == STATE_START)
		just(world, (struct event){ .type = EVENT_EXECUTED }, 0);
	if (may & MAY_WATCHDOG && anybody(&world->around)) {
		just(world, (struct event){ .type = EVENT_WATCHDOG_PING }, 0);
		just(world, (struct event){ .type = EVENT_WATCHDOG_TRIGGER }, 0);
		just(world, (struct event){ .type = EVENT_WATCHDOG_USEC, .usec = 3 }, 0);
	}
	if (may & MAY_EXTEND && anybody(&world->around)) {
		just(world, (struct event){ .type = EVENT_EXTEND, .usec = 1 }, 1);
		just(world, (struct event){ .type = EVENT_EXTEND, .usec = 4 }, 4);
		just(world, (struct event){ .type = EVENT_EXTEND, .usec = NEVER }, 99);
	}
}

static void requests(const struct world *world)
{
	unsigned may = run.scenario->may;
	bool unit = run.scenario->plan.unit;

	if (may & MAY_STOP)
		just(world, (struct event){ .type = EVENT_STOP, .signal = unit ? 0 : 2 }, 0);
	if (may & MAY_HOLD)
		just(world, (struct event){ .type = EVENT_STOP, .hold = true }, 1);
	if (may & MAY_START)
		just(world, (struct event){ .type = EVENT_START }, 0);
	if (may & MAY_RESTART)
		just(world, (struct event){ .type = EVENT_RESTART }, 0);
	if (may & MAY_RELOAD)
		just(world, (struct event){ .type = EVENT_RELOAD }, 0);
	if (may & MAY_SIGNAL) {
		just(world, (struct event){ .type = EVENT_SIGNAL, .signal = 15 }, 15);
		just(world, (struct event){ .type = EVENT_SIGNAL, .signal = 1 }, 1);
		just(world, (struct event){ .type = EVENT_SIGNAL, .signal = 10 }, 10);
	}
	if (may & MAY_OOM && anybody(&world->around))
		just(world, (struct event){ .type = EVENT_OOM }, 0);
	if (may & MAY_BE_UNHEALTHY && anybody(&world->around))
		just(world, (struct event){ .type = EVENT_UNHEALTHY }, 0);
}

static uint64_t earlier(uint64_t time, uint64_t span)
{
	return time == NEVER || !time ? time : time < span ? 1 : time - span;
}

/* One microsecond; or where nothing is due for longer than all the configuration's times, until then. */
static void tick(const struct world *world)
{
	struct world later = *world;
	struct machine *machine = &later.machine;
	struct surroundings *around = &later.around;
	uint64_t next = machine_deadline(machine);
	uint64_t span = next != NEVER && next - NOW > AGE_MAX ? next - NOW : 1;
	unsigned char age = (unsigned char)(span < AGE_MAX ? span : AGE_MAX);

	machine->deadline = earlier(machine->deadline, span);
	machine->watchdog_deadline = earlier(machine->watchdog_deadline, span);
	machine->health.due = earlier(machine->health.due, span);
	machine->health.since = earlier(machine->health.since, span);
	machine->begun = earlier(machine->begun, span);
	machine->up = earlier(machine->up, span);
	machine->window = earlier(machine->window, span);
	if (machine->state == STATE_AUTO_RESTART)
		around->waited = (unsigned char)(around->waited + age);
	if (around->run < AGE_MAX)
		around->run = (unsigned char)(around->run + age);
	if (around->window < AGE_MAX)
		around->window = (unsigned char)(around->window + age);
	around->may_say_empty = false;
	reach(&later, EVENT_TICK, (unsigned)span);
}

static void what_is_owed(const struct world *world)
{
	struct world met = *world;
	struct event not_spawned = { .type = EVENT_NOT_SPAWNED };

	switch (world->around.owed) {
	case OWED_MAIN:
		just(world, (struct event){ .type = EVENT_MAIN_MISSING }, 0);
		if (run.scenario->config.pid_file)
			just(world, (struct event){ .type = EVENT_MAIN_MISSING, .unheard = true }, 1);
		main_found(world);
		break;
	case OWED_CONDITIONS:
		just(world, (struct event){ .type = EVENT_UNMET }, 0);
		just(world, (struct event){ .type = EVENT_UNMET, .assert = true }, 1);
		met.around.owed = OWED_NOTHING;
		reach(&met, EVENT_FORK, 3);
		break;
	case OWED_CHECKED:
		just(world, (struct event){ .type = EVENT_CHECKED }, 2);
		break;
	case OWED_EMPTY:
		met.around.owed = OWED_NOTHING;
		if (world->machine.populated && !anybody(&world->around))
			just(world, (struct event){ .type = EVENT_EMPTY }, 2);
		else
			reach(&met, EVENT_FORK, 4);
		break;
	default:
		not_spawned.main = world->around.owed == OWED_NOT_SPAWNED_MAIN;
		just(world, not_spawned, not_spawned.main);
	}
}

static void expand(const struct world *world)
{
	if (world->machine.state == STATE_ENDED)
		return;
	if (world->around.owed != OWED_NOTHING) {
		what_is_owed(world);
		return;
	}
	notifications(world);
	deaths(world);
	leftovers(world);
	requests(world);
	if (machine_deadline(&world->machine) <= NOW)
		just(world, (struct event){ .type = EVENT_DEADLINE }, 0);
	else
		tick(world);
}

static void explore(struct scenario *scenario)
{
	struct world first;

	scenario->plan.config = &scenario->config;
	run.scenario = scenario;
	run.count = run.head = run.tail = run.current = 0;
	memset(run.slots, 0, SLOTS * sizeof *run.slots);
	memset(&first, 0, sizeof first);
	machine_init(&first.machine);
	first.machine.random = scenario->seed;
	first.around.main_status = -1;
	run.nodes[0].elapsed = 0;
	reach(&first, EVENT_TICK, 0);
	just(&first, (struct event){ .type = EVENT_START }, 0);
	while (run.head != run.tail) {
		struct world world;

		run.current = run.queue[run.head++ % NODES_MAX];
		run.nodes[run.current].queued = false;
		world = run.nodes[run.current].world;
		if (world.around.begun || world.machine.state != STATE_DEAD)
			expand(&world);
	}
	run.states += run.count;
	run.scenarios++;
	if (getenv("MACHINE_LIST"))
		printf("# %8u states: %s\n", run.count, scenario->name);
}

/* ---- the family of configurations -------------------------------------------------------- */

static struct scenario plain(enum service_type type, enum kill_mode mode)
{
	struct scenario scenario = {
		.config = {
			.type = type,
			.notify_access = NOTIFY_ACCESS_EXEC,
			.reload_signal = 1,
			.restart_usec = 2, .restart_max_delay = NEVER,
			.timeout_start = 3, .timeout_stop = 2, .timeout_abort = 1,
			.runtime_max = NEVER,
			.kill_mode = mode, .kill_signal = 15, .final_kill_signal = 9, .watchdog_signal = 6,
			.send_sigkill = true,
			.stop_on = 1 << 14,
		},
		.plan = { .unit = true, .count = { [LIST_START] = 1 } },
		.may = MAY_STOP,
		.main_ends = END_CLEAN | END_FAILED,
		.control_ends = END_CLEAN | END_FAILED,
		.leftovers = 1,
		.seed = 1,
	};

	if (type == TYPE_NOTIFY || type == TYPE_NOTIFY_RELOAD)
		scenario.may |= MAY_NOTIFY;
	return scenario;
}

static void commands(struct scenario *scenario, unsigned char each)
{
	for (unsigned list = 0; list < LIST_CLEAN; list++)
		if (list != LIST_START)
			scenario->plan.count[list] = each;
}

static void with_commands(struct scenario *s) { commands(s, 1); }
static void with_two_each(struct scenario *s) { commands(s, 2); }
static void with_two_mains(struct scenario *s) { s->plan.count[LIST_START] = 2; }
static void with_no_main(struct scenario *s) { s->plan.count[LIST_START] = 0; }
static void with_post(struct scenario *s) { s->plan.count[LIST_START_POST] = 1; }
static void with_stop_post(struct scenario *s) { s->plan.count[LIST_STOP_POST] = 1; }
static void with_exec_stop(struct scenario *s) { s->plan.count[LIST_STOP] = 1; }
static void with_condition(struct scenario *s)
{
	s->plan.count[LIST_CONDITION] = 2;
	s->control_ends |= END_255 | END_TERM;
}
static void with_conditions(struct scenario *s) { s->plan.conditions = true; }
static void with_cleaning(struct scenario *s) { s->plan.cleans = s->plan.cleans_on_restart = true; }
static void with_cleaning_at_the_end(struct scenario *s) { s->plan.cleans = true; }
static void with_ignored(struct scenario *s)
{
	for (unsigned list = 0; list < LIST_COUNT; list++)
		s->plan.ignore[list] = 1;
}
static void with_reload(struct scenario *s)
{
	s->plan.count[LIST_RELOAD] = 2;
	s->may |= MAY_RELOAD;
}
static void with_reload_request(struct scenario *s) { s->may |= MAY_RELOAD; }
static void with_requests(struct scenario *s) { s->may |= MAY_HOLD | MAY_START | MAY_RESTART; }
static void with_hold(struct scenario *s) { s->may |= MAY_HOLD | MAY_START; }
static void with_restart_request(struct scenario *s) { s->may |= MAY_RESTART; }
static void with_signals(struct scenario *s) { s->may |= MAY_SIGNAL; }
static void with_notify(struct scenario *s) { s->may |= MAY_NOTIFY; }
static void with_main_pid(struct scenario *s) { s->may |= MAY_MAIN_PID; }
static void with_failing_spawns(struct scenario *s) { s->may |= MAY_FAIL_TO_SPAWN; }
static void with_extend(struct scenario *s) { s->may |= MAY_EXTEND; }
static void with_health(struct scenario *s) { s->may |= MAY_BE_UNHEALTHY; }
static void with_watchdog(struct scenario *s)
{
	s->may |= MAY_WATCHDOG;
	s->config.watchdog = 2;
}
static void with_oom_stop(struct scenario *s)
{
	s->may |= MAY_OOM;
	s->config.oom_policy = OOM_STOP;
	s->main_ends |= END_OOM;
}
static void with_oom_kill(struct scenario *s)
{
	with_oom_stop(s);
	s->config.oom_policy = OOM_KILL;
}
static void with_oom_continue(struct scenario *s)
{
	with_oom_stop(s);
	s->config.oom_policy = OOM_CONTINUE;
}
static void with_health_check(struct scenario *s)
{
	s->config.health_check = "/check";
	s->config.health_interval = 2;
	s->config.health_timeout = 1;
	s->config.health_retries = 2;
}
static void with_start_period(struct scenario *s)
{
	with_health_check(s);
	s->config.health_start_period = 5;
}
static void with_ready_check(struct scenario *s)
{
	s->config.ready_check = "/check";
	s->config.health_timeout = 1;
	s->config.timeout_start = 5;
}
static void with_pid_file(struct scenario *s) { s->config.pid_file = "/run/x.pid"; }
static void with_all_endings(struct scenario *s)
{
	s->main_ends = (1U << ENDING_COUNT) - 1;
	s->config.restart_prevent.codes[1] = 1;      /* 64 */
	s->config.restart_force.codes[1] = 2;        /* 65 */
	s->config.success.codes[143 / 64] = 1ULL << 143 % 64;
}
static void with_remain(struct scenario *s) { s->config.remain_after_exit = true; }
static void with_access_main(struct scenario *s) { s->config.notify_access = NOTIFY_ACCESS_MAIN; }
static void with_cgroup_exit(struct scenario *s) { s->config.exit_type = EXIT_TYPE_CGROUP; }
static void with_runtime_max(struct scenario *s) { s->config.runtime_max = 2; }
static void with_random_runtime(struct scenario *s)
{
	s->config.runtime_max = 2;
	s->config.runtime_random_extra = 3;
}
static void with_random_delay(struct scenario *s) { s->config.randomized_delay = 3; }
static void without_sigkill(struct scenario *s) { s->config.send_sigkill = false; }
static void with_abort(struct scenario *s)
{
	s->config.timeout_start_failure = s->config.timeout_stop_failure = FAILURE_ABORT;
}
static void with_kill(struct scenario *s)
{
	s->config.timeout_start_failure = s->config.timeout_stop_failure = FAILURE_KILL;
}
static void without_deadlines(struct scenario *s)
{
	s->config.timeout_start = s->config.timeout_stop = NEVER;
}
static void without_start_deadline(struct scenario *s) { s->config.timeout_start = NEVER; }
static void with_schedule(struct scenario *s)
{
	static const struct stop_step steps[] = { { 1, 15 }, { 3, 3 }, { 1, 15 }, { NEVER, 9 } };

	memcpy(s->config.stop_schedule, steps, sizeof steps);
	s->config.stop_steps = sizeof steps / sizeof *steps;
}
static void with_other_signals(struct scenario *s)
{
	s->config.kill_signal = 3;
	s->config.restart_kill_signal = 10;
	s->config.final_kill_signal = 12;
}
static void with_endless_schedule(struct scenario *s)
{
	static const struct stop_step steps[] = { { 1, 15 }, { NEVER, 3 } };

	memcpy(s->config.stop_schedule, steps, sizeof steps);
	s->config.stop_steps = sizeof steps / sizeof *steps;
}
static void with_restart(struct scenario *s) { s->config.restart = RESTART_ALWAYS; }
static void with_restart_on_failure(struct scenario *s) { s->config.restart = RESTART_ON_FAILURE; }
static void with_restart_on_success(struct scenario *s) { s->config.restart = RESTART_ON_SUCCESS; }
static void with_restart_on_abnormal(struct scenario *s) { s->config.restart = RESTART_ON_ABNORMAL; }
static void with_restart_on_watchdog(struct scenario *s) { s->config.restart = RESTART_ON_WATCHDOG; }
static void with_restart_on_abort(struct scenario *s) { s->config.restart = RESTART_ON_ABORT; }
static void without_delay(struct scenario *s)
{
	s->config.restart_usec = 0;
}
static void with_limit(struct scenario *s)
{
	s->config.start_limit_interval = 7;
	s->config.start_limit_burst = 2;
}
static void with_endless_limit(struct scenario *s)
{
	s->config.start_limit_interval = NEVER;
	s->config.start_limit_burst = 3;
}
static void with_docker(struct scenario *s)
{
	s->config.restart = RESTART_UNLESS_STOPPED;
	s->config.docker_backoff = true;
	s->config.restart_usec = 1;
	s->config.restart_max_delay = 5;
	s->config.restart_reset = 4;
}
static void with_docker_retries(struct scenario *s)
{
	with_docker(s);
	s->config.restart = RESTART_ON_FAILURE;
	s->config.docker_retries = 2;
}
static void with_reset(struct scenario *s) { s->config.restart_reset = 4; }
static void with_no_end(struct scenario *s)
{
	s->config.failure_action = s->config.success_action = END_NONE;
	s->may |= MAY_START;
}
static void bare(struct scenario *s)
{
	s->plan.unit = false;
	s->config.kill_signal = 0;
	s->config.timeout_stop = s->config.timeout_abort = NEVER;
	s->main_ends |= END_TERM;
}
static void with_two_leftovers(struct scenario *s) { s->leftovers = 2; }

static const struct row {
	const char *name;
	enum service_type type;
	enum kill_mode mode;
	void (*with[8])(struct scenario *scenario);
} rows[] = {
#define SIMPLE TYPE_SIMPLE, KILL_CONTROL_GROUP
	{ "all endings", SIMPLE, { with_all_endings, with_restart } },
	{ "two commands each", SIMPLE, { with_two_each } },
	{ "two commands each, fork fails", SIMPLE, { with_two_each, with_failing_spawns } },
	{ "two leftovers", SIMPLE, { with_two_leftovers, with_stop_post, with_restart } },
	{ "fork fails, restart", SIMPLE, { with_failing_spawns, with_restart, with_cleaning, with_post } },
	{ "fork fails, mixed", TYPE_SIMPLE, KILL_MIXED, { with_failing_spawns, with_commands } },
	{ "fork fails, forking", TYPE_FORKING, KILL_CONTROL_GROUP,
	  { with_failing_spawns, with_commands } },
	{ "fork fails, oneshot", TYPE_ONESHOT, KILL_PROCESS,
	  { with_failing_spawns, with_two_mains, with_requests } },
	{ "requests", SIMPLE, { with_requests, with_commands } },
	{ "requests, restart", SIMPLE, { with_requests, with_restart, with_cleaning } },
	{ "requests, mixed", TYPE_SIMPLE, KILL_MIXED, { with_requests, with_stop_post } },
	{ "requests, process", TYPE_SIMPLE, KILL_PROCESS,
	  { with_requests, with_exec_stop, with_restart } },
	{ "requests, none", TYPE_SIMPLE, KILL_NONE, { with_requests, with_exec_stop, with_restart } },
	{ "requests, no SIGKILL", SIMPLE, { with_requests, without_sigkill, with_restart } },
	{ "requests, no SIGKILL, mixed", TYPE_SIMPLE, KILL_MIXED,
	  { with_requests, without_sigkill, with_restart } },
	{ "requests, oneshot that remains", TYPE_ONESHOT, KILL_CONTROL_GROUP,
	  { with_requests, with_remain } },
	{ "requests, oneshot that remains, ExecStop", TYPE_ONESHOT, KILL_CONTROL_GROUP,
	  { with_requests, with_remain, with_exec_stop } },
	{ "requests, limits, conditions", SIMPLE,
	  { with_requests, with_restart, with_limit, with_conditions } },
	{ "requests, delayed", SIMPLE, { with_requests, with_random_delay, with_restart } },
	{ "requests, stays up", SIMPLE, { with_hold, with_no_end } },
	{ "requests, cleaning", SIMPLE, { with_requests, with_cleaning_at_the_end } },
	{ "requests, other signals", SIMPLE, { with_requests, with_other_signals, with_stop_post } },
	{ "conditions", SIMPLE, { with_conditions, with_cleaning, with_restart } },
	{ "ExecCondition=", SIMPLE, { with_condition, with_restart } },
	{ "ignored failures", SIMPLE, { with_two_each, with_ignored } },
	{ "ignored failures, oneshot", TYPE_ONESHOT, KILL_CONTROL_GROUP,
	  { with_two_mains, with_ignored } },
	{ "ignored failures, forking", TYPE_FORKING, KILL_CONTROL_GROUP,
	  { with_ignored, with_stop_post } },
	{ "oneshot, two commands", TYPE_ONESHOT, KILL_CONTROL_GROUP, { with_two_mains, with_commands } },
	{ "oneshot, none", TYPE_ONESHOT, KILL_CONTROL_GROUP,
	  { with_no_main, with_commands, with_remain, with_requests } },
	{ "oneshot, no deadlines", TYPE_ONESHOT, KILL_CONTROL_GROUP,
	  { without_start_deadline, with_restart_on_failure } },
	{ "cleaning, process", TYPE_SIMPLE, KILL_PROCESS, { with_cleaning, with_restart } },
	{ "cleaning, none", TYPE_SIMPLE, KILL_NONE, { with_cleaning, with_requests } },
	{ "reload", SIMPLE, { with_reload } },
	{ "reload, no way to", SIMPLE, { with_reload_request } },
	{ "reload, notify", TYPE_NOTIFY, KILL_CONTROL_GROUP, { with_reload, with_post } },
	{ "reload, notify-reload", TYPE_NOTIFY_RELOAD, KILL_CONTROL_GROUP, { with_reload } },
	{ "reload by signal", TYPE_NOTIFY_RELOAD, KILL_CONTROL_GROUP,
	  { with_reload_request, with_signals } },
	{ "reload, remains", TYPE_NOTIFY_RELOAD, KILL_PROCESS, { with_reload_request, with_remain } },
	{ "reload, oneshot that remains", TYPE_ONESHOT, KILL_PROCESS, { with_reload, with_remain } },
	{ "reload, cgroup", SIMPLE, { with_reload, with_cgroup_exit } },
	{ "reload, fork fails", SIMPLE, { with_reload, with_failing_spawns } },
	{ "reload, runtime max", SIMPLE, { with_reload, with_runtime_max } },
	{ "notify, access main", TYPE_NOTIFY, KILL_CONTROL_GROUP, { with_remain, with_access_main } },
	{ "notify, remains", TYPE_NOTIFY, KILL_CONTROL_GROUP, { with_remain } },
	{ "notify, ExecStop", TYPE_NOTIFY, KILL_MIXED, { with_exec_stop, with_main_pid } },
	{ "simple that notifies", SIMPLE, { with_notify, with_main_pid, with_post } },
	{ "forking, ExecStop", TYPE_FORKING, KILL_CONTROL_GROUP, { with_exec_stop, with_two_leftovers } },
	{ "forking, PID file", TYPE_FORKING, KILL_CONTROL_GROUP, { with_pid_file, with_two_leftovers } },
	{ "forking, PID file, post", TYPE_FORKING, KILL_CONTROL_GROUP,
	  { with_pid_file, with_post, with_exec_stop } },
	{ "forking, PID file, process", TYPE_FORKING, KILL_PROCESS, { with_pid_file, with_restart } },
	{ "forking, MAINPID=", TYPE_FORKING, KILL_CONTROL_GROUP,
	  { with_main_pid, with_notify, with_exec_stop } },
	{ "forking, cgroup", TYPE_FORKING, KILL_MIXED, { with_cgroup_exit, with_post } },
	{ "cgroup", SIMPLE, { with_cgroup_exit, with_exec_stop, with_restart } },
	{ "cgroup, exec", TYPE_EXEC, KILL_PROCESS, { with_cgroup_exit } },
	{ "cgroup, notify", TYPE_NOTIFY, KILL_CONTROL_GROUP, { with_cgroup_exit, with_post } },
	{ "cgroup, oneshot", TYPE_ONESHOT, KILL_CONTROL_GROUP, { with_cgroup_exit, with_remain } },
	{ "watchdog", SIMPLE, { with_watchdog, with_restart_on_watchdog, with_post } },
	{ "watchdog, no SIGKILL", SIMPLE, { with_watchdog, without_sigkill } },
	{ "watchdog, none", TYPE_SIMPLE, KILL_NONE, { with_watchdog } },
	{ "watchdog, notify-reload", TYPE_NOTIFY_RELOAD, KILL_CONTROL_GROUP,
	  { with_watchdog, with_reload_request } },
	{ "runtime max", SIMPLE, { with_runtime_max, with_exec_stop, with_restart } },
	{ "runtime max, random", SIMPLE, { with_random_runtime } },
	{ "extend", TYPE_NOTIFY, KILL_CONTROL_GROUP, { with_extend, with_commands } },
	{ "extend, runtime max, restart", SIMPLE, { with_extend, with_runtime_max, with_restart } },
	{ "extend, watchdog", SIMPLE, { with_extend, with_watchdog } },
	{ "oom, stop", SIMPLE, { with_oom_stop, with_commands } },
	{ "oom, kill", SIMPLE, { with_oom_kill, with_commands } },
	{ "oom, continue", SIMPLE, { with_oom_continue } },
	{ "oom, remains", TYPE_ONESHOT, KILL_CONTROL_GROUP, { with_oom_stop, with_remain } },
	{ "unhealthy", SIMPLE, { with_health, with_restart_on_failure } },
	{ "unhealthy, no restart", SIMPLE, { with_health, with_exec_stop } },
	{ "checks", SIMPLE, { with_health_check, with_restart_on_failure, with_exec_stop } },
	{ "checks, no restart", TYPE_SIMPLE, KILL_PROCESS, { with_health_check, with_requests } },
	{ "checks, start period, mixed", TYPE_SIMPLE, KILL_MIXED, { with_start_period, with_restart } },
	{ "checks, reload, fork fails", SIMPLE, { with_health_check, with_reload, with_failing_spawns } },
	{ "checks, forking", TYPE_FORKING, KILL_CONTROL_GROUP, { with_health_check, with_ready_check } },
	{ "checks, remains", TYPE_ONESHOT, KILL_CONTROL_GROUP,
	  { with_health_check, with_remain, with_requests } },
	{ "checks, notify, none", TYPE_NOTIFY, KILL_NONE, { with_health_check, with_requests } },
	{ "ready check", SIMPLE, { with_ready_check, with_post, with_restart } },
	{ "ready check, fork fails", TYPE_EXEC, KILL_PROCESS,
	  { with_ready_check, with_failing_spawns, with_restart } },
	{ "ready check, for ever", SIMPLE, { with_ready_check, without_start_deadline, with_requests } },
	{ "ready check, guess no main", TYPE_FORKING, KILL_PROCESS,
	  { with_ready_check, without_start_deadline, with_post } },
	{ "ready check, cgroup, watchdog", TYPE_SIMPLE, KILL_MIXED,
	  { with_ready_check, with_health_check, with_cgroup_exit, with_watchdog } },
	{ "ready check, restart", TYPE_FORKING, KILL_CONTROL_GROUP, { with_ready_check, with_restart } },
	{ "ready check, notifies", TYPE_FORKING, KILL_MIXED,
	  { with_ready_check, with_notify, with_main_pid } },
	{ "abort", SIMPLE, { with_abort, with_commands } },
	{ "abort, no SIGKILL", SIMPLE, { with_abort, with_commands, without_sigkill } },
	{ "abort, process", TYPE_EXEC, KILL_PROCESS, { with_abort, with_stop_post } },
	{ "kill", SIMPLE, { with_kill, with_commands } },
	{ "kill, no SIGKILL", SIMPLE, { with_kill, with_commands, without_sigkill } },
	{ "no SIGKILL, mixed", TYPE_SIMPLE, KILL_MIXED, { without_sigkill, with_commands } },
	{ "no SIGKILL, process", TYPE_SIMPLE, KILL_PROCESS, { without_sigkill, with_commands } },
	{ "no deadlines", SIMPLE, { without_deadlines, with_commands } },
	{ "no deadlines, forking", TYPE_FORKING, KILL_CONTROL_GROUP,
	  { without_deadlines, with_pid_file } },
	{ "schedule", SIMPLE, { with_schedule, with_stop_post, with_signals } },
	{ "schedule, mixed, notify", TYPE_NOTIFY, KILL_MIXED, { with_schedule } },
	{ "schedule, abort", SIMPLE, { with_schedule, with_abort, with_requests } },
	{ "schedule, no SIGKILL", SIMPLE, { with_schedule, without_sigkill } },
	{ "schedule without end", SIMPLE, { with_endless_schedule, with_exec_stop } },
	{ "cleaning", SIMPLE, { with_cleaning, with_restart, with_failing_spawns } },
	{ "on-failure", SIMPLE, { with_restart_on_failure, with_all_endings } },
	{ "on-success", SIMPLE, { with_restart_on_success, with_all_endings } },
	{ "on-abnormal", SIMPLE, { with_restart_on_abnormal, with_all_endings } },
	{ "on-abort", SIMPLE, { with_restart_on_abort, with_all_endings } },
	{ "limit", SIMPLE, { with_restart, with_limit } },
	{ "limit, no delay", SIMPLE, { with_restart, with_limit, without_delay } },
	{ "limit, reset", SIMPLE, { with_restart, with_limit, with_reset } },
	{ "limit for ever", SIMPLE, { with_restart_on_failure, with_endless_limit, with_stop_post } },
	{ "docker", SIMPLE, { with_docker, with_requests } },
	{ "docker, retries", SIMPLE, { with_docker_retries, with_requests } },
	{ "stays up", SIMPLE, { with_no_end } },
	{ "bare", TYPE_SIMPLE, KILL_MIXED, { bare, with_signals } },
	{ "bare, process", TYPE_SIMPLE, KILL_PROCESS, { bare, with_signals, with_all_endings } },
	{ "bare, restart", TYPE_SIMPLE, KILL_MIXED, { bare, with_signals, with_docker } },
	{ "bare, requests", TYPE_SIMPLE, KILL_MIXED, { bare, with_requests, with_restart_request } },
};

static void explore_row(const struct row *row)
{
	struct scenario scenario = plain(row->type, row->mode);

	for (unsigned i = 0; i < sizeof row->with / sizeof *row->with && row->with[i]; i++)
		row->with[i](&scenario);
	snprintf(scenario.name, sizeof scenario.name, "%s", row->name);
	explore(&scenario);
	if (scenario.config.randomized_delay || scenario.config.runtime_random_extra)
		for (scenario.seed = 3; scenario.seed < 20; scenario.seed += 4)
			explore(&scenario);
}

static void deepen(struct scenario *scenario)
{
	with_failing_spawns(scenario);
	with_requests(scenario);
	with_restart(scenario);
	with_cleaning(scenario);
}

/* Each Type= with each KillMode=, without and with commands of every kind. */
static void explore_product(bool deep)
{
	for (unsigned i = TYPE_SIMPLE; i <= TYPE_IDLE; i++)
		for (unsigned j = KILL_CONTROL_GROUP; j <= KILL_NONE; j++)
			for (unsigned k = 0; k < 2; k++) {
				struct scenario scenario = plain((enum service_type)i, (enum kill_mode)j);

				commands(&scenario, (unsigned char)k);
				if (deep)
					deepen(&scenario);
				snprintf(scenario.name, sizeof scenario.name, "type %u, kill mode %u, %u of each", i, j, k);
				explore(&scenario);
			}
}

static void explore_all(void)
{
	run.nodes = malloc(NODES_MAX * sizeof *run.nodes);
	run.slots = malloc(SLOTS * sizeof *run.slots);
	run.queue = malloc(NODES_MAX * sizeof *run.queue);
	if (!run.nodes || !run.slots || !run.queue)
		abort();
	explore_product(false);
	if (getenv("MACHINE_DEEP"))
		explore_product(true);
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
		explore_row(&rows[i]);
	free(run.nodes);
	free(run.slots);
	free(run.queue);
	printf("# %u configurations, %lu states, %lu transitions, at most %u actions in a step\n",
	       run.scenarios, run.states, run.transitions, run.most_actions);
}

/* ---- the promises ------------------------------------------------------------------------ */

static void held(enum promise promise)
{
	if (!run.scenarios)
		explore_all();
	if (!CHECK_INT(run.broken[promise], 0))
		printf("#     %s\n", run.example[promise]);
}

#define PROMISE(name, promise) static void name(void) { held(promise); }
PROMISE(there_are_never_two_mains, NEVER_TWO_MAINS)
PROMISE(nothing_starts_beside_a_leftover, NO_START_BESIDE_A_LEFTOVER)
PROMISE(no_restart_comes_before_its_delay, NO_RESTART_BEFORE_ITS_DELAY)
PROMISE(no_restart_comes_past_the_limit, NO_RESTART_PAST_THE_LIMIT)
PROMISE(it_gives_up_at_the_limit_only, GIVES_UP_AT_THE_LIMIT)
PROMISE(nothing_starts_without_a_reason, NO_START_WITHOUT_A_REASON)
PROMISE(nothing_starts_after_a_stop_was_asked_for, NO_START_AFTER_A_STOP)
PROMISE(a_start_that_is_wanted_is_not_lost, STARTS_ARE_NOT_LOST)
PROMISE(every_waiting_state_has_a_process_a_deadline_or_is_a_named_rest, EVERY_WAIT_ENDS)
PROMISE(nothing_waits_for_a_process_that_is_there_no_more, WHAT_HAS_COME_IS_NOT_AWAITED)
PROMISE(a_stop_ends_within_the_sum_of_its_timeouts, STOP_IS_BOUNDED)
PROMISE(the_exit_status_is_the_services, STATUS_IS_THE_SERVICES)
PROMISE(it_ends_once, EXIT_ONCE)
PROMISE(it_does_not_end_while_it_is_held_or_told_to_stay, EXIT_ONLY_WHEN_IT_IS_TO)
PROMISE(there_is_always_room_for_the_actions, ACTIONS_FIT)
PROMISE(a_deadline_never_outlives_its_state, DEADLINE_BELONGS_TO_STATE)
PROMISE(a_deadline_that_has_come_is_not_due_again_at_once, DEADLINE_MAKES_PROGRESS)
PROMISE(extend_timeout_only_puts_off, EXTENSIONS_ONLY_PUT_OFF)
PROMISE(each_start_that_succeeds_is_told_once, UP_IS_SAID_ONCE)
PROMISE(what_it_believes_of_processes_is_true, BELIEFS_ARE_TRUE)
PROMISE(one_check_runs_at_a_time_and_only_while_it_is_wanted, CHECKS_ARE_WANTED)
PROMISE(a_check_that_is_wanted_comes, CHECKS_GO_ON)
PROMISE(every_signal_has_a_receiver, SIGNALS_HAVE_RECEIVERS)
PROMISE(every_signal_is_the_one_that_is_configured, SIGNALS_ARE_THE_RIGHT_ONES)
PROMISE(kill_mode_decides_who_has_a_signal, KILL_MODE_IS_KEPT)
PROMISE(without_send_sigkill_there_is_no_sigkill, SEND_SIGKILL_IS_KEPT)
PROMISE(commands_run_one_after_another_while_they_succeed, COMMANDS_RUN_IN_ORDER)
PROMISE(exec_stop_runs_only_after_a_start_that_was_successful, STOP_COMMANDS_FOLLOW_A_START)
PROMISE(a_failure_is_neither_lost_nor_invented, FAILURES_ARE_KEPT)

static void every_cell_of_the_table_is_filled(void)
{
	CHECK(machine_table_is_full());
}

/* systemctl list-units shows them. */
static void states_and_results_have_systemds_names(void)
{
	static const struct { enum state state; const char *name, *active; } states[] = {
		{ STATE_DEAD, "dead", "inactive" },
		{ STATE_DELAYED, "delayed", "activating" },
		{ STATE_CONDITION, "condition", "activating" },
		{ STATE_START_PRE, "start-pre", "activating" },
		{ STATE_START, "start", "activating" },
		{ STATE_START_POST, "start-post", "activating" },
		{ STATE_RUNNING, "running", "active" },
		{ STATE_EXITED, "exited", "active" },
		{ STATE_RELOAD, "reload", "reloading" },
		{ STATE_RELOAD_SIGNAL, "reload-signal", "reloading" },
		{ STATE_RELOAD_NOTIFY, "reload-notify", "reloading" },
		{ STATE_STOP, "stop", "deactivating" },
		{ STATE_STOP_WATCHDOG, "stop-watchdog", "deactivating" },
		{ STATE_STOP_SIGTERM, "stop-sigterm", "deactivating" },
		{ STATE_STOP_SIGKILL, "stop-sigkill", "deactivating" },
		{ STATE_STOP_POST, "stop-post", "deactivating" },
		{ STATE_FINAL_WATCHDOG, "final-watchdog", "deactivating" },
		{ STATE_FINAL_SIGTERM, "final-sigterm", "deactivating" },
		{ STATE_FINAL_SIGKILL, "final-sigkill", "deactivating" },
		{ STATE_CLEANING, "cleaning", "deactivating" },
		{ STATE_AUTO_RESTART, "auto-restart", "activating" },
		{ STATE_FAILED, "failed", "failed" },
		{ STATE_ENDED, "ended", "inactive" },
	};
	static const char *const results[] = {
		"success", "resources", "protocol", "timeout", "exit-code", "signal", "core-dump", "watchdog",
		"start-limit-hit", "oom-kill", "exec-condition", "condition", "assert",
	};
	_Static_assert(sizeof states / sizeof *states == STATE_COUNT, "every state");
	_Static_assert(sizeof results / sizeof *results == RESULT_COUNT, "every result");

	for (unsigned i = 0; i < STATE_COUNT; i++) {
		CHECK_TEXT(state_name(states[i].state), states[i].name);
		CHECK_TEXT(active_state_name(states[i].state), states[i].active);
	}
	for (unsigned i = 0; i < RESULT_COUNT; i++)
		CHECK_TEXT(result_name((enum result)i), results[i]);
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(states_and_results_have_systemds_names),
		TEST(every_cell_of_the_table_is_filled),
		TEST(there_are_never_two_mains),
		TEST(nothing_starts_beside_a_leftover),
		TEST(no_restart_comes_before_its_delay),
		TEST(no_restart_comes_past_the_limit),
		TEST(it_gives_up_at_the_limit_only),
		TEST(nothing_starts_without_a_reason),
		TEST(nothing_starts_after_a_stop_was_asked_for),
		TEST(a_start_that_is_wanted_is_not_lost),
		TEST(every_waiting_state_has_a_process_a_deadline_or_is_a_named_rest),
		TEST(nothing_waits_for_a_process_that_is_there_no_more),
		TEST(a_stop_ends_within_the_sum_of_its_timeouts),
		TEST(the_exit_status_is_the_services),
		TEST(it_ends_once),
		TEST(it_does_not_end_while_it_is_held_or_told_to_stay),
		TEST(there_is_always_room_for_the_actions),
		TEST(a_deadline_never_outlives_its_state),
		TEST(a_deadline_that_has_come_is_not_due_again_at_once),
		TEST(extend_timeout_only_puts_off),
		TEST(each_start_that_succeeds_is_told_once),
		TEST(what_it_believes_of_processes_is_true),
		TEST(one_check_runs_at_a_time_and_only_while_it_is_wanted),
		TEST(a_check_that_is_wanted_comes),
		TEST(every_signal_has_a_receiver),
		TEST(every_signal_is_the_one_that_is_configured),
		TEST(kill_mode_decides_who_has_a_signal),
		TEST(without_send_sigkill_there_is_no_sigkill),
		TEST(commands_run_one_after_another_while_they_succeed),
		TEST(exec_stop_runs_only_after_a_start_that_was_successful),
		TEST(a_failure_is_neither_lost_nor_invented),
	};

	return unit_run(tests, sizeof tests / sizeof *tests);
}
