/* probe: whether something answers at a URL, bounded in time and in bytes. */
#ifndef TEND_PROBE_H
#define TEND_PROBE_H

#include "world.h"

/* Microseconds; of the verb, where the URL has no timeout of its own. */
#define PROBE_TIMEOUT (5 * USEC_PER_SEC)

enum probe_result { PROBE_ALIVE, PROBE_DEAD, PROBE_MISUSED };

/*
 * Asks at url (wire.h has its parts) for at most its own timeout, or else for timeout microseconds,
 * and takes at most 64 KiB of what is said. Why it is not alive, or what was expected of the URL
 * where it can't be read, is appended to *why. Hosts are numeric addresses, localhost, and names in
 * /etc/hosts, whose addresses are tried in turn.
 */
enum probe_result probe(const char *url, uint64_t timeout, struct text *why);

/* The run of a struct spawn whose value is a URL, for X-HealthTimeout=. 0 if it is alive. */
int probe_check(const struct spawn *spawn, struct text *why);

#endif
