#include "users.h"

#include "text.h"

#include <string.h>

/*
 * Fields of a line, which colons separate. The last one is the rest of the line. An array of what has 16 bytes would have
 * its function align the stack to them.
 */
struct PACKED field {
	const char *start;
	uint32_t length;
};

/*
 * Splits a line into exactly count fields. A NUL would end a string earlier than its field; "+" and
 * "-" are NIS's, "#" a comment, and a name may not be empty.
 */
static bool split(const char *line, size_t length, struct field *fields, size_t count)
{
	const char *end = line + length, *colon;

	if (length && end[-1] == '\n')
		end--;
	if (line == end || strchr(":+-#", *line) || memchr(line, '\0', (size_t)(end - line)))
		return false;
	for (; count > 1; count--, fields++) {
		colon = memchr(line, ':', (size_t)(end - line));
		if (!colon)
			return false;
		*fields = (struct field){ line, (uint32_t)(colon - line) };
		line = colon + 1;
	}
	*fields = (struct field){ line, (uint32_t)(end - line) };
	return !memchr(line, ':', fields->length);
}

static bool copy_field(const struct field *field, char out[static USER_TEXT_MAX])
{
	return text_copy(out, USER_TEXT_MAX, field->start, field->length);
}

/*
 * As strict as systemd: what is not wholly a number may be a name, and -1 in 16 or 32 bits means
 * "none".
 */
static bool read_id(const struct field *field, uint32_t *id)
{
	char digits[USER_TEXT_MAX];
	uint64_t number;

	if (!copy_field(field, digits) || (digits[0] == '0' && digits[1]) ||
	    !parse_unsigned(digits, UINT32_MAX - 1, &number) || number == UINT16_MAX)
		return false;
	*id = (uint32_t)number;
	return true;
}

bool passwd_line(const char *line, size_t length, struct user *user)
{
	enum { NAME, PASSWORD, UID, GID, COMMENT, HOME, SHELL, FIELDS };
	struct field fields[FIELDS];

	return split(line, length, fields, FIELDS) && copy_field(&fields[NAME], user->name) &&
	       read_id(&fields[UID], &user->uid) && read_id(&fields[GID], &user->gid) &&
	       copy_field(&fields[HOME], user->home) && copy_field(&fields[SHELL], user->shell);
}

bool passwd_line_matches(const struct user *user, const char *wanted)
{
	uint32_t uid;

	return parse_id(wanted, &uid) ? user->uid == uid : strcmp(user->name, wanted) == 0;
}

bool group_line(const char *line, size_t length, struct group *group)
{
	enum { NAME, PASSWORD, GID, MEMBERS, FIELDS };
	struct field fields[FIELDS];

	if (!split(line, length, fields, FIELDS) || !copy_field(&fields[NAME], group->name) ||
	    !read_id(&fields[GID], &group->gid))
		return false;
	group->members = fields[MEMBERS].start;
	group->members_length = fields[MEMBERS].length;
	return true;
}

APART bool group_has_member(const struct group *group, const char *name)
{
	const char *member = group->members, *end = member + group->members_length, *comma;
	size_t length = strlen(name);

	for (;; member = comma + 1) {
		comma = memchr(member, ',', (size_t)(end - member));
		if ((size_t)((comma ? comma : end) - member) == length &&
		    memcmp(member, name, length) == 0)
			return length > 0;
		if (!comma)
			return false;
	}
}

bool parse_id(const char *string, uint32_t *id)
{
	return read_id(&(struct field){ string, (uint32_t)strlen(string) }, id);
}
