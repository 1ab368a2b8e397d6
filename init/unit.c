#include "unit.h"

#include <string.h>

#define BLANKS " \t\r"

/*
 * What else systemd 257 knows in [Unit], [Service] and [Install], and what means nothing in a
 * container: of each key a hash, for its names would take five times the room. All that hangs on it
 * is whether a key "has no effect here" or "is unknown"; of those that nobody knows, one in 250 is
 * taken for one of these. The names are in tests/unit/unit-file.c, which prints this table where it
 * does not fit them.
 */
static const uint16_t without_effect[] = {
	0x0142, 0x02f2, 0x03bc, 0x03f7, 0x0450, 0x0543, 0x05fb, 0x0aa2, 0x0bd6, 0x0d0a, 0x0f1e,
	0x1154, 0x1230, 0x1295, 0x12c3, 0x1376, 0x1488, 0x17c6, 0x1cd7, 0x1d11, 0x1d31, 0x1e0a,
	0x1edd, 0x1fe1, 0x208b, 0x228e, 0x237f, 0x23d4, 0x25ac, 0x2780, 0x285c, 0x29b4, 0x29fb,
	0x2a5f, 0x2b5d, 0x2ba2, 0x2c2b, 0x2c7b, 0x2c9b, 0x2cbb, 0x2f78, 0x2f9c, 0x3030, 0x308c,
	0x30e9, 0x331e, 0x346a, 0x34be, 0x3508, 0x3692, 0x37fd, 0x3a6e, 0x3b52, 0x3c14, 0x3dd5,
	0x4290, 0x430e, 0x4317, 0x44e2, 0x483a, 0x4c42, 0x4cb8, 0x4e55, 0x4f02, 0x4f0d, 0x504e,
	0x51f2, 0x5256, 0x530b, 0x5321, 0x536d, 0x54f0, 0x5506, 0x5513, 0x55eb, 0x566a, 0x57c2,
	0x595a, 0x5a59, 0x5c1d, 0x5c3e, 0x5c46, 0x5d18, 0x5de8, 0x60a7, 0x615b, 0x62f9, 0x6356,
	0x657e, 0x6604, 0x661a, 0x6666, 0x66b1, 0x66ea, 0x679e, 0x67f3, 0x6866, 0x686a, 0x69d1,
	0x69e4, 0x6a92, 0x6b78, 0x6ba2, 0x6c8e, 0x6cdc, 0x6d12, 0x6ed6, 0x6ed9, 0x6ffc, 0x7071,
	0x7301, 0x731e, 0x733e, 0x7501, 0x75b6, 0x7782, 0x785d, 0x799b, 0x79b2, 0x7ab5, 0x7b16,
	0x7d5e, 0x7dd1, 0x7dd7, 0x7dee, 0x7ed2, 0x7f45, 0x800b, 0x80cd, 0x817b, 0x8219, 0x8593,
	0x86f4, 0x8836, 0x8960, 0x8b58, 0x8d38, 0x8e4f, 0x9077, 0x920d, 0x93be, 0x95ba, 0x96a8,
	0x9707, 0x99b0, 0x9a0f, 0x9a44, 0x9c8c, 0x9d2e, 0x9db4, 0x9f04, 0xa029, 0xa16c, 0xa243,
	0xa61d, 0xa816, 0xa8c3, 0xa909, 0xa911, 0xa9af, 0xab10, 0xab1e, 0xac00, 0xac55, 0xac5a,
	0xad0d, 0xad43, 0xaef6, 0xb141, 0xb243, 0xb2e3, 0xb3b1, 0xb3f9, 0xb431, 0xb620, 0xba27,
	0xbd46, 0xbd8a, 0xbdd1, 0xbdea, 0xbe2f, 0xbe91, 0xbefc, 0xbfe7, 0xc014, 0xc158, 0xc2a5,
	0xc2b4, 0xc325, 0xc33c, 0xc451, 0xc496, 0xc4f2, 0xc507, 0xc51a, 0xc9a3, 0xc9d3, 0xca47,
	0xcb73, 0xcecc, 0xcef6, 0xcf38, 0xd016, 0xd036, 0xd155, 0xd18e, 0xd274, 0xd281, 0xd367,
	0xd383, 0xd479, 0xd48a, 0xd49f, 0xd50a, 0xd5ae, 0xd5c1, 0xd7b6, 0xd7c7, 0xd7f8, 0xd860,
	0xd89c, 0xd8c8, 0xd911, 0xdca3, 0xdcbc, 0xdd18, 0xde19, 0xde1e, 0xdec4, 0xdf36, 0xe030,
	0xe15f, 0xe2ed, 0xe55d, 0xe5d9, 0xe714, 0xe73a, 0xe841, 0xe8f7, 0xe94d, 0xeafc, 0xed9a,
	0xedad, 0xee66, 0xeeba, 0xf077, 0xf209, 0xf254, 0xf2fd, 0xf5ef, 0xf64e, 0xf65c, 0xf708,
	0xf78e, 0xf7aa, 0xf7b4, 0xf8f6, 0xfc57, 0xfce0, 0xfd0a, 0xfd81, 0xffd3,
};

