/*
 * options: each key has its flag, its variable, its defaults and its values, and whatever is wrong
 * is said.
 */
#include "options.h"
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define SECOND USEC_PER_SEC
#define MINUTE (60 * SECOND)
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SIGNAL_BIT(number) (1ULL << ((number) - 1))

static const struct {
	const char *key, *flag;
} names[] = {
	{ "Type", "type" },
	{ "ExitType", "exit-type" },
	{ "RemainAfterExit", "remain-after-exit" },
	{ "GuessMainPID", "guess-main-pid" },
	{ "PIDFile", "pid-file" },
	{ "NotifyAccess", "notify-access" },
	{ "ReloadSignal", "reload-signal" },
	{ "PermissionsStartOnly", "permissions-start-only" },
	{ "ExecCondition", "exec-condition" },
	{ "ExecStartPre", "exec-start-pre" },
	{ "ExecStart", "exec-start" },
	{ "ExecStartPost", "exec-start-post" },
	{ "ExecReload", "exec-reload" },
	{ "ExecStop", "exec-stop" },
	{ "ExecStopPost", "exec-stop-post" },
	{ "ConditionPathExists", "condition-path-exists" },
	{ "ConditionPathExistsGlob", "condition-path-exists-glob" },
	{ "ConditionPathIsDirectory", "condition-path-is-directory" },
	{ "ConditionPathIsSymbolicLink", "condition-path-is-symbolic-link" },
	{ "ConditionPathIsMountPoint", "condition-path-is-mount-point" },
	{ "ConditionPathIsReadWrite", "condition-path-is-read-write" },
	{ "ConditionDirectoryNotEmpty", "condition-directory-not-empty" },
	{ "ConditionFileNotEmpty", "condition-file-not-empty" },
	{ "ConditionFileIsExecutable", "condition-file-is-executable" },
	{ "ConditionUser", "condition-user" },
	{ "ConditionGroup", "condition-group" },
	{ "ConditionEnvironment", "condition-environment" },
	{ "ConditionVirtualization", "condition-virtualization" },
	{ "ConditionCapability", "condition-capability" },
	{ "AssertPathExists", "assert-path-exists" },
	{ "AssertPathExistsGlob", "assert-path-exists-glob" },
	{ "AssertPathIsDirectory", "assert-path-is-directory" },
	{ "AssertPathIsSymbolicLink", "assert-path-is-symbolic-link" },
	{ "AssertPathIsMountPoint", "assert-path-is-mount-point" },
	{ "AssertPathIsReadWrite", "assert-path-is-read-write" },
	{ "AssertDirectoryNotEmpty", "assert-directory-not-empty" },
	{ "AssertFileNotEmpty", "assert-file-not-empty" },
	{ "AssertFileIsExecutable", "assert-file-is-executable" },
	{ "AssertUser", "assert-user" },
	{ "AssertGroup", "assert-group" },
	{ "AssertEnvironment", "assert-environment" },
	{ "AssertVirtualization", "assert-virtualization" },
	{ "AssertCapability", "assert-capability" },
	{ "User", "user" },
	{ "Group", "group" },
	{ "SupplementaryGroups", "supplementary-groups" },
	{ "DynamicUser", "dynamic-user" },
	{ "WorkingDirectory", "working-directory" },
	{ "ExecSearchPath", "exec-search-path" },
	{ "UMask", "umask" },
	{ "Environment", "environment" },
	{ "EnvironmentFile", "environment-file" },
	{ "PassEnvironment", "pass-environment" },
	{ "UnsetEnvironment", "unset-environment" },
	{ "X-InheritEnvironment", "inherit-environment" },
	{ "IgnoreSIGPIPE", "ignore-sigpipe" },
	{ "StandardInput", "standard-input" },
	{ "StandardInputText", "standard-input-text" },
	{ "StandardInputData", "standard-input-data" },
	{ "StandardOutput", "standard-output" },
	{ "StandardError", "standard-error" },
	{ "RuntimeDirectory", "runtime-directory" },
	{ "StateDirectory", "state-directory" },
	{ "CacheDirectory", "cache-directory" },
	{ "LogsDirectory", "logs-directory" },
	{ "ConfigurationDirectory", "configuration-directory" },
	{ "RuntimeDirectoryMode", "runtime-directory-mode" },
	{ "StateDirectoryMode", "state-directory-mode" },
	{ "CacheDirectoryMode", "cache-directory-mode" },
	{ "LogsDirectoryMode", "logs-directory-mode" },
	{ "ConfigurationDirectoryMode", "configuration-directory-mode" },
	{ "RuntimeDirectoryPreserve", "runtime-directory-preserve" },
	{ "CapabilityBoundingSet", "capability-bounding-set" },
	{ "AmbientCapabilities", "ambient-capabilities" },
	{ "NoNewPrivileges", "no-new-privileges" },
	{ "SecureBits", "secure-bits" },
	{ "PrivateDevices", "private-devices" },
	{ "ProtectKernelModules", "protect-kernel-modules" },
	{ "ProtectKernelLogs", "protect-kernel-logs" },
	{ "ProtectClock", "protect-clock" },
	{ "MemoryDenyWriteExecute", "memory-deny-write-execute" },
	{ "LimitCPU", "limit-cpu" },
	{ "LimitFSIZE", "limit-fsize" },
	{ "LimitDATA", "limit-data" },
	{ "LimitSTACK", "limit-stack" },
	{ "LimitCORE", "limit-core" },
	{ "LimitRSS", "limit-rss" },
	{ "LimitNOFILE", "limit-nofile" },
	{ "LimitAS", "limit-as" },
	{ "LimitNPROC", "limit-nproc" },
	{ "LimitMEMLOCK", "limit-memlock" },
	{ "LimitLOCKS", "limit-locks" },
	{ "LimitSIGPENDING", "limit-sigpending" },
	{ "LimitMSGQUEUE", "limit-msgqueue" },
	{ "LimitNICE", "limit-nice" },
	{ "LimitRTPRIO", "limit-rtprio" },
	{ "LimitRTTIME", "limit-rttime" },
	{ "Nice", "nice" },
	{ "OOMScoreAdjust", "oom-score-adjust" },
	{ "CPUSchedulingPolicy", "cpu-scheduling-policy" },
	{ "CPUSchedulingPriority", "cpu-scheduling-priority" },
	{ "CPUSchedulingResetOnFork", "cpu-scheduling-reset-on-fork" },
	{ "IOSchedulingClass", "io-scheduling-class" },
	{ "IOSchedulingPriority", "io-scheduling-priority" },
	{ "CPUAffinity", "cpu-affinity" },
	{ "Restart", "restart" },
	{ "RestartSec", "restart-sec" },
	{ "RestartSteps", "restart-steps" },
	{ "RestartMaxDelaySec", "restart-max-delay-sec" },
	{ "RestartMode", "restart-mode" },
	{ "X-RestartResetSec", "restart-reset-sec" },
	{ "X-RandomizedDelaySec", "randomized-delay-sec" },
	{ "StartLimitIntervalSec", "start-limit-interval-sec" },
	{ "StartLimitInterval", "start-limit-interval" },
	{ "StartLimitBurst", "start-limit-burst" },
	{ "SuccessExitStatus", "success-exit-status" },
	{ "RestartPreventExitStatus", "restart-prevent-exit-status" },
	{ "RestartForceExitStatus", "restart-force-exit-status" },
	{ "FailureAction", "failure-action" },
	{ "SuccessAction", "success-action" },
	{ "OOMPolicy", "oom-policy" },
	{ "TimeoutSec", "timeout-sec" },
	{ "TimeoutStartSec", "timeout-start-sec" },
	{ "TimeoutStopSec", "timeout-stop-sec" },
	{ "TimeoutAbortSec", "timeout-abort-sec" },
	{ "TimeoutStartFailureMode", "timeout-start-failure-mode" },
	{ "TimeoutStopFailureMode", "timeout-stop-failure-mode" },
	{ "WatchdogSec", "watchdog-sec" },
	{ "RuntimeMaxSec", "runtime-max-sec" },
	{ "RuntimeRandomizedExtraSec", "runtime-randomized-extra-sec" },
	{ "KillMode", "kill-mode" },
	{ "KillSignal", "kill-signal" },
	{ "RestartKillSignal", "restart-kill-signal" },
	{ "FinalKillSignal", "final-kill-signal" },
	{ "WatchdogSignal", "watchdog-signal" },
	{ "SendSIGHUP", "send-sighup" },
	{ "SendSIGKILL", "send-sigkill" },
	{ "X-StopSchedule", "stop-schedule" },
	{ "X-StopOn", "stop-on" },
	{ "X-ForwardTo", "forward-to" },
	{ "X-HealthCheck", "health-check" },
	{ "X-HealthInterval", "health-interval" },
	{ "X-HealthTimeout", "health-timeout" },
	{ "X-HealthRetries", "health-retries" },
	{ "X-HealthStartPeriod", "health-start-period" },
	{ "X-ReadyCheck", "ready-check" },
	{ "X-LogFormat", "log-format" },
	{ "X-LogLevel", "log-level" },
};

/* ---- what the tests work with ---------------------------------------------------------------- */

static struct {
	char memory[1 << 16];
	struct arena arena;
	struct assignment rows[64];
	struct journal journal;
	struct specifiers specifiers;
} given;

static struct config config;
static struct complaint complaint;

static void begin(void)
{
	memset(&given, 0, sizeof given);
	given.arena = (struct arena){ given.memory, sizeof given.memory, 0 };
	given.journal = (struct journal){ given.rows, 0, COUNT(given.rows), &given.arena, false };
	given.specifiers.of['n'] = given.specifiers.of['y'] = "web.service";
	given.specifiers.of['i'] = "blue";
	memset(complaint.message, 0, sizeof complaint.message);
}

static const struct option *by_key(const char *key)
{
	return option_by_key(key, strlen(key));
}

static bool add(enum layer layer, const char *key, const char *text)
{
	static unsigned line;

	line = given.journal.count ? line + 1 : 1;
	return journal_add(&given.journal, by_key(key), layer,
			   layer == LAYER_UNIT ? "web.service" : NULL, line, text, &complaint);
}

static bool fold(bool unit)
{
	return options_fold(&given.journal, unit, &given.specifiers, NULL, &config, &complaint);
}

/* Puts lines of "Key=value" into a new journal; ^ stands for a newline in a value. */
static void put(enum layer layer, const char *lines)
{
	static char buffer[8192];
	char *line = buffer;

	snprintf(buffer, sizeof buffer, "%s", lines);
	begin();
	for (char *end; *line; line = end) {
		char *equals = strchr(line, '=');

		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		*equals = '\0';
		for (char *at = equals + 1; (at = strchr(at, '^')) != NULL;)
			*at = '\n';
		unit_about("%s=%s", line, equals + 1);
		if (!CHECK(by_key(line) != NULL))
			continue;
		CHECK(add(layer, line, equals + 1));
	}
	unit_about("%s", lines);
}

/* The lines as a unit that also has an ExecStart=, and as flags. */
static bool fold_unit(const char *lines)
{
	put(LAYER_UNIT, lines);
	given.journal.command_given = true;
	return fold(true);
}

static bool fold_flags(const char *lines)
{
	put(LAYER_FLAG, lines);
	return fold(false);
}

/* With these lines, the expression is that. */
#define GIVES(lines, expression, expected) do { \
	if (CHECK(fold_unit(lines))) \
		CHECK_INT(expression, expected); \
	else \
		CHECK_TEXT(complaint.message, ""); \
} while (0)
#define GIVES_TEXT(lines, expression, expected) do { \
	if (CHECK(fold_unit(lines))) \
		CHECK_TEXT(expression, expected); \
	else \
		CHECK_TEXT(complaint.message, ""); \
} while (0)
#define ACCEPTS(lines) \
	do { \
		if (!CHECK(fold_unit(lines))) \
			CHECK_TEXT(complaint.message, ""); \
	} while (0)

/*
 * The line is refused, and what is said behind its text is that. As a flag: in a unit some would be
 * left out.
 */
