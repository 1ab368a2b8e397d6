/*
 * signals: masks and dispositions by the kernel's numbers. musl keeps 32 to 34 to itself and hides them from
 * its sigset_t functions, so that PID 1 would lose them: here a set is the kernel's own 64 bits, bit N-1 for
 * signal N.
 */
#ifndef TEND_SIGNALS_H
#define TEND_SIGNALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIGNALS_ALL UINT64_MAX

/* Sets the mask, returns what it was. rt_sigprocmask(2); the kernel leaves SIGKILL and SIGSTOP out by itself. */
uint64_t signals_mask(uint64_t mask);

/* Sets that signal to be ignored, or to its default. Returns whether it was ignored. rt_sigaction(2). */
bool signals_ignore(int signal, bool ignore);

/* A descriptor (non-blocking, close-on-exec) that hands out every signal; -1 with errno. signalfd(2). */
int signals_open(void);

/* What matters of one that came. */
struct signal_info {
	int number;
	int sender; /* pid as seen from here; 0: the kernel, or somebody outside the pid namespace */
	int code;   /* si_code: <= 0 when a process sent it. sigaction(2) */
};
#define SIGNALS_AT_ONCE 8
/* Those that have come since, at most SIGNALS_AT_ONCE; 0: none. */
size_t signals_read(int descriptor, struct signal_info info[static SIGNALS_AT_ONCE]);

#endif
