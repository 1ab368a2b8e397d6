/*
 * wire: what other processes say to tend. Pure core.
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

#endif
