/* names: every name leads to its number and back, and nothing else is a name. */
#include "names.h"
#include "text.h"
#include "unit.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct name colours[] = {
	{ "red", 3 }, { "green", 0 }, { "Green", 7 }, { "rouge", 3 }, { NULL, 5 },
};

static void a_table_is_searched_by_name_and_by_number(void)
{
	CHECK(name_find(colours, "red") == &colours[0]);
	CHECK(name_find(colours, "green") == &colours[1]);
	CHECK(name_find(colours, "Green") == &colours[2]);
	CHECK(!name_find(colours, "RED"));
	CHECK(!name_find(colours, ""));
	CHECK(!name_find(colours, "re"));
	CHECK_TEXT(name_of(colours, 0), "green");
	CHECK_TEXT(name_of(colours, 7), "Green");
}

static void of_two_names_for_a_number_the_first_is_given(void)
{
	CHECK_TEXT(name_of(colours, 3), "red");
}

static void the_row_that_ends_a_table_has_no_number(void)
{
	CHECK(!name_of(colours, 5));
	CHECK(!name_of(colours, -1));
	CHECK(!name_find(colours + 4, "red"));
}

/* ---- signals --------------------------------------------------------------------------------- */

/*
 * SIGABRT to "ABRT" by the compiler's own header: the numbers are the kernel's on every
 * architecture.
 */
#define SIGNAL(name) { #name, SIG##name }
static const struct name kernel_signals[] = {
	SIGNAL(HUP), SIGNAL(INT), SIGNAL(QUIT), SIGNAL(ILL), SIGNAL(TRAP), SIGNAL(ABRT),
	SIGNAL(BUS), SIGNAL(FPE), SIGNAL(KILL), SIGNAL(USR1), SIGNAL(SEGV), SIGNAL(USR2),
	SIGNAL(PIPE), SIGNAL(ALRM), SIGNAL(TERM), SIGNAL(STKFLT), SIGNAL(CHLD), SIGNAL(CONT),
	SIGNAL(STOP), SIGNAL(TSTP), SIGNAL(TTIN), SIGNAL(TTOU), SIGNAL(URG), SIGNAL(XCPU),
	SIGNAL(XFSZ), SIGNAL(VTALRM), SIGNAL(PROF), SIGNAL(WINCH), SIGNAL(IO), SIGNAL(PWR),
	SIGNAL(SYS),
};

static const char *signal_text(int number)
{
	static char buffer[32];
	struct text text = text_over(buffer, sizeof buffer);

	text_add_signal(&text, number);
	return buffer;
}

static void every_signal_has_the_kernels_number_with_and_without_sig(void)
{
	CHECK_INT(COUNT(kernel_signals), 31);
	for (size_t i = 0; i < COUNT(kernel_signals); i++) {
		char name[16] = "SIG";

		strcat(name, kernel_signals[i].name);
		CHECK_INT(signal_from_name(kernel_signals[i].name), kernel_signals[i].number);
		CHECK_INT(signal_from_name(name), kernel_signals[i].number);
		CHECK_TEXT(signal_text(kernel_signals[i].number), name);
	}
}

static void every_signal_number_reads_back_from_what_is_written(void)
{
	for (int number = 1; number <= SIGNAL_MAX; number++) {
		char digits[8];
		struct text text = text_over(digits, sizeof digits);

		text_format(&text, "%d", number);
		CHECK_INT(signal_from_name(digits), number);
		unit_about("%s", signal_text(number));
		CHECK_INT(signal_from_name(signal_text(number)), number);
		CHECK(strncmp(signal_text(number), "SIG", 3) == 0);
	}
}

static void real_time_signals_run_from_34_to_64_as_the_kernel_counts(void)
{
	CHECK_INT(signal_from_name("RTMIN"), 34);
	CHECK_INT(signal_from_name("SIGRTMIN"), 34);
	CHECK_INT(signal_from_name("RTMIN+0"), 34);
	CHECK_INT(signal_from_name("RTMIN+3"), 37);
	CHECK_INT(signal_from_name("SIGRTMIN+3"), 37);
	CHECK_INT(signal_from_name("RTMIN+30"), 64);
	CHECK_INT(signal_from_name("RTMAX"), 64);
	CHECK_INT(signal_from_name("RTMAX-0"), 64);
	CHECK_INT(signal_from_name("SIGRTMAX-1"), 63);
	CHECK_INT(signal_from_name("RTMAX-30"), 34);
	CHECK_TEXT(signal_text(34), "SIGRTMIN+0");
	CHECK_TEXT(signal_text(37), "SIGRTMIN+3");
	CHECK_TEXT(signal_text(64), "SIGRTMIN+30");
}

