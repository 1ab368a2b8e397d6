/* users: lines of /etc/passwd and /etc/group, whose text somebody else has read. Pure core. passwd(5), group(5). */
#ifndef TEND_USERS_H
#define TEND_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define USER_TEXT_MAX 256 /* longest name, home or shell with its NUL; a longer one makes its line unusable */
#define USER_GROUPS_MAX 64 /* supplementary groups of one service; more are refused, not cut */

struct user {
	uint32_t uid, gid;
	char name[USER_TEXT_MAX]; /* "" where a number has no line */
	char home[USER_TEXT_MAX];
	char shell[USER_TEXT_MAX];
};

/*
 * One line (no newline needed, length bytes) of passwd; false when it is malformed or longer than fits.
 * Blank lines, comments and NIS's "+" lines are malformed.
 */
bool passwd_line(const char *line, size_t length, struct user *user);

/* Whether this line of passwd is that of the user wanted: by name, or by number where name is all digits. */
bool passwd_line_matches(const struct user *user, const char *wanted);

struct group {
	uint32_t gid;
	char name[USER_TEXT_MAX];
	const char *members; /* into the line: comma-separated, members_length bytes */
	size_t members_length;
};

bool group_line(const char *line, size_t length, struct group *group);
/* Whether the group's list of members holds that name. */
bool group_has_member(const struct group *group, const char *name);

/* A uid or gid in decimal; 65535 and 4294967295 are refused, as systemd refuses them. */
bool parse_id(const char *string, uint32_t *id);

#endif
