#include "names.h"

#include "text.h"

#include <errno.h>
#include <string.h>

const struct name *name_find(const struct name *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

const char *name_of(const struct name *table, int number)
{
	while (table->name && table->number != number)
		table++;
	return table->name;
}

/*
 * Names of consecutive numbers, each with its NUL, an empty one at the end. The last run is at zero
 * names.
 */
struct PACKED run {
	unsigned char first;
	const char *names;
};

static const struct run signals[] = {
	{ 1, "HUP\0INT\0QUIT\0ILL\0TRAP\0ABRT\0BUS\0FPE\0KILL\0USR1\0SEGV\0USR2\0PIPE\0"
	     "ALRM\0TERM\0STKFLT\0CHLD\0CONT\0STOP\0TSTP\0TTIN\0TTOU\0URG\0XCPU\0XFSZ\0"
	     "VTALRM\0PROF\0WINCH\0IO\0PWR\0SYS\0" },
	{ 0, NULL },
};

/* Each behind "cap_". */
static const struct run capabilities[] = {
	{ 0, "chown\0dac_override\0dac_read_search\0fowner\0fsetid\0kill\0setgid\0"
	     "setuid\0setpcap\0linux_immutable\0net_bind_service\0net_broadcast\0"
	     "net_admin\0net_raw\0ipc_lock\0ipc_owner\0sys_module\0sys_rawio\0"
	     "sys_chroot\0sys_ptrace\0sys_pacct\0sys_admin\0sys_boot\0sys_nice\0"
	     "sys_resource\0sys_time\0sys_tty_config\0mknod\0lease\0audit_write\0"
	     "audit_control\0setfcap\0mac_override\0mac_admin\0syslog\0wake_alarm\0"
	     "block_suspend\0audit_read\0perfmon\0bpf\0checkpoint_restore\0" },
	{ 0, NULL },
};

static const struct run exit_statuses[] = {
	{ 0, "SUCCESS\0FAILURE\0INVALIDARGUMENT\0NOTIMPLEMENTED\0NOPERMISSION\0"
	     "NOTINSTALLED\0NOTCONFIGURED\0NOTRUNNING\0" },
	{ 64, "USAGE\0DATAERR\0NOINPUT\0NOUSER\0NOHOST\0UNAVAILABLE\0SOFTWARE\0OSERR\0"
	      "OSFILE\0CANTCREAT\0IOERR\0TEMPFAIL\0PROTOCOL\0NOPERM\0CONFIG\0" },
	{ EXIT_CHDIR, "CHDIR\0NICE\0FDS\0EXEC\0MEMORY\0LIMITS\0OOM_ADJUST\0SIGNAL_MASK\0STDIN\0"
		      "STDOUT\0CHROOT\0IOPRIO\0TIMERSLACK\0SECUREBITS\0SETSCHEDULER\0CPUAFFINITY\0"
		      "GROUP\0USER\0CAPABILITIES\0CGROUP\0SETSID\0CONFIRM\0STDERR\0" },
	{ EXIT_PAM, "PAM\0NETWORK\0NAMESPACE\0NO_NEW_PRIVILEGES\0SECCOMP\0SELINUX_CONTEXT\0"
		    "PERSONALITY\0APPARMOR\0ADDRESS_FAMILIES\0RUNTIME_DIRECTORY\0" },
	{ EXIT_CHOWN,
	  "CHOWN\0SMACK_PROCESS_LABEL\0KEYRING\0STATE_DIRECTORY\0CACHE_DIRECTORY\0"
	  "LOGS_DIRECTORY\0CONFIGURATION_DIRECTORY\0NUMA_POLICY\0CREDENTIALS\0BPF\0KSM\0" },
	{ 255, "EXCEPTION\0" },
	{ 0, NULL },
};

static const struct run errors[] = {
	{ EPERM, "Operation not permitted\0No such file or directory\0No such process\0"
		 "Interrupted system call\0I/O error\0No such device or address\0"
		 "Argument list too long\0Exec format error\0Bad file descriptor\0"
		 "No child process\0Resource temporarily unavailable\0Out of memory\0"
		 "Permission denied\0Bad address\0Block device required\0Resource busy\0"
		 "File exists\0Cross-device link\0No such device\0Not a directory\0"
		 "Is a directory\0Invalid argument\0Too many open files in system\0"
		 "No file descriptors available\0Not a tty\0Text file busy\0File too large\0"
		 "No space left on device\0Invalid seek\0Read-only file system\0" },
	{ ENAMETOOLONG, "Filename too long\0" },
	{ ENOSYS, "Function not implemented\0" },
	{ ELOOP, "Symbolic link loop\0" },
	{ EOPNOTSUPP, "Not supported\0" },
	{ EADDRINUSE, "Address in use\0Address not available\0Network is down\0"
		      "Network unreachable\0" },
	{ ECONNRESET, "Connection reset by peer\0" },
	{ ETIMEDOUT, "Operation timed out\0Connection refused\0Host is down\0"
		     "Host is unreachable\0" },
	{ EDQUOT, "Quota exceeded\0" },
	{ 0, NULL },
};

_Static_assert(EROFS - EPERM == 29 && ENETUNREACH - EADDRINUSE == 3 && EHOSTUNREACH - ETIMEDOUT == 3,
	       "the errors of a run are consecutive");

/* The number of the name; -1 when it is in no run. */
static int number_in(const struct run *run, const char *name, bool any_case)
{
	size_t size = strlen(name) + 1;

	for (; run->names; run++) {
		int number = run->first;

		for (const char *row = run->names; *row; row += strlen(row) + 1, number++)
			if (any_case ? same_in_any_case(row, name, size) : strcmp(row, name) == 0)
				return number;
	}
	return -1;
}

static const char *name_in(const struct run *run, int number)
{
	for (; run->names; run++) {
		int left = number - run->first;

		for (const char *row = run->names; *row; row += strlen(row) + 1)
			if (left-- == 0)
				return row;
	}
	return NULL;
}

/* RTMIN+n counts from 34 upward, RTMAX-n from 64 downward; neither leaves the range. */
static int real_time_signal(const char *name)
{
	const char *up = after_prefix(name, "RTMIN"), *down = after_prefix(name, "RTMAX");
	const char *rest = up ? up : down;
	uint64_t steps = 0;

	if (!rest)
		return 0;
	if (*rest && (*rest != (up ? '+' : '-') ||
		      !parse_unsigned(rest + 1, SIGNAL_MAX - SIGNAL_RTMIN, &steps)))
		return 0;
	return up ? SIGNAL_RTMIN + (int)steps : SIGNAL_MAX - (int)steps;
}

int signal_from_name(const char *name)
{
	const char *rest = after_prefix(name, "SIG");
	uint64_t number;
	int found;

	name = rest ? rest : name;
	if (parse_unsigned(name, SIGNAL_MAX, &number))
		return (int)number;
	found = number_in(signals, name, false);
	return found > 0 ? found : real_time_signal(name);
}

void text_add_signal(struct text *text, int number)
{
	const char *name = name_in(signals, number);

	if (name)
		text_format(text, "SIG%s", name);
	else if (number >= SIGNAL_RTMIN)
		text_format(text, "SIGRTMIN+%d", number - SIGNAL_RTMIN);
	else
		text_format(text, "SIG%d", number); /* 32 and 33, which libc keeps to itself */
}

int capability_from_name(const char *name)
{
	uint64_t number;

	if (parse_unsigned(name, CAPABILITY_MAX, &number))
		return (int)number;
	return same_in_any_case(name, "cap_", 4) ? number_in(capabilities, name + 4, true) : -1;
}

void text_add_capability(struct text *text, int number)
{
	text_format(text, "cap_%s", name_in(capabilities, number));
}

void text_add_error(struct text *text, int error)
{
	const char *name = name_in(errors, error);

	if (name)
		text_add(text, name);
	else
		text_format(text, "errno %d", error);
}

int exit_status_from_name(const char *name)
{
	return number_in(exit_statuses, name, false);
}

const char *exit_status_name(int number)
{
	return name_in(exit_statuses, number);
}
