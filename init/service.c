#include "service.h"
#include "restart.h"

#include <string.h>

/* One step's surroundings, so that handlers have one argument. */
struct step {
	const struct plan *plan;
	const struct config *config;
	struct machine *machine;
	const struct event *event;
	uint64_t now;
	struct actions *actions;
	enum result result; /* what the event says of the service: of an exit, clean or how it failed */
};

static struct action *act(struct step *step, enum action_type type)
{
	struct action *action = &step->actions->list[step->actions->count];

	/* The exploration in tests/unit/machine.c shows that there is always room; the last one is never lost silently. */
	if (step->actions->count < ACTIONS_MAX - 1)
		step->actions->count++;
	*action = (struct action){ .type = type, .state = step->machine->state, .result = step->machine->result };
	return action;
}

static struct action *say(struct step *step, enum log_kind kind)
{
	struct action *action = act(step, ACTION_LOG);

	action->log = kind;
	action->main = step->machine->main_alive;
	return action;
}

/* WatchdogSec= counts from the start's end on, as long as the service is up. */
static bool is_watched(enum state state)
{
	return state >= STATE_START_POST && state <= STATE_RELOAD_NOTIFY && state != STATE_EXITED;
}

/* The one place where the state changes: a deadline that belonged to the old state dies with it. */
static void enter(struct step *step, enum state state, uint64_t timeout)
{
	struct machine *machine = step->machine;

	if (machine->state != state)
		machine->state_since = step->now;
	machine->state = state;
	machine->deadline = usec_after(step->now, timeout);
	if (!is_watched(state))
		machine->watchdog_deadline = USEC_INFINITY;
	if (state != STATE_START)
		machine->ready_wanted = false;
	if (state > STATE_START_POST)
		machine->pid_file_wanted = false;
}

/* The first failure is the one that counts; what follows from it is noise. */
static void blame(struct step *step, enum result result)
{
	if (step->machine->result == RESULT_SUCCESS)
		step->machine->result = result;
}

static uint64_t draw(struct step *step, uint64_t below)
{
	uint32_t x = (step->machine->random ^ (uint32_t)step->now) | 1;

	/* Marsaglia's xorshift: what is spread here needs no better. */
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	step->machine->random = x;
	return below ? (((uint64_t)x << 16) ^ x) % below : 0;
}

/* Lists of commands, one process at a time. */

static bool somebody_named(const struct machine *machine)
{
	return machine->main_alive || machine->control_alive;
}

static bool anybody(const struct machine *machine)
{
	return somebody_named(machine) || machine->populated;
}

/* From now on a control process that still lives is a mere descendant: EVENT_EMPTY tells of its end. */
static void forget_control(struct machine *machine)
{
	machine->populated |= machine->control_alive;
	machine->control_alive = false;
}

static void kill_control(struct step *step)
{
	if (step->machine->control_alive)
		act(step, ACTION_KILL_CONTROL);
	forget_control(step->machine);
}

static void spawn_control(struct step *step, enum list list, unsigned char index)
{
	struct action *action = act(step, ACTION_SPAWN);

	action->list = list;
	action->index = index;
	forget_control(step->machine);
	step->machine->control_list = list;
	step->machine->control_index = index;
	step->machine->control_alive = true;
}

/* Each command of a list has the whole time for itself. */
static void run_command(struct step *step, enum list list, unsigned index, enum state state)
{
	spawn_control(step, list, (unsigned char)index);
	enter(step, state, list >= LIST_STOP ? step->config->timeout_stop : step->config->timeout_start);
}

/* Begins with a list of commands, in its state; false when there is none. */
static bool run_list(struct step *step, enum list list, enum state state)
{
	if (!step->plan->count[list])
		return false;
	run_command(step, list, 0, state);
	return true;
}

static void spawn_main(struct step *step, unsigned char index)
{
	struct action *action = act(step, ACTION_SPAWN);

	action->list = LIST_START;
	action->index = index;
	action->main = true;
	step->machine->main_index = index;
	step->machine->main_alive = true;
	step->machine->main_known = true;
}

/* Stopping. */

static void enter_dead(struct step *step, enum result result);

static bool is_final(enum state state)
{
	return state == STATE_FINAL_WATCHDOG || state == STATE_FINAL_SIGTERM || state == STATE_FINAL_SIGKILL;
}

static bool is_sigkill(enum state state)
{
	return state == STATE_STOP_SIGKILL || state == STATE_FINAL_SIGKILL;
}

static bool is_watchdog(enum state state)
{
	return state == STATE_STOP_WATCHDOG || state == STATE_FINAL_WATCHDOG;
}

static bool scheduled(const struct step *step, enum state state)
{
	return step->config->stop_steps && (state == STATE_STOP_SIGTERM || state == STATE_FINAL_SIGTERM);
}

static int terminating_signal(const struct step *step, enum state state)
{
	const struct config *config = step->config;

	if (state == STATE_STOP_SIGTERM && step->machine->start_asked && config->restart_kill_signal)
		return config->restart_kill_signal;
	if (config->kill_signal)
		return config->kill_signal;
	return step->machine->came ? step->machine->came : 15;
}

static int signal_of(const struct step *step, enum state state)
{
	if (is_sigkill(state))
		return step->config->final_kill_signal;
	if (is_watchdog(state))
		return step->config->watchdog_signal;
	if (scheduled(step, state))
		return step->config->stop_schedule[step->machine->stop_step].signal;
	return terminating_signal(step, state);
}

/* After SIGKILL nothing is waited for without end: what it does not end in this time, nothing ends. */
#define KILL_PATIENCE (90 * USEC_PER_SEC)

static uint64_t patience_of(const struct step *step, enum state state)
{
	if (is_sigkill(state) && step->config->timeout_stop == USEC_INFINITY)
		return KILL_PATIENCE;
	if (is_watchdog(state))
		return step->config->timeout_abort;
	if (scheduled(step, state))
		return step->config->stop_schedule[step->machine->stop_step].wait;
	return step->config->timeout_stop;
}

/* KillMode=: whether a stop is to leave nobody. */
static bool ends_all(const struct config *config)
{
	return config->kill_mode == KILL_CONTROL_GROUP || config->kill_mode == KILL_MIXED;
}

/* Whether something of the last instance could not be ended: nothing may start beside it. */
static bool is_beset(const struct step *step)
{
	return somebody_named(step->machine) || (step->machine->populated && ends_all(step->config));
}

/* KillMode=: who has the signal of that state, beyond the main and the control process. */
static bool reaches_all(const struct step *step, enum state state)
{
	return step->config->kill_mode == KILL_CONTROL_GROUP ||
	       (step->config->kill_mode == KILL_MIXED && is_sigkill(state));
}

/* SendSIGHUP= goes with the request to end alone: not with a watchdog's or a last signal, nor before a restart. */
static bool hangs_up(const struct step *step, enum state state)
{
	return step->config->send_sighup && (state == STATE_FINAL_SIGTERM ||
					     (state == STATE_STOP_SIGTERM && !step->machine->start_asked));
}

/* Sends that state's signal; false when there is nobody to wait for. */
static bool send_signal(struct step *step, enum state state)
{
	struct machine *machine = step->machine;
	bool all = reaches_all(step, state) && anybody(machine);
	struct action *action;

	if (step->config->kill_mode == KILL_NONE || (!somebody_named(machine) && !all))
		return false;
	action = act(step, ACTION_KILL);
	action->signal = signal_of(step, state);
	action->all = all;
	action->hangup = hangs_up(step, state);
	return true;
}

static void enter_signal(struct step *step, enum state state, enum result result);
static void enter_stop_post(struct step *step, enum result result);

/* Nobody is left to wait for, or nobody went: what comes after the state that sends a signal. */
static void leave_signal(struct step *step, enum state state, enum result result)
{
	enum state kill = is_final(state) ? STATE_FINAL_SIGKILL : STATE_STOP_SIGKILL;

	if (!is_sigkill(state) && step->config->send_sigkill)
		enter_signal(step, kill, result);
	else if (is_final(state))
		enter_dead(step, result);
	else
		enter_stop_post(step, result);
}

static void enter_signal(struct step *step, enum state state, enum result result)
{
	blame(step, result);
	if (!is_sigkill(state))
		step->machine->stop_step = 0;
	if (send_signal(step, state))
		enter(step, state, patience_of(step, state));
	else
		leave_signal(step, state, RESULT_SUCCESS);
}

static void enter_stop_post(struct step *step, enum result result)
{
	blame(step, result);
	if (!run_list(step, LIST_STOP_POST, STATE_STOP_POST))
		enter_signal(step, STATE_FINAL_SIGTERM, RESULT_SUCCESS);
}

/* ExecStop= is only for what has been started: a start that failed or was called off goes to the signals. */
static void enter_stop(struct step *step, enum result result)
{
	blame(step, result);
	if (!run_list(step, LIST_STOP, STATE_STOP))
		enter_signal(step, STATE_STOP_SIGTERM, RESULT_SUCCESS);
}

/* The end, and what comes after it. */

