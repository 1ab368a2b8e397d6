#include "options.h"

#include <string.h>
#include <sys/resource.h>

/* ---- what values there are ---------------------------------------------------------------------- */

/* How a value is read: a row of kinds[]. In brackets, what the table below says with it. */
enum kind {
	KIND_BOOL,
	KIND_THREE,        /* a bool that may be unset */
	KIND_DROP,         /* a bool (one or two capabilities that "yes" takes from the bounding set) */
	KIND_WORD,         /* one of some words (the first of them, how many) */
	KIND_NUMBER,       /* a number (of a row of ranges[]) */
	KIND_SPAN,         /* a time span (an enum span) */
	KIND_TIMEOUT_BOTH, /* a time span, of the start and of the stop */
	KIND_SIGNAL,
	KIND_MODE,
	KIND_UMASK,
	KIND_USER,
	KIND_PID_FILE,
	KIND_WORKING_DIRECTORY,
	KIND_STREAM, /* a stream (an enum stream_way) */
	KIND_ACTION,
	KIND_RESTART,
	KIND_IO_CLASS,
	KIND_POLICY,
	KIND_LIMIT, /* a resource limit (its RLIMIT_ number) */
	KIND_STOP_SCHEDULE,
	KIND_STOP_ON,
	KIND_CHECK,
	KIND_CAPABILITIES, /* a set of capabilities; this kind and those below are lists */
	KIND_SECURE_BITS,
	KIND_AFFINITY,
	KIND_STATUSES,
	KIND_COMMANDS,
	KIND_CONDITION, /* (an enum condition) */
	KIND_VARIABLES, /* (an enum variables) */
	KIND_FILES,
	KIND_GROUPS,
	KIND_DIRECTORIES,
	KIND_TEXT,
};

enum span {
	SPAN_ANY,
	SPAN_OR_NEVER, /* 0 is infinity, as for all timeouts of systemd */
	SPAN_OR_NONE,  /* infinity is 0 */
	SPAN_SOME,     /* more than 0 */
};
enum stream_way { STREAM_INPUT, STREAM_OUTPUT, STREAM_ERROR };
enum condition { CONDITION_PATH, CONDITION_TEXT, CONDITION_CAPABILITY };
enum variables { VARIABLES_SET, VARIABLES_NAMED, VARIABLES_EITHER };

/* The words of KIND_WORD: each stands at the index of its value; "" is a value without a word. */
typedef char known_word[16];
static const struct words {
	known_word type[7], exit_type[2], notify_access[5], restart[8], restart_mode[3];
	known_word kill_mode[4], failure_mode[3], action[7], oom_policy[3], preserve[3], forward_to[2], log_format[2], log_level[4];
	known_word io_class[4], policy[6], secure_bit[3];
} words = {
	.type = { [TYPE_SIMPLE] = "simple", [TYPE_EXEC] = "exec", [TYPE_NOTIFY] = "notify",
		  [TYPE_NOTIFY_RELOAD] = "notify-reload", [TYPE_FORKING] = "forking",
		  [TYPE_ONESHOT] = "oneshot", [TYPE_IDLE] = "idle" },
	.exit_type = { [EXIT_TYPE_MAIN] = "main", [EXIT_TYPE_CGROUP] = "cgroup" },
	.notify_access = { [NOTIFY_ACCESS_NONE] = "none", [NOTIFY_ACCESS_MAIN] = "main",
			   [NOTIFY_ACCESS_EXEC] = "exec", [NOTIFY_ACCESS_ALL] = "all" },
	.restart = { [RESTART_NO] = "no", [RESTART_ON_SUCCESS] = "on-success",
		     [RESTART_ON_FAILURE] = "on-failure", [RESTART_ON_ABNORMAL] = "on-abnormal",
		     [RESTART_ON_WATCHDOG] = "on-watchdog", [RESTART_ON_ABORT] = "on-abort",
		     [RESTART_ALWAYS] = "always", [RESTART_UNLESS_STOPPED] = "unless-stopped" },
	.restart_mode = { [RESTART_MODE_NORMAL] = "normal", [RESTART_MODE_DIRECT] = "direct",
			  [RESTART_MODE_DEBUG] = "debug" },
	.kill_mode = { [KILL_CONTROL_GROUP] = "control-group", [KILL_MIXED] = "mixed",
		       [KILL_PROCESS] = "process", [KILL_NONE] = "none" },
	.failure_mode = { [FAILURE_TERMINATE] = "terminate", [FAILURE_ABORT] = "abort",
			  [FAILURE_KILL] = "kill" },
	/* PID 1 has one way to go: what comes after "none" is taken for "exit". */
	.action = { [END_EXIT] = "exit", [END_NONE] = "none", "reboot", "poweroff", "halt", "kexec",
		    "soft-reboot" },
	.oom_policy = { [OOM_CONTINUE] = "continue", [OOM_STOP] = "stop", [OOM_KILL] = "kill" },
	.preserve = { [PRESERVE_NO] = "no", [PRESERVE_YES] = "yes", [PRESERVE_RESTART] = "restart" },
	.forward_to = { [FORWARD_MAIN] = "main", [FORWARD_GROUP] = "group" },
	.log_format = { [LOG_FORMAT_TEXT] = "text", [LOG_FORMAT_JSON] = "json" },
	.log_level = { [LOG_LEVEL_ERROR] = "error", [LOG_LEVEL_WARN] = "warn",
		       [LOG_LEVEL_INFO] = "info", [LOG_LEVEL_DEBUG] = "debug" },
	/* The kernel's numbers: ioprio_set(2); sched(7); half of a secure bit's, capabilities(7). */
	.io_class = { [0] = "none", [1] = "realtime", [2] = "best-effort", [3] = "idle" },
	.policy = { [0] = "other", [1] = "fifo", [2] = "rr", [3] = "batch", [5] = "idle" },
	.secure_bit = { [0] = "noroot", [1] = "no-setuid-fixup", [2] = "keep-caps" },
};

#define AT(field) offsetof(struct config, field)

enum { RANGE_COUNT, RANGE_RETRIES, RANGE_NICE, RANGE_OOM_SCORE, RANGE_SCHEDULING, RANGE_IO };
static const struct range {
	int32_t least, most;
	uint16_t given; /* in struct config: the bool that says whether it is set; 0: there is none */
} ranges[] = {
	[RANGE_COUNT] = { 0, INT32_MAX, 0 },
	[RANGE_RETRIES] = { 1, INT32_MAX, 0 },
	[RANGE_NICE] = { -20, 19, AT(nice_set) },
	[RANGE_OOM_SCORE] = { -1000, 1000, AT(oom_score_set) },
	[RANGE_SCHEDULING] = { 0, 99, AT(scheduling_set) },
	[RANGE_IO] = { 0, 7, AT(io_set) },
};

/* ---- the table ---------------------------------------------------------------------------------- */

enum section { IN_UNIT = 1, IN_SERVICE = 2, IN_BOTH = 3 };

struct option {
	const char *texts; /* four: the key, the default of a unit, that of a bare command, the help */
	uint16_t field;    /* in struct config */
	uint8_t section, kind, detail, count;
};

/* A row: the section, the key; field and kind of its value; the two defaults; the help. */
#define ROW_OF(section, key, kind, detail, count, field, unit, bare, help) \
	{ key "\0" unit "\0" bare "\0" help, field, section, kind, detail, count }
#define ROW(...) ROW_OF(__VA_ARGS__)
#define UNIT(...) ROW(IN_UNIT, __VA_ARGS__)
#define SERVICE(...) ROW(IN_SERVICE, __VA_ARGS__)
#define BOTH(...) ROW(IN_BOTH, __VA_ARGS__)

#define SAME "=" /* a bare command's default is the unit's */
#define NONE "", SAME

#define IN_CONFIG(field, kind, detail, count) kind, detail, count, AT(field)
#define LIST_OF(kind, detail) kind, detail, 0, 0 /* the value stays in the journal */
#define FIRST(set) offsetof(struct words, set) / sizeof(known_word)
#define COUNT(set) sizeof ((struct words *)NULL)->set / sizeof(known_word)

