#include "probe.h"
#include "files.h"
#include "kernel.h"
#include "names.h"
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The most that is read of what a peer says. */
#define ANSWER_MOST ((size_t)64 << 10)
/* An infinite timeout: later than anything, and the sum with now is none too large. */
#define FAR_AWAY (USEC_INFINITY / 2)

struct probe {
	uint64_t deadline; /* microseconds of CLOCK_MONOTONIC */
	int socket;
	int error; /* errno of the first address that could not be reached; then, of the reading */
	unsigned status; /* http: the answer's */
	struct text *why;
	struct url url;
};

union address {
	struct sockaddr any;
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
	struct sockaddr_un local;
};

/* error: an errno, or 0 where what says it all. */
static bool fail(const struct probe *probe, const char *what, int error)
{
	text_add(probe->why, what);
	if (error) {
		text_add(probe->why, ": ");
		text_add_error(probe->why, error);
	}
	return false;
}

/* ---- the socket, which never blocks ---- */

/* Until it is ready for events; false with errno, ETIMEDOUT at the deadline. */
static bool wait_for(const struct probe *probe, short events)
{
	struct pollfd polled = { .fd = probe->socket, .events = events };
	int count;

	do {
		uint64_t now = kernel_now();
		uint64_t left = probe->deadline > now ? probe->deadline - now : 0;
		struct timespec time = {
			.tv_sec = (time_t)(left / USEC_PER_SEC),
			.tv_nsec = (long)(left % USEC_PER_SEC * 1000),
		};

		count = ppoll(&polled, 1, &time, NULL);
	} while (count < 0 && errno == EINTR);
	if (count == 0)
		errno = ETIMEDOUT;
	return count > 0;
}

/* What has come, at least a byte; 0 at the end; -1 with errno. */
static ssize_t receive(const struct probe *probe, void *bytes, size_t room)
{
	ssize_t count;

	do {
		count = wait_for(probe, POLLIN) ? recv(probe->socket, bytes, room, 0) : -1;
	} while (count < 0 && errno == EAGAIN);
	return count;
}

/* ---- reaching it ---- */

/*
 * Without a listener, the kernel may give a connection to one of its own ports that very port: then
 * it has reached nobody but itself.
 */
static bool is_own(const struct probe *probe, const union address *address, socklen_t size)
{
	union address own = { 0 };
	socklen_t own_size = sizeof own;

	return getsockname(probe->socket, &own.any, &own_size) == 0 && own_size == size &&
	       memcmp(&own, address, size) == 0;
}

/* 0 or an errno. */
static int connect_socket(const struct probe *probe, const union address *address, socklen_t size)
{
	int error = 0;
	socklen_t error_size = sizeof error;

	if (connect(probe->socket, &address->any, size) < 0) {
		if (errno != EINPROGRESS || !wait_for(probe, POLLOUT))
			return errno;
		getsockopt(probe->socket, SOL_SOCKET, SO_ERROR, &error, &error_size);
	}
	return !error && is_own(probe, address, size) ? ECONNREFUSED : error;
}

static bool reach(struct probe *probe, const union address *address, socklen_t size)
{
	int error;

	probe->socket = kernel_socket(address->any.sa_family,
				      SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC);
	error = probe->socket < 0 ? errno : connect_socket(probe, address, size);
	if (!error)
		return true;
	if (probe->socket >= 0)
		close(probe->socket);
	if (!probe->error)
		probe->error = error;
	return false;
}

/* count: of bytes, as address_parse() gives it. */
static bool reach_internet(struct probe *probe, const unsigned char *bytes, size_t count)
{
	union address address = { .ipv6 = { .sin6_family = AF_INET6 } };
	void *target = &address.ipv6.sin6_addr;
	socklen_t size = sizeof address.ipv6;

	if (count == sizeof address.ipv4.sin_addr) {
		address.ipv4.sin_family = AF_INET;
		target = &address.ipv4.sin_addr;
		size = sizeof address.ipv4;
	}
	address.ipv4.sin_port = htons(probe->url.port); /* which is where an IPv6 address has it */
	memcpy(target, bytes, count);
	return reach(probe, &address, size);
}

static bool reach_local(struct probe *probe)
{
	union address address = { .local = { .sun_family = AF_UNIX } };

	memcpy(address.local.sun_path, probe->url.path, probe->url.path_length);
	return reach(probe, &address, sizeof address.local);
}

/* That name is here whether there is an /etc/hosts or not. RFC 6761, section 6.3 */
static bool reach_localhost(struct probe *probe)
{
	return reach_internet(probe, (const unsigned char[]){ 127, 0, 0, 1 }, 4) ||
	       reach_internet(probe, (const unsigned char[16]){ [15] = 1 }, 16);
}

static bool reach_named(struct probe *probe)
{
	unsigned char bytes[ADDRESS_BYTES];
	size_t offset = 0, length, count;
	struct file hosts;
	const char *line;
	bool reached = false;

	file_read("/etc/hosts", &hosts);
	while (!reached && (line = file_line(&hosts, &offset, &length)))
		if (hosts_line(line, length, probe->url.host, bytes, &count))
			reached = reach_internet(probe, bytes, count);
	file_drop(&hosts);
	return reached;
}

APART static bool reach_somehow(struct probe *probe)
{
	const struct url *url = &probe->url;
	bool reached;

	if (url->scheme == URL_UNIX)
		reached = reach_local(probe);
	else if (url->address_count)
		reached = reach_internet(probe, url->address, url->address_count);
	else if (same_in_any_case(url->host, "localhost", sizeof "localhost"))
		reached = reach_localhost(probe);
	else
		reached = reach_named(probe);
	if (reached)
		return true;
	return fail(probe, probe->error ? "cannot connect" : "no such host in /etc/hosts",
		    probe->error);
}

