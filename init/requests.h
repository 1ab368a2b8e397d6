/* requests: what clients ask of PID 1, and what they are told. */
#ifndef TEND_REQUESTS_H
#define TEND_REQUESTS_H

#include "actions.h"

/* Opens the control socket; where that can't be had it is said, and tend goes on without. */
void requests_open(struct supervisor *supervisor);

/* That client has said something or has gone: it is answered, waits for its job's end, or is let go. */
void requests_hear(struct supervisor *supervisor, struct client *client);

/* Answers those who wait, as far as it has come about what they wait for. */
void requests_settle(struct supervisor *supervisor);

#endif
