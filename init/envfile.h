/* envfile: the syntax of an EnvironmentFile=. Pure core. systemd.exec(5). */
#ifndef TEND_ENVFILE_H
#define TEND_ENVFILE_H

#include "text.h"

/*
 * The next assignment of *cursor (which is moved behind it) up to end, as NAME=VALUE into text
 * (emptied first), quotes and continuation lines resolved. False when none is left. Lines without a
 * "=" and comments are skipped; what is a proper name is not asked.
 */
bool envfile_next(const char **cursor, const char *end, struct text *text);

#endif
