/* names: what the kernel and systemd number and people name. Pure core, tables only. */
#ifndef TEND_NAMES_H
#define TEND_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

/* A row of any of the name tables; a table ends with a row whose name is NULL. */
struct name {
	const char *name;
	int number;
};

/* The row of that name (case matters), or NULL. */
const struct name *name_find(const struct name *table, const char *name);
/* The name of that number, or NULL. */
const char *name_of(const struct name *table, int number);

/*
 * Signals are the kernel's, 1 to 64: real-time ones run from 34 (RTMIN) to 64 (RTMAX), where musl's
 * own SIGRTMIN is 35, because it keeps three to itself. signal(7).
 */
#define SIGNAL_RTMIN 34
#define SIGNAL_MAX 64

/*
 * "TERM", "SIGTERM", "15", "RTMIN", "RTMIN+3", "SIGRTMIN+3", "RTMAX-1" in capitals; 0 when it is
 * none of these.
 */
int signal_from_name(const char *name);
/*
 * Appends "SIGTERM", "SIGRTMIN+3", which signal_from_name reads back; of the nameless 32 and 33
 * "SIG32".
 */
void text_add_signal(struct text *text, int number);

/*
 * CAP_CHOWN is 0: capabilities(7). In any case, or the number itself, as systemd takes it; -1 when
 * it is unknown.
 */
int capability_from_name(const char *name);
/* Appends "cap_chown"; number is one of a capability, 0 to CAPABILITY_MAX. */
void text_add_capability(struct text *text, int number);
#define CAPABILITY_MAX 40 /* CAP_CHECKPOINT_RESTORE, Linux 5.9 */

/*
 * Exit statuses with names, as `systemd-analyze exit-status` lists them: "SUCCESS", "FAILURE",
 * LSB's "INVALIDARGUMENT" (2) to "NOTRUNNING" (7), BSD's "USAGE" (64) to "CONFIG" (78), "EXEC"
 * (203), "EXCEPTION" (255). In capitals; a number is no name here. -1 when unknown; NULL when the
 * number has no name.
 */
int exit_status_from_name(const char *name);
const char *exit_status_name(int number);

/*
 * Appends "No such file or directory" for ENOENT: errno(3). libc's list of them all would take three
 * times the room; of one that no system call of tend's gives, the number has to do: "errno 131".
 */
void text_add_error(struct text *text, int error);

/*
 * The statuses with which systemd's child ends when it could not become the service:
 * systemd.exec(5).
 */
enum exit_status {
	EXIT_CHDIR = 200,
	EXIT_NICE = 201,
	EXIT_FDS = 202,
	EXIT_EXEC = 203,
	EXIT_MEMORY = 204,
	EXIT_LIMITS = 205,
	EXIT_OOM_ADJUST = 206,
	EXIT_SIGNAL_MASK = 207,
	EXIT_STDIN = 208,
	EXIT_STDOUT = 209,
	EXIT_CHROOT = 210,
	EXIT_IOPRIO = 211,
	EXIT_TIMERSLACK = 212,
	EXIT_SECUREBITS = 213,
	EXIT_SETSCHEDULER = 214,
	EXIT_CPUAFFINITY = 215,
	EXIT_GROUP = 216,
	EXIT_USER = 217,
	EXIT_CAPABILITIES = 218,
	EXIT_CGROUP = 219,
	EXIT_SETSID = 220,
	EXIT_CONFIRM = 221,
	EXIT_STDERR = 222,
	EXIT_PAM = 224,
	EXIT_NETWORK = 225,
	EXIT_NAMESPACE = 226,
	EXIT_NO_NEW_PRIVILEGES = 227,
	EXIT_SECCOMP = 228,
	EXIT_SELINUX_CONTEXT = 229,
	EXIT_PERSONALITY = 230,
	EXIT_APPARMOR = 231,
	EXIT_ADDRESS_FAMILIES = 232,
	EXIT_RUNTIME_DIRECTORY = 233,
	EXIT_CHOWN = 235,
	EXIT_SMACK_PROCESS_LABEL = 236,
	EXIT_KEYRING = 237,
	EXIT_STATE_DIRECTORY = 238,
	EXIT_CACHE_DIRECTORY = 239,
	EXIT_LOGS_DIRECTORY = 240,
	EXIT_CONFIGURATION_DIRECTORY = 241,
	EXIT_NUMA_POLICY = 242,
	EXIT_CREDENTIALS = 243,
	EXIT_BPF = 244, /* systemd.exec(5) says 245; systemd itself, 252 to 257, has 244 */
	EXIT_KSM = 245,
};

#endif
