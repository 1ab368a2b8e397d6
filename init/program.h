/* program: which commands the service has, list by list: what the machine counts and the supervisor runs. */
#ifndef TEND_PROGRAM_H
#define TEND_PROGRAM_H

#include "service.h"
#include "world.h"

/* One command of a list: which assignment holds it, and where in it. */
struct entry {
	const char *value; /* NULL: a bare command's argv */
	unsigned char index, flags;
};

struct program {
	struct plan plan;
	struct entry checks[CHECK_HEALTH + 1]; /* by enum check */
	unsigned short first[LIST_COUNT], used; /* of entries */
	struct entry entries[LIST_COUNT * COMMANDS_MAX]; /* list by list: only what is in use takes memory */
};

/* Reads the Exec...= lists of a configuration that options_fold() has accepted. program is zeroed. */
void program_make(struct program *program, const struct world *world);

/* The command of that index, below plan.count[list]. */
const struct entry *program_entry(const struct program *program, enum list list, unsigned index);

#endif
