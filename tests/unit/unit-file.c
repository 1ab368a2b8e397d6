/* unit-file: what a unit file says is put into the journal, and what it says in vain is told. */
#include "../../init/unit.h"
#include "unit.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* All that systemd 257 knows in [Unit], [Service] and [Install] and what has no effect here. */
static const char *const without_effect[] = {
	"After", "Alias", "AllowIsolate", "AllowedCPUs", "AllowedMemoryNodes", "Also",
	"AppArmorProfile", "AssertACPower", "AssertArchitecture", "AssertCPUFeature",
	"AssertCPUPressure", "AssertCPUs", "AssertControlGroupController", "AssertCredential",
	"AssertFirstBoot", "AssertHost", "AssertIOPressure", "AssertKernelCommandLine",
	"AssertKernelVersion", "AssertMemory", "AssertMemoryPressure", "AssertNeedsUpdate",
	"AssertOSRelease", "AssertPathIsEncrypted", "AssertSecurity", "BPFProgram", "Before",
	"BindLogSockets", "BindPaths", "BindReadOnlyPaths", "BindTo", "BindsTo",
	"BlockIOAccounting", "BlockIODeviceWeight", "BlockIOReadBandwidth", "BlockIOWeight",
	"BlockIOWriteBandwidth", "BusName", "BusPolicy", "CPUAccounting", "CPUQuota",
	"CPUQuotaPeriodSec", "CPUShares", "CPUWeight", "Capabilities", "CollectMode",
	"ConditionACPower", "ConditionArchitecture", "ConditionCPUFeature", "ConditionCPUPressure",
	"ConditionCPUs", "ConditionControlGroupController", "ConditionCredential",
	"ConditionFirmware", "ConditionFirstBoot", "ConditionHost", "ConditionIOPressure",
	"ConditionKernelCommandLine", "ConditionKernelVersion", "ConditionMemory",
	"ConditionMemoryPressure", "ConditionNeedsUpdate", "ConditionOSRelease",
	"ConditionPathIsEncrypted", "ConditionSecurity", "Conflicts", "CoredumpFilter",
	"CoredumpReceive", "DefaultDependencies", "DefaultInstance", "DefaultMemoryLow",
	"DefaultMemoryMin", "DefaultStartupMemoryLow", "Delegate", "DelegateSubgroup",
	"Description", "DeviceAllow", "DevicePolicy", "DisableControllers", "Documentation",
	"ExecPaths", "ExtensionDirectories", "ExtensionImagePolicy",
	"ExtensionImages", "FailureActionExitStatus", "FileDescriptorStoreMax",
	"FileDescriptorStorePreserve", "IOAccounting", "IODeviceLatencyTargetSec",
	"IODeviceWeight", "IOReadBandwidthMax", "IOReadIOPSMax", "IOWeight", "IOWriteBandwidthMax",
	"IOWriteIOPSMax", "IPAccounting", "IPAddressAllow", "IPAddressDeny", "IPCNamespacePath",
	"IPEgressFilterPath", "IPIngressFilterPath", "IgnoreOnIsolate", "IgnoreOnSnapshot",
	"ImportCredential", "InaccessibleDirectories", "InaccessiblePaths", "JobRunningTimeoutSec",
	"JobTimeoutAction", "JobTimeoutRebootArgument", "JobTimeoutSec", "JoinsNamespaceOf",
	"KeyringMode", "LoadCredential", "LoadCredentialEncrypted", "LockPersonality",
	"LogExtraFields", "LogFilterPatterns", "LogLevelMax", "LogNamespace", "LogRateLimitBurst",
	"LogRateLimitIntervalSec", "ManagedOOMMemoryPressure",
	"ManagedOOMMemoryPressureDurationSec", "ManagedOOMMemoryPressureLimit",
	"ManagedOOMPreference", "ManagedOOMSwap", "MemoryAccounting", "MemoryHigh", "MemoryKSM",
	"MemoryLimit", "MemoryLow", "MemoryMax", "MemoryMin", "MemoryPressureThresholdSec",
	"MemoryPressureWatch", "MemorySwapMax", "MemoryZSwapMax", "MemoryZSwapWriteback",
	"MountAPIVFS", "MountFlags", "MountImagePolicy", "MountImages", "NFTSet", "NUMAMask",
	"NUMAPolicy", "NetClass", "NetworkNamespacePath", "NoExecPaths", "NonBlocking",
	"OnFailure", "OnFailureIsolate", "OnFailureJobMode", "OnSuccess", "OnSuccessJobMode",
	"OpenFile", "PAMName", "PartOf", "Personality", "PrivateIPC", "PrivateMounts",
	"PrivateNetwork", "PrivatePIDs", "PrivateTmp", "PrivateUsers", "ProcSubset",
	"PropagateReloadFrom", "PropagateReloadTo", "PropagatesReloadTo", "PropagatesStopTo",
	"ProtectControlGroups", "ProtectHome", "ProtectHostname", "ProtectKernelTunables",
	"ProtectProc", "ProtectSystem", "ReadOnlyDirectories", "ReadOnlyPaths",
	"ReadWriteDirectories", "ReadWritePaths", "RebootArgument", "RefuseManualStart",
	"RefuseManualStop", "ReloadPropagatedFrom", "RemoveIPC", "RequiredBy", "Requires",
	"RequiresMountsFor", "RequiresOverridable", "Requisite", "RequisiteOverridable",
	"RestrictAddressFamilies", "RestrictFileSystems", "RestrictNamespaces",
	"RestrictNetworkInterfaces", "RestrictRealtime", "RestrictSUIDSGID", "RootDirectory",
	"RootDirectoryStartOnly", "RootEphemeral", "RootHash", "RootHashSignature", "RootImage",
	"RootImageOptions", "RootImagePolicy", "RootVerity", "SELinuxContext", "SetCredential",
	"SetCredentialEncrypted", "SetLoginEnvironment", "Slice", "SmackProcessLabel",
	"SocketBindAllow", "SocketBindDeny", "Sockets", "SourcePath",
	"StartLimitAction", "StartupAllowedCPUs", "StartupAllowedMemoryNodes",
	"StartupBlockIOWeight", "StartupCPUShares", "StartupCPUWeight", "StartupIOWeight",
	"StartupMemoryHigh", "StartupMemoryLow", "StartupMemoryMax", "StartupMemorySwapMax",
	"StartupMemoryZSwapMax", "StopPropagatedFrom", "StopWhenUnneeded",
	"SuccessActionExitStatus", "SurviveFinalKillSignal", "SysVStartPriority", "SyslogFacility",
	"SyslogIdentifier", "SyslogLevel", "SyslogLevelPrefix", "SystemCallArchitectures",
	"SystemCallErrorNumber", "SystemCallFilter", "SystemCallLog", "TTYColumns", "TTYPath",
	"TTYReset", "TTYRows", "TTYVHangup", "TTYVTDisallocate", "TasksAccounting", "TasksMax",
	"TemporaryFileSystem", "TimeoutCleanSec", "TimerSlackNSec", "USBFunctionDescriptors",
	"USBFunctionStrings", "UpheldBy", "Upholds", "UtmpIdentifier", "UtmpMode", "WantedBy",
	"Wants", "WantsMountsFor",
};

