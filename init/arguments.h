/* arguments: what was typed and what is in the environment, into the journal of assignments. */
#ifndef TEND_ARGUMENTS_H
#define TEND_ARGUMENTS_H

#include "spawn.h"

/* What tend is asked to do. */
enum task { TASK_SUPERVISE, TASK_HELP, TASK_VERSION };

#define UNKNOWN_VARIABLES_MAX 16

struct arguments {
	enum task task;
	const char *unit; /* --unit= or TEND_UNIT: a path or a name; NULL: a bare command */
	/* Variables that look like tend's and are none: said, never refused. In environ, whole. */
	const char *unknown[UNKNOWN_VARIABLES_MAX];
	unsigned unknown_count;
};

/*
 * Reads environ and argv (NULL-terminated, from the first argument on): assignments go into world->journal, what is
 * behind the options is world->command, and world->environment is environ less what was understood (in
 * place). False with a complaint.
 */
bool arguments_read(char **argv, char **environ, struct world *world, struct arguments *arguments,
		    struct complaint *complaint);

#endif
