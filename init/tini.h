/*
 * tini: the face that tend shows when it is called tini or docker-init: tini 0.19's options, variables,
 * messages and statuses, so that `docker run --init` and images made for tini work unchanged.
 */
#ifndef TEND_TINI_H
#define TEND_TINI_H

#include "arguments.h"

/* Whether a program called so is to behave as tini. */
bool tini_is_name(const char *name);

/* tini's own refusals end with this. */
#define TINI_STATUS_USAGE 1

/* Reads tini's command line (from the program's name on) and TINI_* variables, in the place of tend's. */
bool tini_read(char **argv, struct world *world, struct arguments *arguments, struct complaint *complaint);

/* The two texts of tini: `--version`, as `docker info` reads it, and the usage. */
void tini_version(void (*print)(const char *string));
void tini_usage(void (*print)(const char *string), const char *name);

#endif