#define VALUE(field, kind) IN_CONFIG(field, kind, 0, 0)
#define WORDS(field, kind, set) IN_CONFIG(field, kind, FIRST(set), COUNT(set))
#define BOOL(field) VALUE(field, KIND_BOOL)
#define THREE(field) VALUE(field, KIND_THREE)
#define WORD(field, set) WORDS(field, KIND_WORD, set)
#define NUMBER(field, range) IN_CONFIG(field, KIND_NUMBER, range, 0)
#define SPAN(field, span) IN_CONFIG(field, KIND_SPAN, span, 0)
#define SIGNAL(field) VALUE(field, KIND_SIGNAL)
#define MODE(field) VALUE(field, KIND_MODE)
#define USER(field) VALUE(field, KIND_USER)
#define STREAM(field, way) IN_CONFIG(field, KIND_STREAM, way, 0)
#define ACTION(field) WORDS(field, KIND_ACTION, action)
#define LIMIT(number) IN_CONFIG(limits[number], KIND_LIMIT, number, 0)
#define CHECK(field) VALUE(field, KIND_CHECK)
#define CAPABILITIES(field, bounding) IN_CONFIG(field, KIND_CAPABILITIES, bounding, 0)
#define STATUSES(field) VALUE(field, KIND_STATUSES)
#define DROP(one, other) IN_CONFIG(sandbox_drops, KIND_DROP, one, other)
#define LIST(kind) LIST_OF(kind, 0)
#define CONDITION(of) LIST_OF(KIND_CONDITION, of)
#define VARIABLES(which) LIST_OF(KIND_VARIABLES, which)

/* capabilities(7) */
enum { SYS_MODULE = 16, SYS_RAWIO = 17, SYS_TIME = 25, MKNOD = 27, SYSLOG = 34, WAKE_ALARM = 35 };

