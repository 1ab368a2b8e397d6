/*
 * simulate: `tend simulate`: what would happen, on a virtual clock. The same machine as PID 1's, driven by a script of
 * events in the place of processes; nothing is started, and nothing is waited for.
 */
#ifndef TEND_SIMULATE_H
#define TEND_SIMULATE_H

#include "world.h"

/*
 * events is the script, one event a word of the command line (NULL-terminated):
 *
 *	exit N after SPAN [xTIMES]          how one run of the main process ends, TIMES runs (x without a number:
 *	killed by SIGNAL after SPAN [x...]  all that follow); the next such event is the next run; after the last
 *	out of memory after SPAN [x...]     one, runs last for ever
 *	unhealthy after SPAN [x...]
 *	ready after SPAN                    what every run does: READY=1 or a readiness check (without it: at once)
 *	ignores SIGNAL
 *	stops [with N] after SPAN           how long it takes to heed a stop signal, and its status then
 *	stop at SPAN | restart at SPAN | reload at SPAN      asked from outside, counted from the beginning
 *
 * TIMES is at least 1. world is configured but for what needs a running system. Prints the log with the time since the
 * beginning before each line, and how it ends. 0, or 2 with a complaint about the script.
 */
int simulate(struct world *world, char **events, void (*print)(const char *string),
	     void (*complain)(const char *string));

#endif
