#include "unit.h"

#include <string.h>

#define BLANKS " \t\r"

/*
 * What else systemd 257 knows in [Unit], [Service] and [Install], and what means nothing in a
 * container: of each key a hash of 15 bits, for its names would take ten times the room. They stand
 * in their order, each as what it has more than the one before; 0 is 255 more of the next. All that
 * hangs on it is whether a key "has no effect here" or "is unknown"; of those that nobody knows, one
 * in 125 is taken for one of these. The names are in tests/unit/unit-file.c, which prints this table
 * where it does not fit them.
 */
static const uint8_t without_effect[] = {
	11, 194, 117, 57, 158, 217, 202, 59, 89, 243, 80, 104, 249, 0, 67, 0, 43, 0,
	67, 182, 126, 0, 53, 46, 0, 24, 207, 0, 90, 221, 185, 35, 101, 46, 179, 72,
	202, 0, 0, 34, 95, 191, 0, 235, 95, 53, 0, 0, 74, 75, 58, 29, 3, 131,
	86, 211, 39, 221, 72, 98, 225, 215, 75, 241, 85, 0, 0, 75, 0, 100, 150, 70,
	103, 70, 8, 158, 5, 71, 100, 177, 14, 63, 69, 94, 43, 42, 5, 33, 32, 32,
	82, 54, 0, 180, 130, 36, 148, 92, 93, 88, 0, 3, 160, 59, 147, 72, 56, 57,
	84, 74, 0, 25, 114, 0, 108, 0, 0, 44, 71, 228, 194, 0, 51, 68, 71, 4,
	21, 69, 98, 107, 235, 45, 0, 69, 0, 57, 21, 15, 90, 9, 14, 23, 0, 22,
	69, 76, 16, 21, 19, 0, 0, 0, 35, 0, 106, 48, 116, 0, 45, 207, 118, 0,
	158, 119, 42, 12, 11, 43, 222, 32, 24, 0, 8, 57, 100, 100, 30, 13, 138, 22,
	70, 6, 22, 246, 17, 21, 81, 22, 4, 9, 155, 19, 42, 127, 0, 77, 12, 5,
	49, 104, 60, 44, 73, 73, 255, 0, 197, 33, 8, 93, 25, 92, 208, 49, 5, 166,
	114, 250, 119, 180, 4, 0, 143, 12, 93, 0, 0, 9, 33, 91, 43, 22, 76, 75,
	57, 42, 38, 100, 85, 78, 37, 4, 141, 86, 132, 19, 174, 106, 124, 42, 236, 78,
	54, 136, 19, 185, 84, 28, 3, 0, 36, 117, 6, 0, 147, 75, 169, 4, 29, 32,
	0, 196, 181, 57, 95, 14, 172, 122, 12, 28, 10, 169, 153, 165, 23, 0, 4, 97,
	0, 66, 137, 42, 84, 35, 80, 6, 23, 228, 115, 142,
};

static bool has_no_effect(const char *key)
{
	uint32_t hash = text_hash(key), known = 0;

	hash = (hash ^ hash >> 16) & 0x7fff;
	for (size_t i = 0; i < sizeof without_effect; i++) {
		known += without_effect[i] ? without_effect[i] : UINT8_MAX;
		if (without_effect[i] && known == hash)
			return true;
	}
	return false;
}

/* ---- lines ----------------------------------------------------------------------------------- */

struct reader {
	struct journal *journal;
	const char *file;
	struct hearing hearing;
	char *rest;                  /* of the text */
	const char *section;         /* NULL before the first */
	unsigned taken, line; /* lines of the file so far; the first of those that were joined */
	bool ignores; /* the section is none of ours */
};

/* Whether an odd number of backslashes ends the line, which is one that escapes the newline. */
static bool is_continued(const char *start, const char *end)
{
	const char *backslash = end;

	while (backslash > start && backslash[-1] == '\\')
		backslash--;
	return (end - backslash) & 1;
}

/* The next line of the file without its end, *length bytes; NULL when there is none. */
static char *take_line(struct reader *reader, size_t *length)
{
	char *line = reader->rest, *newline = strchrnul(line, '\n');

	if (!*line)
		return NULL;
	reader->rest = newline + (*newline != '\0');
	reader->taken++;
	*length = (size_t)(newline - line);
	*length -= *length && line[*length - 1] == '\r';
	return line;
}

static bool is_comment(const char *line)
{
	line += strspn(line, BLANKS);
	return *line == '#' || *line == ';';
}

/*
 * The next line as it is meant, in place of what it was: a backslash at the end becomes a space and
 * the next line goes on there, comments in between are left out. NULL at the end.
 */
static char *next_line(struct reader *reader)
{
	char *start = reader->rest, *end = start, *line;
	bool more = true;
	size_t length;

	reader->line = 0;
	while (more && (line = take_line(reader, &length)) != NULL) {
		if (is_comment(line))
			continue;
		if (!reader->line)
			reader->line = reader->taken;
		memmove(end, line, length);
		end += length;
		more = is_continued(end - length, end);
		if (more)
			end[-1] = ' ';
	}
	if (!reader->line)
		return NULL;
	*end = '\0';
	return start;
}

