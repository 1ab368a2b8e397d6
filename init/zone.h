/*
 * zone: local time by a time zone file or a TZ rule. Pure core. tzfile(5), RFC 8536, tzset(3).
 */
#ifndef TEND_ZONE_H
#define TEND_ZONE_H

#include "text.h"

/*
 * A stretch of time in which local time keeps one distance from UTC. All zeros is an empty stretch at UTC: it
 * holds no moment, so whoever asks finds that it has to be renewed.
 */
struct zone {
	int64_t from, until; /* seconds since 1970, until is the first that is outside */
	long offset;         /* seconds east of UTC */
};

/* The stretch that holds now by the size bytes of a time zone file; false and *zone untouched if they are no such. */
bool zone_from_file(const unsigned char *file, size_t size, int64_t now, struct zone *zone);

/*
 * The same by a rule such as "JST-9" or "CET-1CEST,M3.5.0,M10.5.0/3". A daylight saving time without dates has those
 * of the United States, as in glibc. The rule ends at a NUL or a newline.
 */
bool zone_from_rule(const char *rule, int64_t now, struct zone *zone);

/* seconds since 1970 (from the year 1 on) as a date and time that is offset seconds east of UTC. */
struct civil_time zone_civil(int64_t seconds, long offset);

#endif
