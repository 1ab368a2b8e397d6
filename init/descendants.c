#include "descendants.h"

#include "files.h"
#include "kernel.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdalign.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * The law. /proc is read while processes fork and die, so one pass is a sketch: it misses who was forked behind the
 * reader's back, and who lost a parent between two reads seems to descend from nobody. What is true of every pass:
 *
 * - Tend reaps nobody during one. A child of tend, orphans included, keeps its pid at least until tend itself waits
 *   for it.
 * - A deeper descendant may be reaped by its own parent and its pid be given away before the signal is sent. The
 *   kernel gives pids out in a circle, so that takes a whole round of them (32,768 or more) within one pass. Then the
 *   signal meets the newcomer: in a container one of the service's own, or of a `docker exec`.
 * - Who forks after having had SIGKILL does not: fork(2) fails while a signal is pending. So each pass after the first
 *   finds only children of processes that the pass before has missed, and the loop comes to its end unless the
 *   service forks faster than /proc can be read; that is why there is a limit, and why the last word is ECHILD's.
 */

/* Pids are below 2^22: pid_max, proc_sys_kernel(5). */
#define PID_BITS 0x3fffffffU

/* A row of the table. */
struct process {
	unsigned pid : 30;
	unsigned dead : 1; /* a zombie */
	unsigned ours : 1;
	unsigned parent : 30; /* 0: none, or outside of the namespace */
	unsigned had : 1;     /* the signal, or two tries at it */
	unsigned tried : 1;
};

/* One pass over /proc, in the order of pids. */
struct table {
	struct process *rows;
	size_t count;
	bool whole; /* nothing was left out for want of room */
};

/*
 * Set once by descendants_prepare(), before PID 1 begins to wait, because afterwards nothing may be allocated:
 * two tables of room rows, one for the pass that is and one for the pass before it.
 */
static struct process *reserved;
static size_t room;

enum { ROOM_LEAST = 1 << 10, ROOM_MOST = 1 << 20 };

int descendants_prepare(void)
{
	/* Less and less, for a small RLIMIT_AS. */
	for (room = ROOM_MOST; room >= ROOM_LEAST; room /= 2) {
		reserved = kernel_memory(2 * room * sizeof *reserved);
		if (reserved)
			return 0;
	}
	return errno;
}

/* ---- reading /proc ---- */

bool descendants_visible(void)
{
	char target[24] = "";
	uint64_t pid;

	return readlinkat(AT_FDCWD, "/proc/self", target, sizeof target - 1) > 0 && parse_unsigned(target, INT32_MAX, &pid) &&
	       (pid_t)pid == getpid();
}

/* The number of the field-th word of string, which is a decimal one; 0 if it isn't there. */
static unsigned number_at(const char *string, unsigned field)
{
	unsigned number = 0;
	size_t length;
	const char *word = NULL;

	for (; field; field--)
		word = next_word(&string, &length);
	for (; word && *word >= '0' && *word <= '9' && number < 1U << 24; word++)
		number = number * 10 + (unsigned)(*word - '0');
	return number;
}

/*
 * "7 (any bytes) S 1 ...": no later field has a parenthesis, so the last one ends the name, whatever that holds. A
 * process whose first thread has ended reads as a zombie while others live on: field 20 counts them.
 */
static bool parse_stat(const char *stat, size_t length, struct process *process)
{
	enum { STATE = 1, PARENT = 2, THREADS = 18 }; /* counted from the name */
	const char *fields = memrchr(stat, ')', length);
	size_t word;
	const char *state;

	if (!fields++)
		return false;
	process->parent = number_at(fields, PARENT) & PID_BITS;
	state = next_word(&fields, &word);
	if (!state)
		return false;
	process->dead = (*state == 'Z' || *state == 'X') && number_at(fields, THREADS - STATE) <= 1;
	return true;
}

/* proc is /proc. False if there is no such process any more. */
static bool read_process(int proc, unsigned pid, struct process *process)
{
	char buffer[512]; /* the first 20 fields fit, with a name of 64 bytes as kernel threads have them */
	struct text path = text_over(buffer, sizeof buffer);
	ssize_t length;
	int stat;

	text_format(&path, "%u/stat", pid);
	stat = openat(proc, buffer, O_RDONLY | O_CLOEXEC, 0);
	if (stat < 0)
		return false;
	length = read(stat, buffer, sizeof buffer - 1);
	close(stat);
	if (length <= 0)
		return false;
	buffer[length] = '\0';
	*process = (struct process){ .pid = pid & PID_BITS };
	return parse_stat(buffer, (size_t)length, process);
}

