/*
 * spawn: one child, from fork to exec. What the child must be is in config, journal and identity; what
 * went wrong comes back over a close-on-exec pipe: nothing but its end when exec worked.
 */
#ifndef TEND_SPAWN_H
#define TEND_SPAWN_H

#include "world.h"

struct child {
	pid_t pid;
	int failure_pipe; /* non-blocking, close-on-exec; spawn_outcome() reads it, the caller polls and closes it */
	bool direct;      /* by execute_directly(): until its outcome is known, tend's stack and lists stay as they are */
};

/*
 * Forks and goes on; returns 0 or the errno of pipe2(2) or fork(2). The child has every signal blocked until
 * the last moment before exec, then the mask and dispositions that the design's table says. What a bare
 * command inherits it inherits of tend, which therefore never changes its own umask, limits, priority, or
 * the close-on-exec flag of what it was given, and has changed only those dispositions that were "ignored".
 */
int spawn(const struct spawn *spawn, struct child *child);

/* Why a child did not become its command. */
struct failure {
	int status; /* what it exits with: enum exit_status for a unit's (203 for exec), else 127, 126, 125 */
	int error;  /* errno */
	int step;   /* enum exit_status of the step that failed, whatever status is; or STEP_... */
	char why[116]; /* of STEP_RUN, else "" */
};

enum spawn_outcome { SPAWN_PENDING, SPAWN_EXECUTED, SPAWN_FAILED };
/*
 * What is known by now; never blocks. A child that was killed before it came to exec counts as executed: its
 * end is known from waitpid(2). When it is more than SPAWN_PENDING it is asked for once only.
 */
enum spawn_outcome spawn_outcome(const struct child *child, struct failure *failure);

#endif
