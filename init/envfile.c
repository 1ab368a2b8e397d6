#include "envfile.h"

#include <string.h>

static bool among(char byte, const char *bytes)
{
	return byte && strchr(bytes, byte);
}

static bool ends_line(char byte)
{
	return among(byte, "\n\r");
}

static bool is_blank(char byte)
{
	return among(byte, " \t\n\r");
}

static void cut_to(struct text *text, size_t length)
{
	text->length = length;
	text->start[length] = '\0';
}

static const char *line_end(const char *at, const char *end)
{
	while (at < end && !ends_line(*at))
		at++;
	return at;
}

static const char *single_quoted(const char *at, const char *end, struct text *text)
{
	const char *quote = memchr(at, '\'', (size_t)(end - at));
	const char *stop = quote ? quote : end;

	text_add_bytes(text, at, (size_t)(stop - at));
	return quote ? quote + 1 : end;
}

/* As in a shell: a backslash goes where what follows needs one, and together with a newline. */
static const char *double_quoted(const char *at, const char *end, struct text *text)
{
	for (; at < end && *at != '"'; at++) {
		if (*at == '\\') {
			if (at + 1 == end)
				break;
			if (*++at == '\n')
				continue;
			if (!among(*at, "\"\\`$"))
				text_add_byte(text, '\\');
		}
		text_add_byte(text, *at);
	}
	return at < end ? at + 1 : end;
}

/* What a backslash stands before is taken as it is; a newline is taken away. */
static const char *escaped(const char *at, const char *end, struct text *text)
{
	if (at < end && !ends_line(*at))
		text_add_byte(text, *at);
	return at < end ? at + 1 : end;
}

/*
 * Quotes count only before the first unquoted character. Blanks before, behind and between quotes
 * don't count, nor those behind what is unquoted, unless a backslash stands before them.
 */
static const char *read_value(const char *at, const char *end, struct text *text)
{
	size_t solid = text->length;
	bool unquoted = false;

	while (at < end && !ends_line(*at)) {
		char byte = *at++;

		if (byte == '\\') {
			at = escaped(at, end, text);
			unquoted = true;
			solid = text->length;
		} else if (!unquoted && byte == '\'') {
			at = single_quoted(at, end, text);
		} else if (!unquoted && byte == '"') {
			at = double_quoted(at, end, text);
		} else if (unquoted || !is_blank(byte)) {
			text_add_byte(text, byte);
			unquoted = true;
			solid = is_blank(byte) ? solid : text->length;
		}
	}
	if (unquoted)
		cut_to(text, solid);
	return at;
}

/* False for a line that has no "=": *at is moved behind it all the same. */
static bool read_name(const char **at, const char *end, struct text *text)
{
	const char *start = *at, *stop = line_end(start, end);
	const char *equals = memchr(start, '=', (size_t)(stop - start));
	const char *last = equals;

	*at = equals ? equals + 1 : stop;
	if (!equals)
		return false;
	while (last > start && is_blank(last[-1]))
		last--;
	text_add_bytes(text, start, (size_t)(last - start));
	text_add_byte(text, '=');
	return true;
}

bool envfile_next(const char **cursor, const char *end, struct text *text)
{
	const char *at = *cursor;
	bool found = false;

	cut_to(text, 0);
	while (!found && at < end) {
		if (is_blank(*at))
			at++;
		else if (among(*at, "#;"))
			at = line_end(at, end);
		else
			found = read_name(&at, end, text);
	}
	*cursor = found ? read_value(at, end, text) : end;
	return found;
}