static void what_is_no_signal_is_0(void)
{
	static const char *const names[] = {
		"", "SIG", "0", "65", "-1", "+1", "1.0", "256", "4294967297",
		"18446744073709551617", "term", "SigTERM", "sigterm", "SIGSIGTERM", "TER", "TERMX",
		"TERM ", " TERM", "RTMIN+31", "RTMIN-1", "RTMAX+1", "RTMAX-31", "RTMIN+", "RTMAX-",
		"RTMIN+-1", "RTMIN++1", "RTMINX", "RTMIN 1", "RT", "CLD", "EXIT", "NULL",
		"RTMIN+18446744073709551616", "0x0f",
	};

	for (size_t i = 0; i < COUNT(names); i++) {
		unit_about("'%s'", names[i]);
		CHECK_INT(signal_from_name(names[i]), 0);
	}
}

/* ---- capabilities ---------------------------------------------------------------------------- */

#define CAPABILITY(name) { #name, name }
static const struct name kernel_capabilities[] = {
	CAPABILITY(CAP_CHOWN), CAPABILITY(CAP_DAC_OVERRIDE), CAPABILITY(CAP_DAC_READ_SEARCH),
	CAPABILITY(CAP_FOWNER), CAPABILITY(CAP_FSETID), CAPABILITY(CAP_KILL),
	CAPABILITY(CAP_SETGID), CAPABILITY(CAP_SETUID), CAPABILITY(CAP_SETPCAP),
	CAPABILITY(CAP_LINUX_IMMUTABLE), CAPABILITY(CAP_NET_BIND_SERVICE),
	CAPABILITY(CAP_NET_BROADCAST), CAPABILITY(CAP_NET_ADMIN), CAPABILITY(CAP_NET_RAW),
	CAPABILITY(CAP_IPC_LOCK), CAPABILITY(CAP_IPC_OWNER), CAPABILITY(CAP_SYS_MODULE),
	CAPABILITY(CAP_SYS_RAWIO), CAPABILITY(CAP_SYS_CHROOT), CAPABILITY(CAP_SYS_PTRACE),
	CAPABILITY(CAP_SYS_PACCT), CAPABILITY(CAP_SYS_ADMIN), CAPABILITY(CAP_SYS_BOOT),
	CAPABILITY(CAP_SYS_NICE), CAPABILITY(CAP_SYS_RESOURCE), CAPABILITY(CAP_SYS_TIME),
	CAPABILITY(CAP_SYS_TTY_CONFIG), CAPABILITY(CAP_MKNOD), CAPABILITY(CAP_LEASE),
	CAPABILITY(CAP_AUDIT_WRITE), CAPABILITY(CAP_AUDIT_CONTROL), CAPABILITY(CAP_SETFCAP),
	CAPABILITY(CAP_MAC_OVERRIDE), CAPABILITY(CAP_MAC_ADMIN), CAPABILITY(CAP_SYSLOG),
	CAPABILITY(CAP_WAKE_ALARM), CAPABILITY(CAP_BLOCK_SUSPEND), CAPABILITY(CAP_AUDIT_READ),
	CAPABILITY(CAP_PERFMON), CAPABILITY(CAP_BPF), CAPABILITY(CAP_CHECKPOINT_RESTORE),
};

static void every_capability_of_the_kernel_has_its_number(void)
{
	CHECK_INT(COUNT(kernel_capabilities), CAPABILITY_MAX + 1);
	CHECK_INT(CAP_LAST_CAP, CAPABILITY_MAX);
	for (size_t i = 0; i < COUNT(kernel_capabilities); i++) {
		const char *name = kernel_capabilities[i].name;

		unit_about("%s", name);
		CHECK_INT(capability_from_name(name), kernel_capabilities[i].number);
	}
}

static void every_capability_reads_back_from_its_name(void)
{
	for (int number = 0; number <= CAPABILITY_MAX; number++) {
		char name[64];
		struct text text = text_over(name, sizeof name);

		text_add_capability(&text, number);
		CHECK(strncmp(name, "cap_", 4) == 0);
		CHECK_INT(capability_from_name(name), number);
	}
}