static void refuses(const char *line, const char *expected)
{
	char message[512];
	struct text text = text_over(message, sizeof message);

	option_add_flag(&text, option_by_key(line, strcspn(line, "=")));
	text_format(&text, "%s: expected %s", strchr(line, '='), expected);
	CHECK(!fold_flags(line));
	CHECK_TEXT(complaint.message, message);
}

/* The journal's list, its texts joined by "; ". */
static const char *listed(enum listed list)
{
	static char buffer[1024];
	struct text text = text_over(buffer, sizeof buffer);
	const struct assignment *row;

	for (size_t cursor = 0; (row = journal_next(&given.journal, list, &cursor)) != NULL;) {
		text_add(&text, text.length ? "; " : "");
		text_add(&text, row->text);
	}
	return buffer;
}

/* ---- three faces ----------------------------------------------------------------------------- */

static void every_key_has_its_flag_and_its_variable(void)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct option *option = by_key(names[i].key);
		char variable[64], flag[64], buffer[64];
		struct text text = text_over(buffer, sizeof buffer);

		unit_about("%s", names[i].key);
		if (!CHECK(option != NULL))
			continue;
		CHECK_TEXT(option_key(option), names[i].key);
		snprintf(flag, sizeof flag, "--%s", names[i].flag);
		option_add_flag(&text, option);
		CHECK_TEXT(buffer, flag);
		snprintf(variable, sizeof variable, "TEND_%s", names[i].flag);
		for (char *c = variable; *c; c++)
			*c = *c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
		text = text_over(buffer, sizeof buffer);
		option_add_variable(&text, option);
		CHECK_TEXT(buffer, variable);
		CHECK(option_by_flag(names[i].flag, strlen(names[i].flag)) == option);
		CHECK(option_by_variable(variable + 5, strlen(variable) - 5) == option);
	}
}

static size_t help_lines;

static void take_help_line(void *context, const char *line)
{
	char flag[64];

	CHECK(context == &help_lines);
	if (!CHECK(help_lines < COUNT(names)))
		return;
	unit_about("%s", line);
	snprintf(flag, sizeof flag, "  --%s=", names[help_lines++].flag);
	CHECK(strncmp(line, flag, strlen(flag)) == 0);
	CHECK(strlen(line) < 200);
}

static void help_has_a_line_for_each_option_and_these_are_all(void)
{
	help_lines = 0;
	options_help(take_help_line, &help_lines);
	CHECK_INT(help_lines, COUNT(names));
}

static char one_help_line[256];

static void keep_help_line(void *context, const char *line)
{
	if (strstr(line, context))
		snprintf(one_help_line, sizeof one_help_line, "%s", line);
}

static void help_shows_words_and_defaults(void)
{
	char level[] = "--log-level=", time[] = "--timeout-stop-sec=", restart[] = "--restart-sec=";

	options_help(keep_help_line, level);
	CHECK(strncmp(one_help_line, "  --log-level=error|warn|info|debug [info; warn]  ", 50) ==
	      0);
	options_help(keep_help_line, time);
	CHECK(strncmp(one_help_line, "  --timeout-stop-sec= [90s; infinity]  ", 38) == 0);
	options_help(keep_help_line, restart);
	CHECK(strncmp(one_help_line, "  --restart-sec= [100ms]  ", 26) == 0);
}

static void a_name_is_looked_up_whole_and_in_its_own_case(void)
{
	CHECK(option_by_key("RestartSecond", 10) == by_key("RestartSec"));
	CHECK(!option_by_key("RestartSec", 9));
	CHECK(!option_by_key("restartsec", 10));
	CHECK(!option_by_key("", 0));
	CHECK(option_by_flag("restart-sec=5", 11) == by_key("RestartSec"));
	CHECK(!option_by_flag("RestartSec", 10));
	CHECK(!option_by_flag("restart_sec", 11));
	CHECK(!option_by_flag("x-forward-to", 12));
	CHECK(!option_by_flag("", 0));
	CHECK(option_by_variable("RESTART_SEC=5", 11) == by_key("RestartSec"));
	CHECK(!option_by_variable("restart_sec", 11));
	CHECK(!option_by_variable("PORT", 4));
}

static void only_booleans_mean_yes_without_a_value(void)
{
	static const char *const booleans[] = {
		"RemainAfterExit",
		"GuessMainPID",
		"PermissionsStartOnly",
		"DynamicUser",
		"X-InheritEnvironment",
		"IgnoreSIGPIPE",
		"NoNewPrivileges",
		"PrivateDevices",
		"ProtectKernelModules",
		"ProtectKernelLogs",
		"ProtectClock",
		"MemoryDenyWriteExecute",
		"CPUSchedulingResetOnFork",
		"SendSIGHUP",
		"SendSIGKILL",
	};
	size_t count = 0;

	for (size_t i = 0; i < COUNT(booleans); i++)
		CHECK(option_is_bool(by_key(booleans[i])));
	for (size_t i = 0; i < COUNT(names); i++)
		count += option_is_bool(by_key(names[i].key));
	CHECK_INT(count, COUNT(booleans));
}

static void an_option_belongs_into_its_section(void)
{
	CHECK(option_is_of(by_key("User"), "Service") && !option_is_of(by_key("User"), "Unit"));
	CHECK(option_is_of(by_key("AssertUser"), "Unit") &&
	      !option_is_of(by_key("AssertUser"), "Service"));
	CHECK(option_is_of(by_key("StartLimitIntervalSec"), "Unit"));
	CHECK(!option_is_of(by_key("StartLimitIntervalSec"), "Service"));
	unit_about("where systemd once had them");
	CHECK(option_is_of(by_key("StartLimitInterval"), "Unit"));
	CHECK(option_is_of(by_key("StartLimitInterval"), "Service"));
	CHECK(option_is_of(by_key("StartLimitBurst"), "Service"));
	CHECK(option_is_of(by_key("FailureAction"), "Service"));
	CHECK(!option_is_of(by_key("SuccessAction"), "Service"));
	CHECK(!option_is_of(by_key("User"), "Install"));
}

