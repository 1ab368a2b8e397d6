#include "health.h"
#include "unit.h"

#define SECOND 1000000ULL
#define START (100 * SECOND)

/* Docker's defaults. */
static const struct config docker = {
	.health_interval = 30 * SECOND,
	.health_timeout = 30 * SECOND,
	.health_retries = 3,
};

static struct health nothing(void)
{
	return (struct health){ .due = USEC_INFINITY };
}

static struct health_orders follow(const struct config *config, struct health *health, enum check wanted,
				   uint64_t now)
{
	return health_follow(config, health, wanted, now);
}

/* Wanted from START on. */
static struct health begun(const struct config *config, enum check wanted)
{
	struct health health = nothing();

	follow(config, &health, wanted, START);
	return health;
}

/* The check that is due begins, and ends at once. */
static struct health_orders check(const struct config *config, struct health *health, bool success)
{
	uint64_t now = health->due;

	CHECK(follow(config, health, health->check, now).spawn);
	return health_checked(config, health, success, now);
}

static void the_first_health_check_comes_after_an_interval(void)
{
	struct health health = begun(&docker, CHECK_HEALTH);

	CHECK_INT(health.due, START + 30 * SECOND);
	CHECK_INT(health.status, HEALTH_STARTING);
	CHECK(!follow(&docker, &health, CHECK_HEALTH, START + 30 * SECOND - 1).spawn);
	CHECK(follow(&docker, &health, CHECK_HEALTH, START + 30 * SECOND).spawn);
}

static void the_first_readiness_check_is_due_at_once_but_not_in_the_same_step(void)
{
	struct health health = nothing();

	CHECK(!follow(&docker, &health, CHECK_READY, START).spawn);
	CHECK_INT(health.due, START);
	CHECK(follow(&docker, &health, CHECK_READY, START).spawn);
}

static void readiness_is_asked_for_until_it_is_there(void)
{
	struct health health = begun(&docker, CHECK_READY);

	for (int i = 0; i < 100; i++) {
		struct health_orders orders = check(&docker, &health, false);

		CHECK(!orders.ready && !orders.unhealthy && !orders.healthy);
		CHECK(health.due != USEC_INFINITY);
	}
	CHECK(check(&docker, &health, true).ready);
}

static void one_check_runs_at_a_time(void)
{
	struct health health = begun(&docker, CHECK_HEALTH);
	uint64_t now = health.due;

	CHECK(follow(&docker, &health, CHECK_HEALTH, now).spawn);
	CHECK(!follow(&docker, &health, CHECK_HEALTH, now).spawn);
	CHECK(!follow(&docker, &health, CHECK_HEALTH, now + 29 * SECOND).spawn);
	health_checked(&docker, &health, true, now + 29 * SECOND);
	CHECK_INT(health.due, now + 59 * SECOND); /* the interval counts from its end, as Docker's does */
}

static void as_many_failures_in_a_row_as_retries_are_unhealthy_and_told_once(void)
{
	struct health health = begun(&docker, CHECK_HEALTH);

	CHECK(!check(&docker, &health, false).unhealthy);
	CHECK(!check(&docker, &health, false).unhealthy);
	CHECK_INT(health.status, HEALTH_STARTING);
	CHECK(check(&docker, &health, false).unhealthy);
	CHECK_INT(health.status, HEALTH_UNHEALTHY);
	CHECK(!check(&docker, &health, false).unhealthy);
	CHECK_INT(health.failures, 4);
}

static void a_success_between_begins_the_count_anew(void)
{
	struct health health = begun(&docker, CHECK_HEALTH);

	for (int i = 0; i < 10; i++) {
		CHECK(!check(&docker, &health, false).unhealthy);
		CHECK(!check(&docker, &health, false).unhealthy);
		CHECK_INT(check(&docker, &health, true).healthy, i == 0);
		CHECK_INT(health.status, HEALTH_HEALTHY);
	}
}

static void recovery_is_told_and_so_is_the_next_illness(void)
{
	struct health health = begun(&docker, CHECK_HEALTH);

	for (int i = 0; i < 3; i++)
		check(&docker, &health, false);
	CHECK(check(&docker, &health, true).healthy);
	CHECK(!check(&docker, &health, true).healthy);
	check(&docker, &health, false);
	check(&docker, &health, false);
	CHECK(check(&docker, &health, false).unhealthy);
}

static void failures_in_the_start_period_do_not_count(void)
{
	struct config config = docker;
	struct health health;

	config.health_start_period = 60 * SECOND;
	health = begun(&config, CHECK_HEALTH);
	while (health.due < START + config.health_start_period) {
		CHECK(!check(&config, &health, false).unhealthy);
		CHECK_INT(health.failures, 0);
	}
	check(&config, &health, false);
	check(&config, &health, false);
	CHECK(check(&config, &health, false).unhealthy);
}

static void a_success_ends_the_start_period(void)
{
	struct config config = docker;
	struct health health;

	config.health_start_period = 600 * SECOND;
	health = begun(&config, CHECK_HEALTH);
	CHECK_INT(health.due, START + 5 * SECOND); /* Docker's start interval */
	check(&config, &health, true);
	CHECK_INT(health.due, START + 35 * SECOND);
	check(&config, &health, false);
	check(&config, &health, false);
	CHECK(check(&config, &health, false).unhealthy);
}

