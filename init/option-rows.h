/*
 * options: the table. A row is an option: the section that it belongs to, its key, where its value
 * lands and of what kind it is, its default, that of a bare command where it is another, and its
 * line of help; without one it goes with those above it. Words stand in the order of their
 * enumeration. A default is there as it is written and as the value that this is; a unit test reads
 * the one and compares. For options.c alone, which reads this for the texts, for the rest and for
 * the values.
 */

SERVICE("Type", WORD(type, "simple|exec|notify|notify-reload|forking|oneshot|idle|dbus"), "simple",
	AS_IS, "when it counts as started")
SERVICE("ExitType", WORD(exit_type, "main|cgroup"), "main", AS_IS, "whose end is its end")
SERVICE("RemainAfterExit", BOOL(remain_after_exit), "no", AS_IS, "")
SERVICE("GuessMainPID", BOOL(guess_main_pid), "yes", SAME(true), "where forking leaves no PIDFile=")
SERVICE("PIDFile", VALUE(pid_file, KIND_PID_FILE), NONE, "")
SERVICE("NotifyAccess", WORD(notify_access, "none|main|exec|all"), NONE, "who may notify")
SERVICE("ReloadSignal", SIGNAL(reload_signal), "SIGHUP", SAME(SIGHUP), "of Type=notify-reload")
SERVICE("PermissionsStartOnly", BOOL(permissions_start_only), "no", AS_IS, "")
SERVICE("ExecCondition", LIST(KIND_COMMANDS, LISTED_EXEC_CONDITION), NONE,
	"unless it succeeds, no start")
SERVICE("ExecStartPre", LIST(KIND_COMMANDS, LISTED_EXEC_START_PRE), NONE, "")
SERVICE("ExecStart", LIST(KIND_COMMANDS, LISTED_EXEC_START), NONE, "the service itself")
SERVICE("ExecStartPost", LIST(KIND_COMMANDS, LISTED_EXEC_START_POST), NONE, "")
SERVICE("ExecReload", LIST(KIND_COMMANDS, LISTED_EXEC_RELOAD), NONE, "")
SERVICE("ExecStop", LIST(KIND_COMMANDS, LISTED_EXEC_STOP), NONE, "")
SERVICE("ExecStopPost", LIST(KIND_COMMANDS, LISTED_EXEC_STOP_POST), NONE, "after every end")

UNIT("ConditionPathExists", CONDITION(CONDITION_PATH_EXISTS), NONE,
	"unless these hold, no start: no failure")