static void a_key_is_near_by_one_letter_one_swap_or_case(void)
{
	static const struct {
		const char *key, *near;
	} rows[] = {
		{ "RestartSec", "RestartSec" },
		{ "restartsec", "RestartSec" },
		{ "RESTARTSEC", "RestartSec" },
		{ "RestartSecs", "RestartSec" },
		{ "RestarSec", "RestartSec" },
		{ "estartSec", "RestartSec" },
		{ "RestartSex", "RestartSec" },
		{ "RestratSec", "RestartSec" },
		{ "RestartSce", "RestartSec" },
		{ "eRstartSec", "RestartSec" },
		{ "ResttratSec", NULL },
		{ "RstartSecs", NULL },
		{ "RestartSecond", NULL },
		{ "Usr", "User" },
		{ "Groups", "Group" },
		{ "ExecStartPost", "ExecStartPost" },
		{ "ExecStratPost", "ExecStartPost" },
		{ "ExecStartPose", "ExecStartPost" },
		{ "X-FowardTo", "X-ForwardTo" },
		{ "ForwardTo", NULL },
		{ "", NULL },
		{ "N", NULL },
		{ "Nic", "Nice" },
		{ "PrivateTmp", NULL },
		{ "TimeOutSec", "TimeoutSec" },
		{ "TimeoutSec2", "TimeoutSec" },
		{ "Tpye", "Type" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *near = option_near(rows[i].key, strlen(rows[i].key));

		unit_about("%s", rows[i].key);
		CHECK_TEXT(near ? near : "-", rows[i].near ? rows[i].near : "-");
	}
}

/* ---- defaults -------------------------------------------------------------------------------- */

static void an_empty_unit_has_the_defaults_of_systemd(void)
{
	begin();
	given.journal.command_given = true;
	CHECK(fold(true));
	CHECK_INT(config.type, TYPE_SIMPLE);
	CHECK_INT(config.exit_type, EXIT_TYPE_MAIN);
	CHECK_INT(config.notify_access, NOTIFY_ACCESS_NONE);
	CHECK(!config.remain_after_exit && config.guess_main_pid && !config.permissions_start_only);
	CHECK_INT(config.reload_signal, SIGHUP);
	CHECK(!config.pid_file && !config.user && !config.group && !config.dynamic_user);
	CHECK_TEXT(config.working_directory, "/");
	CHECK(!config.working_directory_optional);
	CHECK_INT(config.umask, 0022);
	CHECK(!config.inherit_umask && !config.inherit_environment && config.ignore_sigpipe);
	CHECK_INT(config.standard_input, STREAM_NULL);
	CHECK_INT(config.standard_output, STREAM_INHERIT);
	CHECK_INT(config.standard_error, STREAM_INHERIT);
	for (int kind = 0; kind < DIRECTORY_KINDS; kind++)
		CHECK_INT(config.directory_mode[kind], 0755);
	CHECK_INT(config.runtime_directory_preserve, PRESERVE_NO);
	CHECK(!config.bounding_set_given);
	CHECK_INT(config.ambient_set, 0);
	CHECK_INT(config.sandbox_drops, 0);
	CHECK_INT(config.no_new_privileges, THREE_UNSET);
	CHECK_INT(config.secure_bits, 0);
	CHECK(!config.memory_deny_write_execute);
	for (int number = 0; number < LIMIT_COUNT; number++)
		CHECK(!config.limits[number].set);
	CHECK(!config.nice_set && !config.oom_score_set && !config.scheduling_set &&
	      !config.io_set);
	CHECK(!config.affinity_set && !config.scheduling_reset);
	CHECK_INT(config.io_class, 2);
	CHECK_INT(config.io_priority, 4);
	CHECK_INT(config.restart, RESTART_NO);
	CHECK_INT(config.restart_mode, RESTART_MODE_NORMAL);
	CHECK(!config.docker_backoff);
	CHECK_INT(config.restart_usec, SECOND / 10);
	CHECK_INT(config.restart_max_delay, USEC_INFINITY);
	CHECK_INT(config.restart_reset, USEC_INFINITY);
	CHECK_INT(config.randomized_delay, 0);
	CHECK_INT(config.restart_steps, 0);
	CHECK_INT(config.start_limit_interval, 10 * SECOND);
	CHECK_INT(config.start_limit_burst, 5);
	CHECK_INT(config.failure_action, END_EXIT);
	CHECK_INT(config.success_action, END_EXIT);
	CHECK_INT(config.oom_policy, OOM_STOP);
	CHECK_INT(config.timeout_start, 90 * SECOND);
	CHECK_INT(config.timeout_stop, 90 * SECOND);
	CHECK_INT(config.timeout_abort, 90 * SECOND);
	CHECK(!config.timeout_start_set);
	CHECK_INT(config.timeout_start_failure, FAILURE_TERMINATE);
	CHECK_INT(config.timeout_stop_failure, FAILURE_TERMINATE);
	CHECK_INT(config.watchdog, 0);
	CHECK_INT(config.runtime_max, USEC_INFINITY);
	CHECK_INT(config.runtime_random_extra, 0);
	CHECK_INT(config.kill_mode, KILL_CONTROL_GROUP);
	CHECK_INT(config.kill_signal, SIGTERM);
	CHECK_INT(config.restart_kill_signal, 0);
	CHECK_INT(config.final_kill_signal, SIGKILL);
	CHECK_INT(config.watchdog_signal, SIGABRT);
	CHECK(!config.send_sighup && config.send_sigkill);
	CHECK_INT(config.stop_steps, 0);
	CHECK_INT(config.stop_on, SIGNAL_BIT(SIGTERM) | SIGNAL_BIT(SIGINT) | SIGNAL_BIT(37));
	CHECK_INT(config.forward_to, FORWARD_MAIN);
	CHECK(!config.health_check && !config.ready_check);
	CHECK_INT(config.health_interval, 30 * SECOND);
	CHECK_INT(config.health_timeout, 30 * SECOND);
	CHECK_INT(config.health_start_period, 0);
	CHECK_INT(config.health_retries, 3);
	CHECK_INT(config.log_format, LOG_FORMAT_TEXT);
	CHECK_INT(config.log_level, LOG_LEVEL_INFO);
}

static void a_bare_command_differs_from_a_unit_in_these(void)
{
	struct config unit;

	begin();
	given.journal.command_given = true;
	CHECK(fold(true));
	unit = config;
	begin();
	CHECK(fold(false));
	CHECK(!config.working_directory);
	unit.working_directory = NULL;
	CHECK(config.inherit_umask);
	unit.inherit_umask = true;
	unit.umask = config.umask;
	CHECK(config.inherit_environment);
	unit.inherit_environment = true;
	CHECK(!config.ignore_sigpipe);
	unit.ignore_sigpipe = false;
	CHECK_INT(config.standard_input, STREAM_INHERIT);
	unit.standard_input = STREAM_INHERIT;
	CHECK_INT(config.oom_policy, OOM_CONTINUE);
	unit.oom_policy = OOM_CONTINUE;
	CHECK_INT(config.timeout_stop, USEC_INFINITY);
	CHECK_INT(config.timeout_abort, USEC_INFINITY);
	unit.timeout_stop = unit.timeout_abort = USEC_INFINITY;
	CHECK_INT(config.kill_mode, KILL_MIXED);
	unit.kill_mode = KILL_MIXED;
	CHECK_INT(config.kill_signal, 0);
	unit.kill_signal = 0;
	CHECK_INT(config.log_level, LOG_LEVEL_WARN);
	unit.log_level = LOG_LEVEL_WARN;
	CHECK_BYTES(&config, &unit, sizeof config);
}

/* ---- layers and lists ------------------------------------------------------------------------ */

static void the_stronger_layer_wins_whichever_is_read_first(void)
{
	static const enum layer orders[][3] = {
		{ LAYER_UNIT, LAYER_ENVIRONMENT, LAYER_FLAG },
		{ LAYER_FLAG, LAYER_ENVIRONMENT, LAYER_UNIT },
		{ LAYER_ENVIRONMENT, LAYER_FLAG, LAYER_UNIT },
		{ LAYER_FLAG, LAYER_UNIT, LAYER_ENVIRONMENT },
	};
	static const char *const values[] = {
		[LAYER_UNIT] = "1", [LAYER_ENVIRONMENT] = "2", [LAYER_FLAG] = "3"
	};

	for (size_t i = 0; i < COUNT(orders); i++) {
		begin();
		for (size_t j = 0; j < 3; j++) {
			CHECK(add(orders[i][j], "RestartSec", values[orders[i][j]]));
			CHECK(add(orders[i][j], "PassEnvironment", values[orders[i][j]]));
		}
		CHECK_TEXT(listed(LISTED_PASS_ENVIRONMENT), "1; 2; 3");
		CHECK_TEXT(given.rows[4].text, "3");
		CHECK(given.rows[4].option == by_key("RestartSec"));
	}
}

static void of_a_scalar_the_last_assignment_counts(void)
{
	GIVES("RestartSec=1\nRestartSec=2", config.restart_usec, 2 * SECOND);
	GIVES("Nice=1\nNice=2", config.nice, 2);
	GIVES("X-StopOn=USR1\nX-StopOn=USR2", config.stop_on, SIGNAL_BIT(SIGUSR2));
	GIVES("X-StopSchedule=TERM/1s KILL\nX-StopSchedule=QUIT", config.stop_steps, 1);
	GIVES("TimeoutSec=5\nTimeoutStopSec=7", config.timeout_stop, 7 * SECOND);
	GIVES("TimeoutStopSec=7\nTimeoutSec=5", config.timeout_stop, 5 * SECOND);
	GIVES("PrivateDevices=yes\nPrivateDevices=no", config.sandbox_drops, 0);
	GIVES("StandardOutput=file:/log\nStandardOutput=null", config.output_path != NULL, 0);
}

static void an_empty_scalar_is_the_default_again(void)
{
	GIVES("RestartSec=1\nRestartSec=", config.restart_usec, SECOND / 10);
	GIVES("Nice=1\nNice=", config.nice_set, 0);
	GIVES("OOMScoreAdjust=1\nOOMScoreAdjust=", config.oom_score_set, 0);
	GIVES("KillSignal=QUIT\nKillSignal=", config.kill_signal, SIGTERM);
	GIVES("RestartKillSignal=QUIT\nRestartKillSignal=", config.restart_kill_signal, 0);
	GIVES("User=root\nUser=", config.user != NULL, 0);
	GIVES_TEXT("WorkingDirectory=-/x\nWorkingDirectory=", config.working_directory, "/");
	GIVES("WorkingDirectory=-/x\nWorkingDirectory=", config.working_directory_optional, 0);
	GIVES("LimitNOFILE=1\nLimitNOFILE=", config.limits[RLIMIT_NOFILE].set, 0);
	GIVES("NoNewPrivileges=yes\nNoNewPrivileges=", config.no_new_privileges, THREE_UNSET);
	GIVES("X-StopOn=USR1\nX-StopOn=", config.stop_on,
	      SIGNAL_BIT(SIGTERM) | SIGNAL_BIT(SIGINT) | SIGNAL_BIT(37));
	GIVES("X-StopSchedule=KILL\nX-StopSchedule=", config.stop_steps, 0);
	GIVES("PrivateDevices=yes\nPrivateDevices=", config.sandbox_drops, 0);
	GIVES("Restart=on-failure:3\nRestart=", config.docker_backoff, 0);
	GIVES("TimeoutSec=5\nTimeoutSec=", config.timeout_start, 90 * SECOND);
	GIVES("TimeoutAbortSec=5\nTimeoutAbortSec=", config.timeout_abort, 90 * SECOND);
	GIVES("StandardOutput=file:/log\nStandardOutput=", config.output_path != NULL, 0);
	CHECK(fold_flags("KillSignal=QUIT\nKillSignal="));
	CHECK_INT(config.kill_signal, 0);
	CHECK(fold_flags("UMask=077\nUMask="));
	CHECK(config.inherit_umask);
	CHECK(fold_flags("UMask=077"));
	CHECK(!config.inherit_umask);
	CHECK_INT(config.umask, 077);
}

/* An empty assignment reads the text of the default; the start has it as a value. */
static void what_the_start_takes_for_a_default_is_what_its_text_says(void)
{
	static struct config before;

	for (size_t i = 0; i < 2 * COUNT(names); i++) {
		const char *key = names[i / 2].key;
		bool unit = i % 2;

		/* A command's default of it is that of the stop; that of the start has its own row. */
		if (!unit && strcmp(key, "TimeoutSec") == 0)
			continue;
		unit_about("%s= of a %s", key, unit ? "unit" : "command");
		begin();
		given.journal.command_given = true;
		CHECK(fold(unit));
		before = config;
		/* Of these an empty assignment is the empty set. */
		CHECK(add(LAYER_FLAG, key, strcmp(key, "CapabilityBoundingSet") == 0 ? "~" : ""));
		CHECK(fold(unit));
		CHECK(!config.working_directory == !before.working_directory);
		if (config.working_directory)
			CHECK_TEXT(config.working_directory, before.working_directory);
		config.working_directory = before.working_directory;
		CHECK(memcmp(&config, &before, sizeof config) == 0);
	}
}

/* The order of the keys is that of the table: those of a child come first, with all that are lists. */
static void what_a_child_is_to_be_shapes_it_and_what_tend_does_with_it_does_not(void)
{
	bool shapes = true;

	for (size_t i = 0; i < COUNT(names); i++) {
		unit_about("%s", names[i].key);
		shapes &= strcmp(names[i].key, "Restart") != 0;
		begin();
		CHECK(!journal_shapes_child(&given.journal));
		CHECK(add(LAYER_FLAG, names[i].key, "1"));
		CHECK_INT(journal_shapes_child(&given.journal), shapes);
		CHECK(add(LAYER_FLAG, "User", "1"));
		CHECK(journal_shapes_child(&given.journal));
	}
	CHECK(!shapes);
}

static void a_list_is_its_assignments_since_the_last_empty_one(void)
{
	put(LAYER_UNIT, "Environment=A=1\nEnvironment=B=2 C=3\nUser=x\nEnvironment=D=4");
	CHECK_TEXT(listed(LISTED_ENVIRONMENT), "A=1; B=2 C=3; D=4");
	put(LAYER_UNIT, "Environment=A=1\nEnvironment=\nUser=x\nEnvironment=D=4");
	CHECK_TEXT(listed(LISTED_ENVIRONMENT), "D=4");
	put(LAYER_UNIT, "Environment=A=1\nEnvironment=");
	CHECK_TEXT(listed(LISTED_ENVIRONMENT), "");
	CHECK_TEXT(listed(LISTED_EXEC_START), "");
	begin();
	CHECK(add(LAYER_FLAG, "Environment", "A=1"));
	CHECK(add(LAYER_UNIT, "Environment", "B=1"));
	CHECK(add(LAYER_ENVIRONMENT, "Environment", ""));
	CHECK_TEXT(listed(LISTED_ENVIRONMENT), "A=1");
}

static void lists_that_land_in_the_config_add_up_since_the_last_empty_one(void)
{
	GIVES("SuccessExitStatus=1\nSuccessExitStatus=2", config.success.codes[0], 6);
	GIVES("SuccessExitStatus=1\nSuccessExitStatus=\nSuccessExitStatus=2",
	      config.success.codes[0], 4);
	GIVES("SecureBits=noroot\nSecureBits=keep-caps", config.secure_bits, 1 | 16);
	GIVES("SecureBits=noroot\nSecureBits=", config.secure_bits, 0);
	GIVES("CPUAffinity=0\nCPUAffinity=2", config.affinity[0], 5);
	GIVES("CPUAffinity=0\nCPUAffinity=", config.affinity_set, 0);
}

static void conditions_are_one_list_and_assertions_another(void)
{
	put(LAYER_UNIT,
	    "ConditionPathExists=/a\nConditionUser=b\nAssertUser=c\nConditionPathExistsGlob=/d");
	CHECK_TEXT(listed(LISTED_CONDITION), "/a; b; /d");
	CHECK_TEXT(listed(LISTED_ASSERT), "c");
	put(LAYER_UNIT, "ConditionPathExists=/a\nConditionUser=\nAssertUser=c\nConditionUser=d");
	CHECK_TEXT(listed(LISTED_CONDITION), "d");
	CHECK_TEXT(listed(LISTED_ASSERT), "c");
}

static void a_newline_separates_the_assignments_of_a_flag_or_variable(void)
{
	put(LAYER_FLAG, "ExecStartPre=/bin/a^/bin/b");
	CHECK_TEXT(listed(LISTED_EXEC_START_PRE), "/bin/a; /bin/b");
	CHECK_INT(given.journal.count, 2);
	put(LAYER_ENVIRONMENT, "Environment=A=1^^B=2");
	CHECK_TEXT(listed(LISTED_ENVIRONMENT), "B=2");
	put(LAYER_ENVIRONMENT, "Environment=^A=1");
	CHECK_TEXT(listed(LISTED_ENVIRONMENT), "A=1");
	CHECK_INT(given.journal.count, 2);
	unit_about("a newline at the very end is none");
	put(LAYER_ENVIRONMENT, "Environment=A=1^");
	CHECK_TEXT(listed(LISTED_ENVIRONMENT), "A=1");
	CHECK_INT(given.journal.count, 1);
	put(LAYER_ENVIRONMENT, "Environment=");
	CHECK_INT(given.journal.count, 1);
	unit_about("neither in a unit nor in a scalar");
	put(LAYER_UNIT, "Environment=A=1^B=2");
	CHECK_INT(given.journal.count, 1);
	put(LAYER_FLAG, "User=a^b");
	CHECK_INT(given.journal.count, 1);
	CHECK(!fold(false));
}

static void a_full_journal_and_a_full_arena_are_said(void)
{
	begin();
	given.journal.room = 2;
	CHECK(add(LAYER_UNIT, "Nice", "1"));
	CHECK(add(LAYER_UNIT, "Nice", "2"));
	CHECK(!add(LAYER_UNIT, "Nice", "3"));
	CHECK_TEXT(complaint.message, "too many options: their memory is full");
	CHECK_INT(given.journal.count, 2);
	begin();
	given.journal.room = 1;
	CHECK(!add(LAYER_FLAG, "Environment", "A=1\nB=2\nC=3\n"));
	CHECK_TEXT(complaint.message, "too many options: their memory is full");
	begin();
	given.journal.room = 0;
	CHECK(!add(LAYER_FLAG, "Environment", "A=1\n"));
	begin();
	given.arena.room = 4;
	CHECK(!add(LAYER_FLAG, "Environment", "A=12345\nB=2"));
	CHECK_TEXT(complaint.message, "too many options: their memory is full");
	begin();
	given.arena.room = 4;
	CHECK(add(LAYER_FLAG, "User", "elasticsearch"));
	CHECK(!fold(false));
	CHECK_TEXT(complaint.message,
		   "--user=elasticsearch: expected less: the memory for options is full");
}

/* ---- values ---------------------------------------------------------------------------------- */

#define WORD_ROW(key, word, field, value) { key "=" word, offsetof(struct config, field), value }

static void each_word_of_an_enumeration_is_its_value(void)
{
	static const struct {
		const char *line;
		size_t field;
		int value;
	} rows[] = {
		WORD_ROW("Type", "simple", type, TYPE_SIMPLE),
		WORD_ROW("Type", "exec", type, TYPE_EXEC),
		WORD_ROW("Type", "notify", type, TYPE_NOTIFY),
		WORD_ROW("Type", "notify-reload", type, TYPE_NOTIFY_RELOAD),
		WORD_ROW("Type", "forking", type, TYPE_FORKING),
		WORD_ROW("Type", "oneshot", type, TYPE_ONESHOT),
		WORD_ROW("Type", "idle", type, TYPE_IDLE),
		WORD_ROW("ExitType", "main", exit_type, EXIT_TYPE_MAIN),
		WORD_ROW("ExitType", "cgroup", exit_type, EXIT_TYPE_CGROUP),
		WORD_ROW("NotifyAccess", "none", notify_access, NOTIFY_ACCESS_NONE),
		WORD_ROW("NotifyAccess", "main", notify_access, NOTIFY_ACCESS_MAIN),
		WORD_ROW("NotifyAccess", "exec", notify_access, NOTIFY_ACCESS_EXEC),
		WORD_ROW("NotifyAccess", "all", notify_access, NOTIFY_ACCESS_ALL),
		WORD_ROW("Restart", "no", restart, RESTART_NO),
		WORD_ROW("Restart", "on-success", restart, RESTART_ON_SUCCESS),
		WORD_ROW("Restart", "on-failure", restart, RESTART_ON_FAILURE),
		WORD_ROW("Restart", "on-abnormal", restart, RESTART_ON_ABNORMAL),
		WORD_ROW("Restart", "on-watchdog", restart, RESTART_ON_WATCHDOG),
		WORD_ROW("Restart", "on-abort", restart, RESTART_ON_ABORT),
		WORD_ROW("Restart", "always", restart, RESTART_ALWAYS),
		WORD_ROW("Restart", "unless-stopped", restart, RESTART_UNLESS_STOPPED),
		WORD_ROW("RestartMode", "normal", restart_mode, RESTART_MODE_NORMAL),
		WORD_ROW("RestartMode", "direct", restart_mode, RESTART_MODE_DIRECT),
		WORD_ROW("RestartMode", "debug", restart_mode, RESTART_MODE_DEBUG),
		WORD_ROW("KillMode", "control-group", kill_mode, KILL_CONTROL_GROUP),
		WORD_ROW("KillMode", "mixed", kill_mode, KILL_MIXED),
		WORD_ROW("KillMode", "process", kill_mode, KILL_PROCESS),
		WORD_ROW("KillMode", "none", kill_mode, KILL_NONE),
		WORD_ROW("TimeoutStartFailureMode", "terminate", timeout_start_failure,
			 FAILURE_TERMINATE),
		WORD_ROW("TimeoutStartFailureMode", "abort", timeout_start_failure, FAILURE_ABORT),
		WORD_ROW("TimeoutStopFailureMode", "kill", timeout_stop_failure, FAILURE_KILL),
		WORD_ROW("OOMPolicy", "continue", oom_policy, OOM_CONTINUE),
		WORD_ROW("OOMPolicy", "stop", oom_policy, OOM_STOP),
		WORD_ROW("OOMPolicy", "kill", oom_policy, OOM_KILL),
		WORD_ROW("RuntimeDirectoryPreserve", "no", runtime_directory_preserve, PRESERVE_NO),
		WORD_ROW("RuntimeDirectoryPreserve", "yes", runtime_directory_preserve,
			 PRESERVE_YES),
		WORD_ROW("RuntimeDirectoryPreserve", "restart", runtime_directory_preserve,
			 PRESERVE_RESTART),
		WORD_ROW("X-ForwardTo", "main", forward_to, FORWARD_MAIN),
		WORD_ROW("X-ForwardTo", "group", forward_to, FORWARD_GROUP),
		WORD_ROW("X-LogFormat", "text", log_format, LOG_FORMAT_TEXT),
		WORD_ROW("X-LogFormat", "json", log_format, LOG_FORMAT_JSON),
		WORD_ROW("X-LogLevel", "error", log_level, LOG_LEVEL_ERROR),
		WORD_ROW("X-LogLevel", "warn", log_level, LOG_LEVEL_WARN),
		WORD_ROW("X-LogLevel", "info", log_level, LOG_LEVEL_INFO),
		WORD_ROW("X-LogLevel", "debug", log_level, LOG_LEVEL_DEBUG),
		WORD_ROW("FailureAction", "exit", failure_action, END_EXIT),
		WORD_ROW("FailureAction", "none", failure_action, END_NONE),
		WORD_ROW("FailureAction", "exit-force", failure_action, END_EXIT),
		WORD_ROW("FailureAction", "reboot", failure_action, END_EXIT),
		WORD_ROW("FailureAction", "reboot-immediate", failure_action, END_EXIT),
		WORD_ROW("FailureAction", "poweroff-force", failure_action, END_EXIT),
		WORD_ROW("FailureAction", "soft-reboot-force", failure_action, END_EXIT),
		WORD_ROW("FailureAction", "kexec", failure_action, END_EXIT),
		WORD_ROW("SuccessAction", "halt", success_action, END_EXIT),
		WORD_ROW("SuccessAction", "none", success_action, END_NONE),
		WORD_ROW("CPUSchedulingPolicy", "other", scheduling_policy, 0),
		WORD_ROW("CPUSchedulingPolicy", "fifo", scheduling_policy, 1),
		WORD_ROW("CPUSchedulingPolicy", "rr", scheduling_policy, 2),
		WORD_ROW("CPUSchedulingPolicy", "batch", scheduling_policy, 3),
		WORD_ROW("CPUSchedulingPolicy", "idle", scheduling_policy, 5),
		WORD_ROW("IOSchedulingClass", "none", io_class, 0),
		WORD_ROW("IOSchedulingClass", "realtime", io_class, 1),
		WORD_ROW("IOSchedulingClass", "best-effort", io_class, 2),
		WORD_ROW("IOSchedulingClass", "idle", io_class, 3),
		WORD_ROW("IOSchedulingClass", "3", io_class, 3),
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int value;

		if (!CHECK(fold_unit(rows[i].line)))
			continue;
		memcpy(&value, (const char *)&config + rows[i].field, sizeof value);
		CHECK_INT(value, rows[i].value);
	}
}

static void another_word_is_refused_and_the_right_ones_are_said(void)
{
	refuses("Type=Simple", "simple|exec|notify|notify-reload|forking|oneshot|idle|dbus");
	refuses("Type=simple|exec", "simple|exec|notify|notify-reload|forking|oneshot|idle|dbus");
	refuses("KillMode=group", "control-group|mixed|process|none");
	refuses("KillMode=mixe", "control-group|mixed|process|none");
	refuses("X-LogLevel=warning", "error|warn|info|debug");
	refuses("FailureAction=none-force", "exit|none|reboot|poweroff|halt|kexec|soft-reboot");
	refuses("FailureAction=restart", "exit|none|reboot|poweroff|halt|kexec|soft-reboot");
	refuses("IOSchedulingClass=4", "none|realtime|best-effort|idle");
	refuses("CPUSchedulingPolicy=4", "other|fifo|rr|batch|idle");
	refuses("Restart=on-failure:",
		"no|on-success|on-failure|on-abnormal|on-watchdog|on-abort|always|"
		"unless-stopped|on-failure:N");
	refuses("Restart=on-failure:N",
		"no|on-success|on-failure|on-abnormal|on-watchdog|on-abort|always|"
		"unless-stopped|on-failure:N");
	refuses("Restart=on-failure:-1",
		"no|on-success|on-failure|on-abnormal|on-watchdog|on-abort|always|"
		"unless-stopped|on-failure:N");
}

static void booleans_are_read_as_systemd_reads_them(void)
{
	GIVES("SendSIGHUP=1", config.send_sighup, 1);
	GIVES("SendSIGHUP=true", config.send_sighup, 1);
	GIVES("SendSIGHUP=On", config.send_sighup, 1);
	GIVES("SendSIGKILL=off", config.send_sigkill, 0);
	GIVES("NoNewPrivileges=yes", config.no_new_privileges, THREE_YES);
	GIVES("NoNewPrivileges=no", config.no_new_privileges, THREE_NO);
	refuses("SendSIGHUP=maybe", "yes or no");
	refuses("NoNewPrivileges=2", "yes or no");
	refuses("PrivateDevices=closed", "yes or no");
}

static void numbers_keep_within_their_range(void)
{
	GIVES("Nice=-20", config.nice, -20);
	GIVES("Nice=0", config.nice_set, 1);
	GIVES("OOMScoreAdjust=1000", config.oom_score_adjust, 1000);
	GIVES("OOMScoreAdjust=0", config.oom_score_set, 1);
	GIVES("StartLimitBurst=0", config.start_limit_burst, 0);
	GIVES("StartLimitBurst=2147483647", config.start_limit_burst, 2147483647);
	GIVES("RestartSteps=7", config.restart_steps, 7);
	GIVES("IOSchedulingPriority=7", config.io_priority, 7);
	GIVES("IOSchedulingPriority=7", config.io_set, 1);
	GIVES("IOSchedulingClass=idle", config.io_set, 1);
	GIVES("X-HealthRetries=1", config.health_retries, 1);
	refuses("Nice=20", "a whole number from -20 to 19");
	refuses("Nice=-21", "a whole number from -20 to 19");
	refuses("Nice=1.5", "a whole number from -20 to 19");
	refuses("OOMScoreAdjust=1001", "a whole number from -1000 to 1000");
	refuses("StartLimitBurst=-1", "a whole number from 0 to 2147483647");
	refuses("X-HealthRetries=0", "a whole number from 1 to 2147483647");
	refuses("IOSchedulingPriority=8", "a whole number from 0 to 7");
	refuses("CPUSchedulingPriority=100", "a whole number from 0 to 99");
}

static void a_priority_moves_with_its_policy(void)
{
	GIVES("CPUSchedulingPolicy=fifo", config.scheduling_priority, 1);
	GIVES("CPUSchedulingPolicy=rr\nCPUSchedulingPriority=50", config.scheduling_priority, 50);
	GIVES("CPUSchedulingPriority=50\nCPUSchedulingPolicy=rr", config.scheduling_priority, 50);
	GIVES("CPUSchedulingPriority=50\nCPUSchedulingPolicy=batch", config.scheduling_priority, 0);
	GIVES("CPUSchedulingPolicy=rr\nCPUSchedulingPolicy=", config.scheduling_set, 0);
	GIVES("CPUSchedulingPriority=5", config.scheduling_set, 1);
	GIVES("CPUSchedulingPolicy=other", config.scheduling_set, 1);
}

static void time_spans_are_seconds_unless_they_say_otherwise(void)
{
	GIVES("RestartSec=5", config.restart_usec, 5 * SECOND);
	GIVES("RestartSec=1min 30s", config.restart_usec, 90 * SECOND);
	GIVES("RestartSec=0", config.restart_usec, 0);
	GIVES("RestartMaxDelaySec=infinity", config.restart_max_delay, USEC_INFINITY);
	unit_about("0 is no timeout");
	GIVES("TimeoutStartSec=0", config.timeout_start, USEC_INFINITY);
	GIVES("TimeoutStopSec=0", config.timeout_stop, USEC_INFINITY);
	GIVES("TimeoutSec=0", config.timeout_start, USEC_INFINITY);
	GIVES("TimeoutSec=0", config.timeout_stop, USEC_INFINITY);
	GIVES("TimeoutSec=7", config.timeout_start, 7 * SECOND);
	GIVES("X-RestartResetSec=0", config.restart_reset, USEC_INFINITY);
	unit_about("but of these it is none at all");
	GIVES("TimeoutAbortSec=0", config.timeout_abort, 0);
	GIVES("RuntimeMaxSec=0", config.runtime_max, 0);
	GIVES("WatchdogSec=infinity", config.watchdog, 0);
	GIVES("WatchdogSec=3min", config.watchdog, 3 * MINUTE);
	GIVES("StartLimitInterval=1h", config.start_limit_interval, 60 * MINUTE);
	refuses("RestartSec=abc", "a time span such as 5s or 1min 30s");
	refuses("RestartSec=-5", "a time span such as 5s or 1min 30s");
	refuses("TimeoutSec=soon", "a time span such as 5s or 1min 30s");
	refuses("X-HealthInterval=0", "more than 0");
	refuses("X-HealthTimeout=0s", "more than 0");
}

static void signals_are_names_or_numbers(void)
{
	GIVES("KillSignal=SIGQUIT", config.kill_signal, SIGQUIT);
	GIVES("KillSignal=QUIT", config.kill_signal, SIGQUIT);
	GIVES("KillSignal=3", config.kill_signal, SIGQUIT);
	GIVES("ReloadSignal=RTMIN+1", config.reload_signal, 35);
	GIVES("RestartKillSignal=WINCH", config.restart_kill_signal, SIGWINCH);
	GIVES("FinalKillSignal=SIGABRT", config.final_kill_signal, SIGABRT);
	GIVES("WatchdogSignal=SIGTERM", config.watchdog_signal, SIGTERM);
	refuses("KillSignal=SIGNOTHING", "a signal such as SIGTERM");
	refuses("KillSignal=0", "a signal such as SIGTERM");
	refuses("KillSignal=65", "a signal such as SIGTERM");
}

static void modes_are_octal(void)
{
	GIVES("UMask=0007", config.umask, 7);
	GIVES("UMask=077", config.umask, 077);
	GIVES("RuntimeDirectoryMode=2750", config.directory_mode[DIRECTORY_RUNTIME], 02750);
	GIVES("StateDirectoryMode=700", config.directory_mode[DIRECTORY_STATE], 0700);
	GIVES("CacheDirectoryMode=701", config.directory_mode[DIRECTORY_CACHE], 0701);
	GIVES("LogsDirectoryMode=702", config.directory_mode[DIRECTORY_LOGS], 0702);
	GIVES("ConfigurationDirectoryMode=703", config.directory_mode[DIRECTORY_CONFIGURATION],
	      0703);
	refuses("UMask=088", "octal digits such as 0755");
	refuses("UMask=u=rwx", "octal digits such as 0755");
	refuses("UMask=10000", "octal digits such as 0755");
}

static void names_of_users_are_names_or_numbers(void)
{
	GIVES_TEXT("User=elasticsearch", config.user, "elasticsearch");
	GIVES_TEXT("User=1000", config.user, "1000");
	GIVES_TEXT("User=%i", config.user, "blue");
	GIVES_TEXT("Group=adm", config.group, "adm");
	ACCEPTS("SupplementaryGroups=adm 4 %i");
	GIVES_TEXT("User=DOMAIN\\first last", config.user, "DOMAIN\\first last");
	refuses("User=-1", "a name or a number");
	refuses("User=-", "a name or a number");
	refuses("User=65535", "a name or a number");
	refuses("User=4294967296", "a name or a number");
	refuses("User=a:b", "a name or a number");
	refuses("User=..", "a name or a number");
	refuses("SupplementaryGroups=adm /etc", "a name or a number");
}

static void paths_are_absolute_and_lead_nowhere_else(void)
{
	GIVES_TEXT("WorkingDirectory=/srv/%i", config.working_directory, "/srv/blue");
	GIVES_TEXT("WorkingDirectory=~", config.working_directory, "~");
	GIVES_TEXT("WorkingDirectory=-/srv", config.working_directory, "/srv");
	GIVES_TEXT("ExecSearchPath=/a:/%i\nExecSearchPath=/b", config.exec_search_path, "/a:/blue:/b");
	GIVES_TEXT("ExecSearchPath=/a\nExecSearchPath=\nExecSearchPath=/b", config.exec_search_path, "/b");
	refuses("ExecSearchPath=/a:b", "an absolute path");
	refuses("ExecSearchPath=/a::/b", "an absolute path");
	GIVES("WorkingDirectory=-/srv", config.working_directory_optional, 1);
	GIVES_TEXT("PIDFile=/run/%i.pid", config.pid_file, "/run/blue.pid");
	GIVES_TEXT("PIDFile=web.pid", config.pid_file, "/run/web.pid");
	GIVES_TEXT("PIDFile=/var/run/web/pid", config.pid_file, "/run/web/pid");
	GIVES_TEXT("PIDFile=/var/web.pid", config.pid_file, "/var/web.pid");
	ACCEPTS("EnvironmentFile=-/etc/default/%i");
	ACCEPTS("EnvironmentFile=/etc/a..b/..c");
	refuses("WorkingDirectory=srv", "an absolute path");
	refuses("WorkingDirectory=/srv/../etc", "an absolute path");
	refuses("PIDFile=../x", "a path without ..");
	refuses("EnvironmentFile=etc/x", "an absolute path");
	refuses("EnvironmentFile=/..", "an absolute path");
}

static void streams_go_where_they_are_sent(void)
{
	GIVES("StandardInput=null", config.standard_input, STREAM_NULL);
	GIVES("StandardInput=tty", config.standard_input, STREAM_TTY);
	GIVES("StandardInput=tty-force", config.standard_input, STREAM_TTY);
	GIVES("StandardInput=data", config.standard_input, STREAM_DATA);
	GIVES("StandardInput=socket", config.standard_input, STREAM_FD);
	GIVES("StandardInput=inherit", config.standard_input, STREAM_INHERIT);
	GIVES("StandardInput=file:/in/%i", config.standard_input, STREAM_FILE);
	GIVES_TEXT("StandardInput=file:/in/%i", config.input_path, "/in/blue");
	GIVES_TEXT("StandardInput=fd:web", config.input_path, "web");
	GIVES("StandardInput=fd:", config.input_path != NULL, 0);
	GIVES("StandardInput=fd", config.standard_input, STREAM_FD);
	GIVES("StandardOutput=null", config.standard_output, STREAM_NULL);
	GIVES("StandardOutput=append:/log", config.standard_output, STREAM_APPEND);
	GIVES_TEXT("StandardOutput=append:/log", config.output_path, "/log");
	GIVES("StandardError=truncate:/log", config.standard_error, STREAM_TRUNCATE);
	GIVES_TEXT("StandardError=truncate:/log", config.error_path, "/log");
	unit_about("the journal is tend's own output");
	GIVES("StandardOutput=journal", config.standard_output, STREAM_INHERIT);
	GIVES("StandardOutput=kmsg+console", config.standard_output, STREAM_INHERIT);
	GIVES("StandardError=syslog", config.standard_error, STREAM_INHERIT);
	refuses("StandardInput=file:in", "a stream such as null, inherit or file:/path");
	refuses("StandardInput=append:/in", "a stream such as null, inherit or file:/path");
	refuses("StandardInput=journal", "a stream such as null, inherit or file:/path");
	refuses("StandardOutput=data", "a stream such as null, inherit or file:/path");
	refuses("StandardOutput=file:", "a stream such as null, inherit or file:/path");
	refuses("StandardOutput=file", "a stream such as null, inherit or file:/path");
	refuses("StandardOutput=null:/x", "a stream such as null, inherit or file:/path");
	refuses("StandardOutput=null+console", "a stream such as null, inherit or file:/path");
	refuses("StandardOutput=/log", "a stream such as null, inherit or file:/path");
}

static void a_stream_that_inherits_follows_the_one_before_it(void)
{
	GIVES("StandardOutput=file:/log", config.standard_error, STREAM_SAME);
	GIVES("StandardOutput=null\nStandardError=inherit", config.standard_error, STREAM_SAME);
	GIVES("StandardOutput=null\nStandardError=journal", config.standard_error, STREAM_INHERIT);
	GIVES("StandardInput=tty", config.standard_output, STREAM_SAME);
	GIVES("StandardInput=tty", config.standard_error, STREAM_SAME);
	GIVES("StandardInput=tty\nStandardOutput=journal", config.standard_output, STREAM_INHERIT);
	GIVES("StandardInput=socket", config.standard_output, STREAM_SAME);
	GIVES("StandardInput=file:/in", config.standard_output, STREAM_INHERIT);
	GIVES("StandardInput=null", config.standard_error, STREAM_INHERIT);
}

static void text_for_the_input_makes_it_data(void)
{
	GIVES("StandardInputText=hello", config.standard_input, STREAM_DATA);
	GIVES("StandardInputText=hello\nStandardInputText=", config.standard_input, STREAM_NULL);
	GIVES("StandardInput=file:/in\nStandardInputText=hello", config.standard_input,
	      STREAM_FILE);
	GIVES("StandardInputData=aGVsbG8=", config.standard_input, STREAM_DATA);
	GIVES("StandardInputData=aGVsbG8=\nStandardInputText=", config.standard_input, STREAM_NULL);
	refuses("StandardInputData=aGVsbG8", "base64");
	CHECK(fold_flags("StandardInputText=hello"));
	CHECK_INT(config.standard_input, STREAM_DATA);
}

static void limits_are_in_the_unit_of_each(void)
{
#define LIMITS(line, number, soft_value, hard_value) do { \
	GIVES(line, config.limits[number].soft, soft_value); \
	CHECK_INT(config.limits[number].hard, hard_value); \
	CHECK(config.limits[number].set); \
} while (0)
	LIMITS("LimitNOFILE=65536", RLIMIT_NOFILE, 65536, 65536);
	LIMITS("LimitNOFILE=1024:4096", RLIMIT_NOFILE, 1024, 4096);
	LIMITS("LimitNOFILE=1:infinity", RLIMIT_NOFILE, 1, UINT64_MAX);
	LIMITS("LimitNPROC=infinity", RLIMIT_NPROC, UINT64_MAX, UINT64_MAX);
	LIMITS("LimitLOCKS=1", RLIMIT_LOCKS, 1, 1);
	LIMITS("LimitSIGPENDING=2", RLIMIT_SIGPENDING, 2, 2);
	LIMITS("LimitRTPRIO=3", RLIMIT_RTPRIO, 3, 3);
	LIMITS("LimitFSIZE=1K", RLIMIT_FSIZE, 1024, 1024);
	LIMITS("LimitDATA=1M", RLIMIT_DATA, 1 << 20, 1 << 20);
	LIMITS("LimitSTACK=8M:16M", RLIMIT_STACK, 8 << 20, 16 << 20);
	LIMITS("LimitCORE=0", RLIMIT_CORE, 0, 0);
	LIMITS("LimitCORE=0:infinity", RLIMIT_CORE, 0, UINT64_MAX);
	LIMITS("LimitRSS=1G", RLIMIT_RSS, 1 << 30, 1 << 30);
	LIMITS("LimitAS=512", RLIMIT_AS, 512, 512);
	LIMITS("LimitMEMLOCK=infinity", RLIMIT_MEMLOCK, UINT64_MAX, UINT64_MAX);
	LIMITS("LimitMSGQUEUE=2K", RLIMIT_MSGQUEUE, 2048, 2048);
	unit_about("seconds, rounded up; microseconds");
	LIMITS("LimitCPU=2min", RLIMIT_CPU, 120, 120);
	LIMITS("LimitCPU=1500ms:3", RLIMIT_CPU, 2, 3);
	LIMITS("LimitRTTIME=5s", RLIMIT_RTTIME, 5 * SECOND, 5 * SECOND);
	LIMITS("LimitRTTIME=700", RLIMIT_RTTIME, 700, 700);
	unit_about("as Nice= counts, or as the kernel does");
	LIMITS("LimitNICE=-5", RLIMIT_NICE, 25, 25);
	LIMITS("LimitNICE=+5", RLIMIT_NICE, 15, 15);
	LIMITS("LimitNICE=40", RLIMIT_NICE, 40, 40);
	LIMITS("LimitNICE=-20", RLIMIT_NICE, 40, 40);
	refuses("LimitNICE=41", "a limit such as 1024, 1024:4096 or infinity");
	refuses("LimitNICE=-21", "a limit such as 1024, 1024:4096 or infinity");
	refuses("LimitNICE=+20", "a limit such as 1024, 1024:4096 or infinity");
	refuses("LimitNICE=--1", "a limit such as 1024, 1024:4096 or infinity");
	refuses("LimitNOFILE=5:3", "a limit such as 1024, 1024:4096 or infinity");
	refuses("LimitNOFILE=infinity:3", "a limit such as 1024, 1024:4096 or infinity");
	refuses("LimitNOFILE=1:2:3", "a limit such as 1024, 1024:4096 or infinity");
	refuses("LimitNOFILE=1K", "a limit such as 1024, 1024:4096 or infinity");
	refuses("LimitNOFILE=1:", "a limit such as 1024, 1024:4096 or infinity");
	refuses("LimitNOFILE=18446744073709551615", "a limit such as 1024, 1024:4096 or infinity");
	refuses("LimitCPU=x", "a limit such as 1024, 1024:4096 or infinity");
}

