/* conditions: Condition...= and Assert...= of a unit, looked at before each start. systemd.unit(5), "Conditions and Asserts". */
#ifndef TEND_CONDITIONS_H
#define TEND_CONDITIONS_H

#include "world.h"

/* Whether the unit has any. */
bool conditions_given(const struct world *world);

/*
 * Looks whether all hold: every one but those with "|", of which one is enough; "!" turns one round. False when
 * not, with the one that does not hold in *unmet (the last of those with "|"), and whether it is an Assert...= in *assert.
 */
bool conditions_hold(const struct world *world, const struct assignment **unmet, bool *assert);

#endif
