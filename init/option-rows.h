/*
 * options: the table. A row is an option: the section that it belongs to, its key, where its value
 * lands and of what kind it is, its default, that of a bare command where it is another, and its
 * line of help; without one it goes with those above it. Words stand in the order of their
 * enumeration. For options.c alone, which reads this once for the texts and once for the rest.
 */

SERVICE("Type", WORD(type, "simple|exec|notify|notify-reload|forking|oneshot|idle|dbus"), "simple", SAME,
	"when it counts as started")
SERVICE("ExitType", WORD(exit_type, "main|cgroup"), "main", SAME, "whose end is its end")
SERVICE("RemainAfterExit", BOOL(remain_after_exit), "no", SAME, "")
SERVICE("GuessMainPID", BOOL(guess_main_pid), "yes", SAME, "where forking leaves no PIDFile=")
SERVICE("PIDFile", VALUE(pid_file, KIND_PID_FILE), NONE, "")
SERVICE("NotifyAccess", WORD(notify_access, "none|main|exec|all"), NONE, "who may notify")
SERVICE("ReloadSignal", SIGNAL(reload_signal), "SIGHUP", SAME, "of Type=notify-reload")
SERVICE("PermissionsStartOnly", BOOL(permissions_start_only), "no", SAME, "")
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
SERVICE("DynamicUser", BOOL(dynamic_user), "no", SAME, "one made up for it")
SERVICE("WorkingDirectory", VALUE(working_directory, KIND_WORKING_DIRECTORY), "/", BARE(""),
	"~: the user's")
SERVICE("ExecSearchPath", VALUE(exec_search_path, KIND_SEARCH_PATH), NONE,
	"where commands are looked up")
SERVICE("UMask", MODE(umask), "0022", BARE(""), "")
SERVICE("Environment", VARIABLES(VARIABLES_SET, LISTED_ENVIRONMENT), NONE, "NAME=VALUE...")
SERVICE("EnvironmentFile", LIST(KIND_FILES, LISTED_ENVIRONMENT_FILE), NONE, "")
SERVICE("PassEnvironment", VARIABLES(VARIABLES_NAMED, LISTED_PASS_ENVIRONMENT), NONE,
	"of the container")
SERVICE("UnsetEnvironment", VARIABLES(VARIABLES_EITHER, LISTED_UNSET_ENVIRONMENT), NONE,
	"last of all")
SERVICE("X-InheritEnvironment", BOOL(inherit_environment), "no", BARE("yes"),
	"all of the container's")
SERVICE("IgnoreSIGPIPE", BOOL(ignore_sigpipe), "yes", BARE("no"), "")
SERVICE("StandardInput", STREAM(standard_input, STREAM_INPUT), "null", BARE("inherit"),
	"or data, tty, file:PATH, fd:NAME")
SERVICE("StandardInputText", LIST(KIND_TEXT, LISTED_INPUT_TEXT), NONE, "a line of it")
SERVICE("StandardInputData", LIST(KIND_DATA, LISTED_INPUT_TEXT), NONE, "some of it, in base64")
SERVICE("StandardOutput", STREAM(standard_output, STREAM_OUTPUT), "inherit", SAME,
	"or null, file:PATH, append:PATH, truncate:PATH")
SERVICE("StandardError", STREAM(standard_error, STREAM_ERROR), "inherit", SAME, "")
SERVICE("RuntimeDirectory", LIST(KIND_DIRECTORIES, LISTED_RUNTIME_DIRECTORY), NONE,
	"made for the user, below /run")
SERVICE("StateDirectory", LIST(KIND_DIRECTORIES, LISTED_STATE_DIRECTORY), NONE, "below /var/lib")
SERVICE("CacheDirectory", LIST(KIND_DIRECTORIES, LISTED_CACHE_DIRECTORY), NONE, "below /var/cache")
SERVICE("LogsDirectory", LIST(KIND_DIRECTORIES, LISTED_LOGS_DIRECTORY), NONE, "below /var/log")
SERVICE("ConfigurationDirectory", LIST(KIND_DIRECTORIES, LISTED_CONFIGURATION_DIRECTORY), NONE,
	"below /etc")
