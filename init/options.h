/*
 * options: every option that tend has, one row of one table each: its key in a unit, its flag, its
 * variable, its kind of value, its two defaults, where it lands. Pure core.
 *
 * The flag and the variable are computed from the key: RestartSec= is --restart-sec= and
 * TEND_RESTART_SEC; of X-ForwardTo= the "X-" is dropped. Assignments come from four layers, each
 * stronger than the one before; scalars fold into struct config; of a list every assignment counts,
 * in order, after the last empty one.
 */
#ifndef TEND_OPTIONS_H
#define TEND_OPTIONS_H

#include "command.h"
#include "names.h"
#include "text.h"

enum service_type {
	TYPE_SIMPLE,
	TYPE_EXEC,
	TYPE_NOTIFY,
	TYPE_NOTIFY_RELOAD,
	TYPE_FORKING,
	TYPE_ONESHOT,
	TYPE_IDLE,
	TYPE_DBUS /* known, so that a drop-in can name another */
};
enum exit_type { EXIT_TYPE_MAIN, EXIT_TYPE_CGROUP };
enum notify_access {
	NOTIFY_ACCESS_UNSET,
	NOTIFY_ACCESS_NONE,
	NOTIFY_ACCESS_MAIN,
	NOTIFY_ACCESS_EXEC,
	NOTIFY_ACCESS_ALL
};
enum restart {
	RESTART_NO,
	RESTART_ON_SUCCESS,
	RESTART_ON_FAILURE,
	RESTART_ON_ABNORMAL,
	RESTART_ON_WATCHDOG,
	RESTART_ON_ABORT,
	RESTART_ALWAYS,
	RESTART_UNLESS_STOPPED, /* Docker's: as always, its back-off in place of the start limit */
};
enum restart_mode { RESTART_MODE_NORMAL, RESTART_MODE_DIRECT, RESTART_MODE_DEBUG };
enum kill_mode { KILL_CONTROL_GROUP, KILL_MIXED, KILL_PROCESS, KILL_NONE };
enum failure_mode { FAILURE_TERMINATE, FAILURE_ABORT, FAILURE_KILL };
/*
 * FailureAction= and SuccessAction=: what PID 1 does when the service has ended and is not
 * restarted.
 */
enum end_action { END_EXIT, END_NONE };
enum oom_policy { OOM_CONTINUE, OOM_STOP, OOM_KILL };
enum preserve { PRESERVE_NO, PRESERVE_YES, PRESERVE_RESTART };
enum forward_to { FORWARD_MAIN, FORWARD_GROUP };
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };
/* Smaller is graver; a record is written when its level is at most X-LogLevel=. */
enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum three { THREE_UNSET, THREE_NO, THREE_YES };
/*
 * Standard input, output and error; a path, or for STREAM_FD the descriptor's name, is in the
 * config beside it (NULL for StandardInput=socket). INHERIT: tend's own. SAME: a duplicate of the
 * stream before it, of input for output, of output for error (systemd's "inherit" where the one
 * before is not tend's own).
 */
enum stream {
	STREAM_INHERIT,
	STREAM_NULL,
	STREAM_TTY,
	STREAM_FILE,
	STREAM_APPEND,
	STREAM_TRUNCATE,
	STREAM_DATA,
	STREAM_FD,
	STREAM_SAME,
};

/* A soft and a hard limit; setrlimit(2). UINT64_MAX is infinity. */
struct limit {
	uint64_t soft, hard;
	bool set;
};
#define LIMIT_COUNT 16

/*
 * Sets of signals (bit N-1 is signal N) and of exit statuses, for SuccessExitStatus= and its like.
 */
struct status_set {
	uint64_t signals;
	uint64_t codes[4]; /* bit N is status N */
};

/* One step of X-StopSchedule=: the signal, then how long to wait before the next. */
struct stop_step {
	uint64_t wait; /* usec, USEC_INFINITY on the last */
	int signal;
};
#define STOP_STEPS_MAX 16

