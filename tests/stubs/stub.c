/*
 * stub: a service that does as it is told, for tests of what watches over it.
 *
 *	stub STEP [-- STEP]...
 *
 * A step is an action and its arguments; the process does one step after the other and ends with 0
 * after the last. "A and B" is one step of two actions. Some actions stand before others and say who
 * does the rest of their step, or how often:
 *
 *	stub exit 3
 *	stub signals                                print each signal that comes, for ever
 *	stub signals TERM -- sleep 2 -- exit 143    an orderly end that takes 2 seconds
 *	stub ignore TERM INT -- pause               only SIGKILL ends it
 *	stub times 100 orphan exit 0 -- signals     100 orphans, then wait
 *	stub orphan setsid sleep 100 -- exit 3      die, and leave a process in a session of its own
 *	stub child ignore TERM and pause -- signals
 *	stub first 2 /tmp/count exit 1 -- signals   fail twice, stay the third time
 *
 * Stand before others:
 *
 *	child ...          a child does the rest of the step, then ends with 0; the stub goes on at once
 *	orphan ...         a grandchild whose parent has ended does it
 *	times N ...        N times
 *	first N FILE ...   only in the first N runs, which are counted by the bytes of FILE
 *	setsid ...         in a new session
 *	setpgid ...        in a process group of its own
 *
 * Stand alone:
 *
 *	exit N             end with status N
 *	die SIGNAL         end by that signal, without a core file
 *	raise SIGNAL       send it to oneself; where it is blocked, it stays pending
 *	stop               stop oneself (SIGSTOP); what comes next waits for SIGCONT
 *	pause              do nothing for ever; signals have their way
 *	sleep SECONDS      do nothing for that time (0.5), whatever signal is caught or ignored
 *	ignore SIGNAL...   default SIGNAL...   block SIGNAL...   unblock SIGNAL...
 *	signals [LAST...]  print "ready", then "signal TERM from 0" for each, the number being the sender's
 *	                   pid (0: outside this PID namespace); goes on after one of LAST, never without.
 *	                   What was pending is heard too. All are blocked for good
 *	wait               until no child is left; print "child exited 3", "child killed TERM" for each
 *	await FILE         until FILE exists
 *	say TEXT...        a line to standard output
 *	complain TEXT...   a line to standard error
 *	lines N            N numbered lines of 80 bytes to standard output
 *	lock FILE          lock it, for as long as this process or a later child of it lives; where it is
 *	                   locked already, say "locked" to FILE.broken and go on
 *	append FILE TEXT   a line to a file, in one write
 *	stamp FILE         "MILLISECONDS PID" to a file, the time by CLOCK_MONOTONIC
 *	notify TEXT        a datagram to $NOTIFY_SOCKET; "\n" in it is a line's end
 *	eat-memory [MIB]   take memory and touch it, all there is or so much of it
 *	exec COMMAND...    become another program; all that follows is its own, "--" and "and" as well
 *	report [WHAT...]   what this process was given, a line each: "uid 1000 1000 1000" (real, effective,
 *	                   saved); see the table `reports` for WHAT, all without it
 *
 * A SIGNAL is TERM, SIGTERM, 15, RTMIN+3; real-time ones count from the kernel's 34, as systemd's do.
 * All is done by the kernel's own calls where musl keeps a signal for itself (32 to 34).
 * Ends with 125, and says why, if told nonsense or if something cannot be done.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { NONSENSE = 125, LAST_SIGNAL = 64, FIRST_REAL_TIME = 34, AWAIT_MICROSECONDS = 2000 };

static void do_step(char **words);

_Noreturn static void give_up(const char *what, const char *why)
{
	dprintf(2, "stub: %s: %s\n", what, why);
	_exit(NONSENSE);
}

static void need(bool done, const char *what)
{
	if (!done)
		give_up(what, strerror(errno));
}

/* ---- words ----------------------------------------------------------------------------------- */

