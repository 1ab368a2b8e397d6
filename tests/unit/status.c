/* status: what tend says of its service, to people, to scripts and as JSON, whatever the service has said. */
#include "status.h"
#include "spawn.h"
#include "unit.h"
#include "wire.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NOW (5000 * USEC_PER_SEC)

static char log_lines[3][24];
static struct machine machine;
static struct snapshot snapshot;
static char properties[REPLY_MOST], printed[STATUS_ROOM];

/* A service that runs, of which all is known. */
static void begin(void)
{
	machine = (struct machine){
		.state = STATE_RUNNING,
		.state_since = NOW - 90 * USEC_PER_SEC,
		.total_restarts = 2,
		.health = { .status = HEALTH_HEALTHY },
		.deadline = USEC_INFINITY,
	};
	snapshot = (struct snapshot){
		.name = "web", .machine = &machine, .main_pid = 7, .status_text = "serving", .invocation = "0123",
		.health_failure = "no answer within 5s",
		.memory = 3 << 20, .cpu_usec = 2500 * USEC_PER_MSEC,
		.lines = log_lines[0], .line_size = sizeof log_lines[0], .line_count = COUNT(log_lines),
	};
	memset(log_lines, 0, sizeof log_lines);
}

static void tell(void)
{
	struct text text = text_over(properties, sizeof properties);

	status_properties(&snapshot, &text);
	CHECK(!text.cut);
}

static const char *print(void)
{
	struct text text = text_over(printed, sizeof printed);

	tell();
	status_print(properties, NOW, false, &text);
	CHECK(!text.cut);
	return printed;
}

static const char *json(void)
{
	struct text text = text_over(printed, sizeof printed);

	tell();
	status_json(properties, &text);
	CHECK(!text.cut);
	return printed;
}

/* ---- properties ------------------------------------------------------------------------------ */

/* Scripts hold on to these names and their order: a change here is one of the documented format. */
static void the_properties_of_a_running_service(void)
{
	begin();
	strcpy(log_lines[0], "second");
	strcpy(log_lines[1], "third");
	strcpy(log_lines[2], "first");
	snapshot.first = 2;
	tell();
	CHECK_TEXT(properties,
		   "Id=web\nActiveState=active\nSubState=running\nResult=success\nMainPID=7\nNRestarts=2\n"
		   "StatusText=serving\nInvocationID=0123\nHealth=healthy\nHealthFailingStreak=0\n"
		   "StateChangeTimestampMonotonic=4910000000\nMemoryCurrent=3145728\nCPUUsageUSec=2500000\n"
		   "Log=first\nLog=second\nLog=third\n");
	CHECK_TEXT(json(),
		   "{\"id\":\"web\",\"active_state\":\"active\",\"sub_state\":\"running\",\"result\":\"success\","
		   "\"main_pid\":7,\"n_restarts\":2,\"status_text\":\"serving\",\"invocation_id\":\"0123\","
		   "\"health\":\"healthy\",\"health_failing_streak\":0,"
		   "\"state_change_timestamp_monotonic\":4910000000,\"memory_current\":3145728,"
		   "\"cpu_usage_usec\":2500000,\"log\":[\"first\",\"second\",\"third\"]}\n");
}

static void a_service_that_waits_for_its_restart(void)
{
	begin();
	machine.state = STATE_AUTO_RESTART;
	machine.result = RESULT_SIGNAL;
	machine.main_ending = (struct ending){ .how = HOW_KILLED, .status = 9 };
	machine.deadline = NOW + 1500 * USEC_PER_MSEC;
	machine.health = (struct health){ .status = HEALTH_NONE };
	snapshot.main_pid = 0;
	snapshot.status_text = "";
	CHECK_TEXT(json(),
		   "{\"id\":\"web\",\"active_state\":\"activating\",\"sub_state\":\"auto-restart\","
		   "\"result\":\"signal\",\"main_pid\":0,\"exec_main_code\":\"killed\",\"exec_main_status\":9,"
		   "\"n_restarts\":2,\"status_text\":\"\",\"invocation_id\":\"0123\",\"health\":\"activating\","
		   "\"health_failing_streak\":0,\"state_change_timestamp_monotonic\":4910000000,"
		   "\"next_restart_timestamp_monotonic\":5001500000,\"memory_current\":3145728,"
		   "\"cpu_usage_usec\":2500000,\"log\":[]}\n");
	CHECK_TEXT(print(), "● web\n"
			    "     Active: activating (auto-restart) (Result: signal); 1min 30s ago\n"
			    "   Restarts: 2\n"
			    "       Exit: killed, SIGKILL\n"
			    "    Restart: in 1.5s\n"
			    "     Memory: 3.0M\n"
			    "        CPU: 2.5s\n");
}