UNIT("ConditionPathExistsGlob", CONDITION(CONDITION_PATH_EXISTS_GLOB), NONE, "")
UNIT("ConditionPathIsDirectory", CONDITION(CONDITION_PATH_IS_DIRECTORY), NONE, "")
UNIT("ConditionPathIsSymbolicLink", CONDITION(CONDITION_PATH_IS_SYMBOLIC_LINK), NONE, "")
UNIT("ConditionPathIsMountPoint", CONDITION(CONDITION_PATH_IS_MOUNT_POINT), NONE, "")
UNIT("ConditionPathIsReadWrite", CONDITION(CONDITION_PATH_IS_READ_WRITE), NONE, "")
UNIT("ConditionDirectoryNotEmpty", CONDITION(CONDITION_DIRECTORY_NOT_EMPTY), NONE, "")
UNIT("ConditionFileNotEmpty", CONDITION(CONDITION_FILE_NOT_EMPTY), NONE, "")
UNIT("ConditionFileIsExecutable", CONDITION(CONDITION_FILE_IS_EXECUTABLE), NONE, "")
UNIT("ConditionUser", CONDITION(CONDITION_USER), NONE, "")
UNIT("ConditionGroup", CONDITION(CONDITION_GROUP), NONE, "")
UNIT("ConditionEnvironment", CONDITION(CONDITION_ENVIRONMENT), NONE, "")
UNIT("ConditionVirtualization", CONDITION(CONDITION_VIRTUALIZATION), NONE, "")
UNIT("ConditionCapability", CONDITION(CONDITION_CAPABILITY), NONE, "")
UNIT("AssertPathExists", ASSERT(CONDITION_PATH_EXISTS), NONE, "unless these hold, a failure")
UNIT("AssertPathExistsGlob", ASSERT(CONDITION_PATH_EXISTS_GLOB), NONE, "")
UNIT("AssertPathIsDirectory", ASSERT(CONDITION_PATH_IS_DIRECTORY), NONE, "")
UNIT("AssertPathIsSymbolicLink", ASSERT(CONDITION_PATH_IS_SYMBOLIC_LINK), NONE, "")
UNIT("AssertPathIsMountPoint", ASSERT(CONDITION_PATH_IS_MOUNT_POINT), NONE, "")
UNIT("AssertPathIsReadWrite", ASSERT(CONDITION_PATH_IS_READ_WRITE), NONE, "")
UNIT("AssertDirectoryNotEmpty", ASSERT(CONDITION_DIRECTORY_NOT_EMPTY), NONE, "")
UNIT("AssertFileNotEmpty", ASSERT(CONDITION_FILE_NOT_EMPTY), NONE, "")
UNIT("AssertFileIsExecutable", ASSERT(CONDITION_FILE_IS_EXECUTABLE), NONE, "")
UNIT("AssertUser", ASSERT(CONDITION_USER), NONE, "")
UNIT("AssertGroup", ASSERT(CONDITION_GROUP), NONE, "")
UNIT("AssertEnvironment", ASSERT(CONDITION_ENVIRONMENT), NONE, "")
UNIT("AssertVirtualization", ASSERT(CONDITION_VIRTUALIZATION), NONE, "")
UNIT("AssertCapability", ASSERT(CONDITION_CAPABILITY), NONE, "")

SERVICE("User", USER(user), NONE, "a name or a number")
SERVICE("Group", USER(group), NONE, "")
SERVICE("SupplementaryGroups", LIST(KIND_GROUPS, LISTED_GROUPS), NONE, "")
SERVICE("DynamicUser", BOOL(dynamic_user), "no", AS_IS, "one made up for it")
SERVICE("WorkingDirectory", VALUE(working_directory, KIND_WORKING_DIRECTORY), "/", BARE("/", "", NULL),
	"~: the user's")
SERVICE("ExecSearchPath", VALUE(exec_search_path, KIND_SEARCH_PATH), NONE,
	"where commands are looked up")
SERVICE("UMask", MODE(umask), "0022", BARE(0022, "", 0), "")
SERVICE("Environment", VARIABLES(VARIABLES_SET, LISTED_ENVIRONMENT), NONE, "NAME=VALUE...")
SERVICE("EnvironmentFile", LIST(KIND_FILES, LISTED_ENVIRONMENT_FILE), NONE, "")
SERVICE("PassEnvironment", VARIABLES(VARIABLES_NAMED, LISTED_PASS_ENVIRONMENT), NONE,
	"of the container")
SERVICE("UnsetEnvironment", VARIABLES(VARIABLES_EITHER, LISTED_UNSET_ENVIRONMENT), NONE,
	"last of all")
SERVICE("X-InheritEnvironment", BOOL(inherit_environment), "no", BARE(false, "yes", true),
	"all of the container's")
SERVICE("IgnoreSIGPIPE", BOOL(ignore_sigpipe), "yes", BARE(true, "no", false), "")
SERVICE("StandardInput", STREAM(standard_input, STREAM_INPUT), "null",
	BARE(STREAM_NULL, "inherit", STREAM_INHERIT), "or data, tty, file:PATH, fd:NAME")
SERVICE("StandardInputText", LIST(KIND_TEXT, LISTED_INPUT_TEXT), NONE, "a line of it")
SERVICE("StandardInputData", LIST(KIND_DATA, LISTED_INPUT_TEXT), NONE, "some of it, in base64")
SERVICE("StandardOutput", STREAM(standard_output, STREAM_OUTPUT), "inherit", SAME(STREAM_SAME),
	"or null, file:PATH, append:PATH, truncate:PATH")
