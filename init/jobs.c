#include "jobs.h"

#include <string.h>

static const struct {
	const char *word;
	enum verb verb;
} verbs[] = {
	{ "status", VERB_STATUS }, { "show", VERB_SHOW },       { "health", VERB_HEALTH }, { "start", VERB_START },
	{ "stop", VERB_STOP },     { "restart", VERB_RESTART }, { "reload", VERB_RELOAD }, { "kill", VERB_KILL },
};

enum verb verb_of(const char *word)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i].word, word) == 0)
			return verbs[i].verb;
	return VERB_NONE;
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
	if (request->verb == VERB_KILL)
		request->signal = signal_from_name(argument ? argument : "TERM");
	else
		request->no_block = argument && strcmp(argument, "no-block") == 0;
	return request->verb != VERB_NONE && (request->verb != VERB_KILL || request->signal);
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
	/* A oneshot has done its work when it is dead again. */
	return machine->active && machine->result == RESULT_SUCCESS ? JOB_DONE : JOB_FAILED;
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
	if (verb == VERB_STOP && !is_down(machine->state))
		return JOB_PENDING;
	return JOB_DONE;
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
