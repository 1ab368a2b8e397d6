#include "descendants.h"

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

/* A row of the table. Pids are below 2^22 (pid_max, proc(5)). */
struct process {
	unsigned pid : 30;
	unsigned dead : 1; /* a zombie */
	unsigned ours : 1;
	unsigned parent : 30; /* 0: none, or outside of the namespace */
	unsigned had : 1;     /* the signal */
};

/* One pass over /proc, in the order of pids. */
struct table {
	struct process *rows;
	size_t count;
	bool whole; /* nothing was left out for want of room */
};

/*
 * Set once by descendants_prepare(), before the first child is there, because afterwards nothing may be allocated:
 * two tables of room rows, one for the pass that is and one for the pass before it.
 */
static struct process *reserved;
static size_t room;

enum { ROOM_LEAST = 1 << 10, ROOM_MOST = 1 << 20 };

int descendants_prepare(void)
{
	void *memory;

	room = ROOM_MOST;
	while ((memory = mmap(NULL, 2 * room * sizeof *reserved, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) == MAP_FAILED) {
		if (room <= ROOM_LEAST)
			return errno;
		room /= 2; /* for a small RLIMIT_AS */
	}
	reserved = memory;
	return 0;
}

/* ---- reading /proc ---- */

bool descendants_visible(void)
{
	char target[24] = "";
	uint64_t pid;

	return readlink("/proc/self", target, sizeof target - 1) > 0 && parse_unsigned(target, INT32_MAX, &pid) &&
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
	process->parent = number_at(fields, PARENT) & 0x3fffffff;
	state = next_word(&fields, &word);
	if (!state)
		return false;
	process->dead = (*state == 'Z' || *state == 'X') && number_at(fields, THREADS - STATE) <= 1;
	return true;
}

/* proc is /proc, name the directory of a process in it. False if it is gone, or was no process. */
static bool read_process(int proc, const char *name, struct process *process)
{
	char buffer[512]; /* the first 20 fields fit, with a name of 64 bytes as kernel threads have them */
	struct text path = text_over(buffer, sizeof buffer);
	uint64_t pid;
	ssize_t length;
	int stat;

	if (!parse_unsigned(name, INT32_MAX / 2, &pid))
		return false;
	text_format(&path, "%s/stat", name);
	stat = openat(proc, buffer, O_RDONLY | O_CLOEXEC);
	if (stat < 0)
		return false;
	length = read(stat, buffer, sizeof buffer - 1);
	close(stat);
	if (length <= 0)
		return false;
	buffer[length] = '\0';
	*process = (struct process){ .pid = (unsigned)pid & 0x3fffffff };
	return parse_stat(buffer, (size_t)length, process);
}

/* getdents64(2); libc's readdir allocates. */
struct directory_entry {
	uint64_t inode;
	int64_t offset;
	uint16_t size;
	uint8_t type;
	char name[];
};

/* Calls visit for every process that /proc shows. False if that could not be read to its end. */
static bool each_process(void (*visit)(void *context, const struct process *process), void *context)
{
	alignas(struct directory_entry) char buffer[8192];
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct process process;
	long length;

	if (proc < 0)
		return false;
	while ((length = syscall(SYS_getdents64, proc, buffer, sizeof buffer)) > 0)
		for (long at = 0; at < length;) {
			const struct directory_entry *entry = (void *)(buffer + at);

			if (read_process(proc, entry->name, &process))
				visit(context, &process);
			at += entry->size;
		}
	close(proc);
	return length == 0;
}

/* ---- the table ---- */

/* /proc lists pids in their order; a row that comes late is moved to its place all the same. */
static void add_row(void *context, const struct process *process)
{
	struct table *table = context;
	size_t at = table->count;

	if (at == room) {
		table->whole = false;
		return;
	}
	for (; at > 0 && table->rows[at - 1].pid > process->pid; at--)
		table->rows[at] = table->rows[at - 1];
	table->rows[at] = *process;
	table->count++;
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

static void signal_row(struct sweep *sweep, struct process *row)
{
	const struct process *before = find(&sweep->before, row->pid);

	sweep->found |= row->ours;
	/* its parent died after it was read; who is the same in two passes has one that is hidden */
	if (!row->ours && row->parent && !find(&sweep->now, row->parent) &&
	    !(before && before->parent == row->parent))
		sweep->again = true;
	if (!row->ours || row->dead || is_spared(sweep, row->pid))
		return;
	row->had = 1;
	if (before && before->had)
		return;
	sweep->again = true;
	sweep->signalled += kill((pid_t)row->pid, sweep->signal) == 0;
}

static bool make_pass(struct sweep *sweep)
{
	struct process *rows = sweep->before.rows;

	sweep->before = sweep->now;
	sweep->now = (struct table){ .rows = rows, .whole = true };
	if (!each_process(add_row, &sweep->now))
		return false;
	mark_ours(&sweep->now, (unsigned)getpid());
	sweep->again = !sweep->now.whole;
	for (size_t i = 0; i < sweep->now.count; i++)
		signal_row(sweep, &sweep->now.rows[i]);
	return true;
}

/* Passes until nobody is new. False if /proc does not show what waitid(2) knows. */
static bool make_passes(struct sweep *sweep)
{
	int passes = 0;
	bool child;

	do {
		if (!make_pass(sweep))
			return false;
		child = waitid(P_ALL, 0, NULL, WEXITED | WNOHANG | WNOWAIT) == 0;
	} while (++passes < DESCENDANTS_PASSES && (sweep->again || (child && !sweep->found && passes < 2)));
	return sweep->found || !child;
}

int descendants_signal(int signal, const pid_t *spared, size_t count)
{
	struct sweep sweep = {
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
	child = fork();
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
	struct process process = { .parent = (unsigned)pid & 0x3fffffff };

	for (int depth = 0; depth < DESCENDANTS_DEPTH_MAX; depth++) {
		char buffer[16];
		struct text name = text_over(buffer, sizeof buffer);

		text_format(&name, "%u", process.parent);
		if (!read_process(proc, buffer, &process))
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
	proc = descendants_visible() ? open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
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

static void count_child(void *context, const struct process *process)
{
	struct children *children = context;

	if (process->parent != children->parent || process->dead)
		return;
	children->child = process->pid;
	children->count++;
}

pid_t descendants_only_child(void)
{
	struct children children = { .parent = (unsigned)getpid() };

	if (!descendants_visible() || !each_process(count_child, &children))
		return 0;
	return children.count == 1 ? (pid_t)children.child : 0;
}
