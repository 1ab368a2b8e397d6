#include "unit.h"

#include <string.h>

#define BLANKS " \t\r"

/*
 * What else systemd 257 knows in [Unit], [Service] and [Install]; none of it means anything in a container.
 * "Job{Sec,Action}" is short for JobSec,JobAction. Where ConditionXYZ= is listed, AssertXYZ= goes with it.
 */
static const char without_effect[] =
	"After,Alias,AllowIsolate,Allowed{CPUs,MemoryNodes},Also,AppArmorProfile,BPFProgram,"
	"Before,Bind{LogSockets,Paths,ReadOnlyPaths,To},BindsTo,BlockIO{Accounting,"
	"DeviceWeight,ReadBandwidth,Weight,WriteBandwidth},Bus{Name,Policy},CPU{Accounting,"
	"Quota{,PeriodSec},Shares,Weight},Capabilities,CollectMode,Condition{ACPower,"
	"Architecture,CPUs,CPU{Feature,Pressure},ControlGroupController,Credential,Firmware,"
	"FirstBoot,Host,IOPressure,Kernel{CommandLine,Version},Memory{,Pressure},NeedsUpdate,"
	"OSRelease,PathIsEncrypted,Security},Conflicts,Coredump{Filter,Receive},"
	"Default{Dependencies,Instance,Memory{Low,Min},StartupMemoryLow},Delegate{,Subgroup},"
	"Device{Allow,Policy},DisableControllers,Exec{Paths,SearchPath},Extension{Directories,"
	"ImagePolicy,Images},FailureActionExitStatus,FileDescriptorStore{Max,Preserve},"
	"IO{Accounting,Device{LatencyTargetSec,Weight},Read{BandwidthMax,IOPSMax},Weight,"
	"Write{BandwidthMax,IOPSMax}},IP{Accounting,Address{Allow,Deny},EgressFilterPath,"
	"IngressFilterPath},IPCNamespacePath,IgnoreOn{Isolate,Snapshot},ImportCredential,"
	"Inaccessible{Directories,Paths},Job{RunningTimeoutSec,Timeout{Action,RebootArgument,"
	"Sec}},JoinsNamespaceOf,KeyringMode,LoadCredential{,Encrypted},LockPersonality,"
	"Log{ExtraFields,FilterPatterns,LevelMax,Namespace,RateLimit{Burst,IntervalSec}},"
	"ManagedOOM{MemoryPressure{,DurationSec,Limit},Preference,Swap},Memory{Accounting,"
	"High,KSM,Limit,Low,Max,Min,Pressure{ThresholdSec,Watch},SwapMax,ZSwap{Max,"
	"Writeback}},Mount{APIVFS,Flags,ImagePolicy,Images},NFTSet,NUMA{Mask,Policy},NetClass,"
	"NetworkNamespacePath,NoExecPaths,NonBlocking,On{Failure{,Isolate,JobMode},Success{,"
	"JobMode}},OpenFile,PAMName,PartOf,Personality,Private{IPC,Mounts,Network,PIDs,Tmp,"
	"Users},ProcSubset,PropagateReload{From,To},Propagates{ReloadTo,StopTo},"
	"Protect{ControlGroups,Home,Hostname,KernelTunables,Proc,System},"
	"Read{Only{Directories,Paths},Write{Directories,Paths}},RebootArgument,"
	"RefuseManual{Start,Stop},ReloadPropagatedFrom,RemoveIPC,RequiredBy,Requires{,"
	"MountsFor,Overridable},Requisite{,Overridable},Restrict{AddressFamilies,FileSystems,"
	"Namespaces,NetworkInterfaces,Realtime,SUIDSGID},Root{Directory{,StartOnly},Ephemeral,"
	"Hash{,Signature},Image{,Options,Policy},Verity},SELinuxContext,Set{Credential{,"
	"Encrypted},LoginEnvironment},Slice,SmackProcessLabel,SocketBind{Allow,Deny},Sockets,"
	"SourcePath,StandardInputData,StartLimitAction,Startup{Allowed{CPUs,MemoryNodes},"
	"BlockIOWeight,CPU{Shares,Weight},IOWeight,Memory{High,Low,Max,SwapMax,ZSwapMax}},"
	"Stop{PropagatedFrom,WhenUnneeded},SuccessActionExitStatus,SurviveFinalKillSignal,"
	"SysVStartPriority,Syslog{Facility,Identifier,Level{,Prefix}},"
	"SystemCall{Architectures,ErrorNumber,Filter,Log},TTY{Columns,Path,Reset,Rows},"
	"TTYVHangup,TTYVTDisallocate,Tasks{Accounting,Max},TemporaryFileSystem,"
	"TimeoutCleanSec,TimerSlackNSec,USBFunction{Descriptors,Strings},UpheldBy,Upholds,"
	"Utmp{Identifier,Mode},WantedBy,Wants{,MountsFor}";

