#include "restart.h"
#include "unit.h"

#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define SECOND 1000000ULL
#define MINUTE (60 * SECOND)

static struct ending exited(int status)
{
	return (struct ending){ .how = HOW_EXITED, .status = status, .reported = status };
}

static struct ending killed(int signal)
{
	return (struct ending){ .how = HOW_KILLED, .status = signal, .reported = 128 + signal };
}

static struct ending dumped(int signal)
{
	return (struct ending){ .how = HOW_DUMPED, .status = signal, .reported = 128 + signal };
}

static void add_status(struct status_set *set, int status)
{
	set->codes[status / 64] |= 1ULL << status % 64;
}

static void add_signal(struct status_set *set, int signal)
{
	set->signals |= 1ULL << (signal - 1);
}

/* ---- what is a success ------------------------------------------------------------------- */

static void only_0_and_four_signals_are_a_daemons_clean_ends(void)
{
	struct config config = { 0 };
	struct ending ending;

	for (int status = 0; status < 256; status++) {
		unit_about("exit status %d", status);
		ending = exited(status);
		CHECK_INT(ending_is_clean(&config, &ending, true), status == 0);
		CHECK_INT(ending_is_clean(&config, &ending, false), status == 0);
	}
	for (int signal = 1; signal <= 64; signal++) {
		/* systemd.service(5), SuccessExitStatus=: SIGHUP, SIGINT, SIGTERM, SIGPIPE */
		bool clean = signal == 1 || signal == 2 || signal == 15 || signal == 13;

		unit_about("signal %d", signal);
		ending = killed(signal);
		CHECK_INT(ending_is_clean(&config, &ending, true), clean);
		CHECK_INT(ending_is_clean(&config, &ending, false), false);
		ending = dumped(signal);
		CHECK_INT(ending_is_clean(&config, &ending, true), false);
	}
}

static void success_exit_status_adds_statuses_and_signals_but_no_core_dump(void)
{
	struct config config = { 0 };
	struct ending ending;

	add_status(&config.success, 143);
	add_status(&config.success, 255);
	add_signal(&config.success, 9);
	add_signal(&config.success, 64);
	for (int status = 0; status < 256; status++) {
		unit_about("exit status %d", status);
		ending = exited(status);
		CHECK_INT(ending_is_clean(&config, &ending, false), status == 0 || status == 143 || status == 255);
	}
	for (int signal = 1; signal <= 64; signal++) {
		unit_about("signal %d", signal);
		ending = killed(signal);
		CHECK_INT(ending_is_clean(&config, &ending, false), signal == 9 || signal == 64);
		ending = dumped(signal);
		CHECK_INT(ending_is_clean(&config, &ending, true), false);
	}
}

static void a_status_set_holds_what_was_put_into_it_and_nothing_else(void)
{
	struct status_set set = { 0 };
	struct ending none = { 0 }, ending;

	add_status(&set, 0);
	add_status(&set, 64);
	add_signal(&set, 1);
	CHECK(!status_set_holds(&set, &none));
	ending = exited(0);
	CHECK(status_set_holds(&set, &ending));
	ending = exited(64);
	CHECK(status_set_holds(&set, &ending));
	ending = exited(1);
	CHECK(!status_set_holds(&set, &ending));
	ending = exited(128);
	CHECK(!status_set_holds(&set, &ending));
	ending = killed(1);
	CHECK(status_set_holds(&set, &ending));
	ending = dumped(1); /* here a core dump counts: RestartPreventExitStatus=SIGABRT */
	CHECK(status_set_holds(&set, &ending));
	ending = killed(2);
	CHECK(!status_set_holds(&set, &ending));
}

/* ---- Restart= ---------------------------------------------------------------------------- */

/*
 * systemd.service(5), "Exit causes and the effect of the Restart= settings"; what it leaves out is from
 * systemd's service_shall_restart(). A letter for each value that restarts: no, on-success, on-failure,
 * on-abnormal, on-watchdog, on-abort, always, unless-stopped.
 */