SERVICE("RuntimeDirectoryMode", MODE(directory_mode[DIRECTORY_RUNTIME]), "0755", SAME, "")
SERVICE("StateDirectoryMode", MODE(directory_mode[DIRECTORY_STATE]), "0755", SAME, "")
SERVICE("CacheDirectoryMode", MODE(directory_mode[DIRECTORY_CACHE]), "0755", SAME, "")
SERVICE("LogsDirectoryMode", MODE(directory_mode[DIRECTORY_LOGS]), "0755", SAME, "")
SERVICE("ConfigurationDirectoryMode", MODE(directory_mode[DIRECTORY_CONFIGURATION]), "0755", SAME,
	"")
SERVICE("RuntimeDirectoryPreserve", WORD(runtime_directory_preserve, "no|yes|restart"), "no", SAME,
	"after a stop")

SERVICE("CapabilityBoundingSet", CAPABILITIES(bounding_set, true), "~", SAME,
	"~CAP_... for all but these")
SERVICE("AmbientCapabilities", CAPABILITIES(ambient_set, false), NONE, "had without being root")
SERVICE("NoNewPrivileges", BOOL_OR_UNSET(no_new_privileges), NONE, "")
SERVICE("SecureBits", WORDS(secure_bits, KIND_SECURE_BITS, 0,
	"noroot|no-setuid-fixup|keep-caps"), NONE,
	"or with -locked")
SERVICE("PrivateDevices", DROP(MKNOD, SYS_RAWIO), "no", SAME, "these take capabilities away")
SERVICE("ProtectKernelModules", DROP(SYS_MODULE, SYS_MODULE), "no", SAME, "")
SERVICE("ProtectKernelLogs", DROP(SYSLOG, SYSLOG), "no", SAME, "")
SERVICE("ProtectClock", DROP(SYS_TIME, WAKE_ALARM), "no", SAME, "")
SERVICE("MemoryDenyWriteExecute", BOOL(memory_deny_write_execute), "no", SAME, "")

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
SERVICE("Nice", NUMBER(nice, RANGE_NICE), "0", SAME, "-20 comes first")
SERVICE("OOMScoreAdjust", NUMBER(oom_score_adjust, RANGE_OOM_SCORE), "0", SAME,
	"1000 is killed first")
SERVICE("CPUSchedulingPolicy", WORDS(scheduling_policy, KIND_POLICY, RANGE_POLICY,
	"other|fifo|rr|batch|idle"),
	"other", SAME, "")
SERVICE("CPUSchedulingPriority", NUMBER(scheduling_priority, RANGE_SCHEDULING), "0", SAME,
	"of fifo and rr")
SERVICE("CPUSchedulingResetOnFork", BOOL(scheduling_reset), "no", SAME, "")
SERVICE("IOSchedulingClass", WORDS(io_class, KIND_NUMBER, RANGE_IO_CLASS,
	"none|realtime|best-effort|idle"),
	"best-effort", SAME, "")
SERVICE("IOSchedulingPriority", NUMBER(io_priority, RANGE_IO), "4", SAME, "0 comes first")
SERVICE("CPUAffinity", VALUE(affinity, KIND_AFFINITY), NONE, "such as 0-3 8")

SERVICE("Restart", WORDS(restart, KIND_RESTART, RANGE_WORD,
	"no|on-success|on-failure|on-abnormal|on-watchdog|on-abort|always|unless-stopped|"
	"on-failure:N"),
	"no", SAME, "")
SERVICE("RestartSec", SPAN(restart_usec, SPAN_ANY), "100ms", SAME, "how long after the end")
SERVICE("RestartSteps", NUMBER(restart_steps, RANGE_COUNT), "0", SAME, "in which that grows...")
SERVICE("RestartMaxDelaySec", SPAN(restart_max_delay, SPAN_ANY), "infinity", SAME, "...to this")
SERVICE("RestartMode", WORD(restart_mode, "normal|direct|debug"), "normal", SAME, "")
SERVICE("X-RestartResetSec", SPAN(restart_reset, SPAN_OR_NEVER), "infinity", SAME,
	"a run this long forgets failures")
SERVICE("X-RandomizedDelaySec", SPAN(randomized_delay, SPAN_ANY), "0", SAME,
	"the most to wait at first")
