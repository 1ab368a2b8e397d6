#include "message.h"
#include "names.h"

/* "elasticsearch with pid(7)" */
static void add_subject(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)action;
	text_add(text, subject->name);
	if (subject->pid)
		text_format(text, " with pid(%d)", subject->pid);
}

/* Nobody stops a process that is gone: what is still done is done to the service. */
static void add_living(struct text *text, const struct action *action, const struct subject *subject)
{
	if (action->main)
		add_subject(text, action, subject);
	else
		text_add(text, subject->name);
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

/* What has happened, as a predicate: of the process that ended, or where none has, of the service. */
static void add_happened(struct text *text, const struct action *action, enum result result)
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
	bool main_killed = result == RESULT_OOM_KILL && ending->oom;

	if (results[result] && result != RESULT_SUCCESS && !main_killed) {
		bool unhealthy = result == RESULT_WATCHDOG && action->check == CHECK_HEALTH;

		text_add(text, unhealthy ? "was unhealthy" : results[result]);
		if (ending->how < HOW_KILLED)
			return;
		text_add(text, " and ");
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

static void add_list(struct text *text, enum list list)
{
	if (list == LIST_CLEAN)
		text_add(text, "removing directories");
	else
		text_format(text, "%s=", listed_key(LISTED(list)));
}

/* The parts of sentences. */

static void add_name(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)action;
	text_add(text, subject->name);
}

static void add_result(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)subject;
	text_add(text, result_name(action->result));
}

static void add_end(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)subject;
	add_happened(text, action, action->result);
}

static void add_stop_failure(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)subject;
	if (action->list == LIST_START)
		text_add(text, "it");
	else
		add_list(text, action->list);
	text_add_byte(text, ' ');
	add_happened(text, action, action->result);
}

/* A hook's failure is the start's failure: the hook is named. */
static void add_who(struct text *text, const struct action *action, const struct subject *subject)
{
	if (action->list != LIST_START && action->result != RESULT_EXEC_CONDITION) {
		add_list(text, action->list);
		text_format(text, " of %s ", subject->name);
	} else {
		add_subject(text, action, subject);
		text_add_byte(text, ' ');
	}
}

static void add_failure(struct text *text, const struct action *action, const struct subject *subject)
{
	add_who(text, action, subject);
	add_happened(text, action, action->result);
}

/* Of one command, whatever the service's result is by now. */
static void add_command_failure(struct text *text, const struct action *action, const struct subject *subject)
{
	add_who(text, action, subject);
	add_happened(text, action, RESULT_SUCCESS);
}

/* A millisecond is the least that is said: "in 0" would read as if nothing had been done. */
static void add_elapsed(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)subject;
	text_add_span(text, action->span > USEC_PER_MSEC ? action->span : USEC_PER_MSEC);
}

static void add_span(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)subject;
	text_add_span(text, action->span);
}

static void add_span_behind(struct text *text, const struct action *action, const char *words)
{
	if (action->span == USEC_INFINITY)
		return;
	text_add(text, words);
	text_add_span(text, action->span);
}

static void add_up_to(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)subject;
	add_span_behind(text, action, ", up to ");
}

static void add_starts(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)subject;
	text_format(text, "%u time%s", action->count, action->count == 1 ? "" : "s");
	add_span_behind(text, action, " within ");
}

static void add_restart(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)subject;
	if (action->limit)
		text_format(text, "%u of %u ", action->count, action->limit);
	if (action->span)
		add_span_behind(text, action, "in ");
	else
		text_add(text, "at once");
}

static void add_signal(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)subject;
	if (action->signal)
		text_add_signal(text, action->signal);
	else
		add_list(text, LIST_STOP);
}

static void add_lateness(struct text *text, const struct action *action, const struct subject *subject)
{
	if (action->state < STATE_RUNNING)
		text_add(text, "has not started in time");
	else if (action->state == STATE_RUNNING)
		text_add(text, "has run for its RuntimeMaxSec=");
	else
		text_add(text, "has not stopped in time");
	if (action->state == STATE_START)
		add_reason(text, subject->ready_check);
}

static void add_illness(struct text *text, const struct action *action, const struct subject *subject)
{
	(void)action;
	add_reason(text, subject->health_check);
}