static const struct cause {
	const char *name;
	enum result result;
	const char *restarts;
} causes[] = {
	{ "clean exit code or signal", RESULT_SUCCESS, "-s----au" },
	{ "unclean exit code", RESULT_EXIT_CODE, "--f---au" },
	{ "unclean signal", RESULT_SIGNAL, "--fn-bau" },
	{ "core dump", RESULT_CORE_DUMP, "--fn-bau" },
	{ "timeout", RESULT_TIMEOUT, "--fn--au" },
	{ "watchdog", RESULT_WATCHDOG, "--fnw-au" },
	{ "termination due to OOM", RESULT_OOM_KILL, "--fn--au" },
	{ "protocol", RESULT_PROTOCOL, "--fn--au" },
	{ "resources", RESULT_RESOURCES, "--fn--au" },
	{ "skipped by ExecCondition=", RESULT_EXEC_CONDITION, "--------" },
	{ "a condition that is not met", RESULT_CONDITION, "--------" },
	{ "an assertion that is not met", RESULT_ASSERT, "--------" },
	{ "the start limit", RESULT_START_LIMIT_HIT, "--------" },
};

static void restart_follows_systemds_table(void)
{
	_Static_assert(LENGTH(causes) == RESULT_COUNT, "every result is in the table");
	struct ending none = { 0 };

	for (size_t i = 0; i < LENGTH(causes); i++)
		for (enum restart restart = RESTART_NO; restart <= RESTART_UNLESS_STOPPED; restart++) {
			struct config config = { .restart = restart };

			unit_about("%s, value %d", causes[i].name, restart);
			CHECK_INT(restart_wanted(&config, causes[i].result, &none), causes[i].restarts[restart] != '-');
		}
}

static void prevent_is_stronger_than_force_and_both_than_restart(void)
{
	struct ending ending = exited(64);

	for (enum restart restart = RESTART_NO; restart <= RESTART_UNLESS_STOPPED; restart++) {
		struct config config = { .restart = restart };

		unit_about("value %d", restart);
		add_status(&config.restart_force, 64);
		CHECK(restart_wanted(&config, RESULT_EXIT_CODE, &ending));
		CHECK(restart_wanted(&config, RESULT_SUCCESS, &ending));
		add_status(&config.restart_prevent, 64);
		CHECK(!restart_wanted(&config, RESULT_EXIT_CODE, &ending));
		config.restart_force = (struct status_set){ 0 };
		CHECK(!restart_wanted(&config, RESULT_EXIT_CODE, &ending));
	}
}

static void prevent_and_force_heed_the_main_process_alone(void)
{
	struct config config = { .restart = RESTART_ALWAYS };
	struct ending none = { 0 }, other = exited(1), dump = dumped(6);

	add_status(&config.restart_prevent, 64);
	add_signal(&config.restart_prevent, 6);
	CHECK(restart_wanted(&config, RESULT_EXIT_CODE, &none));
	CHECK(restart_wanted(&config, RESULT_EXIT_CODE, &other));
	CHECK(!restart_wanted(&config, RESULT_CORE_DUMP, &dump));
}

static void a_oneshot_is_never_forced_to_do_its_work_again(void)
{
	struct config config = { .type = TYPE_ONESHOT };
	struct ending ending = exited(0);

	add_status(&config.restart_force, 0);
	CHECK(!restart_wanted(&config, RESULT_SUCCESS, &ending));
	CHECK(restart_wanted(&config, RESULT_TIMEOUT, &ending));
	config.type = TYPE_SIMPLE;
	CHECK(restart_wanted(&config, RESULT_SUCCESS, &ending));
}

/* ---- delays ------------------------------------------------------------------------------ */

static long double power(long double base, unsigned exponent)
{
	long double result = 1;

	while (exponent--)
		result *= base;
	return result;
}

