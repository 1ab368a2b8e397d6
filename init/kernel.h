/*
 * kernel: system calls without what libc puts around some of them, which PID 1 has no use for and
 * which was 4 KB of it: a second try in the way of Linux 3.4, points where a thread can be
 * cancelled, handlers and locks around a fork, the clock without a system call.
 *
 * Each is as its page in section 2 of the manual has it: what it gives, or -1 with errno. Their
 * structures are libc's, which on 64-bit machines are the kernel's.
 */
#ifndef TEND_KERNEL_H
#define TEND_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct stat;

/* For a child that does not call libc for its thread's number; its signals are as they were. */
pid_t kernel_fork(void);
/*
 * clock_gettime(2), of CLOCK_MONOTONIC or CLOCK_REALTIME, in microseconds. By the vdso it would take
 * 0.2 us less of a wake-up that takes 20.
 */
uint64_t kernel_clock(clockid_t clock);

int kernel_openat(int directory, const char *path, int flags, mode_t mode);
/* What tend itself opens: close-on-exec, and if it is a terminal not tend's controlling one. */
int kernel_open(const char *path, int flags);
/* fstatat(2); of the descriptor itself, with "" and AT_EMPTY_PATH. */
int kernel_stat(int directory, const char *path, struct stat *status, int flags);
ssize_t kernel_readlink(int directory, const char *path, char *target, size_t room);
/* These two are close-on-exec and non-blocking. */
int kernel_accept(int socket);
int kernel_pipe(int ends[2]);
int kernel_socket(int family, int type);
int kernel_fchdir(int directory);
int kernel_fchmod(int file, mode_t mode);
int kernel_fchown(int file, uid_t uid, gid_t gid);
int kernel_ioctl(int file, unsigned long request, void *argument);
/* isatty(3) */
bool kernel_is_terminal(int file);

/* Zeroed memory of our own, of which the kernel promises only what is touched; or NULL. */
void *kernel_memory(size_t size);
/* Moves it to where there is room for more; NULL leaves it as it was. */
void *kernel_more_memory(void *memory, size_t size, size_t more);

/* Those of prctl(2) with one argument. */
int kernel_prctl(int option, unsigned long argument);

#endif
