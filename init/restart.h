/*
 * restart: whether, when and how often. Pure core. systemd.service(5) Restart= and its table; Docker's restart policies.
 */
#ifndef TEND_RESTART_H
#define TEND_RESTART_H

#include "service.h"

/* Whether an ending counts as success: 0, SuccessExitStatus=, and for a daemon SIGHUP, SIGINT, SIGTERM, SIGPIPE. */
bool ending_is_clean(const struct config *config, const struct ending *ending, bool daemon);
/* Whether the set names that ending. */
bool status_set_holds(const struct status_set *set, const struct ending *ending);

/* Whether Restart= and the status lists want a new start after that result. */
bool restart_wanted(const struct config *config, enum result result, const struct ending *main);

/* The delay before restart number n (1 is the first): RestartSec=, RestartSteps=, or Docker's doubling. */
uint64_t restart_delay(const struct config *config, unsigned n);

/*
 * Whether another start at time `at` is within the limit: StartLimitBurst= in StartLimitIntervalSec=, or
 * Docker's on-failure:N. Changes nothing.
 */
bool restart_allowed(const struct config *config, const struct machine *machine, uint64_t at);
/* Counts a start at that time. */
void restart_count(const struct config *config, struct machine *machine, uint64_t at);
/* How many restarts the limit grants, 0 where it can never be hit. */
unsigned restart_limit(const struct config *config);
/* Forgets earlier failures after a run of X-RestartResetSec=. */
void restart_reset(const struct config *config, struct machine *machine, uint64_t run);

/* What tend ends with, once its service is dead and is not restarted. */
int final_status(const struct plan *plan, const struct machine *machine);

#endif
