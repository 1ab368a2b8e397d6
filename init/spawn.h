/*
 * spawn: one child, from fork to exec. What the child must be is in config, journal and identity; what
 * went wrong comes back over a close-on-exec pipe: nothing but its end when exec worked.
 */
#ifndef TEND_SPAWN_H
#define TEND_SPAWN_H

#include "options.h"
#include "privilege.h"

#include <signal.h>

enum role {
	ROLE_MAIN,    /* the service itself; of Type=forking, what its ExecStart= leaves behind */
	ROLE_CONTROL, /* one of the other Exec...= commands */
	ROLE_HEALTH,
	ROLE_READY,
	ROLE_COUNT
};

/* What all children of one tend have in common; made at start, never changed. The large come last. */
struct world {
	const char *name;            /* "elasticsearch", for messages */
	char **command;              /* argv of a bare command, or NULL */
	char **environment;          /* the container's, less TEND_... */
	bool unit;                   /* a unit's service; else a bare command */
	bool no_subreaper;           /* tini without -s: where it is not PID 1, orphans go to somebody else */
	bool warns_of_reaped;        /* tini's -w */
	bool ignored_children;       /* SIGCHLD was ignored when tend was started */
	bool terminal;               /* descriptor 0 is tend's controlling terminal */
	int listen_fds;              /* descriptors from 3 on that the engine passed, or 0 */
	int directory;               /* where tend was started, for a bare command (O_PATH, above 2); -1: tend is there still */
	int notify_socket;           /* where the service's messages come in, or -1 */
	const char *notify_path;     /* NOTIFY_SOCKET for the service, or NULL */
	const char *outer_notify;    /* the NOTIFY_SOCKET that tend was given, or NULL */
	char *strings;               /* the lowest of those that tend was started with: its stack is below; or NULL */
	struct status_set remapped;  /* tini's -e: what tend is to end with 0 for */
	uint64_t inherited_mask;     /* what tend was given; a bare command gets it back: bit N-1 is signal N */
	struct journal journal;
	struct config config;
	struct specifiers specifiers;
	struct identity identity;
	char notify_storage[64];
};

struct spawn {
	const struct world *world;
	enum role role;
	const char *value;  /* the Exec...= value (command.h) and which of its commands; NULL: world->command */
	unsigned index;
	unsigned flags;     /* of that command, by command_check */
	bool start;         /* an ExecStart= command: gets LISTEN_FDS, is not freed by PermissionsStartOnly= */
	bool before;        /* ExecCondition=, ExecStartPre= or ExecStart=: may read the terminal of StandardInput=tty */
	const char *const *variables; /* "INVOCATION_ID=...", "MAINPID=7", "SERVICE_RESULT=success"...: NULL-terminated, or NULL */
	bool watchdog;      /* WATCHDOG_USEC= and WATCHDOG_PID= are set, for an ExecStart= command */
	bool foreground;    /* gets the terminal (tcsetpgrp): a bare command's main process */
	/* What the child does instead of exec: 0, or why it has failed is in *why. NULL: exec. */
	int (*run)(const struct spawn *spawn, struct text *why);
};

/* Whether LISTEN_FDS is for that command: of a unit, ExecStart= alone. */
bool spawn_passes_descriptors(const struct spawn *spawn);

struct child {
	pid_t pid;
	int failure_pipe; /* non-blocking, close-on-exec; spawn_outcome() reads it, the caller polls and closes it */
};

/*
 * Forks and goes on; returns 0 or the errno of pipe2(2) or fork(2). The child has every signal blocked until
 * the last moment before exec, then the mask and dispositions that the design's table says. What a bare
 * command inherits it inherits of tend, which therefore never changes its own umask, limits, priority, or
 * the close-on-exec flag of what it was given, and has changed only those dispositions that were "ignored".
 */
int spawn(const struct spawn *spawn, struct child *child);

/* A step that systemd itself takes before it has a child: its result is "resources" then. */
#define STEP_RESOURCES 1
/* The run of a struct spawn: it has not failed to become something, but in what it did. */
#define STEP_RUN 2

/* Why a child did not become its command. */
struct failure {
	int status; /* what it exits with: enum exit_status for a unit's (203 for exec), else 127, 126, 125 */
	int error;  /* errno */
	int step;   /* enum exit_status of the step that failed, whatever status is; or STEP_... */
	char why[116]; /* of STEP_RUN, else "" */
};

enum spawn_outcome { SPAWN_PENDING, SPAWN_EXECUTED, SPAWN_FAILED };
/*
 * What is known by now; never blocks. A child that was killed before it came to exec counts as executed: its
 * end is known from waitpid(2).
 */
enum spawn_outcome spawn_outcome(const struct child *child, struct failure *failure);

/* Whether exec failed for a reason that may pass (EAGAIN, ETXTBSY, EMFILE, ENFILE, EIO, ENOMEM). */
bool failure_may_pass(const struct failure *failure);

#endif
