/* message: the words for what the machine has to say. Pure core. */
#ifndef TEND_MESSAGE_H
#define TEND_MESSAGE_H

#include "service.h"

/* Whom it is about. */
struct subject {
	const char *name; /* "elasticsearch" */
	int pid;          /* of the main process now, or of the last one; 0: there was none */
	bool unit;        /* a unit's service; of a bare command a failure is its caller's to judge */
	/* Why the last of these checks has failed; NULL or "": it has not, or there was none. */
	const char *ready_check, *health_check;
};

/* The level that an ACTION_LOG is logged at. */
enum log_level message_level(const struct action *action, const struct subject *subject);
/* Appends the sentence for it to text. */
void message_of(const struct action *action, const struct subject *subject, struct text *text);

#endif
