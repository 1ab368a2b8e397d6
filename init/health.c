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

struct health_orders health_checked(const struct config *config, struct health *health, bool success, uint64_t now)
{
	struct health_orders orders = { 0 };
	bool stale = health->stale;

	success &= !health->late;
	health->checking = health->late = health->stale = false;
	if (health->check == CHECK_NONE)
		return orders;
	health->due = now + interval_of(config, health, now);
	if (stale)
		return orders;
	if (health->check == CHECK_READY)
		orders.ready = success;
	else if (success)
		succeed(health, &orders);
	else
		fail(config, health, now, &orders);
	return orders;
}

/* Another check than before: it counts afresh, and what still runs of the old one is killed. */
static void change(const struct config *config, struct health *health, enum check wanted, uint64_t now,
		   struct health_orders *orders)
{
	health->check = wanted;
	health->failures = 0;
	health->since = now;
	health->status = wanted == CHECK_HEALTH ? HEALTH_STARTING : HEALTH_NONE;
	health->due = wanted == CHECK_NONE ? USEC_INFINITY : wanted == CHECK_READY ? now :
		      now + interval_of(config, health, now);
	if (!health->checking)
		return;
	orders->kill = !health->late;
	health->stale = true;
	health->due = USEC_INFINITY;
}

struct health_orders health_follow(const struct config *config, struct health *health, enum check wanted,
				   uint64_t now)
{
	struct health_orders orders = { 0 };

	if (wanted != health->check)
		change(config, health, wanted, now, &orders);
	if (health->due > now)
		return orders;
	if (health->checking) {
		orders.kill = health->late = true;
		health->due = USEC_INFINITY;
	} else {
		orders.spawn = health->checking = true;
		health->due = now + config->health_timeout;
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