static void capability_sets_merge_as_systemd_merges_them(void)
{
	const uint64_t chown = 1, kill = 1 << 5, net = 1 << 10;

	GIVES("CapabilityBoundingSet=CAP_CHOWN CAP_KILL", config.bounding_set, chown | kill);
	GIVES("CapabilityBoundingSet=CAP_CHOWN", config.bounding_set_given, 1);
	GIVES("CapabilityBoundingSet=CAP_CHOWN\nCapabilityBoundingSet=CAP_KILL",
	      config.bounding_set, chown | kill);
	GIVES("CapabilityBoundingSet=CAP_CHOWN CAP_KILL\nCapabilityBoundingSet=~CAP_KILL",
	      config.bounding_set, chown);
	GIVES("CapabilityBoundingSet=~CAP_CHOWN", config.bounding_set, ~chown);
	GIVES("CapabilityBoundingSet=~CAP_CHOWN\nCapabilityBoundingSet=~CAP_KILL",
	      config.bounding_set, ~(chown | kill));
	GIVES("CapabilityBoundingSet=", config.bounding_set, 0);
	GIVES("CapabilityBoundingSet=", config.bounding_set_given, 1);
	GIVES("CapabilityBoundingSet=CAP_CHOWN\nCapabilityBoundingSet=", config.bounding_set, 0);
	GIVES("CapabilityBoundingSet=CAP_CHOWN\nCapabilityBoundingSet=~", config.bounding_set_given,
	      0);
	GIVES("AmbientCapabilities=CAP_NET_BIND_SERVICE", config.ambient_set, net);
	GIVES("AmbientCapabilities=CAP_CHOWN\nAmbientCapabilities=CAP_KILL", config.ambient_set,
	      chown | kill);
	GIVES("AmbientCapabilities=CAP_CHOWN\nAmbientCapabilities=", config.ambient_set, 0);
	GIVES("AmbientCapabilities=~CAP_CHOWN", config.ambient_set, ~chown);
	refuses("CapabilityBoundingSet=CAP_NONE", "capabilities such as CAP_CHOWN");
	refuses("CapabilityBoundingSet=~CAP_CHOWN,CAP_KILL", "capabilities such as CAP_CHOWN");
	refuses("AmbientCapabilities=\"CAP_CHOWN", "a closing quote, and escapes of C");
}

