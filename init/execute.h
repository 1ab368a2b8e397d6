/*
 * execute: exec, and the start that is little else: of a command that gets what tend itself was given.
 */
#ifndef TEND_EXECUTE_H
#define TEND_EXECUTE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct execution {
	const char *path;        /* with a slash, or the name of one that is looked for */
	char **argv, **environment;
	const char *directories; /* where: as PATH= has it, empty names being the current one; NULL: nowhere */
};

/* As execvpe(3), but for errno, which is as it was: returns, if at all, why it could not be executed. */
int execute(const struct execution *execution);

/*
 * What a bare command's child exits with that could not become it, as a shell has it: 127 not found, 126 not executable;
 * 125 where it was another step than EXIT_EXEC of names.h.
 */
int execute_status(int step, int error);

struct direct {
	struct execution execution;
	uint64_t mask; /* the command's signal mask: bit N-1 is signal N */
	int directory; /* its working directory, or below 3: the one that tend is in */
	int step;      /* what failed, of enum exit_status in names.h, and its errno, or 0: the child writes these */
	int error;
	bool dumpable; /* tend can be dumped, as root's processes can, and is to be again: PR_SET_DUMPABLE, prctl(2) */
};

/*
 * A child that leads a group of its own, enters its directory, sets its mask and executes, in tend's own memory. A copy
 * of that is a seventh of the time from exec to the service's first instruction. The pid, or -1 and an errno; EINVAL where
 * the machine or what stands in for the kernel has no such thing, and kernel_fork() does it.
 *
 * Until direct_end() the memory has two users (CLONE_VM, clone(2)), and neither waits for the other. It is safe because:
 * - the child has a stack of its own, and writes nothing else; its calls leave errno alone. What it reads, tend leaves as
 *   it is: its words, and the lists of them.
 * - what belongs to the memory and not to the process it does not change: whether it can be dumped follows the uid, and
 *   there is oom_score_adj(5). A command that asks for more than this start gives has a copy.
 * - it can't be dumped: before Linux 5.16 a signal with a core dump ends all who share the memory, PID 1 too.
 * - PID 1 goes on: CLONE_VFORK would let whoever stops the child hold it for ever.
 * Were the kernel to kill the child for want of memory, it would kill PID 1 too: but it takes the largest, and neither is.
 */
pid_t execute_directly(const struct direct *direct);

/*
 * Once its end of a close-on-exec pipe is closed the child has memory of its own, or has ended: exec_mmap() is before
 * do_close_on_exec() in fs/exec.c, exit_mm() before exit_files() in kernel/exit.c. Then, and once, this says what step has
 * failed and with which errno, or 0, and tend has its memory for itself again.
 */
int direct_end(int *step);

#endif
