/*
 * service STAMPS WHAT [NUMBER]: the service that the inits are measured with. The first thing that it
 * does is to look at the clock; the time is appended to the file STAMPS, eight bytes.
 *
 *	rest       sleeps
 *	live N     lives N milliseconds, appends the time, and ends
 *	serve      does as it is told through the FIFO STAMPS.in, and says through STAMPS.out when it is done:
 *
 *	    orphans N SECONDS  makes N orphans as fast as it can, no longer than SECONDS, and waits until all are
 *	                       reaped: how many, in how many nanoseconds, and the most zombies that were seen
 *	    single N           makes N orphans, each when the one before has been reaped
 *	    burst N            makes N zombies, orphans all at once: nanoseconds from then until all are reaped
 *	    children N         N children that stay
 *	    signals N          waits for SIGUSR1, N times, and appends the time of each
 *
 * Where it is called "run" it reads these words from the file "arguments" in the current directory, one a line.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000ULL

enum { BATCH = 50, WORDS_MOST = 4, LOOK_EVERY = 20000000 };

static const char *stamps;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

static void doze(uint64_t nanoseconds)
{
	struct timespec time = { (time_t)(nanoseconds / SECOND), (long)(nanoseconds % SECOND) };

	nanosleep(&time, NULL);
}

static _Noreturn void fail(const char *what)
{
	perror(what);
	_exit(125);
}

static void append(uint64_t stamp)
{
	int file = open(stamps, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (file < 0 || write(file, &stamp, sizeof stamp) != sizeof stamp)
		fail(stamps);
	close(file);
}

/* Memory that children share. */
static void *shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		fail("mmap");
	return memory;
}

/* Where no pid is free, the reaper is behind: it gets time. */
static pid_t patient_fork(void)
{
	pid_t pid;

	while ((pid = fork()) < 0)
		doze(SECOND / 1000);
	return pid;
}

static unsigned count_processes(void)
{
	DIR *proc = opendir("/proc");
	unsigned count = 0;

	for (struct dirent *entry; proc && (entry = readdir(proc));)
		count += entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
	if (!proc)
		fail("/proc");
	closedir(proc);
	return count;
}

static void await_count(unsigned count)
{
	for (uint64_t end = now() + 60 * SECOND; count_processes() > count; doze(SECOND / 2000))
		if (now() > end)
			fail("some are never reaped");
}

static void await_reaped(pid_t pid)
{
	for (uint64_t end = now() + 60 * SECOND; kill(pid, 0) == 0; doze(SECOND / 20000))
		if (now() > end)
			fail("one is never reaped");
}

