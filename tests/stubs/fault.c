/*
 * fault: runs a command as PID 1, and has one of its system calls fail.
 *
 *	fault [OPTION]... COMMAND [ARGUMENT]...
 *
 *	-o N               what is found out goes to descriptor N, which COMMAND does not get; without it to
 *	                   standard output
 *	-l                 list the calls, a line each: "call openat 3 (-100, "/etc/passwd", 524288)", the 3 being
 *	                   how many of that name there were by then
 *	-f NAME:K:ERRNO    the K-th call of that name fails with that error (a number); it does not happen. Only
 *	                   close does: a descriptor is gone even where that has failed, close(2)
 *	-c N               not those of COMMAND: those of its N-th child, from fork to exec
 *	-t MILLISECONDS    so long it may take, 10,000 without it; then all of it is killed
 *
 * COMMAND has new PID and mount namespaces, its own /proc and an empty /run. One process is traced, all
 * else goes on as if nothing was there. A SIGTERM goes on to COMMAND. Told in the end, a line each:
 *
 *	failed openat 3 (...)   the call that did
 *	calls N            how many system calls there were
 *	left N             children that COMMAND had when it ended, dead ones too
 *	exited N, killed N or late    how it ended
 *
 * It ends with 0 if it could tell, with 125 and a reason if it was told nonsense or could not trace. Needs root.
 */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __x86_64__

enum { NONSENSE = 125, PATIENCE = 10000, NAME_MOST = 32, PATH_SHOWN = 200, ARGUMENTS = 4 };

/* ---- names ---- */

#define NO_PATH -1
#define ROW(name, path) { SYS_##name, #name, path }

/* The calls that tend may make, and which argument of each is a path. */
static const struct call {
	int number;
	const char *name;
	int path;
} calls[] = {
	ROW(accept4, NO_PATH),
	ROW(access, 0),
	ROW(arch_prctl, NO_PATH),
	ROW(bind, NO_PATH),
	ROW(capget, NO_PATH),
	ROW(capset, NO_PATH),
	ROW(chdir, 0),
	ROW(chmod, 0),
	ROW(clock_gettime, NO_PATH),
	ROW(clone, NO_PATH),
	ROW(close, NO_PATH),
	ROW(close_range, NO_PATH),
	ROW(connect, NO_PATH),
	ROW(dup2, NO_PATH),
	ROW(execve, 0),
	ROW(exit_group, NO_PATH),
	ROW(fchdir, NO_PATH),
	ROW(fchmod, NO_PATH),
	ROW(fchown, NO_PATH),
	ROW(fchownat, 1),
	ROW(fcntl, NO_PATH),
	ROW(getdents64, NO_PATH),
	ROW(getegid, NO_PATH),
	ROW(geteuid, NO_PATH),
	ROW(getgid, NO_PATH),
	ROW(getgroups, NO_PATH),
	ROW(getpid, NO_PATH),
	ROW(getpriority, NO_PATH),
	ROW(getrandom, NO_PATH),
	ROW(getresgid, NO_PATH),
	ROW(getresuid, NO_PATH),
	ROW(getsockname, NO_PATH),
	ROW(getsockopt, NO_PATH),
	ROW(getuid, NO_PATH),
	ROW(inotify_add_watch, 1),
	ROW(inotify_init1, NO_PATH),
	ROW(ioctl, NO_PATH),
	ROW(ioprio_set, NO_PATH),
	ROW(kill, NO_PATH),
	ROW(listen, NO_PATH),
	ROW(lseek, NO_PATH),
	ROW(madvise, NO_PATH),
	ROW(memfd_create, 0),
	ROW(mkdir, 0),
	ROW(mkdirat, 1),
	ROW(mmap, NO_PATH),
	ROW(mprotect, NO_PATH),
	ROW(mremap, NO_PATH),
	ROW(munmap, NO_PATH),
	ROW(newfstatat, 1),
	ROW(openat, 1),
	ROW(pipe2, NO_PATH),
	ROW(poll, NO_PATH),
	ROW(ppoll, NO_PATH),
	ROW(prctl, NO_PATH),
	ROW(pread64, NO_PATH),
	ROW(prlimit64, NO_PATH),
	ROW(pwritev2, NO_PATH),
	ROW(read, NO_PATH),
	ROW(readlinkat, 1),
	ROW(recvfrom, NO_PATH),
	ROW(recvmsg, NO_PATH),
	ROW(rt_sigaction, NO_PATH),
	ROW(rt_sigprocmask, NO_PATH),
	ROW(rt_sigtimedwait, NO_PATH),
	ROW(sched_setaffinity, NO_PATH),
	ROW(sched_setattr, NO_PATH),
	ROW(sched_yield, NO_PATH),
	ROW(sendto, NO_PATH),
	ROW(setgroups, NO_PATH),
	ROW(setpgid, NO_PATH),
	ROW(setpriority, NO_PATH),
	ROW(setresgid, NO_PATH),
	ROW(setresuid, NO_PATH),
	ROW(setsid, NO_PATH),
	ROW(setsockopt, NO_PATH),
	ROW(shutdown, NO_PATH),
	ROW(signalfd4, NO_PATH),
	ROW(socket, NO_PATH),
	ROW(splice, NO_PATH),
	ROW(statfs, 0),
	ROW(symlinkat, 0),
	ROW(umask, NO_PATH),
	ROW(uname, NO_PATH),
	ROW(unlink, 0),
	ROW(unlinkat, 1),
	ROW(wait4, NO_PATH),
	ROW(waitid, NO_PATH),
	ROW(write, NO_PATH),
};
enum { CALLS = sizeof calls / sizeof *calls };