enum directory_kind {
	DIRECTORY_RUNTIME,
	DIRECTORY_STATE,
	DIRECTORY_CACHE,
	DIRECTORY_LOGS,
	DIRECTORY_CONFIGURATION,
	DIRECTORY_KINDS
};

/*
 * The scalars, with every default and assignment folded in. Strings point into the arena of the
 * journal, or are those of argv and environ; NULL is unset. Times are microseconds. What a child is
 * to be comes first, what tend itself does with it from "restart" on: journal_shapes_child().
 */
struct config {
	/* what runs */
	enum service_type type;
	enum exit_type exit_type;
	enum notify_access notify_access;
	bool remain_after_exit, guess_main_pid, permissions_start_only;
	int reload_signal;
	const char *pid_file;

	/* who and where */
	const char *user, *group, *working_directory, *exec_search_path;
	bool dynamic_user, working_directory_optional; /* a leading "-" */
	bool inherit_umask; /* a bare command keeps the container's */
	unsigned umask;
	bool inherit_environment, ignore_sigpipe;
	enum stream standard_input, standard_output, standard_error;
	const char *input_path, *output_path, *error_path;
	unsigned directory_mode[DIRECTORY_KINDS];
	enum preserve runtime_directory_preserve;

	/* privilege: capability sets are bit masks, bit N is capability N */
	bool bounding_set_given;
	uint64_t bounding_set, ambient_set;
	uint64_t sandbox_drops; /* what PrivateDevices= and its like take from the bounding set */
	enum three no_new_privileges;
	unsigned secure_bits; /* prctl(2) PR_SET_SECUREBITS */
	bool memory_deny_write_execute;

	/* limits */
	struct limit limits[LIMIT_COUNT]; /* by RLIMIT_ number */
	bool nice_set, oom_score_set, scheduling_set, io_set, affinity_set, scheduling_reset;
	int nice, oom_score_adjust, scheduling_policy, scheduling_priority, io_class, io_priority;
	uint64_t affinity[16]; /* CPUs 0 to 1023 */

	/* restart */
	enum restart restart;
	enum restart_mode restart_mode;
	bool docker_backoff;     /* unless-stopped, on-failure:N */
	unsigned docker_retries; /* on-failure:N; 0: without end */
	uint64_t restart_usec, restart_max_delay, restart_reset, randomized_delay;
	unsigned restart_steps;
	uint64_t start_limit_interval;
	unsigned start_limit_burst;
	struct status_set success, restart_prevent, restart_force;
	enum end_action failure_action, success_action;
	enum oom_policy oom_policy;

	/* time */
	uint64_t timeout_start, timeout_stop, timeout_abort;
	bool timeout_start_set;                              /* oneshot has none by default */
	enum failure_mode timeout_start_failure, timeout_stop_failure;
	uint64_t watchdog, runtime_max, runtime_random_extra;

	/* stop */
	enum kill_mode kill_mode;
	int kill_signal; /* 0 (bare command's default): the signal that came */
	int restart_kill_signal; /* 0: kill_signal */
	int final_kill_signal, watchdog_signal;
	bool send_sighup, send_sigkill;
	struct stop_step stop_schedule[STOP_STEPS_MAX];
	unsigned stop_steps;
	uint64_t stop_on; /* bit N-1 is signal N; KillSignal= itself is always one */
	enum forward_to forward_to;

	/* health and readiness */
	const char *health_check, *ready_check;
	uint64_t health_interval, health_timeout, health_start_period;
	unsigned health_retries;

	/* tend itself */
	enum log_format log_format;
	enum log_level log_level;
};

/* The most commands that one Exec...= list may hold. */
#define COMMANDS_MAX 64

enum layer { LAYER_DEFAULT, LAYER_UNIT, LAYER_ENVIRONMENT, LAYER_FLAG };