static void what_is_unknown_is_left_out(void)
{
	static const char *const names[] = {
		"ExecMainCode", "ExecMainStatus", "NextRestartTimestampMonotonic", "MemoryCurrent", "CPUUsageUSec", "Log",
	};
	size_t length;

	begin();
	machine.state = STATE_AUTO_RESTART; /* RestartSec=infinity */
	snapshot.memory = snapshot.cpu_usec = UINT64_MAX;
	tell();
	for (size_t i = 0; i < COUNT(names); i++) {
		unit_about("%s", names[i]);
		CHECK(!status_property(properties, names[i], &length));
	}
	CHECK(!strstr(print(), "Memory") && !strstr(printed, "CPU") && !strstr(printed, "Restart:"));
}

static void a_property_is_found_by_its_whole_name(void)
{
	static const char lines[] = "MainPIDs=1\nXMainPID=2\n=3\nMainPID\nMainPID=4\nMainPID=5\nLast=";
	size_t length;
	const char *value = status_property(lines, "MainPID", &length);

	if (CHECK(value != NULL)) {
		CHECK_INT(length, 1);
		CHECK_INT(*value, '4');
	}
	value = status_property(lines, "Last", &length);
	CHECK(value && !*value && length == 0);
	CHECK(!status_property(lines, "Main", &length));
	CHECK(!status_property("", "MainPID", &length));
}

/* ---- for people ------------------------------------------------------------------------------ */

static void a_running_service_as_people_see_it(void)
{
	begin();
	strcpy(log_lines[0], "one");
	strcpy(log_lines[1], "two");
	CHECK_TEXT(print(), "● web\n"
			    "     Active: active (running); 1min 30s ago\n"
			    "   Main PID: 7\n"
			    "     Status: serving\n"
			    "     Health: healthy\n"
			    "   Restarts: 2\n"
			    "     Memory: 3.0M\n"
			    "        CPU: 2.5s\n"
			    "\n"
			    "one\n"
			    "two\n");
}

static void a_check_that_has_failed_is_told_with_its_reason(void)
{
	begin();
	machine.health = (struct health){ .status = HEALTH_UNHEALTHY, .failures = 3 };
	CHECK(strstr(print(), "\n     Health: unhealthy\n Last check: no answer within 5s\n   Restarts: 2\n") != NULL);
	CHECK(strstr(json(), ",\"health_failing_streak\":3,\"health_failure\":\"no answer within 5s\",") != NULL);
}

static void what_goes_without_saying_is_not_said(void)
{
	begin();
	machine.total_restarts = 0;
	machine.health = (struct health){ .status = HEALTH_NONE };
	machine.main_ending = (struct ending){ .how = HOW_EXITED };
	snapshot.status_text = "";
	snapshot.memory = snapshot.cpu_usec = UINT64_MAX;
	CHECK_TEXT(print(), "● web\n"
			    "     Active: active (running); 1min 30s ago\n"
			    "   Main PID: 7\n");
	snapshot.main_pid = 0; /* RemainAfterExit= */
	machine.state = STATE_EXITED;
	CHECK_TEXT(print(), "● web\n"
			    "     Active: active (exited); 1min 30s ago\n"
			    "       Exit: exited, status 0\n");
}