static void finish(struct step *step)
{
	struct machine *machine = step->machine;

	enter(step, STATE_ENDED, USEC_INFINITY);
	act(step, ACTION_EXIT)->status = final_status(step->plan, machine);
}

bool result_is_failure(enum result result)
{
	return result != RESULT_SUCCESS && result != RESULT_EXEC_CONDITION && result != RESULT_CONDITION;
}

static enum end_action end_action(const struct step *step)
{
	bool failed = result_is_failure(step->machine->result);

	return failed ? step->config->failure_action : step->config->success_action;
}

void machine_tell_ending(const struct machine *machine, struct action *action)
{
	/* A command that could not be forked has no end: that of the main process, which follows, is not its. */
	bool failed = machine->failed.how != HOW_NONE || machine->failed_list != LIST_START;

	action->ending = failed ? machine->failed : machine->main_ending;
	action->list = machine->failed_list;
	action->check = machine->unhealthy ? CHECK_HEALTH : CHECK_NONE;
}

static void say_ended(struct step *step)
{
	struct machine *machine = step->machine;
	bool failed = result_is_failure(machine->result);
	struct action *action;

	if (machine->result == RESULT_START_LIMIT_HIT)
		return;
	if (machine->stop_asked)
		action = say(step, failed ? LOG_STOP_FAILED : LOG_STOPPED);
	else
		action = say(step, machine->active || !failed ? LOG_ENDED : LOG_START_FAILED);
	action->span = step->now - machine->stop_begun;
	machine_tell_ending(machine, action);
}

static void rest(struct step *step)
{
	struct machine *machine = step->machine;

	say_ended(step);
	enter(step, result_is_failure(machine->result) ? STATE_FAILED : STATE_DEAD, USEC_INFINITY);
	if (!machine->hold && (machine->stop_asked || end_action(step) == END_EXIT))
		finish(step);
}

static void say_restart(struct step *step, uint64_t delay)
{
	struct machine *machine = step->machine;
	struct action *action = say(step, LOG_RESTART);

	machine_tell_ending(machine, action);
	action->limit = restart_limit(step->config);
	action->count = step->config->docker_retries ? machine->total_restarts + 1 : machine->window_starts;
	action->span = delay;
	/* More than the limit, and allowed all the same: this restart begins a new interval, where none is counted yet. */
	if (action->count > action->limit)
		action->limit = 0;
}

/*
 * systemd waits RestartSec= and then finds the limit hit. The answer is known at once, and the engine that
 * is to take over should not be kept waiting for it.
 */
static void give_up(struct step *step)
{
	struct machine *machine = step->machine;
	struct action *action = say(step, LOG_GAVE_UP);
	int status = final_status(step->plan, machine);

	machine_tell_ending(machine, action);
	action->count = step->config->docker_retries ? machine->total_restarts + 1 : machine->window_starts;
	action->span = step->config->docker_retries ? USEC_INFINITY : step->config->start_limit_interval;
	machine->result = RESULT_START_LIMIT_HIT;
	machine->failed = (struct ending){ .how = HOW_EXITED, .status = status, .reported = status };
	rest(step);
}

static void begin(struct step *step);

/* Dead, and clean: start again at once, start again after the delay, or rest. */
static void settle(struct step *step)
{
	struct machine *machine = step->machine;
	uint64_t delay;

	if (is_beset(step))
		machine->start_asked = machine->will_restart = false;
	if (machine->start_asked) {
		if (machine->stop_begun)
			say(step, LOG_STOPPED)->span = step->now - machine->stop_begun;
		begin(step);
		return;
	}
	if (!machine->will_restart) {
		rest(step);
		return;
	}
	delay = restart_delay(step->config, machine->restarts + 1);
	if (!restart_allowed(step->config, machine, usec_after(step->now, delay))) {
		give_up(step);
		return;
	}
	say_restart(step, delay);
	enter(step, STATE_AUTO_RESTART, delay);
}

static bool wants_restart(const struct step *step)
{
	const struct machine *machine = step->machine;

	if (machine->stop_asked)
		return false;
	return machine->start_asked || restart_wanted(step->config, machine->result, &machine->main_ending);
}

static void enter_dead(struct step *step, enum result result)
{
	struct machine *machine = step->machine;

	blame(step, result);
	machine->will_restart = wants_restart(step);
	if (!(machine->will_restart ? step->plan->cleans_on_restart : step->plan->cleans)) {
		settle(step);
		return;
	}
	run_command(step, LIST_CLEAN, 0, STATE_CLEANING);
}

/* Starting. */

static void arm_watchdog(struct step *step)
{
	struct machine *machine = step->machine;

	machine->watchdog_deadline = machine->watchdog ? usec_after(step->now, machine->watchdog) : USEC_INFINITY;
}

/* systemd's service_good(): what makes a service count as running. */
static bool is_good(const struct step *step)
{
	if (step->machine->main_alive)
		return true;
	return step->machine->populated &&
	       (!step->machine->main_known || step->config->exit_type == EXIT_TYPE_CGROUP);
}

/* What is left of RuntimeMaxSec=, which counts from when the service was up, reloads or not. */
static uint64_t runtime_left(struct step *step)
{
	uint64_t end = usec_after(step->machine->up, step->config->runtime_max);

	end = usec_after(end, draw(step, step->config->runtime_random_extra));
	return end > step->now ? end - step->now : 0;
}

static void stop_by_itself(struct step *step, enum result result)
{
	step->machine->stop_begun = step->now;
	enter_stop(step, result);
}

static bool outlives_main(const struct step *step)
{
	return step->config->exit_type == EXIT_TYPE_CGROUP && step->machine->populated;
}

static void say_started(struct step *step)
{
	struct machine *machine = step->machine;

	if (machine->active)
		return;
	machine->active = true;
	machine->up = step->now;
	say(step, LOG_STARTED)->span = step->now - machine->begun;
}

/* STOPPING=1: it stops by itself, as if it had been told to, and has as long for it. */
static void enter_stop_by_notify(struct step *step)
{
	step->machine->stop_begun = step->now;
	step->machine->stop_step = 0;
	enter(step, STATE_STOP_SIGTERM, patience_of(step, STATE_STOP_SIGTERM));
}

/* Up, and alive: unless it has said meanwhile that it is at something else. */
static void enter_up(struct step *step)
{
	say_started(step);
	if (step->machine->stopping_seen)
		enter_stop_by_notify(step);
	else if (step->machine->reloading_seen)
		enter(step, STATE_RELOAD_NOTIFY, step->config->timeout_start);
	else
		enter(step, STATE_RUNNING, runtime_left(step));
}

static void enter_running(struct step *step, enum result result)
{
	struct machine *machine = step->machine;

	blame(step, result);
	if (machine->result != RESULT_SUCCESS) {
		machine->stop_begun = step->now;
		enter_signal(step, STATE_STOP_SIGTERM, RESULT_SUCCESS);
	} else if (is_good(step)) {
		enter_up(step);
	} else if (step->config->remain_after_exit) {
		say_started(step);
		enter(step, STATE_EXITED, USEC_INFINITY);
	} else {
		if (step->config->type == TYPE_ONESHOT)
			say_started(step);
		stop_by_itself(step, RESULT_SUCCESS);
	}
}

static void enter_start_post(struct step *step)
{
	arm_watchdog(step);
	if (!run_list(step, LIST_START_POST, STATE_START_POST))
		enter_running(step, RESULT_SUCCESS);
}

/* Started as far as its Type= can tell: with X-ReadyCheck= that is not the last word. */
static void enter_start_post_when_ready(struct step *step)
{
	step->machine->ready_wanted = step->config->ready_check && is_good(step);
	if (!step->machine->ready_wanted)
		enter_start_post(step);
}

static bool starts_at_once(const struct config *config)
{
	return config->type == TYPE_SIMPLE || config->type == TYPE_IDLE;
}

static void enter_start(struct step *step)
{
	const struct config *config = step->config;

	if (!step->plan->count[LIST_START]) {
		enter_start_post(step);
		return;
	}
	if (config->type == TYPE_FORKING)
		spawn_control(step, LIST_START, 0);
	else
		spawn_main(step, 0);
	enter(step, STATE_START, config->timeout_start);
	if (starts_at_once(config))
		enter_start_post_when_ready(step);
}

static void enter_start_pre(struct step *step)
{
	if (!run_list(step, LIST_START_PRE, STATE_START_PRE))
		enter_start(step);
}

static void enter_condition(struct step *step)
{
	if (!run_list(step, LIST_CONDITION, STATE_CONDITION))
		enter_start_pre(step);
}

/*
 * What a stop would have removed is removed before the first start: in a container that was restarted, or after a
 * power cut, a PID file may be left whose pid is alive again.
 */
static void clean_first(struct step *step)
{
	step->machine->cleaned = step->machine->start_asked = true;
	step->machine->begun = 0;
	spawn_control(step, LIST_CLEAN, 0);
	enter(step, STATE_CLEANING, step->config->timeout_stop);
}

static void forget_endings(struct machine *machine)
{
	machine->main_ending = machine->failed = (struct ending){ 0 };
	machine->failed_list = LIST_START;
}