static struct {
	char memory[1 << 16], text[1 << 16], heard[1 << 15];
	struct arena arena;
	struct assignment rows[512];
	struct journal journal;
	struct text said;
	struct complaint complaint;
} given;

static void hear(void *context, enum unit_remark remark, const char *subject, const char *message)
{
	static const char *const marks[] = {
		[UNIT_NO_EFFECT] = "~",
		[UNIT_UNKNOWN] = "?",
		[UNIT_IGNORED] = "-",
		[UNIT_TYPING_ERROR] = "!",
		[UNIT_MALFORMED] = "#",
	};

	CHECK(context == &given);
	CHECK(strstr(message, subject) != NULL);
	text_format(&given.said, "%s %s\n", marks[remark], message);
}

/* Reads the text as web.service, into a new journal. */
static bool read(const char *text)
{
	static const struct unit_listener listener = { hear, &given };

	memset(&given, 0, sizeof given);
	given.arena = (struct arena){ given.memory, sizeof given.memory, 0 };
	given.journal = (struct journal){ given.rows, 0, COUNT(given.rows), &given.arena, false };
	given.said = text_over(given.heard, sizeof given.heard);
	snprintf(given.text, sizeof given.text, "%s", text);
	unit_about("%s", text);
	return unit_read(&given.journal, "web.service", given.text, &listener, &given.complaint);
}

/* The journal's rows as "line Key=value" lines. */
static const char *journal(void)
{
	static char buffer[4096];
	struct text text = text_over(buffer, sizeof buffer);

	for (size_t i = 0; i < given.journal.count; i++) {
		const struct assignment *row = &given.rows[i];

		text_format(&text, "%u %s=%s\n", row->line, option_key(row->option), row->text);
		CHECK_INT(row->layer, LAYER_UNIT);
		CHECK_TEXT(row->file, "web.service");
	}
	return buffer;
}

