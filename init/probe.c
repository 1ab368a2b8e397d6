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
#include <time.h>
#include <unistd.h>

/* The most that is read of what a peer says. */
#define ANSWER_MOST ((size_t)64 << 10)

struct probe {
	struct url url;
	uint64_t deadline; /* microseconds of CLOCK_MONOTONIC */
	int socket;
	int error; /* errno of the first address that could not be reached */
	struct text *why;
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
		uint64_t now = kernel_clock(CLOCK_MONOTONIC), left = probe->deadline > now ? probe->deadline - now : 0;
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

static bool is_passing(ssize_t count)
{
	return count < 0 && (errno == EAGAIN || errno == EINTR);
}

/* What has come, at least a byte; 0 at the end; -1 with errno. */
static ssize_t receive(const struct probe *probe, void *bytes, size_t room)
{
	ssize_t count;

	do {
		count = wait_for(probe, POLLIN) ? recv(probe->socket, bytes, room, 0) : -1;
	} while (is_passing(count));
	return count;
}

static bool send_all(const struct probe *probe, const void *bytes, size_t length)
{
	const char *at = bytes;
	ssize_t count;

	while (length) {
		count = wait_for(probe, POLLOUT) ? send(probe->socket, at, length, MSG_NOSIGNAL) : -1;
		if (count < 0 && !is_passing(count))
			return fail(probe, "no request", errno);
		if (count > 0) {
			at += count;
			length -= (size_t)count;
		}
	}
	return true;
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

	probe->socket = kernel_socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC);
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
	union address address = { 0 };

	if (count == sizeof address.ipv4.sin_addr) {
		address.ipv4.sin_family = AF_INET;
		address.ipv4.sin_port = htons(probe->url.port);
		memcpy(&address.ipv4.sin_addr, bytes, count);
		return reach(probe, &address, sizeof address.ipv4);
	}
	address.ipv6.sin6_family = AF_INET6;
	address.ipv6.sin6_port = htons(probe->url.port);
	memcpy(&address.ipv6.sin6_addr, bytes, count);
	return reach(probe, &address, sizeof address.ipv6);
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

static bool reach_somehow(struct probe *probe)
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
	return fail(probe, probe->error ? "cannot connect" : "no such host in /etc/hosts", probe->error);
}

/* ---- what is asked ---- */

/*
 * The kernel accepts connections for a process that is stopped. Who ends them in order lives:
 * Elasticsearch's readiness.port does just that.
 */
static bool await_end(struct probe *probe)
{
	char bytes[4096];
	ssize_t count;

	if (!probe->url.eof)
		return true;
	for (size_t length = 0; length < ANSWER_MOST; length += (size_t)count) {
		count = receive(probe, bytes, sizeof bytes);
		if (count < 0)
			return fail(probe, "no end", errno);
		if (count == 0)
			return true;
	}
	return fail(probe, "no end within 64 KiB", 0);
}

/* Any answer will do: one that wants a password or a certificate lives too. */
static bool shake_hands(struct probe *probe)
{
	unsigned char hello[TLS_HELLO_SIZE], answer[TLS_HEADER_SIZE];
	size_t length = tls_hello(hello, probe->url.address_count ? "" : probe->url.host);
	ssize_t count;

	if (!send_all(probe, hello, length))
		return false;
	for (length = 0; length < sizeof answer; length += (size_t)count) {
		count = receive(probe, answer + length, sizeof answer - length);
		if (count <= 0)
			return fail(probe, "no answer", count ? errno : 0);
	}
	return tls_answers(answer) || fail(probe, "the answer is not TLS", 0);
}

static bool request(struct probe *probe)
{
	const struct url *url = &probe->url;
	char bytes[URL_PATH_MOST + URL_HOST_SIZE + 128];
	struct text text = text_over(bytes, sizeof bytes);

	text_add(&text, "GET ");
	text_add_bytes(&text, url->path, url->path_length);
	text_add(&text, url->path_length ? " HTTP/1.1\r\nHost: " : "/ HTTP/1.1\r\nHost: ");
	text_add_bytes(&text, url->authority, url->authority_length);
	text_add(&text, "\r\nUser-Agent: tend\r\nAccept: */*\r\nConnection: close\r\n\r\n");
	return send_all(probe, bytes, text.length);
}

/* What is known of an answer by now; of the first two there may be more to come. */
enum finding { NOT_WHOLE, NOT_HELD, NOT_HTTP, NOT_WANTED, GOOD };

/* Behind the heads: those below 200 only announce the answer. RFC 9110, section 15.2 */
static enum http_head take_heads(const char **bytes, size_t *length, unsigned *status)
{
	enum http_head got;
	size_t head;

	do {
		got = http_parse(*bytes, *length, status, &head);
		if (got == HTTP_WHOLE) {
			*bytes += head;
			*length -= head;
		}
	} while (got == HTTP_WHOLE && *status < 200);
	return got;
}

static enum finding judge(const struct url *url, const char *bytes, size_t length, unsigned *status)
{
	enum http_head got = take_heads(&bytes, &length, status);

	if (got != HTTP_WHOLE)
		return got == HTTP_MORE ? NOT_WHOLE : NOT_HTTP;
	if (!(url->status[*status / 64] >> *status % 64 & 1))
		return NOT_WANTED;
	return *url->body && !bytes_hold(bytes, length, url->body) ? NOT_HELD : GOOD;
}

/* No more of the answer is read than it takes to know. Chunks are not put together. */
static bool ask(struct probe *probe)
{
	static const char *const whys[] = {
		[NOT_WHOLE] = "no whole answer",
		[NOT_HELD] = "the body lacks what is wanted",
		[NOT_HTTP] = "the answer is not HTTP",
	};
	char answer[ANSWER_MOST];
	enum finding finding;
	unsigned status;
	size_t length = 0;
	ssize_t count;

	if (!request(probe))
		return false;
	do {
		count = length < sizeof answer ? receive(probe, answer + length, sizeof answer - length) : 0;
		length += count > 0 ? (size_t)count : 0;
		finding = judge(&probe->url, answer, length, &status);
	} while (finding <= NOT_HELD && count > 0);
	if (finding < NOT_WANTED)
		return fail(probe, whys[finding], count < 0 && finding <= NOT_HELD ? errno : 0);
	if (finding == NOT_WANTED)
		text_format(probe->why, "status %u", status);
	return finding == GOOD;
}

enum probe_result probe(const char *url, uint64_t timeout, struct text *why)
{
	static bool (*const talks[])(struct probe *probe) = {
		[URL_TCP] = await_end,
		[URL_TLS] = shake_hands,
		[URL_HTTP] = ask,
		[URL_UNIX] = await_end,
	};
	struct probe probe = { .why = why };
	const char *expected = url_parse(url, &probe.url);
	bool alive;

	if (expected) {
		text_format(why, "expected %s", expected);
		return PROBE_MISUSED;
	}
	probe.deadline = kernel_clock(CLOCK_MONOTONIC);
	if (probe.url.timeout)
		timeout = probe.url.timeout;
	probe.deadline += timeout < USEC_INFINITY - probe.deadline ? timeout : USEC_INFINITY - probe.deadline;
	if (!reach_somehow(&probe))
		return PROBE_DEAD;
	alive = talks[probe.url.scheme](&probe);
	close(probe.socket);
	return alive ? PROBE_ALIVE : PROBE_DEAD;
}

int probe_check(const struct spawn *spawn, struct text *why)
{
	return probe(spawn->value, spawn->world->config.health_timeout, why);
}
