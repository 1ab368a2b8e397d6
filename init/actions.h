/*
 * actions: what the machine asks for becomes system calls: children, signals, lines of the log, and what the manager
 * outside is told. And what it decides by: an event goes in, and what comes out is carried out at once.
 */
#ifndef TEND_ACTIONS_H
#define TEND_ACTIONS_H

#include "cgroup.h"
#include "log.h"
#include "program.h"
#include "server.h"
#include "spawn.h"
#include "wire.h"

/* The one struct of the shell: all that PID 1 keeps while it runs. The large come last, out of the way. */
struct supervisor {
	struct world *world;
	bool ended;
	bool stirred;                        /* more has run than at rest, and what it took is not given back yet */
	int status;
	int signals;
	int pid_file_watch;                  /* -1: no PID file is waited for */
	int outward;                         /* to the manager that tend itself notifies, or -1 */
	bool behind;                         /* since its queue is full */
	bool told_stopping;
	bool adopted;                        /* the main process was not started as such, and may have another parent */
	enum notify_access access;           /* NotifyAccess=, or what NOTIFYACCESS= has made of it */
	pid_t last_main;                     /* for messages about one that is gone */
	struct child children[ROLE_COUNT];   /* pid 0: none of that role lives */
	struct machine machine;
	struct failure failures[ROLE_COUNT]; /* why it did not become its command; status 0: it did */
	struct cgroup cgroup;
	uint64_t oom_kills;                  /* that no death has been put down to yet */
	uint64_t impatience;                 /* when a client is to be let go */
	char invocation[33];                 /* of this start: INVOCATION_ID= */
	struct server server;
	struct log log;
	char status_text[NOTIFY_STATUS_SIZE]; /* STATUS= */
	struct program program;
	struct notify owed;                   /* what the manager outside has not been told yet */
};

/* Has the machine make a step, now, and carries out what it asks for. */
void actions_feed(struct supervisor *supervisor, const struct event *event);
/* The same of an event that has nothing more to tell. */
void actions_feed_plain(struct supervisor *supervisor, enum event_type type);

/* Tells the manager outside, if there is one: news, and what is owed to it. Never blocks. */
void actions_tell_outward(struct supervisor *supervisor, const struct notify *news);
/* The same before tend ends, of what is owed: blocks for a second at most, if something is. */
void actions_tell_last(struct supervisor *supervisor);

/* Whom messages are about, now. */
struct subject actions_subject(const struct supervisor *supervisor);

/* Sends signal to whom action says: to all of the service, or to the main process and the one of control. */
void actions_signal(struct supervisor *supervisor, const struct action *action, int signal);

/* Looks for a forking service's main process, and tells the machine of it or that there is none. */
void actions_find_main(struct supervisor *supervisor);
/* That descendant, which is none of the other roles, becomes the main process, if the machine has a use for one. */
void actions_adopt_main(struct supervisor *supervisor, pid_t pid);
bool actions_has_other_role(const struct supervisor *supervisor, pid_t pid);

/* Whether a child of any role lives. */
bool actions_anybody(const struct supervisor *supervisor);

#endif
