/*
 * world: what all that starts the service has in common: the service as a whole, and one command of it.
 */
#ifndef TEND_WORLD_H
#define TEND_WORLD_H

#include "options.h"
#include "privilege.h"

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

/* A step that systemd itself takes before it has a child: its result is "resources" then. */
#define STEP_RESOURCES 1
/* The run of a struct spawn: it has not failed to become something, but in what it did. */
#define STEP_RUN 2

#endif