/* A start is a new life: nothing of the last one's result is left in the machine, and none of its processes. */
static void begin(struct step *step)
{
	struct machine *machine = step->machine;

	if (step->plan->cleans && !machine->cleaned) {
		clean_first(step);
		return;
	}
	machine->result = machine->reload_result = RESULT_SUCCESS;
	forget_endings(machine);
	machine->unhealthy = false;
	machine->main_known = machine->pid_file_wanted = false;
	machine->active = machine->reloading_seen = machine->stopping_seen = false;
	machine->stop_asked = machine->hold = machine->start_asked = machine->will_restart = false;
	machine->came = 0;
	machine->watchdog = step->config->watchdog;
	machine->begun = machine->stop_begun = step->now;
	restart_count(step->config, machine, step->now);
	act(step, ACTION_BEGIN);
	say(step, LOG_STARTING);
	/* As in systemd, a restart by policy is not a new question. */
	if (step->plan->conditions && machine->state != STATE_AUTO_RESTART) {
		/* The answer comes before anything else does: either UNMET, or DEADLINE, which is now. */
		act(step, ACTION_CHECK_CONDITIONS);
		enter(step, STATE_DELAYED, 0);
		return;
	}
	enter_condition(step);
}

/* Handlers of the table. One event in one state; those that stand for no cell are above. */

static void on_ignore(struct step *step)
{
	(void)step;
}

/* A start that is asked for is never too many, and what was before it counts no more. */
static void forget_failures(struct machine *machine)
{
	machine->restarts = machine->total_restarts = machine->window_starts = 0;
}

/* X-RandomizedDelaySec= spreads the first starts of many containers after a power cut. */
static void on_start_idle(struct step *step)
{
	struct machine *machine = step->machine;
	uint64_t delay = machine->begun ? 0 : draw(step, step->config->randomized_delay);

	if (is_beset(step)) {
		say(step, LOG_STUCK);
		return;
	}
	forget_failures(machine);
	if (!delay) {
		begin(step);
		return;
	}
	say(step, LOG_DELAYED)->span = delay;
	machine->begun = USEC_INFINITY;
	enter(step, STATE_DELAYED, delay);
}

static void on_delay_over(struct step *step)
{
	/* begun is set by begin(): a delay that is over with conditions checked goes on, another one begins. */
	if (step->machine->begun == USEC_INFINITY)
		begin(step);
	else
		enter_condition(step);
}

static void on_unmet(struct step *step)
{
	step->machine->result = step->event->assert ? RESULT_ASSERT : RESULT_CONDITION;
	say(step, LOG_UNMET);
	enter_dead(step, RESULT_SUCCESS);
}

static void on_restart_due(struct step *step)
{
	step->machine->restarts++;
	step->machine->total_restarts++;
	begin(step);
}

/*
 * Stop, start or restart: the last one that was asked for counts. But a stop after which tend ends is not
 * turned into one after which it stays.
 */
static void note_request(struct step *step)
{
	struct machine *machine = step->machine;
	bool stop = step->event->type == EVENT_STOP;

	machine->hold = step->event->hold && (machine->hold || !machine->stop_asked);
	machine->stop_asked = stop;
	machine->start_asked = !stop;
	if (step->event->signal)
		machine->came = step->event->signal;
	if (!stop)
		forget_failures(machine);
}

/* A stop while nothing runs ends at once. */
static void on_stop_idle(struct step *step)
{
	struct machine *machine = step->machine;

	note_request(step);
	machine->came = step->event->signal;
	machine->result = RESULT_SUCCESS;
	forget_endings(machine);
	machine->stop_begun = step->now;
	rest(step);
}

/* A stop or a restart: by ExecStop=, if there is one and the service is up. */
static void begin_stop(struct step *step, bool by_command)
{
	struct action *action;

	note_request(step);
	step->machine->stop_begun = step->now;
	step->machine->stop_step = 0;
	action = say(step, LOG_STOPPING);
	action->signal = by_command ? 0 : signal_of(step, STATE_STOP_SIGTERM);
	action->span = by_command ? step->config->timeout_stop : patience_of(step, STATE_STOP_SIGTERM);
	if (by_command)
		enter_stop(step, RESULT_SUCCESS);
	else
		enter_signal(step, STATE_STOP_SIGTERM, RESULT_SUCCESS);
}

static void on_stop_starting(struct step *step)
{
	begin_stop(step, false);
}

static void on_stop_running(struct step *step)
{
	begin_stop(step, step->plan->count[LIST_STOP]);
}

/* Already under way, for another reason: what was asked for last decides what follows. */
static void on_request_stopping(struct step *step)
{
	note_request(step);
}

/* A repeated request is sent on again and hastens nothing: twice must not cost a database its orderly end. */
static void on_stop_again(struct step *step)
{
	enum state state = step->machine->state;

	note_request(step);
	if (!scheduled(step, state))
		send_signal(step, state);
}

static void on_request_cleaning(struct step *step)
{
	note_request(step);
	step->machine->will_restart = false;
}

/* Reloading. */

static void leave_reload(struct step *step, enum result result)
{
	step->machine->reload_result = result;
	step->machine->reloading_seen = false;
	say(step, result == RESULT_SUCCESS ? LOG_RELOADED : LOG_RELOAD_FAILED)->result = result;
	enter_running(step, RESULT_SUCCESS);
}

/* SIGCONT follows, as it follows every signal that systemd sends: a stopped process could not heed it. */
static void signal_reload(struct step *step)
{
	act(step, ACTION_FORWARD)->signal = step->config->reload_signal;
	act(step, ACTION_FORWARD)->signal = 18;
}

/* Type=notify-reload has a signal; ExecReload= runs besides. */
static void on_reload(struct step *step)
{
	struct machine *machine = step->machine;
	bool signals = step->config->type == TYPE_NOTIFY_RELOAD && machine->main_alive;

	if (step->config->type != TYPE_NOTIFY_RELOAD && !step->plan->count[LIST_RELOAD])
		return;
	machine->reloading_seen = false;
	say(step, LOG_RELOADING);
	if (signals)
		signal_reload(step);
	if (run_list(step, LIST_RELOAD, STATE_RELOAD))
		return;
	if (signals)
		enter(step, STATE_RELOAD_SIGNAL, step->config->timeout_start);
	else
		leave_reload(step, RESULT_SUCCESS);
}

static void finish_reload(struct step *step)
{
	enum result result = step->machine->reload_result;

	if (result == RESULT_SUCCESS && step->machine->reloading_seen && is_good(step))
		enter(step, STATE_RELOAD_NOTIFY, step->config->timeout_start);
	else
		leave_reload(step, result);
}

/* The commands may have put another main process in the place of the one that there was. */
static void on_reload_ended(struct step *step)
{
	step->machine->reload_result = step->result;
	if (step->config->pid_file)
		act(step, ACTION_FIND_MAIN);
	else
		finish_reload(step);
}

static void on_reload_late(struct step *step)
{
	kill_control(step);
	leave_reload(step, RESULT_TIMEOUT);
}

static void on_reloading(struct step *step)
{
	enter(step, STATE_RELOAD_NOTIFY, step->config->timeout_start);
}

/* What was asked for is under way, and has no more time than it had. */
static void on_reload_seen(struct step *step)
{
	enter(step, STATE_RELOAD_NOTIFY, step->machine->deadline - step->now);
}

/* Not the time for it: it counts when the service is up again. */
static void on_reloading_early(struct step *step)
{
	step->machine->reloading_seen = true;
}

static void on_reload_ready(struct step *step)
{
	leave_reload(step, RESULT_SUCCESS);
}

/* Ends of processes. step->result is clean, or how it failed. */

static void on_condition_ended(struct step *step)
{
	enum result result = step->result;

	/* 1 to 254 mean no, without being a failure; 255 and signals are failures: systemd.service(5). */
	if (result == RESULT_EXIT_CODE && step->event->ending.status < 255)
		result = RESULT_EXEC_CONDITION;
	if (result == RESULT_SUCCESS)
		enter_start_pre(step);
	else
		enter_signal(step, STATE_STOP_SIGTERM, result);
}

static void on_start_pre_ended(struct step *step)
{
	if (step->result == RESULT_SUCCESS)
		enter_start(step);
	else
		enter_signal(step, STATE_STOP_SIGTERM, step->result);
}

/* Type=forking: what ExecStart= left behind is the service now, if it can be found. */
static void on_forked(struct step *step)
{
	blame(step, step->result);
	if (step->machine->result == RESULT_SUCCESS)
		act(step, ACTION_FIND_MAIN);
	else
		enter_signal(step, STATE_STOP_SIGTERM, RESULT_SUCCESS);
}

static void on_main_found(struct step *step)
{
	struct machine *machine = step->machine;

	machine->main_known = machine->main_alive = true;
	machine->pid_file_wanted = false;
	if (machine->control_alive)
		return;
	if (machine->state == STATE_START && step->config->type == TYPE_FORKING)
		enter_start_post_when_ready(step);
	else if (machine->state == STATE_START_POST)
		enter_running(step, RESULT_SUCCESS);
	else if (machine->state == STATE_RELOAD)
		finish_reload(step);
}