static const struct call *call_of(long number)
{
	for (const struct call *call = calls; call < calls + CALLS; call++)
		if (call->number == number)
			return call;
	return NULL;
}

/* ---- what is asked for, and how far it is ---- */

struct fault {
	char name[NAME_MOST]; /* empty: none */
	unsigned which;
	int error;
	bool pending; /* it is on its way through the kernel, and fails when it comes back */
	bool happens;
};

static struct {
	int report;
	bool list;
	unsigned child; /* 0: COMMAND itself */
	unsigned patience;
	struct fault fault;
	pid_t first;           /* COMMAND */
	pid_t traced;          /* whose calls are looked at; 0: it is not born yet, or has become its command */
	unsigned born;
	unsigned count;
	unsigned of_name[CALLS];
} run = { .report = 1, .patience = PATIENCE };

static volatile sig_atomic_t late;

_Noreturn static void give_up(const char *what)
{
	dprintf(2, "fault: %s: %s\n", what, strerror(errno));
	_exit(NONSENSE);
}

static long need(long result, const char *what)
{
	if (result < 0)
		give_up(what);
	return result;
}

static long trace(int request, pid_t pid, uintptr_t address, uintptr_t data)
{
	return ptrace(request, pid, (void *)address, (void *)data);
}

/* ---- a call ---- */

/* In two parts: behind the page that the string ends in there may be nothing. */
static void read_path(pid_t pid, uint64_t address, char path[static PATH_SHOWN])
{
	size_t room = PATH_SHOWN - 1, first = 4096 - address % 4096 < room ? 4096 - address % 4096 : room;
	char *there = (char *)(uintptr_t)address;
	struct iovec into = { path, room }, from[] = { { there, first }, { there + first, room - first } };
	ssize_t got = process_vm_readv(pid, &into, 1, from, 2, 0);

	path[got > 0 ? got : 0] = '\0';
}

static void tell_call(const char *word, const struct call *call, unsigned which, const uint64_t *arguments)
{
	char path[PATH_SHOWN];

	dprintf(run.report, "%s %s %u (", word, call->name, which);
	for (int i = 0; i < ARGUMENTS; i++) {
		if (i == call->path) {
			read_path(run.traced, arguments[i], path);
			dprintf(run.report, "%s\"%s\"", i ? ", " : "", path);
		} else {
			dprintf(run.report, "%s%d", i ? ", " : "", (int)arguments[i]);
		}
	}
	dprintf(run.report, ")\n");
}

/* At the entry a call that there is not takes its place, which does nothing. */
static void begin_fault(const struct call *call)
{
	run.fault.pending = true;
	run.fault.happens = call->number == SYS_close;
	if (!run.fault.happens)
		need(trace(PTRACE_POKEUSER, run.traced, offsetof(struct user_regs_struct, orig_rax), ~(uintptr_t)0),
		     "a call cannot be kept from happening");
}

static void end_fault(void)
{
	if (!run.fault.pending)
		return;
	run.fault.pending = false;
	need(trace(PTRACE_POKEUSER, run.traced, offsetof(struct user_regs_struct, rax), -(uintptr_t)run.fault.error),
	     "a call's result cannot be set");
}

static void enter_call(long number, const uint64_t *arguments)
{
	const struct call *call = call_of(number);
	struct call unknown = { (int)number, "unknown", NO_PATH };
	unsigned which = call ? ++run.of_name[call - calls] : 0;

	run.count++;
	if (run.list)
		tell_call("call", call ? call : &unknown, call ? which : (unsigned)number, arguments);
	if (!call || which != run.fault.which || strcmp(call->name, run.fault.name) != 0)
		return;
	tell_call("failed", call, which, arguments);
	begin_fault(call);
}

static void look_at_call(void)
{
	struct __ptrace_syscall_info info;

	if (trace(PTRACE_GET_SYSCALL_INFO, run.traced, sizeof info, (uintptr_t)&info) < 0)
		return; /* killed meanwhile */
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		enter_call((long)info.entry.nr, info.entry.args);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		end_fault();
}

/* ---- stops ---- */

static unsigned children_of(pid_t pid)
{
	char path[64], buffer[4096];
	unsigned count = 0;
	size_t got;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
	file = fopen(path, "r");
	if (!file)
		give_up(path);
	got = fread(buffer, 1, sizeof buffer, file);
	fclose(file);
	for (size_t i = 0; i < got; i++)
		count += buffer[i] == ' ';
	return count;
}

