/* control: the client's end: `tend status`, `start`, `stop`, `restart`, `reload`, `kill`, `health`, `show`. */
#ifndef TEND_CONTROL_H
#define TEND_CONTROL_H

/*
 * words: the verb and what follows it (NULL-terminated): --json, --no-block, a signal's name. Prints what PID 1
 * answers, and returns the status to end with: systemctl's, or that of Docker's HEALTHCHECK for health.
 */
int control_run(char **words);

#endif
