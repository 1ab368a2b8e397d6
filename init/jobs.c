#include "jobs.h"

#include <string.h>

static const char words[][8] = {
	[VERB_STATUS] = "status", [VERB_SHOW] = "show",	      [VERB_HEALTH] = "health", [VERB_START] = "start",
	[VERB_STOP] = "stop",	  [VERB_RESTART] = "restart", [VERB_RELOAD] = "reload", [VERB_KILL] = "kill",
};

enum verb verb_of(const char *word)
{
	enum verb verb = VERB_KILL;

	while (verb != VERB_NONE && strcmp(words[verb], word) != 0)
		verb--;
	return verb;
}

bool verb_is_job(enum verb verb)
{
	return verb >= VERB_START && verb <= VERB_RELOAD;
}

bool request_parse(const char *bytes, size_t length, struct request *request)
{
	char copy[REQUEST_MOST + 1];
	char *argument;

	if (length > REQUEST_MOST || memchr(bytes, '\0', length))
		return false;
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	argument = strchr(copy, ' ');
	if (argument)
		*argument++ = '\0';
	*request = (struct request){ .verb = verb_of(copy) };
	if (request->verb == VERB_KILL) {
		request->signal = signal_from_name(argument ? argument : "TERM");
		return request->signal;
	}
	request->no_block = argument && verb_is_job(request->verb) && strcmp(argument, "no-block") == 0;
	return request->verb != VERB_NONE && (!argument || request->no_block);
}

static bool is_up(enum state state)
{
	return state >= STATE_RUNNING && state <= STATE_RELOAD_NOTIFY;
}

static bool is_down(enum state state)
{
	return state == STATE_DEAD || state == STATE_FAILED || state == STATE_ENDED || state == STATE_AUTO_RESTART;
}

static enum job_outcome look_at_start(const struct machine *machine)
{
	if (machine->start_asked)
		return JOB_PENDING;
	if (is_up(machine->state))
		return JOB_DONE;
	if (!is_down(machine->state))
		return JOB_PENDING;
	/* Called off. */
	if (machine->stop_asked)
		return JOB_FAILED;
	/* systemctl(1) too ends with 0 where a condition has kept a service from starting. */
	if (machine->result == RESULT_CONDITION || machine->result == RESULT_EXEC_CONDITION)
		return JOB_DONE;
	/* A oneshot has done its work when it is dead again. */
	return machine->active && machine->result == RESULT_SUCCESS ? JOB_DONE : JOB_FAILED;
}

/* Something that not even SIGKILL ends, or that SendSIGKILL=no lets live. */
static bool outlives_stop(const struct machine *machine)
{
	return machine->main_alive || machine->control_alive ||
	       (machine->populated && machine->result == RESULT_TIMEOUT);
}

static enum job_outcome look_at_stop(const struct machine *machine)
{
	/* Whoever asks for a start meanwhile calls it off. */
	if (!machine->stop_asked)
		return JOB_FAILED;
	if (!is_down(machine->state))
		return JOB_PENDING;
	return outlives_stop(machine) ? JOB_FAILED : JOB_DONE;
}

static enum job_outcome look_at_reload(const struct machine *machine)
{
	if (machine->state >= STATE_RELOAD && machine->state <= STATE_RELOAD_NOTIFY)
		return JOB_PENDING;
	return is_up(machine->state) && machine->reload_result == RESULT_SUCCESS ? JOB_DONE : JOB_FAILED;
}

enum job_outcome job_look(const struct machine *machine, enum verb verb)
{
	if (verb == VERB_START || verb == VERB_RESTART)
		return look_at_start(machine);
	if (verb == VERB_RELOAD)
		return look_at_reload(machine);
	return verb == VERB_STOP ? look_at_stop(machine) : JOB_DONE;
}

/* What has become of the service, in the words of the log. */
static void add_ended(struct text *text, const struct machine *machine, const struct subject *subject)
{
	struct action action = { .type = ACTION_LOG, .log = LOG_START_FAILED, .result = machine->result };

	machine_tell_ending(machine, &action);
	message_of(&action, subject, text);
}

void job_add_failure(struct text *text, const struct machine *machine, enum verb verb, const struct subject *subject)
{
	text_format(text, "[ERROR] Cannot %s %s: ", words[verb], subject->name);
	if (verb == VERB_RELOAD && is_up(machine->state))
		text_format(text, "%s.", result_name(machine->reload_result));
	else if (machine->stop_asked && outlives_stop(machine))
		text_add(text, "what is left of it does not end.");
	else if (machine->stop_asked)
		text_add(text, "a stop was asked for.");
	else if (verb == VERB_STOP)
		text_add(text, "a start was asked for.");
	else
		add_ended(text, machine, subject);
	text_add_byte(text, '\n');
}

int status_of_state(enum state state)
{
	return is_up(state) ? CLIENT_ACTIVE : CLIENT_NOT_ACTIVE;
}

int status_of_health(const struct machine *machine)
{
	enum health_status status = machine->health.status;

	return is_up(machine->state) && (status == HEALTH_HEALTHY || status == HEALTH_NONE) ? 0 : 1;
}

const char *word_of_health(const struct machine *machine)
{
	return is_up(machine->state) ? health_name(machine->health.status) : active_state_name(machine->state);
}
