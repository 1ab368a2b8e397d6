/* arguments: what was typed and what is in the environment, into the journal of assignments. */
#ifndef TEND_ARGUMENTS_H
#define TEND_ARGUMENTS_H

#include "world.h"

/* What tend is asked to do. */
enum task {
	TASK_SUPERVISE,
	TASK_HELP,
	TASK_VERSION,
	TASK_VERIFY,
	TASK_PROBE,
	TASK_CONTROL,
	TASK_SIMULATE,
	TASK_TINI_HELP,
	TASK_TINI_USAGE, /* the same, as an error */
	TASK_TINI_VERSION,
	TASK_TINI_LICENSE,
};

#define UNKNOWN_VARIABLES_MAX 16

struct arguments {
	enum task task;
	const char *unit; /* --unit= or TEND_UNIT: a path or a name; NULL: a bare command */
	char **words;     /* a verb and what follows it; of simulate, what follows its options */
	/* tini's: -p, and with what a bad command line ends */
	int death_signal;
	int usage_status;
	const char *misuse; /* what is said above the usage, or NULL */
	/* Variables that look like tend's and are none: said, never refused. Whole, as they stand in environ. */
	unsigned unknown_count;
	const char *unknown[UNKNOWN_VARIABLES_MAX];
};

/*
 * Reads variables (environ) and argv: assignments go into world->journal, what is behind the options is world->command,
 * and world->environment is variables less what was understood (in place). A program called tini or
 * docker-init reads tini's command line. False with a complaint.
 */
bool arguments_read(char **argv, char **variables, struct world *world, struct arguments *arguments,
		    struct complaint *complaint);

#endif