static long number(const char *word)
{
	char *end;
	long value;

	if (!word)
		give_up("a number", "is missing");
	value = strtol(word, &end, 10);
	if (end == word || *end)
		give_up(word, "is no number");
	return value;
}

static const char *const signal_names[] = {
	[1] = "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
	"PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU",
	"XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
};
enum { NAMED_SIGNALS = sizeof signal_names / sizeof *signal_names };

static int signal_number(const char *word)
{
	if (!word)
		give_up("a signal", "is missing");
	if (strncmp(word, "SIG", 3) == 0)
		word += 3;
	if (strncmp(word, "RTMIN+", 6) == 0)
		return FIRST_REAL_TIME + (int)number(word + 6);
	for (int i = 1; i < NAMED_SIGNALS; i++)
		if (strcmp(word, signal_names[i]) == 0)
			return i;
	return (int)number(word);
}

/* The name lives until the next call. */
static const char *signal_name(int number)
{
	static char name[24];

	if (number < NAMED_SIGNALS)
		return signal_names[number];
	if (number < FIRST_REAL_TIME)
		snprintf(name, sizeof name, "%d", number);
	else
		snprintf(name, sizeof name, "RTMIN+%d", number - FIRST_REAL_TIME);
	return name;
}

/* Words as one text, with spaces between; it lives until the next call. */
static const char *joined(char **words)
{
	static char text[4096];

	text[0] = '\0';
	for (; *words; words++) {
		strncat(text, *words, sizeof text - strlen(text) - 1);
		strncat(text, words[1] ? " " : "", sizeof text - strlen(text) - 1);
	}
	return text;
}

/* ---- signals --------------------------------------------------------------------------------- */

/* The kernel's sets and sigaction: musl's calls refuse to touch three of the signals. */
static uint64_t bit(int signal)
{
	return UINT64_C(1) << (signal - 1);
}

static uint64_t bits(char **signals)
{
	uint64_t set = 0;

	for (; *signals; signals++)
		set |= bit(signal_number(*signals));
	return set;
}

static void mask(int how, uint64_t set)
{
	need(syscall(SYS_rt_sigprocmask, how, &set, NULL, sizeof set) == 0, "rt_sigprocmask");
}

struct kernel_sigaction {
	uintptr_t handler;
	unsigned long flags;
	uintptr_t restorer;
	uint64_t mask;
};

static void set_disposition(int signal, uintptr_t handler)
{
	struct kernel_sigaction action = { .handler = handler };

	need(syscall(SYS_rt_sigaction, signal, &action, NULL, sizeof action.mask) == 0, signal_name(signal));
}

static void do_ignore(char **words)
{
	for (; *words; words++)
		set_disposition(signal_number(*words), (uintptr_t)SIG_IGN);
}

static void do_default(char **words)
{
	for (; *words; words++)
		set_disposition(signal_number(*words), (uintptr_t)SIG_DFL);
}

static void do_block(char **words)
{
	mask(SIG_BLOCK, bits(words));
}

static void do_unblock(char **words)
{
	mask(SIG_UNBLOCK, bits(words));
}

static void do_signals(char **last)
{
	const uint64_t all = ~UINT64_C(0), ends = bits(last);
	siginfo_t info;
	long signal;

	mask(SIG_BLOCK, all);
	dprintf(1, "ready\n");
	do {
		while ((signal = syscall(SYS_rt_sigtimedwait, &all, &info, NULL, sizeof all)) < 0)
			need(errno == EINTR, "rt_sigtimedwait");
		dprintf(1, "signal %s from %d\n", signal_name((int)signal), info.si_pid);
	} while (!(bit((int)signal) & ends));
}

static void do_die(char **words)
{
	const struct rlimit no_core = { 0, 0 };
	int signal = signal_number(words[0]);

	need(setrlimit(RLIMIT_CORE, &no_core) == 0, "RLIMIT_CORE");
	if (signal != SIGKILL && signal != SIGSTOP)
		set_disposition(signal, (uintptr_t)SIG_DFL);
	mask(SIG_UNBLOCK, bit(signal));
	syscall(SYS_kill, getpid(), signal);
	give_up(words[0], "has not killed me");
}