SERVICE("StandardError", STREAM(standard_error, STREAM_ERROR), "inherit", SAME(STREAM_SAME), "")
SERVICE("RuntimeDirectory", LIST(KIND_DIRECTORIES, LISTED_RUNTIME_DIRECTORY), NONE,
	"made for the user, below /run")
SERVICE("StateDirectory", LIST(KIND_DIRECTORIES, LISTED_STATE_DIRECTORY), NONE, "below /var/lib")
SERVICE("CacheDirectory", LIST(KIND_DIRECTORIES, LISTED_CACHE_DIRECTORY), NONE, "below /var/cache")
SERVICE("LogsDirectory", LIST(KIND_DIRECTORIES, LISTED_LOGS_DIRECTORY), NONE, "below /var/log")
SERVICE("ConfigurationDirectory", LIST(KIND_DIRECTORIES, LISTED_CONFIGURATION_DIRECTORY), NONE,
	"below /etc")
SERVICE("RuntimeDirectoryMode", MODE(directory_mode[DIRECTORY_RUNTIME]), "0755", SAME(0755), "")
SERVICE("StateDirectoryMode", MODE(directory_mode[DIRECTORY_STATE]), "0755", SAME(0755), "")
SERVICE("CacheDirectoryMode", MODE(directory_mode[DIRECTORY_CACHE]), "0755", SAME(0755), "")
SERVICE("LogsDirectoryMode", MODE(directory_mode[DIRECTORY_LOGS]), "0755", SAME(0755), "")
SERVICE("ConfigurationDirectoryMode", MODE(directory_mode[DIRECTORY_CONFIGURATION]), "0755",
	SAME(0755), "")
SERVICE("RuntimeDirectoryPreserve", WORD(runtime_directory_preserve, "no|yes|restart"), "no", AS_IS,
	"after a stop")

SERVICE("CapabilityBoundingSet", CAPABILITIES(bounding_set, true), "~", SAME(UINT64_MAX),
	"~CAP_... for all but these")
SERVICE("AmbientCapabilities", CAPABILITIES(ambient_set, false), NONE, "had without being root")
SERVICE("NoNewPrivileges", BOOL_OR_UNSET(no_new_privileges), NONE, "")
SERVICE("SecureBits", WORDS(secure_bits, KIND_SECURE_BITS, 0,
	"noroot|no-setuid-fixup|keep-caps"), NONE,
	"or with -locked")
SERVICE("PrivateDevices", DROP(DROP_DEVICES), "no", AS_IS, "these take capabilities away")
SERVICE("ProtectKernelModules", DROP(DROP_MODULES), "no", AS_IS, "")
SERVICE("ProtectKernelLogs", DROP(DROP_LOGS), "no", AS_IS, "")
SERVICE("ProtectClock", DROP(DROP_CLOCK), "no", AS_IS, "")
SERVICE("MemoryDenyWriteExecute", BOOL(memory_deny_write_execute), "no", AS_IS, "")

SERVICE("LimitCPU", LIMIT(RLIMIT_CPU), NONE, "these are SOFT:HARD, or both in one")
SERVICE("LimitFSIZE", LIMIT(RLIMIT_FSIZE), NONE, "")
SERVICE("LimitDATA", LIMIT(RLIMIT_DATA), NONE, "")
SERVICE("LimitSTACK", LIMIT(RLIMIT_STACK), NONE, "")
SERVICE("LimitCORE", LIMIT(RLIMIT_CORE), NONE, "")
SERVICE("LimitRSS", LIMIT(RLIMIT_RSS), NONE, "")
SERVICE("LimitNOFILE", LIMIT(RLIMIT_NOFILE), NONE, "")
SERVICE("LimitAS", LIMIT(RLIMIT_AS), NONE, "")
SERVICE("LimitNPROC", LIMIT(RLIMIT_NPROC), NONE, "")
SERVICE("LimitMEMLOCK", LIMIT(RLIMIT_MEMLOCK), NONE, "")
SERVICE("LimitLOCKS", LIMIT(RLIMIT_LOCKS), NONE, "")
SERVICE("LimitSIGPENDING", LIMIT(RLIMIT_SIGPENDING), NONE, "")
SERVICE("LimitMSGQUEUE", LIMIT(RLIMIT_MSGQUEUE), NONE, "")
SERVICE("LimitNICE", LIMIT(RLIMIT_NICE), NONE, "")
SERVICE("LimitRTPRIO", LIMIT(RLIMIT_RTPRIO), NONE, "")
SERVICE("LimitRTTIME", LIMIT(RLIMIT_RTTIME), NONE, "")
SERVICE("Nice", NUMBER(nice, RANGE_NICE), "0", AS_IS, "-20 comes first")
SERVICE("OOMScoreAdjust", NUMBER(oom_score_adjust, RANGE_OOM_SCORE), "0", AS_IS,
	"1000 is killed first")