/* What a Condition...= and its Assert...= ask. The first nine are of a path. */
enum condition {
	CONDITION_PATH_EXISTS,
	CONDITION_PATH_EXISTS_GLOB,
	CONDITION_PATH_IS_DIRECTORY,
	CONDITION_PATH_IS_SYMBOLIC_LINK,
	CONDITION_PATH_IS_MOUNT_POINT,
	CONDITION_PATH_IS_READ_WRITE,
	CONDITION_DIRECTORY_NOT_EMPTY,
	CONDITION_FILE_NOT_EMPTY,
	CONDITION_FILE_IS_EXECUTABLE,
	CONDITION_USER,
	CONDITION_GROUP,
	CONDITION_ENVIRONMENT,
	CONDITION_VIRTUALIZATION,
	CONDITION_CAPABILITY,
};

/*
 * The lists of the journal. All ConditionXYZ= are one, whatever they ask, and so are all AssertXYZ=:
 * option_condition() tells which one a row is. systemd.unit(5)
 */
enum listed {
	LISTED_NONE, /* what is folded */
	LISTED_EXEC_CONDITION,
	LISTED_EXEC_START_PRE,
	LISTED_EXEC_START,
	LISTED_EXEC_START_POST,
	LISTED_EXEC_RELOAD,
	LISTED_EXEC_STOP,
	LISTED_EXEC_STOP_POST,
	LISTED_CONDITION,
	LISTED_ASSERT,
	LISTED_GROUPS,
	LISTED_ENVIRONMENT,
	LISTED_ENVIRONMENT_FILE,
	LISTED_PASS_ENVIRONMENT,
	LISTED_UNSET_ENVIRONMENT,
	LISTED_INPUT_TEXT,
	LISTED_RUNTIME_DIRECTORY, /* and its siblings, in the order of enum directory_kind */
	LISTED_STATE_DIRECTORY,
	LISTED_CACHE_DIRECTORY,
	LISTED_LOGS_DIRECTORY,
	LISTED_CONFIGURATION_DIRECTORY,
};

struct option; /* a row; private to options.c but for what is below */

/* One assignment: where it stands, and its text as it was written (continuation lines joined). */
struct assignment {
	const struct option *option;
	enum layer layer;
	const char *file; /* of a unit or drop-in; NULL in the other layers */
	unsigned line;
	const char *text;
};

/*
 * All assignments in the order of their strength: journal_add keeps it, whichever layer is read
 * first. Rows and arena are the caller's storage.
 */
struct journal {
	struct assignment *rows;
	size_t count, room;
	struct arena *arena;
	bool command_given; /* a COMMAND takes the place of the unit's ExecStart= */
};

/*
 * Why something was refused, ready to be printed: "nginx.service:12: RestartSec=abc: expected a
 * time span such as 5s or 1min 30s"; "--restart-sec=abc: ..."; "TEND_RESTART_SEC=abc: ...".
 */
struct complaint {
	char message[512];
};

