/*
 * environment: what a child finds in its environment, in systemd's order: systemd.exec(5),
 * "Environment Variables".
 */
#ifndef TEND_ENVIRONMENT_H
#define TEND_ENVIRONMENT_H

#include "world.h"

/*
 * systemd's search path. A unit's command without a slash is looked up here, a bare one in its own
 * PATH.
 */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
#define BIN_PATH ":/sbin:/bin"

/* Whether LISTEN_FDS is for that command: of a unit, ExecStart= alone. */
bool environment_passes_descriptors(const struct spawn *spawn);

/*
 * In the child: the NAME=VALUE list, NULL-terminated, in memory of arena or of spawn's own. 0, or
 * EXIT_MEMORY when the arena is full, or STEP_RESOURCES with errno when an EnvironmentFile= can't
 * be read.
 */
int environment_make(const struct spawn *spawn, struct arena *arena, char ***environment);

#endif