/* Calls visit for every pid that /proc lists. False if that could not be read to its end. */
static bool each_pid(void (*visit)(void *context, int proc, unsigned pid), void *context)
{
	int proc = kernel_open("/proc", O_RDONLY | O_DIRECTORY);
	struct names names;
	const char *name;
	uint64_t pid;

	if (proc < 0)
		return false;
	names_begin(&names, proc);
	while ((name = names_next(&names)))
		if (parse_unsigned(name, PID_BITS, &pid))
			visit(context, proc, (unsigned)pid);
	close(proc);
	return names.got == 0;
}

/* ---- the table ---- */

/*
 * /proc lists pids in their order; a row that comes late is moved to its place all the same. NULL when the table
 * is full.
 */
static struct process *add_row(struct table *table, const struct process *process)
{
	size_t at = table->count;

	if (at == room) {
		table->whole = false;
		return NULL;
	}
	for (; at > 0 && table->rows[at - 1].pid > process->pid; at--)
		table->rows[at] = table->rows[at - 1];
	table->rows[at] = *process;
	table->count++;
	return &table->rows[at];
}

static struct process *find(const struct table *table, unsigned pid)
{
	size_t first = 0, end = table->count;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (table->rows[middle].pid == pid)
			return &table->rows[middle];
		if (table->rows[middle].pid < pid)
			first = middle + 1;
		else
			end = middle;
	}
	return NULL;
}

static bool mark_row(const struct table *table, struct process *row, unsigned self)
{
	const struct process *parent;

	if (row->ours)
		return false;
	parent = row->parent == self ? NULL : find(table, row->parent);
	row->ours = row->parent == self || (parent && parent->ours);
	return row->ours;
}

/*
 * Marks who descends from self. Parents mostly have smaller pids than their children, so one way through the table
 * suffices; the way back serves those after whose birth the pids have begun anew.
 */
static void mark_ours(const struct table *table, unsigned self)
{
	bool changed;

	do {
		changed = false;
		for (size_t i = 0; i < table->count; i++)
			changed |= mark_row(table, &table->rows[i], self);
		for (size_t i = table->count; i-- > 0;)
			changed |= mark_row(table, &table->rows[i], self);
	} while (changed);
}

/* ---- a signal for all ---- */

struct sweep {
	unsigned self; /* tend's pid */
	int signal;
	const pid_t *spared;
	size_t spared_count;
	struct table now, before; /* this pass and the one before it */
	bool again;               /* this pass has found somebody new, or not all could be placed */
	bool found;               /* some pass has found a descendant */
	int signalled;
};

static bool is_spared(const struct sweep *sweep, unsigned pid)
{
	for (size_t i = 0; i < sweep->spared_count; i++)
		if ((unsigned)sweep->spared[i] == pid)
			return true;
	return false;
}

/* Its parent died after it was read. One whose parent is the same in two passes has one that is hidden. */
static bool has_lost_parent(const struct sweep *sweep, const struct process *row)
{
	const struct process *before = find(&sweep->before, row->pid);

	return row->parent && !find(&sweep->now, row->parent) && !(before && before->parent == row->parent);
}

static void signal_row(struct sweep *sweep, struct process *row)
{
	bool sent;

	sweep->found = true;
	if (row->dead || row->had || is_spared(sweep, row->pid))
		return;
	sent = kill((pid_t)row->pid, sweep->signal) == 0;
	row->had = sent || row->tried;
	row->tried = 1;
	sweep->again = true;
	sweep->signalled += sent;
}

/*
 * Who was ours in the pass before still is, and has had the signal if it was to have it: no need to read it again.
 * Of the others, most have a parent that is in the table by now, and get the signal at once: of a thousand that keep
 * the processor busy, each one that is gone leaves more of it to tend.
 */
static void take_row(void *context, int proc, unsigned pid)
{
	struct sweep *sweep = context;
	const struct process *before = find(&sweep->before, pid);
	struct process process, *row;

	errno = 0;
	if (before && before->ours) {
		add_row(&sweep->now, before);
	} else if (read_process(proc, pid, &process)) {
		row = add_row(&sweep->now, &process);
		if (row && mark_row(&sweep->now, row, sweep->self))
			signal_row(sweep, row);
	} else if (errno != ENOENT && errno != ESRCH) {
		sweep->again = true; /* not gone: there was no descriptor or no memory to look */
	}
}

