#include "signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KERNEL_SET_SIZE sizeof(uint64_t)

uint64_t signals_mask(uint64_t mask)
{
	uint64_t old = 0;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, &old, KERNEL_SET_SIZE);
	return old;
}

/* The kernel's struct sigaction, whose order is not libc's. Only SIG_IGN and SIG_DFL are ever set. */
struct kernel_action {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

bool signals_ignore(int signal, bool ignore)
{
	struct kernel_action action = { .handler = ignore ? SIG_IGN : SIG_DFL }, old = { 0 };

	syscall(SYS_rt_sigaction, signal, &action, &old, KERNEL_SET_SIZE);
	return old.handler == SIG_IGN;
}

int signals_open(void)
{
	uint64_t all = SIGNALS_ALL;

	return (int)syscall(SYS_signalfd4, -1, &all, KERNEL_SET_SIZE, SFD_NONBLOCK | SFD_CLOEXEC);
}

size_t signals_read(int descriptor, struct signal_info info[static SIGNALS_AT_ONCE])
{
	struct signalfd_siginfo raw[SIGNALS_AT_ONCE];
	ssize_t got = read(descriptor, raw, sizeof raw);
	size_t count = got > 0 ? (size_t)got / sizeof *raw : 0;

	for (size_t i = 0; i < count; i++)
		info[i] = (struct signal_info){
			.number = (int)raw[i].ssi_signo,
			.sender = (int)raw[i].ssi_pid,
			.code = raw[i].ssi_code,
		};
	return count;
}
