/*
 * launch STAMPS COMMAND...: COMMAND as PID 1 of a fresh PID namespace, with a /proc of its own.
 *
 * Prints the pid that it has outside, and when it has ended: the time, its wait status, and the
 * microseconds of processor time that it and its children have taken. STAMPS gets two numbers of
 * eight bytes, taken right before exec: the time, and the processor time until then. All times are
 * nanoseconds of CLOCK_MONOTONIC.
 *
 * What the directory in $OVER_USR_BIN holds is in /usr/bin too: s6-svscan has the path of s6-supervise built in.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { START, START_CPU, STAMPS };

static uint64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static void need(int fine, const char *what)
{
	if (fine)
		return;
	perror(what);
	exit(125);
}

/* Into memory that is the file: nothing is left to be written between the last look and exec. */
static uint64_t *map_stamps(const char *path)
{
	int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	void *memory = MAP_FAILED;

	if (file >= 0 && ftruncate(file, STAMPS * sizeof(uint64_t)) == 0)
		memory = mmap(NULL, STAMPS * sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	need(memory != MAP_FAILED, path);
	return memory;
}

static void mount_over_usr_bin(const char *directory)
{
	char options[4096];

	snprintf(options, sizeof options, "lowerdir=%s:/usr/bin", directory);
	need(mount("none", "/usr/bin", "overlay", 0, options) == 0, "mount /usr/bin");
	unsetenv("OVER_USR_BIN");
}

static void become(char **argv)
{
	uint64_t *stamps = map_stamps(argv[1]);

	need(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "prctl");
	need(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "mount /");
	need(mount("proc", "/proc", "proc", 0, NULL) == 0, "mount /proc");
	if (getenv("OVER_USR_BIN"))
		mount_over_usr_bin(getenv("OVER_USR_BIN"));
	stamps[START_CPU] = read_clock(CLOCK_PROCESS_CPUTIME_ID);
	stamps[START] = read_clock(CLOCK_MONOTONIC);
	execv(argv[2], argv + 2);
	need(0, argv[2]);
}

static unsigned long long microseconds(const struct timeval *time)
{
	return (unsigned long long)time->tv_sec * 1000000U + (unsigned long long)time->tv_usec;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	pid_t child;
	int status;

	if (argc < 3)
		return 2;
	/* Who measures may be stopped: nothing of it stays behind. */
	need(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "prctl");
	need(unshare(CLONE_NEWPID | CLONE_NEWNS) == 0, "unshare");
	child = fork();
	need(child >= 0, "fork");
	if (child == 0)
		become(argv);
	printf("%d\n", child);
	fflush(stdout);
	need(wait4(child, &status, 0, &usage) == child, "wait4");
	printf("%llu %d %llu\n", (unsigned long long)read_clock(CLOCK_MONOTONIC), status,
	       microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime));
	return 0;
}