/* Whom the order of the pids has kept for the end. */
static void finish_row(struct sweep *sweep, struct process *row)
{
	if (row->ours)
		signal_row(sweep, row);
	else
		sweep->again |= has_lost_parent(sweep, row);
}

static void make_pass(struct sweep *sweep)
{
	struct process *rows = sweep->before.rows;

	sweep->before = sweep->now;
	sweep->now = (struct table){ .rows = rows, .whole = true };
	sweep->again = false;
	if (!each_pid(take_row, sweep))
		sweep->again = true;
	mark_ours(&sweep->now, sweep->self);
	for (size_t i = 0; i < sweep->now.count; i++)
		finish_row(sweep, &sweep->now.rows[i]);
	sweep->again |= !sweep->now.whole;
}

/* Passes until nobody is new. False if /proc can't be read, or does not show what waitid(2) knows. */
static bool make_passes(struct sweep *sweep)
{
	int passes = 0;
	bool child;

	do {
		make_pass(sweep);
		child = waitid(P_ALL, 0, NULL, WEXITED | WNOHANG | WNOWAIT) == 0;
	} while (++passes < DESCENDANTS_PASSES && (sweep->again || (child && !sweep->found && passes < 2)));
	return sweep->found || !child;
}

int descendants_signal(int signal, const pid_t *spared, size_t count)
{
	struct sweep sweep = {
		.self = (unsigned)getpid(),
		.signal = signal,
		.spared = spared,
		.spared_count = count,
		.now = { .rows = reserved },
		.before = { .rows = reserved + room },
	};
	bool done = reserved && descendants_visible() && make_passes(&sweep);

	if (reserved)
		madvise(reserved, 2 * room * sizeof *reserved, MADV_DONTNEED);
	if (done)
		return sweep.signalled;
	if (getpid() == 1 && count == 0)
		kill(-1, signal);
	return -1;
}

void descendants_kill_everything(void)
{
	pid_t child;

	if (getpid() != 1)
		return;
	child = kernel_fork();
	if (child <= 0)
		kill(-1, SIGKILL);
	if (child == 0)
		_exit(0);
}

/* ---- questions about one process ---- */

enum descent { DESCENT_OURS, DESCENT_FOREIGN, DESCENT_LOST };

/* Up from pid. Lost: an ancestor died under our feet, and its children have another one now. */
static enum descent climb(int proc, pid_t pid)
{
	struct process process = { .parent = (unsigned)pid & PID_BITS };

	for (int depth = 0; depth < DESCENDANTS_DEPTH_MAX; depth++) {
		if (!read_process(proc, process.parent, &process))
			return depth ? DESCENT_LOST : DESCENT_FOREIGN;
		if ((pid_t)process.parent == getpid())
			return DESCENT_OURS;
		if (process.parent == 0)
			return DESCENT_FOREIGN;
	}
	return DESCENT_FOREIGN;
}

bool descendants_contain(pid_t pid)
{
	enum descent descent = DESCENT_LOST;
	int proc;

	if (pid <= 0)
		return false;
	if (waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOHANG | WNOWAIT) == 0)
		return true;
	proc = descendants_visible() ? kernel_open("/proc", O_RDONLY | O_DIRECTORY) : -1;
	if (proc < 0)
		return false;
	for (int tries = 0; descent == DESCENT_LOST && tries < DESCENDANTS_PASSES; tries++)
		descent = climb(proc, pid);
	close(proc);
	return descent == DESCENT_OURS;
}

struct children {
	unsigned parent, child, count;
};

static void count_child(void *context, int proc, unsigned pid)
{
	struct children *children = context;
	struct process process;

	/* Who is there but can't be looked at may be one more: then nobody is the only one. */
	errno = ESRCH;
	if (!read_process(proc, pid, &process)) {
		children->count += errno != ENOENT && errno != ESRCH ? 2 : 0;
	} else if (process.parent == children->parent && !process.dead) {
		children->child = pid;
		children->count++;
	}
}

pid_t descendants_only_child(void)
{
	struct children children = { .parent = (unsigned)getpid() };

	if (!descendants_visible() || !each_pid(count_child, &children))
		return 0;
	return children.count == 1 ? (pid_t)children.child : 0;
}