/* Nobody is left who could say that the service is up, or write its PID file. */
static void fail_start(struct step *step)
{
	if (step->machine->state == STATE_START)
		enter_signal(step, STATE_STOP_SIGTERM, RESULT_PROTOCOL);
	else
		stop_by_itself(step, RESULT_PROTOCOL);
}

/*
 * A PID file may be written late, even by ExecStartPost=: it is waited for until the start's deadline, if it can be. Else
 * nobody looks for it from time to time: nor does systemd.
 */
static void on_main_missing(struct step *step)
{
	struct machine *machine = step->machine;

	if (machine->state == STATE_START && (!step->config->pid_file || step->plan->count[LIST_START_POST])) {
		enter_start_post_when_ready(step);
		return;
	}
	machine->pid_file_wanted = true;
	if (!anybody(machine) || step->event->unheard)
		fail_start(step);
}

static void on_start_post_ended(struct step *step)
{
	if (step->result != RESULT_SUCCESS)
		enter_signal(step, STATE_STOP_SIGTERM, step->result);
	else if (step->config->pid_file && !step->machine->main_known && step->config->type == TYPE_FORKING)
		act(step, ACTION_FIND_MAIN);
	else
		enter_running(step, RESULT_SUCCESS);
}

static bool is_notify(const struct config *config)
{
	return config->type == TYPE_NOTIFY || config->type == TYPE_NOTIFY_RELOAD;
}

/* Readiness can come from somebody else than the main process, if it is heard. */
static bool may_still_notify(const struct config *config)
{
	return config->remain_after_exit && config->notify_access > NOTIFY_ACCESS_MAIN;
}

static void on_main_ended_starting(struct step *step)
{
	const struct config *config = step->config;

	blame(step, step->result);
	if (step->machine->control_alive)
		return; /* Type=forking that has told its main process early: ExecStart= still decides */
	if (is_notify(config)) {
		if (outlives_main(step))
			return;
		if (step->result != RESULT_SUCCESS || !may_still_notify(config))
			enter_signal(step, STATE_STOP_SIGTERM, RESULT_PROTOCOL);
	} else if (outlives_main(step) || (config->type == TYPE_ONESHOT && step->result == RESULT_SUCCESS)) {
		enter_start_post(step);
	} else {
		enter_running(step, RESULT_SUCCESS);
	}
}

/* With a control process still at work, its end decides; the failure is kept. */
static void on_main_ended_beside(struct step *step)
{
	blame(step, step->result);
	if (!step->machine->control_alive && !outlives_main(step))
		stop_by_itself(step, RESULT_SUCCESS);
}

static void on_main_ended_running(struct step *step)
{
	if (outlives_main(step))
		blame(step, step->result);
	else
		enter_running(step, step->result);
}

static void on_main_ended_stop(struct step *step)
{
	blame(step, step->result);
}

static void on_stop_command_ended(struct step *step)
{
	enter_signal(step, STATE_STOP_SIGTERM, step->result);
}

static void on_ended_stopping(struct step *step)
{
	blame(step, step->result);
	if (!somebody_named(step->machine))
		enter_stop_post(step, RESULT_SUCCESS);
}

/* A main process that the stop has let live (KillMode=none, SendSIGKILL=no) has until the deadline. */
static void on_ended_stop_post(struct step *step)
{
	blame(step, step->result);
	if (!somebody_named(step->machine))
		enter_signal(step, STATE_FINAL_SIGTERM, RESULT_SUCCESS);
}

/* "final-...": only when nothing is left at all, where KillMode= covers all. */
static void on_ended_final(struct step *step)
{
	enum state state = step->machine->state;

	blame(step, step->result);
	if (!somebody_named(step->machine) && !reaches_all(step, state))
		leave_signal(step, state, RESULT_SUCCESS);
}

/* Before the first start nobody can be left of an earlier one: who lives was here before tend, an entrypoint's child. */
static void on_cleaned(struct step *step)
{
	if (!step->machine->begun && step->machine->start_asked)
		begin(step);
	else
		settle(step);
}

static void on_executed(struct step *step)
{
	if (step->config->type == TYPE_EXEC)
		enter_start_post_when_ready(step);
}

/* Also of what has taken the place of one that was stopping. */
static void on_ready(struct step *step)
{
	step->machine->reloading_seen = step->machine->stopping_seen = false;
	if (step->machine->state == STATE_START && (is_notify(step->config) || step->machine->ready_wanted))
		enter_start_post(step);
}

static void on_stopping(struct step *step)
{
	step->machine->stopping_seen = true;
	enter_stop_by_notify(step);
}

static void on_stopping_early(struct step *step)
{
	step->machine->stopping_seen = true;
}

static void on_unhealthy(struct step *step)
{
	say(step, LOG_UNHEALTHY);
	if (step->config->restart == RESTART_NO)
		return;
	step->machine->stop_begun = step->now;
	step->machine->unhealthy = true;
	enter_signal(step, STATE_STOP_SIGTERM, RESULT_WATCHDOG);
}

/* Nothing is left. */

static void on_empty_starting(struct step *step)
{
	if (step->machine->pid_file_wanted || is_notify(step->config))
		fail_start(step);
	else if (step->machine->ready_wanted)
		enter_running(step, RESULT_SUCCESS);
}

static void on_empty_running(struct step *step)
{
	enter_running(step, RESULT_SUCCESS);
}

static void on_empty_stopping(struct step *step)
{
	enter_stop_post(step, RESULT_SUCCESS);
}

static void on_empty_final(struct step *step)
{
	enter_dead(step, RESULT_SUCCESS);
}

/* What could not be forked: the process that the action asked for does not exist. */
static void on_not_spawned(struct step *step)
{
	struct machine *machine = step->machine;

	/* The rest of the actions of that step were dropped: what they would have started does not exist either. */
	if (step->event->main)
		machine->main_alive = machine->main_known = machine->active = false;
	machine->control_alive = false;
	say(step, LOG_NOT_SPAWNED);
	if (machine->state != STATE_CLEANING && machine->state != STATE_RELOAD && machine->result == RESULT_SUCCESS)
		machine->failed_list = step->event->main ? LIST_START : machine->control_list;
	if (machine->state == STATE_CLEANING)
		settle(step);
	else if (machine->state == STATE_RELOAD)
		leave_reload(step, RESULT_RESOURCES);
	else if (machine->state == STATE_STOP_POST)
		enter_signal(step, STATE_FINAL_SIGTERM, RESULT_RESOURCES);
	else
		enter_signal(step, STATE_STOP_SIGTERM, RESULT_RESOURCES);
}

/* Deadlines. */

static void say_late(struct step *step, enum state next)
{
	struct action *action = say(step, LOG_TIMEOUT);

	action->state = step->machine->state;
	action->signal = signal_of(step, next);
}

static enum state after_timeout(enum failure_mode mode, bool final)
{
	static const unsigned char states[][2] = {
		[FAILURE_TERMINATE] = { STATE_STOP_SIGTERM, STATE_FINAL_SIGTERM },
		[FAILURE_ABORT] = { STATE_STOP_WATCHDOG, STATE_FINAL_WATCHDOG },
		[FAILURE_KILL] = { STATE_STOP_SIGKILL, STATE_FINAL_SIGKILL },
	};

	return states[mode][final];
}

/* What takes too long has the signal of the next state; SendSIGKILL=no lets it live where that is SIGKILL. */
static void hasten(struct step *step, enum state next)
{
	if (is_sigkill(next) && !step->config->send_sigkill && !step->config->stop_steps) {
		say(step, LOG_STUCK);
		leave_signal(step, next, RESULT_TIMEOUT);
		return;
	}
	say_late(step, next);
	enter_signal(step, next, RESULT_TIMEOUT);
}

static void on_start_late(struct step *step)
{
	step->machine->stop_begun = step->now;
	hasten(step, after_timeout(step->config->timeout_start_failure, false));
}

static void on_runtime_over(struct step *step)
{
	say_late(step, STATE_STOP_SIGTERM);
	stop_by_itself(step, RESULT_TIMEOUT);
}

static void on_stop_late(struct step *step)
{
	hasten(step, after_timeout(step->config->timeout_stop_failure, step->machine->state == STATE_STOP_POST));
}

/* X-StopSchedule=: the next signal of the list; its KILL goes to everybody. */
static bool next_in_schedule(struct step *step)
{
	struct machine *machine = step->machine;
	const struct config *config = step->config;

	if (!scheduled(step, machine->state) || machine->stop_step + 1U >= config->stop_steps)
		return false;
	machine->stop_step++;
	if (config->stop_schedule[machine->stop_step].signal == 9)
		return false;
	say_late(step, machine->state);
	send_signal(step, machine->state);
	enter(step, machine->state, patience_of(step, machine->state));
	return true;
}

static void on_signal_late(struct step *step)
{
	enum state state = step->machine->state;
	bool aborts = step->config->timeout_stop_failure == FAILURE_ABORT && !step->config->stop_steps;

	if (!next_in_schedule(step))
		hasten(step, after_timeout(aborts && !is_watchdog(state) ? FAILURE_ABORT : FAILURE_KILL, is_final(state)));
}

