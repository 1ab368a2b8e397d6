/*
 * jobs: what a client asks of tend, and when that is done. Pure core. The verbs and the exit statuses are systemctl's.
 */
#ifndef TEND_JOBS_H
#define TEND_JOBS_H

#include "message.h"

enum verb { VERB_NONE, VERB_STATUS, VERB_SHOW, VERB_HEALTH, VERB_START, VERB_STOP, VERB_RESTART, VERB_RELOAD, VERB_KILL };

/* VERB_NONE where it is none. */
enum verb verb_of(const char *word);
/* Whether it is one whose end can be waited for: start, stop, restart, reload. */
bool verb_is_job(enum verb verb);

/* One request: "stop", "stop no-block", "kill TERM". */
struct request {
	enum verb verb;
	bool no_block; /* do not wait for the job's end */
	int signal;    /* of kill */
};

/* The longest request and reply, in bytes: one packet each. */
#define REQUEST_MOST 64
#define REPLY_MOST 8192

/* Reads a request of length bytes; false when it is none, or has an argument that its verb does not take. */
bool request_parse(const char *bytes, size_t length, struct request *request);

enum job_outcome { JOB_PENDING, JOB_DONE, JOB_FAILED };

/*
 * Whether what was asked for has come about; asked from the step on that took the request on. What another request
 * has called off has failed; the others than jobs are done at once.
 */
enum job_outcome job_look(const struct machine *machine, enum verb verb);

/* Appends "[ERROR] Cannot start web: web with pid(7) exited with status 3.\n" for a job that has failed. */
void job_add_failure(struct text *text, const struct machine *machine, enum verb verb, const struct subject *subject);

/* systemctl's exit statuses. */
#define CLIENT_ACTIVE 0
#define CLIENT_FAILED 1
#define CLIENT_NOT_ACTIVE 3
#define CLIENT_NO_SERVICE 4

/* With what `tend status` ends in that state, and `tend health`. */
int status_of_state(enum state state);
int status_of_health(const struct machine *machine);

/* Docker's word for the health of what is up; of what is not, systemd's ActiveState, which no check has to say. */
const char *word_of_health(const struct machine *machine);

#endif
