#include "log.h"

#include "kernel.h"
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 0x00000008 /* linux/fs.h; musl 1.2.3 has neither the flag nor the call */
#endif

/* ---- local time ---- */

/* The largest zone of tzdata 2025b has 3,872 bytes. */
enum { ZONE_FILE_MOST = 8192 };

static bool read_zone_file(const char *path, int64_t now, struct zone *zone)
{
	unsigned char file[ZONE_FILE_MOST];
	/* O_NONBLOCK: TZ may name a FIFO */
	int descriptor = kernel_open(path, O_RDONLY | O_NONBLOCK);
	ssize_t size;

	if (descriptor < 0)
		return false;
	size = read(descriptor, file, sizeof file);
	close(descriptor);
	return size > 0 && zone_from_file(file, (size_t)size, now, zone);
}

/* tzset(3): no TZ is /etc/localtime; else a file's name, below /usr/share/zoneinfo if it is relative, else a rule. */
static bool find_zone(int64_t now, struct zone *zone)
{
	const char *name = kernel_variable("TZ");
	char buffer[PATH_MAX];
	struct text path = text_over(buffer, sizeof buffer);

	if (!name)
		return read_zone_file("/etc/localtime", now, zone);
	name += *name == ':';
	if (*name != '/')
		text_add(&path, "/usr/share/zoneinfo/");
	text_add(&path, name);
	return (!path.cut && read_zone_file(buffer, now, zone)) || zone_from_rule(name, now, zone);
}

long log_local_offset(struct zone *zone, int64_t now)
{
	if ((now < zone->from || now >= zone->until) && !find_zone(now, zone)) {
		zone->from = now;
		zone->until = now + 3600;
	}
	return zone->offset;
}

/* ---- writing ---- */

static ssize_t write_socket(const struct text *line)
{
	return send(STDERR_FILENO, line->start, line->length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/*
 * Only the splice has the flag, so it works where the pipe's own description blocks. What one write put into one
 * page arrives whole or not at all.
 */
static ssize_t splice_line(const struct text *line)
{
	int own[2];
	ssize_t written;

	if (kernel_pipe(own))
		return -1;
	written = write(own[1], line->start, line->length);
	if (written > 0)
		written = splice(own[0], NULL, STDERR_FILENO, NULL, (size_t)written, SPLICE_F_NONBLOCK);
	close(own[0]);
	close(own[1]);
	return written;
}

/* Linux takes RWF_NOWAIT for pipes since 6.4; a seccomp filter that does not know the call answers ENOSYS or EPERM. */
static ssize_t write_pipe(const struct text *line)
{
	struct iovec vector = { line->start, line->length };
	ssize_t written = syscall(SYS_pwritev2, STDERR_FILENO, &vector, 1, -1L, -1L, RWF_NOWAIT);

	if (written < 0 && (errno == EOPNOTSUPP || errno == ENOSYS || errno == EPERM))
		written = splice_line(line);
	return written;
}

/* Byte by byte: a terminal says whether it takes anything, not how much, and blocks who has more. */
static ssize_t write_bytes(const struct text *line)
{
	struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };
	size_t written = 0;

	while (written < line->length && poll(&ready, 1, 0) == 1 && write(STDERR_FILENO, line->start + written, 1) == 1)
		written++;
	return (ssize_t)written;
}

/*
 * A terminal that is stopped (Ctrl-S) or that nobody reads blocks its writers. Opened again, it has a description
 * of our own, which may be non-blocking.
 */
static ssize_t write_terminal(const struct text *line)
{
	int again = kernel_open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK);
	ssize_t written;

	if (again < 0)
		return write_bytes(line);
	written = write(again, line->start, line->length);
	close(again);
	return written;
}

static ssize_t write_file(const struct text *line)
{
	return write(STDERR_FILENO, line->start, line->length);
}

static const struct PACKED way {
	mode_t type; /* stat(2), S_IFMT */
	ssize_t (*write)(const struct text *line);
} ways[] = {
	{ S_IFIFO, write_pipe },
	{ S_IFSOCK, write_socket },
	{ S_IFCHR, write_terminal },
	{ S_IFREG, write_file },
};

static ssize_t write_line(const struct text *line)
{
	struct stat status;

	if (fstatat(STDERR_FILENO, "", &status, AT_EMPTY_PATH))
		return -1;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (ways[i].type == (status.st_mode & S_IFMT))
			return ways[i].write(line);
	return -1;
}

/* A pipe without a reader sends a signal; it is blocked, and would be read as one that was sent to the service. */
static void take_back_sigpipe(void)
{
	uint64_t set = 1 << (SIGPIPE - 1);

	syscall(SYS_rt_sigtimedwait, &set, NULL, &(struct timespec){ 0 }, sizeof set);
}

/* PID 1's stack stays where it has been: a page more is a page of every container. Below PIPE_BUF. */
enum { MESSAGE_ROOM = 512, LINE_ROOM = 2048 };
/* A message that is cut, for it names a long command line, is not to lose its reason. */
enum { REASON_ROOM = 64 };

/* As text, whatever the log's format: people read it. */
static void remember(struct log *log, const struct record *record)
{
	char *recent = log->recent[log->lines++ % LOG_RECENT];
	struct text kept = text_over(recent, LOG_RECENT_SIZE);

	record_add(&kept, LOG_FORMAT_TEXT, record);
	recent[strcspn(recent, "\n")] = '\0';
}

static bool write_record(struct log *log, enum log_level level, const char *message)
{
	char buffer[LINE_ROOM];
	struct text line = text_over(buffer, sizeof buffer);
	struct record record = { .level = level, .pid = getpid(), .service = log->service, .message = message };
	uint64_t now = kernel_clock(CLOCK_REALTIME);
	ssize_t written;

	record.seconds = (int64_t)(now / USEC_PER_SEC);
	record.milliseconds = (unsigned)(now % USEC_PER_SEC / USEC_PER_MSEC);
	record.offset = log_local_offset(&log->zone, record.seconds);
	remember(log, &record);
	if (log->torn)
		text_add_byte(&line, '\n');
	record_add(&line, log->format, &record);
	written = write_line(&line);
	if (written < 0 && errno == EPIPE)
		take_back_sigpipe();
	if (written > 0)
		log->torn = (size_t)written < line.length;
	return written > 0 && !log->torn;
}

/* The line about lost lines goes first; if it does not go through, neither does the one that follows. */
static bool tell_dropped(struct log *log)
{
	char buffer[64];
	struct text message = text_over(buffer, sizeof buffer);

	text_format(&message, "%u log line%s could not be written.", log->dropped, log->dropped == 1 ? "" : "s");
	if (!write_record(log, LOG_LEVEL_WARN, buffer))
		return false;
	log->dropped = 0;
	return true;
}

void log_line(struct log *log, enum log_level level, const char *message)
{
	int saved = errno;

	if (level <= log->level && ((log->dropped && !tell_dropped(log)) || !write_record(log, level, message)))
		log->dropped += log->dropped < UINT_MAX;
	errno = saved;
}

void log_error(struct log *log, enum log_level level, int error, const char *format, ...)
{
	char buffer[MESSAGE_ROOM];
	struct text message = text_over(buffer, sizeof buffer - (error ? REASON_ROOM : 0));
	va_list list;

	if (level > log->level)
		return;
	va_start(list, format);
	text_format_list(&message, format, list);
	va_end(list);
	message.room = sizeof buffer;
	if (error) {
		text_add(&message, ": ");
		text_add_error(&message, error);
		text_add_byte(&message, '.');
	}
	log_line(log, level, buffer);
}