/* The root by halving: independent of the logarithms under test, and of libm. */
static long double root(long double value, unsigned degree)
{
	long double low = 1, high = value;

	for (int i = 0; i < 200; i++) {
		long double middle = (low + high) / 2;

		if (power(middle, degree) < value)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void check_steps(uint64_t first, uint64_t last, unsigned steps)
{
	struct config config = { .restart_usec = first, .restart_max_delay = last, .restart_steps = steps };
	long double factor = root((long double)last / (long double)first, steps);
	uint64_t before = 0;

	for (unsigned n = 1; n <= steps + 3; n++) {
		uint64_t delay = restart_delay(&config, n);
		long double expected = n > steps ? (long double)last : (long double)first * power(factor, n - 1);
		long double error = (long double)delay / expected - 1;

		unit_about("%llu to %llu in %u steps, restart %u: %llu, not %.1Lf", (unsigned long long)first,
			   (unsigned long long)last, steps, n, (unsigned long long)delay, expected);
		/* systemd cuts to whole microseconds; so may we */
		CHECK((error > -0.001L && error < 0.001L) ||
		      (delay <= (uint64_t)expected + 1 && delay + 1 >= (uint64_t)expected));
		CHECK(delay >= before);
		CHECK(delay <= last);
		before = delay;
	}
	CHECK_INT(restart_delay(&config, 1), first);
	CHECK_INT(restart_delay(&config, steps + 1), last);
}

static void growing_delays_are_a_geometric_series(void)
{
	static const uint64_t firsts[] = { 1, 7, 1000, 100000, SECOND, 3 * SECOND + 1, 90 * SECOND };
	static const uint64_t factors[] = { 2, 3, 60, 1000, 86400, 1000000007 };
	static const unsigned steps[] = { 1, 2, 3, 5, 10, 64, 200 };

	for (size_t i = 0; i < LENGTH(firsts); i++)
		for (size_t j = 0; j < LENGTH(factors); j++)
			for (size_t k = 0; k < LENGTH(steps); k++)
				check_steps(firsts[i], firsts[i] * factors[j], steps[k]);
	check_steps(SECOND, SECOND + 1, 4);
	check_steps(1, 1ULL << 62, 40);
}

static void without_steps_or_ceiling_the_delay_stays(void)
{
	struct config config = { .restart_usec = SECOND, .restart_max_delay = MINUTE };

	CHECK_INT(restart_delay(&config, 9), SECOND);
	config.restart_steps = 3;
	config.restart_max_delay = USEC_INFINITY;
	CHECK_INT(restart_delay(&config, 9), SECOND);
	config.restart_max_delay = SECOND;
	CHECK_INT(restart_delay(&config, 9), SECOND);
	config.restart_usec = 0;
	CHECK_INT(restart_delay(&config, 9), 0);
}

static void dockers_delay_doubles_from_100_ms_to_a_minute(void)
{
	/* moby's restartmanager: 100ms, twice the last one, at most a minute */
	static const uint64_t milliseconds[] = { 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200,
						 60000, 60000, 60000 };
	struct config config = { .docker_backoff = true, .restart_usec = 100000, .restart_max_delay = MINUTE };

	for (unsigned n = 1; n <= LENGTH(milliseconds); n++) {
		unit_about("restart %u", n);
		CHECK_INT(restart_delay(&config, n), milliseconds[n - 1] * 1000);
	}
	CHECK_INT(restart_delay(&config, 4000000000U), MINUTE);
	config.restart_max_delay = USEC_INFINITY;
	CHECK(restart_delay(&config, 4000000000U) == USEC_INFINITY);
	config.restart_usec = 0;
	CHECK_INT(restart_delay(&config, 4000000000U), 0);
	config.restart_usec = 2 * MINUTE;
	config.restart_max_delay = MINUTE;
	CHECK_INT(restart_delay(&config, 1), MINUTE);
}

/* ---- how often --------------------------------------------------------------------------- */

static struct config limit_of(uint64_t interval, unsigned burst)
{
	return (struct config){ .start_limit_interval = interval, .start_limit_burst = burst };
}

/* Starts that are tried at these times; y: it goes ahead. systemd's ratelimit_below() decides so. */
static void check_starts(const struct config *config, const unsigned *seconds, size_t count,
			 const char *allowed)
{
	struct machine machine = { 0 };

	for (size_t i = 0; i < count; i++) {
		uint64_t at = (100 + seconds[i]) * SECOND;

		unit_about("start %zu at %u s", i + 1, seconds[i]);
		CHECK_INT(restart_allowed(config, &machine, at), allowed[i] == 'y');
		if (restart_allowed(config, &machine, at))
			restart_count(config, &machine, at);
	}
}

static void five_starts_in_ten_seconds_and_no_sixth(void)
{
	static const unsigned at[] = { 0, 1, 2, 3, 4, 5, 9, 10, 11, 12 };
	struct config config = limit_of(10 * SECOND, 5);

	/* The interval ends when more than ten seconds are over: at 10 it is not, at 11 a new one begins. */
	check_starts(&config, at, LENGTH(at), "yyyyynnnyy");
}

static void the_interval_begins_with_a_start_and_does_not_slide(void)
{
	/* Four at its end, five at the beginning of the next: nine in eight seconds, as systemd has it. */
	static const unsigned at[] = { 0, 7, 8, 9, 10, 11, 12, 12, 13, 14, 15, 21, 22 };
	struct config config = limit_of(10 * SECOND, 5);

	check_starts(&config, at, LENGTH(at), "yyyyyyyyyynny");
}

static void a_limit_of_nothing_is_none(void)
{
	static const unsigned at[] = { 0, 0, 0, 0, 0, 0, 0 };
	struct config no_interval = limit_of(0, 5), no_burst = limit_of(10 * SECOND, 0);

	check_starts(&no_interval, at, LENGTH(at), "yyyyyyy");
	check_starts(&no_burst, at, LENGTH(at), "yyyyyyy");
}

static void an_endless_interval_never_begins_anew(void)
{
	static const unsigned at[] = { 0, 1000, 2000000, 2000001 };
	struct config config = limit_of(USEC_INFINITY, 3);

	check_starts(&config, at, LENGTH(at), "yyyn");
}

static void asking_changes_nothing(void)
{
	struct config config = limit_of(10 * SECOND, 2);
	struct machine machine = { .window = 5 * SECOND, .window_starts = 2 }, before = machine;

	CHECK(!restart_allowed(&config, &machine, 6 * SECOND));
	CHECK(restart_allowed(&config, &machine, 16 * SECOND));
	CHECK_BYTES(&machine, &before, sizeof machine);
}

static void docker_counts_restarts_instead(void)
{
	struct config config = { .docker_backoff = true, .docker_retries = 3 };
	struct machine machine = { 0 };

	for (unsigned i = 0; i < 3; i++) {
		CHECK(restart_allowed(&config, &machine, i));
		machine.total_restarts++;
	}
	CHECK(!restart_allowed(&config, &machine, MINUTE));
	CHECK(!restart_allowed(&config, &machine, 1000 * MINUTE));
	config.docker_retries = 0;
	CHECK(restart_allowed(&config, &machine, MINUTE));
}

static void the_limit_that_is_told_is_the_one_that_is_kept(void)
{
	struct config config = limit_of(10 * SECOND, 5);

	config.restart_usec = 100000;
	CHECK_INT(restart_limit(&config), 4);
	config.restart_usec = 2 * SECOND; /* the sixth comes at 10 s, and the interval is not over */
	CHECK_INT(restart_limit(&config), 4);
	config.restart_usec = 2 * SECOND + 1;
	CHECK_INT(restart_limit(&config), 0);
	config.start_limit_interval = USEC_INFINITY;
	CHECK_INT(restart_limit(&config), 4);
	config.start_limit_burst = 0;
	CHECK_INT(restart_limit(&config), 0);
	config.docker_retries = 7;
	CHECK_INT(restart_limit(&config), 7);
}

static void a_limit_is_told_exactly_when_fast_failures_can_hit_it(void)
{
	for (unsigned interval = 1; interval <= 12; interval++)
		for (unsigned burst = 1; burst <= 5; burst++)
			for (unsigned delay = 0; delay <= 13; delay++) {
				struct config config = limit_of(interval, burst);
				struct machine machine = { 0 };
				bool hit = false;

				config.restart_usec = delay;
				for (unsigned i = 0; i < 60 && !hit; i++) {
					hit = !restart_allowed(&config, &machine, 1000 + i * delay);
					restart_count(&config, &machine, 1000 + i * delay);
				}
				unit_about("%u starts in %u, %u apart", burst, interval, delay);
				CHECK_INT(restart_limit(&config), hit ? burst - 1 : 0);
			}
}

static void a_long_run_forgets_earlier_failures(void)
{
	static const struct { uint64_t reset, run; bool forgets; } rows[] = {
		{ 10 * SECOND, 10 * SECOND, true },
		{ 10 * SECOND, 10 * SECOND - 1, false },
		{ 10 * SECOND, USEC_INFINITY - 1, true },
		{ 0, MINUTE, false },
		{ USEC_INFINITY, USEC_INFINITY, false },
	};

	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct config config = { .restart_reset = rows[i].reset };
		struct machine machine = { .restarts = 4, .window_starts = 3, .total_restarts = 9 };

		unit_about("row %zu", i);
		restart_reset(&config, &machine, rows[i].run);
		CHECK_INT(machine.restarts, rows[i].forgets ? 0 : 4);
		CHECK_INT(machine.window_starts, rows[i].forgets ? 0 : 3);
		CHECK_INT(machine.total_restarts, 9);
	}
}

/* ---- what tend ends with ----------------------------------------------------------------- */

#define NONE { .how = HOW_NONE }
#define EXITED(number) { .how = HOW_EXITED, .status = (number), .reported = (number) }
#define KILLED(signal) { .how = HOW_KILLED, .status = (signal), .reported = 128 + (signal) }
#define DUMPED(signal) { .how = HOW_DUMPED, .status = (signal), .reported = 128 + (signal) }
#define NOT_FOUND { .how = HOW_EXITED, .status = 203, .reported = 127, .exec_failed = true }

/* The manual's exit statuses: for a unit and a bare command, without and with a stop by SIGTERM. */
static const struct end {
	const char *name;
	enum result result;
	struct ending main, failed;
	int unit, unit_stopped, bare, bare_stopped;
} ends[] = {
	{ "exit 0", RESULT_SUCCESS, EXITED(0), NONE, 0, 0, 0, 0 },
	{ "exit 3", RESULT_EXIT_CODE, EXITED(3), EXITED(3), 3, 3, 3, 3 },
	{ "exit 143, in SuccessExitStatus=", RESULT_SUCCESS, EXITED(143), NONE, 143, 0, 143, 0 },
	{ "SIGTERM", RESULT_SUCCESS, KILLED(15), NONE, 143, 143, 143, 143 },
	{ "SIGKILL", RESULT_SIGNAL, KILLED(9), KILLED(9), 137, 137, 137, 137 },
	{ "core dump", RESULT_CORE_DUMP, DUMPED(11), DUMPED(11), 139, 139, 139, 139 },
	{ "out of memory", RESULT_OOM_KILL, KILLED(9), KILLED(9), 137, 137, 137, 137 },
	{ "not found", RESULT_EXIT_CODE, NOT_FOUND, NOT_FOUND, 127, 127, 127, 127 },
	{ "ExecStartPre= failed", RESULT_EXIT_CODE, NONE, EXITED(5), 5, 5, 5, 5 },
	{ "ExecStop= failed", RESULT_EXIT_CODE, EXITED(0), EXITED(5), 5, 5, 5, 5 },
	{ "timeout", RESULT_TIMEOUT, KILLED(9), NONE, 124, 124, 124, 124 },
	{ "watchdog", RESULT_WATCHDOG, DUMPED(6), NONE, 134, 134, 134, 134 },
	{ "watchdog, and it says 0", RESULT_WATCHDOG, EXITED(0), NONE, 1, 1, 1, 1 },
	{ "start limit", RESULT_START_LIMIT_HIT, EXITED(3), EXITED(3), 3, 3, 3, 3 },
	{ "start limit, after successes", RESULT_START_LIMIT_HIT, EXITED(0), NONE, 1, 1, 1, 1 },
	{ "protocol", RESULT_PROTOCOL, EXITED(0), NONE, 1, 1, 1, 1 },
	{ "resources", RESULT_RESOURCES, NONE, NONE, 1, 1, 1, 1 },
	{ "unmet assertion", RESULT_ASSERT, NONE, NONE, 1, 1, 1, 1 },
	{ "unmet condition", RESULT_CONDITION, NONE, NONE, 0, 0, 0, 0 },
	{ "ExecCondition=", RESULT_EXEC_CONDITION, NONE, EXITED(1), 0, 0, 0, 0 },
	{ "nothing ran", RESULT_SUCCESS, NONE, NONE, 0, 0, 0, 143 },
};

static void check_end(const struct end *end, bool unit, bool stopped, int expected)
{
	struct config config = { 0 };
	struct plan plan = { .config = &config, .unit = unit };
	struct machine machine = {
		.result = end->result,
		.main_ending = end->main,
		.failed = end->failed,
		.stop_asked = stopped,
		.came = stopped ? 15 : 0,
	};

	add_status(&config.success, 143);
	unit_about("%s: %s%s", end->name, unit ? "unit" : "bare command", stopped ? ", stopped" : "");
	CHECK_INT(final_status(&plan, &machine), expected);
}

static void the_exit_status_is_the_services(void)
{
	bool told[RESULT_COUNT] = { false };

	for (size_t i = 0; i < LENGTH(ends); i++) {
		check_end(&ends[i], true, false, ends[i].unit);
		check_end(&ends[i], true, true, ends[i].unit_stopped);
		check_end(&ends[i], false, false, ends[i].bare);
		check_end(&ends[i], false, true, ends[i].bare_stopped);
		told[ends[i].result] = true;
	}
	for (size_t i = 0; i < RESULT_COUNT; i++) {
		unit_about("result %zu", i);
		CHECK(told[i]);
	}
}

static void no_failure_ends_with_0(void)
{
	struct config config = { 0 };
	struct machine machine = { .main_ending = { .how = HOW_EXITED }, .stop_asked = true };
	struct plan plan = { .config = &config, .unit = true };

	add_status(&config.success, 0);
	for (enum result result = RESULT_RESOURCES; result < RESULT_COUNT; result++) {
		machine.result = result;
		unit_about("result %d", result);
		CHECK_INT(final_status(&plan, &machine) == 0,
			  result == RESULT_CONDITION || result == RESULT_EXEC_CONDITION);
	}
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(only_0_and_four_signals_are_a_daemons_clean_ends),
		TEST(success_exit_status_adds_statuses_and_signals_but_no_core_dump),
		TEST(a_status_set_holds_what_was_put_into_it_and_nothing_else),
		TEST(restart_follows_systemds_table),
		TEST(prevent_is_stronger_than_force_and_both_than_restart),
		TEST(prevent_and_force_heed_the_main_process_alone),
		TEST(a_oneshot_is_never_forced_to_do_its_work_again),
		TEST(growing_delays_are_a_geometric_series),
		TEST(without_steps_or_ceiling_the_delay_stays),
		TEST(dockers_delay_doubles_from_100_ms_to_a_minute),
		TEST(five_starts_in_ten_seconds_and_no_sixth),
		TEST(the_interval_begins_with_a_start_and_does_not_slide),
		TEST(a_limit_of_nothing_is_none),
		TEST(an_endless_interval_never_begins_anew),
		TEST(asking_changes_nothing),
		TEST(docker_counts_restarts_instead),
		TEST(the_limit_that_is_told_is_the_one_that_is_kept),
		TEST(a_limit_is_told_exactly_when_fast_failures_can_hit_it),
		TEST(a_long_run_forgets_earlier_failures),
		TEST(the_exit_status_is_the_services),
		TEST(no_failure_ends_with_0),
	};

	return unit_run(tests, LENGTH(tests));
}