UNIT("StartLimitIntervalSec", SPAN(start_limit_interval, SPAN_ANY), "10s", SAME, "in this time...")
BOTH("StartLimitInterval", SPAN(start_limit_interval, SPAN_ANY), "10s", SAME, "")
BOTH("StartLimitBurst", NUMBER(start_limit_burst, RANGE_COUNT), "5", SAME, "...so many starts")
SERVICE("SuccessExitStatus", STATUSES(success), NONE, "more of them: 75 TEMPFAIL SIGKILL")
SERVICE("RestartPreventExitStatus", STATUSES(restart_prevent), NONE, "")
SERVICE("RestartForceExitStatus", STATUSES(restart_force), NONE, "")
BOTH("FailureAction", ACTION(failure_action), "exit", SAME, "none: tend stays up")
UNIT("SuccessAction", ACTION(success_action), "exit", SAME, "")
SERVICE("OOMPolicy", WORD(oom_policy, "continue|stop|kill"), "stop", BARE("continue"), "")

/* The first must come before the two that it stands for: their defaults are not the same. */
SERVICE("TimeoutSec", SPAN(timeout_start, SPAN_BOTH), "90s", BARE("infinity"), "these two in one")
SERVICE("TimeoutStartSec", SPAN(timeout_start, SPAN_OR_NEVER), "90s", SAME, "")
SERVICE("TimeoutStopSec", SPAN(timeout_stop, SPAN_OR_NEVER), "90s", BARE("infinity"), "")
SERVICE("TimeoutAbortSec", SPAN(timeout_abort, SPAN_ANY), NONE, "to dump core")
SERVICE("TimeoutStartFailureMode", WORD(timeout_start_failure, "terminate|abort|kill"),
	"terminate", SAME, "")
SERVICE("TimeoutStopFailureMode", WORD(timeout_stop_failure, "terminate|abort|kill"),
	"terminate", SAME, "")
SERVICE("WatchdogSec", SPAN(watchdog, SPAN_OR_NONE), "0", SAME, "how often it must notify")
SERVICE("RuntimeMaxSec", SPAN(runtime_max, SPAN_ANY), "infinity", SAME, "how long it may run")
SERVICE("RuntimeRandomizedExtraSec", SPAN(runtime_random_extra, SPAN_ANY), "0", SAME, "")

SERVICE("KillMode", WORD(kill_mode, "control-group|mixed|process|none"),
	"control-group", BARE("mixed"),
	"whom a stop reaches")
SERVICE("KillSignal", SIGNAL(kill_signal), "SIGTERM", BARE(""), "what stops it")
SERVICE("RestartKillSignal", SIGNAL(restart_kill_signal), NONE, "before a restart")
SERVICE("FinalKillSignal", SIGNAL(final_kill_signal), "SIGKILL", SAME, "after TimeoutStopSec=")
SERVICE("WatchdogSignal", SIGNAL(watchdog_signal), "SIGABRT", SAME, "")
SERVICE("SendSIGHUP", BOOL(send_sighup), "no", SAME, "")
SERVICE("SendSIGKILL", BOOL(send_sigkill), "yes", SAME, "")
SERVICE("X-StopSchedule", VALUE(stop_schedule, KIND_STOP_SCHEDULE), NONE,
	"such as TERM/30s QUIT/5s KILL, instead of these")
SERVICE("X-StopOn", VALUE(stop_on, KIND_STOP_ON), "TERM INT RTMIN+3", SAME, "to tend: stop")
SERVICE("X-ForwardTo", WORD(forward_to, "main|group"), "main", SAME, "who gets the other signals")

SERVICE("X-HealthCheck", CHECK(health_check), NONE, "a command, or a URL as of `tend probe`")
SERVICE("X-HealthInterval", SPAN(health_interval, SPAN_SOME), "30s", SAME, "")
SERVICE("X-HealthTimeout", SPAN(health_timeout, SPAN_SOME), "30s", SAME, "")
SERVICE("X-HealthRetries", NUMBER(health_retries, RANGE_RETRIES), "3", SAME, "")
SERVICE("X-HealthStartPeriod", SPAN(health_start_period, SPAN_ANY), "0", SAME, "")
SERVICE("X-ReadyCheck", CHECK(ready_check), NONE, "a simple service has started when it succeeds")

SERVICE("X-LogFormat", WORD(log_format, "text|json"), "text", SAME, "of tend's own lines")
SERVICE("X-LogLevel", WORD(log_level, "error|warn|info|debug"), "info", BARE("warn"), "")
