#include "server.h"
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void add_namespace(struct text *name, const char *path)
{
	char link[32] = "";
	const char *number;

	if (kernel_readlink(AT_FDCWD, path, link, sizeof link - 1) > 0 && (number = strchr(link, '[')))
		text_add_bytes(name, number + 1, strspn(number + 1, "0123456789"));
}

void server_name(struct text *name, int pid)
{
	text_add(name, "@tend/control/");
	add_namespace(name, "/proc/self/ns/pid");
	text_add(name, ".");
	add_namespace(name, "/proc/self/ns/mnt");
	if (pid != 1)
		text_format(name, ".%d", pid);
}

static socklen_t make_address(struct sockaddr_un *address)
{
	struct text name;

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	name = text_over(address->sun_path, sizeof address->sun_path);
	server_name(&name, getpid());
	address->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name.length);
}

int server_open(struct server *server)
{
	struct sockaddr_un address;
	socklen_t length = make_address(&address);
	int error;

	for (size_t i = 0; i < CLIENTS_MOST; i++)
		server->clients[i].socket = -1;
	server->socket = kernel_socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (server->socket < 0)
		return errno;
	if (bind(server->socket, (struct sockaddr *)&address, length) == 0 && listen(server->socket, CLIENTS_MOST) == 0)
		return 0;
	error = errno;
	close(server->socket);
	server->socket = -1;
	return error;
}

static void let_go(struct client *client)
{
	close(client->socket);
	client->socket = -1;
}

static bool may_ask(int socket)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

static struct client *free_place(struct server *server)
{
	for (size_t i = 0; i < CLIENTS_MOST; i++)
		if (server->clients[i].socket < 0)
			return &server->clients[i];
	return NULL;
}

void server_accept(struct server *server, uint64_t now)
{
	int socket = kernel_accept(server->socket);
	struct client *client = free_place(server), refused = { .socket = socket };

	if (socket < 0)
		return;
	if (!may_ask(socket))
		server_reply(&refused, CLIENT_FAILED, "Access denied: only root and tend's own user may ask.\n");
	else if (!client)
		server_reply(&refused, CLIENT_FAILED, "Too many clients, try again.\n");
	else
		*client = (struct client){ .socket = socket, .until = now + CLIENT_PATIENCE };
}

int server_read(struct client *client, struct request *request)
{
	char bytes[REQUEST_MOST + 1];
	ssize_t got = recv(client->socket, bytes, sizeof bytes, MSG_DONTWAIT);

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
	server_reply(client, CLIENT_FAILED, "Not understood: this client is of another version of tend.\n");
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