static void sandboxes_take_their_capabilities_away(void)
{
	GIVES("PrivateDevices=yes", config.sandbox_drops, 1ULL << 27 | 1 << 17);
	GIVES("ProtectKernelModules=yes", config.sandbox_drops, 1 << 16);
	GIVES("ProtectKernelLogs=yes", config.sandbox_drops, 1ULL << 34);
	GIVES("ProtectClock=yes", config.sandbox_drops, 1ULL << 25 | 1ULL << 35);
	GIVES("ProtectClock=yes\nProtectKernelLogs=yes", config.sandbox_drops,
	      1ULL << 25 | 1ULL << 35 | 1ULL << 34);
	GIVES("ProtectClock=yes\nProtectKernelLogs=yes\nProtectClock=no", config.sandbox_drops,
	      1ULL << 34);
	GIVES("ProtectClock=yes", config.bounding_set_given, 0);
}

static void secure_bits_have_the_numbers_of_the_kernel(void)
{
	GIVES("SecureBits=noroot", config.secure_bits, 1 << 0);
	GIVES("SecureBits=noroot-locked", config.secure_bits, 1 << 1);
	GIVES("SecureBits=no-setuid-fixup no-setuid-fixup-locked", config.secure_bits,
	      1 << 2 | 1 << 3);
	GIVES("SecureBits=keep-caps keep-caps-locked", config.secure_bits, 1 << 4 | 1 << 5);
	refuses("SecureBits=keep", "noroot|no-setuid-fixup|keep-caps");
	refuses("SecureBits=noroot-lockedx", "noroot|no-setuid-fixup|keep-caps");
	refuses("SecureBits=-locked", "noroot|no-setuid-fixup|keep-caps");
}