static void each_state_has_a_dot_and_on_a_terminal_a_colour(void)
{
	static const struct {
		enum state state;
		const char *plain, *coloured;
	} rows[] = {
		{ STATE_RUNNING, "● web\n     Active: active (running)",
		  "\033[32m●\033[0m web\n     Active: \033[32mactive (running)\033[0m" },
		{ STATE_RELOAD, "↻ web\n     Active: reloading (reload)",
		  "\033[32m↻\033[0m web\n     Active: \033[32mreloading (reload)\033[0m" },
		{ STATE_START, "● web\n     Active: activating (start)",
		  "\033[33m●\033[0m web\n     Active: \033[33mactivating (start)\033[0m" },
		{ STATE_STOP_SIGTERM, "● web\n     Active: deactivating (stop-sigterm)",
		  "\033[33m●\033[0m web\n     Active: \033[33mdeactivating (stop-sigterm)\033[0m" },
		{ STATE_FAILED, "× web\n     Active: failed;",
		  "\033[31m×\033[0m web\n     Active: \033[31mfailed\033[0m;" },
		{ STATE_DEAD, "○ web\n     Active: inactive (dead)", "○ web\n     Active: inactive (dead)" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text text = text_over(printed, sizeof printed);

		begin();
		machine.state = rows[i].state;
		unit_about("%s", state_name(rows[i].state));
		CHECK(strncmp(print(), rows[i].plain, strlen(rows[i].plain)) == 0);
		CHECK(!strchr(printed, '\033'));
		text = text_over(printed, sizeof printed);
		status_print(properties, NOW, true, &text);
		CHECK(strncmp(printed, rows[i].coloured, strlen(rows[i].coloured)) == 0);
	}
}

/* Its clock may be another's, if it is of another time namespace. */
static void a_time_that_has_not_come_is_not_told(void)
{
	begin();
	machine.state_since = NOW + 1;
	CHECK(!strstr(print(), "ago"));
}

static void sizes_have_a_decimal(void)
{
	static const struct {
		uint64_t bytes;
		const char *shown;
	} rows[] = {
		{ 0, "0.0M" }, { 1 << 20, "1.0M" }, { (1 << 20) - 1, "0.9M" }, { 1536 << 10, "1.5M" }, { 5ULL << 30, "5120.0M" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin();
		snapshot.memory = rows[i].bytes;
		unit_about("%s", rows[i].shown);
		CHECK(strstr(strstr(print(), "Memory: "), rows[i].shown) != NULL);
	}
}

/* ---- whatever bytes -------------------------------------------------------------------------- */

static bool is_one_line(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return true;
}

static void no_byte_of_STATUS_leaves_its_line_or_reaches_a_terminal(void)
{
	for (unsigned byte = 1; byte < 256; byte++) {
		const char status[] = { 'a', (char)byte, 'b', (char)byte, '\0' };
		size_t length;
		const char *value;

		begin();
		snapshot.status_text = status;
		tell();
		unit_about("byte %u", byte);
		value = status_property(properties, "StatusText", &length);
		if (!CHECK(value != NULL))
			continue;
		CHECK(is_one_line(value, length));
		CHECK(strncmp(value + length, "\nInvocationID=", strlen("\nInvocationID=")) == 0);
		if (byte >= ' ' && byte < 0x7f)
			CHECK_BYTES(value, status, 4);
	}
}

static void what_a_service_says_can_be_no_property(void)
{
	size_t length;
	const char *value;

	begin();
	snapshot.status_text = "x\nMainPID=1\rHealth=none\nLog=forged";
	tell();
	value = status_property(properties, "MainPID", &length);
	CHECK(value && length == 1 && *value == '7');
	CHECK(!status_property(properties, "Log", &length));
	CHECK(strstr(json(), "\"status_text\":\"x\\\\x0aMainPID=1\\\\x0dHealth=none\\\\x0aLog=forged\"") != NULL);
}

static void text_in_other_scripts_stays_as_it_is(void)
{
	begin();
	snapshot.status_text = "Zoë \"läuft\" 稼働中 \\o/ 🙂";
	CHECK(strstr(print(), "Status: Zoë \"läuft\" 稼働中 \\o/ 🙂\n") != NULL);
	CHECK(strstr(json(), "\"status_text\":\"Zoë \\\"läuft\\\" 稼働中 \\\\o/ 🙂\"") != NULL);
}

/* The longest of each at once: a name as long as a file's can be, a status that all has to be escaped, a full log. */
static void the_longest_of_all_fits(void)
{
	static char name[256], status[NOTIFY_STATUS_SIZE], why[sizeof((struct failure *)0)->why], lines[8][160];

	begin();
	memset(name, 'n', sizeof name - 1);
	memset(status, 0x1b, sizeof status - 1);
	memset(why, 0x1b, sizeof why - 1);
	memset(lines, '"', sizeof lines);
	for (size_t i = 0; i < COUNT(lines); i++)
		lines[i][sizeof lines[i] - 1] = '\0';
	machine.main_ending = (struct ending){ .how = HOW_EXITED, .status = 255 };
	machine.state = STATE_AUTO_RESTART;
	machine.deadline = machine.state_since = UINT64_MAX - 1;
	machine.total_restarts = UINT32_MAX;
	snapshot.name = name;
	snapshot.status_text = status;
	snapshot.health_failure = why;
	machine.health.failures = UINT32_MAX;
	snapshot.lines = lines[0];
	snapshot.line_size = sizeof lines[0];
	snapshot.line_count = COUNT(lines);
	snapshot.memory = snapshot.cpu_usec = UINT64_MAX - 1;
	tell();
	CHECK(strlen(properties) < REPLY_MOST - sizeof "255\n");
	CHECK(strstr(json(), "\\\"\"]}\n") != NULL);
	print();
}

static void a_name_without_end_costs_nothing_else(void)
{
	static char name[2 * REPLY_MOST];
	struct text text = text_over(properties, sizeof properties);
	size_t length;

	begin();
	memset(name, 'n', sizeof name - 1);
	snapshot.name = name;
	status_properties(&snapshot, &text);
	CHECK(status_property(properties, "CPUUsageUSec", &length) != NULL);
	CHECK(status_property(properties, "Id", &length) && length < 4096);
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(the_properties_of_a_running_service),
		TEST(a_service_that_waits_for_its_restart),
		TEST(what_is_unknown_is_left_out),
		TEST(a_property_is_found_by_its_whole_name),
		TEST(a_running_service_as_people_see_it),
		TEST(a_check_that_has_failed_is_told_with_its_reason),
		TEST(what_goes_without_saying_is_not_said),
		TEST(each_state_has_a_dot_and_on_a_terminal_a_colour),
		TEST(a_time_that_has_not_come_is_not_told),
		TEST(sizes_have_a_decimal),
		TEST(no_byte_of_STATUS_leaves_its_line_or_reaches_a_terminal),
		TEST(what_a_service_says_can_be_no_property),
		TEST(text_in_other_scripts_stays_as_it_is),
		TEST(the_longest_of_all_fits),
		TEST(a_name_without_end_costs_nothing_else),
	};

	return unit_run(tests, COUNT(tests));
}
