#include "health.h"

/* A service that is getting ready is asked more often: people wait for it. */
#define READY_INTERVAL (500 * USEC_PER_MSEC)
/* Docker's start interval: how often within the start period. */
#define START_INTERVAL (5 * USEC_PER_SEC)

static bool in_start_period(const struct config *config, const struct health *health, uint64_t now)
{
	return health->status == HEALTH_STARTING && now - health->since < config->health_start_period;
}

static uint64_t interval_of(const struct config *config, const struct health *health, uint64_t now)
{
	if (health->check == CHECK_READY)
		return READY_INTERVAL;
	if (in_start_period(config, health, now) && config->health_interval > START_INTERVAL)
		return START_INTERVAL;
	return config->health_interval;
}

static void succeed(struct health *health, struct health_orders *orders)
{
	orders->healthy = health->status != HEALTH_HEALTHY;
	health->status = HEALTH_HEALTHY;
	health->failures = 0;
}

/* Within the start period a failure is no failure: Docker's start_period. */
static void fail(const struct config *config, struct health *health, uint64_t now, struct health_orders *orders)
{
	if (in_start_period(config, health, now))
		return;
	health->failures++;
	if (health->failures < config->health_retries || health->status == HEALTH_UNHEALTHY)
		return;
	health->status = HEALTH_UNHEALTHY;
	orders->unhealthy = true;
}

static void judge(const struct config *config, struct health *health, bool success, uint64_t now,
		  struct health_orders *orders)
{
	if (health->check == CHECK_READY)
		orders->ready = success;
	else if (success)
		succeed(health, orders);
	else
		fail(config, health, now, orders);
}

struct health_orders health_checked(const struct config *config, struct health *health, bool success, uint64_t now)
{
	struct health_orders orders = { 0 };

	if (health->check != CHECK_NONE && !health->stale)
		judge(config, health, success && !health->late, now, &orders);
	health->checking = health->late = health->stale = false;
	/* By what is known now: the first success ends the start period. */
	health->due = health->check == CHECK_NONE ? USEC_INFINITY : usec_after(now, interval_of(config, health, now));
	return orders;
}

/* Another check than before: it counts afresh, and what still runs of the old one is late. */
static void change(const struct config *config, struct health *health, enum check wanted, uint64_t now)
{
	health->check = wanted;
	health->failures = 0;
	health->since = now;
	health->status = wanted == CHECK_HEALTH ? HEALTH_STARTING : HEALTH_NONE;
	health->stale = health->checking;
	if (health->checking)
		health->due = health->late ? USEC_INFINITY : now;
	else if (wanted == CHECK_NONE)
		health->due = USEC_INFINITY;
	else
		health->due = wanted == CHECK_READY ? now : usec_after(now, interval_of(config, health, now));
}

struct health_orders health_follow(const struct config *config, struct health *health, enum check wanted,
				   uint64_t now)
{
	struct health_orders orders = { 0 };

	if (wanted != health->check) {
		change(config, health, wanted, now);
	} else if (health->due <= now && health->checking) {
		orders.kill = health->late = true;
		health->due = USEC_INFINITY;
	} else if (health->due <= now) {
		orders.spawn = health->checking = true;
		health->due = usec_after(now, config->health_timeout);
	}
	return orders;
}

const char *health_name(enum health_status status)
{
	static const char *const names[] = {
		[HEALTH_NONE] = "none",
		[HEALTH_STARTING] = "starting",
		[HEALTH_HEALTHY] = "healthy",
		[HEALTH_UNHEALTHY] = "unhealthy",
	};

	return names[status];
}