/* A row without help is one of those above it. */
static const struct option options[] = {
	SERVICE("Type", WORD(type, type), "simple", SAME, "when a start is complete"),
	SERVICE("ExitType", WORD(exit_type, exit_type), "main", SAME, "whose end is the service's"),
	SERVICE("RemainAfterExit", BOOL(remain_after_exit), "no", SAME,
		"active though its processes have ended"),
	SERVICE("GuessMainPID", BOOL(guess_main_pid), "yes", SAME,
		"guess the main process of a forking service"),
	SERVICE("PIDFile", VALUE(pid_file, KIND_PID_FILE), NONE,
		"where a forking service writes its pid"),
	SERVICE("NotifyAccess", WORD(notify_access, notify_access), NONE,
		"whose notifications count"),
	SERVICE("ReloadSignal", SIGNAL(reload_signal), "SIGHUP", SAME,
		"how notify-reload is asked to reload"),
	SERVICE("PermissionsStartOnly", BOOL(permissions_start_only), "no", SAME,
		"User= and the like are for ExecStart= alone"),
	SERVICE("ExecCondition", LIST(KIND_COMMANDS), NONE, "must succeed, or there is no start"),
	SERVICE("ExecStartPre", LIST(KIND_COMMANDS), NONE, "runs before the start"),
	SERVICE("ExecStart", LIST(KIND_COMMANDS), NONE, "what to run"),
	SERVICE("ExecStartPost", LIST(KIND_COMMANDS), NONE, "runs after the start"),
	SERVICE("ExecReload", LIST(KIND_COMMANDS), NONE, "runs to reload"),
	SERVICE("ExecStop", LIST(KIND_COMMANDS), NONE, "runs to stop"),
	SERVICE("ExecStopPost", LIST(KIND_COMMANDS), NONE,
		"runs when it has stopped, however it did"),
	UNIT("ConditionPathExists", CONDITION(CONDITION_PATH), NONE,
		"no start, and no failure, unless it holds"),
	UNIT("ConditionPathExistsGlob", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("ConditionPathIsDirectory", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("ConditionPathIsSymbolicLink", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("ConditionPathIsMountPoint", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("ConditionPathIsReadWrite", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("ConditionDirectoryNotEmpty", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("ConditionFileNotEmpty", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("ConditionFileIsExecutable", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("ConditionUser", CONDITION(CONDITION_TEXT), NONE, ""),
	UNIT("ConditionGroup", CONDITION(CONDITION_TEXT), NONE, ""),
	UNIT("ConditionEnvironment", CONDITION(CONDITION_TEXT), NONE, ""),
	UNIT("ConditionVirtualization", CONDITION(CONDITION_TEXT), NONE, ""),
	UNIT("ConditionCapability", CONDITION(CONDITION_CAPABILITY), NONE, ""),
	UNIT("AssertPathExists", CONDITION(CONDITION_PATH), NONE,
		"no start, but a failure, unless it holds"),
	UNIT("AssertPathExistsGlob", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("AssertPathIsDirectory", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("AssertPathIsSymbolicLink", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("AssertPathIsMountPoint", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("AssertPathIsReadWrite", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("AssertDirectoryNotEmpty", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("AssertFileNotEmpty", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("AssertFileIsExecutable", CONDITION(CONDITION_PATH), NONE, ""),
	UNIT("AssertUser", CONDITION(CONDITION_TEXT), NONE, ""),
	UNIT("AssertGroup", CONDITION(CONDITION_TEXT), NONE, ""),
	UNIT("AssertEnvironment", CONDITION(CONDITION_TEXT), NONE, ""),
	UNIT("AssertVirtualization", CONDITION(CONDITION_TEXT), NONE, ""),
	UNIT("AssertCapability", CONDITION(CONDITION_CAPABILITY), NONE, ""),

	SERVICE("User", USER(user), NONE, "who runs it"),
	SERVICE("Group", USER(group), NONE, "in which group"),
	SERVICE("SupplementaryGroups", LIST(KIND_GROUPS), NONE, "and which others"),
	SERVICE("DynamicUser", BOOL(dynamic_user), "no", SAME, "a user made up for it"),
	SERVICE("WorkingDirectory", VALUE(working_directory, KIND_WORKING_DIRECTORY), "/", "",
		"where it runs; ~ is the user's home"),
	SERVICE("UMask", VALUE(umask, KIND_UMASK), "0022", "inherit",
		"permissions that new files do not get"),
	SERVICE("Environment", VARIABLES(VARIABLES_SET), NONE, "NAME=VALUE..."),
	SERVICE("EnvironmentFile", LIST(KIND_FILES), NONE, "a file of NAME=VALUE lines"),
	SERVICE("PassEnvironment", VARIABLES(VARIABLES_NAMED), NONE,
		"variables of the container to hand on"),
	SERVICE("UnsetEnvironment", VARIABLES(VARIABLES_EITHER), NONE,
		"variables to take away, last of all"),
	SERVICE("X-InheritEnvironment", BOOL(inherit_environment), "no", "yes",
		"hand on all variables of the container"),
	SERVICE("IgnoreSIGPIPE", BOOL(ignore_sigpipe), "yes", "no", "start with SIGPIPE ignored"),
	SERVICE("StandardInput", STREAM(standard_input, STREAM_INPUT), "null", "inherit",
		"null, tty, data, file:PATH, fd:NAME, inherit"),
	SERVICE("StandardInputText", LIST(KIND_TEXT), NONE, "a line of standard input"),
	SERVICE("StandardOutput", STREAM(standard_output, STREAM_OUTPUT), "inherit", SAME,
		"inherit, null, file:PATH, append:PATH, truncate:PATH"),
	SERVICE("StandardError", STREAM(standard_error, STREAM_ERROR), "inherit", SAME, ""),
	SERVICE("RuntimeDirectory", LIST(KIND_DIRECTORIES), NONE, "made below /run, the user's"),
	SERVICE("StateDirectory", LIST(KIND_DIRECTORIES), NONE, "below /var/lib"),
	SERVICE("CacheDirectory", LIST(KIND_DIRECTORIES), NONE, "below /var/cache"),
	SERVICE("LogsDirectory", LIST(KIND_DIRECTORIES), NONE, "below /var/log"),
	SERVICE("ConfigurationDirectory", LIST(KIND_DIRECTORIES), NONE, "below /etc"),
	SERVICE("RuntimeDirectoryMode", MODE(directory_mode[DIRECTORY_RUNTIME]), "0755", SAME,
		"their access modes"),
	SERVICE("StateDirectoryMode", MODE(directory_mode[DIRECTORY_STATE]), "0755", SAME, ""),
	SERVICE("CacheDirectoryMode", MODE(directory_mode[DIRECTORY_CACHE]), "0755", SAME, ""),
	SERVICE("LogsDirectoryMode", MODE(directory_mode[DIRECTORY_LOGS]), "0755", SAME, ""),
	SERVICE("ConfigurationDirectoryMode", MODE(directory_mode[DIRECTORY_CONFIGURATION]), "0755", SAME,
		""),
	SERVICE("RuntimeDirectoryPreserve", WORD(runtime_directory_preserve, preserve), "no", SAME,
		"keep RuntimeDirectory= after a stop"),

	SERVICE("CapabilityBoundingSet", CAPABILITIES(bounding_set, true), "~", SAME,
		"capabilities it can ever have; ~ for all but these"),
	SERVICE("AmbientCapabilities", CAPABILITIES(ambient_set, false), NONE,
		"capabilities it has though not root"),
	SERVICE("NoNewPrivileges", THREE(no_new_privileges), NONE,
		"nothing that it runs can raise its privileges"),
	SERVICE("SecureBits", WORDS(secure_bits, KIND_SECURE_BITS, secure_bit), NONE,
		"keep-caps, noroot, no-setuid-fixup, or ...-locked"),
	SERVICE("PrivateDevices", DROP(MKNOD, SYS_RAWIO), "no", SAME,
		"without CAP_MKNOD and CAP_SYS_RAWIO"),
	SERVICE("ProtectKernelModules", DROP(SYS_MODULE, SYS_MODULE), "no", SAME,
		"without CAP_SYS_MODULE"),
	SERVICE("ProtectKernelLogs", DROP(SYSLOG, SYSLOG), "no", SAME, "without CAP_SYSLOG"),
	SERVICE("ProtectClock", DROP(SYS_TIME, WAKE_ALARM), "no", SAME,
		"without CAP_SYS_TIME and CAP_WAKE_ALARM"),
	SERVICE("MemoryDenyWriteExecute", BOOL(memory_deny_write_execute), "no", SAME,
		"no memory that can be written and run"),

	SERVICE("LimitCPU", LIMIT(RLIMIT_CPU), NONE, "resource limits: SOFT:HARD, or both in one"),
	SERVICE("LimitFSIZE", LIMIT(RLIMIT_FSIZE), NONE, ""),
	SERVICE("LimitDATA", LIMIT(RLIMIT_DATA), NONE, ""),
	SERVICE("LimitSTACK", LIMIT(RLIMIT_STACK), NONE, ""),
	SERVICE("LimitCORE", LIMIT(RLIMIT_CORE), NONE, ""),
	SERVICE("LimitRSS", LIMIT(RLIMIT_RSS), NONE, ""),
	SERVICE("LimitNOFILE", LIMIT(RLIMIT_NOFILE), NONE, ""),
	SERVICE("LimitAS", LIMIT(RLIMIT_AS), NONE, ""),
	SERVICE("LimitNPROC", LIMIT(RLIMIT_NPROC), NONE, ""),
	SERVICE("LimitMEMLOCK", LIMIT(RLIMIT_MEMLOCK), NONE, ""),
	SERVICE("LimitLOCKS", LIMIT(RLIMIT_LOCKS), NONE, ""),
	SERVICE("LimitSIGPENDING", LIMIT(RLIMIT_SIGPENDING), NONE, ""),
	SERVICE("LimitMSGQUEUE", LIMIT(RLIMIT_MSGQUEUE), NONE, ""),
	SERVICE("LimitNICE", LIMIT(RLIMIT_NICE), NONE, ""),
	SERVICE("LimitRTPRIO", LIMIT(RLIMIT_RTPRIO), NONE, ""),
	SERVICE("LimitRTTIME", LIMIT(RLIMIT_RTTIME), NONE, ""),
	SERVICE("Nice", NUMBER(nice, RANGE_NICE), "0", SAME, "-20 is served first, 19 last"),
	SERVICE("OOMScoreAdjust", NUMBER(oom_score_adjust, RANGE_OOM_SCORE), "0", SAME,
		"1000 is killed first when memory is short"),
	SERVICE("CPUSchedulingPolicy", WORDS(scheduling_policy, KIND_POLICY, policy), "other", SAME,
		"other, batch, idle, fifo or rr"),
	SERVICE("CPUSchedulingPriority", NUMBER(scheduling_priority, RANGE_SCHEDULING), "0", SAME,
		"for fifo and rr"),
	SERVICE("CPUSchedulingResetOnFork", BOOL(scheduling_reset), "no", SAME,
		"its children do not inherit that"),
	SERVICE("IOSchedulingClass", WORDS(io_class, KIND_IO_CLASS, io_class), "best-effort", SAME,
		"realtime, best-effort or idle"),
	SERVICE("IOSchedulingPriority", NUMBER(io_priority, RANGE_IO), "4", SAME,
		"0 is served first, 7 last"),
	SERVICE("CPUAffinity", VALUE(affinity, KIND_AFFINITY), NONE, "the CPUs it may use: 0-3 8"),

	SERVICE("Restart", WORDS(restart, KIND_RESTART, restart), "no", SAME,
		"after which ends it is started again"),
	SERVICE("RestartSec", SPAN(restart_usec, SPAN_ANY), "100ms", SAME, "and after how long"),
	SERVICE("RestartSteps", NUMBER(restart_steps, RANGE_COUNT), "0", SAME,
		"in how many steps that grows"),
	SERVICE("RestartMaxDelaySec", SPAN(restart_max_delay, SPAN_ANY), "infinity", SAME,
		"to this"),
	SERVICE("RestartMode", WORD(restart_mode, restart_mode), "normal", SAME,
		"direct: no failed state in between"),
	SERVICE("X-RestartResetSec", SPAN(restart_reset, SPAN_OR_NEVER), "infinity", SAME,
		"a run this long forgets earlier failures"),
	SERVICE("X-RandomizedDelaySec", SPAN(randomized_delay, SPAN_ANY), "0", SAME,
		"wait up to this long before the first start"),
	UNIT("StartLimitIntervalSec", SPAN(start_limit_interval, SPAN_ANY), "10s", SAME,
		"in that time..."),
	BOTH("StartLimitInterval", SPAN(start_limit_interval, SPAN_ANY), "10s", SAME, ""),
	BOTH("StartLimitBurst", NUMBER(start_limit_burst, RANGE_COUNT), "5", SAME,
		"...no more starts than these"),
	SERVICE("SuccessExitStatus", STATUSES(success), NONE,
		"further statuses and signals that are a success"),
	SERVICE("RestartPreventExitStatus", STATUSES(restart_prevent), NONE,
		"never restart after these"),
	SERVICE("RestartForceExitStatus", STATUSES(restart_force), NONE,
		"always restart after these"),
	BOTH("FailureAction", ACTION(failure_action), "exit", SAME,
		"what follows a failure: none stays up"),
	UNIT("SuccessAction", ACTION(success_action), "exit", SAME, "what follows a success"),
	SERVICE("OOMPolicy", WORD(oom_policy, oom_policy), "stop", "continue",
		"when the kernel killed one of its processes"),

	SERVICE("TimeoutStartSec", SPAN(timeout_start, SPAN_OR_NEVER), "90s", SAME,
		"how long a start may take"),
	SERVICE("TimeoutStopSec", SPAN(timeout_stop, SPAN_OR_NEVER), "90s", "infinity",
		"how long a stop may take"),
	SERVICE("TimeoutAbortSec", SPAN(timeout_abort, SPAN_ANY), NONE,
		"how long it may take to dump core"),
	SERVICE("TimeoutSec", LIST(KIND_TIMEOUT_BOTH), NONE, "start and stop in one"),
	SERVICE("TimeoutStartFailureMode", WORD(timeout_start_failure, failure_mode), "terminate", SAME,
		"what is done when it takes longer"),
	SERVICE("TimeoutStopFailureMode", WORD(timeout_stop_failure, failure_mode), "terminate", SAME,
		""),
	SERVICE("WatchdogSec", SPAN(watchdog, SPAN_OR_NONE), "0", SAME,
		"it must notify this often"),
	SERVICE("RuntimeMaxSec", SPAN(runtime_max, SPAN_ANY), "infinity", SAME,
		"how long it may run"),
	SERVICE("RuntimeRandomizedExtraSec", SPAN(runtime_random_extra, SPAN_ANY), "0", SAME,
		"and up to this much longer"),

	SERVICE("KillMode", WORD(kill_mode, kill_mode), "control-group", "mixed",
		"which processes a stop reaches"),
	SERVICE("KillSignal", SIGNAL(kill_signal), "SIGTERM", "", "how a stop is asked for"),
	SERVICE("RestartKillSignal", SIGNAL(restart_kill_signal), NONE,
		"before a restart; else KillSignal="),
	SERVICE("FinalKillSignal", SIGNAL(final_kill_signal), "SIGKILL", SAME,
		"when the time is up"),
	SERVICE("WatchdogSignal", SIGNAL(watchdog_signal), "SIGABRT", SAME,
		"when the watchdog barks"),
	SERVICE("SendSIGHUP", BOOL(send_sighup), "no", SAME, "SIGHUP after KillSignal="),
	SERVICE("SendSIGKILL", BOOL(send_sigkill), "yes", SAME,
		"kill what has not stopped in time"),
	SERVICE("X-StopSchedule", VALUE(stop_schedule, KIND_STOP_SCHEDULE), NONE,
		"in place of these: TERM/30s QUIT/5s KILL"),
	SERVICE("X-StopOn", VALUE(stop_on, KIND_STOP_ON), "TERM INT RTMIN+3", SAME,
		"signals to tend that ask for a stop"),
	SERVICE("X-ForwardTo", WORD(forward_to, forward_to), "main", SAME,
		"who gets the other signals"),

	SERVICE("X-HealthCheck", CHECK(health_check), NONE,
		"a command, or tcp://, http:// or unix://"),
	SERVICE("X-HealthInterval", SPAN(health_interval, SPAN_SOME), "30s", SAME,
		"time between two checks"),
	SERVICE("X-HealthTimeout", SPAN(health_timeout, SPAN_SOME), "30s", SAME,
		"how long one may take"),
	SERVICE("X-HealthRetries", NUMBER(health_retries, RANGE_RETRIES), "3", SAME,
		"failures in a row that make it unhealthy"),
	SERVICE("X-HealthStartPeriod", SPAN(health_start_period, SPAN_ANY), "0", SAME,
		"failures count from then on"),
	SERVICE("X-ReadyCheck", CHECK(ready_check), NONE,
		"a simple service has started when this succeeds"),

	SERVICE("X-LogFormat", WORD(log_format, log_format), "text", SAME,
		"how tend's own lines look"),
	SERVICE("X-LogLevel", WORD(log_level, log_level), "info", "warn", "and which are written"),
};
#define OPTION_COUNT (sizeof options / sizeof *options)

/* ---- reading values ----------------------------------------------------------------------------- */

/* No path is longer: PATH_MAX. A variable may be; then only its beginning is looked at. */
#define WORD_ROOM 4096

struct fold {
	const struct specifiers *specifiers;
	struct arena *arena;
	struct config *config;
	const char *expected; /* by a reader that knows better than its kind what it wants */
	bool unit;
	bool given;           /* the value is an assignment's, not a default */
	char raw[WORD_ROOM], word[WORD_ROOM];
};

/* Reads a value into the field of its option, or only checks it. False if it can't be read. */
typedef bool reader(struct fold *fold, const struct option *option, const char *value);

static void *field_at(const struct fold *fold, size_t offset)
{
	return (char *)fold->config + offset;
}

static void set_int(const struct fold *fold, const struct option *option, int value)
{
	memcpy(field_at(fold, option->field), &value, sizeof value);
}

static void set_bit(const struct fold *fold, size_t offset, bool set, uint64_t bits)
{
	uint64_t *field = field_at(fold, offset);

	*field = set ? *field | bits : *field & ~bits;
}

/* Keeps a string for as long as the config; NULL is kept as NULL. */
static bool set_string(struct fold *fold, size_t offset, const char *value)
{
	const char *copy = value ? arena_copy(fold->arena, value, strlen(value)) : NULL;

	if (value && !copy)
		fold->expected = "fewer or shorter options: the memory set aside for them is full";
	memcpy(field_at(fold, offset), &copy, sizeof copy);
	return copy || !value;
}

/* The text before the next separator, in part; *cursor goes behind it, and is NULL after the last. */
static bool next_part(const char **cursor, char separator, char part[static WORD_ROOM])
{
	const char *end = *cursor ? strchr(*cursor, separator) : NULL;
	struct text text = text_over(part, WORD_ROOM);

	if (!*cursor)
		return false;
	text_add_bytes(&text, *cursor, end ? (size_t)(end - *cursor) : strlen(*cursor));
	*cursor = end ? end + 1 : NULL;
	return true;
}

static const char *word_of(const struct option *option, int number)
{
	return (const char *)&words + (size_t)(option->detail + number) * sizeof(known_word);
}

/* The number of a word among those of the option, or -1. */
static int word_number(const struct option *option, const char *value)
{
	for (int i = 0; i < option->count; i++)
		if (*value && strcmp(word_of(option, i), value) == 0)
			return i;
	return -1;
}

static bool read_bool(struct fold *fold, const struct option *option, const char *value)
{
	return parse_bool(value, field_at(fold, option->field));
}

static bool read_three(struct fold *fold, const struct option *option, const char *value)
{
	bool yes;

	if (!parse_bool(value, &yes))
		return false;
	set_int(fold, option, yes ? THREE_YES : THREE_NO);
	return true;
}

static bool read_drop(struct fold *fold, const struct option *option, const char *value)
{
	bool yes;

	if (!parse_bool(value, &yes))
		return false;
	set_bit(fold, option->field, yes, 1ULL << option->detail | 1ULL << option->count);
	return true;
}

static bool read_word(struct fold *fold, const struct option *option, const char *value)
{
	int number = word_number(option, value);

	if (number >= 0)
		set_int(fold, option, number);
	return number >= 0;
}

static bool read_number(struct fold *fold, const struct option *option, const char *value)
{
	const struct range *range = &ranges[option->detail];
	int64_t number;

	if (!parse_signed(value, range->least, range->most, &number))
		return false;
	set_int(fold, option, (int)number);
	if (range->given)
		memcpy(field_at(fold, range->given), &fold->given, sizeof fold->given);
	return true;
}

static bool read_span(struct fold *fold, const struct option *option, const char *value)
{
	uint64_t *span = field_at(fold, option->field);

	if (!parse_span(value, USEC_PER_SEC, span) || (option->detail == SPAN_SOME && *span == 0))
		return false;
	if (option->detail == SPAN_OR_NEVER && *span == 0)
		*span = USEC_INFINITY;
	if (option->detail == SPAN_OR_NONE && *span == USEC_INFINITY)
		*span = 0;
	return true;
}

static bool read_timeout_both(struct fold *fold, const struct option *option, const char *value)
{
	uint64_t span;

	(void)option;
	if (!parse_span(value, USEC_PER_SEC, &span))
		return false;
	fold->config->timeout_start = fold->config->timeout_stop = span ? span : USEC_INFINITY;
	return true;
}

static bool read_signal(struct fold *fold, const struct option *option, const char *value)
{
	int number = signal_from_name(value);

	set_int(fold, option, number);
	return number != 0;
}

static bool read_mode(struct fold *fold, const struct option *option, const char *value)
{
	return parse_octal(value, field_at(fold, option->field));
}

static bool read_umask(struct fold *fold, const struct option *option, const char *value)
{
	fold->config->inherit_umask = strcmp(value, "inherit") == 0;
	return fold->config->inherit_umask || read_mode(fold, option, value);
}

/* What passwd(5) can hold as a name, or a number; whether it is there is found out by who looks it up. */
static bool is_user(const char *name)
{
	return *name && *name != '-' && !name[strcspn(name, " \t\n:/")] && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0;
}

static bool read_user(struct fold *fold, const struct option *option, const char *value)
{
	return is_user(value) && set_string(fold, option->field, value);
}

static bool read_group(struct fold *fold, const struct option *option, const char *value)
{
	(void)fold;
	(void)option;
	return is_user(value);
}

/* Whether no component of the path leads back up. */
static bool is_normal(const char *path)
{
	for (const char *at = path; (at = strstr(at, "..")) != NULL; at += 2)
		if ((at == path || at[-1] == '/') && (!at[2] || at[2] == '/'))
			return false;
	return true;
}

static bool is_absolute(const char *path)
{
	return *path == '/' && is_normal(path);
}

/* As systemd: a relative path is below /run, and /var/run is an old name of it. */
static bool read_pid_file(struct fold *fold, const struct option *option, const char *value)
{
	const char *below = after_prefix(value, "/var/run/");
	struct text path = text_over(fold->raw, sizeof fold->raw);

	if (*value != '/')
		below = value;
	if (below)
		text_add(&path, "/run/");
	text_add(&path, below ? below : value);
	return is_normal(fold->raw) && !path.cut && set_string(fold, option->field, fold->raw);
}

static bool read_working_directory(struct fold *fold, const struct option *option, const char *value)
{
	fold->config->working_directory_optional = *value == '-';
	value += *value == '-';
	return (strcmp(value, "~") == 0 || is_absolute(value)) && set_string(fold, option->field, value);
}

/* The journal and the kernel's log are here what the engine does with tend's own output. */
static const struct stream_word {
	known_word text;
	uint8_t stream, is_input, is_output;
} stream_words[] = {
	{ "null", STREAM_NULL, 1, 1 },
	{ "tty", STREAM_TTY, 1, 1 },
	{ "tty-force", STREAM_TTY, 1, 0 },
	{ "tty-fail", STREAM_TTY, 1, 0 },
	{ "data", STREAM_DATA, 1, 0 },
	{ "socket", STREAM_FD, 1, 1 },
	{ "fd", STREAM_FD, 1, 1 },
	{ "fd:", STREAM_FD, 1, 1 },
	{ "file:", STREAM_FILE, 1, 1 },
	{ "append:", STREAM_APPEND, 0, 1 },
	{ "truncate:", STREAM_TRUNCATE, 0, 1 },
	{ "inherit", STREAM_INHERIT, 1, 0 },
	{ "inherit", STREAM_SAME, 0, 1 },
	{ "journal", STREAM_INHERIT, 0, 1 },
	{ "kmsg", STREAM_INHERIT, 0, 1 },
	{ "syslog", STREAM_INHERIT, 0, 1 },
	{ "journal+console", STREAM_INHERIT, 0, 1 },
	{ "kmsg+console", STREAM_INHERIT, 0, 1 },
	{ "syslog+console", STREAM_INHERIT, 0, 1 },
};

static const char *stream_rest(const struct stream_word *row, const char *value)
{
	const char *rest = after_prefix(value, row->text);

	return rest && (!*rest || row->text[strlen(row->text) - 1] == ':') ? rest : NULL;
}

static bool read_stream(struct fold *fold, const struct option *option, const char *value)
{
	static const uint16_t paths[] = { AT(input_path), AT(output_path), AT(error_path) };

	for (size_t i = 0; i < sizeof stream_words / sizeof *stream_words; i++) {
		const struct stream_word *row = &stream_words[i];
		const char *rest = stream_rest(row, value);

		if (!rest || !(option->detail == STREAM_INPUT ? row->is_input : row->is_output))
			continue;
		set_int(fold, option, row->stream);
		return (*rest == '\0' || row->stream == STREAM_FD || is_absolute(rest)) &&
		       (*rest || row->text[strlen(row->text) - 1] != ':' || row->stream == STREAM_FD) &&
		       set_string(fold, paths[option->detail], *rest ? rest : NULL);
	}
	return false;
}

/* systemd's actions for the whole machine may have "-force" or "-immediate" behind them. */
static bool read_action(struct fold *fold, const struct option *option, const char *value)
{
	struct text base = text_over(fold->raw, sizeof(known_word));
	const char *end = strstr(value, "-force");
	int number;

	if (!end)
		end = strstr(value, "-immediate");
	text_add_bytes(&base, value, end ? (size_t)(end - value) : strlen(value));
	number = word_number(option, base.start);
	set_int(fold, option, number == END_NONE ? END_NONE : END_EXIT);
	return number >= 0 && !(end && number == END_NONE);
}

static bool read_restart(struct fold *fold, const struct option *option, const char *value)
{
	const char *retries = after_prefix(value, "on-failure:");
	uint64_t count = 0;

	if (retries ? !parse_unsigned(retries, UINT32_MAX, &count) : !read_word(fold, option, value))
		return false;
	if (retries)
		fold->config->restart = RESTART_ON_FAILURE;
	fold->config->docker_retries = (unsigned)count;
	fold->config->docker_backoff = retries || fold->config->restart == RESTART_UNLESS_STOPPED;
	return true;
}

static bool read_io_class(struct fold *fold, const struct option *option, const char *value)
{
	uint64_t number;

	if (parse_unsigned(value, option->count - 1U, &number))
		set_int(fold, option, (int)number);
	else if (!read_word(fold, option, value))
		return false;
	fold->config->io_set = fold->given;
	return true;
}

/* Only the real-time policies have priorities, from 1 to 99: systemd moves the priority with the policy. */
static bool read_policy(struct fold *fold, const struct option *option, const char *value)
{
	int *priority = &fold->config->scheduling_priority;
	int number = word_number(option, value);

	if (number < 0)
		return false;
	set_int(fold, option, number);
	fold->config->scheduling_set = fold->given;
	if (number != 1 && number != 2)
		*priority = 0;
	else if (*priority == 0)
		*priority = 1;
	return true;
}

/* "-5" to "+5" as for Nice=, or the kernel's own number, where 20 stands for nice 0. */
static bool parse_nice_limit(const char *string, uint64_t *value)
{
	uint64_t number;

	if (!parse_unsigned(string + (*string == '+' || *string == '-'), 40, &number))
		return false;
	if (*string == '+' && number > 19)
		return false;
	if (*string == '-' && number > 20)
		return false;
	*value = *string == '+' ? 20 - number : *string == '-' ? 20 + number : number;
	return true;
}

static bool parse_limit(unsigned number, const char *string, uint64_t *value)
{
	static const uint32_t sizes = 1U << RLIMIT_FSIZE | 1U << RLIMIT_DATA | 1U << RLIMIT_STACK |
				      1U << RLIMIT_CORE | 1U << RLIMIT_RSS | 1U << RLIMIT_AS |
				      1U << RLIMIT_MEMLOCK | 1U << RLIMIT_MSGQUEUE;

	if (strcmp(string, "infinity") == 0) {
		*value = UINT64_MAX;
		return true;
	}
	if (sizes >> number & 1)
		return parse_size(string, value);
	if (number == RLIMIT_RTTIME)
		return parse_span(string, 1, value);
	if (number == RLIMIT_NICE)
		return parse_nice_limit(string, value);
	if (number != RLIMIT_CPU)
		return parse_unsigned(string, UINT64_MAX - 1, value);
	if (!parse_span(string, USEC_PER_SEC, value))
		return false;
	if (*value != USEC_INFINITY)
		*value = *value / USEC_PER_SEC + (*value % USEC_PER_SEC != 0);
	return true;
}

static bool read_limit(struct fold *fold, const struct option *option, const char *value)
{
	struct limit *limit = field_at(fold, option->field);

	if (!next_part(&value, ':', fold->raw) || !parse_limit(option->detail, fold->raw, &limit->soft))
		return false;
	limit->hard = limit->soft;
	if (next_part(&value, ':', fold->raw) && !parse_limit(option->detail, fold->raw, &limit->hard))
		return false;
	limit->set = !value && limit->soft <= limit->hard;
	return limit->set;
}

/* A word of the schedule; only the last may be without a time. */
static bool read_stop_step(struct fold *fold, const struct option *option, const char *value)
{
	struct stop_step *steps = fold->config->stop_schedule;
	unsigned count = fold->config->stop_steps++;
	struct stop_step *step = &steps[count];

	(void)option;
	if (count == STOP_STEPS_MAX || (count && steps[count - 1].wait == USEC_INFINITY))
		return false;
	step->wait = USEC_INFINITY;
	next_part(&value, '/', fold->raw);
	step->signal = signal_from_name(fold->raw);
	return step->signal &&
	       (!next_part(&value, '/', fold->raw) || parse_span(fold->raw, USEC_PER_SEC, &step->wait)) && !value;
}

/* Neither KILL nor STOP comes to PID 1's notice, and CHLD has its own meaning. signal(7) */
static bool read_stop_on(struct fold *fold, const struct option *option, const char *value)
{
	int number = signal_from_name(value);

	if (!number || number == 9 || number == 17 || number == 19)
		return false;
	set_bit(fold, option->field, true, 1ULL << (number - 1));
	return true;
}

static bool read_check(struct fold *fold, const struct option *option, const char *value)
{
	unsigned char flags[COMMANDS_PER_LINE];
	bool is_url = after_prefix(value, "tcp://") || after_prefix(value, "http://") ||
		      after_prefix(value, "https://") || after_prefix(value, "unix://");

	if (!is_url && command_check(value, fold->specifiers, flags, &fold->expected) != 1)
		return false;
	memcpy(field_at(fold, option->field), &value, sizeof value);
	return true;
}

/*
 * As systemd merges them: the first set replaces what was unset, later ones are added, those with "~" are
 * taken away; an empty one is the empty set, "~" alone the full one.
 */
static bool read_capabilities(struct fold *fold, const struct option *option, const char *value)
{
	uint64_t *set = field_at(fold, option->field), unset = option->detail ? UINT64_MAX : 0, sum = 0;
	struct text name = text_over(fold->raw, sizeof fold->raw);
	bool invert = *value == '~';
	int got;

	for (value += invert; (got = quoted_word(&value, &name)) > 0;) {
		int number = capability_from_name(name.start);

		if (number < 0)
			return false;
		sum |= 1ULL << number;
	}
	if (sum == 0 || *set == unset)
		*set = invert ? ~sum : sum;
	else
		*set = invert ? *set & ~sum : *set | sum;
	return got == 0;
}

static bool read_secure_bit(struct fold *fold, const struct option *option, const char *value)
{
	const char *locked = strstr(value, "-locked");
	struct text base = text_over(fold->raw, sizeof(known_word));
	int number;

	text_add_bytes(&base, value, locked ? (size_t)(locked - value) : strlen(value));
	number = word_number(option, base.start);
	if (number < 0 || (locked && locked[7]))
		return false;
	fold->config->secure_bits |= 1U << (2 * number + (locked != NULL));
	return true;
}

static bool add_cpus(struct fold *fold, const char *range)
{
	uint64_t first, last;

	if (!next_part(&range, '-', fold->raw) || !parse_unsigned(fold->raw, 1023, &first))
		return false;
	last = first;
	if (next_part(&range, '-', fold->raw) && !parse_unsigned(fold->raw, 1023, &last))
		return false;
	for (uint64_t cpu = first; cpu <= last; cpu++)
		set_bit(fold, AT(affinity) + cpu / 64 * sizeof(uint64_t), true, 1ULL << cpu % 64);
	return !range && first <= last;
}

/* A word may hold several ranges: "0-3,8". "numa" asks for the CPUs of NUMAMask=, which is none of ours. */
static bool read_cpus(struct fold *fold, const struct option *option, const char *value)
{
	char range[32];

	(void)option;
	while (strcmp(value, "numa") != 0) {
		size_t length = strcspn(value, ",");
		struct text text = text_over(range, sizeof range);

		text_add_bytes(&text, value, length);
		if (length && (text.cut || !add_cpus(fold, range)))
			return false;
		if (!value[length])
			break;
		value += length + 1;
	}
	return true;
}

/* A number is always a status: systemd.service(5). */
static bool read_status(struct fold *fold, const struct option *option, const char *value)
{
	uint64_t number;
	int status = exit_status_from_name(value), signal = status < 0 ? signal_from_name(value) : 0;

	if (parse_unsigned(value, 255, &number))
		status = (int)number;
	if (status >= 0)
		set_bit(fold, option->field + offsetof(struct status_set, codes) +
			(size_t)status / 64 * sizeof(uint64_t), true, 1ULL << status % 64);
	else if (signal)
		set_bit(fold, option->field + offsetof(struct status_set, signals), true, 1ULL << (signal - 1));
	return status >= 0 || signal;
}

static bool read_commands(struct fold *fold, const struct option *option, const char *value)
{
	unsigned char flags[COMMANDS_PER_LINE];

	(void)option;
	return command_check(value, fold->specifiers, flags, &fold->expected) > 0;
}

/* "|" before it: one of those with a "|" must hold. "!": it must not hold. */
static bool read_condition(struct fold *fold, const struct option *option, const char *value)
{
	static const char *const expected[] = {
		[CONDITION_PATH] = "an absolute path, perhaps behind | or !",
		[CONDITION_TEXT] = "something to compare with, perhaps behind | or !",
		[CONDITION_CAPABILITY] = "a capability, perhaps behind | or !",
	};

	fold->expected = expected[option->detail];
	value += strspn(value + (*value == '|'), " \t") + (*value == '|');
	value += strspn(value + (*value == '!'), " \t") + (*value == '!');
	if (option->detail == CONDITION_PATH)
		return is_absolute(value);
	return option->detail == CONDITION_CAPABILITY ? capability_from_name(value) >= 0 : *value != '\0';
}

static bool read_variable(struct fold *fold, const struct option *option, const char *value)
{
	static const char *const expected[] = {
		[VARIABLES_SET] = "words NAME=VALUE",
		[VARIABLES_NAMED] = "names of variables",
		[VARIABLES_EITHER] = "names of variables or words NAME=VALUE",
	};
	size_t length = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

	fold->expected = expected[option->detail];
	if (length == 0 || strchr("0123456789", *value))
		return false;
	return value[length] == '=' ? option->detail != VARIABLES_NAMED :
	       !value[length] && option->detail != VARIABLES_SET;
}

static bool read_file(struct fold *fold, const struct option *option, const char *value)
{
	(void)fold;
	(void)option;
	return is_absolute(value + (*value == '-'));
}

/* PATH, PATH:LINK or PATH:LINK:ro. "private" is where systemd keeps those of dynamic users. */
static bool read_directory(struct fold *fold, const struct option *option, const char *value)
{
	(void)option;
	for (int i = 0; next_part(&value, ':', fold->raw); i++) {
		const char *part = fold->raw, *below = after_prefix(part, "private");

		if (i > 2 || (i == 2 && *part && strcmp(part, "ro") != 0))
			return false;
		if (i < 2 && (*part == '/' || !is_normal(part) || (i == 0 && !*part)))
			return false;
		if (i == 0 && below && (!*below || *below == '/'))
			return false;
	}
	return true;
}

static bool read_text(struct fold *fold, const struct option *option, const char *value)
{
	(void)fold;
	(void)option;
	(void)value;
	return true;
}

enum { EXPANDED = 1, EACH_WORD = 2, IS_LIST = 4, IS_BOOL = 8, EMPTY_COUNTS = 16 };

static const struct kind_row {
	reader *read;
	const char *expected, *placeholder; /* NULL: the words, or the numbers, that it takes */
	uint16_t size;                      /* of the field, to take a value back */
	uint8_t flags;
} kinds[] = {
	[KIND_BOOL] = { read_bool, "yes or no", "BOOL", sizeof(bool), IS_BOOL },
	[KIND_THREE] = { read_three, "yes or no", "BOOL", sizeof(enum three), IS_BOOL },
	[KIND_DROP] = { read_drop, "yes or no", "BOOL", 0, IS_BOOL },
	[KIND_WORD] = { read_word, NULL, NULL, sizeof(int), 0 },
	[KIND_NUMBER] = { read_number, NULL, "NUMBER", sizeof(int), 0 },
	[KIND_SPAN] = { read_span, "a time span such as 5s or 1min 30s", "TIME", sizeof(uint64_t), 0 },
	[KIND_TIMEOUT_BOTH] = { read_timeout_both, "a time span such as 5s or 1min 30s", "TIME", 0, 0 },
	[KIND_SIGNAL] = { read_signal, "a signal such as SIGTERM or RTMIN+3", "SIGNAL", sizeof(int), 0 },
	[KIND_MODE] = { read_mode, "octal digits such as 0755", "MODE", sizeof(unsigned), 0 },
	[KIND_UMASK] = { read_umask, "octal digits such as 0022", "MODE", sizeof(unsigned), 0 },
	[KIND_USER] = { read_user, "a name or a number", "NAME", sizeof(char *), EXPANDED },
	[KIND_PID_FILE] = { read_pid_file, "a path without ..", "PATH", sizeof(char *), EXPANDED },
	[KIND_WORKING_DIRECTORY] = { read_working_directory, "an absolute path or ~, or one of them behind -",
				     "PATH", sizeof(char *), EXPANDED },
	[KIND_STREAM] = { read_stream, "a stream such as null, inherit or file:/an/absolute/path", "STREAM",
			  sizeof(enum stream), EXPANDED },
	[KIND_ACTION] = { read_action, "none or exit", "none|exit", sizeof(enum end_action), 0 },
	[KIND_RESTART] = { read_restart, NULL, NULL, sizeof(enum restart), 0 },
	[KIND_IO_CLASS] = { read_io_class, NULL, NULL, sizeof(int), 0 },
	[KIND_POLICY] = { read_policy, NULL, NULL, sizeof(int), 0 },
	[KIND_LIMIT] = { read_limit, "a limit such as 1024, 1024:4096 or infinity", "LIMIT",
			 sizeof(struct limit), 0 },
	[KIND_STOP_SCHEDULE] = { read_stop_step, "signals and times such as TERM/30s QUIT/5s KILL", "SIGNALS",
				 AT(stop_steps) + sizeof(unsigned) - AT(stop_schedule), EACH_WORD },
	[KIND_STOP_ON] = { read_stop_on, "signals such as TERM INT, but not KILL, STOP or CHLD", "SIGNALS",
			   sizeof(uint64_t), EACH_WORD },
	[KIND_CHECK] = { read_check, "one command, or a URL", "COMMAND", sizeof(char *), 0 },
	[KIND_CAPABILITIES] = { read_capabilities, "capabilities such as CAP_CHOWN", "CAPABILITIES",
				sizeof(uint64_t), IS_LIST | EMPTY_COUNTS },
	[KIND_SECURE_BITS] = { read_secure_bit, "keep-caps, no-setuid-fixup, noroot, or one of them with -locked",
			       "BITS", sizeof(unsigned), EACH_WORD | IS_LIST },
	[KIND_AFFINITY] = { read_cpus, "CPUs such as 0-3 8", "CPUS", sizeof(uint64_t[16]), EACH_WORD | IS_LIST },
	[KIND_STATUSES] = { read_status, "exit statuses and signals such as 75 TEMPFAIL SIGKILL", "STATUSES",
			    sizeof(struct status_set), EACH_WORD | IS_LIST },
	[KIND_COMMANDS] = { read_commands, "a command", "COMMAND", 0, IS_LIST },
	[KIND_CONDITION] = { read_condition, NULL, "[|][!]VALUE", 0, EXPANDED | IS_LIST },
	[KIND_VARIABLES] = { read_variable, NULL, "VARIABLES", 0, EACH_WORD | IS_LIST },
	[KIND_FILES] = { read_file, "an absolute path, or one behind -", "PATH", 0, EXPANDED | IS_LIST },
	[KIND_GROUPS] = { read_group, "names or numbers", "NAMES", 0, EACH_WORD | IS_LIST },
	[KIND_DIRECTORIES] = { read_directory, "relative paths", "PATHS", 0, EACH_WORD | IS_LIST },
	[KIND_TEXT] = { read_text, "text", "TEXT", 0, EXPANDED | IS_LIST },
};

/* ---- three faces -------------------------------------------------------------------------------- */

/* The text of a row: 0 its key, 1 and 2 its defaults, 3 its help. */
static const char *text_of(const struct option *option, int index)
{
	const char *text = option->texts;

	while (index--)
		text += strlen(text) + 1;
	return text;
}

const char *option_key(const struct option *option)
{
	return option->texts;
}

bool option_is_bool(const struct option *option)
{
	return kinds[option->kind].flags & IS_BOOL;
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

/*
 * The words of a key: one begins at a capital behind a small letter, and at the last of three or more capitals
 * when a small letter follows: Restart-Sec, PID-File, Limit-NOFILE, IO-Scheduling-Class, but UMask. "X-" goes.
 */
static void add_name(struct text *text, const char *key, char separator, int letter_case)
{
	if (after_prefix(key, "X-"))
		key += 2;
	for (size_t i = 0; key[i]; i++) {
		bool capital = is_capital(key[i]);
		char letter = (char)((key[i] & ~0x20) | letter_case);

		if (i && capital && (!is_capital(key[i - 1]) ||
				     (i > 1 && is_capital(key[i - 2]) && key[i + 1] && !is_capital(key[i + 1]))))
			text_add_bytes(text, &separator, 1);
		text_add_bytes(text, &letter, 1);
	}
}

static void add_flag_name(struct text *text, const struct option *option)
{
	add_name(text, option->texts, '-', 0x20);
}

static void add_variable_name(struct text *text, const struct option *option)
{
	add_name(text, option->texts, '_', 0);
}

static void add_key(struct text *text, const struct option *option)
{
	text_add(text, option->texts);
}

static const struct option *option_by(void (*add)(struct text *text, const struct option *option),
				      const char *name, size_t length)
{
	char buffer[48];

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		struct text text = text_over(buffer, sizeof buffer);

		add(&text, &options[i]);
		if (text.length == length && memcmp(buffer, name, length) == 0)
			return &options[i];
	}
	return NULL;
}

const struct option *option_by_key(const char *key, size_t length)
{
	return option_by(add_key, key, length);
}

const struct option *option_by_flag(const char *flag, size_t length)
{
	return option_by(add_flag_name, flag, length);
}

const struct option *option_by_variable(const char *variable, size_t length)
{
	return option_by(add_variable_name, variable, length);
}

void option_add_flag(struct text *text, const struct option *option)
{
	text_add(text, "--");
	add_flag_name(text, option);
}

void option_add_variable(struct text *text, const struct option *option)
{
	text_add(text, "TEND_");
	add_variable_name(text, option);
}

/* Whether one becomes the other by adding, losing or changing one letter or by swapping two; case is nothing. */
static bool are_near(const char *one, size_t length, const char *other, size_t other_length)
{
	size_t least = length < other_length ? length : other_length, front = 0, back = 0;
	const char *end = one + length, *other_end = other + other_length;

	if (length + other_length - 2 * least > 1)
		return false;
	while (front < least && same_in_any_case(one + front, other + front, 1))
		front++;
	while (back < least - front && same_in_any_case(end - back - 1, other_end - back - 1, 1))
		back++;
	if (front + back + 1 >= least + (length != other_length))
		return true;
	return length == other_length && front + back + 2 == length &&
	       same_in_any_case(one + front, other + front + 1, 1) &&
	       same_in_any_case(one + front + 1, other + front, 1);
}

const char *option_near(const char *key, size_t length)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (are_near(key, length, options[i].texts, strlen(options[i].texts)))
			return options[i].texts;
	return NULL;
}

bool option_is_of(const struct option *option, const char *section)
{
	return (strcmp(section, "Unit") == 0 && option->section & IN_UNIT) ||
	       (strcmp(section, "Service") == 0 && option->section & IN_SERVICE);
}

/* ---- complaints --------------------------------------------------------------------------------- */

#define SHOWN_VALUE 160 /* of a value that is wrong */

static void add_words(struct text *text, const struct option *option, const char *between, const char *last)
{
	bool first = true;

	for (int i = 0; i < option->count; i++) {
		const char *known = word_of(option, i);

		if (!*known)
			continue;
		if (!first)
			text_add(text, i == option->count - 1 ? last : between);
		text_add(text, known);
		first = false;
	}
}

static void add_expected(struct text *text, const struct option *option, const char *expected)
{
	if (!expected)
		expected = kinds[option->kind].expected;
	if (expected)
		text_add(text, expected);
	else if (option->kind == KIND_NUMBER)
		text_format(text, "a whole number from %d to %d", ranges[option->detail].least,
			    ranges[option->detail].most);
	else
		add_words(text, option, ", ", " or ");
}

/* "nginx.service:12: RestartSec=abc", "--restart-sec=abc", "TEND_RESTART_SEC=abc" */
static void add_assignment(struct text *text, const struct assignment *assignment)
{
	size_t length = strlen(assignment->text);

	if (assignment->layer == LAYER_ENVIRONMENT)
		option_add_variable(text, assignment->option);
	else if (assignment->layer == LAYER_FLAG)
		option_add_flag(text, assignment->option);
	else
		text_format(text, "%s:%u: %s", assignment->file, assignment->line, assignment->option->texts);
	text_add(text, "=");
	text_add_bytes(text, assignment->text, length > SHOWN_VALUE ? SHOWN_VALUE : length);
	text_add(text, length > SHOWN_VALUE ? "..." : "");
}

static bool complain_of_value(struct complaint *complaint, const struct assignment *assignment,
			      const char *expected)
{
	struct text text = text_over(complaint->message, sizeof complaint->message);

	add_assignment(&text, assignment);
	text_add(&text, ": expected ");
	add_expected(&text, assignment->option, expected);
	return false;
}

/* ---- the journal -------------------------------------------------------------------------------- */

static bool complain_of_room(struct complaint *complaint)
{
	struct text text = text_over(complaint->message, sizeof complaint->message);

	text_add(&text, "Too many options: the memory set aside for them is full");
	return false;
}

/* The layers come in any order; behind the last row that is not stronger is the place of a new one. */
static bool insert(struct journal *journal, const struct assignment *assignment, struct complaint *complaint)
{
	struct assignment *row = journal->rows + journal->count;

	if (journal->count == journal->room)
		return complain_of_room(complaint);
	for (; row > journal->rows && row[-1].layer > assignment->layer; row--)
		*row = row[-1];
	*row = *assignment;
	journal->count++;
	return true;
}

bool journal_add(struct journal *journal, const struct option *option, enum layer layer, const char *file,
		 unsigned line, const char *text, struct complaint *complaint)
{
	struct assignment row = { option, layer, file, line, text };
	const char *end;

	if (layer == LAYER_UNIT || !(kinds[option->kind].flags & IS_LIST))
		return insert(journal, &row, complaint);
	for (; (end = strchr(row.text, '\n')) != NULL; row.text = end + 1) {
		struct assignment first = row;

		first.text = arena_copy(journal->arena, row.text, (size_t)(end - row.text));
		if (!first.text)
			return complain_of_room(complaint);
		if (!insert(journal, &first, complaint))
			return false;
	}
	return (row.text != text && !*row.text) || insert(journal, &row, complaint);
}

/* ConditionXYZ= and AssertXYZ= are one list each, whatever they ask: systemd.unit(5). */
static bool is_listed_as(const struct assignment *row, const char *key)
{
	return row->option->kind == KIND_CONDITION ? after_prefix(row->option->texts, key) != NULL :
						     strcmp(row->option->texts, key) == 0;
}

const struct assignment *journal_next(const struct journal *journal, const char *key, size_t *cursor)
{
	const struct assignment *row = journal->rows + *cursor;

	if (*cursor == 0)
		for (size_t i = 0; i < journal->count; i++)
			if (is_listed_as(&journal->rows[i], key) && !*journal->rows[i].text)
				row = &journal->rows[i];
	for (; row < journal->rows + journal->count; row++)
		if (*row->text && is_listed_as(row, key)) {
			*cursor = (size_t)(row - journal->rows) + 1;
			return row;
		}
	return NULL;
}

/* The assignment that decides on a scalar; NULL where the default does. */
static const struct assignment *journal_last(const struct journal *journal, const char *key)
{
	for (size_t i = journal->count; i--;)
		if (strcmp(journal->rows[i].option->texts, key) == 0)
			return *journal->rows[i].text ? &journal->rows[i] : NULL;
	return NULL;
}

/* ---- from the journal into the config ----------------------------------------------------------- */

/* Replaces specifiers; of a text that is too long, only the beginning is looked at. */
static bool expand(struct fold *fold, const char *string)
{
	struct text word = text_over(fold->word, sizeof fold->word);
	char bad;

	if (specifiers_expand(fold->specifiers, string, &word, &bad))
		return true;
	fold->expected = "a known specifier or a second % behind %";
	return false;
}

static bool read_each_word(struct fold *fold, const struct option *option, const char *value)
{
	struct text raw = text_over(fold->raw, sizeof fold->raw);
	int got;

	while ((got = quoted_word(&value, &raw)) > 0)
		if (!expand(fold, fold->raw) || !kinds[option->kind].read(fold, option, fold->word))
			return false;
	if (got < 0)
		fold->expected = "a closing quote, and no unknown escape";
	return got == 0;
}

static bool read_value(struct fold *fold, const struct option *option, const char *value)
{
	const struct kind_row *kind = &kinds[option->kind];

	fold->expected = NULL;
	if (kind->flags & EACH_WORD)
		return read_each_word(fold, option, value);
	if (kind->flags & EXPANDED)
		return expand(fold, value) && kind->read(fold, option, fold->word);
	return kind->read(fold, option, value);
}

/* Takes every assignment back, so to speak. */
static bool read_default(struct fold *fold, const struct option *option)
{
	const char *unit = text_of(option, 1), *bare = text_of(option, 2);
	const char *value = fold->unit || strcmp(bare, SAME) == 0 ? unit : bare;

	memset(field_at(fold, option->field), 0, kinds[option->kind].size);
	fold->given = false;
	return !*value || read_value(fold, option, value);
}

static bool read_assignment(struct fold *fold, const struct assignment *assignment)
{
	const struct option *option = assignment->option;
	const struct kind_row *kind = &kinds[option->kind];

	if (!*assignment->text && !(kind->flags & EMPTY_COUNTS))
		return read_default(fold, option);
	if (!(kind->flags & IS_LIST))
		memset(field_at(fold, option->field), 0, kind->size);
	fold->given = true;
	return read_value(fold, option, assignment->text);
}

bool assignment_check(const struct assignment *assignment, const struct specifiers *specifiers,
		      struct arena *arena, struct complaint *complaint)
{
	struct config config = { 0 };
	struct fold fold = { .specifiers = specifiers, .arena = arena, .config = &config };

	return read_assignment(&fold, assignment) || complain_of_value(complaint, assignment, fold.expected);
}

/* Docker's policies wait 100 ms, twice as long each time, up to a minute, and forget after a run of 10 s. */
static void settle_docker(const struct journal *journal, struct config *config)
{
	if (!config->docker_backoff)
		return;
	if (!journal_last(journal, "RestartMaxDelaySec"))
		config->restart_max_delay = 60 * USEC_PER_SEC;
	if (!journal_last(journal, "X-RestartResetSec"))
		config->restart_reset = 10 * USEC_PER_SEC;
	if (!journal_last(journal, "StartLimitIntervalSec") && !journal_last(journal, "StartLimitInterval"))
		config->start_limit_interval = 0;
	if (config->restart_max_delay < config->restart_usec && !journal_last(journal, "RestartMaxDelaySec"))
		config->restart_max_delay = config->restart_usec;
}

/* "inherit" means the stream before it, but only where that is none of tend's own: systemd.exec(5). */
static void settle_streams(const struct journal *journal, struct config *config)
{
	size_t cursor = 0;

	if ((config->standard_input == STREAM_NULL || config->standard_input == STREAM_INHERIT) &&
	    journal_next(journal, "StandardInputText", &cursor))
		config->standard_input = STREAM_DATA;
	if (config->standard_output == STREAM_SAME && config->standard_input != STREAM_TTY &&
	    config->standard_input != STREAM_FD)
		config->standard_output = STREAM_INHERIT;
	if (config->standard_error == STREAM_SAME && config->standard_output == STREAM_INHERIT)
		config->standard_error = STREAM_INHERIT;
}

static void settle_times(const struct journal *journal, struct config *config)
{
	config->timeout_start_set = journal_last(journal, "TimeoutStartSec") || journal_last(journal, "TimeoutSec");
	if (config->type == TYPE_ONESHOT && !config->timeout_start_set)
		config->timeout_start = USEC_INFINITY;
	if (!journal_last(journal, "TimeoutAbortSec"))
		config->timeout_abort = config->timeout_stop;
	if (config->restart_usec > config->restart_max_delay)
		config->restart_usec = config->restart_max_delay;
	if (config->runtime_max == USEC_INFINITY)
		config->runtime_random_extra = 0;
}

/* What follows from several options; systemd's service_add_extras() and unit_patch_contexts() are the model. */
static void settle(const struct journal *journal, bool has_start, struct config *config)
{
	bool notifies = config->type == TYPE_NOTIFY || config->type == TYPE_NOTIFY_RELOAD || config->watchdog;

	if (!has_start && !journal_last(journal, "Type"))
		config->type = TYPE_ONESHOT;
	settle_docker(journal, config);
	settle_streams(journal, config);
	settle_times(journal, config);
	if (config->notify_access <= NOTIFY_ACCESS_NONE)
		config->notify_access = notifies ? NOTIFY_ACCESS_MAIN : NOTIFY_ACCESS_NONE;
	config->bounding_set_given = config->bounding_set != UINT64_MAX;
	for (size_t i = 0; i < sizeof config->affinity / sizeof *config->affinity; i++)
		config->affinity_set |= config->affinity[i] != 0;
	if (config->dynamic_user)
		config->no_new_privileges = THREE_YES;
}

/* A rule that is broken names what broke it last; where nothing did, the file. */
static bool complain_of_rule(struct complaint *complaint, const struct journal *journal, const char *key,
			     const char *why)
{
	struct text text = text_over(complaint->message, sizeof complaint->message);
	const struct assignment *last = journal_last(journal, key);

	if (last)
		add_assignment(&text, last);
	else if (journal->count && journal->rows[0].file)
		text_add(&text, journal->rows[0].file);
	text_add(&text, text.length ? ": " : "");
	text_add(&text, why);
	return false;
}

static unsigned count_commands(const struct journal *journal, const char *key,
			       const struct specifiers *specifiers)
{
	unsigned char flags[COMMANDS_PER_LINE];
	const struct assignment *row;
	const char *error;
	unsigned count = 0;

	for (size_t cursor = 0; (row = journal_next(journal, key, &cursor)) != NULL;)
		count += command_check(row->text, specifiers, flags, &error);
	return count;
}

/* What systemd refuses: its service_verify(). */
static bool check_rules(const struct journal *journal, const struct fold *fold, unsigned starts,
			struct complaint *complaint)
{
	const struct config *config = fold->config;
	bool oneshot = config->type == TYPE_ONESHOT;
	bool acts = journal_last(journal, "SuccessAction") && config->success_action != END_NONE;
	bool stops = count_commands(journal, "ExecStop", fold->specifiers) > 0;
	bool restarts = config->restart == RESTART_ALWAYS || config->restart == RESTART_ON_SUCCESS ||
			config->restart == RESTART_UNLESS_STOPPED;
	const struct {
		bool broken;
		const char *key, *why;
	} rules[] = {
		{ !starts && !stops && !acts, "", "there is no ExecStart=, ExecStop= or SuccessAction=" },
		{ !starts && !oneshot, "Type", "there is no ExecStart=, which only Type=oneshot can do without" },
		{ !starts && !config->remain_after_exit && !acts, "",
		  "there is no ExecStart=, which needs RemainAfterExit=yes or a SuccessAction=" },
		{ starts > 1 && !oneshot, "ExecStart", "only Type=oneshot can have more than one ExecStart=" },
		{ oneshot && restarts, "Restart", "Type=oneshot is not restarted after a success" },
		{ oneshot && config->exit_type == EXIT_TYPE_CGROUP, "ExitType",
		  "Type=oneshot is ended by its main process" },
	};

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (rules[i].broken)
			return complain_of_rule(complaint, journal, rules[i].key, rules[i].why);
	return true;
}

bool options_fold(const struct journal *journal, bool unit, const struct specifiers *specifiers,
		  struct config *config, struct complaint *complaint)
{
	struct fold fold = { .specifiers = specifiers, .arena = journal->arena, .config = config, .unit = unit };
	unsigned starts = 1;

	memset(config, 0, sizeof *config);
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (!read_default(&fold, &options[i]))
			return complain_of_room(complaint);
	for (size_t i = 0; i < journal->count; i++)
		if (!read_assignment(&fold, &journal->rows[i]))
			return complain_of_value(complaint, &journal->rows[i], fold.expected);
	if (unit && !journal->command_given)
		starts = count_commands(journal, "ExecStart", specifiers);
	settle(journal, starts > 0, config);
	return check_rules(journal, &fold, starts, complaint);
}

/* ---- help --------------------------------------------------------------------------------------- */

#define HELP_COLUMN 36

static void add_help(struct text *line, const struct option *option)
{
	const char *placeholder = kinds[option->kind].placeholder, *help = text_of(option, 3);
	const char *value = text_of(option, 1);

	text_add(line, "  ");
	option_add_flag(line, option);
	text_add(line, "=");
	if (placeholder)
		text_add(line, placeholder);
	else
		add_words(line, option, "|", "|");
	for (text_add(line, "  "); line->length < HELP_COLUMN && *help;)
		text_add(line, " ");
	text_add(line, help);
	if (*value)
		text_format(line, " (%s)", value);
}

void options_help(void (*print)(void *context, const char *line), void *context)
{
	char buffer[256];

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		struct text line = text_over(buffer, sizeof buffer);

		add_help(&line, &options[i]);
		print(context, buffer);
	}
}
