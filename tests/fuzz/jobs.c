/* Requests of clients: who may ask is looked at before, but a client may be of another version, or broken. */
#include "jobs.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
	if (!held)
		abort();
}

static const char *word_of(enum verb verb)
{
	static const char *const words[] = {
		[VERB_STATUS] = "status", [VERB_SHOW] = "show", [VERB_HEALTH] = "health",   [VERB_START] = "start",
		[VERB_STOP] = "stop",     [VERB_KILL] = "kill", [VERB_RESTART] = "restart", [VERB_RELOAD] = "reload",
	};

	return words[verb];
}

/* There is one way to ask for a thing, but for a signal, which has several names. */
static void check_request(const char *bytes, size_t size, const struct request *request)
{
	const char *word = word_of(request->verb), *more = request->no_block ? " no-block" : "";
	size_t length = strlen(word);

	must(size >= length && memcmp(bytes, word, length) == 0);
	if (request->verb == VERB_KILL) {
		must(request->signal >= 1 && request->signal <= SIGNAL_MAX && !request->no_block);
		must(size == length || bytes[length] == ' ');
		return;
	}
	must(request->signal == 0);
	must(!request->no_block || verb_is_job(request->verb));
	must(size == length + strlen(more) && memcmp(bytes + length, more, strlen(more)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request request;
	char *bytes = malloc(size ? size : 1); /* its exact size, for the sanitizer to watch */

	memcpy(bytes, data, size);
	if (request_parse(bytes, size, &request)) {
		must(size <= REQUEST_MOST);
		check_request(bytes, size, &request);
	}
	free(bytes);
	return 0;
}
