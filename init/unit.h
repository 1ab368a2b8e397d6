/* unit: the text of a unit file or drop-in into assignments of the journal. Pure core. systemd.syntax(7). */
#ifndef TEND_UNIT_FILE_H
#define TEND_UNIT_FILE_H

#include "options.h"

/* What is said of a line that has no effect or is wrong; message is complete, with file and line. */
enum unit_remark { UNIT_NO_EFFECT, UNIT_UNKNOWN, UNIT_TYPING_ERROR };
struct unit_listener {
	/* Called for each key without effect here (known to systemd), unknown (newer than tend), misspelt. */
	void (*remark)(void *context, enum unit_remark remark, const char *message);
	void *context;
};

/*
 * Reads a file's text (NUL-terminated; it must outlive the journal, and is changed: continuation lines are
 * joined in place) into the journal, layer unit. file is its name for messages. False with a complaint when
 * the text is malformed or holds a typing error (a key near to one of ours).
 */
bool unit_read(struct journal *journal, const char *file, char *text, const struct unit_listener *listener,
	       struct complaint *complaint);

/* The parts of a unit's name: "postgresql@15-main.service" has prefix "postgresql" and instance "15-main". */
struct unit_name {
	const char *prefix, *instance; /* in the arena; instance is NULL where there is none */
	const char *unescaped_prefix, *unescaped_instance;
};
bool unit_name_parse(const char *name, struct arena *arena, struct unit_name *parts);

#endif
