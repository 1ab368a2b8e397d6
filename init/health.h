/*
 * health: when a check is due, how long it may take, and what a row of results means. A pure machine of
 * its own, which service's drives. The words and meanings are Docker's HEALTHCHECK: interval, timeout,
 * retries, start period; one check at a time.
 */
#ifndef TEND_HEALTH_H
#define TEND_HEALTH_H

#include "options.h"

/* Which check is wanted now: X-ReadyCheck= until the service has started, X-HealthCheck= while it runs. */
enum check { CHECK_NONE, CHECK_READY, CHECK_HEALTH };

/* As `docker inspect` shows it. */
enum health_status { HEALTH_NONE, HEALTH_STARTING, HEALTH_HEALTHY, HEALTH_UNHEALTHY };

struct health {
	enum check check;
	enum health_status status;
	bool checking;  /* a check's process lives; it may be one that is no longer wanted, or that was killed */
	bool late;      /* it has been killed for lateness */
	bool stale;     /* its result is nobody's concern any more */
	unsigned failures; /* in a row: FailingStreak */
	uint64_t since; /* when this check was first wanted */
	uint64_t due;   /* when the next one begins, or the one that runs is late; USEC_INFINITY: never */
};

/* What is to be done, and what has become known. */
struct health_orders {
	bool spawn, kill;
	bool ready;     /* the readiness check has succeeded */
	bool unhealthy; /* as many failures in a row as X-HealthRetries=: said once */
	bool healthy;   /* the first success, or the first after unhealthy */
};

/* A check has ended. */
struct health_orders health_checked(const struct config *config, struct health *health, bool success, uint64_t now);
/*
 * Time has passed, or another check is wanted than before. The latter orders nothing yet: it may come of a
 * step in which something else could not be spawned, so that the rest of what it asks for is void.
 */
struct health_orders health_follow(const struct config *config, struct health *health, enum check wanted,
				   uint64_t now);

/* "starting", "healthy", "unhealthy", "none". */
const char *health_name(enum health_status status);

#endif