static void cpus_are_numbers_and_ranges(void)
{
	GIVES("CPUAffinity=0-3 8", config.affinity[0], 0x10f);
	GIVES("CPUAffinity=0-3,8", config.affinity[0], 0x10f);
	GIVES("CPUAffinity=1,", config.affinity[0], 2);
	GIVES("CPUAffinity=63-64", config.affinity[1], 1);
	GIVES("CPUAffinity=1023", config.affinity[15], 1ULL << 63);
	GIVES("CPUAffinity=2", config.affinity_set, 1);
	GIVES("CPUAffinity=70", config.affinity_set, 1);
	GIVES("CPUAffinity=numa", config.affinity_set, 0);
	refuses("CPUAffinity=3-1", "CPUs such as 0-3 8");
	refuses("CPUAffinity=1024", "CPUs such as 0-3 8");
	refuses("CPUAffinity=99999999999999999999", "CPUs such as 0-3 8");
	refuses("CPUAffinity=1-", "CPUs such as 0-3 8");
	refuses("CPUAffinity=all", "CPUs such as 0-3 8");
	refuses("CPUAffinity=1;2", "CPUs such as 0-3 8");
}

static void exit_statuses_are_numbers_first_then_names_then_signals(void)
{
	GIVES("SuccessExitStatus=0 1 63 64 143 255", config.success.codes[0], 1ULL << 63 | 3);
	CHECK_INT(config.success.codes[1], 1);
	CHECK_INT(config.success.codes[2], 1 << (143 - 128));
	CHECK_INT(config.success.codes[3], 1ULL << 63);
	CHECK_INT(config.success.signals, 0);
	GIVES("SuccessExitStatus=TEMPFAIL SIGKILL TERM RTMIN+3", config.success.codes[1],
	      1 << (75 - 64));
	CHECK_INT(config.success.signals,
		  SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGTERM) | SIGNAL_BIT(37));
	GIVES("RestartPreventExitStatus=64 78", config.restart_prevent.codes[1], 1 | 1 << 14);
	GIVES("RestartForceExitStatus=SIGABRT", config.restart_force.signals, SIGNAL_BIT(SIGABRT));
	refuses("SuccessExitStatus=256", "exit statuses and signals such as 75 TEMPFAIL SIGKILL");
	refuses("SuccessExitStatus=1 TEMPFAILURE",
		"exit statuses and signals such as 75 TEMPFAIL SIGKILL");
	refuses("SuccessExitStatus=-1", "exit statuses and signals such as 75 TEMPFAIL SIGKILL");
}

static void commands_are_checked_where_they_stand(void)
{
	ACCEPTS("ExecStartPre=-/bin/mkdir -p /run/%i ; /bin/true");
	ACCEPTS("ExecReload=kill -HUP $MAINPID");
	refuses("ExecStartPre=/bin/sh -c 'exit", "a closing quote");
	refuses("ExecStop=/bin/echo %z", "a known specifier or a second % behind %");
	refuses("ExecStopPost=bin/true", "an absolute path or a plain file name");
	refuses("ExecCondition=-", "an absolute path or a plain file name");
}

static void checks_are_a_command_or_a_url(void)
{
	GIVES_TEXT("X-HealthCheck=http://localhost:9200/", config.health_check,
		   "http://localhost:9200/");
	GIVES_TEXT("X-ReadyCheck=tcp://localhost:9200", config.ready_check, "tcp://localhost:9200");
	GIVES_TEXT("X-ReadyCheck=unix:///run/web", config.ready_check, "unix:///run/web");
	GIVES_TEXT("X-HealthCheck=/bin/check -v", config.health_check, "/bin/check -v");
	GIVES("X-HealthCheck=/bin/check\nX-HealthCheck=", config.health_check != NULL, 0);
	GIVES_TEXT("X-ReadyCheck=tls://es:9200#timeout=2s", config.ready_check,
		   "tls://es:9200#timeout=2s");
	refuses("X-HealthCheck=ftp://localhost", "tcp:// tls:// http:// or unix://");
	refuses("X-HealthCheck=tcp://localhost", "HOST:PORT behind ://");
	refuses("X-HealthCheck=/bin/a ; /bin/b", "one command");
}

static void conditions_compare_with_something(void)
{
	ACCEPTS("ConditionPathExists=/etc/%i");
	ACCEPTS("ConditionPathExists=|!/etc/x");
	ACCEPTS("ConditionUser=| ! root");
	ACCEPTS("AssertCapability=!CAP_SYS_ADMIN");
	ACCEPTS("ConditionEnvironment=A=1");
	ACCEPTS("ConditionVirtualization=container");
	refuses("ConditionPathExists=etc", "an absolute path");
	refuses("AssertPathExistsGlob=!!/etc", "an absolute path");
	refuses("ConditionUser=|!", "something behind it");
	refuses("ConditionCapability=ADMIN", "a capability");
}

static void variables_have_names_of_variables(void)
{
	ACCEPTS("Environment=A=1 \"B=two words\" _c3= azAZ09=");
	ACCEPTS("Environment=A=%i%%");
	ACCEPTS("PassEnvironment=A B_2");
	ACCEPTS("UnsetEnvironment=A B=2");
	refuses("Environment=A", "NAME=VALUE");
	refuses("Environment=1A=2", "NAME=VALUE");
	refuses("Environment==2", "NAME=VALUE");
	refuses("Environment=A=1 b-c=2", "NAME=VALUE");
	refuses("Environment=\"A=1", "a closing quote, and escapes of C");
	refuses("Environment=A=%z", "a known specifier, or %% for %");
	refuses("PassEnvironment=A=1", "names of variables");
	refuses("UnsetEnvironment=A B-", "names of variables");
}

static void a_variable_may_be_longer_than_a_path(void)
{
	static char line[9000];

	snprintf(line, sizeof line, "Environment=A=%08000d", 0);
	begin();
	given.journal.command_given = true;
	CHECK(add(LAYER_UNIT, "Environment", line + strlen("Environment=")));
	CHECK(fold(true));
}

static void directories_are_below_theirs(void)
{
	ACCEPTS("RuntimeDirectory=web web/%i a:b a:b:ro a::ro");
	ACCEPTS("StateDirectory=privates");
	refuses("RuntimeDirectory=/run/web", "a relative path");
	refuses("RuntimeDirectory=web/../x", "a relative path");
	refuses("StateDirectory=private/x", "a relative path");
	refuses("StateDirectory=private", "a relative path");
	refuses("CacheDirectory=a:/b", "a relative path");
	refuses("LogsDirectory=a:b:rw", "a relative path");
	refuses("ConfigurationDirectory=:b", "a relative path");
	refuses("ConfigurationDirectory=a:b:ro:c", "a relative path");
}