static void each_row_is_read_as(const char *const rows[][2], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CHECK(read(rows[i][0]));
		CHECK_TEXT(journal(), rows[i][1]);
		CHECK_TEXT(given.heard, "");
	}
}

static void assignments_are_rows_with_their_lines(void)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "\n\n", "" },
		{ "[Service]\nUser=a\nGroup=b\n", "2 User=a\n3 Group=b\n" },
		{ "[Service]\nUser=a", "2 User=a\n" },
		{ "\n[Unit]\n\nAssertUser=a\n\n[Service]\nUser=b\n", "4 AssertUser=a\n7 User=b\n" },
		{ "[Service]\nUser=\n", "2 User=\n" },
		{ "[Service]\nEnvironment=A=1=2\n", "2 Environment=A=1=2\n" },
		{ "[Service]\nUser=a\n[Unit]\n[Service]\nGroup=b\n", "2 User=a\n5 Group=b\n" },
	};

	each_row_is_read_as(rows, COUNT(rows));
}

static void blanks_around_keys_and_values_are_nothing(void)
{
	static const char *const rows[][2] = {
		{ "  [Service]  \n\tUser \t= \t a b \t \n", "2 User=a b\n" },
		{ "[Service]\n   \n\t\nUser=a\n", "4 User=a\n" },
	};

	each_row_is_read_as(rows, COUNT(rows));
}

static void comments_are_nothing(void)
{
	static const char *const rows[][2] = {
		{ "# a\n; b\n[Service]\n  # User=c\nUser=a # no comment\n",
		  "5 User=a # no comment\n" },
		{ "#", "" },
		{ "[Service]\n# ends in a backslash \\\nUser=a\n", "3 User=a\n" },
	};

	each_row_is_read_as(rows, COUNT(rows));
}

static void a_backslash_at_the_end_joins_lines_by_a_space(void)
{
	static const char *const rows[][2] = {
		{ "[Service]\nExecStart=a \\\n  b\\\nc\nUser=d\n",
		  "2 ExecStart=a    b c\n5 User=d\n" },
		{ "[Service]\nExecStart=a \\\n# comment\n ; another\n  b\nUser=d\n",
		  "2 ExecStart=a    b\n6 User=d\n" },
		{ "[Service]\nExecStart=a \\\n\nUser=d\n", "2 ExecStart=a\n4 User=d\n" },
		{ "[Service]\nExecStart=a\\", "2 ExecStart=a\n" },
		{ "[Service]\nExecStart=a\\\n", "2 ExecStart=a\n" },
		{ "[Service]\nExecStart=a \\\n# comment", "2 ExecStart=a\n" },
		{ "[Service]\nExecStart=\\\n/bin/a\n", "2 ExecStart=/bin/a\n" },
		{ "[Service]\nExecStart\\\n=/bin/a\n", "2 ExecStart=/bin/a\n" },
		{ "[Serv\\\nice]\n", "" },
	};

	for (size_t i = 0; i + 1 < COUNT(rows); i++)
		each_row_is_read_as(rows + i, 1);
	CHECK(read(rows[COUNT(rows) - 1][0]));
	CHECK_TEXT(given.heard,
		   "? web.service:1: [Serv ice] is no section of a service, and has no effect\n");
}

static void an_escaped_backslash_joins_nothing(void)
{
	static const char *const rows[][2] = {
		{ "[Service]\nExecStart=a\\\\\nUser=d\n", "2 ExecStart=a\\\\\n3 User=d\n" },
		{ "[Service]\nExecStart=a\\\\\\\nb\n", "2 ExecStart=a\\\\ b\n" },
		{ "[Service]\nExecStart=a\\ \nUser=d\n", "2 ExecStart=a\\\n3 User=d\n" },
	};

	each_row_is_read_as(rows, COUNT(rows));
}

static void files_of_other_systems_are_read(void)
{
	static const char *const rows[][2] = {
		{ "\xEF\xBB\xBF[Service]\nUser=a\n", "2 User=a\n" },
		{ "[Service]\r\nUser=a\r\nExecStart=b \\\r\n c\r\n",
		  "2 User=a\n3 ExecStart=b   c\n" },
	};

	each_row_is_read_as(rows, COUNT(rows));
}

