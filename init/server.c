#include "server.h"
#include "kernel.h"
#include "sockets.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void server_name(char name[static SERVER_NAME_SIZE], int pid)
{
	struct text text = text_over(name, SERVER_NAME_SIZE);

	text_add(&text, "@tend/control/");
	socket_add_namespace(&text, "/proc/self/ns/pid");
	text_add_byte(&text, '.');
	socket_add_namespace(&text, "/proc/self/ns/mnt");
	if (pid != 1)
		text_format(&text, ".%d", pid);
}

int server_open(struct server *server)
{
	char name[SERVER_NAME_SIZE];
	int error;

	for (size_t i = 0; i < CLIENTS_MOST; i++)
		server->clients[i].socket = -1;
	server->socket = kernel_socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (server->socket < 0)
		return errno;
	/* What is accepted inherits it: socket_close() tells by it whether there was a message. */
	setsockopt(server->socket, SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int));
	errno = 0;
	server_name(name, getpid());
	/* Where a namespace could not be read, clients have another name for it: but where there is no /proc. */
	if ((errno == 0 || errno == ENOENT) && socket_bind(server->socket, name) && listen(server->socket, CLIENTS_MOST) == 0)
		return 0;
	error = errno;
	close(server->socket);
	server->socket = -1;
	return error;
}

static void let_go(struct client *client)
{
	socket_close(client->socket);
	client->socket = -1;
}

static bool may_ask(int socket)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	/* Who is outside has no pid here. */
	return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.pid > 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

/* There always is one, since not all may wait. */
static struct client *make_room(struct server *server)
{
	struct client *silent = NULL;

	for (size_t i = 0; i < CLIENTS_MOST; i++) {
		struct client *client = &server->clients[i];

		if (client->socket < 0)
			return client;
		if (client->waits == VERB_NONE && (!silent || client->until < silent->until))
			silent = client;
	}
	let_go(silent);
	return silent;
}

void server_accept(struct server *server, uint64_t now)
{
	struct client client = { .socket = kernel_accept(server->socket), .until = now + CLIENT_PATIENCE };

	if (client.socket < 0) {
		if (errno != EAGAIN && errno != ECONNABORTED)
			server->pause_until = now + SERVER_PAUSE;
		return;
	}
	if (may_ask(client.socket))
		*make_room(server) = client;
	else
		server_reply(&client, CLIENT_FAILED,
			     "[ERROR] Access denied: only root and tend's own user may ask, in its container.\n");
}

bool server_wait(struct server *server, struct client *client, enum verb verb)
{
	unsigned waiting = 0;

	for (size_t i = 0; i < CLIENTS_MOST; i++)
		waiting += server->clients[i].socket >= 0 && server->clients[i].waits != VERB_NONE;
	if (waiting == CLIENTS_WAITING_MOST) {
		server_reply(client, CLIENT_FAILED, "[ERROR] Too many clients wait already, try --no-block.\n");
		return false;
	}
	client->waits = verb;
	client->until = USEC_INFINITY;
	return true;
}

int server_read(struct client *client, struct request *request)
{
	char bytes[REQUEST_MOST + 1];
	ssize_t got = socket_receive(client->socket, bytes, sizeof bytes);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0) {
		let_go(client);
		return -1;
	}
	/* It waits for its job already: what else it says is nobody's concern. */
	if (client->waits != VERB_NONE)
		return 0;
	if (request_parse(bytes, (size_t)got, request))
		return 1;
	server_reply(client, CLIENT_FAILED, "[ERROR] Not understood: this client is of another version of tend.\n");
	return -1;
}

void server_reply(struct client *client, int status, const char *output)
{
	char bytes[REPLY_MOST];
	struct text text = text_over(bytes, sizeof bytes);

	text_format(&text, "%d\n%s", status, output);
	/* One packet into an empty queue: it fits, or the client has gone. */
	send(client->socket, text.start, text.length, MSG_DONTWAIT | MSG_NOSIGNAL);
	let_go(client);
}

uint64_t server_expire(struct server *server, uint64_t now)
{
	uint64_t next = USEC_INFINITY;

	if (server->pause_until <= now)
		server->pause_until = 0;
	else
		next = server->pause_until;
	for (size_t i = 0; i < CLIENTS_MOST; i++) {
		struct client *client = &server->clients[i];

		if (client->socket < 0)
			continue;
		if (client->until <= now)
			let_go(client);
		else if (client->until < next)
			next = client->until;
	}
	return next;
}
