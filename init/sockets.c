#include "sockets.h"
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define DIRECTORY "/run/tend"

/* The kernel passes no more descriptors with one message (SCM_MAX_FD). */
enum { DESCRIPTORS_MOST = 253 };

/* ---- addresses ---- */

struct address {
	struct sockaddr_un name;
	socklen_t length;
};

/* "/path" or "@abstract"; false for anything else and for what does not fit. */
static bool make_address(const char *string, struct address *address)
{
	size_t length = strlen(string);

	if ((*string != '/' && *string != '@') || length < 2 || length >= sizeof address->name.sun_path)
		return false;
	*address = (struct address){ .name.sun_family = AF_UNIX };
	memcpy(address->name.sun_path, string, length);
	address->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	if (*string == '@')
		address->name.sun_path[0] = '\0';
	else
		address->length++;
	return true;
}

bool socket_bind(int socket, const char *string)
{
	struct address address;

	return make_address(string, &address) &&
	       bind(socket, (struct sockaddr *)&address.name, address.length) == 0;
}

int socket_connect(int type, const char *string)
{
	struct address address;
	int connected, error;

	if (!make_address(string, &address)) {
		errno = EINVAL;
		return -1;
	}
	connected = kernel_socket(AF_UNIX, type);
	if (connected >= 0 && connect(connected, (struct sockaddr *)&address.name, address.length)) {
		error = errno;
		close(connected);
		errno = error;
		connected = -1;
	}
	return connected;
}

#define NOTIFY_TYPE (SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK)

int notify_connect(const char *string)
{
	return socket_connect(NOTIFY_TYPE, string);
}

bool socket_add_namespace(struct text *name, const char *path)
{
	char link[32] = "";
	const char *number;

	if (readlinkat(AT_FDCWD, path, link, sizeof link - 1) < 0 || !(number = strchr(link, '[')))
		return false;
	text_add_bytes(name, number + 1, strspn(number + 1, "0123456789"));
	return true;
}

/* ---- the socket of our own ---- */

/* A directory that others can write to is one where others can put a socket in the place of ours. */
static bool prepare_directory(void)
{
	struct stat status;

	mkdir(DIRECTORY, 0755);
	return fstatat(AT_FDCWD, DIRECTORY, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode) && !(status.st_mode & 022) &&
	       status.st_uid == geteuid();
}

/* Whether the path is free now: what is there is removed if it is a socket that nobody holds any more. */
static bool free_path(const char *path)
{
	struct stat status;
	int living;

	if (fstatat(AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT;
	if (!S_ISSOCK(status.st_mode))
		return false;
	living = notify_connect(path);
	if (living >= 0) {
		close(living);
		return false;
	}
	return errno == ECONNREFUSED && unlink(path) == 0;
}

/* PID 1's name is the same each time; any other tend's is its own. */
static void add_pid(struct text *name)
{
	if (getpid() != 1)
		text_format(name, ".%d", getpid());
}

/* Everybody may send. The mode is not changed afterwards: that may fail, and the socket has its name by then. */
static bool bind_to_path(int socket, struct text *name)
{
	mode_t mask = umask(0);
	bool bound;

	text_add(name, DIRECTORY "/notify");
	add_pid(name);
	bound = prepare_directory() && free_path(name->start) && socket_bind(socket, name->start);
	umask(mask);
	return bound;
}

static bool bind_to_namespace(int socket, struct text *name)
{
	text_add(name, "@tend/notify/");
	if (!socket_add_namespace(name, "/proc/self/ns/pid"))
		return false;
	add_pid(name);
	return socket_bind(socket, name->start);
}

/* A bind to the family alone has the kernel choose an abstract name that is free, five digits. */
static bool bind_to_any(int socket, struct text *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t length = sizeof address;

	if (bind(socket, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path)) ||
	    getsockname(socket, (struct sockaddr *)&address, &length))
		return false;
	text_add_byte(name, '@');
	text_add_bytes(name, address.sun_path + 1, length - offsetof(struct sockaddr_un, sun_path) - 1);
	return true;
}

/* A socket that failed to be bound to one name is still good for the next. */
int notify_open(struct text *address)
{
	static bool (*const ways[])(int socket, struct text *name) = { bind_to_path, bind_to_namespace, bind_to_any };
	char buffer[NOTIFY_ADDRESS_SIZE];
	int opened = kernel_socket(AF_UNIX, NOTIFY_TYPE);

	if (opened < 0)
		return -1;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct text name = text_over(buffer, sizeof buffer);

		if (!ways[i](opened, &name))
			continue;
		if (setsockopt(opened, SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int)))
			break;
		text_add(address, buffer);
		return opened;
	}
	close(opened);
	return -1;
}