static void a_capability_is_named_as_capabilities_7_does(void)
{
	char name[64];
	struct text text = text_over(name, sizeof name);

	text_add_capability(&text, CAP_NET_BIND_SERVICE);
	CHECK_TEXT(name, "cap_net_bind_service");
}

static void a_capability_may_be_in_any_case_or_a_number(void)
{
	CHECK_INT(capability_from_name("cap_kill"), CAP_KILL);
	CHECK_INT(capability_from_name("Cap_Kill"), CAP_KILL);
	CHECK_INT(capability_from_name("0"), CAP_CHOWN);
	CHECK_INT(capability_from_name("40"), CAP_CHECKPOINT_RESTORE);
}

static void what_is_no_capability_is_minus_1(void)
{
	static const char *const names[] = {
		"", "CAP", "CAP_", "cap_cap_chown", "KILL", "kill", "CHOWNS", "CAP_CHOWN ", "CAP CHOWN",
		"41", "-1", "NET_BIND", "ALL", "~CAP_CHOWN",
	};

	for (size_t i = 0; i < COUNT(names); i++) {
		unit_about("'%s'", names[i]);
		CHECK_INT(capability_from_name(names[i]), -1);
	}
}

/* ---- exit statuses --------------------------------------------------------------------------- */

/* As `systemd-analyze exit-status` of systemd 257 prints them. */
static const struct name systemd_statuses[] = {
	{ "SUCCESS", 0 }, { "FAILURE", 1 }, { "INVALIDARGUMENT", 2 }, { "NOTIMPLEMENTED", 3 },
	{ "NOPERMISSION", 4 }, { "NOTINSTALLED", 5 }, { "NOTCONFIGURED", 6 }, { "NOTRUNNING", 7 },
	{ "USAGE", EX_USAGE }, { "DATAERR", EX_DATAERR }, { "NOINPUT", EX_NOINPUT },
	{ "NOUSER", EX_NOUSER }, { "NOHOST", EX_NOHOST }, { "UNAVAILABLE", EX_UNAVAILABLE },
	{ "SOFTWARE", EX_SOFTWARE }, { "OSERR", EX_OSERR }, { "OSFILE", EX_OSFILE },
	{ "CANTCREAT", EX_CANTCREAT }, { "IOERR", EX_IOERR }, { "TEMPFAIL", EX_TEMPFAIL },
	{ "PROTOCOL", EX_PROTOCOL }, { "NOPERM", EX_NOPERM }, { "CONFIG", EX_CONFIG },
	{ "CHDIR", 200 }, { "NICE", 201 }, { "FDS", 202 }, { "EXEC", 203 }, { "MEMORY", 204 },
	{ "LIMITS", 205 }, { "OOM_ADJUST", 206 }, { "SIGNAL_MASK", 207 }, { "STDIN", 208 },
	{ "STDOUT", 209 }, { "CHROOT", 210 }, { "IOPRIO", 211 }, { "TIMERSLACK", 212 },
	{ "SECUREBITS", 213 }, { "SETSCHEDULER", 214 }, { "CPUAFFINITY", 215 }, { "GROUP", 216 },
	{ "USER", 217 }, { "CAPABILITIES", 218 }, { "CGROUP", 219 }, { "SETSID", 220 },
	{ "CONFIRM", 221 }, { "STDERR", 222 }, { "PAM", 224 }, { "NETWORK", 225 },
	{ "NAMESPACE", 226 }, { "NO_NEW_PRIVILEGES", 227 }, { "SECCOMP", 228 },
	{ "SELINUX_CONTEXT", 229 }, { "PERSONALITY", 230 }, { "APPARMOR", 231 },
	{ "ADDRESS_FAMILIES", 232 }, { "RUNTIME_DIRECTORY", 233 }, { "CHOWN", 235 },
	{ "SMACK_PROCESS_LABEL", 236 }, { "KEYRING", 237 }, { "STATE_DIRECTORY", 238 },
	{ "CACHE_DIRECTORY", 239 }, { "LOGS_DIRECTORY", 240 }, { "CONFIGURATION_DIRECTORY", 241 },
	{ "NUMA_POLICY", 242 }, { "CREDENTIALS", 243 }, { "BPF", 244 }, { "KSM", 245 },
	{ "EXCEPTION", 255 },
};