/* SIGKILL was sent and it is still there: uninterruptible sleep. There is nothing more to do to it. */
static void on_kill_late(struct step *step)
{
	say(step, LOG_STUCK);
	leave_signal(step, step->machine->state, RESULT_TIMEOUT);
}

/* What removes the directories is killed, and then waited for as any leftover is: nothing may start beside it. */
static void on_cleaning_late(struct step *step)
{
	bool first = step->machine->control_alive;

	kill_control(step);
	if (first && ends_all(step->config))
		enter(step, STATE_CLEANING, step->config->timeout_stop);
	else
		settle(step);
}

/* The table: every state, every event, every cell filled. A cell is an index: the table has 1 byte a cell. */
enum handler {
	H_UNFILLED,
	H_IGNORE,
	H_START_IDLE,
	H_DELAY_OVER,
	H_UNMET,
	H_RESTART_DUE,
	H_STOP_IDLE,
	H_STOP_STARTING,
	H_STOP_RUNNING,
	H_REQUEST_STOPPING,
	H_STOP_AGAIN,
	H_REQUEST_CLEANING,
	H_RELOAD,
	H_RELOAD_ENDED,
	H_RELOAD_MAIN_MISSING,
	H_RELOAD_LATE,
	H_RELOADING,
	H_RELOAD_SEEN,
	H_RELOADING_EARLY,
	H_RELOAD_READY,
	H_CONDITION_ENDED,
	H_START_PRE_ENDED,
	H_FORKED,
	H_MAIN_FOUND,
	H_MAIN_MISSING,
	H_START_POST_ENDED,
	H_MAIN_ENDED_STARTING,
	H_MAIN_ENDED_BESIDE,
	H_MAIN_ENDED_RUNNING,
	H_MAIN_ENDED_STOP,
	H_STOP_COMMAND_ENDED,
	H_ENDED_STOPPING,
	H_ENDED_STOP_POST,
	H_ENDED_FINAL,
	H_CLEANED,
	H_EXECUTED,
	H_READY,
	H_STOPPING,
	H_STOPPING_EARLY,
	H_UNHEALTHY,
	H_EMPTY_STARTING,
	H_EMPTY_RUNNING,
	H_EMPTY_STOPPING,
	H_EMPTY_FINAL,
	H_NOT_SPAWNED,
	H_START_LATE,
	H_RUNTIME_OVER,
	H_STOP_LATE,
	H_SIGNAL_LATE,
	H_KILL_LATE,
	H_CLEANING_LATE,
	H_COUNT
};

static void (*const handlers[])(struct step *step) = {
	[H_UNFILLED] = on_ignore,
	[H_IGNORE] = on_ignore,
	[H_START_IDLE] = on_start_idle,
	[H_DELAY_OVER] = on_delay_over,
	[H_UNMET] = on_unmet,
	[H_RESTART_DUE] = on_restart_due,
	[H_STOP_IDLE] = on_stop_idle,
	[H_STOP_STARTING] = on_stop_starting,
	[H_STOP_RUNNING] = on_stop_running,
	[H_REQUEST_STOPPING] = on_request_stopping,
	[H_STOP_AGAIN] = on_stop_again,
	[H_REQUEST_CLEANING] = on_request_cleaning,
	[H_RELOAD] = on_reload,
	[H_RELOAD_ENDED] = on_reload_ended,
	[H_RELOAD_MAIN_MISSING] = finish_reload,
	[H_RELOAD_LATE] = on_reload_late,
	[H_RELOADING] = on_reloading,
	[H_RELOAD_SEEN] = on_reload_seen,
	[H_RELOADING_EARLY] = on_reloading_early,
	[H_RELOAD_READY] = on_reload_ready,
	[H_CONDITION_ENDED] = on_condition_ended,
	[H_START_PRE_ENDED] = on_start_pre_ended,
	[H_FORKED] = on_forked,
	[H_MAIN_FOUND] = on_main_found,
	[H_MAIN_MISSING] = on_main_missing,
	[H_START_POST_ENDED] = on_start_post_ended,
	[H_MAIN_ENDED_STARTING] = on_main_ended_starting,
	[H_MAIN_ENDED_BESIDE] = on_main_ended_beside,
	[H_MAIN_ENDED_RUNNING] = on_main_ended_running,
	[H_MAIN_ENDED_STOP] = on_main_ended_stop,
	[H_STOP_COMMAND_ENDED] = on_stop_command_ended,
	[H_ENDED_STOPPING] = on_ended_stopping,
	[H_ENDED_STOP_POST] = on_ended_stop_post,
	[H_ENDED_FINAL] = on_ended_final,
	[H_CLEANED] = on_cleaned,
	[H_EXECUTED] = on_executed,
	[H_READY] = on_ready,
	[H_STOPPING] = on_stopping,
	[H_STOPPING_EARLY] = on_stopping_early,
	[H_UNHEALTHY] = on_unhealthy,
	[H_EMPTY_STARTING] = on_empty_starting,
	[H_EMPTY_RUNNING] = on_empty_running,
	[H_EMPTY_STOPPING] = on_empty_stopping,
	[H_EMPTY_FINAL] = on_empty_final,
	[H_NOT_SPAWNED] = on_not_spawned,
	[H_START_LATE] = on_start_late,
	[H_RUNTIME_OVER] = on_runtime_over,
	[H_STOP_LATE] = on_stop_late,
	[H_SIGNAL_LATE] = on_signal_late,
	[H_KILL_LATE] = on_kill_late,
	[H_CLEANING_LATE] = on_cleaning_late,
};