void notify_close(int socket, const char *address)
{
	if (*address == '/')
		unlink(address);
	close(socket);
}

/* ---- messages ---- */

#define NOBODY ((uid_t)-1)

/* Who has sent it, and how many descriptors came along. */
struct sender {
	struct ucred credentials;
	unsigned descriptors;
};

/*
 * A socket whose sender has set SO_LINGER would let the last close of it, ours, wait for as long as the sender
 * likes.
 */
static void close_passed(const struct cmsghdr *control, struct sender *sender)
{
	size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);

	for (size_t i = 0; i < count; i++) {
		int passed;

		memcpy(&passed, CMSG_DATA(control) + i * sizeof passed, sizeof passed);
		setsockopt(passed, SOL_SOCKET, SO_LINGER, &(struct linger){ 0 }, sizeof(struct linger));
		close(passed);
		sender->descriptors++;
	}
}

static void take_control(struct msghdr *header, struct sender *sender)
{
	for (struct cmsghdr *control = CMSG_FIRSTHDR(header); control; control = CMSG_NXTHDR(header, control)) {
		if (control->cmsg_level != SOL_SOCKET)
			continue;
		if (control->cmsg_type == SCM_RIGHTS)
			close_passed(control, sender);
		if (control->cmsg_type == SCM_CREDENTIALS && control->cmsg_len >= CMSG_LEN(sizeof(struct ucred)))
			memcpy(&sender->credentials, CMSG_DATA(control), sizeof(struct ucred));
	}
}

/* *cut: it was longer than room, or lost some of its descriptors. */
static ssize_t receive(int socket, char *bytes, size_t room, struct sender *sender, bool *cut)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct ucred)) +
					     CMSG_SPACE(DESCRIPTORS_MOST * sizeof(int))];
	struct iovec vector = { bytes, room };
	struct msghdr header = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof control,
	};
	ssize_t length;

	*sender = (struct sender){ .credentials = { .uid = NOBODY } };
	length = recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (length >= 0)
		take_control(&header, sender);
	*cut = header.msg_flags & (MSG_TRUNC | MSG_CTRUNC);
	return length;
}

ssize_t socket_receive(int socket, char *bytes, size_t room)
{
	struct sender sender;
	bool cut;

	return receive(socket, bytes, room, &sender, &cut);
}

/* Its listener has SO_PASSCRED: each message has credentials, if it is empty too, and the end has none. */
void socket_close(int socket)
{
	struct sender sender;
	char byte;
	bool cut;

	/* From here on nothing more comes, and what is there has its bound in the sender's SO_SNDBUF. */
	shutdown(socket, SHUT_RD);
	do
		receive(socket, &byte, sizeof byte, &sender, &cut);
	while (sender.credentials.uid != NOBODY);
	close(socket);
}

enum notify_result notify_receive(int socket, struct notify_message *message)
{
	struct sender sender;
	bool cut;
	ssize_t length = receive(socket, message->bytes, NOTIFY_MESSAGE_MOST, &sender, &cut);

	if (length < 0)
		return NOTIFY_NOTHING;
	message->pid = sender.credentials.pid;
	message->uid = sender.credentials.uid;
	message->descriptors = sender.descriptors;
	message->length = (size_t)length;
	message->bytes[length] = '\0';
	return message->pid > 0 && !cut ? NOTIFY_MESSAGE : NOTIFY_REFUSED;
}

int notify_send(int socket, const struct text *message)
{
	return send(socket, message->start, message->length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? errno : 0;
}