/* By the letter that stands for it in a sentence, behind "%": 'e' to 't'. */
static void (*const parts[])(struct text *text, const struct action *action, const struct subject *subject) = {
	['e' - 'e'] = add_elapsed, ['f' - 'e'] = add_failure,         ['g' - 'e'] = add_signal,
	['h' - 'e'] = add_end,     ['i' - 'e'] = add_illness,         ['j' - 'e'] = add_stop_failure,
	['k' - 'e'] = add_up_to,   ['l' - 'e'] = add_lateness,        ['m' - 'e'] = add_starts,
	['n' - 'e'] = add_name,    ['o' - 'e'] = add_subject,         ['p' - 'e'] = add_living,
	['q' - 'e'] = add_result,  ['r' - 'e'] = add_command_failure, ['s' - 'e'] = add_span,
	['t' - 'e'] = add_restart,
};

static const struct PACKED {
	const char *words;
	unsigned char level;
} sentences[LOG_KIND_COUNT] = {
	[LOG_STARTING] = { "Starting %n...", LOG_LEVEL_INFO },
	[LOG_STARTED] = { "Started %o in %e.", LOG_LEVEL_INFO },
	[LOG_START_FAILED] = { "%f.", LOG_LEVEL_ERROR },
	[LOG_RESTART] = { "%f; restart %t.", LOG_LEVEL_WARN },
	[LOG_GAVE_UP] = { "%f; not restarted: started %m, the limit.", LOG_LEVEL_ERROR },
	[LOG_ENDED] = { "%f.", LOG_LEVEL_INFO },
	[LOG_STOPPING] = { "Stopping %p, %g%k...", LOG_LEVEL_INFO },
	[LOG_STOPPED] = { "Stopped %n in %e.", LOG_LEVEL_INFO },
	[LOG_STOP_FAILED] = { "Stopped %n in %e: %j.", LOG_LEVEL_WARN },
	[LOG_TIMEOUT] = { "%p %l; sending %g.", LOG_LEVEL_WARN },
	[LOG_COMMAND_FAILED] = { "%r.", LOG_LEVEL_WARN },
	[LOG_COMMAND_IGNORED] = { "%r.", LOG_LEVEL_INFO },
	[LOG_RELOADING] = { "Reloading %p...", LOG_LEVEL_INFO },
	[LOG_RELOADED] = { "Reloaded %n.", LOG_LEVEL_INFO },
	[LOG_RELOAD_FAILED] = { "Cannot reload %n: %q.", LOG_LEVEL_ERROR },
	[LOG_WATCHDOG] = { "%p gave no sign of life for %s.", LOG_LEVEL_ERROR },
	[LOG_HEALTHY] = { "%p is healthy.", LOG_LEVEL_INFO },
	[LOG_UNHEALTHY] = { "%p is unhealthy%i.", LOG_LEVEL_ERROR },
	[LOG_DELAYED] = { "Starting %n in %s...", LOG_LEVEL_INFO },
	[LOG_STUCK] = { "%p has not ended, and nothing more can be done to it.", LOG_LEVEL_ERROR },
	[LOG_NOT_SPAWNED] = { "%f.", LOG_LEVEL_DEBUG },
	[LOG_UNMET] = { "%n %h.", LOG_LEVEL_DEBUG }, /* which it is has been said */
};

/* How a bare command ended is its caller's business, who sees the status: no line for it, as with tini. */
enum log_level message_level(const struct action *action, const struct subject *subject)
{
	bool ended = action->log == LOG_ENDED || action->log == LOG_START_FAILED || action->log == LOG_STOP_FAILED;

	if (!ended)
		return (enum log_level)sentences[action->log].level;
	if (!result_is_failure(action->result) || !subject->unit)
		return LOG_LEVEL_INFO;
	return action->log == LOG_STOP_FAILED ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR;
}

void message_of(const struct action *action, const struct subject *subject, struct text *text)
{
	for (const char *words = sentences[action->log].words; *words; words++) {
		if (*words == '%')
			parts[*++words - 'e'](text, action, subject);
		else
			text_add_byte(text, *words);
	}
}
