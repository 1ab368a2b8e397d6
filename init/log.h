/*
 * log: one line, one write, to standard error, and never blocking: a full pipe drops the line, and the next one that
 * goes through says how many were dropped.
 */
#ifndef TEND_LOG_H
#define TEND_LOG_H

#include "options.h"
#include "zone.h"

/* The last lines, for `tend status`: whether anybody could read them at the time or not. */
#define LOG_RECENT 8
#define LOG_RECENT_SIZE 160

/* What is not named in an initialiser starts as zero. */
struct log {
	enum log_format format;
	enum log_level level;
	const char *service; /* name for ECS's service.name */
	unsigned dropped;
	bool torn;        /* the last line went out in part */
	unsigned lines; /* so many were said: the next one's place in recent is lines % LOG_RECENT */
	struct zone zone; /* renewed when time has left it, so that a zone's file is read twice a year */
	char recent[LOG_RECENT][LOG_RECENT_SIZE];
};

/*
 * Writes "[2026-11-22 21:04:11+09:00] [INFO] message\n", or the same as an ECS object, if level is at most
 * log->level. Local time by TZ. errno is preserved. Descriptor 2 stays as it is: pwritev2(2) with RWF_NOWAIT where
 * the kernel takes it for pipes, else splice(2) with SPLICE_F_NONBLOCK from a pipe of our own; MSG_DONTWAIT for
 * sockets; a second, non-blocking open of terminals; regular files just write. A line has PIPE_BUF bytes at most. A
 * SIGPIPE that the writing causes is taken back: it must be blocked.
 */
void log_line(struct log *log, enum log_level level, const char *message);
/* With text_format's conversions, then ": No such file or directory." for ENOENT; nothing for 0. */
void log_error(struct log *log, enum log_level level, int error, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* With text_format's conversions. */
#define log_format(log, level, ...) log_error(log, level, 0, __VA_ARGS__)

/*
 * The distance of local time from UTC at now (seconds since 1970), in seconds to the east, by TZ and the zone's file
 * as tzset(3) finds it. It is kept in *zone, and where nothing can be read it stays as it was for an hour.
 */
long log_local_offset(struct zone *zone, int64_t now);

#endif
