/*
 * unit: the text of a unit file or drop-in into assignments of the journal. Pure core.
 * systemd.syntax(7).
 */
#ifndef TEND_UNIT_FILE_H
#define TEND_UNIT_FILE_H

#include "options.h"

/*
 * Reads a file's text (NUL-terminated; it must outlive the journal, and is changed: continuation
 * lines are joined in place) into the journal, layer unit. file is its name for messages, and must
 * outlive the journal too. False with a complaint when the journal is full, a section has no ] or a
 * key is misspelt: the complaint is the first of these, listener (may be NULL) hears of all.
 */
bool unit_read(struct journal *journal, const char *file, char *text,
	       const struct unit_listener *listener, struct complaint *complaint);

/*
 * The parts of a unit's name: "postgresql@15-main.service" has prefix "postgresql" and instance
 * "15-main".
 */
struct unit_name {
	const char *prefix, *instance; /* in the arena; instance is NULL where there is none */
	const char *unescaped_prefix, *unescaped_instance;
};
/*
 * The name's last ".suffix" is left away. False when it is empty, has a slash or an escape that is
 * none, or when the arena is full. The template "postgresql@.service" has no instance.
 */
bool unit_name_parse(const char *name, struct arena *arena, struct unit_name *parts);

#endif