static void sections_and_keys_of_others_are_ignored_in_silence(void)
{
	static const char *const rows[][2] = {
		{ "[X-Mine]\nUser=a\nwhatever\n[Service]\nUser=b\n", "5 User=b\n" },
		{ "[Service]\nX-Other=a\nUser=b\n", "3 User=b\n" },
		{ "[Unit]\nDescription=a\nDocumentation=b\n", "" },
	};

	each_row_is_read_as(rows, COUNT(rows));
}

static void what_has_no_effect_is_told(void)
{
	static const char *const rows[][2] = {
		{ "[Unit]\nAfter=a\n", "~ web.service:2: After= has no effect here\n" },
		{ "[Service]\nPrivateTmp=a\n[Install]\nWantedBy=b\n",
		  "~ web.service:2: PrivateTmp= has no effect here\n~ web.service:4: WantedBy= has "
		  "no effect here\n" },
		{ "[Service]\nNewerThanTend=a\n",
		  "? web.service:2: NewerThanTend= is unknown, and has no effect here\n" },
		{ "[Unit]\nUser=a\n", "? web.service:2: User= has no effect in section Unit\n" },
		{ "[Install]\nUser=a\n",
		  "? web.service:2: User= has no effect in section Install\n" },
		{ "[Service]\nStartLimitIntervalSec=5\n",
		  "? web.service:2: StartLimitIntervalSec= has no effect in section Service\n" },
		{ "[Socket]\nListenStream=80\n",
		  "? web.service:1: [Socket] is no section of a service, and has no effect\n" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK(read(rows[i][0]));
		CHECK_INT(given.journal.count, 0);
		CHECK_TEXT(given.heard, rows[i][1]);
	}
}

static void what_is_wrong_is_refused_with_file_and_line(void)
{
	static const char *const rows[][2] = {
		{ "[Service\nUser=a\n", "web.service:1: [Service: expected ] at the end" },
		{ "[", "web.service:1: [: expected ] at the end" },
		{ "[Service] # no comment\n",
		  "web.service:1: [Service] # no comment: expected ] at the end" },
		{ "[Service]\nUser=a\nRestratSec=5\n",
		  "web.service:3: RestratSec=: unknown, expected RestartSec" },
		{ "[Service]\nexecstart=/bin/a\n",
		  "web.service:2: execstart=: unknown, expected ExecStart" },
		{ "[Unit]\nConditionPathExist=/a\n",
		  "web.service:2: ConditionPathExist=: unknown, expected ConditionPathExists" },
		{ "[Service]\nX-FowardTo=main\n",
		  "web.service:2: X-FowardTo=: unknown, expected X-ForwardTo" },
		{ "[Service]\nExecStart=a \\\n b\nUzer=c\n",
		  "web.service:4: Uzer=: unknown, expected User" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK(!read(rows[i][0]));
		CHECK_TEXT(given.complaint.message, rows[i][1]);
	}
}

static void a_line_that_says_nothing_is_told_and_left_out(void)
{
	static const char *const rows[][2] = {
		{ "User=a\n[Service]\nUser=b\n",
		  "- web.service:1: User=a: ignored, expected a [Section] before it\n" },
		{ "nonsense\n[Service]\n\nUser=b\n",
		  "- web.service:1: nonsense: ignored, expected a [Section] before it\n" },
		{ "[Service]\nnonsense\nUser=b\n",
		  "- web.service:2: nonsense: ignored, expected Key=value\n" },
		{ "[Service]\n = a\nUser=b\n",
		  "- web.service:2: = a: ignored, expected Key=value\n" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK(read(rows[i][0]));
		CHECK_TEXT(given.heard, rows[i][1]);
		CHECK_INT(given.journal.count, 1);
		CHECK_TEXT(given.rows[0].text, "b");
	}
}

static void all_that_is_wrong_is_heard_and_the_first_is_the_complaint(void)
{
	CHECK(!read("[Service]\nUzer=a\nAfter=b\nGroup=c\n[Nothing\n"));
	CHECK_TEXT(given.complaint.message, "web.service:2: Uzer=: unknown, expected User");
	CHECK_TEXT(given.heard, "! web.service:2: Uzer=: unknown, expected User\n"
				"~ web.service:3: After= has no effect here\n"
				"# web.service:5: [Nothing: expected ] at the end\n");
	CHECK_TEXT(journal(), "4 Group=c\n");
}

static void nobody_need_listen(void)
{
	char text[] = "[Unit]\nAfter=a\n[Service]\nUser=b\n", wrong[] = "[nonsense";

	read("");
	CHECK(unit_read(&given.journal, "web.service", text, NULL, &given.complaint));
	CHECK_INT(given.journal.count, 1);
	CHECK(!unit_read(&given.journal, "web.service", wrong, NULL, &given.complaint));
}

static void a_full_journal_is_said(void)
{
	char text[] = "[Service]\nUser=a\nUser=b\nUser=c\n";

	read("");
	given.journal.room = 2;
	CHECK(!unit_read(&given.journal, "web.service", text, NULL, &given.complaint));
	CHECK_TEXT(given.complaint.message, "too many options: their memory is full");
}

static void a_drop_in_comes_after_its_unit(void)
{
	char drop_in[] = "[Service]\nExecStart=\nExecStart=/bin/b\n";
	size_t cursor = 0;

	CHECK(read("[Service]\nExecStart=/bin/a\n"));
	CHECK(unit_read(&given.journal, "b.conf", drop_in, NULL, &given.complaint));
	CHECK_TEXT(journal_next(&given.journal, LISTED_EXEC_START, &cursor)->text, "/bin/b");
	CHECK(!journal_next(&given.journal, LISTED_EXEC_START, &cursor));
	CHECK_TEXT(given.rows[2].file, "b.conf");
	CHECK_INT(given.rows[2].line, 3);
	given.rows[1].file = given.rows[2].file = "web.service";
}

/* ---- what systemd knows ---------------------------------------------------------------------- */

static int in_order(const void *one, const void *other)
{
	return (int)*(const uint16_t *)one - (int)*(const uint16_t *)other;
}

static void print_byte(unsigned byte)
{
	static unsigned printed;

	printf("%s%u,", printed++ % 18 ? " " : "\n#\t", byte);
}

/* To be pasted into init/unit.c. */
static void print_hashes(void)
{
	uint16_t hashes[COUNT(without_effect)], last = 0;

	for (size_t i = 0; i < COUNT(hashes); i++) {
		uint32_t hash = 2166136261;

		for (const char *c = without_effect[i]; *c; c++)
			hash = (hash ^ (unsigned char)*c) * 16777619;
		hashes[i] = (uint16_t)((hash ^ hash >> 16) & 0x7fff);
	}
	qsort(hashes, COUNT(hashes), sizeof *hashes, in_order);
	for (size_t i = 0; i < COUNT(hashes); last = hashes[i++]) {
		unsigned more = (unsigned)(hashes[i] - last);

		for (; more > UINT8_MAX; more -= UINT8_MAX)
			print_byte(0);
		if (more)
			print_byte(more);
	}
	puts("");
}

static void what_systemd_knows_has_no_effect_and_is_never_a_typing_error(void)
{
	bool all = true;

	for (size_t i = 0; i < COUNT(without_effect); i++) {
		char text[128], expected[128];
		bool is_silent = strcmp(without_effect[i], "Description") == 0 ||
				 strcmp(without_effect[i], "Documentation") == 0;

		snprintf(text, sizeof text, "[Service]\n%s=x\n", without_effect[i]);
		snprintf(expected, sizeof expected, "~ web.service:2: %s= has no effect here\n",
			 without_effect[i]);
		all &= CHECK(read(text));
		all &= CHECK_TEXT(given.heard, is_silent ? "" : expected);
	}
	if (!all)
		print_hashes();
}

/* The file in tests/fuzz/unit, found beside this one. */
static bool read_seed(const char *name)
{
	static char text[1 << 16];
	char path[4096];
	FILE *file;
	size_t length;

	snprintf(path, sizeof path, "%.*s/../fuzz/unit/%s",
		 (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__, name);
	file = fopen(path, "r");
	if (!CHECK(file != NULL))
		return false;
	length = fread(text, 1, sizeof text - 1, file);
	text[length] = '\0';
	fclose(file);
	return read(text);
}

static void count_line(void *context, const char *line)
{
	size_t *count = context;

	CHECK(*line);
	++*count;
}

static void the_seed_of_the_fuzzer_holds_every_directive(void)
{
	static struct specifiers specifiers;
	static struct config config;
	size_t options = 0, ours = 0, others = 0;

	CHECK(read_seed("every-directive.service"));
	unit_about("every-directive.service");
	CHECK(!strstr(given.heard, "? ") && !strstr(given.heard, "! ") &&
	      !strstr(given.heard, "# "));
	for (size_t i = 0; i < given.journal.count; i++) {
		bool seen = false;

		for (size_t j = 0; j < i; j++)
			seen |= given.rows[j].option == given.rows[i].option;
		ours += !seen;
	}
	options_help(count_line, &options);
	CHECK_INT(ours, options);
	for (size_t i = 0; i < COUNT(without_effect); i++) {
		char remark[128];

		snprintf(remark, sizeof remark, ": %s= has no effect here\n", without_effect[i]);
		others += strstr(given.heard, remark) != NULL;
	}
	unit_about("all but Description= and Documentation=");
	CHECK_INT(others, COUNT(without_effect) - 2);
	for (const char *letter = "Nnpi"; *letter; letter++)
		specifiers.of[(unsigned char)*letter] = "every";
	if (!CHECK(options_fold(&given.journal, true, &specifiers, NULL, &config, &given.complaint)))
		CHECK_TEXT(given.complaint.message, "");
}

/* ---- names ----------------------------------------------------------------------------------- */

static void a_name_has_a_prefix_and_may_have_an_instance(void)
{
	static const struct {
		const char *name, *prefix, *instance, *unescaped_prefix, *unescaped_instance;
	} rows[] = {
		{ "nginx.service", "nginx", NULL, "nginx", NULL },
		{ "postgresql@15-main.service", "postgresql", "15-main", "postgresql", "15/main" },
		{ "postgresql@.service", "postgresql", NULL, "postgresql", NULL },
		{ "a-b\\x2dc@d\\x40e-f.service", "a-b\\x2dc", "d\\x40e-f", "a/b-c", "d@e/f" },
		{ "a@b@c.service", "a", "b@c", "a", "b@c" },
		{ "a.b.service", "a.b", NULL, "a.b", NULL },
		{ "a@1.5.service", "a", "1.5", "a", "1.5" },
		{ "nginx", "nginx", NULL, "nginx", NULL },
		{ "a\\x4A.service", "a\\x4A", NULL, "aJ", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct unit_name parts;

		read("");
		unit_about("%s", rows[i].name);
		if (!CHECK(unit_name_parse(rows[i].name, &given.arena, &parts)))
			continue;
		CHECK_TEXT(parts.prefix, rows[i].prefix);
		CHECK_TEXT(parts.unescaped_prefix, rows[i].unescaped_prefix);
		CHECK_TEXT(parts.instance ? parts.instance : "-",
			   rows[i].instance ? rows[i].instance : "-");
		CHECK_TEXT(parts.unescaped_instance ? parts.unescaped_instance : "-",
			   rows[i].unescaped_instance ? rows[i].unescaped_instance : "-");
	}
}

static void a_name_that_is_none_is_refused(void)
{
	static const char *const names[] = {
		"",
		".service",
		"@a.service",
		"a/b.service",
		"a\\.service",
		"a\\x2.service",
		"a\\xzz.service",
		"a\\n.service",
		"a@\\.service",
		"a\\x",
	};
	struct unit_name parts;

	for (size_t i = 0; i < COUNT(names); i++) {
		read("");
		unit_about("%s", names[i]);
		CHECK(!unit_name_parse(names[i], &given.arena, &parts));
	}
	read("");
	unit_about("a full arena");
	given.arena.room = 8;
	CHECK(!unit_name_parse("nginx.service", &given.arena, &parts));
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(assignments_are_rows_with_their_lines),
		TEST(blanks_around_keys_and_values_are_nothing),
		TEST(comments_are_nothing),
		TEST(a_backslash_at_the_end_joins_lines_by_a_space),
		TEST(an_escaped_backslash_joins_nothing),
		TEST(files_of_other_systems_are_read),
		TEST(sections_and_keys_of_others_are_ignored_in_silence),
		TEST(what_has_no_effect_is_told),
		TEST(what_is_wrong_is_refused_with_file_and_line),
		TEST(a_line_that_says_nothing_is_told_and_left_out),
		TEST(all_that_is_wrong_is_heard_and_the_first_is_the_complaint),
		TEST(nobody_need_listen),
		TEST(a_full_journal_is_said),
		TEST(a_drop_in_comes_after_its_unit),
		TEST(what_systemd_knows_has_no_effect_and_is_never_a_typing_error),
		TEST(the_seed_of_the_fuzzer_holds_every_directive),
		TEST(a_name_has_a_prefix_and_may_have_an_instance),
		TEST(a_name_that_is_none_is_refused),
	};

	return unit_run(tests, sizeof tests / sizeof *tests);
}
