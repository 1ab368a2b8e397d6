/*
 * cgroup: whether the kernel's out-of-memory killer has struck. memory.events (cgroup v2), memory.oom_control
 * (v1: "oom_kill N", since Linux 4.13). Kernel documentation: admin-guide/cgroup-v2, cgroup-v1/memory.
 */
#ifndef TEND_CGROUP_H
#define TEND_CGROUP_H

#include <stdint.h>

struct cgroup {
	int events; /* descriptor of the file that counts, or -1: unknown here */
	uint64_t kills; /* as last read */
};

/*
 * Finds tend's own memory cgroup by /proc/self/cgroup and /proc/self/mountinfo, or, where the cgroup namespace hides the
 * path, at the mount's root. Works on v1, v2 and hybrid machines; cgroup->events is -1 where there is none.
 */
void cgroup_open(struct cgroup *cgroup);

/* How many processes it has killed since the last call; 0 where that is unknown. */
uint64_t cgroup_new_kills(struct cgroup *cgroup);

/* Memory in use and CPU time used by the whole cgroup, for `tend status`; UINT64_MAX where unknown. */
uint64_t cgroup_memory(void);
uint64_t cgroup_cpu_usec(void);

#endif