/* ---- what is said, and heard ---- */

/* What is known by now. Of the first three there may be more to come. */
enum finding { NOT_ENDED, NOT_WHOLE, NOT_HELD, NOT_TLS, NOT_HTTP, NOT_WANTED, GOOD };

/*
 * The kernel accepts connections for a process that is stopped. Who ends them in order lives:
 * Elasticsearch's readiness.port does just that.
 */
static enum finding judge_end(struct probe *probe, const char *bytes, size_t length, bool ended)
{
	(void)bytes;
	(void)length;
	return ended || !probe->url.eof ? GOOD : NOT_ENDED;
}

static void say_hello(const struct url *url, struct text *text)
{
	text->length = tls_hello((unsigned char *)text->start, url->address_count ? "" : url->host);
}

/* Any answer will do: who wants a password or a certificate lives too. */
static enum finding judge_hello(struct probe *probe, const char *bytes, size_t length, bool ended)
{
	(void)probe;
	(void)ended;
	if (length < TLS_HEADER_SIZE)
		return NOT_WHOLE;
	return tls_answers((const unsigned char *)bytes) ? GOOD : NOT_TLS;
}

static void say_request(const struct url *url, struct text *text)
{
	text_add(text, "GET ");
	text_add_bytes(text, url->path, url->path_length);
	text_add(text, url->path_length ? " HTTP/1.1\r\nHost: " : "/ HTTP/1.1\r\nHost: ");
	text_add_bytes(text, url->authority, url->authority_length);
	text_add(text, "\r\nUser-Agent: tend\r\nAccept: */*\r\nConnection: close\r\n\r\n");
}

/* Chunks of the body are not put together. */
static enum finding judge_answer(struct probe *probe, const char *bytes, size_t length, bool ended)
{
	const struct url *url = &probe->url;
	unsigned status = 0;
	size_t head;

	(void)ended;
	/* What is below 200 only announces the answer. RFC 9110, section 15.2 */
	while (status < 200) {
		enum http_head got = http_parse(bytes, length, &status, &head);

		if (got != HTTP_WHOLE)
			return got == HTTP_MORE ? NOT_WHOLE : NOT_HTTP;
		bytes += head;
		length -= head;
	}
	probe->status = status;
	if (!(url->status[status / 64] >> status % 64 & 1))
		return NOT_WANTED;
	return *url->body && !bytes_hold(bytes, length, url->body) ? NOT_HELD : GOOD;
}

static const struct {
	void (*say)(const struct url *url, struct text *text); /* what it begins with, or NULL */
	enum finding (*judge)(struct probe *probe, const char *bytes, size_t length, bool ended);
} talks[] = {
	[URL_TCP] = { NULL, judge_end },
	[URL_TLS] = { say_hello, judge_hello },
	[URL_HTTP] = { say_request, judge_answer },
	[URL_UNIX] = { NULL, judge_end },
};

/* A new connection takes at once all that is ever said here. */
static bool say(const struct probe *probe, char *bytes, size_t room)
{
	struct text text = text_over(bytes, room);

	if (!talks[probe->url.scheme].say)
		return true;
	talks[probe->url.scheme].say(&probe->url, &text);
	return send(probe->socket, bytes, text.length, MSG_NOSIGNAL) == (ssize_t)text.length;
}

/* No more is read than it takes to know. */
static enum finding hear(struct probe *probe, char *bytes, size_t room)
{
	enum finding finding = talks[probe->url.scheme].judge(probe, bytes, 0, false);
	size_t length = 0;
	ssize_t count;

	while (finding <= NOT_HELD && length < room) {
		count = receive(probe, bytes + length, room - length);
		probe->error = count < 0 ? errno : 0;
		if (count > 0)
			length += (size_t)count;
		finding = talks[probe->url.scheme].judge(probe, bytes, length, count == 0);
		if (count <= 0)
			break;
	}
	return finding;
}

static bool converse(struct probe *probe)
{
	static const char *const whys[] = {
		[NOT_ENDED] = "no end",
		[NOT_WHOLE] = "no whole answer",
		[NOT_HELD] = "the body lacks what is wanted",
		[NOT_TLS] = "the answer is not TLS",
		[NOT_HTTP] = "the answer is not HTTP",
	};
	char bytes[ANSWER_MOST];
	enum finding finding;

	probe->error = 0;
	if (!say(probe, bytes, sizeof bytes))
		return fail(probe, "no request", errno);
	finding = hear(probe, bytes, sizeof bytes);
	if (finding < NOT_WANTED)
		return fail(probe, whys[finding], probe->error);
	if (finding == NOT_WANTED)
		text_format(probe->why, "status %u", probe->status);
	return finding == GOOD;
}

enum probe_result probe(const char *url, uint64_t timeout, struct text *why)
{
	struct probe probe = { .why = why };
	const char *expected = url_parse(url, &probe.url);
	bool alive;

	if (expected) {
		text_format(why, "expected %s", expected);
		return PROBE_MISUSED;
	}
	if (probe.url.timeout)
		timeout = probe.url.timeout;
	probe.deadline = kernel_now() + (timeout < FAR_AWAY ? timeout : FAR_AWAY);
	if (!reach_somehow(&probe))
		return PROBE_DEAD;
	alive = converse(&probe);
	close(probe.socket);
	return alive ? PROBE_ALIVE : PROBE_DEAD;
}

int probe_check(const struct spawn *spawn, struct text *why)
{
	return probe(spawn->value, spawn->world->config.health_timeout, why);
}