SERVICE("CPUSchedulingPolicy", WORDS(scheduling_policy, KIND_POLICY, RANGE_POLICY,
	"other|fifo|rr|batch|idle"),
	"other", AS_IS, "")
SERVICE("CPUSchedulingPriority", NUMBER(scheduling_priority, RANGE_SCHEDULING), "0", AS_IS,
	"of fifo and rr")
SERVICE("CPUSchedulingResetOnFork", BOOL(scheduling_reset), "no", AS_IS, "")
SERVICE("IOSchedulingClass", WORDS(io_class, KIND_NUMBER, RANGE_IO_CLASS,
	"none|realtime|best-effort|idle"),
	"best-effort", SAME(2), "")
SERVICE("IOSchedulingPriority", NUMBER(io_priority, RANGE_IO), "4", SAME(4), "0 comes first")
SERVICE("CPUAffinity", VALUE(affinity, KIND_AFFINITY), NONE, "such as 0-3 8")

SERVICE("Restart", WORDS(restart, KIND_RESTART, RANGE_WORD,
	"no|on-success|on-failure|on-abnormal|on-watchdog|on-abort|always|unless-stopped|"
	"on-failure:N"),
	"no", AS_IS, "")
SERVICE("RestartSec", SPAN(restart_usec, SPAN_ANY), "100ms", SAME(SECONDS(1) / 10),
	"how long after the end")
SERVICE("RestartSteps", NUMBER(restart_steps, RANGE_COUNT), "0", AS_IS, "in which that grows...")
SERVICE("RestartMaxDelaySec", SPAN(restart_max_delay, SPAN_ANY), "infinity", SAME(USEC_INFINITY),
	"...to this")
SERVICE("RestartMode", WORD(restart_mode, "normal|direct|debug"), "normal", AS_IS, "")
SERVICE("X-RestartResetSec", SPAN(restart_reset, SPAN_OR_NEVER), "infinity", SAME(USEC_INFINITY),
	"a run this long forgets failures")
SERVICE("X-RandomizedDelaySec", SPAN(randomized_delay, SPAN_ANY), "0", AS_IS,
	"the most to wait at first")
UNIT("StartLimitIntervalSec", SPAN(start_limit_interval, SPAN_ANY), "10s", SAME(SECONDS(10)),
	"in this time...")
BOTH("StartLimitInterval", SPAN(start_limit_interval, SPAN_ANY), "10s", AS_IS, "")
BOTH("StartLimitBurst", NUMBER(start_limit_burst, RANGE_COUNT), "5", SAME(5), "...so many starts")
SERVICE("SuccessExitStatus", STATUSES(success), NONE, "more of them: 75 TEMPFAIL SIGKILL")
SERVICE("RestartPreventExitStatus", STATUSES(restart_prevent), NONE, "")
SERVICE("RestartForceExitStatus", STATUSES(restart_force), NONE, "")
BOTH("FailureAction", ACTION(failure_action), "exit", AS_IS, "none: tend stays up")
UNIT("SuccessAction", ACTION(success_action), "exit", AS_IS, "")
SERVICE("OOMPolicy", WORD(oom_policy, "continue|stop|kill"), "stop",
	BARE(OOM_STOP, "continue", OOM_CONTINUE), "")