/* These say nothing that could have an effect. */
static const char without_claim[] = "Description,Documentation";

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The word after the next comma, whatever the braces before it hold; NULL where the words end. */
static const char *next_listed(const char *list)
{
	int depth = 0;

	for (; *list && depth >= 0; list++) {
		if (*list == ',' && depth == 0)
			return list + 1;
		depth += (*list == '{') - (*list == '}');
	}
	return NULL;
}

static bool is_listed(const char *list, const char *key)
{
	for (; list; list = next_listed(list)) {
		const char *rest = key;

		while (is_letter(*list) && *list == *rest) {
			list++;
			rest++;
		}
		if (*list == '{' ? is_listed(list + 1, rest) : !is_letter(*list) && !*rest)
			return true;
	}
	return false;
}

static bool has_no_effect(const char *key)
{
	const char *asserted = after_prefix(key, "Assert");

	return asserted ? is_listed(strstr(without_effect, "Condition{") + strlen("Condition{"), asserted) :
			  is_listed(without_effect, key);
}

/* ---- lines -------------------------------------------------------------------------------------- */

struct reader {
	struct journal *journal;
	const char *file;
	const struct unit_listener *listener;
	struct complaint *complaint; /* the first one stays */
	char *rest;                  /* of the text */
	const char *section;         /* NULL before the first */
	unsigned taken, line;        /* lines of the file so far; the first of those that were joined */
	bool ignores, failed;        /* ignores: the section is none of ours */
};

/* Whether an odd number of backslashes ends the line, which is one that escapes the newline. */
static bool is_continued(const char *start, const char *end)
{
	const char *backslash = end;

	while (backslash > start && backslash[-1] == '\\')
		backslash--;
	return (end - backslash) & 1;
}

/* The next line of the file without its end, *length bytes; NULL when there is none. */
static char *take_line(struct reader *reader, size_t *length)
{
	char *line = reader->rest, *newline = strchrnul(line, '\n');

	if (!*line)
		return NULL;
	reader->rest = newline + (*newline != '\0');
	reader->taken++;
	*length = (size_t)(newline - line);
	*length -= *length && line[*length - 1] == '\r';
	return line;
}

static bool is_comment(const char *line)
{
	line += strspn(line, BLANKS);
	return *line == '#' || *line == ';';
}

/*
 * The next line as it is meant, in place of what it was: a backslash at the end becomes a space and the next line
 * goes on there, comments in between are left out. NULL at the end.
 */
static char *next_line(struct reader *reader)
{
	char *start = reader->rest, *end = start, *line;
	bool more = true;
	size_t length;

	reader->line = 0;
	while (more && (line = take_line(reader, &length)) != NULL) {
		if (is_comment(line))
			continue;
		if (!reader->line)
			reader->line = reader->taken;
		memmove(end, line, length);
		end += length;
		more = is_continued(end - length, end);
		if (more)
			end[-1] = ' ';
	}
	if (!reader->line)
		return NULL;
	*end = '\0';
	return start;
}

/* Cuts blanks off both ends of the bytes from start to end, which get a NUL. */
static char *trimmed(char *start, char *end)
{
	while (end > start && strchr(BLANKS, end[-1]))
		end--;
	*end = '\0';
	return start + strspn(start, BLANKS);
}

/* ---- what a line says --------------------------------------------------------------------------- */

static void remark(struct reader *reader, enum unit_remark kind, const char *subject, const char *what,
		   const char *name)
{
	struct complaint complaint;
	struct text text = text_over(complaint.message, sizeof complaint.message);

	text_format(&text, "%s:%u: %s%s%s", reader->file, reader->line, subject, what, name);
	if (reader->listener)
		reader->listener->remark(reader->listener->context, kind, complaint.message);
	if (kind < UNIT_TYPING_ERROR || reader->failed)
		return;
	*reader->complaint = complaint;
	reader->failed = true;
}

