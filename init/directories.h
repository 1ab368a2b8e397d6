/*
 * directories: RuntimeDirectory= and its four siblings: made before the service, owned by it,
 * emptied after it. systemd.exec(5).
 */
#ifndef TEND_DIRECTORIES_H
#define TEND_DIRECTORIES_H

#include "world.h"

/* Whether the unit names any of that kind. */
bool directories_named(const struct world *world, enum directory_kind kind);

/*
 * In a child that has not yet become the service: makes each directory named, with its parents,
 * mode and owner, as systemd does (an existing one of the right owner is not walked; a wrong one is
 * chowned with all it holds). Returns 0, or EXIT_RUNTIME_DIRECTORY, EXIT_STATE_DIRECTORY... with
 * errno set.
 */
int directories_make(const struct world *world);

/*
 * Appends "RUNTIME_DIRECTORY=/run/a:/run/b" for that kind to text; false where the unit names none.
 */
bool directories_variable(const struct world *world, enum directory_kind kind, struct text *text);

/*
 * Whether there is anything to remove after a stop (or, when restarting is true, before a restart):
 * a runtime directory that RuntimeDirectoryPreserve= does not keep, or a PIDFile= of a stopped
 * service.
 */
bool directories_pending(const struct world *world, bool restarting);
/* In a child: removes them, whole trees, never following a link. Returns 0 or an errno. */
int directories_remove(const struct world *world, bool restarting);

#endif