static void exit_statuses_have_systemds_names_and_only_those(void)
{
	const struct name *next = systemd_statuses;

	for (int number = -2; number < 300; number++) {
		const char *name = exit_status_name(number);

		unit_about("%d", number);
		if (next < systemd_statuses + COUNT(systemd_statuses) && number == next->number) {
			CHECK_TEXT(name, next->name);
			CHECK_INT(exit_status_from_name(next->name), number);
			next++;
		} else {
			CHECK_TEXT(name, NULL);
		}
	}
	CHECK(next == systemd_statuses + COUNT(systemd_statuses));
}

static void the_statuses_of_a_failed_child_are_those_that_are_named(void)
{
	CHECK_TEXT(exit_status_name(EXIT_CHDIR), "CHDIR");
	CHECK_TEXT(exit_status_name(EXIT_STDERR), "STDERR");
	CHECK_TEXT(exit_status_name(EXIT_PAM), "PAM");
	CHECK_TEXT(exit_status_name(EXIT_RUNTIME_DIRECTORY), "RUNTIME_DIRECTORY");
	CHECK_TEXT(exit_status_name(EXIT_CHOWN), "CHOWN");
	CHECK_TEXT(exit_status_name(EXIT_CREDENTIALS), "CREDENTIALS");
	CHECK_TEXT(exit_status_name(EXIT_BPF), "BPF");
	CHECK_TEXT(exit_status_name(EXIT_KSM), "KSM");
}

static void what_is_no_exit_status_is_minus_1(void)
{
	static const char *const names[] = {
		"", "0", "1", "255", "success", "Success", "SUCCES", "SUCCESSS", "EXIT", "EX_USAGE",
		"EXIT_EXEC", "USAGE ", "SIGTERM", "TERM",
	};

	for (size_t i = 0; i < COUNT(names); i++) {
		unit_about("'%s'", names[i]);
		CHECK_INT(exit_status_from_name(names[i]), -1);
	}
}

static const char *error_text(int error)
{
	static char buffer[64];
	struct text text = text_over(buffer, sizeof buffer);

	text_add_error(&text, error);
	return buffer;
}

static void an_error_reads_as_libc_has_it(void)
{
	static const struct {
		int error;
		const char *text;
	} rows[] = {
		{ EPERM, "Operation not permitted" },
		{ ENOENT, "No such file or directory" },
		{ E2BIG, "Argument list too long" },
		{ EAGAIN, "Resource temporarily unavailable" },
		{ EACCES, "Permission denied" },
		{ ENOTDIR, "Not a directory" },
		{ EMFILE, "No file descriptors available" },
		{ ETXTBSY, "Text file busy" },
		{ ENOSPC, "No space left on device" },
		{ EROFS, "Read-only file system" },
		{ ENAMETOOLONG, "Filename too long" },
		{ ELOOP, "Symbolic link loop" },
		{ EADDRINUSE, "Address in use" },
		{ ENETUNREACH, "Network unreachable" },
		{ ECONNREFUSED, "Connection refused" },
		{ EHOSTUNREACH, "Host is unreachable" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(error_text(rows[i].error), rows[i].text);
}

static void an_error_that_is_not_known_reads_as_its_number(void)
{
	CHECK_TEXT(error_text(0), "errno 0");
	CHECK_TEXT(error_text(EROFS + 1), "errno 31");
	CHECK_TEXT(error_text(ENOTRECOVERABLE), "errno 131");
	CHECK_TEXT(error_text(-1), "errno -1");
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(a_table_is_searched_by_name_and_by_number),
		TEST(of_two_names_for_a_number_the_first_is_given),
		TEST(the_row_that_ends_a_table_has_no_number),
		TEST(every_signal_has_the_kernels_number_with_and_without_sig),
		TEST(every_signal_number_reads_back_from_what_is_written),
		TEST(real_time_signals_run_from_34_to_64_as_the_kernel_counts),
		TEST(what_is_no_signal_is_0),
		TEST(every_capability_of_the_kernel_has_its_number),
		TEST(every_capability_reads_back_from_its_name),
		TEST(a_capability_is_named_as_capabilities_7_does),
		TEST(a_capability_may_be_in_any_case_or_a_number),
		TEST(what_is_no_capability_is_minus_1),
		TEST(exit_statuses_have_systemds_names_and_only_those),
		TEST(the_statuses_of_a_failed_child_are_those_that_are_named),
		TEST(what_is_no_exit_status_is_minus_1),
		TEST(an_error_reads_as_libc_has_it),
		TEST(an_error_that_is_not_known_reads_as_its_number),
	};

	return unit_run(tests, COUNT(tests));
}
