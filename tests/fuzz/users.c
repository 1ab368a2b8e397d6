/* Any bytes as a line of passwd or group. */
#include "users.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_id(uint32_t id)
{
	assert(id != UINT16_MAX && id != UINT32_MAX);
}

/* Copied from the line with its end, so that what is beyond the line is never a part of it. */
static void check_name(const char *name, const char *line, size_t size)
{
	size_t length = strnlen(name, USER_TEXT_MAX);

	assert(length > 0 && length < USER_TEXT_MAX && length < size);
	assert(memcmp(line, name, length) == 0 && line[length] == ':');
	assert(!strchr("+-#:", *name));
}

static void read_user(const char *line, size_t size)
{
	struct user user;

	if (!passwd_line(line, size, &user))
		return;
	check_id(user.uid);
	check_id(user.gid);
	check_name(user.name, line, size);
	assert(strnlen(user.home, USER_TEXT_MAX) < USER_TEXT_MAX);
	assert(strnlen(user.shell, USER_TEXT_MAX) < USER_TEXT_MAX);
	assert(strlen(user.name) + strlen(user.home) + strlen(user.shell) + 6 < size);
	assert(passwd_line_matches(&user, user.name) || parse_id(user.name, &(uint32_t){ 0 }));
}

static void read_group(const char *line, size_t size)
{
	struct group group;

	if (!group_line(line, size, &group))
		return;
	check_id(group.gid);
	check_name(group.name, line, size);
	assert(group.members >= line && group.members + group.members_length <= line + size);
	assert(!group_has_member(&group, ""));
	for (size_t i = 0; i < group.members_length; i++) {
		char name[32] = "";

		memcpy(name, group.members + i,
		       group.members_length - i < 31 ? group.members_length - i : 31);
		name[strcspn(name, ",")] = '\0';
		if (*name && (i == 0 || group.members[i - 1] == ',') && strlen(name) < 31)
			assert(group_has_member(&group, name));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1); /* at least one byte */
	uint32_t id = 65535;

	assert(line);
	memcpy(line, data, size);
	line[size] = '\0';
	assert(parse_id(line, &id) || id == 65535);
	line = realloc(line, size ? size : 1); /* no NUL behind it any more */
	assert(line);
	read_user(line, size);
	read_group(line, size);
	free(line);
	return 0;
}
