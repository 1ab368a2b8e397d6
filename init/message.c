#include "message.h"
#include "names.h"

/* "elasticsearch with pid(7)" */
static void add_subject(struct text *text, const struct subject *subject)
{
	text_add(text, subject->name);
	if (subject->pid)
		text_format(text, " with pid(%d)", subject->pid);
}

/* The names below are the LSB's for init scripts, which mean nothing of a service. */
#define FIRST_NAMED_STATUS 64

static void add_exit(struct text *text, int status)
{
	const char *name = status >= FIRST_NAMED_STATUS ? exit_status_name(status) : NULL;

	text_format(text, "exited with status %d", status);
	if (name)
		text_format(text, " (%s)", name);
}

/* A millisecond is the least that is said: "in 0" would read as if nothing had been done. */
static void add_elapsed(struct text *text, uint64_t span)
{
	text_add(text, " in ");
	text_add_span(text, span > USEC_PER_MSEC ? span : USEC_PER_MSEC);
}

/* What has happened, as a predicate: of the process that ended, or where none has, of the service. */
static void add_happened(struct text *text, const struct action *action)
{
	static const char *const results[RESULT_COUNT] = {
		[RESULT_SUCCESS] = "ended",
		[RESULT_RESOURCES] = "could not be started",
		[RESULT_PROTOCOL] = "never said that it was ready",
		[RESULT_TIMEOUT] = "took too long",
		[RESULT_WATCHDOG] = "gave no sign of life",
		[RESULT_OOM_KILL] = "ran out of memory", /* not the main process, which was stopped for it */
		[RESULT_EXEC_CONDITION] = "is not wanted by its ExecCondition=",
		[RESULT_CONDITION] = "has a condition that is not met",
		[RESULT_ASSERT] = "has an assertion that is not met",
	};
	const struct ending *ending = &action->ending;
	bool main_killed = action->result == RESULT_OOM_KILL && ending->oom;

	if (action->result == RESULT_WATCHDOG && action->check == CHECK_HEALTH) {
		text_add(text, "was unhealthy");
		return;
	}
	if (results[action->result] && action->result != RESULT_SUCCESS && !main_killed) {
		text_add(text, results[action->result]);
		return;
	}
	if (ending->how == HOW_EXITED) {
		add_exit(text, ending->status);
	} else if (ending->how != HOW_NONE) {
		text_add(text, "was killed by ");
		text_add_signal(text, ending->status);
	} else {
		text_add(text, "ended");
	}
	if (ending->oom)
		text_add(text, " (out of memory)");
	else if (ending->how == HOW_DUMPED)
		text_add(text, " (core dumped)");
}

static void add_reason(struct text *text, const char *reason)
{
	if (reason && *reason)
		text_format(text, ": %s", reason);
}

static const char *list_key(enum list list)
{
	static const char *const keys[LIST_COUNT] = {
		[LIST_CONDITION] = "ExecCondition=", [LIST_START_PRE] = "ExecStartPre=",
		[LIST_START] = "ExecStart=",         [LIST_START_POST] = "ExecStartPost=",
		[LIST_RELOAD] = "ExecReload=",       [LIST_STOP] = "ExecStop=",
		[LIST_STOP_POST] = "ExecStopPost=",  [LIST_CLEAN] = "removing directories",
	};

	return keys[list];
}

static void say_starting(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)action;
	text_format(text, "Starting %s...", subject->name);
}

static void say_started(struct text *text, const struct action *action, const struct subject *subject)
{
	text_add(text, "Started ");
	add_subject(text, subject);
	add_elapsed(text, action->span);
	text_add(text, ".");
}

/* A hook's failure is the start's failure: the hook is named. */
static void say_failed(struct text *text, const struct action *action, const struct subject *subject)
{
	if (action->list != LIST_START)
		text_format(text, "%s of %s", list_key(action->list), subject->name);
	else
		add_subject(text, subject);
	text_add(text, " ");
	add_happened(text, action);
}

static void say_ended(struct text *text, const struct action *action, const struct subject *subject)
{
	say_failed(text, action, subject);
	text_add(text, ".");
}

static void say_restart(struct text *text, const struct action *action, const struct subject *subject)
{
	say_failed(text, action, subject);
	text_add(text, "; restart ");
	if (action->limit)
		text_format(text, "%u of %u ", action->count, action->limit);
	text_add(text, action->span ? "in " : "at once");
	if (action->span)
		text_add_span(text, action->span);
	text_add(text, ".");
}

static void say_gave_up(struct text *text, const struct action *action, const struct subject *subject)
{
	say_failed(text, action, subject);
	text_format(text, "; not restarted: started %u times", action->count);
	if (action->span != USEC_INFINITY) {
		text_add(text, " within ");
		text_add_span(text, action->span);
	}
	text_add(text, ", the limit.");
}

static void say_stopping(struct text *text, const struct action *action, const struct subject *subject)
{
	text_add(text, "Stopping ");
	add_subject(text, subject);
	text_add(text, ", ");
	if (action->signal)
		text_add_signal(text, action->signal);
	else
		text_add(text, list_key(LIST_STOP));
	if (action->span != USEC_INFINITY) {
		text_add(text, ", up to ");
		text_add_span(text, action->span);
	}
	text_add(text, "...");
}

static void say_stopped(struct text *text, const struct action *action, const struct subject *subject)
{
	text_format(text, "Stopped %s", subject->name);
	add_elapsed(text, action->span);
	text_add(text, ".");
}