/* Offset basis and prime of FNV-1a. */
static bool has_no_effect(const char *key)
{
	uint32_t hash = 2166136261;

	while (*key)
		hash = (hash ^ (unsigned char)*key++) * 16777619;
	hash = (hash ^ hash >> 16) & 0xffff;
	for (size_t i = 0; i < sizeof without_effect / sizeof *without_effect; i++)
		if (without_effect[i] == hash)
			return true;
	return false;
}

/* ---- lines ----------------------------------------------------------------------------------- */

struct reader {
	struct journal *journal;
	const char *file;
	const struct unit_listener *listener;
	struct complaint *complaint; /* the first one stays */
	char *rest;                  /* of the text */
	const char *section;         /* NULL before the first */
	unsigned taken, line; /* lines of the file so far; the first of those that were joined */
	bool ignores, failed;        /* ignores: the section is none of ours */
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
	struct text text = text_over(complaint.message, sizeof complaint.message);

	text_format(&text, "%s:%u: %s%s%s", reader->file, reader->line, subject, what, name);
	if (reader->listener)
		reader->listener->remark(reader->listener->context, kind, subject, complaint.message);
	if (kind < UNIT_TYPING_ERROR || reader->failed)
		return;
	*reader->complaint = complaint;
	reader->failed = true;
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
	reader->ignores = strcmp(line, "[Unit") != 0 && strcmp(line, "[Service") != 0 &&
			  strcmp(line, "[Install") != 0;
	if (reader->ignores && !after_prefix(line, "[X-"))
		remark(reader, UNIT_UNKNOWN, line, "]",
		       " is no section of a service, and has no effect");
}

static void read_foreign_key(struct reader *reader, const char *key)
{
	const char *meant = option_near(key, strlen(key));

	/* These two say nothing that could have an effect. */
	if (strcmp(key, "Description") == 0 || strcmp(key, "Documentation") == 0)
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
		remark(reader, UNIT_MALFORMED, line, ": expected ",
		       reader->section ? "Key=value" : "a [Section] before it");
		return true;
	}
	value = trimmed(equals + 1, equals + 1 + strlen(equals + 1));
	key = trimmed(line, equals);
	option = option_by_key(key, strlen(key));
	if (option && option_is_of(option, reader->section))
		return journal_add(reader->journal, option, LAYER_UNIT, reader->file, reader->line,
				   value, reader->complaint);
	read_foreign_key(reader, key);
	return true;
}

bool unit_read(struct journal *journal, const char *file, char *text,
	       const struct unit_listener *listener, struct complaint *complaint)
{
	struct reader reader = { journal, file, listener, complaint, text, .section = NULL };
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
	return !reader.failed;
}

/* ---- names ----------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit = strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c);

	return digit && *digit ? (int)(digit - digits) : -1;
}

/*
 * systemd.unit(5), "String Escaping for Inclusion in Unit Names": "-" stands for "/", "\x2d" for a
 * byte.
 */
static bool unescape(char *name)
{
	char *to = name;

	for (; *name; name++) {
		int high, low;

		*to = *name == '-' ? '/' : *name;
		if (*name == '\\') {
			if (name[1] != 'x' || (high = hex_digit(name[2])) < 0 ||
			    (low = hex_digit(name[3])) < 0)
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