static void a_stop_schedule_is_signals_and_waits(void)
{
	GIVES("X-StopSchedule=TERM/30s QUIT/5 SIGTERM/1min KILL", config.stop_steps, 4);
	CHECK_INT(config.stop_schedule[0].signal, SIGTERM);
	CHECK_INT(config.stop_schedule[0].wait, 30 * SECOND);
	CHECK_INT(config.stop_schedule[1].signal, SIGQUIT);
	CHECK_INT(config.stop_schedule[1].wait, 5 * SECOND);
	CHECK_INT(config.stop_schedule[2].wait, MINUTE);
	CHECK_INT(config.stop_schedule[3].signal, SIGKILL);
	CHECK_INT(config.stop_schedule[3].wait, USEC_INFINITY);
	GIVES("X-StopSchedule=TERM/30s", config.stop_schedule[0].wait, 30 * SECOND);
	ACCEPTS("X-StopSchedule=1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1");
	refuses("X-StopSchedule=1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 "
		"1/1",
		"up to 16 signals, and a time after each but the last");
	refuses("X-StopSchedule=TERM KILL", "up to 16 signals, and a time after each but the last");
	refuses("X-StopSchedule=TERM/", "a time span such as 5s or 1min 30s");
	refuses("X-StopSchedule=TERM/5s/6s", "a time span such as 5s or 1min 30s");
	refuses("X-StopSchedule=HALT/5s", "a signal such as SIGTERM");
}

static void signals_that_stop_are_those_that_can_be_heard(void)
{
	GIVES("X-StopOn=QUIT SIGWINCH", config.stop_on, SIGNAL_BIT(SIGQUIT) | SIGNAL_BIT(SIGWINCH));
	refuses("X-StopOn=KILL", "signals, but not KILL, STOP or CHLD");
	refuses("X-StopOn=TERM STOP", "signals, but not KILL, STOP or CHLD");
	refuses("X-StopOn=CHLD", "signals, but not KILL, STOP or CHLD");
	refuses("X-StopOn=ALL", "signals, but not KILL, STOP or CHLD");
}

static void standard_input_text_may_hold_specifiers(void)
{
	ACCEPTS("StandardInputText=listen on %i");
	refuses("StandardInputText=%z", "a known specifier, or %% for %");
}

/* ---- what is said ---------------------------------------------------------------------------- */

static void a_complaint_names_the_place_as_the_user_wrote_it(void)
{
	put(LAYER_UNIT, "User=x\nRestartSec=abc");
	CHECK(!fold(true));
	CHECK_TEXT(complaint.message,
		   "web.service:2: RestartSec=abc: expected a time span such as 5s or 1min 30s");
	put(LAYER_FLAG, "RestartSec=abc");
	CHECK(!fold(false));
	CHECK_TEXT(complaint.message,
		   "--restart-sec=abc: expected a time span such as 5s or 1min 30s");
	put(LAYER_ENVIRONMENT, "X-ForwardTo=all");
	CHECK(!fold(false));
	CHECK_TEXT(complaint.message, "TEND_FORWARD_TO=all: expected main|group");
	put(LAYER_FLAG, "Environment=A=1^B");
	CHECK(!fold(false));
	CHECK_TEXT(complaint.message, "--environment=B: expected NAME=VALUE");
}

static void a_long_value_is_shown_in_part(void)
{
	static const struct {
		size_t length, shown;
	} rows[] = { { 159, 159 }, { 160, 160 }, { 161, 160 }, { 1000, 160 } };
	char value[1001], expected[512];

	for (size_t i = 0; i < COUNT(rows); i++) {
		memset(value, 'x', rows[i].length);
		value[rows[i].length] = '\0';
		begin();
		CHECK(add(LAYER_FLAG, "ExitType", value));
		CHECK(!fold(false));
		snprintf(expected, sizeof expected, "--exit-type=%.*s%s: expected main|cgroup",
			 (int)rows[i].shown, value, rows[i].length > rows[i].shown ? "..." : "");
		CHECK_TEXT(complaint.message, expected);
	}
}

/* ---- what systemd only warns of ------------------------------------------------------------- */

static char heard[4096];
static struct text said;

static void hear(void *context, enum unit_remark remark, const char *subject, const char *message)
{
	CHECK(context == &given && !*subject);
	text_format(&said, "%s%s\n", remark == UNIT_IGNORED ? "" : remark == UNIT_REFUSED ? "! " : "?", message);
}

/* Folds the lines as a unit's, or those that are there. */
static bool hear_of(enum layer layer, const char *lines)
{
	static const struct unit_listener listener = { hear, &given };

	if (lines)
		put(layer, lines);
	said = text_over(heard, sizeof heard);
	given.journal.command_given = true;
	return options_fold(&given.journal, true, &given.specifiers, &listener, &config, &complaint);
}

/* The rows of the journal by lines, blanks in a row as one, and none at an end. */
static const char *left(void)
{
	static char buffer[2048];
	struct text text = text_over(buffer, sizeof buffer);

	for (size_t i = 0; i < given.journal.count; i++) {
		const char *value = given.rows[i].text, *key = option_key(given.rows[i].option);

		text_format(&text, "%s%s=", i ? "\n" : "", key);
		for (value += strspn(value, " "); *value; value++)
			if (*value != ' ' || (value[1] && value[1] != ' '))
				text_add_bytes(&text, value, 1);
	}
	return buffer;
}

/*
 * As in tests/conformance/scenarios/ignored.txt. Of what is wrong in a line, what is left of it, and
 * what is said of it but for its place.
 */
static const struct {
	const char *line, *left, *said[2];
} sifted[] = {
	{ "Environment=A=b c D=d", "Environment=A=b D=d", { "Environment=c: NAME=VALUE" } },
	{ "Environment=1C=x b D=d", "Environment=D=d", { "Environment=1C=x: NAME=VALUE", "Environment=b: NAME=VALUE" } },
	{ "Environment=b c", "Environment=", { "Environment=b: NAME=VALUE", "Environment=c: NAME=VALUE" } },
	{ "Environment=A=b 'c' D=d", "Environment=A=b D=d", { "Environment='c': NAME=VALUE" } },
	{ "Environment=A=b \"C=d D=e", "Environment=A=b", { "Environment=\"C=d D=e: a closing quote, and escapes of C" } },
	{ "Environment=A=b C=\\q D=e", "Environment=A=b", { "Environment=C=\\q D=e: a closing quote, and escapes of C" } },
	{ "Environment=A=b C=%z D=d", "Environment=A=b D=d", { "Environment=C=%z: a known specifier, or %% for %" } },
	{ "PassEnvironment=A=b C", "PassEnvironment=C", { "PassEnvironment=A=b: names of variables" } },
	{ "UnsetEnvironment=A 1 B=c", "UnsetEnvironment=A B=c", { "UnsetEnvironment=1: names of variables" } },
	{ "SuccessExitStatus=5 256 TERM", "SuccessExitStatus=5 TERM",
	  { "SuccessExitStatus=256: exit statuses and signals such as 75 TEMPFAIL SIGKILL" } },
	{ "RestartPreventExitStatus=NOSUCH", "RestartPreventExitStatus=",
	  { "RestartPreventExitStatus=NOSUCH: exit statuses and signals such as 75 TEMPFAIL SIGKILL" } },
	{ "CapabilityBoundingSet=CAP_KILL CAP_NOSUCH", "CapabilityBoundingSet=CAP_KILL",
	  { "CapabilityBoundingSet=CAP_NOSUCH: capabilities such as CAP_CHOWN" } },
	{ "CapabilityBoundingSet=~CAP_NOSUCH ~CAP_KILL", "CapabilityBoundingSet=~",
	  { "CapabilityBoundingSet=CAP_NOSUCH: capabilities such as CAP_CHOWN",
	    "CapabilityBoundingSet=~CAP_KILL: capabilities such as CAP_CHOWN" } },
	{ "AmbientCapabilities=KILL", "AmbientCapabilities=", { "AmbientCapabilities=KILL: capabilities such as CAP_CHOWN" } },
	{ "SecureBits=noroot nosuch", "SecureBits=noroot",
	  { "SecureBits=nosuch: noroot|no-setuid-fixup|keep-caps" } },
	{ "RuntimeDirectory=/a b ../c", "RuntimeDirectory=b",
	  { "RuntimeDirectory=/a: a relative path", "RuntimeDirectory=../c: a relative path" } },
	{ "CPUAffinity=0 x", "CPUAffinity=0", { "CPUAffinity=x: CPUs such as 0-3 8" } },
	{ "EnvironmentFile=-a", "", { "EnvironmentFile=-a: an absolute path" } },
	{ "StandardInputText=a \\q", "", { "StandardInputText=a \\q: a closing quote, and escapes of C" } },
	{ "StandardInputData=!", "", { "StandardInputData=!: base64" } },
	{ "ExecSearchPath=/a:b", "", { "ExecSearchPath=/a:b: an absolute path" } },
	{ "ConditionPathExists=a", "", { "ConditionPathExists=a: an absolute path" } },
	{ "AssertPathExists=!/%z", "", { "AssertPathExists=!/%z: a known specifier, or %% for %" } },
	{ "ConditionUser=!", "", { "ConditionUser=!: something behind it" } },
	{ "ExecStartPre=-/bin/a 'b", "", { "ExecStartPre=-/bin/a 'b: a closing quote" } },
	{ "ExecStop=+-a/b", "", { "ExecStop=+-a/b: an absolute path or a plain file name" } },
};

static void what_systemd_only_warns_of_is_said_and_left_out(void)
{
	for (size_t i = 0; i < COUNT(sifted); i++) {
		char expected[1024] = "";

		for (size_t j = 0; j < 2 && sifted[i].said[j]; j++) {
			const char *colon = strstr(sifted[i].said[j], ": ");

			snprintf(expected + strlen(expected), sizeof expected - strlen(expected),
				 "web.service:1: %.*s: ignored, expected %s\n",
				 (int)(colon - sifted[i].said[j]), sifted[i].said[j], colon + 2);
		}
		CHECK(hear_of(LAYER_UNIT, sifted[i].line));
		CHECK_TEXT(heard, expected);
		CHECK_TEXT(left(), sifted[i].left);
		CHECK(hear_of(LAYER_UNIT, NULL));
		CHECK_TEXT(heard, "");
	}
}

static void nothing_is_left_out_of_what_can_be_read(void)
{
	static const char lines[] = "Environment=A=b\nEnvironment=\nCapabilityBoundingSet=\nCapabilityBoundingSet=~\n"
				    "ExecStart=/bin/a\nExecStart=\nSuccessExitStatus=5 6\nCPUAffinity=0\nNice=\nNice=5";

	CHECK(hear_of(LAYER_UNIT, lines));
	CHECK_TEXT(heard, "");
	CHECK_TEXT(left(), lines);
}

