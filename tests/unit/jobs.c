/* jobs: what a client asks for is understood or refused, and is answered when it has come about. */
#include "jobs.h"
#include "unit.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- requests -------------------------------------------------------------------------------- */

static struct request request;

static bool parse(const char *string)
{
	return request_parse(string, strlen(string), &request);
}

static const struct {
	const char *word;
	enum verb verb;
	bool job;
} verbs[] = {
	{ "status", VERB_STATUS, false }, { "show", VERB_SHOW, false },      { "health", VERB_HEALTH, false },
	{ "start", VERB_START, true },    { "stop", VERB_STOP, true },       { "restart", VERB_RESTART, true },
	{ "reload", VERB_RELOAD, true },  { "kill", VERB_KILL, false },
};

static void each_verb_is_understood_alone(void)
{
	for (size_t i = 0; i < COUNT(verbs); i++) {
		unit_about("%s", verbs[i].word);
		CHECK(parse(verbs[i].word));
		CHECK_INT(request.verb, verbs[i].verb);
		CHECK_INT(verb_of(verbs[i].word), verbs[i].verb);
		CHECK_INT(verb_is_job(verbs[i].verb), verbs[i].job);
		CHECK(!request.no_block);
	}
	CHECK(!verb_is_job(VERB_NONE));
}

static void only_a_job_can_be_left_alone(void)
{
	for (size_t i = 0; i < COUNT(verbs); i++) {
		char bytes[REQUEST_MOST];
		struct text text = text_over(bytes, sizeof bytes);

		text_format(&text, "%s no-block", verbs[i].word);
		unit_about("%s", bytes);
		CHECK_INT(parse(bytes), verbs[i].job);
		if (verbs[i].job)
			CHECK(request.verb == verbs[i].verb && request.no_block);
	}
}

