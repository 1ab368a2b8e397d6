/*
 * streams: a child's standard input, output and error. systemd.exec(5), "Logging and Standard
 * Input/Output".
 */
#ifndef TEND_STREAMS_H
#define TEND_STREAMS_H

#include "world.h"

/*
 * In the child, still as tend: connects descriptors 0, 1 and 2 as StandardInput=, StandardOutput=
 * and StandardError= say; those of a health or readiness check to nothing, nothing and tend's own.
 * 0, or EXIT_STDIN, EXIT_STDOUT, EXIT_STDERR with errno set.
 */
int streams_connect(const struct spawn *spawn);

/*
 * Once, before privilege_keep: where tend is root and the service is not, its user becomes the
 * owner of the pipes and the terminal that tend was given. So engines do for a user that they start
 * themselves, and without it the service can't open /dev/stdout.
 */
void streams_give(const struct world *world);

#endif
