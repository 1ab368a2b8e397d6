/*
 * resources: scheduling, priorities and limits of a child. systemd.exec(5), "Process Properties"
 * and "Scheduling".
 */
#ifndef TEND_RESOURCES_H
#define TEND_RESOURCES_H

#include "options.h"

/*
 * In the child: OOM score, scheduling policy, nice level, CPU affinity, I/O priority. 0, or the
 * exit status that names what failed, with errno set. As systemd: an OOM score that may not be set
 * is left, a nice level out of reach is brought as near as it may.
 */
int resources_schedule(const struct config *config);

/*
 * In the child, still as tend: every Limit...= that is set; one that may not be raised so far is
 * set to the hard limit. 0 or EXIT_LIMITS with errno set.
 */
int resources_limit(const struct config *config);

/*
 * Appends "LimitNOFILE=65536 is out of reach, 20000 is used" for each that resources_limit will
 * lower; false when there is none. Tries it out on tend itself, whose limits are as before when it
 * returns.
 */
bool resources_shortfall(const struct config *config, struct text *text);

#endif
