/* status: what `tend status` and `tend show` print, as text or as JSON. Pure core. */
#ifndef TEND_STATUS_H
#define TEND_STATUS_H

#include "jobs.h"

/* What PID 1 knows; UINT64_MAX: unknown. */
struct snapshot {
	const char *name;
	const struct machine *machine;
	int main_pid;
	const char *status_text; /* STATUS= of sd_notify(3) */
	const char *invocation;
	const char *health_failure; /* why the last check has failed; of no interest where none has */
	uint64_t memory, cpu_usec;
	/* The last lines of the log, a ring of count lines of size bytes; the oldest is line first. */
	const char *lines;
	size_t line_size, line_count, first;
};

/*
 * Appends one NAME=VALUE a line (Log= as often as there are lines), names as systemctl show has them: what travels to
 * the client and what `tend show` prints. Times are monotonic microseconds. Whatever bytes the service has said, a
 * value is one line that no terminal obeys: "\x1b". Log= comes last, so that nothing else is cut; all of it fits into
 * REPLY_MOST bytes.
 */
void status_properties(const struct snapshot *snapshot, struct text *text);

/*
 * Where the value of the first property of that name stands in such a text, and its length; NULL when it is not
 * there. In the three functions that follow properties has at most REPLY_MOST bytes, whatever they are.
 */
const char *status_property(const char *properties, const char *name, size_t *length);

/* How systemctl status looks: properties, the time now (monotonic), with escape sequences for colour or without. */
void status_print(const char *properties, uint64_t now, bool colour, struct text *text);

/*
 * The same as one JSON object and a newline; its keys are those of the manual's schema. It is valid, given a room of
 * STATUS_ROOM bytes: none of a string becomes more than six.
 */
void status_json(const char *properties, struct text *text);
#define STATUS_ROOM (6 * REPLY_MOST + 1024)

#endif
