/*
 * wire: what other processes say to tend, over sockets of any kind. Pure core.
 */
#ifndef TEND_WIRE_H
#define TEND_WIRE_H

#include "options.h"

/* ---- notify datagrams: sd_notify(3), as systemd 257 reads them ---- */

/* What a datagram said; a flag for each field that was there and could be read. */
enum notify_flag {
	NOTIFY_READY = 1 << 0,
	NOTIFY_RELOADING = 1 << 1,
	NOTIFY_STOPPING = 1 << 2,
	NOTIFY_WATCHDOG = 1 << 3,         /* WATCHDOG=1 */
	NOTIFY_WATCHDOG_TRIGGER = 1 << 4, /* WATCHDOG=trigger */
	NOTIFY_BARRIER = 1 << 5,          /* alone: whatever else was said beside it does not count */
	NOTIFY_FDSTORE = 1 << 6,
	NOTIFY_FDSTOREREMOVE = 1 << 7,
	/* with a value in struct notify */
	NOTIFY_STATUS = 1 << 8,
	NOTIFY_ERRNO = 1 << 9,
	NOTIFY_EXIT_STATUS = 1 << 10,
	NOTIFY_MAINPID = 1 << 11,
	NOTIFY_WATCHDOG_USEC = 1 << 12,
	NOTIFY_EXTEND_TIMEOUT_USEC = 1 << 13,
	NOTIFY_MONOTONIC_USEC = 1 << 14,
	NOTIFY_NOTIFYACCESS = 1 << 15,
};

/* The most that systemd takes, NOTIFY_BUFFER_MAX; a longer datagram is ignored. */
#define NOTIFY_MESSAGE_MOST 4096
#define NOTIFY_STATUS_SIZE 512

struct notify {
	unsigned flags; /* of enum notify_flag */
	uint64_t error;       /* ERRNO=, 0 to 4095 */
	uint64_t exit_status; /* EXIT_STATUS=, 0 to 255 */
	uint64_t main_pid;    /* MAINPID=, 1 to INT32_MAX */
	uint64_t watchdog_usec, extend_timeout_usec, monotonic_usec;
	/* NOTIFYACCESS=; NOTIFY_ACCESS_UNSET, what an unknown word gives: back to the option's */
	enum notify_access access;
	/* STATUS=, cut between two characters; "", which takes the last one back, also if it is not UTF-8 */
	char status[NOTIFY_STATUS_SIZE];
};

/*
 * Reads a datagram of length bytes. False, with nothing in *notify, where systemd ignores it as a whole: too long, a
 * NUL inside (one at the end is allowed), a backslash at the end. A field that is unknown or can't be read is passed
 * over; a field of which only the first one counts is passed over where that one can't be read.
 */
bool notify_parse(const char *message, size_t length, struct notify *notify);

/*
 * Appends what of it concerns the service manager outside (NOTIFY_SOCKET of tend itself, podman's
 * --sdnotify=container), one field a line. Pids mean something else there, and descriptors were not kept.
 */
void notify_add_outward(struct text *text, const struct notify *notify);

/* Adds to kept what of newer concerns the one outside: of two values the newer one. */
void notify_merge(struct notify *kept, const struct notify *newer);

/* ---- addresses: numeric ones, and the lines of hosts(5) ---- */

#define ADDRESS_BYTES 16

/*
 * An IPv4 address in dotted decimal, without leading zeros, or an IPv6 address of RFC 4291, section
 * 2.2, into bytes as they go over the wire. How many they are, 4 or 16; 0 where it is neither.
 */
size_t address_parse(const char *string, unsigned char bytes[static ADDRESS_BYTES]);

/*
 * Whether that line of length bytes, without its newline, is one of name's, whatever the case; if
 * so, its address as by address_parse() in bytes and *count.
 */
bool hosts_line(const char *line, size_t length, const char *name,
		unsigned char bytes[static ADDRESS_BYTES], size_t *count);

/* ---- URLs of probes ---- */

enum url_scheme { URL_TCP, URL_TLS, URL_HTTP, URL_UNIX };

#define URL_HOST_SIZE 254 /* a name has 253 bytes at most, RFC 1035 */
#define URL_OPTION_SIZE 256
#define URL_PATH_MOST 2048
#define URL_SOCKET_MOST 107 /* sun_path, unix(7) */
#define URL_TIMEOUT_MOST (3600 * USEC_PER_SEC)

/*
 * tcp://HOST:PORT, tls://HOST:PORT, http://HOST[:PORT][/PATH[?QUERY]] or unix:///PATH. What is
 * asked of the answer stands in the fragment, which is never sent and can't clash with a query:
 * #timeout=2s&status=200-299,401&body=green&eof, with %XX for what would end a value. tcp and tls, which
 * have no query, take it behind a ? as well.
 */
struct url {
	enum url_scheme scheme;
	uint16_t port;
	bool eof;             /* tcp, unix: the peer is to end it in order */
	uint64_t timeout;     /* microseconds; 0: none is given */
	/* In the string, as written: "localhost:9200" and "/_cluster/health?local=true". */
	const char *authority, *path;
	size_t authority_length, path_length;
	size_t address_count; /* of a numeric host, as by address_parse(); 0: it is a name */
	uint64_t status[10];  /* http: bit N % 64 of word N / 64: status N is good */
	unsigned char address[ADDRESS_BYTES];
	char host[URL_HOST_SIZE];   /* without brackets */
	char body[URL_OPTION_SIZE]; /* http: what the body has to hold; "": whatever it holds */
};

/* Whether it is meant as a URL and not as a command: letters, then "://". */
bool url_is(const char *string);
/* NULL, or what was expected, with *url undefined. string must outlive *url. */
const char *url_parse(const char *string, struct url *url);

/* ---- HTTP answers ---- */

enum http_head { HTTP_MORE, HTTP_WHOLE, HTTP_MALFORMED };

/*
 * The head of an HTTP/1.x answer (RFC 9112), of which length bytes have come. Where it is whole,
 * its status (100 to 599) and its own length with the empty line; HTTP_MORE where it may become one.
 */
enum http_head http_parse(const char *bytes, size_t length, unsigned *status, size_t *head);

/* Whether the length bytes hold that string, which is not empty. */
bool bytes_hold(const char *bytes, size_t length, const char *string);

/* ---- TLS ---- */

#define TLS_HELLO_SIZE (128 + URL_HOST_SIZE)
#define TLS_HEADER_SIZE 5

/*
 * A ClientHello that servers of TLS 1.2 and 1.3 answer (RFC 8446, section 4.1.2), in one record;
 * its length. name (less than URL_HOST_SIZE bytes) is the server's, "" where it has none but a number.
 */
size_t tls_hello(unsigned char hello[static TLS_HELLO_SIZE], const char *name);

/* Whether a record of handshake or alert begins like that: an answer. RFC 8446, section 5.1 */
bool tls_answers(const unsigned char header[static TLS_HEADER_SIZE]);

#endif
