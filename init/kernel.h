/*
 * kernel: system calls with the arguments that are the same wherever tend makes them, and a fork
 * without what libc's does for threads. Each is as its page in section 2 of the manual has it: what it
 * gives, or -1 with errno.
 */
#ifndef TEND_KERNEL_H
#define TEND_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* Of a function: it runs when PID 1 wakes up, and lies together with the others that do: init/layout.ld. */
#define AT_REST __attribute__((section(".text.rest")))

/* For a child that does not call libc for its thread's number; its signals are as they were. */
pid_t kernel_fork(void);
/*
 * A child in the same memory: it calls function, which does not return, with its argument and a stack that ends where
 * that begins. execute.h says what this takes. A machine for which system.S is not written has none: EINVAL.
 */
pid_t kernel_share(void *argument, void (*function)(void *));
/* A call of at most three arguments. It gives what the kernel does, an error's number negated, and leaves errno alone. */
long kernel_call(long number, long first, long second, long third);
/*
 * clock_gettime(2), of CLOCK_MONOTONIC or CLOCK_REALTIME, in microseconds. By the vdso it would take
 * 0.2 us less of a wake-up that takes 20.
 */
uint64_t kernel_clock(clockid_t clock);

/* The time of CLOCK_MONOTONIC, as the machine counts it. */
uint64_t kernel_now(void);

/* Closes a descriptor, where there is one, and makes it -1. */
void kernel_drop(int *descriptor);

/* What tend itself opens: close-on-exec, and if it is a terminal not tend's controlling one. */
int kernel_open(const char *path, int flags);
/* Writes all of a string to standard output, for clients: where that can't be done it says so and ends with 1. */
void kernel_say(const char *string);
/* The same to standard error, as far as that can be done. */
void kernel_complain(const char *string);
/* These two are close-on-exec and non-blocking. */
int kernel_accept(int socket);
int kernel_pipe(int ends[2]);
int kernel_socket(int family, int type);
/* getenv(3), of what tend was started with. */
const char *kernel_variable(const char *name);
/* isatty(3) */
bool kernel_is_terminal(int file);

/* Zeroed memory of our own, of which the kernel promises only what is touched; or NULL. */
void *kernel_memory(size_t size);
/* Moves it to where there is room for more; NULL leaves it as it was. */
void *kernel_more_memory(void *memory, size_t size, size_t more);

/*
 * Calls function, which does not return, with its argument and a stack that ends at bottom: 16 bytes aligned, and
 * part of the stack that there is. All that was below is free to be overwritten and given back. A machine for which
 * system.S is not written calls it on the stack as it is.
 */
_Noreturn void kernel_continue(char *bottom, void (*function)(void *), void *argument);

/* Those of prctl(2) with one argument. */
int kernel_prctl(int option, unsigned long argument);

#endif
