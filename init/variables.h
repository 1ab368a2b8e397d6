/*
 * variables: what a command of the service finds in its environment about the service itself. Pure core.
 * systemd.exec(5), "Environment Variables Set or Propagated by the Service Manager".
 */
#ifndef TEND_VARIABLES_H
#define TEND_VARIABLES_H

#include "service.h"

#define VARIABLES_MAX 7

struct variables {
	const char *list[VARIABLES_MAX]; /* NULL-terminated; into bytes */
	char bytes[256];
};

/*
 * MAINPID= while there is one; for ExecStop= and ExecStopPost= also SERVICE_RESULT=, and EXIT_CODE= and EXIT_STATUS=
 * once the main process has ended. DEBUG_INVOCATION=1 after a restart, where config's RestartMode= says so.
 * invocation is 32 hexadecimal digits, or "" for none.
 */
void variables_make(struct variables *variables, const struct machine *machine, const struct config *config,
		    enum list list, int main_pid, const char *invocation);

#endif
