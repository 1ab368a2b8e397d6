/*
 * sockets: what unix(7) needs to be safe for PID 1, and the datagrams of sd_notify(3), in from the service and out to
 * the service manager that tend itself runs under. The datagrams' text is wire.h's.
 */
#ifndef TEND_SOCKETS_H
#define TEND_SOCKETS_H

#include "wire.h"

#include <sys/types.h>

/*
 * recv(2) into room bytes, without waiting. Descriptors that came with the message are closed here, at once: what
 * the kernel closes by itself would wait for as long as a sender's SO_LINGER says.
 */
ssize_t socket_receive(int socket, char *bytes, size_t room);
/* Closes a connected one, whose listener had SO_PASSCRED, with what has come and nobody has received. */
void socket_close(int socket);

/*
 * A socket of unix(7), of that type and its flags, connected to "/path" or "@abstract"; -1 with errno, which is EINVAL
 * for another address and for one that does not fit.
 */
int socket_connect(int type, const char *address);
/* Whether that one could be bound to it; else errno says why not. */
bool socket_bind(int socket, const char *address);

/* Appends the number of the namespace that path below /proc/self/ns links to; false, and nothing, where it can't be read. */
bool socket_add_namespace(struct text *name, const char *path);

/*
 * Makes the socket that the service notifies, non-blocking, and appends its address to *address, as NOTIFY_SOCKET
 * wants it (NOTIFY_ADDRESS_SIZE bytes are enough): a path below /run/tend, which is made; else an abstract name,
 * "@tend/notify/" and the pid namespace, or five digits from the kernel where a stranger has that one. What a dead
 * tend left at the path is replaced; what is alive there, or no socket, is left. Everybody may send:
 * notify_receive() tells who does. Gives the descriptor, or -1 with errno where there is neither, and *address as it
 * was.
 */
int notify_open(struct text *address);
#define NOTIFY_ADDRESS_SIZE 64

/* Removes the path, if address is one, and closes. */
void notify_close(int socket, const char *address);

/* A datagram, and who sent it: credentials that the kernel vouches for, as seen from tend's own namespaces. */
struct notify_message {
	pid_t pid; /* above 0 */
	uid_t uid;
	unsigned descriptors; /* how many came with it; they are closed by now, which is what BARRIER=1 waits for */
	size_t length;
	char bytes[NOTIFY_MESSAGE_MOST + 1];
};

enum notify_result {
	NOTIFY_NOTHING, /* the queue is empty */
	NOTIFY_MESSAGE,
	NOTIFY_REFUSED, /* a datagram that is too long, lost some of its descriptors, or has no sender in our pid namespace */
};

/* Takes one datagram from the queue; never blocks. */
enum notify_result notify_receive(int socket, struct notify_message *message);

/*
 * A non-blocking socket to address, the NOTIFY_SOCKET that tend was given: "/path" or "@abstract". Gives the
 * descriptor, or -1 with errno.
 */
int notify_connect(const char *address);

/*
 * Sends; 0, or EAGAIN where the receiver is behind (poll(2) for POLLOUT and send again), or another errno where it is
 * gone. Never blocks, never raises SIGPIPE.
 */
int notify_send(int socket, const struct text *message);

#endif