static void kill_takes_a_signal_and_sends_TERM_without_one(void)
{
	static const struct {
		const char *string;
		int signal;
	} rows[] = {
		{ "kill", 15 },         { "kill TERM", 15 },     { "kill SIGKILL", 9 }, { "kill 1", 1 },
		{ "kill RTMIN+3", 37 }, { "kill 64", 64 },       { "kill ", 0 },        { "kill 0", 0 },
		{ "kill 65", 0 },       { "kill term", 0 },      { "kill  TERM", 0 },   { "kill TERM ", 0 },
		{ "kill TERM KILL", 0 }, { "kill no-block", 0 }, { "kill -1", 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unit_about("%s", rows[i].string);
		CHECK_INT(parse(rows[i].string), rows[i].signal != 0);
		CHECK_INT(request.signal, rows[i].signal);
	}
}

/* Of a later version of tend, perhaps: to do half of what was asked for would be worse than nothing. */
static void what_is_not_wholly_understood_is_refused(void)
{
	static const char *const strings[] = {
		"",           " ",           "status ",         "stop now",      "stop no-block ",
		"Stop",       "stop\n",      "stop  no-block",  "no-block",      "stop no-blocking",
		"stopp",      "sto",         "show no-block",   "health json",   "restart no-block no-block",
		" stop",      "stop\tno-block",
	};

	for (size_t i = 0; i < COUNT(strings); i++) {
		unit_about("\"%s\"", strings[i]);
		CHECK(!parse(strings[i]));
	}
	CHECK(!request_parse("stop\0", 5, &request));
	CHECK(!request_parse("stop\0no-block", 13, &request));
}

static void a_request_has_64_bytes_at_most(void)
{
	char bytes[REQUEST_MOST + 1];

	memset(bytes, 'a', sizeof bytes);
	CHECK(!request_parse(bytes, sizeof bytes, &request));
	CHECK(!request_parse(bytes, sizeof bytes - 1, &request));
	/* Exactly its bytes are looked at, whatever follows them. */
	memcpy(bytes, "stopstopstop", 12);
	CHECK(request_parse(bytes, 4, &request));
	CHECK_INT(request.verb, VERB_STOP);
}

/* ---- outcomes -------------------------------------------------------------------------------- */

enum { UP = 1, DOWN = 2, RELOADS = 4 };

static const unsigned char kinds[STATE_COUNT] = {
	[STATE_DEAD] = DOWN,
	[STATE_RUNNING] = UP,
	[STATE_EXITED] = UP,
	[STATE_RELOAD] = UP | RELOADS,
	[STATE_RELOAD_SIGNAL] = UP | RELOADS,
	[STATE_RELOAD_NOTIFY] = UP | RELOADS,
	[STATE_AUTO_RESTART] = DOWN,
	[STATE_FAILED] = DOWN,
	[STATE_ENDED] = DOWN,
};

static void status_is_0_while_it_is_up_and_3_while_it_is_not(void)
{
	for (enum state state = 0; state < STATE_COUNT; state++) {
		unit_about("%s", state_name(state));
		CHECK_INT(status_of_state(state), kinds[state] & UP ? 0 : 3);
	}
}

static void health_is_0_for_what_is_up_and_healthy_or_has_no_check(void)
{
	for (enum state state = 0; state < STATE_COUNT; state++)
		for (enum health_status health = HEALTH_NONE; health <= HEALTH_UNHEALTHY; health++) {
			const struct machine machine = { .state = state, .health = { .status = health } };
			bool good = health == HEALTH_NONE || health == HEALTH_HEALTHY;

			unit_about("%s, %s", state_name(state), health_name(health));
			CHECK_INT(status_of_health(&machine), good && kinds[state] & UP ? 0 : 1);
		}
}

/* "none" is the word for no check alone: what is not up says so, whether it has a check or not. */
static void health_is_dockers_word_for_what_is_up_and_else_the_state(void)
{
	for (enum state state = 0; state < STATE_COUNT; state++)
		for (enum health_status health = HEALTH_NONE; health <= HEALTH_UNHEALTHY; health++) {
			const struct machine machine = { .state = state, .health = { .status = health } };

			unit_about("%s, %s", state_name(state), health_name(health));
			CHECK_TEXT(word_of_health(&machine),
				   kinds[state] & UP ? health_name(health) : active_state_name(state));
		}
}

static void a_start_is_done_when_the_service_is_up(void)
{
	for (enum state state = 0; state < STATE_COUNT; state++) {
		struct machine machine = { .state = state, .result = RESULT_EXIT_CODE };

		for (enum verb verb = VERB_START; verb <= VERB_RESTART; verb += VERB_RESTART - VERB_START) {
			unit_about("%s, %d", state_name(state), verb);
			CHECK_INT(job_look(&machine, verb), kinds[state] & UP     ? JOB_DONE :
							    kinds[state] & DOWN ? JOB_FAILED :
										    JOB_PENDING);
		}
	}
}

/* It is up still, or down again already, but has not begun with what was asked for. */
static void a_restart_waits_for_the_stop_before_it(void)
{
	for (enum state state = 0; state < STATE_COUNT; state++) {
		const struct machine machine = { .state = state, .start_asked = true };

		unit_about("%s", state_name(state));
		CHECK_INT(job_look(&machine, VERB_START), JOB_PENDING);
		CHECK_INT(job_look(&machine, VERB_RESTART), JOB_PENDING);
	}
}

static void a_start_is_done_when_a_oneshot_has_done_its_work(void)
{
	struct machine machine = { .state = STATE_DEAD, .active = true };

	CHECK_INT(job_look(&machine, VERB_START), JOB_DONE);
	machine.state = STATE_ENDED;
	CHECK_INT(job_look(&machine, VERB_START), JOB_DONE);
	machine.active = false;
	CHECK_INT(job_look(&machine, VERB_START), JOB_FAILED);
	machine.active = true;
	machine.result = RESULT_EXIT_CODE;
	CHECK_INT(job_look(&machine, VERB_START), JOB_FAILED);
}

static void a_condition_that_is_not_met_fails_no_start_but_an_assertion_does(void)
{
	struct machine machine = { .state = STATE_DEAD, .result = RESULT_CONDITION };

	CHECK_INT(job_look(&machine, VERB_START), JOB_DONE);
	machine.result = RESULT_EXEC_CONDITION;
	CHECK_INT(job_look(&machine, VERB_RESTART), JOB_DONE);
	machine.result = RESULT_ASSERT;
	CHECK_INT(job_look(&machine, VERB_START), JOB_FAILED);
}

static void a_stop_fails_the_start_that_it_comes_after(void)
{
	struct machine machine = { .state = STATE_STOP_SIGTERM, .active = true, .stop_asked = true };

	CHECK_INT(job_look(&machine, VERB_START), JOB_PENDING);
	machine.state = STATE_DEAD;
	CHECK_INT(job_look(&machine, VERB_START), JOB_FAILED);
	CHECK_INT(job_look(&machine, VERB_RESTART), JOB_FAILED);
	machine.state = STATE_ENDED;
	CHECK_INT(job_look(&machine, VERB_RESTART), JOB_FAILED);
}

static void a_stop_is_done_when_the_service_is_down(void)
{
	for (enum state state = 0; state < STATE_COUNT; state++) {
		const struct machine machine = { .state = state, .stop_asked = true };

		unit_about("%s", state_name(state));
		CHECK_INT(job_look(&machine, VERB_STOP), kinds[state] & DOWN ? JOB_DONE : JOB_PENDING);
	}
}

/* Else its client would wait for ever. */
static void a_start_fails_the_stop_that_it_comes_after(void)
{
	for (enum state state = 0; state < STATE_COUNT; state++) {
		const struct machine machine = { .state = state };

		unit_about("%s", state_name(state));
		CHECK_INT(job_look(&machine, VERB_STOP), JOB_FAILED);
	}
}

static void a_stop_that_leaves_something_has_failed(void)
{
	struct machine machine = { .state = STATE_FAILED, .stop_asked = true, .result = RESULT_TIMEOUT };

	CHECK_INT(job_look(&machine, VERB_STOP), JOB_DONE);
	machine.populated = true;
	CHECK_INT(job_look(&machine, VERB_STOP), JOB_FAILED);
	machine.result = RESULT_SUCCESS; /* KillMode=process: left on purpose */
	CHECK_INT(job_look(&machine, VERB_STOP), JOB_DONE);
	machine.populated = false;
	machine.main_alive = true;
	CHECK_INT(job_look(&machine, VERB_STOP), JOB_FAILED);
	machine.main_alive = false;
	machine.control_alive = true;
	CHECK_INT(job_look(&machine, VERB_STOP), JOB_FAILED);
}

static void a_reload_is_done_when_the_service_is_up_again_and_it_went_well(void)
{
	for (enum state state = 0; state < STATE_COUNT; state++)
		for (enum result result = 0; result < RESULT_COUNT; result++) {
			const struct machine machine = { .state = state, .reload_result = result };
			bool good = kinds[state] & UP && result == RESULT_SUCCESS;

			unit_about("%s, %s", state_name(state), result_name(result));
			CHECK_INT(job_look(&machine, VERB_RELOAD),
				  kinds[state] & RELOADS ? JOB_PENDING : good ? JOB_DONE : JOB_FAILED);
		}
}

static void what_is_no_job_is_done_at_once(void)
{
	for (enum state state = 0; state < STATE_COUNT; state++) {
		const struct machine machine = { .state = state, .result = RESULT_TIMEOUT, .start_asked = true };

		for (size_t i = 0; i < COUNT(verbs); i++)
			if (!verbs[i].job)
				CHECK_INT(job_look(&machine, verbs[i].verb), JOB_DONE);
	}
}

/* ---- why ------------------------------------------------------------------------------------- */

static const char *failure(const struct machine *machine, enum verb verb)
{
	static char line[256];
	struct text text = text_over(line, sizeof line);
	const struct subject subject = { .name = "web", .pid = 7, .unit = true };

	job_add_failure(&text, machine, verb, &subject);
	return line;
}

static void a_job_that_fails_says_why(void)
{
	const struct ending exited = { .how = HOW_EXITED, .status = 3 };
	struct machine machine = {
		.state = STATE_FAILED, .result = RESULT_EXIT_CODE, .main_ending = exited, .failed_list = LIST_START
	};

	CHECK_TEXT(failure(&machine, VERB_START),
		   "[ERROR] Cannot start web: web with pid(7) exited with status 3.\n");
	CHECK_TEXT(failure(&machine, VERB_RELOAD),
		   "[ERROR] Cannot reload web: web with pid(7) exited with status 3.\n");
	machine.main_ending = (struct ending){ 0 };
	machine.failed = exited;
	machine.failed_list = LIST_START_PRE;
	CHECK_TEXT(failure(&machine, VERB_RESTART),
		   "[ERROR] Cannot restart web: ExecStartPre= of web exited with status 3.\n");
	machine = (struct machine){ .state = STATE_FAILED, .result = RESULT_TIMEOUT, .failed_list = LIST_START };
	CHECK_TEXT(failure(&machine, VERB_START), "[ERROR] Cannot start web: web with pid(7) took too long.\n");
	machine.main_ending = (struct ending){ .how = HOW_KILLED, .status = 9 };
	CHECK_TEXT(failure(&machine, VERB_START),
		   "[ERROR] Cannot start web: web with pid(7) took too long and was killed by SIGKILL.\n");
	machine = (struct machine){ .state = STATE_RUNNING, .reload_result = RESULT_EXIT_CODE };
	CHECK_TEXT(failure(&machine, VERB_RELOAD), "[ERROR] Cannot reload web: exit-code.\n");
	CHECK_TEXT(failure(&machine, VERB_STOP), "[ERROR] Cannot stop web: a start was asked for.\n");
	machine = (struct machine){ .state = STATE_DEAD, .stop_asked = true };
	CHECK_TEXT(failure(&machine, VERB_START), "[ERROR] Cannot start web: a stop was asked for.\n");
	machine.main_alive = true;
	CHECK_TEXT(failure(&machine, VERB_STOP), "[ERROR] Cannot stop web: what is left of it does not end.\n");
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(each_verb_is_understood_alone),
		TEST(only_a_job_can_be_left_alone),
		TEST(kill_takes_a_signal_and_sends_TERM_without_one),
		TEST(what_is_not_wholly_understood_is_refused),
		TEST(a_request_has_64_bytes_at_most),
		TEST(status_is_0_while_it_is_up_and_3_while_it_is_not),
		TEST(health_is_0_for_what_is_up_and_healthy_or_has_no_check),
		TEST(health_is_dockers_word_for_what_is_up_and_else_the_state),
		TEST(a_start_is_done_when_the_service_is_up),
		TEST(a_restart_waits_for_the_stop_before_it),
		TEST(a_start_is_done_when_a_oneshot_has_done_its_work),
		TEST(a_condition_that_is_not_met_fails_no_start_but_an_assertion_does),
		TEST(a_stop_fails_the_start_that_it_comes_after),
		TEST(a_stop_is_done_when_the_service_is_down),
		TEST(a_start_fails_the_stop_that_it_comes_after),
		TEST(a_stop_that_leaves_something_has_failed),
		TEST(a_reload_is_done_when_the_service_is_up_again_and_it_went_well),
		TEST(what_is_no_job_is_done_at_once),
		TEST(a_job_that_fails_says_why),
	};

	return unit_run(tests, COUNT(tests));
}