/* Says so, in text_format()'s way; false, for its callers to return. */
bool complaint_say(struct complaint *complaint, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* "/etc/passwd: I/O error", error being an errno; false as well. */
bool complaint_error(struct complaint *complaint, const char *what, int error);
/*
 * Appends where an assignment stands: "nginx.service:12: RestartSec", "--restart-sec",
 * "TEND_RESTART_SEC".
 */
void text_add_place(struct text *text, const struct assignment *assignment);

/*
 * The option of that key ("RestartSec"), flag ("restart-sec", the length bytes before any "=") or
 * variable
 * ("RESTART_SEC", after TEND_, length bytes); NULL when there is none.
 */
const struct option *option_by_key(const char *key, size_t length);
const struct option *option_by_flag(const char *flag, size_t length);
const struct option *option_by_variable(const char *variable, size_t length);
const char *option_key(const struct option *option);
/* "ExecStart": the key of a list, or the first of its keys. */
const char *listed_key(enum listed listed);
/* Of one that is a condition or an assertion. */
enum condition option_condition(const struct option *option);
/* Of one that is standard input: whether its text is base64, or else a line. */
bool option_is_base64(const struct option *option);
/* "RestartSec": the key of the scalar at that offset in struct config. */
const char *field_key(size_t field);
/* Whether the option belongs into that section of a unit, "Unit" or "Service". */
bool option_is_of(const struct option *option, const char *section);
/* Whether a flag of this option without "=value" means yes (booleans). */
bool option_is_bool(const struct option *option);
/* Appends "--restart-sec" or "TEND_RESTART_SEC". */
void option_add_flag(struct text *text, const struct option *option);
void option_add_variable(struct text *text, const struct option *option);
/*
 * The known key nearest to a misspelt one (another case, one letter added, lost, changed or two
 * swapped), or NULL.
 */
const char *option_near(const char *key, size_t length);

/*
 * Adds a row behind those of its layer; false with a complaint when journal or arena are full. text
 * must outlive the journal. Of a list the flag's and the variable's text may hold several
 * assignments, one a line: each becomes a row of its own, and a newline at the very end is none.
 */
bool journal_add(struct journal *journal, const struct option *option, enum layer layer,
		 const char *file, unsigned line, const char *text, struct complaint *complaint);

/*
 * The assignment that decides on a scalar, which is the one at that offset in struct config, whatever its key;
 * NULL where the default does.
 */
const struct assignment *journal_last(const struct journal *journal, size_t field);
/*
 * The assignments of a list that count, in order: start with *cursor 0. NULL at the end. An empty
 * assignment has reset what came before it.
 */
const struct assignment *journal_next(const struct journal *journal, enum listed listed,
				      size_t *cursor);
/*
 * Whether an option says what a child is to be: any of a list, or of a scalar that stands before those of restarts in
 * struct config.
 */
bool journal_shapes_child(const struct journal *journal);
/* Whether that list has any. */
bool journal_has(const struct journal *journal, enum listed listed);

/*
 * What is said of a line of a unit that has no effect or is wrong: a key that is known to systemd
 * but means nothing here; one that is unknown (newer than tend) or in the wrong section, or such a
 * section; what can't be read and is left out; a value that can't be read; a key that is near to one
 * of ours; a section's line that is none.
 */
enum unit_remark {
	UNIT_NO_EFFECT,
	UNIT_UNKNOWN,
	UNIT_IGNORED,
	UNIT_REFUSED,
	UNIT_TYPING_ERROR,
	UNIT_MALFORMED,
};
struct unit_listener {
	/*
	 * subject is the key or what the line begins with, of a value empty; message is complete, with
	 * file and line.
	 */
	void (*remark)(void *context, enum unit_remark remark, const char *subject, const char *message);
	void *context;
};
/* Who hears of a unit, and the first complaint for which it is refused. */
struct hearing {
	const struct unit_listener *listener; /* may be NULL */
	struct complaint *complaint;
	bool refused;
};
/*
 * Tells the listener, as struct unit_listener has it. For a remark of UNIT_REFUSED and above the
 * unit is refused, and the first message of these is copied to the complaint.
 */
void hearing_say(struct hearing *hearing, enum unit_remark remark, const char *subject,
		 const struct complaint *message);

/*
 * Defaults of a unit or of a bare command, then every assignment of the journal, into config. Every
 * value is read and checked here, the lists too; specifiers are replaced where the key takes them.
 * An empty assignment of a scalar brings its default back. What follows from several options is
 * settled as systemd settles it: Type=, NotifyAccess=, the start timeout of a oneshot,
 * TimeoutAbortSec=, the streams, a RestartSec= above RestartMaxDelaySec=, NoNewPrivileges= for
 * DynamicUser=, Docker's back-off.
 *
 * What can't be read in a unit and what systemd only warns of is taken out of the journal: of a list
 * of words those words, of other lists the line, of a command that has "-" what is behind it in the
 * line, too. listener (may be NULL) hears of each, and of every value that is refused. False with a
 * complaint: of the first refused one, or of a combination that systemd refuses. Of specifiers a
 * unit's %y must be there, for that.
 */
bool options_fold(struct journal *journal, bool unit, const struct specifiers *specifiers,
		  const struct unit_listener *listener, struct config *config,
		  struct complaint *complaint);

/* Calls print with each line of --help's option list. */
void options_help(void (*print)(void *context, const char *line), void *context);

#endif