static void let_go(pid_t pid)
{
	if (pid == run.traced)
		run.traced = 0;
	trace(PTRACE_DETACH, pid, 0, 0);
}

/* Whether it was one of the tracer's own events; *go is how the process goes on then. */
static bool take_event(pid_t pid, int event, int *go)
{
	switch (event) {
	case 0:
		return false;
	case PTRACE_EVENT_EXIT:
		if (pid == run.first)
			dprintf(run.report, "left %u\n", children_of(pid));
		break;
	case PTRACE_EVENT_EXEC:
		if (pid != run.first)
			*go = PTRACE_DETACH;
		else if (run.child == 0)
			run.traced = pid;
		break;
	case PTRACE_EVENT_STOP: /* one that was just born: those of COMMAND alone are traced */
		if (pid != run.first && pid != run.traced && ++run.born == run.child)
			run.traced = pid;
		else if (pid != run.first && pid != run.traced)
			*go = PTRACE_DETACH;
		break;
	}
	return true;
}

static void take_stop(pid_t pid, int status)
{
	int signal = WSTOPSIG(status), go = PTRACE_CONT;

	if (take_event(pid, status >> 16, &go) || signal == (SIGTRAP | 0x80))
		signal = 0;
	if (WSTOPSIG(status) == (SIGTRAP | 0x80) && pid == run.traced)
		look_at_call();
	if (go == PTRACE_DETACH)
		let_go(pid);
	else
		trace(pid == run.traced ? PTRACE_SYSCALL : PTRACE_CONT, pid, 0, (uintptr_t)signal);
}

static void on_signal(int signal)
{
	late |= signal == SIGALRM;
	if (run.first > 0)
		kill(run.first, signal == SIGALRM ? SIGKILL : signal);
}

static void set_signals(void)
{
	const struct sigaction action = { .sa_handler = on_signal };
	const struct itimerval time = { .it_value = { run.patience / 1000, run.patience % 1000 * 1000L } };

	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	setitimer(ITIMER_REAL, &time, NULL);
}

static void tell_end(int status)
{
	dprintf(run.report, "calls %u\n", run.count);
	if (late)
		dprintf(run.report, "late\n");
	else if (WIFEXITED(status))
		dprintf(run.report, "exited %d\n", WEXITSTATUS(status));
	else
		dprintf(run.report, "killed %d\n", WTERMSIG(status));
}

static void watch(void)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0 && errno != EINTR)
			give_up("nobody is left to wait for");
		if (pid < 0)
			continue;
		if (WIFSTOPPED(status)) {
			take_stop(pid, status);
			continue;
		}
		if (pid == run.traced)
			run.traced = 0;
		if (pid == run.first) {
			run.first = 0; /* the pid may be another's by now */
			tell_end(status);
			return;
		}
	}
}

/* ---- the start ---- */

/* Waits until it is traced, which it cannot see itself. */
_Noreturn static void become(char **command, int go)
{
	char byte;

	need(unshare(CLONE_NEWNS), "a mount namespace");
	need(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
	need(mount("proc", "/proc", "proc", 0, NULL), "/proc");
	need(mount("tmpfs", "/run", "tmpfs", 0, "mode=755"), "/run");
	need(read(go, &byte, 1) == 1 ? 0 : -1, "a word to go");
	close(go);
	if (run.report > 2)
		close(run.report);
	execvp(*command, command);
	give_up(*command);
}

static void start(char **command)
{
	uintptr_t options = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT |
			    (run.child ? PTRACE_O_TRACEFORK : 0);
	int go[2];

	need(pipe(go), "a pipe");
	need(unshare(CLONE_NEWPID), "a PID namespace");
	run.first = (pid_t)need(fork(), "fork");
	if (run.first == 0) {
		close(go[1]);
		become(command, go[0]);
	}
	close(go[0]);
	need(trace(PTRACE_SEIZE, run.first, 0, options), "it cannot be traced");
	set_signals();
	need(write(go[1], "", 1), "a word to go");
	close(go[1]);
}

static void parse_fault(const char *word)
{
	if (sscanf(word, "%31[a-z0-9_]:%u:%d", run.fault.name, &run.fault.which, &run.fault.error) != 3) {
		errno = EINVAL;
		give_up(word);
	}
}

int main(int argc, char **argv)
{
	for (int option; (option = getopt(argc, argv, "+o:lf:c:t:")) != -1;)
		switch (option) {
		case 'o':
			run.report = atoi(optarg);
			break;
		case 'l':
			run.list = true;
			break;
		case 'f':
			parse_fault(optarg);
			break;
		case 'c':
			run.child = (unsigned)atoi(optarg);
			break;
		case 't':
			run.patience = (unsigned)atoi(optarg);
			break;
		default:
			return NONSENSE;
		}
	if (!argv[optind]) {
		dprintf(2, "fault: expected a command\n");
		return NONSENSE;
	}
	start(argv + optind);
	watch();
	return 0;
}

#else

int main(void)
{
	dprintf(2, "fault: is not written for this machine\n");
	return 125;
}

#endif