static void say_stop_failed(struct text *text, const struct action *action, const struct subject *subject)
{
	text_format(text, "Stopped %s", subject->name);
	add_elapsed(text, action->span);
	text_format(text, ": %s ", action->list == LIST_START ? "it" : list_key(action->list));
	add_happened(text, action);
	text_add(text, ".");
}

static void say_timeout(struct text *text, const struct action *action, const struct subject *subject)
{
	add_subject(text, subject);
	if (action->state < STATE_RUNNING)
		text_add(text, " has not started in time");
	else if (action->state == STATE_RUNNING)
		text_add(text, " has run for its RuntimeMaxSec=");
	else
		text_add(text, " has not stopped in time");
	if (action->state == STATE_START)
		add_reason(text, subject->ready_check);
	text_add(text, "; sending ");
	text_add_signal(text, action->signal);
	text_add(text, ".");
}

static void say_command_failed(struct text *text, const struct action *action, const struct subject *subject)
{
	struct action command = *action;

	command.result = RESULT_SUCCESS;
	say_ended(text, &command, subject);
}

static void say_reloading(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)action;
	text_add(text, "Reloading ");
	add_subject(text, subject);
	text_add(text, "...");
}

static void say_reloaded(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)action;
	text_format(text, "Reloaded %s.", subject->name);
}

static void say_reload_failed(struct text *text, const struct action *action, const struct subject *subject)
{
	text_format(text, "Cannot reload %s: %s.", subject->name, result_name(action->result));
}

static void say_watchdog(struct text *text, const struct action *action, const struct subject *subject)
{
	add_subject(text, subject);
	text_add(text, " gave no sign of life for ");
	text_add_span(text, action->span);
	text_add(text, ".");
}

static void say_unhealthy(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)action;
	add_subject(text, subject);
	text_add(text, " is unhealthy");
	add_reason(text, subject->health_check);
	text_add(text, ".");
}

static void say_healthy(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)action;
	add_subject(text, subject);
	text_add(text, " is healthy.");
}

static void say_delayed(struct text *text, const struct action *action, const struct subject *subject)
{
	text_format(text, "Starting %s in ", subject->name);
	text_add_span(text, action->span);
	text_add(text, "...");
}

static void say_stuck(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)action;
	add_subject(text, subject);
	text_add(text, " has not ended, and nothing more can be done to it.");
}

/* Which it is has been said. */
static void say_unmet(struct text *text, const struct action *action, const struct subject *subject)
{
	text_format(text, "%s ", subject->name);
	add_happened(text, action);
	text_add(text, ".");
}

static const struct {
	void (*say)(struct text *text, const struct action *action, const struct subject *subject);
	enum log_level level;
} sentences[LOG_KIND_COUNT] = {
	[LOG_STARTING] = { say_starting, LOG_LEVEL_INFO },
	[LOG_STARTED] = { say_started, LOG_LEVEL_INFO },
	[LOG_START_FAILED] = { say_ended, LOG_LEVEL_ERROR },
	[LOG_RESTART] = { say_restart, LOG_LEVEL_WARN },
	[LOG_GAVE_UP] = { say_gave_up, LOG_LEVEL_ERROR },
	[LOG_ENDED] = { say_ended, LOG_LEVEL_INFO },
	[LOG_STOPPING] = { say_stopping, LOG_LEVEL_INFO },
	[LOG_STOPPED] = { say_stopped, LOG_LEVEL_INFO },
	[LOG_STOP_FAILED] = { say_stop_failed, LOG_LEVEL_WARN },
	[LOG_TIMEOUT] = { say_timeout, LOG_LEVEL_WARN },
	[LOG_COMMAND_FAILED] = { say_command_failed, LOG_LEVEL_WARN },
	[LOG_RELOADING] = { say_reloading, LOG_LEVEL_INFO },
	[LOG_RELOADED] = { say_reloaded, LOG_LEVEL_INFO },
	[LOG_RELOAD_FAILED] = { say_reload_failed, LOG_LEVEL_ERROR },
	[LOG_WATCHDOG] = { say_watchdog, LOG_LEVEL_ERROR },
	[LOG_HEALTHY] = { say_healthy, LOG_LEVEL_INFO },
	[LOG_UNHEALTHY] = { say_unhealthy, LOG_LEVEL_ERROR },
	[LOG_DELAYED] = { say_delayed, LOG_LEVEL_INFO },
	[LOG_STUCK] = { say_stuck, LOG_LEVEL_ERROR },
	[LOG_NOT_SPAWNED] = { say_ended, LOG_LEVEL_DEBUG },
	[LOG_UNMET] = { say_unmet, LOG_LEVEL_DEBUG },
};

/* How a bare command ended is its caller's business, who sees the status: no line for it, as with tini. */
static enum log_level level_of(const struct action *action, const struct subject *subject)
{
	bool ended = action->log == LOG_ENDED || action->log == LOG_START_FAILED || action->log == LOG_STOP_FAILED;

	if (!ended)
		return sentences[action->log].level;
	if (!result_is_failure(action->result) || !subject->unit)
		return LOG_LEVEL_INFO;
	return action->log == LOG_STOP_FAILED ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR;
}

enum log_level message_of(const struct action *action, const struct subject *subject, struct text *text)
{
	sentences[action->log].say(text, action, subject);
	return level_of(action, subject);
}