/* The first must come before the two that it stands for: their defaults are not the same. */
SERVICE("TimeoutSec", SPAN(timeout_start, SPAN_BOTH), "90s", BARE_AS_IS("infinity"),
	"these two in one")
SERVICE("TimeoutStartSec", SPAN(timeout_start, SPAN_OR_NEVER), "90s", SAME(SECONDS(90)), "")
SERVICE("TimeoutStopSec", SPAN(timeout_stop, SPAN_OR_NEVER), "90s",
	BARE(SECONDS(90), "infinity", USEC_INFINITY), "")
SERVICE("TimeoutAbortSec", SPAN(timeout_abort, SPAN_ANY), NONE, "to dump core")
SERVICE("TimeoutStartFailureMode", WORD(timeout_start_failure, "terminate|abort|kill"),
	"terminate", AS_IS, "")
SERVICE("TimeoutStopFailureMode", WORD(timeout_stop_failure, "terminate|abort|kill"),
	"terminate", AS_IS, "")
SERVICE("WatchdogSec", SPAN(watchdog, SPAN_OR_NONE), "0", AS_IS, "how often it must notify")
SERVICE("RuntimeMaxSec", SPAN(runtime_max, SPAN_ANY), "infinity", SAME(USEC_INFINITY), "how long it may run")
SERVICE("RuntimeRandomizedExtraSec", SPAN(runtime_random_extra, SPAN_ANY), "0", AS_IS, "")

SERVICE("KillMode", WORD(kill_mode, "control-group|mixed|process|none"),
	"control-group", BARE(KILL_CONTROL_GROUP, "mixed", KILL_MIXED),
	"whom a stop reaches")
SERVICE("KillSignal", SIGNAL(kill_signal), "SIGTERM", BARE(SIGTERM, "", 0), "what stops it")
SERVICE("RestartKillSignal", SIGNAL(restart_kill_signal), NONE, "before a restart")
SERVICE("FinalKillSignal", SIGNAL(final_kill_signal), "SIGKILL", SAME(SIGKILL), "after TimeoutStopSec=")
SERVICE("WatchdogSignal", SIGNAL(watchdog_signal), "SIGABRT", SAME(SIGABRT), "")
SERVICE("SendSIGHUP", BOOL(send_sighup), "no", AS_IS, "")
SERVICE("SendSIGKILL", BOOL(send_sigkill), "yes", SAME(true), "")
SERVICE("X-StopSchedule", VALUE(stop_steps, KIND_STOP_SCHEDULE), NONE,
	"such as TERM/30s QUIT/5s KILL, instead of these")
SERVICE("X-StopOn", VALUE(stop_on, KIND_STOP_ON), "TERM INT RTMIN+3", SAME(STOP_SIGNALS), "to tend: stop")
SERVICE("X-ForwardTo", WORD(forward_to, "main|group"), "main", AS_IS, "who gets the other signals")

SERVICE("X-HealthCheck", CHECK(health_check), NONE, "a command, or a URL as of `tend probe`")
SERVICE("X-HealthInterval", SPAN(health_interval, SPAN_SOME), "30s", SAME(SECONDS(30)), "")
SERVICE("X-HealthTimeout", SPAN(health_timeout, SPAN_SOME), "30s", SAME(SECONDS(30)), "")
SERVICE("X-HealthRetries", NUMBER(health_retries, RANGE_RETRIES), "3", SAME(3), "")
SERVICE("X-HealthStartPeriod", SPAN(health_start_period, SPAN_ANY), "0", AS_IS, "")
SERVICE("X-ReadyCheck", CHECK(ready_check), NONE, "a simple service has started when it succeeds")

SERVICE("X-LogFormat", WORD(log_format, "text|json"), "text", AS_IS, "of tend's own lines")
SERVICE("X-LogLevel", WORD(log_level, "error|warn|info|debug"), "info",
	BARE(LOG_LEVEL_INFO, "warn", LOG_LEVEL_WARN), "")
