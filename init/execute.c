#include "execute.h"

#include "kernel.h"
#include "names.h"
#include "text.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum { PAGE = 4096, STANDARD_LAST = 2 };

/* As a shell has it. */
enum { STATUS_NOT_FOUND = 127, STATUS_NOT_EXECUTABLE = 126, STATUS_TEND_FAILED = 125 };

/* Whole pages, which go back when the child needs them no more: its stack, which ends where its orders begin. */
static struct {
	_Alignas(PAGE) char stack[PATH_MAX + PAGE - sizeof(struct direct)];
	struct direct direct;
} shared;

static int execute_at(const struct execution *execution, const char *path)
{
	return -(int)kernel_call(SYS_execve, (long)path, (long)execution->argv, (long)execution->environment);
}

/* Executes directory/name, of which directory is length bytes; none is the current one. */
static int execute_in(const struct execution *execution, const char *directory, size_t length)
{
	char path[PATH_MAX];
	struct text text = text_over(path, sizeof path);

	text_add_bytes(&text, directory, length);
	text_add(&text, length ? "/" : "");
	text_add(&text, execution->path);
	return text.cut ? ENAMETOOLONG : execute_at(execution, path);
}

/*
 * The first directory that has it; one that may not be entered or executed is passed over, and is the error if there is
 * no other. No name is nowhere, though a directory is executable.
 */
static int search(const struct execution *execution)
{
	const char *directories = execution->directories;
	bool denied = false;

	for (const char *end; directories && *execution->path; directories = *end ? end + 1 : NULL) {
		int error;

		end = strchrnul(directories, ':');
		error = execute_in(execution, directories, (size_t)(end - directories));
		denied |= error == EACCES;
		if (error != EACCES && error != ENOENT && error != ENOTDIR)
			return error;
	}
	return denied ? EACCES : ENOENT;
}

int execute(const struct execution *execution)
{
	return strchr(execution->path, '/') ? execute_at(execution, execution->path) : search(execution);
}

int execute_status(int step, int error)
{
	if (step != EXIT_EXEC)
		return STATUS_TEND_FAILED;
	return error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

/* ---- without a copy of tend's memory ---- */

/* In the child. Nothing that is called here sets errno, which is tend's. */
static void run_direct(void *orders)
{
	struct direct *direct = orders;

	kernel_call(SYS_setpgid, 0, 0, 0);
	direct->step = EXIT_CHDIR;
	if (direct->directory > STANDARD_LAST)
		direct->error = -(int)kernel_call(SYS_fchdir, direct->directory, 0, 0);
	if (!direct->error) {
		direct->step = EXIT_EXEC;
		kernel_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&direct->mask, 0);
		direct->error = execute(&direct->execution);
	}
	kernel_call(SYS_exit_group, execute_status(direct->step, direct->error), 0, 0);
}

static void set_dumpable(bool wanted)
{
	if (shared.direct.dumpable)
		kernel_prctl(PR_SET_DUMPABLE, wanted);
}

pid_t execute_directly(const struct direct *direct)
{
	pid_t pid;
	int error;

	shared.direct = *direct;
	set_dumpable(false);
	pid = kernel_share(&shared.direct, run_direct);
	error = errno;
	if (pid < 0)
		set_dumpable(true);
	errno = error;
	return pid;
}

int direct_end(int *step)
{
	int error = shared.direct.error;

	*step = shared.direct.step;
	set_dumpable(true);
	madvise(&shared, sizeof shared, MADV_DONTNEED);
	return error;
}