static void read_section(struct reader *reader, char *line)
{
	size_t length = strlen(line);

	if (line[length - 1] != ']') {
		remark(reader, UNIT_MALFORMED, line, ": expected ] at the end", "");
		return;
	}
	line[length - 1] = '\0';
	reader->section = line + 1;
	reader->ignores = strcmp(line, "[Unit") != 0 && strcmp(line, "[Service") != 0 && strcmp(line, "[Install") != 0;
	if (reader->ignores && !after_prefix(line, "[X-"))
		remark(reader, UNIT_UNKNOWN, line, "]", " is no section of a service, and has no effect");
}

static void read_foreign_key(struct reader *reader, const char *key)
{
	const char *meant = option_near(key, strlen(key));

	if (is_listed(without_claim, key))
		return;
	if (has_no_effect(key))
		remark(reader, UNIT_NO_EFFECT, key, "= has no effect here", "");
	else if (meant && strcmp(meant, key) != 0)
		remark(reader, UNIT_TYPING_ERROR, key, "=: unknown, expected ", meant);
	else if (meant)
		remark(reader, UNIT_UNKNOWN, key, "= has no effect in ", reader->section);
	else if (!after_prefix(key, "X-"))
		remark(reader, UNIT_UNKNOWN, key, "= is unknown, and has no effect here", "");
}

static bool read_assignment(struct reader *reader, char *line)
{
	char *equals = strchr(line, '='), *key, *value;
	const struct option *option;

	if (!reader->section || !equals || equals == line) {
		remark(reader, UNIT_MALFORMED, line,
		       reader->section ? ": expected Key=value" : ": expected a [Section] before it", "");
		return true;
	}
	value = trimmed(equals + 1, equals + 1 + strlen(equals + 1));
	key = trimmed(line, equals);
	option = option_by_key(key, strlen(key));
	if (option && option_is_of(option, reader->section))
		return journal_add(reader->journal, option, LAYER_UNIT, reader->file, reader->line, value,
				   reader->complaint);
	read_foreign_key(reader, key);
	return true;
}

bool unit_read(struct journal *journal, const char *file, char *text, const struct unit_listener *listener,
	       struct complaint *complaint)
{
	struct reader reader = { journal, file, listener, complaint, text, NULL, 0, 0, false, false };
	char *line;

	if (after_prefix(text, "\xEF\xBB\xBF"))
		reader.rest += 3;
	while ((line = next_line(&reader)) != NULL) {
		line = trimmed(line, line + strlen(line));
		if (*line == '[')
			read_section(&reader, line);
		else if (*line && !reader.ignores && !read_assignment(&reader, line))
			return false;
	}
	return !reader.failed;
}

/* ---- names -------------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit = strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c);

	return digit && *digit ? (int)(digit - digits) : -1;
}

/* systemd.unit(5), "String Escaping for Inclusion in Unit Names": "-" stands for "/", "\x2d" for a byte. */
static bool unescape(char *name)
{
	char *to = name;

	for (; *name; name++) {
		int high, low;

		*to = *name == '-' ? '/' : *name;
		if (*name == '\\') {
			if (name[1] != 'x' || (high = hex_digit(name[2])) < 0 || (low = hex_digit(name[3])) < 0)
				return false;
			*to = (char)(high << 4 | low);
			name += 3;
		}
		to++;
	}
	*to = '\0';
	return true;
}

/* Copies the part into the arena, twice: as it is, and unescaped. */
static bool keep_part(struct arena *arena, const char *start, const char *end, const char **part,
		      const char **unescaped)
{
	char *plain = arena_copy(arena, start, (size_t)(end - start));
	char *copy = arena_copy(arena, start, (size_t)(end - start));

	*part = plain;
	*unescaped = copy;
	return plain && copy && unescape(copy);
}

bool unit_name_parse(const char *name, struct arena *arena, struct unit_name *parts)
{
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.'), *end = dot ? dot : name + strlen(name);

	*parts = (struct unit_name){ 0 };
	if (end <= name || at == name || strchr(name, '/') || (at && at > end))
		return false;
	if (at && at + 1 < end && !keep_part(arena, at + 1, end, &parts->instance, &parts->unescaped_instance))
		return false;
	return keep_part(arena, name, at ? at : end, &parts->prefix, &parts->unescaped_prefix);
}
