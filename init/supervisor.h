/*
 * supervisor: the loop of PID 1. Facts become events of the machine (who died, which signal came, what time it is); what
 * it asks for becomes system calls in actions.c, and clients are heard in requests.c. It never blocks but in ppoll(2).
 */
#ifndef TEND_SUPERVISOR_H
#define TEND_SUPERVISOR_H

#include "world.h"

/*
 * Starts the service and stays with it to the end. Every signal is blocked already. started is called once, when
 * what is executed first is on its way: nothing of the world is written after that, and where world->strings is set,
 * nothing is left of the stack of those who have called this. Ends with the status that tend is to end with.
 */
_Noreturn void supervise(struct world *world, void (*started)(void));

#endif
