#include "control.h"
#include "kernel.h"
#include "server.h"
#include "sockets.h"
#include "status.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STATUS_USAGE 2
#define SERVER_PID 1

/* What was typed. */
struct wish {
	enum verb verb;
	const char *argument; /* of kill */
	bool json, no_block;
};

/* word: what is not understood, or --help. */
static int usage(const char *word)
{
	bool asked = strcmp(word, "--help") == 0;

	if (!asked) {
		kernel_complain(word);
		kernel_complain(": not understood\n");
	}
	(asked ? kernel_say : kernel_complain)("usage: tend status|show [--json] | start|stop|restart|reload [--no-block] | kill [SIGNAL] | health\n");
	return asked ? 0 : STATUS_USAGE;
}

static bool asks_state(enum verb verb)
{
	return verb == VERB_STATUS || verb == VERB_SHOW;
}

/* Gives the first word that is not understood, or NULL. */
static const char *read_words(char **words, struct wish *wish)
{
	*wish = (struct wish){ .verb = verb_of(*words) };
	while (*++words) {
		if (asks_state(wish->verb) && strcmp(*words, "--json") == 0)
			wish->json = true;
		else if (verb_is_job(wish->verb) && strcmp(*words, "--no-block") == 0)
			wish->no_block = true;
		else if (wish->verb == VERB_KILL && !wish->argument && signal_from_name(*words))
			wish->argument = *words;
		else
			return *words;
	}
	return NULL;
}

/*
 * Connects, and makes sure that it is PID 1 that listens: abstract names are the network namespace's, and with the
 * host's network a stranger can have taken this one.
 */
static int connect_to_server(void)
{
	char name[SERVER_NAME_SIZE];
	struct ucred peer;
	socklen_t length = sizeof peer;
	int server;

	server_name(name, SERVER_PID);
	server = socket_connect(SOCK_SEQPACKET | SOCK_CLOEXEC, name);
	if (server < 0 || (getsockopt(server, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.pid == SERVER_PID))
		return server;
	close(server);
	return -1;
}

static bool ask(int server, char **words, const struct wish *wish, char *reply, size_t room)
{
	char request[REQUEST_MOST];
	struct text text = text_over(request, sizeof request);
	ssize_t got;

	text_add(&text, *words);
	if (wish->argument)
		text_format(&text, " %s", wish->argument);
	else if (wish->no_block)
		text_add(&text, " no-block");
	/* Whom PID 1 does not hear it tells so, and closes: there may be an answer to what could not be sent. */
	send(server, text.start, text.length, MSG_NOSIGNAL);
	got = recv(server, reply, room - 1, 0);
	if (got <= 0)
		return false;
	reply[got] = '\0';
	return true;
}

static void print_properties(const char *properties, const struct wish *wish)
{
	char output[STATUS_ROOM];
	struct text text = text_over(output, sizeof output);

	if (wish->json)
		status_json(properties, &text);
	else if (wish->verb == VERB_SHOW)
		text_add(&text, properties);
	else
		status_print(properties, kernel_now(), kernel_is_terminal(STDOUT_FILENO), &text);
	kernel_say(output);
}

int control_run(char **words)
{
	char reply[REPLY_MOST];
	struct wish wish;
	const char *strange = read_words(words, &wish);
	uint64_t status;
	char *output;
	int server;

	if (strange)
		return usage(strange);
	server = connect_to_server();
	if (server < 0) {
		kernel_complain("PID 1 is no tend, or does not listen.\n");
		return wish.verb == VERB_HEALTH ? CLIENT_FAILED : CLIENT_NO_SERVICE;
	}
	if (!ask(server, words, &wish, reply, sizeof reply) || !(output = strchr(reply, '\n'))) {
		kernel_complain("PID 1 has not answered.\n");
		return CLIENT_FAILED;
	}
	*output++ = '\0';
	if (!parse_unsigned(reply, 255, &status))
		return CLIENT_FAILED;
	if (asks_state(wish.verb) && status != CLIENT_FAILED)
		print_properties(output, &wish);
	else
		(after_prefix(output, "[ERROR]") ? kernel_complain : kernel_say)(output);
	return (int)status;
}
