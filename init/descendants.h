/*
 * descendants: which processes are ours, by descent from tend, and a signal for all of them. A setsid or a
 * double fork hides nobody, since orphans come to tend; a `docker exec` is nobody's descendant. proc_pid_stat(5).
 */
#ifndef TEND_DESCENDANTS_H
#define TEND_DESCENDANTS_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whether /proc shows the pid namespace that tend lives in (/proc/self names getpid()); asked once at start.
 */
bool descendants_visible(void);

/*
 * Sends signal to every living descendant of tend but those in spared (count entries; 0: none). With
 * SIGKILL it goes on until a pass finds nobody that has not had it. Without a visible /proc: kill(-1), when
 * tend is PID 1, else only the process groups of its direct children. Returns how many were signalled, -1
 * when that is unknown. No memory is allocated beyond a mapping made by descendants_prepare().
 */
int descendants_signal(int signal, const pid_t *spared, size_t count);

/*
 * As PID 1 and for the very end: SIGKILL to everything in the pid namespace, `docker exec`s too. kill(2) may
 * block on processes in uninterruptible sleep: it is done in a forked child where fork succeeds.
 */
void descendants_kill_everything(void);

/* Whether pid is a descendant of tend, dead ones that nobody has reaped included. */
bool descendants_contain(pid_t pid);

/*
 * systemd's guess of a forking service's main process (GuessMainPID=): the one child of tend that is left when the control
 * process has gone; 0 when there is none or more than one.
 */
pid_t descendants_only_child(void);

/* Reserves the (untouched) memory that a pass over a large /proc needs. 0 or an errno. */
int descendants_prepare(void);

#endif
