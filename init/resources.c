#include "resources.h"

#include "kernel.h"
#include "names.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ioprio_set(2); the C libraries have neither a function nor the numbers. */
#define IOPRIO_WHO_PROCESS 1
#define IOPRIO_CLASS_SHIFT 13
#define IO_NONE 0
#define IO_BEST_EFFORT 2
#define IO_MIDDLE 4

/* sched_setattr(2) */
#define SCHED_FLAG_RESET_ON_FORK 1

#define OOM_SCORE "/proc/self/oom_score_adj"

static bool write_oom_score(int score)
{
	char digits[16];
	struct text text = text_over(digits, sizeof digits);
	int descriptor = kernel_open(OOM_SCORE, O_WRONLY);
	bool written;

	if (descriptor < 0)
		return false;
	text_format(&text, "%d", score);
	written = write(descriptor, text.start, text.length) > 0;
	close(descriptor);
	return written;
}

/*
 * Where tend is not root it is not dumpable, and so root's files describe it: proc(5),
 * "/proc/[pid]". systemd takes an EACCES or EPERM for a container's and goes on; where there is no
 * /proc, so do we.
 */
static int set_oom_score(const struct config *config)
{
	int dumpable;

	if (!config->oom_score_set || write_oom_score(config->oom_score_adjust))
		return 0;
	dumpable = kernel_prctl(PR_GET_DUMPABLE, 0);
	kernel_prctl(PR_SET_DUMPABLE, 1);
	write_oom_score(config->oom_score_adjust);
	kernel_prctl(PR_SET_DUMPABLE, (unsigned long)dumpable);
	return 0;
}

/* sched_setscheduler of musl says ENOSYS. */
static int set_scheduling(const struct config *config)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} attributes = {
		.size = sizeof attributes,
		.policy = (uint32_t)config->scheduling_policy,
		.flags = config->scheduling_reset ? SCHED_FLAG_RESET_ON_FORK : 0,
		.priority = (uint32_t)config->scheduling_priority,
	};

	if (!config->scheduling_set)
		return 0;
	return syscall(SYS_sched_setattr, 0, &attributes, 0) < 0 ? EXIT_SETSCHEDULER : 0;
}

/* RLIMIT_NICE counts from 20 downwards: 20 - nice. getrlimit(2) */
static int nearest_nice(int wanted)
{
	struct rlimit limit;
	int now = getpriority(PRIO_PROCESS, 0), lowest;

	if (wanted > now || prlimit(0, RLIMIT_NICE, NULL, &limit) < 0)
		return EXIT_NICE;
	lowest = limit.rlim_cur < 40 ? 20 - (int)limit.rlim_cur : -20;
	return now > lowest && setpriority(PRIO_PROCESS, 0, lowest) < 0 ? EXIT_NICE : 0;
}

/* After the policy, whose system call sets the nice level to 0. */
static int set_nice(const struct config *config)
{
	if (!config->nice_set || setpriority(PRIO_PROCESS, 0, config->nice) == 0)
		return 0;
	return errno == EACCES || errno == EPERM ? nearest_nice(config->nice) : EXIT_NICE;
}

static int set_affinity(const struct config *config)
{
	if (!config->affinity_set)
		return 0;
	return syscall(SYS_sched_setaffinity, 0, sizeof config->affinity, config->affinity) < 0 ?
		   EXIT_CPUAFFINITY :
		   0;
}

/* No class means the default one, at its middle, whatever the priority is: the kernel refuses both together. */
static int set_io_priority(const struct config *config)
{
	int priority = config->io_class == IO_NONE ?
			       IO_BEST_EFFORT << IOPRIO_CLASS_SHIFT | IO_MIDDLE :
			       config->io_class << IOPRIO_CLASS_SHIFT | config->io_priority;

	if (!config->io_set)
		return 0;
	return syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, priority) < 0 ? EXIT_IOPRIO : 0;
}

int resources_schedule(const struct config *config)
{
	static int (*const setters[])(const struct config *) = { set_oom_score, set_scheduling,
								 set_nice, set_affinity,
								 set_io_priority };
	int status = 0;

	for (size_t i = 0; status == 0 && i < sizeof setters / sizeof *setters; i++)
		status = setters[i](config);
	return status;
}

/* ---- limits: by prlimit(2), for musl's setrlimit brings what is for threads ---- */

_Static_assert(RLIM_INFINITY == UINT64_MAX, "struct limit has infinity as setrlimit(2) has it");

static rlim_t smaller(rlim_t one, rlim_t other)
{
	return one < other ? one : other;
}

static int set_limit(int number, const struct limit *wanted)
{
	struct rlimit limit = { wanted->soft, wanted->hard }, now;

	if (prlimit(0, number, &limit, NULL) == 0)
		return 0;
	if (errno != EPERM || prlimit(0, number, NULL, &now) < 0 || now.rlim_max == RLIM_INFINITY)
		return -1;
	limit.rlim_cur = smaller(wanted->soft, now.rlim_max);
	limit.rlim_max = smaller(wanted->hard, now.rlim_max);
	return prlimit(0, number, &limit, NULL);
}

int resources_limit(const struct config *config)
{
	for (int number = 0; number < LIMIT_COUNT; number++)
		if (config->limits[number].set && set_limit(number, &config->limits[number]) < 0)
			return EXIT_LIMITS;
	return 0;
}

/* Only the hard limit is raised, which nothing feels. */
static bool in_reach(int number, rlim_t hard, struct rlimit *now)
{
	struct rlimit raised;

	if (prlimit(0, number, NULL, now) < 0 || hard <= now->rlim_max)
		return true;
	raised = (struct rlimit){ now->rlim_cur, hard };
	if (prlimit(0, number, &raised, NULL) < 0)
		return false;
	prlimit(0, number, now, NULL);
	return true;
}

static void add_limit(struct text *text, rlim_t limit)
{
	if (limit == RLIM_INFINITY)
		text_add(text, "infinity");
	else
		text_format(text, "%llu", (unsigned long long)limit);
}

bool resources_shortfall(const struct config *config, struct text *text)
{
	bool any = false;

	for (int number = 0; number < LIMIT_COUNT; number++) {
		const struct limit *wanted = &config->limits[number];
		struct rlimit now;

		if (!wanted->set || in_reach(number, wanted->hard, &now))
			continue;
		text_format(text, "%s%s=", any ? "; " : "", field_key(offsetof(struct config, limits[number])));
		add_limit(text, wanted->hard);
		text_add(text, " is out of reach, ");
		add_limit(text, now.rlim_max);
		text_add(text, " is used");
		any = true;
	}
	return any;
}