static const unsigned char table[STATE_COUNT][EVENT_TABLE_COUNT] = {
	[STATE_DEAD] = {
		[EVENT_START] = H_START_IDLE, [EVENT_STOP] = H_STOP_IDLE,
		[EVENT_RESTART] = H_START_IDLE, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_IGNORE, [EVENT_CONTROL_EXITED] = H_IGNORE,
		[EVENT_EMPTY] = H_IGNORE, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_IGNORE, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_IGNORE, [EVENT_DEADLINE] = H_IGNORE,
	},
	[STATE_DELAYED] = {
		[EVENT_START] = H_IGNORE, [EVENT_STOP] = H_STOP_IDLE, [EVENT_RESTART] = H_IGNORE,
		[EVENT_RELOAD] = H_IGNORE, [EVENT_MAIN_EXITED] = H_IGNORE,
		[EVENT_CONTROL_EXITED] = H_IGNORE, [EVENT_EMPTY] = H_IGNORE,
		[EVENT_EXECUTED] = H_IGNORE, [EVENT_MAIN_FOUND] = H_IGNORE,
		[EVENT_MAIN_MISSING] = H_IGNORE, [EVENT_READY] = H_IGNORE,
		[EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_UNMET,
		[EVENT_NOT_SPAWNED] = H_IGNORE, [EVENT_DEADLINE] = H_DELAY_OVER,
	},
	[STATE_CONDITION] = {
		[EVENT_START] = H_IGNORE, [EVENT_STOP] = H_STOP_STARTING,
		[EVENT_RESTART] = H_STOP_STARTING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_IGNORE, [EVENT_CONTROL_EXITED] = H_CONDITION_ENDED,
		[EVENT_EMPTY] = H_IGNORE, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_IGNORE, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_NOT_SPAWNED, [EVENT_DEADLINE] = H_START_LATE,
	},
	[STATE_START_PRE] = {
		[EVENT_START] = H_IGNORE, [EVENT_STOP] = H_STOP_STARTING,
		[EVENT_RESTART] = H_STOP_STARTING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_IGNORE, [EVENT_CONTROL_EXITED] = H_START_PRE_ENDED,
		[EVENT_EMPTY] = H_IGNORE, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_IGNORE, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_NOT_SPAWNED, [EVENT_DEADLINE] = H_START_LATE,
	},
	[STATE_START] = {
		[EVENT_START] = H_IGNORE, [EVENT_STOP] = H_STOP_STARTING,
		[EVENT_RESTART] = H_STOP_STARTING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_MAIN_ENDED_STARTING, [EVENT_CONTROL_EXITED] = H_FORKED,
		[EVENT_EMPTY] = H_EMPTY_STARTING, [EVENT_EXECUTED] = H_EXECUTED,
		[EVENT_MAIN_FOUND] = H_MAIN_FOUND,
		[EVENT_MAIN_MISSING] = H_MAIN_MISSING, [EVENT_READY] = H_READY,
		[EVENT_RELOADING] = H_RELOADING_EARLY, [EVENT_STOPPING] = H_STOPPING_EARLY,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_NOT_SPAWNED, [EVENT_DEADLINE] = H_START_LATE,
	},
	[STATE_START_POST] = {
		[EVENT_START] = H_IGNORE, [EVENT_STOP] = H_STOP_STARTING,
		[EVENT_RESTART] = H_STOP_STARTING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_MAIN_ENDED_BESIDE,
		[EVENT_CONTROL_EXITED] = H_START_POST_ENDED, [EVENT_EMPTY] = H_EMPTY_STARTING,
		[EVENT_EXECUTED] = H_IGNORE, [EVENT_MAIN_FOUND] = H_MAIN_FOUND,
		[EVENT_MAIN_MISSING] = H_MAIN_MISSING, [EVENT_READY] = H_READY,
		[EVENT_RELOADING] = H_RELOADING_EARLY, [EVENT_STOPPING] = H_STOPPING_EARLY,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_NOT_SPAWNED, [EVENT_DEADLINE] = H_START_LATE,
	},
	[STATE_RUNNING] = {
		[EVENT_START] = H_IGNORE, [EVENT_STOP] = H_STOP_RUNNING,
		[EVENT_RESTART] = H_STOP_RUNNING, [EVENT_RELOAD] = H_RELOAD,
		[EVENT_MAIN_EXITED] = H_MAIN_ENDED_RUNNING, [EVENT_CONTROL_EXITED] = H_IGNORE,
		[EVENT_EMPTY] = H_EMPTY_RUNNING, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_MAIN_FOUND, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_RELOADING,
		[EVENT_STOPPING] = H_STOPPING, [EVENT_UNHEALTHY] = H_UNHEALTHY,
		[EVENT_UNMET] = H_IGNORE, [EVENT_NOT_SPAWNED] = H_NOT_SPAWNED,
		[EVENT_DEADLINE] = H_RUNTIME_OVER,
	},
	[STATE_EXITED] = {
		[EVENT_START] = H_IGNORE, [EVENT_STOP] = H_STOP_RUNNING,
		[EVENT_RESTART] = H_STOP_RUNNING, [EVENT_RELOAD] = H_RELOAD,
		[EVENT_MAIN_EXITED] = H_IGNORE, [EVENT_CONTROL_EXITED] = H_IGNORE,
		[EVENT_EMPTY] = H_IGNORE, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_IGNORE, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_IGNORE, [EVENT_DEADLINE] = H_IGNORE,
	},
	[STATE_RELOAD] = {
		[EVENT_START] = H_IGNORE, [EVENT_STOP] = H_STOP_STARTING,
		[EVENT_RESTART] = H_STOP_STARTING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_MAIN_ENDED_BESIDE, [EVENT_CONTROL_EXITED] = H_RELOAD_ENDED,
		[EVENT_EMPTY] = H_IGNORE, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_MAIN_FOUND, [EVENT_MAIN_MISSING] = H_RELOAD_MAIN_MISSING,
		[EVENT_READY] = H_READY, [EVENT_RELOADING] = H_RELOADING_EARLY,
		[EVENT_STOPPING] = H_STOPPING_EARLY, [EVENT_UNHEALTHY] = H_IGNORE,
		[EVENT_UNMET] = H_IGNORE, [EVENT_NOT_SPAWNED] = H_NOT_SPAWNED,
		[EVENT_DEADLINE] = H_RELOAD_LATE,
	},
	[STATE_RELOAD_SIGNAL] = {
		[EVENT_START] = H_IGNORE, [EVENT_STOP] = H_STOP_STARTING,
		[EVENT_RESTART] = H_STOP_STARTING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_MAIN_ENDED_BESIDE, [EVENT_CONTROL_EXITED] = H_IGNORE,
		[EVENT_EMPTY] = H_EMPTY_RUNNING, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_MAIN_FOUND, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_RELOAD_SEEN,
		[EVENT_STOPPING] = H_STOPPING, [EVENT_UNHEALTHY] = H_IGNORE,
		[EVENT_UNMET] = H_IGNORE, [EVENT_NOT_SPAWNED] = H_IGNORE,
		[EVENT_DEADLINE] = H_RELOAD_LATE,
	},
	[STATE_RELOAD_NOTIFY] = {
		[EVENT_START] = H_IGNORE, [EVENT_STOP] = H_STOP_STARTING,
		[EVENT_RESTART] = H_STOP_STARTING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_MAIN_ENDED_BESIDE, [EVENT_CONTROL_EXITED] = H_IGNORE,
		[EVENT_EMPTY] = H_EMPTY_RUNNING, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_MAIN_FOUND, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_RELOAD_READY, [EVENT_RELOADING] = H_IGNORE,
		[EVENT_STOPPING] = H_STOPPING, [EVENT_UNHEALTHY] = H_IGNORE,
		[EVENT_UNMET] = H_IGNORE, [EVENT_NOT_SPAWNED] = H_IGNORE,
		[EVENT_DEADLINE] = H_RELOAD_LATE,
	},
	[STATE_STOP] = {
		[EVENT_START] = H_REQUEST_STOPPING, [EVENT_STOP] = H_REQUEST_STOPPING,
		[EVENT_RESTART] = H_REQUEST_STOPPING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_MAIN_ENDED_STOP,
		[EVENT_CONTROL_EXITED] = H_STOP_COMMAND_ENDED, [EVENT_EMPTY] = H_IGNORE,
		[EVENT_EXECUTED] = H_IGNORE, [EVENT_MAIN_FOUND] = H_MAIN_FOUND,
		[EVENT_MAIN_MISSING] = H_IGNORE, [EVENT_READY] = H_IGNORE,
		[EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_NOT_SPAWNED, [EVENT_DEADLINE] = H_STOP_LATE,
	},
	[STATE_STOP_WATCHDOG] = {
		[EVENT_START] = H_REQUEST_STOPPING, [EVENT_STOP] = H_REQUEST_STOPPING,
		[EVENT_RESTART] = H_REQUEST_STOPPING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_ENDED_STOPPING, [EVENT_CONTROL_EXITED] = H_ENDED_STOPPING,
		[EVENT_EMPTY] = H_EMPTY_STOPPING, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_IGNORE, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_NOT_SPAWNED, [EVENT_DEADLINE] = H_SIGNAL_LATE,
	},
	[STATE_STOP_SIGTERM] = {
		[EVENT_START] = H_REQUEST_STOPPING, [EVENT_STOP] = H_STOP_AGAIN,
		[EVENT_RESTART] = H_REQUEST_STOPPING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_ENDED_STOPPING, [EVENT_CONTROL_EXITED] = H_ENDED_STOPPING,
		[EVENT_EMPTY] = H_EMPTY_STOPPING, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_MAIN_FOUND, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_NOT_SPAWNED, [EVENT_DEADLINE] = H_SIGNAL_LATE,
	},
	[STATE_STOP_SIGKILL] = {
		[EVENT_START] = H_REQUEST_STOPPING, [EVENT_STOP] = H_REQUEST_STOPPING,
		[EVENT_RESTART] = H_REQUEST_STOPPING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_ENDED_STOPPING, [EVENT_CONTROL_EXITED] = H_ENDED_STOPPING,
		[EVENT_EMPTY] = H_EMPTY_STOPPING, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_IGNORE, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_NOT_SPAWNED, [EVENT_DEADLINE] = H_KILL_LATE,
	},
	[STATE_STOP_POST] = {
		[EVENT_START] = H_REQUEST_STOPPING, [EVENT_STOP] = H_REQUEST_STOPPING,
		[EVENT_RESTART] = H_REQUEST_STOPPING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_ENDED_STOP_POST, [EVENT_CONTROL_EXITED] = H_ENDED_STOP_POST,
		[EVENT_EMPTY] = H_IGNORE, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_IGNORE, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_NOT_SPAWNED, [EVENT_DEADLINE] = H_STOP_LATE,
	},
	[STATE_FINAL_WATCHDOG] = {
		[EVENT_START] = H_REQUEST_STOPPING, [EVENT_STOP] = H_REQUEST_STOPPING,
		[EVENT_RESTART] = H_REQUEST_STOPPING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_ENDED_FINAL, [EVENT_CONTROL_EXITED] = H_ENDED_FINAL,
		[EVENT_EMPTY] = H_EMPTY_FINAL, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_IGNORE, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_IGNORE, [EVENT_DEADLINE] = H_SIGNAL_LATE,
	},
	[STATE_FINAL_SIGTERM] = {
		[EVENT_START] = H_REQUEST_STOPPING, [EVENT_STOP] = H_STOP_AGAIN,
		[EVENT_RESTART] = H_REQUEST_STOPPING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_ENDED_FINAL, [EVENT_CONTROL_EXITED] = H_ENDED_FINAL,
		[EVENT_EMPTY] = H_EMPTY_FINAL, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_IGNORE, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_IGNORE, [EVENT_DEADLINE] = H_SIGNAL_LATE,
	},
	[STATE_FINAL_SIGKILL] = {
		[EVENT_START] = H_REQUEST_STOPPING, [EVENT_STOP] = H_REQUEST_STOPPING,
		[EVENT_RESTART] = H_REQUEST_STOPPING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_ENDED_FINAL, [EVENT_CONTROL_EXITED] = H_ENDED_FINAL,
		[EVENT_EMPTY] = H_EMPTY_FINAL, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_IGNORE, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_IGNORE, [EVENT_DEADLINE] = H_KILL_LATE,
	},
	[STATE_CLEANING] = {
		[EVENT_START] = H_REQUEST_CLEANING, [EVENT_STOP] = H_REQUEST_CLEANING,
		[EVENT_RESTART] = H_REQUEST_CLEANING, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_IGNORE, [EVENT_CONTROL_EXITED] = H_CLEANED,
		[EVENT_EMPTY] = H_CLEANED, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_IGNORE, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_NOT_SPAWNED, [EVENT_DEADLINE] = H_CLEANING_LATE,
	},
	[STATE_AUTO_RESTART] = {
		[EVENT_START] = H_START_IDLE, [EVENT_STOP] = H_STOP_IDLE,
		[EVENT_RESTART] = H_START_IDLE, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_IGNORE, [EVENT_CONTROL_EXITED] = H_IGNORE,
		[EVENT_EMPTY] = H_IGNORE, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_IGNORE, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_IGNORE, [EVENT_DEADLINE] = H_RESTART_DUE,
	},
	[STATE_FAILED] = {
		[EVENT_START] = H_START_IDLE, [EVENT_STOP] = H_STOP_IDLE,
		[EVENT_RESTART] = H_START_IDLE, [EVENT_RELOAD] = H_IGNORE,
		[EVENT_MAIN_EXITED] = H_IGNORE, [EVENT_CONTROL_EXITED] = H_IGNORE,
		[EVENT_EMPTY] = H_IGNORE, [EVENT_EXECUTED] = H_IGNORE,
		[EVENT_MAIN_FOUND] = H_IGNORE, [EVENT_MAIN_MISSING] = H_IGNORE,
		[EVENT_READY] = H_IGNORE, [EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_IGNORE, [EVENT_DEADLINE] = H_IGNORE,
	},
	[STATE_ENDED] = {
		[EVENT_START] = H_IGNORE, [EVENT_STOP] = H_IGNORE, [EVENT_RESTART] = H_IGNORE,
		[EVENT_RELOAD] = H_IGNORE, [EVENT_MAIN_EXITED] = H_IGNORE,
		[EVENT_CONTROL_EXITED] = H_IGNORE, [EVENT_EMPTY] = H_IGNORE,
		[EVENT_EXECUTED] = H_IGNORE, [EVENT_MAIN_FOUND] = H_IGNORE,
		[EVENT_MAIN_MISSING] = H_IGNORE, [EVENT_READY] = H_IGNORE,
		[EVENT_RELOADING] = H_IGNORE, [EVENT_STOPPING] = H_IGNORE,
		[EVENT_UNHEALTHY] = H_IGNORE, [EVENT_UNMET] = H_IGNORE,
		[EVENT_NOT_SPAWNED] = H_IGNORE, [EVENT_DEADLINE] = H_IGNORE,
	},
};

_Static_assert(sizeof handlers / sizeof *handlers == H_COUNT, "every handler has its number");

bool machine_table_is_full(void)
{
	return !memchr(table, H_UNFILLED, sizeof table);
}

/* Facts that an event brings, before anything is decided. */

static enum result result_of(const struct step *step, const struct ending *ending, bool daemon)
{
	static const unsigned char results[] = {
		[HOW_NONE] = RESULT_SUCCESS,
		[HOW_EXITED] = RESULT_EXIT_CODE,
		[HOW_KILLED] = RESULT_SIGNAL,
		[HOW_DUMPED] = RESULT_CORE_DUMP,
	};

	if (ending_is_clean(step->config, ending, daemon))
		return RESULT_SUCCESS;
	if (ending->oom && ending->how == HOW_KILLED && ending->status == 9)
		return RESULT_OOM_KILL;
	return results[ending->how];
}

static void say_command(struct step *step, enum log_kind log, enum list list)
{
	struct action *action = say(step, log);

	action->list = list;
	action->ending = step->event->ending;
}

/* Of a command that has "-". How the last main process ended is said when the service has. */
static void ignore_failure(struct step *step, enum list list, unsigned index)
{
	if (step->result == RESULT_SUCCESS || !(step->plan->ignore[list] >> index & 1))
		return;
	step->result = RESULT_SUCCESS;
	if (list != LIST_START || index + 1 < step->plan->count[LIST_START])
		say_command(step, LOG_COMMAND_IGNORED, list);
}

/* Whether it is this failure that the service's end will be put down to, and said of. */
static bool note_failure(struct step *step, enum list list)
{
	struct machine *machine = step->machine;

	if (step->result == RESULT_SUCCESS || machine->result != RESULT_SUCCESS)
		return false;
	machine->failed = step->event->ending;
	machine->failed_list = list;
	return true;
}

/* The next command of the list, where the last one did what it should. */
static bool next_control(struct step *step)
{
	struct machine *machine = step->machine;
	enum list list = machine->control_list;
	enum state state = machine->state;
	unsigned next = machine->control_index + 1U;

	if (step->result != RESULT_SUCCESS || list == LIST_CLEAN || next >= step->plan->count[list] ||
	    (state >= STATE_STOP_WATCHDOG && state != STATE_STOP_POST))
		return false;
	run_command(step, list, next, state);
	return true;
}

static bool next_main(struct step *step)
{
	struct machine *machine = step->machine;
	unsigned next = machine->main_index + 1U;

	if (step->config->type != TYPE_ONESHOT || machine->state != STATE_START ||
	    step->result != RESULT_SUCCESS || next >= step->plan->count[LIST_START])
		return false;
	spawn_main(step, (unsigned char)next);
	enter(step, STATE_START, step->config->timeout_start);
	return true;
}

/* The absorb_...() tell whether the event is dealt with: another command of the same list runs, for one. */

static bool absorb_main(struct step *step)
{
	struct machine *machine = step->machine;

	/* One that was let live, or that SIGKILL did not end, is none of the service's any more. */
	bool known = machine->main_alive && !state_is_rest(machine->state) && machine->state != STATE_CLEANING;

	machine->populated = !step->event->empty;
	machine->main_alive = false;
	if (!known)
		return true;
	machine->main_ending = step->event->ending;
	step->result = result_of(step, &step->event->ending, step->config->type != TYPE_ONESHOT);
	ignore_failure(step, LIST_START, machine->main_index);
	note_failure(step, LIST_START);
	restart_reset(step->config, machine, step->now - machine->begun);
	return next_main(step);
}

static bool absorb_control(struct step *step)
{
	struct machine *machine = step->machine;
	enum list list = machine->control_list;
	bool known = machine->control_alive && !state_is_rest(machine->state), told;

	machine->populated = !step->event->empty;
	machine->control_alive = false;
	if (!known)
		return true;
	/* A command that a signal ends has failed, but that of a forking service, which is a daemon's. */
	step->result = result_of(step, &step->event->ending, list == LIST_START);
	ignore_failure(step, list, machine->control_index);
	told = machine->state != STATE_RELOAD && machine->state != STATE_CLEANING && note_failure(step, list);
	if (step->result != RESULT_SUCCESS && list != LIST_CONDITION && !told)
		say_command(step, LOG_COMMAND_FAILED, list);
	return next_control(step);
}

static bool absorb_empty(struct step *step)
{
	step->machine->populated = step->machine->main_alive = step->machine->control_alive = false;
	return false;
}

static bool absorb_deadline(struct step *step)
{
	struct machine *machine = step->machine;

	if (machine->watchdog_deadline <= step->now) {
		say(step, LOG_WATCHDOG)->span = machine->watchdog;
		machine->stop_begun = step->now;
		enter_signal(step, STATE_STOP_WATCHDOG, RESULT_WATCHDOG);
		return true;
	}
	return machine->deadline > step->now;
}

/* Whether that was all that the event asks for. */
static bool absorb(struct step *step)
{
	static const struct PACKED {
		unsigned char type;
		bool (*absorb)(struct step *step);
	} rows[] = {
		{ EVENT_MAIN_EXITED, absorb_main },
		{ EVENT_CONTROL_EXITED, absorb_control },
		{ EVENT_EMPTY, absorb_empty },
		{ EVENT_DEADLINE, absorb_deadline },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].type == step->event->type)
			return rows[i].absorb(step);
	return false;
}

static void dispatch(struct step *step)
{
	if (!absorb(step))
		handlers[table[step->machine->state][step->event->type]](step);
	/* An end that leaves nobody is that too, for a state that waits for it. */
	if (step->event->empty && !anybody(step->machine))
		handlers[table[step->machine->state][EVENT_EMPTY]](step);
}

/* Events that are handled alike in every state. */

static bool asks_stop(const struct config *config, int signal)
{
	return signal == config->kill_signal || config->stop_on >> (signal - 1) & 1;
}

/* Which signal to PID 1 means what: X-StopOn= a stop, SIGHUP a reload where there is one; the rest is the service's. */
static void route_signal(struct step *step)
{
	struct event event = *step->event;
	bool reloads = step->plan->count[LIST_RELOAD] || step->config->type == TYPE_NOTIFY_RELOAD;

	if (asks_stop(step->config, event.signal))
		event.type = EVENT_STOP;
	else if (event.signal == 1 && reloads)
		event.type = EVENT_RELOAD;
	if (event.type == EVENT_SIGNAL) {
		if (step->machine->main_alive)
			act(step, ACTION_FORWARD)->signal = event.signal;
		return;
	}
	step->event = &event;
	dispatch(step);
}

static void on_watchdog_ping(struct step *step)
{
	if (is_watched(step->machine->state))
		arm_watchdog(step);
}

static void on_watchdog_trigger(struct step *step)
{
	if (is_watched(step->machine->state))
		step->machine->watchdog_deadline = step->now;
}

static void on_watchdog_usec(struct step *step)
{
	step->machine->watchdog = step->event->usec;
	on_watchdog_ping(step);
}

static void put_off(uint64_t *deadline, uint64_t until)
{
	if (*deadline != USEC_INFINITY && until > *deadline)
		*deadline = until;
}

/* Only ever later, and only where a deadline runs: sd_notify(3), EXTEND_TIMEOUT_USEC=. */
static void on_extend(struct step *step)
{
	struct machine *machine = step->machine;
	uint64_t until = usec_after(step->now, step->event->usec);

	if (until == USEC_INFINITY || machine->state == STATE_DELAYED || machine->state == STATE_AUTO_RESTART)
		return;
	put_off(&machine->deadline, until);
	put_off(&machine->watchdog_deadline, until);
}

/* Health. The checks are a machine of their own; what it finds out is an event of this one. */

static enum check wanted_check(const struct step *step)
{
	const struct machine *machine = step->machine;

	if (machine->state == STATE_START && machine->ready_wanted)
		return CHECK_READY;
	if (machine->state >= STATE_RUNNING && machine->state <= STATE_RELOAD_NOTIFY &&
	    machine->state != STATE_EXITED && step->config->health_check)
		return CHECK_HEALTH;
	return CHECK_NONE;
}

static void dispatch_as(struct step *step, enum event_type type)
{
	struct event event = { .type = type };

	step->event = &event;
	dispatch(step);
}

static void carry_orders(struct step *step, const struct health_orders *orders)
{
	if (orders->kill)
		act(step, ACTION_KILL_CHECK);
	if (orders->spawn)
		act(step, ACTION_SPAWN_CHECK)->check = step->machine->health.check;
	if (orders->healthy)
		say(step, LOG_HEALTHY);
	if (orders->ready)
		dispatch_as(step, EVENT_READY);
	if (orders->unhealthy)
		dispatch_as(step, EVENT_UNHEALTHY);
}

static void on_checked(struct step *step)
{
	struct health_orders orders =
		health_checked(step->config, &step->machine->health, step->event->success, step->now);

	carry_orders(step, &orders);
}

/* A check begins or is killed at its time and in no other step: see health.h. */
static void follow_health(struct step *step, bool deadline)
{
	enum check wanted = wanted_check(step);
	struct health_orders orders;

	if (!deadline && wanted == step->machine->health.check)
		return;
	orders = health_follow(step->config, &step->machine->health, wanted, step->now);
	carry_orders(step, &orders);
}

/* OOMPolicy=: what is up is stopped in order, what stops is killed at once. */
static void on_oom(struct step *step)
{
	static const unsigned char next[STATE_COUNT] = {
		[STATE_CONDITION] = STATE_STOP_SIGTERM,
		[STATE_START_PRE] = STATE_STOP_SIGTERM,
		[STATE_START] = STATE_STOP_SIGTERM,
		[STATE_START_POST] = STATE_STOP_SIGTERM,
		[STATE_RUNNING] = STATE_STOP,
		[STATE_EXITED] = STATE_STOP,
		[STATE_STOP] = STATE_STOP_SIGTERM,
		[STATE_STOP_WATCHDOG] = STATE_STOP_SIGKILL,
		[STATE_STOP_SIGTERM] = STATE_STOP_SIGKILL,
		[STATE_STOP_POST] = STATE_FINAL_SIGKILL,
		[STATE_FINAL_SIGTERM] = STATE_FINAL_SIGKILL,
	};
	enum state state = next[step->machine->state];

	if (step->config->oom_policy == OOM_CONTINUE)
		return;
	if (is_sigkill(step->machine->state))
		blame(step, RESULT_OOM_KILL);
	if (!state)
		return;
	if (step->machine->state < STATE_STOP)
		step->machine->stop_begun = step->now;
	if (step->config->oom_policy == OOM_KILL && !is_final(state))
		state = STATE_STOP_SIGKILL;
	if (state == STATE_STOP)
		enter_stop(step, RESULT_OOM_KILL);
	else
		enter_signal(step, state, RESULT_OOM_KILL);
}

void tend_step(const struct plan *plan, struct machine *machine, const struct event *event, uint64_t now,
	       struct actions *actions)
{
	static void (*const everywhere[])(struct step *step) = {
		[EVENT_SIGNAL - EVENT_TABLE_COUNT] = route_signal,
		[EVENT_WATCHDOG_PING - EVENT_TABLE_COUNT] = on_watchdog_ping,
		[EVENT_WATCHDOG_TRIGGER - EVENT_TABLE_COUNT] = on_watchdog_trigger,
		[EVENT_WATCHDOG_USEC - EVENT_TABLE_COUNT] = on_watchdog_usec,
		[EVENT_EXTEND - EVENT_TABLE_COUNT] = on_extend,
		[EVENT_CHECKED - EVENT_TABLE_COUNT] = on_checked,
		[EVENT_OOM - EVENT_TABLE_COUNT] = on_oom,
	};
	struct step step = {
		.plan = plan,
		.config = plan->config,
		.machine = machine,
		.event = event,
		.now = now,
		.actions = actions,
	};

	actions->count = 0;
	if (event->type < EVENT_TABLE_COUNT)
		dispatch(&step);
	else
		everywhere[event->type - EVENT_TABLE_COUNT](&step);
	follow_health(&step, event->type == EVENT_DEADLINE);
}

APART void machine_init(struct machine *machine)
{
	*machine = (struct machine){
		.deadline = USEC_INFINITY,
		.watchdog_deadline = USEC_INFINITY,
		.health = { .due = USEC_INFINITY },
		.failed_list = LIST_START,
	};
}

uint64_t machine_deadline(const struct machine *machine)
{
	uint64_t first = machine->deadline < machine->watchdog_deadline ? machine->deadline : machine->watchdog_deadline;

	return first < machine->health.due ? first : machine->health.due;
}

bool state_is_rest(enum state state)
{
	return state == STATE_DEAD || state == STATE_FAILED || state == STATE_EXITED || state == STATE_ENDED;
}

const char *state_name(enum state state)
{
	static const char names[STATE_COUNT][15] = {
		[STATE_DEAD] = "dead",
		[STATE_DELAYED] = "delayed",
		[STATE_CONDITION] = "condition",
		[STATE_START_PRE] = "start-pre",
		[STATE_START] = "start",
		[STATE_START_POST] = "start-post",
		[STATE_RUNNING] = "running",
		[STATE_EXITED] = "exited",
		[STATE_RELOAD] = "reload",
		[STATE_RELOAD_SIGNAL] = "reload-signal",
		[STATE_RELOAD_NOTIFY] = "reload-notify",
		[STATE_STOP] = "stop",
		[STATE_STOP_WATCHDOG] = "stop-watchdog",
		[STATE_STOP_SIGTERM] = "stop-sigterm",
		[STATE_STOP_SIGKILL] = "stop-sigkill",
		[STATE_STOP_POST] = "stop-post",
		[STATE_FINAL_WATCHDOG] = "final-watchdog",
		[STATE_FINAL_SIGTERM] = "final-sigterm",
		[STATE_FINAL_SIGKILL] = "final-sigkill",
		[STATE_CLEANING] = "cleaning",
		[STATE_AUTO_RESTART] = "auto-restart",
		[STATE_FAILED] = "failed",
		[STATE_ENDED] = "ended",
	};

	return names[state];
}

const char *result_name(enum result result)
{
	static const char *const names[RESULT_COUNT] = {
		[RESULT_SUCCESS] = "success",
		[RESULT_RESOURCES] = "resources",
		[RESULT_PROTOCOL] = "protocol",
		[RESULT_TIMEOUT] = "timeout",
		[RESULT_EXIT_CODE] = "exit-code",
		[RESULT_SIGNAL] = "signal",
		[RESULT_CORE_DUMP] = "core-dump",
		[RESULT_WATCHDOG] = "watchdog",
		[RESULT_START_LIMIT_HIT] = "start-limit-hit",
		[RESULT_OOM_KILL] = "oom-kill",
		[RESULT_EXEC_CONDITION] = "exec-condition",
		[RESULT_CONDITION] = "condition",
		[RESULT_ASSERT] = "assert",
	};

	return names[result];
}

const char *exit_how_name(enum exit_how how)
{
	static const char names[][7] = {
		[HOW_EXITED] = "exited",
		[HOW_KILLED] = "killed",
		[HOW_DUMPED] = "dumped",
	};

	return names[how];
}

const char *active_state_name(enum state state)
{
	if (state == STATE_DEAD || state == STATE_ENDED)
		return "inactive";
	if (state == STATE_FAILED)
		return "failed";
	if (state == STATE_RUNNING || state == STATE_EXITED)
		return "active";
	if (state >= STATE_RELOAD && state <= STATE_RELOAD_NOTIFY)
		return "reloading";
	return state < STATE_RUNNING || state == STATE_AUTO_RESTART ? "activating" : "deactivating";
}
