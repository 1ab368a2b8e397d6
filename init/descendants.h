/*
 * descendants: which processes are ours, by descent from tend, and a signal for all of them. A setsid or a
 * double fork hides nobody, since orphans come to tend; a `docker exec` is nobody's descendant. proc_pid_stat(5).
 */
#ifndef TEND_DESCENDANTS_H
#define TEND_DESCENDANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Whether /proc shows the pid namespace that tend lives in (/proc/self names getpid()). */
bool descendants_visible(void);

/*
 * Sends signal once to every living descendant of tend but those in spared (count entries; 0: none), and goes on
 * until a pass over /proc finds nobody that has not had it, at most DESCENDANTS_PASSES times: call again at the next
 * death until waitpid(2) says ECHILD. Returns how many were signalled.
 *
 * Without a visible /proc, or where it hides the children that waitid(2) knows of (hidepid=): as PID 1 and with
 * nobody spared, kill(-1), which `docker exec`s get too; else nobody is signalled, and the caller has the process groups of
 * the children that it knows. Returns -1. No memory is allocated beyond the mapping of descendants_prepare().
 */
int descendants_signal(int signal, const pid_t *spared, size_t count);
enum { DESCENDANTS_PASSES = 16 };

/*
 * As PID 1 and for the very end: SIGKILL to everything in the pid namespace, `docker exec`s too; nothing if tend is
 * not PID 1. kill(2) may block on processes in uninterruptible sleep: it is done in a forked child where fork
 * succeeds, which is reaped as any other.
 */
void descendants_kill_everything(void);

/*
 * Whether pid is a descendant of tend, dead ones that nobody has reaped included. Without a visible /proc, and more than
 * DESCENDANTS_DEPTH_MAX generations down, only children are known: each generation is read, for each datagram.
 */
bool descendants_contain(pid_t pid);
enum { DESCENDANTS_DEPTH_MAX = 128 };

/*
 * systemd's guess of a forking service's main process (GuessMainPID=): the one living child of tend that is left
 * when the control process has gone; 0 when there is none or more than one.
 */
pid_t descendants_only_child(void);

/* Reserves the (untouched) memory that a pass over a large /proc needs. 0 or an errno. */
int descendants_prepare(void);

#endif
