/* Notify datagrams, as any process of the container may send them. */
#include "record.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
	if (!held)
		abort();
}

/* A status is a string of whole characters. */
static void check_status(const char *status)
{
	size_t length;

	must(memchr(status, '\0', NOTIFY_STATUS_SIZE) != NULL);
	while ((length = utf8_length(status)))
		status += length;
	must(*status == '\0');
}

/* What is passed on says the same to the next reader, and nothing that must stay inside. */
static void check_outward(const struct notify *heard)
{
	static struct notify again;
	char outward[NOTIFY_MESSAGE_MOST];
	struct text text = text_over(outward, sizeof outward);
	const unsigned passed = NOTIFY_READY | NOTIFY_RELOADING | NOTIFY_STOPPING | NOTIFY_STATUS | NOTIFY_ERRNO |
				NOTIFY_EXIT_STATUS | NOTIFY_EXTEND_TIMEOUT_USEC | NOTIFY_MONOTONIC_USEC;

	notify_add_outward(&text, heard);
	must(!text.cut);
	must(notify_parse(outward, text.length, &again));
	must(again.flags == (heard->flags & passed));
	must(again.error == heard->error && again.exit_status == heard->exit_status);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct notify notify;
	char *message = malloc(size ? size : 1); /* its exact size, for the sanitizer to watch */

	memcpy(message, data, size);
	if (notify_parse(message, size, &notify)) {
		must(size <= NOTIFY_MESSAGE_MOST);
		must(!(notify.flags & NOTIFY_BARRIER) || notify.flags == NOTIFY_BARRIER);
		must(!(notify.flags & NOTIFY_MAINPID) || (notify.main_pid > 0 && notify.main_pid <= INT32_MAX));
		must(notify.error <= 4095 && notify.exit_status <= 255);
		check_outward(&notify);
	} else {
		must(notify.flags == 0);
	}
	check_status(notify.status);
	free(message);
	return 0;
}
