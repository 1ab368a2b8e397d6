/* verify: `tend verify FILE`: all that is to be said of a unit, by file and line; the strict reader of units. */
#ifndef TEND_VERIFY_H
#define TEND_VERIFY_H

#include "world.h"

/*
 * Reads the unit and its drop-ins into world (its journal empty) and prints what is wrong, what is unknown, what
 * has no effect in a container, and what an operator should know about it, a line each. Returns 1 if anything is
 * wrong or unknown, else 0.
 */
int verify_unit(const char *unit, struct world *world, void (*print)(const char *string));

#endif