static void a_shorter_interval_is_kept_in_the_start_period(void)
{
	struct config config = docker;

	config.health_start_period = 60 * SECOND;
	config.health_interval = SECOND;
	CHECK_INT(begun(&config, CHECK_HEALTH).due, START + SECOND);
}

static void a_check_that_is_late_is_killed_and_has_failed_whatever_it_says(void)
{
	struct config config = docker;
	struct health health;
	uint64_t now;

	config.health_retries = 1;
	health = begun(&config, CHECK_HEALTH);
	now = health.due;
	follow(&config, &health, CHECK_HEALTH, now);
	CHECK(!follow(&config, &health, CHECK_HEALTH, now + 30 * SECOND - 1).kill);
	CHECK(follow(&config, &health, CHECK_HEALTH, now + 30 * SECOND).kill);
	CHECK(!follow(&config, &health, CHECK_HEALTH, now + 300 * SECOND).kill);
	CHECK(health.due == USEC_INFINITY);
	CHECK(health_checked(&config, &health, true, now + 300 * SECOND).unhealthy);
	CHECK_INT(health.due, now + 330 * SECOND);
}

static void a_check_that_is_not_wanted_any_more_is_killed_and_says_nothing(void)
{
	struct health health = begun(&docker, CHECK_READY);
	struct health_orders orders;
	uint64_t now = health.due;

	follow(&docker, &health, CHECK_READY, now);
	orders = follow(&docker, &health, CHECK_HEALTH, now + 1);
	CHECK(!orders.kill && !orders.spawn);
	CHECK_INT(health.due, now + 1);
	CHECK(follow(&docker, &health, CHECK_HEALTH, now + 1).kill);
	orders = health_checked(&docker, &health, true, now + 2);
	CHECK(!orders.ready && !orders.healthy && !orders.unhealthy);
	CHECK_INT(health.status, HEALTH_STARTING);
	CHECK_INT(health.due, now + 2 + 30 * SECOND);
	CHECK(check(&docker, &health, true).healthy);
}

static void nothing_is_due_when_no_check_is_wanted(void)
{
	struct health health = begun(&docker, CHECK_HEALTH);
	uint64_t now = health.due;

	follow(&docker, &health, CHECK_HEALTH, now);
	follow(&docker, &health, CHECK_NONE, now + 1);
	health_checked(&docker, &health, false, now + 2); /* before it could be killed */
	CHECK(health.due == USEC_INFINITY);
	CHECK(!follow(&docker, &health, CHECK_NONE, now + 1000 * SECOND).spawn);
	CHECK_INT(health.status, HEALTH_NONE);
}

static void a_restart_counts_afresh(void)
{
	struct health health = begun(&docker, CHECK_HEALTH);

	check(&docker, &health, false);
	check(&docker, &health, false);
	follow(&docker, &health, CHECK_NONE, health.due - 1);
	follow(&docker, &health, CHECK_HEALTH, START + 500 * SECOND);
	CHECK_INT(health.failures, 0);
	CHECK_INT(health.due, START + 530 * SECOND);
	CHECK(!check(&docker, &health, false).unhealthy);
}

static void infinity_is_never(void)
{
	struct config config = docker;
	struct health health;

	config.health_interval = USEC_INFINITY;
	CHECK(begun(&config, CHECK_HEALTH).due == USEC_INFINITY);
	config = docker;
	config.health_timeout = USEC_INFINITY;
	health = begun(&config, CHECK_HEALTH);
	CHECK(follow(&config, &health, CHECK_HEALTH, health.due).spawn);
	CHECK(health.due == USEC_INFINITY);
}

static void the_states_have_dockers_names(void)
{
	CHECK_TEXT(health_name(HEALTH_NONE), "none");
	CHECK_TEXT(health_name(HEALTH_STARTING), "starting");
	CHECK_TEXT(health_name(HEALTH_HEALTHY), "healthy");
	CHECK_TEXT(health_name(HEALTH_UNHEALTHY), "unhealthy");
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(the_first_health_check_comes_after_an_interval),
		TEST(the_first_readiness_check_is_due_at_once_but_not_in_the_same_step),
		TEST(readiness_is_asked_for_until_it_is_there),
		TEST(one_check_runs_at_a_time),
		TEST(as_many_failures_in_a_row_as_retries_are_unhealthy_and_told_once),
		TEST(a_success_between_begins_the_count_anew),
		TEST(recovery_is_told_and_so_is_the_next_illness),
		TEST(failures_in_the_start_period_do_not_count),
		TEST(a_success_ends_the_start_period),
		TEST(a_shorter_interval_is_kept_in_the_start_period),
		TEST(a_check_that_is_late_is_killed_and_has_failed_whatever_it_says),
		TEST(a_check_that_is_not_wanted_any_more_is_killed_and_says_nothing),
		TEST(nothing_is_due_when_no_check_is_wanted),
		TEST(a_restart_counts_afresh),
		TEST(infinity_is_never),
		TEST(the_states_have_dockers_names),
	};

	return unit_run(tests, sizeof tests / sizeof *tests);
}