static void what_systemd_refuses_too_and_scalars_are_told_and_stay(void)
{
	static const char *const rows[][2] = {
		{ "RestartSec=abc", "a time span such as 5s or 1min 30s" },
		{ "Nice=99", "a whole number from -20 to 19" },
		{ "SupplementaryGroups=a b:c", "a name or a number" },
		{ "ExecStartPre=/bin/a 'b", "a closing quote" },
		{ "ExecStartPre=-/bin/a ; b/c", "an absolute path or a plain file name" },
		{ "ExecStartPre=-/bin/a ; -b/c", "an absolute path or a plain file name" },
		{ "ConditionCapability=CAP_NOSUCH", "a capability" },
		{ "AssertCapability=!CAP_NOSUCH", "a capability" },
		{ "X-StopOn=TERM NONE", "signals, but not KILL, STOP or CHLD" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char expected[256];

		snprintf(expected, sizeof expected, "! web.service:1: %s: expected %s\n", rows[i][0], rows[i][1]);
		CHECK(!hear_of(LAYER_UNIT, rows[i][0]));
		CHECK_TEXT(heard, expected);
		CHECK(strncmp(heard + 2, complaint.message, strlen(complaint.message)) == 0);
		CHECK_TEXT(left(), rows[i][0]);
	}
}

static void every_refusal_is_heard_and_the_first_is_the_complaint(void)
{
	CHECK(!hear_of(LAYER_UNIT, "RestartSec=abc\nEnvironment=b\nRestartSec=5\nNice=99"));
	CHECK_TEXT(heard, "! web.service:1: RestartSec=abc: expected a time span such as 5s or 1min 30s\n"
			  "web.service:2: Environment=b: ignored, expected NAME=VALUE\n"
			  "! web.service:4: Nice=99: expected a whole number from -20 to 19\n");
	CHECK_TEXT(complaint.message, "web.service:1: RestartSec=abc: expected a time span such as 5s or 1min 30s");
}

static void of_flags_and_variables_nothing_is_left_out(void)
{
	static const enum layer layers[] = { LAYER_ENVIRONMENT, LAYER_FLAG };

	for (size_t i = 0; i < COUNT(layers); i++) {
		CHECK(!hear_of(layers[i], "Environment=A=b c\nExecStartPre=-/bin/a 'b\nConditionPathExists=a"));
		CHECK_TEXT(left(), "Environment=A=b c\nExecStartPre=-/bin/a 'b\nConditionPathExists=a");
	}
}

/* ---- what follows from several --------------------------------------------------------------- */

static void dockers_policies_bring_dockers_delays(void)
{
	static const char *const policies[] = { "Restart=unless-stopped", "Restart=on-failure:3",
						"Restart=on-failure:0" };

	for (size_t i = 0; i < COUNT(policies); i++) {
		CHECK(fold_unit(policies[i]));
		CHECK(config.docker_backoff);
		CHECK_INT(config.restart_usec, SECOND / 10);
		CHECK_INT(config.restart_max_delay, MINUTE);
		CHECK_INT(config.restart_reset, 10 * SECOND);
		CHECK_INT(config.start_limit_interval, 0);
	}
	GIVES("Restart=on-failure:3", config.docker_retries, 3);
	GIVES("Restart=on-failure:3", config.restart, RESTART_ON_FAILURE);
	GIVES("Restart=on-failure:0", config.docker_retries, 0);
	unit_about("what is said beside them counts");
	GIVES("Restart=unless-stopped\nRestartMaxDelaySec=5s", config.restart_max_delay,
	      5 * SECOND);
	GIVES("Restart=unless-stopped\nX-RestartResetSec=5s", config.restart_reset, 5 * SECOND);
	GIVES("Restart=unless-stopped\nStartLimitInterval=5s", config.start_limit_interval,
	      5 * SECOND);
	GIVES("Restart=unless-stopped\nStartLimitIntervalSec=5s", config.start_limit_interval,
	      5 * SECOND);
	GIVES("Restart=unless-stopped\nRestartSec=5min", config.restart_usec, 5 * MINUTE);
	unit_about("systemd's policies are systemd's");
	GIVES("Restart=unless-stopped\nRestart=always", config.docker_backoff, 0);
	GIVES("Restart=on-failure:3\nRestart=on-failure", config.start_limit_interval, 10 * SECOND);
	GIVES("Restart=on-failure:3\nRestart=on-failure", config.docker_retries, 0);
}

static void what_systemd_settles_is_settled(void)
{
	GIVES("Type=oneshot", config.timeout_start, USEC_INFINITY);
	GIVES("Type=oneshot\nTimeoutStartSec=5", config.timeout_start, 5 * SECOND);
	GIVES("Type=oneshot\nTimeoutSec=5", config.timeout_start, 5 * SECOND);
	GIVES("TimeoutSec=5", config.timeout_start_set, 1);
	GIVES("TimeoutStopSec=5", config.timeout_abort, 5 * SECOND);
	GIVES("TimeoutStopSec=5\nTimeoutAbortSec=6", config.timeout_abort, 6 * SECOND);
	GIVES("Type=notify", config.notify_access, NOTIFY_ACCESS_MAIN);
	GIVES("Type=notify-reload\nNotifyAccess=none", config.notify_access, NOTIFY_ACCESS_MAIN);
	GIVES("WatchdogSec=5", config.notify_access, NOTIFY_ACCESS_MAIN);
	GIVES("WatchdogSec=5\nNotifyAccess=all", config.notify_access, NOTIFY_ACCESS_ALL);
	GIVES("RestartSec=10\nRestartMaxDelaySec=5", config.restart_usec, 5 * SECOND);
	GIVES("RuntimeRandomizedExtraSec=5", config.runtime_random_extra, 0);
	GIVES("RuntimeMaxSec=1\nRuntimeRandomizedExtraSec=5", config.runtime_random_extra,
	      5 * SECOND);
	GIVES("DynamicUser=yes", config.no_new_privileges, THREE_YES);
	GIVES("DynamicUser=yes\nNoNewPrivileges=no", config.no_new_privileges, THREE_YES);
}

static void a_unit_without_a_start_is_a_oneshot(void)
{
	put(LAYER_UNIT, "ExecStop=/bin/true\nRemainAfterExit=yes");
	CHECK(fold(true));
	CHECK_INT(config.type, TYPE_ONESHOT);
	CHECK_INT(config.timeout_start, USEC_INFINITY);
}

static void what_systemd_refuses_is_refused(void)
{
	static const struct {
		const char *lines, *message;
	} rows[] = {
		{ "ExecStart=/bin/a", NULL },
		{ "User=x", "web.service: ExecStart= is missing" },
		{ "User=x\nType=simple\nExecStop=/bin/b\nRemainAfterExit=yes",
		  "web.service:2: Type=simple: ExecStart= is missing" },
		{ "Type=oneshot\nExecStop=/bin/b",
		  "web.service:1: Type=oneshot: ExecStart= is missing" },
		{ "Type=oneshot\nExecStop=/bin/b\nRemainAfterExit=yes", NULL },
		{ "Type=oneshot\nRemainAfterExit=yes",
		  "web.service:1: Type=oneshot: ExecStart= is missing" },
		{ "Type=oneshot\nSuccessAction=exit", NULL },
		{ "Type=oneshot\nSuccessAction=none",
		  "web.service:1: Type=oneshot: ExecStart= is missing" },
		{ "SuccessAction=reboot", NULL },
		{ "ExecStart=/bin/a\nExecStart=", "web.service: ExecStart= is missing" },
		{ "ExecStart=/bin/a\nExecStart=/bin/b",
		  "web.service:2: ExecStart=/bin/b: only one without Type=oneshot" },
		{ "ExecStart=/bin/a ; /bin/b",
		  "web.service:1: ExecStart=/bin/a ; /bin/b: only one without Type=oneshot" },
		{ "ExecStart=/bin/a\nExecStart=\nExecStart=/bin/b", NULL },
		{ "ExecStart=/bin/a\nExecStart=/bin/b\nType=oneshot", NULL },
		{ "ExecStart=/bin/a\nType=oneshot\nRestart=always",
		  "web.service:3: Restart=always: not with Type=oneshot" },
		{ "ExecStart=/bin/a\nType=oneshot\nRestart=on-success",
		  "web.service:3: Restart=on-success: not with Type=oneshot" },
		{ "ExecStart=/bin/a\nType=oneshot\nRestart=unless-stopped",
		  "web.service:3: Restart=unless-stopped: not with Type=oneshot" },
		{ "ExecStart=/bin/a\nType=oneshot\nRestart=on-failure", NULL },
		{ "ExecStart=/bin/a\nType=oneshot\nExitType=cgroup",
		  "web.service:3: ExitType=cgroup: not with Type=oneshot" },
		{ "ExecStart=/bin/a\nType=exec\nExitType=cgroup", NULL },
		{ "ExecStart=/bin/a\nType=dbus",
		  "web.service:2: Type=dbus: no bus here: name another Type= in a drop-in" },
		{ "ExecStart=/bin/a\nType=dbus\nType=exec", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		put(LAYER_UNIT, rows[i].lines);
		CHECK(fold(true) == !rows[i].message);
		CHECK_TEXT(complaint.message, rows[i].message ? rows[i].message : "");
	}
}

static void a_unit_that_says_nothing_is_refused_too(void)
{
	begin();
	given.rows[0].file = "leftover";
	CHECK(!fold(true));
	CHECK_TEXT(complaint.message, "web.service: ExecStart= is missing");
}

static void a_command_stands_for_the_units_start(void)
{
	put(LAYER_UNIT, "User=x\nExecStart=/bin/a\nExecStart=/bin/b");
	given.journal.command_given = true;
	CHECK(fold(true));
	put(LAYER_UNIT, "User=x");
	given.journal.command_given = true;
	CHECK(fold(true));
	CHECK_INT(config.type, TYPE_SIMPLE);
	put(LAYER_FLAG, "Type=oneshot\nRestart=always");
	CHECK(!fold(false));
	CHECK_TEXT(complaint.message, "--restart=always: not with Type=oneshot");
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(every_key_has_its_flag_and_its_variable),
		TEST(help_has_a_line_for_each_option_and_these_are_all),
		TEST(help_shows_words_and_defaults),
		TEST(a_name_is_looked_up_whole_and_in_its_own_case),
		TEST(only_booleans_mean_yes_without_a_value),
		TEST(an_option_belongs_into_its_section),
		TEST(a_key_is_near_by_one_letter_one_swap_or_case),
		TEST(an_empty_unit_has_the_defaults_of_systemd),
		TEST(a_bare_command_differs_from_a_unit_in_these),
		TEST(the_stronger_layer_wins_whichever_is_read_first),
		TEST(of_a_scalar_the_last_assignment_counts),
		TEST(an_empty_scalar_is_the_default_again),
		TEST(what_the_start_takes_for_a_default_is_what_its_text_says),
		TEST(what_a_child_is_to_be_shapes_it_and_what_tend_does_with_it_does_not),
		TEST(a_list_is_its_assignments_since_the_last_empty_one),
		TEST(lists_that_land_in_the_config_add_up_since_the_last_empty_one),
		TEST(conditions_are_one_list_and_assertions_another),
		TEST(a_newline_separates_the_assignments_of_a_flag_or_variable),
		TEST(a_full_journal_and_a_full_arena_are_said),
		TEST(each_word_of_an_enumeration_is_its_value),
		TEST(another_word_is_refused_and_the_right_ones_are_said),
		TEST(booleans_are_read_as_systemd_reads_them),
		TEST(numbers_keep_within_their_range),
		TEST(a_priority_moves_with_its_policy),
		TEST(time_spans_are_seconds_unless_they_say_otherwise),
		TEST(signals_are_names_or_numbers),
		TEST(modes_are_octal),
		TEST(names_of_users_are_names_or_numbers),
		TEST(paths_are_absolute_and_lead_nowhere_else),
		TEST(streams_go_where_they_are_sent),
		TEST(a_stream_that_inherits_follows_the_one_before_it),
		TEST(text_for_the_input_makes_it_data),
		TEST(limits_are_in_the_unit_of_each),
		TEST(capability_sets_merge_as_systemd_merges_them),
		TEST(sandboxes_take_their_capabilities_away),
		TEST(secure_bits_have_the_numbers_of_the_kernel),
		TEST(cpus_are_numbers_and_ranges),
		TEST(exit_statuses_are_numbers_first_then_names_then_signals),
		TEST(commands_are_checked_where_they_stand),
		TEST(checks_are_a_command_or_a_url),
		TEST(conditions_compare_with_something),
		TEST(variables_have_names_of_variables),
		TEST(a_variable_may_be_longer_than_a_path),
		TEST(directories_are_below_theirs),
		TEST(a_stop_schedule_is_signals_and_waits),
		TEST(signals_that_stop_are_those_that_can_be_heard),
		TEST(standard_input_text_may_hold_specifiers),
		TEST(a_complaint_names_the_place_as_the_user_wrote_it),
		TEST(a_long_value_is_shown_in_part),
		TEST(what_systemd_only_warns_of_is_said_and_left_out),
		TEST(nothing_is_left_out_of_what_can_be_read),
		TEST(what_systemd_refuses_too_and_scalars_are_told_and_stay),
		TEST(every_refusal_is_heard_and_the_first_is_the_complaint),
		TEST(of_flags_and_variables_nothing_is_left_out),
		TEST(dockers_policies_bring_dockers_delays),
		TEST(what_systemd_settles_is_settled),
		TEST(a_unit_without_a_start_is_a_oneshot),
		TEST(what_systemd_refuses_is_refused),
		TEST(a_unit_that_says_nothing_is_refused_too),
		TEST(a_command_stands_for_the_units_start),
	};

	return unit_run(tests, sizeof tests / sizeof *tests);
}