/* Whether there is one more. vfork(2) copies nothing: the cheapest process there is. */
static bool make_zombie(void)
{
	pid_t pid = vfork();

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

/* A child makes a batch of zombies, and leaves them to PID 1 as it ends. */
static void make_batch(unsigned count)
{
	pid_t child = patient_fork();

	if (child == 0) {
		for (unsigned made = 0; made < count;)
			if (make_zombie())
				made++;
			else
				doze(SECOND / 1000);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

static void do_orphans(FILE *out, unsigned wanted, unsigned seconds)
{
	unsigned before = count_processes(), made = 0, most = 0;
	uint64_t start = now(), looked = start;

	while (made < wanted && now() - start < seconds * SECOND) {
		unsigned batch = wanted - made < BATCH ? wanted - made : BATCH;

		make_batch(batch);
		made += batch;
		if (now() - looked > LOOK_EVERY) {
			unsigned zombies = count_processes() - before;

			most = zombies > most ? zombies : most;
			looked = now();
		}
	}
	await_count(before);
	fprintf(out, "%u %llu %u\n", made, (unsigned long long)(now() - start), most);
}

/* The orphan outlives its parent, and dies when PID 1 has become the new one. */
static void make_orphan(_Atomic pid_t *orphan)
{
	pid_t parent = patient_fork();

	if (parent == 0) {
		pid_t self = getpid(), pid = patient_fork();

		if (pid == 0) {
			while (getppid() == self)
				doze(1000);
			_exit(0);
		}
		*orphan = pid;
		_exit(0);
	}
	waitpid(parent, NULL, 0);
}

static void do_single(FILE *out, unsigned count, unsigned unused)
{
	_Atomic pid_t *orphan = shared(sizeof *orphan);

	(void)unused;
	for (unsigned i = 0; i < count; i++) {
		make_orphan(orphan);
		await_reaped(*orphan);
	}
	fprintf(out, "%u\n", count);
}

struct burst {
	atomic_uint dead;
	_Atomic uint64_t end; /* of their parent: from then on they are orphans */
	_Atomic pid_t last;
};

static _Noreturn void make_burst(struct burst *burst, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		pid_t pid = patient_fork();

		if (pid == 0) {
			burst->dead++;
			_exit(0);
		}
		burst->last = pid;
	}
	while (burst->dead < count)
		doze(SECOND / 1000);
	/* Each has counted itself shortly before its end. */
	doze(SECOND / 50);
	burst->end = now();
	_exit(0);
}

/* waitpid(2) takes the oldest child first. */
static void do_burst(FILE *out, unsigned count, unsigned unused)
{
	struct burst *burst = shared(sizeof *burst);
	unsigned before = count_processes();
	pid_t parent = patient_fork();
	uint64_t end;

	(void)unused;
	if (parent == 0)
		make_burst(burst, count);
	waitpid(parent, NULL, 0);
	await_reaped(burst->last);
	end = now();
	await_count(before);
	fprintf(out, "%llu\n", (unsigned long long)(end - burst->end));
}

static void do_children(FILE *out, unsigned count, unsigned unused)
{
	(void)unused;
	for (unsigned i = 0; i < count; i++)
		if (patient_fork() == 0)
			for (;;)
				pause();
	fprintf(out, "%u\n", count);
}

/* No answer: the stamps are. SIGUSR1 is blocked since the beginning. */
static void do_signals(FILE *out, unsigned count, unsigned unused)
{
	sigset_t set;

	(void)unused;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	fprintf(out, "ready\n");
	fflush(out);
	for (unsigned i = 0; i < count; i++) {
		sigwaitinfo(&set, NULL);
		append(now());
	}
}

static const struct {
	const char *name;
	void (*run)(FILE *out, unsigned count, unsigned seconds);
} tasks[] = {
	{ "orphans", do_orphans },   { "single", do_single },   { "burst", do_burst },
	{ "children", do_children }, { "signals", do_signals },
};

static void do_task(FILE *out, const char *line)
{
	unsigned count = 0, seconds = 0;
	char name[16] = "";

	sscanf(line, "%15s %u %u", name, &count, &seconds);
	for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
		if (strcmp(tasks[i].name, name) == 0)
			tasks[i].run(out, count, seconds);
	fflush(out);
}

static FILE *open_fifo(const char *suffix)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof path, "%s.%s", stamps, suffix);
	file = fopen(path, "r+e");
	if (!file)
		fail(path);
	return file;
}

static void serve(void)
{
	FILE *in = open_fifo("in"), *out = open_fifo("out");
	char line[128];
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fprintf(out, "serving\n");
	fflush(out);
	while (fgets(line, sizeof line, in))
		do_task(out, line);
}

/* Cuts the lines of a file into words. */
static unsigned read_words(const char *path, char *words[static WORDS_MOST])
{
	static char bytes[4096];
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = read(file, bytes, sizeof bytes - 1);
	unsigned count = 0;

	if (length < 0)
		fail(path);
	close(file);
	for (char *word = strtok(bytes, "\n"); word && count < WORDS_MOST; word = strtok(NULL, "\n"))
		words[count++] = word;
	return count;
}

static bool is_run(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, "run") == 0;
}

int main(int argc, char **argv)
{
	uint64_t started = now();
	char *words[WORDS_MOST] = { NULL };
	unsigned count = 0;

	if (is_run(argv[0]))
		count = read_words("arguments", words);
	else
		for (int i = 1; i < argc && count < WORDS_MOST; i++)
			words[count++] = argv[i];
	if (count < 2)
		return 2;
	stamps = words[0];
	append(started);
	if (strcmp(words[1], "serve") == 0)
		serve();
	if (strcmp(words[1], "live") == 0 && count > 2) {
		doze(strtoull(words[2], NULL, 10) * (SECOND / 1000));
		append(now());
		return 0;
	}
	for (;;)
		pause();
}