/* Cuts blanks off both ends of the bytes from start to end, which get a NUL. */
static char *trimmed(char *start, char *end)
{
	while (end > start && strchr(BLANKS, end[-1]))
		end--;
	*end = '\0';
	return start + strspn(start, BLANKS);
}

/* ---- what a line says ------------------------------------------------------------------------ */

static void remark(struct reader *reader, enum unit_remark kind, const char *subject,
		   const char *what, const char *name)
{
	struct complaint complaint;

	complaint_say(&complaint, "%s:%u: %s%s%s", reader->file, reader->line, subject, what, name);
	hearing_say(&reader->hearing, kind, subject, &complaint);
}

static void read_section(struct reader *reader, char *line)
{
	size_t length = strlen(line);

	if (line[length - 1] != ']') {
		remark(reader, UNIT_MALFORMED, line, ": expected ] at the end", "");
		return;
	}
	line[length - 1] = '\0';
	reader->section = line + 1;
	reader->ignores = !is_any_of(reader->section, "Unit|Service|Install");
	if (reader->ignores && !after_prefix(line, "[X-"))
		remark(reader, UNIT_UNKNOWN, line, "]",
		       " is no section of a service, and has no effect");
}

static void read_foreign_key(struct reader *reader, const char *key)
{
	const char *meant = option_near(key, strlen(key));

	/* These two say nothing that could have an effect. */
	if (is_any_of(key, "Description|Documentation"))
		return;
	if (has_no_effect(key))
		remark(reader, UNIT_NO_EFFECT, key, "= has no effect here", "");
	else if (meant && strcmp(meant, key) != 0)
		remark(reader, UNIT_TYPING_ERROR, key, "=: unknown, expected ", meant);
	else if (meant)
		remark(reader, UNIT_UNKNOWN, key, "= has no effect in section ", reader->section);
	else if (!after_prefix(key, "X-"))
		remark(reader, UNIT_UNKNOWN, key, "= is unknown, and has no effect here", "");
}

static bool read_assignment(struct reader *reader, char *line)
{
	char *equals = strchr(line, '='), *key, *value;
	const struct option *option;

	if (!reader->section || !equals || equals == line) {
		remark(reader, UNIT_IGNORED, line, ": ignored, expected ",
		       reader->section ? "Key=value" : "a [Section] before it");
		return true;
	}
	value = trimmed(equals + 1, equals + 1 + strlen(equals + 1));
	key = trimmed(line, equals);
	option = option_by_key(key, strlen(key));
	if (option && option_is_of(option, reader->section))
		return journal_add(reader->journal, option, LAYER_UNIT, reader->file, reader->line,
				   value, reader->hearing.complaint);
	read_foreign_key(reader, key);
	return true;
}

bool unit_read(struct journal *journal, const char *file, char *text,
	       const struct unit_listener *listener, struct complaint *complaint)
{
	struct reader reader = { journal, file, { listener, complaint, false }, text, .section = NULL };
	char *line;

	if (after_prefix(text, "\xEF\xBB\xBF"))
		reader.rest += 3;
	while ((line = next_line(&reader)) != NULL) {
		line = trimmed(line, line + strlen(line));
		if (*line == '[')
			read_section(&reader, line);
		else if (*line && !reader.ignores && !read_assignment(&reader, line))
			return false;
	}
	return !reader.hearing.refused;
}

/* ---- names ----------------------------------------------------------------------------------- */

/*
 * systemd.unit(5), "String Escaping for Inclusion in Unit Names": "-" stands for "/", "\x2d" for a
 * byte.
 */
static bool unescape(char *name)
{
	char *to = name;

	for (; *name; name++) {
		unsigned high, low;

		*to = *name == '-' ? '/' : *name;
		if (*name == '\\') {
			if (name[1] != 'x' || (high = digit_value(name[2])) > 15 ||
			    (low = digit_value(name[3])) > 15)
				return false;
			*to = (char)(high << 4 | low);
			name += 3;
		}
		to++;
	}
	*to = '\0';
	return true;
}

/* Copies the part into the arena, twice: as it is, and unescaped. */
static bool keep_part(struct arena *arena, const char *start, const char *end, const char **part,
		      const char **unescaped)
{
	char *plain = arena_copy(arena, start, (size_t)(end - start));
	char *copy = arena_copy(arena, start, (size_t)(end - start));

	*part = plain;
	*unescaped = copy;
	return plain && copy && unescape(copy);
}

bool unit_name_parse(const char *name, struct arena *arena, struct unit_name *parts)
{
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.');
	const char *end = dot ? dot : name + strlen(name);

	*parts = (struct unit_name){ 0 };
	if (end <= name || at == name || strchr(name, '/') || (at && at > end))
		return false;
	if (at && at + 1 < end &&
	    !keep_part(arena, at + 1, end, &parts->instance, &parts->unescaped_instance))
		return false;
	return keep_part(arena, name, at ? at : end, &parts->prefix, &parts->unescaped_prefix);
}
