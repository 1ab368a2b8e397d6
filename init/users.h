/*
 * users: lines of /etc/passwd and /etc/group, whose text somebody else has read. Pure core.
 * passwd(5), group(5).
 */
#ifndef TEND_USERS_H
#define TEND_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest name, home or shell with its NUL; a longer one makes its line unusable. */
#define USER_TEXT_MAX 256
/* Supplementary groups of one service; more are refused, not cut. */
#define USER_GROUPS_MAX 64

struct user {
	uint32_t uid, gid;
	char name[USER_TEXT_MAX]; /* "" where a number has no line */
	char home[USER_TEXT_MAX];
	char shell[USER_TEXT_MAX];
};

/*
 * One line of passwd, of length bytes, with or without its newline. False, and *user undefined,
 * when it is malformed or longer than fits. Malformed are too: blank lines, comments, NIS's "+" and
 * "-" lines, ids that parse_id refuses.
 */
bool passwd_line(const char *line, size_t length, struct user *user);

/*
 * Whether this line of passwd is that of the user wanted: by number where parse_id takes it, else
 * by name.
 */
bool passwd_line_matches(const struct user *user, const char *wanted);

struct group {
	uint32_t gid;
	char name[USER_TEXT_MAX];
	const char *members; /* into the line: comma-separated, members_length bytes */
	size_t members_length;
};

/* The same for a line of group, which must outlive *group. */
bool group_line(const char *line, size_t length, struct group *group);
/* Whether the group's list of members holds that name; nobody's name is empty. */
bool group_has_member(const struct group *group, const char *name);

/*
 * A uid or gid in decimal, without sign, blanks or leading zeros; 65535 and 4294967295 (-1 in 16
 * and 32 bits) are refused. So does systemd, which takes what is no id for a name. *id is left
 * alone when it is false.
 */
bool parse_id(const char *string, uint32_t *id);

#endif
