/*
 * load: finds a unit and its drop-ins where systemd looks for them, and reads their text into the journal.
 * systemd.unit(5), "Unit File Load Path" and "Description".
 */
#ifndef TEND_LOAD_H
#define TEND_LOAD_H

#include "world.h"
#include "unit.h"

/*
 * unit is a path (it has a slash) or a name ("nginx", "postgresql@15-main.service"). Reads it and its
 * drop-ins into world->journal, fills world->specifiers, sets world->name to its name less ".service". The texts
 * stay mapped, they are the journal's. False with a complaint.
 */
bool load_unit(const char *unit, struct world *world, const struct unit_listener *listener,
	       struct complaint *complaint);

#endif
