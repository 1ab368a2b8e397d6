/*
 * cgroup: whether the kernel's out-of-memory killer has struck. memory.events (cgroup v2), memory.oom_control
 * (v1: "oom_kill N", since Linux 4.13). Kernel documentation: admin-guide/cgroup-v2, cgroup-v1/memory.
 */
#ifndef TEND_CGROUP_H
#define TEND_CGROUP_H

#include "text.h"

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

/* ---- the pure part, cgroups(7) and proc_pid_mountinfo(5); no line here has its newline ---- */

/*
 * The path in a line of /proc/self/cgroup ("4:memory:/docker/1f") if it is that of the controller's hierarchy, or,
 * with controller NULL, of cgroup v2 ("0::/"); else NULL.
 */
const char *cgroup_line_path(const char *line, const char *controller);

/*
 * Whether a line of /proc/self/mountinfo is a mount of that hierarchy; if so, appends what part of the hierarchy
 * it shows to *root and where to *point, their "\040" turned back into blanks.
 */
bool cgroup_line_mount(const char *line, const char *controller, struct text *root, struct text *point);

/* What of path lies below root; "" where it does not lie there, or is root. */
const char *cgroup_path_below(const char *path, const char *root);

/*
 * The number behind "key " at the beginning of a line, or with key NULL the number that the text begins with;
 * UINT64_MAX if there is none.
 */
uint64_t cgroup_value(const char *text, const char *key);

#endif