static void do_raise(char **words)
{
	int signal = signal_number(words[0]);

	syscall(SYS_kill, getpid(), signal);
}

static void do_stop(char **words)
{
	(void)words;
	syscall(SYS_kill, getpid(), SIGSTOP);
}

/* ---- processes ------------------------------------------------------------------------------- */

static pid_t forked(void)
{
	pid_t pid = fork();

	need(pid >= 0, "fork");
	return pid;
}

static void do_child(char **words)
{
	if (forked() == 0) {
		do_step(words);
		_exit(0);
	}
}

static void do_orphan(char **words)
{
	pid_t parent = forked();

	if (parent == 0) {
		do_child(words);
		_exit(0);
	}
	while (waitpid(parent, NULL, 0) < 0 && errno == EINTR)
		;
}

static void do_times(char **words)
{
	for (long i = number(words[0]); i > 0; i--)
		do_step(words + 1);
}

static void do_first(char **words)
{
	long limit = number(words[0]);
	struct stat before;
	int file;

	if (!words[1])
		give_up("first", "needs a file");
	file = open(words[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	need(file >= 0 && fstat(file, &before) == 0 && write(file, "+", 1) == 1, words[1]);
	close(file);
	if (before.st_size < limit)
		do_step(words + 2);
}

static void do_setsid(char **words)
{
	need(setsid() >= 0, "setsid");
	do_step(words);
}

static void do_setpgid(char **words)
{
	need(setpgid(0, 0) == 0, "setpgid");
	do_step(words);
}

static void do_wait(char **words)
{
	int status;

	(void)words;
	for (;;) {
		pid_t pid = wait(&status);

		if (pid < 0 && errno == ECHILD)
			return;
		if (pid > 0 && WIFEXITED(status))
			dprintf(1, "child exited %d\n", WEXITSTATUS(status));
		if (pid > 0 && WIFSIGNALED(status))
			dprintf(1, "child killed %s\n", signal_name(WTERMSIG(status)));
	}
}

static void do_exec(char **words)
{
	if (!words[0])
		give_up("exec", "needs a command");
	execvp(words[0], words);
	give_up(words[0], strerror(errno));
}

_Noreturn static void do_exit(char **words)
{
	_exit((int)number(words[0]));
}

/* ---- time and files -------------------------------------------------------------------------- */

_Noreturn static void do_pause(char **words)
{
	(void)words;
	for (;;)
		pause();
}

static void do_sleep(char **words)
{
	double seconds = words[0] ? strtod(words[0], NULL) : 0;
	struct timespec left = { .tv_sec = (time_t)seconds };

	left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

static void do_await(char **words)
{
	if (!words[0])
		give_up("await", "needs a file");
	while (access(words[0], F_OK) < 0)
		usleep(AWAIT_MICROSECONDS);
}

static void append(const char *path, const char *line)
{
	int file;

	if (!path)
		give_up("a file", "is missing");
	file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	need(file >= 0 && dprintf(file, "%s\n", line) > 0, path);
	close(file);
}

static void do_lock(char **words)
{
	char broken[PATH_MAX];
	int file;

	if (!words[0])
		give_up("a file", "is missing");
	file = open(words[0], O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	need(file >= 0, words[0]);
	if (flock(file, LOCK_EX | LOCK_NB) == 0)
		return;
	snprintf(broken, sizeof broken, "%s.broken", words[0]);
	append(broken, "locked");
}

static void do_append(char **words)
{
	append(words[0], words[0] ? joined(words + 1) : "");
}

static void do_stamp(char **words)
{
	struct timespec now;
	char line[64];

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(line, sizeof line, "%lld %d", (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000, getpid());
	append(words[0], line);
}

static void do_say(char **words)
{
	dprintf(1, "%s\n", joined(words));
}

static void do_complain(char **words)
{
	dprintf(2, "%s\n", joined(words));
}

static void do_lines(char **words)
{
	for (long count = number(words[0]), i = 1; i <= count; i++)
		dprintf(1, "%079ld\n", i);
}

/* ---- what a service does --------------------------------------------------------------------- */

/* Turns each \n that was typed into a line's end. */
static size_t unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		bool newline = from[0] == '\\' && from[1] == 'n';

		*to++ = newline ? '\n' : *from;
		from += newline;
	}
	return (size_t)(to - text);
}

static void do_notify(char **words)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	socklen_t length;
	int socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char text[4096];

	if (!path || strlen(path) >= sizeof address.sun_path)
		give_up("NOTIFY_SOCKET", path ? "is too long" : "is not set");
	memcpy(address.sun_path, path, strlen(path));
	length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	if (*path == '@')
		address.sun_path[0] = '\0';
	snprintf(text, sizeof text, "%s", joined(words));
	need(sendto(socket_, text, unescape(text), MSG_NOSIGNAL, (struct sockaddr *)&address, length) >= 0, path);
	close(socket_);
}

static void do_eat_memory(char **words)
{
	const size_t mebibyte = 1 << 20;
	long limit = words[0] ? number(words[0]) : LONG_MAX;

	for (long i = 0; i < limit; i++) {
		void *memory = mmap(NULL, mebibyte, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		need(memory != MAP_FAILED, "mmap");
		memset(memory, 1, mebibyte);
	}
}

/* ---- report ---------------------------------------------------------------------------------- */

static void report_process(const char *name)
{
	dprintf(1, "%s %d %d %d %d\n", name, getpid(), getppid(), getpgid(0), getsid(0));
}

static void report_uid(const char *name)
{
	uid_t real, effective, saved;

	getresuid(&real, &effective, &saved);
	dprintf(1, "%s %u %u %u\n", name, real, effective, saved);
}

static void report_gid(const char *name)
{
	gid_t real, effective, saved;

	getresgid(&real, &effective, &saved);
	dprintf(1, "%s %u %u %u\n", name, real, effective, saved);
}

static void report_groups(const char *name)
{
	static gid_t groups[65536];
	int count = getgroups(sizeof groups / sizeof *groups, groups);

	dprintf(1, "%s", name);
	for (int i = 0; i < count; i++)
		dprintf(1, " %u", groups[i]);
	dprintf(1, "\n");
}

static uint64_t capabilities_asked(int option, unsigned long argument)
{
	uint64_t set = 0;

	for (unsigned long i = 0; i < 64; i++) {
		int raised = option == PR_CAPBSET_READ ? prctl(option, i, 0, 0, 0) :
							 prctl(option, argument, i, 0, 0);

		set |= raised == 1 ? UINT64_C(1) << i : 0;
	}
	return set;
}

static void report_capabilities(const char *name)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	need(syscall(SYS_capget, &header, data) == 0, "capget");
	dprintf(1, "%s inheritable %08x%08x\n", name, data[1].inheritable, data[0].inheritable);
	dprintf(1, "%s permitted %08x%08x\n", name, data[1].permitted, data[0].permitted);
	dprintf(1, "%s effective %08x%08x\n", name, data[1].effective, data[0].effective);
	dprintf(1, "%s bounding %016llx\n", name, (unsigned long long)capabilities_asked(PR_CAPBSET_READ, 0));
	dprintf(1, "%s ambient %016llx\n", name,
		(unsigned long long)capabilities_asked(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET));
}

static void report_securebits(const char *name)
{
	dprintf(1, "%s %d\n", name, prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
}

static void report_no_new_privileges(const char *name)
{
	dprintf(1, "%s %d\n", name, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

static void report_blocked(const char *name)
{
	uint64_t set = 0;

	need(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &set, sizeof set) == 0, "rt_sigprocmask");
	dprintf(1, "%s", name);
	for (int i = 1; i <= LAST_SIGNAL; i++)
		if (set & bit(i))
			dprintf(1, " %s", signal_name(i));
	dprintf(1, "\n");
}

static void report_ignored(const char *name)
{
	struct kernel_sigaction action = { .handler = 0 };

	dprintf(1, "%s", name);
	for (int i = 1; i <= LAST_SIGNAL; i++)
		if (syscall(SYS_rt_sigaction, i, NULL, &action, sizeof action.mask) == 0 &&
		    action.handler == (uintptr_t)SIG_IGN)
			dprintf(1, " %s", signal_name(i));
	dprintf(1, "\n");
}

static const char *const limit_names[] = {
	"cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks",
	"sigpending", "msgqueue", "nice", "rtprio", "rttime",
};

static void print_limit(rlim_t value)
{
	if (value == RLIM_INFINITY)
		dprintf(1, " infinity");
	else
		dprintf(1, " %llu", (unsigned long long)value);
}

static void report_limits(const char *name)
{
	struct rlimit limit;

	for (int i = 0; i < (int)(sizeof limit_names / sizeof *limit_names); i++) {
		need(syscall(SYS_prlimit64, 0, i, NULL, &limit) == 0, limit_names[i]);
		dprintf(1, "%s %s", name, limit_names[i]);
		print_limit(limit.rlim_cur);
		print_limit(limit.rlim_max);
		dprintf(1, "\n");
	}
}

static void report_umask(const char *name)
{
	mode_t value = umask(0);

	umask(value);
	dprintf(1, "%s %04o\n", name, (unsigned)value);
}

static void report_directory(const char *name)
{
	char path[PATH_MAX];

	dprintf(1, "%s %s\n", name, getcwd(path, sizeof path) ? path : strerror(errno));
}

static void report_environment(const char *name)
{
	for (char **variable = environ; *variable; variable++)
		dprintf(1, "%s %s\n", name, *variable);
}

/* Where there is no /proc, only that the descriptor is open. */
static void report_descriptors(const char *name)
{
	char link[64], target[PATH_MAX];

	for (int i = 0; i < 1024; i++) {
		ssize_t length;

		if (fcntl(i, F_GETFD) < 0)
			continue;
		snprintf(link, sizeof link, "/proc/self/fd/%d", i);
		length = readlink(link, target, sizeof target);
		dprintf(1, "%s %d %.*s\n", name, i, length < 0 ? 0 : (int)length, target);
	}
}

static void report_terminal(const char *name)
{
	struct winsize size = { .ws_row = 0 };

	if (ioctl(0, TIOCGWINSZ, &size) < 0)
		dprintf(1, "%s none\n", name);
	else
		dprintf(1, "%s %dx%d session %d foreground %d\n", name, size.ws_col, size.ws_row,
			tcgetsid(0), tcgetpgrp(0));
}

static void report_scheduling(const char *name)
{
	struct sched_param parameters = { .sched_priority = 0 };
	int policy = (int)syscall(SYS_sched_getscheduler, 0);

	syscall(SYS_sched_getparam, 0, &parameters);
	dprintf(1, "%s %d %d nice %d io %ld\n", name, policy, parameters.sched_priority,
		getpriority(PRIO_PROCESS, 0), syscall(SYS_ioprio_get, 1, 0));
}

static void report_affinity(const char *name)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	need(sched_getaffinity(0, sizeof set, &set) == 0, "sched_getaffinity");
	dprintf(1, "%s", name);
	for (size_t i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &set))
			dprintf(1, " %zu", i);
	dprintf(1, "\n");
}

static void report_oom_score(const char *name)
{
	char text[16];
	int file = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
	ssize_t length = file < 0 ? -1 : read(file, text, sizeof text);

	dprintf(1, "%s %.*s", name, length < 0 ? 8 : (int)length, length < 0 ? "unknown\n" : text);
	close(file);
}

static const struct report {
	const char *name;
	void (*run)(const char *name);
} reports[] = {
	{ "process", report_process },         /* pid, parent, process group, session */
	{ "uid", report_uid },                 /* real, effective, saved */
	{ "gid", report_gid },
	{ "groups", report_groups },           /* the supplementary ones */
	{ "capabilities", report_capabilities }, /* five lines: the set's name, its 64 bits in hexadecimal */
	{ "securebits", report_securebits },
	{ "no-new-privileges", report_no_new_privileges },
	{ "blocked", report_blocked },         /* signals */
	{ "ignored", report_ignored },
	{ "limit", report_limits },            /* sixteen lines: name, soft, hard */
	{ "umask", report_umask },
	{ "directory", report_directory },
	{ "environment", report_environment }, /* a line for each variable */
	{ "descriptor", report_descriptors },  /* a line for each: number, what it is */
	{ "terminal", report_terminal },       /* of standard input: columns x rows, its session and group */
	{ "scheduling", report_scheduling },   /* policy, priority, nice level, io class and level */
	{ "affinity", report_affinity },
	{ "oom-score", report_oom_score },
};
enum { REPORTS = sizeof reports / sizeof *reports };

static void report(const char *name)
{
	for (const struct report *r = reports; r < reports + REPORTS; r++)
		if (strcmp(r->name, name) == 0) {
			r->run(name);
			return;
		}
	give_up(name, "is nothing to report");
}

static void do_report(char **words)
{
	for (const struct report *r = reports; !*words && r < reports + REPORTS; r++)
		r->run(r->name);
	for (; *words; words++)
		report(*words);
}

/* ---- steps ----------------------------------------------------------------------------------- */

static const struct action {
	const char *name;
	bool leads; /* takes the rest of the step, not only its own arguments */
	void (*run)(char **words);
} actions[] = {
	{ "child", true, do_child },
	{ "orphan", true, do_orphan },
	{ "times", true, do_times },
	{ "first", true, do_first },
	{ "setsid", true, do_setsid },
	{ "setpgid", true, do_setpgid },
	{ "exit", false, do_exit },
	{ "die", false, do_die },
	{ "raise", false, do_raise },
	{ "stop", false, do_stop },
	{ "pause", false, do_pause },
	{ "sleep", false, do_sleep },
	{ "ignore", false, do_ignore },
	{ "default", false, do_default },
	{ "block", false, do_block },
	{ "unblock", false, do_unblock },
	{ "signals", false, do_signals },
	{ "wait", false, do_wait },
	{ "await", false, do_await },
	{ "say", false, do_say },
	{ "complain", false, do_complain },
	{ "lines", false, do_lines },
	{ "lock", false, do_lock },
	{ "append", false, do_append },
	{ "stamp", false, do_stamp },
	{ "notify", false, do_notify },
	{ "eat-memory", false, do_eat_memory },
	{ "exec", true, do_exec },
	{ "report", false, do_report },
};
enum { ACTIONS = sizeof actions / sizeof *actions };

static const struct action *action_named(const char *name)
{
	for (const struct action *a = actions; a < actions + ACTIONS; a++)
		if (strcmp(a->name, name) == 0)
			return a;
	give_up(name, "is no action");
}

/* Cuts the words at the first one that is `mark`. Returns what stands behind it, or NULL. */
static char **cut(char **words, const char *mark)
{
	for (; *words; words++)
		if (strcmp(*words, mark) == 0) {
			*words = NULL;
			return words + 1;
		}
	return NULL;
}

/* The words may be run again (times), so the cut is mended once its left half is done. */
static void do_step(char **words)
{
	static char and[] = "and";

	while (words && *words) {
		const struct action *action = action_named(*words);
		char **rest = action->leads ? NULL : cut(words, and);

		action->run(words + 1);
		if (rest)
			rest[-1] = and;
		words = rest;
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	for (char **step = argv + 1, **next; step; step = next) {
		next = *step && strcmp(*step, "exec") == 0 ? NULL : cut(step, "--");
		do_step(step);
	}
	return 0;
}
