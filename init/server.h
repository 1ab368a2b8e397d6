/*
 * server: PID 1's end of the control socket: few clients at a time, each with one request and one reply, none
 * of them waited for. The name is abstract, so that it works without any writable directory. unix(7).
 */
#ifndef TEND_SERVER_H
#define TEND_SERVER_H

#include "jobs.h"

/*
 * PID 1's memory and descriptors have an end: of more than so many at once, the one that has kept silent for longest is
 * let go. Fewer may wait for the ends of their jobs, so that there is always room for a question.
 */
#define CLIENTS_MOST 8
#define CLIENTS_WAITING_MOST 4
/* A client that has not said what it wants by then is let go. */
#define CLIENT_PATIENCE (5 * USEC_PER_SEC)

struct client {
	int socket;       /* -1: this place is free */
	enum verb waits;  /* for this job's end; VERB_NONE: it has not asked yet */
	uint64_t until;   /* when it is let go; USEC_INFINITY: never */
};

/* How long nobody is taken on when that fails, for want of a descriptor or of memory: poll(2) would not wait. */
#define SERVER_PAUSE USEC_PER_SEC

struct server {
	int socket; /* -1: there is none */
	uint64_t pause_until; /* 0: there is no pause */
	struct client clients[CLIENTS_MOST];
};

#define SERVER_NAME_SIZE 64

/*
 * The control socket's name: "@tend/control/PIDNS.MNTNS", after the namespaces, with ".PID" where tend is not
 * PID 1; what /proc can't tell is left out. Both ends compute it.
 */
void server_name(char name[static SERVER_NAME_SIZE], int pid);

/*
 * Opens it; 0 or an errno. EADDRINUSE: a stranger in the same network namespace has the name, or another tend; tend
 * goes on without.
 */
int server_open(struct server *server);

/*
 * A connection is waiting: takes it on if it is root's or tend's own user's, out of tend's pid namespace: abstract names
 * are the network namespace's, and the containers of a pod share that.
 */
void server_accept(struct server *server, uint64_t now);

/* Lets a client wait for its job's end; false where too many do, and then it has been told and is gone. */
bool server_wait(struct server *server, struct client *client, enum verb verb);

/* What that client wants. 1: *request is it; 0: nothing yet; -1: it is gone, and its place is free. */
int server_read(struct client *client, struct request *request);

/* Sends the reply, "STATUS\n" and what is to be printed, and lets the client go. Never blocks. */
void server_reply(struct client *client, int status, const char *output);

/* Lets go whom it is time for, and ends a pause; the next such time, USEC_INFINITY for none. */
uint64_t server_expire(struct server *server, uint64_t now);

#endif
