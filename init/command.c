#include "command.h"

#include <string.h>

#define BLANKS " \t\n\r"
#define PATH_ROOM 4096 /* PATH_MAX of limits.h, its NUL counted */

/* ---- quoting --------------------------------------------------------------------------------- */

/*
 * systemd reads quotes in three ways. A list's words are strict. In a command an unknown escape
 * stays as it is written (regular expressions are full of them). The value of a $VARIABLE knows no
 * escapes: a backslash protects the next byte, and the end closes a quote.
 */
enum quoting { QUOTING_STRICT, QUOTING_COMMAND, QUOTING_VARIABLE };

static bool read_digits(const char *digits, unsigned count, unsigned base, uint32_t *number)
{
	for (*number = 0; count--; digits++) {
		unsigned digit = digit_value(*digits);

		if (digit >= base)
			return false;
		*number = *number * base + digit;
	}
	return *number > 0; /* a NUL would end the string */
}

static void add_utf8(struct text *text, uint32_t character)
{
	size_t length = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
	char bytes[4];

	for (size_t i = length - 1; i > 0; i--, character >>= 6)
		bytes[i] = (char)(0x80 | (character & 0x3f));
	bytes[0] = (char)(length == 1 ? character : (0xf00U >> length & 0xff) | character);
	text_add_bytes(text, bytes, length);
}

/*
 * What the escape whose letter stands at letter means; the bytes that it has, 0 for an unknown one.
 */
static size_t add_escaped(const char *letter, struct text *text)
{
	static const char meanings[][2] = {
		"a\a", "b\b", "f\f", "n\n", "r\r", "t\t", "v\v", "s ", "\\\\", "\"\"", "''",
	};
	uint32_t number;
	unsigned digits;

	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i][0] == *letter) {
			text_add_byte(text, meanings[i][1]);
			return 1;
		}
	if (read_digits(letter, 3, 8, &number) && number <= 0xff) {
		text_add_byte(text, (char)number);
		return 3;
	}
	digits = *letter == 'x' ? 2 : *letter == 'u' ? 4 : *letter == 'U' ? 8 : 0;
	if (!digits || !read_digits(letter + 1, digits, 16, &number) || number > 0x10ffff ||
	    number >> 11 == 0x1b)
		return 0;
	if (digits == 2)
		text_add_byte(text, (char)number);
	else
		add_utf8(text, number);
	return 1 + digits;
}

/* Behind a backslash. */
static int next_escape(const char **cursor, enum quoting quoting, struct text *text)
{
	size_t length = quoting == QUOTING_VARIABLE ? 0 : add_escaped(*cursor, text);

	if (!length) {
		if (quoting == QUOTING_STRICT)
			return -1;
		if (quoting == QUOTING_COMMAND)
			text_add_byte(text, '\\');
		length = **cursor != '\0';
		text_add_bytes(text, *cursor, length);
	}
	*cursor += length;
	return 1;
}

/*
 * Adds what the next character of a word stands for: 1; 0 at the word's end, and *cursor too; -1 if
 * it can't be read. *quote is the open quote, '\0' at the beginning.
 */
static int next_character(const char **cursor, char *quote, enum quoting quoting, struct text *text)
{
	for (;;) {
		char c = **cursor;

		if (!c)
			return *quote && quoting != QUOTING_VARIABLE ? -1 : 0;
		if (!*quote && strchr(BLANKS, c))
			return 0;
		++*cursor;
		if (c == '\\')
			return next_escape(cursor, quoting, text);
		if (c == *quote) {
			*quote = '\0';
		} else if (!*quote && (c == '\'' || c == '"')) {
			*quote = c;
		} else {
			text_add_byte(text, c);
			return 1;
		}
	}
}

static int next_quoted(const char **cursor, enum quoting quoting, struct text *text)
{
	char quote = '\0';
	int more;

	*cursor += strspn(*cursor, BLANKS);
	if (!**cursor)
		return 0;
	do
		more = next_character(cursor, &quote, quoting, text);
	while (more > 0);
	return more < 0 ? -1 : 1;
}

int quoted_word(const char **cursor, struct text *text)
{
	text_empty(text);
	return next_quoted(cursor, QUOTING_STRICT, text);
}

bool text_add_unescaped(struct text *text, const char *line)
{
	while (*line)
		if (*line++ != '\\')
			text_add_byte(text, line[-1]);
		else if (next_escape(&line, QUOTING_STRICT, text) < 0)
			return false;
	return true;
}

/* ---- specifiers ------------------------------------------------------------------------------ */

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/*
 * One character more of a text with specifiers; *percent says whether a "%" came before it. As in
 * systemd, a letter or digit that means nothing is an error, and before anything else "%" is just
 * that.
 */
static bool add_specified(const struct specifiers *specifiers, bool *percent, char c,
			  struct text *text)
{
	const char *value;

	if (!*percent) {
		*percent = c == '%';
		text_add_bytes(text, &c, !*percent);
		return true;
	}
	*percent = false;
	value = c == '%' ? "%" : (unsigned char)c < 128 ? specifiers->of[(unsigned char)c] : NULL;
	if (!value && is_alphanumeric(c))
		return false;
	text_add(text, value ? value : "%");
	text_add_bytes(text, &c, !value);
	return true;
}

bool specifiers_expand(const struct specifiers *specifiers, const char *string, struct text *text,
		       char *bad)
{
	bool percent = false;

	for (; *string; string++)
		if (!add_specified(specifiers, &percent, *string, text)) {
			*bad = *string;
			return false;
		}
	text_add_bytes(text, "%", percent);
	return true;
}

/* ---- commands -------------------------------------------------------------------------------- */

#define COMMAND_IDS (COMMAND_PRIVILEGED | COMMAND_KEEP_IDS | COMMAND_AMBIENT)

/* Whether c is one more prefix: each once, of those about ids one, and "!!" where "!" has been. */
static bool take_prefix(unsigned *flags, char c)
{
	static const struct {
		char letter;
		unsigned char flag, excluded;
	} prefixes[] = {
		{ '-', COMMAND_IGNORE_FAILURE, COMMAND_IGNORE_FAILURE },
		{ '@', COMMAND_ARGV0, COMMAND_ARGV0 },
		{ ':', COMMAND_NO_VARIABLES, COMMAND_NO_VARIABLES },
		{ '+', COMMAND_PRIVILEGED, COMMAND_IDS },
		{ '!', COMMAND_KEEP_IDS, COMMAND_IDS },
		{ '!', COMMAND_KEEP_IDS | COMMAND_AMBIENT, COMMAND_PRIVILEGED | COMMAND_AMBIENT },
	};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (prefixes[i].letter == c && !(*flags & prefixes[i].excluded)) {
			*flags ^= prefixes[i].flag;
			return true;
		}
	return false;
}

/*
 * Adds the next word, unquoted, then its specifiers replaced, but for the prefixes that go to
 * *flags where that is not NULL. 1, 0 when none is left, or -1 with *error. A word that does not
 * fit is read to its end all the same, so that a check needs no room.
 */
static int next_word_specified(const char **cursor, const struct specifiers *specifiers,
			       unsigned *flags, struct text *text, const char **error)
{
	bool percent = false;
	char quote = '\0';

	*cursor += strspn(*cursor, BLANKS);
	if (!**cursor)
		return 0;
	for (;;) {
		char bytes[8];
		struct text character = text_over(bytes, sizeof bytes);
		int more = next_character(cursor, &quote, QUOTING_COMMAND, &character);

		if (more < 0)
			*error = "a closing quote";
		if (more <= 0) {
			text_add_bytes(text, "%", percent);
			return more < 0 ? -1 : 1;
		}
		for (size_t i = 0; i < character.length; i++) {
			if (flags && take_prefix(flags, bytes[i]))
				continue;
			flags = NULL;
			if (!add_specified(specifiers, &percent, bytes[i], text)) {
				*error = "a known specifier or a second % behind %";
				return -1;
			}
		}
	}
}

/*
 * What systemd lets pass as an executable: no directory, no quotes, backslashes or control
 * characters.
 */
static bool is_executable_path(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	for (const char *c = path; *c; c++)
		if ((unsigned char)*c < ' ' || strchr("'\"\\\x7f", *c))
			return false;
	return (!slash || *path == '/') && *name && !is_any_of(name, ".|..");
}

/*
 * The next command's first word: prefixes to *flags, path to text (emptied first). A lone ";" is
 * passed over.
 */
static int next_path(const char **cursor, const struct specifiers *specifiers, unsigned *flags,
		     struct text *text, const char **error)
{
	int found;

	do {
		*flags = 0;
		text_empty(text);
		found = next_word_specified(cursor, specifiers, flags, text, error);
	} while (found > 0 && !*flags && strcmp(text->start, ";") == 0);
	if (found > 0 && (text->cut || !is_executable_path(text->start))) {
		*error = "an absolute path or a plain file name";
		return -1;
	}
	return found;
}

/* The next word of the same command: 0 behind its last one, and behind the ";" if one follows. */
static int next_argument(const char **cursor, const struct specifiers *specifiers,
			 struct text *text, const char **error)
{
	const char *word = *cursor + strspn(*cursor, BLANKS);
	bool escaped = *word == '\\';

	*cursor = word;
	word += escaped;
	if (*word != ';' || !strchr(BLANKS, word[1]))
		return next_word_specified(cursor, specifiers, NULL, text, error);
	*cursor = word + 1;
	text_add_bytes(text, word, escaped);
	return escaped;
}

unsigned command_check(const char *value, const struct specifiers *specifiers,
		       unsigned char flags[static COMMANDS_PER_LINE], const char **error)
{
	char buffer[PATH_ROOM];
	struct text text = text_over(buffer, sizeof buffer);
	unsigned count = 0, prefixes, arguments;
	int found;

	for (; (found = next_path(&value, specifiers, &prefixes, &text, error)) > 0; count++) {
		for (arguments = 0; (found = next_argument(&value, specifiers, &text, error)) > 0;)
			arguments++;
		if (found < 0)
			return 0;
		if (prefixes & COMMAND_ARGV0 && !arguments) {
			*error = "the name to run it by, for \"@\"";
			return 0;
		}
		if (count == COMMANDS_PER_LINE) {
			*error = "at most 16 commands";
			return 0;
		}
		flags[count] = (unsigned char)prefixes;
	}
	if (found == 0 && count == 0)
		*error = "a command";
	return found < 0 ? 0 : count;
}

/* ---- variables ------------------------------------------------------------------------------- */

/*
 * Adds word with its ${NAME}s replaced. "${NAME:" and "${NAME" without an end are nothing special.
 */
static void add_with_variables(const char *word, char *const *environment, struct text *text)
{
	const char *dollar, *end, *value;

	for (; (dollar = strchr(word, '$')); word = end) {
		text_add_bytes(text, word, (size_t)(dollar - word));
		if (dollar[1] != '{') {
			text_add_byte(text, '$');
			end = dollar + 1 + (dollar[1] == '$');
			continue;
		}
		end = dollar + 2 + strcspn(dollar + 2, "}:");
		if (*end == '}') {
			value = variable_value(environment, dollar + 2, (size_t)(end - dollar - 2));
			text_add(text, value ? value : "");
			end++;
		} else {
			text_add_bytes(text, dollar, (size_t)(end - dollar));
		}
	}
	text_add(text, word);
}

static void end_string(struct text *text)
{
	text_add_byte(text, '\0');
}

/*
 * Turns the word that begins at start and ends the text into the arguments that it stands for, each
 * with its NUL: one, or where it is just $NAME, as many as the value has words. Gives their number.
 * Without an environment a word is itself.
 */
APART static size_t expand_word(struct text *text, size_t start, char *const *environment)
{
	const char *word = text->start + start, *value;
	size_t end, count = 0;

	end_string(text);
	if (!environment)
		return 1;
	end = text->length;
	if (word[0] != '$' || word[1] == '{' || word[1] == '$') {
		add_with_variables(word, environment, text);
		end_string(text);
		count = 1;
	} else if ((value = variable_value(environment, word + 1, strlen(word + 1)))) {
		for (; next_quoted(&value, QUOTING_VARIABLE, text) > 0; count++)
			end_string(text);
	}
	memmove(text->start + start, text->start + end, text->length - end);
	text->length -= end - start;
	text->start[text->length] = '\0';
	return count;
}

/*
 * Adds what argv is to hold, one string behind the other, to text, which holds the path; gives the
 * number of strings, 0 when the value is malformed. An argv[0] that expands to nothing is the path:
 * the kernel wants one.
 */
static size_t add_arguments(const char *value, const struct specifiers *specifiers,
			    char *const *environment, unsigned flags, struct text *text)
{
	const char *error;
	size_t count = 0, start = text->length;
	int found = 1;

	if (flags & COMMAND_NO_VARIABLES)
		environment = NULL;
	if (flags & COMMAND_ARGV0)
		found = next_argument(&value, specifiers, text, &error);
	else
		text_add(text, text->start);
	while (found > 0) {
		count += expand_word(text, start, environment);
		start = text->length;
		found = next_argument(&value, specifiers, text, &error);
	}
	if (found == 0 && count == 0) {
		text_add(text, text->start);
		end_string(text);
		count = 1;
	}
	return found < 0 ? 0 : count;
}

/* Passes over the commands before that of this index, and reads its path. */
static bool find_command(const char **cursor, unsigned index, const struct specifiers *specifiers,
			 unsigned *flags, struct text *text)
{
	const char *error;
	int found;

	for (;;) {
		found = next_path(cursor, specifiers, flags, text, &error);
		if (found <= 0 || index-- == 0)
			return found > 0;
		do
			found = next_argument(cursor, specifiers, text, &error);
		while (found > 0);
		if (found < 0)
			return false;
	}
}

bool command_expand(const char *value, unsigned index, const struct specifiers *specifiers,
		    char *const *environment, struct arena *arena, struct command *command)
{
	struct text text;
	char *string;
	size_t count;

	if (arena->used == arena->room)
		return false;
	text = text_over(arena->start + arena->used, arena->room - arena->used);
	if (!find_command(&value, index, specifiers, &command->flags, &text))
		return false;
	end_string(&text);
	string = text.start + text.length;
	count = add_arguments(value, specifiers, environment, command->flags, &text);
	if (text.cut || !count)
		return false;
	arena->used += text.length;
	command->path = text.start;
	command->argv = arena_take(arena, (count + 1) * sizeof *command->argv);
	if (!command->argv)
		return false;
	for (size_t i = 0; i < count; i++, string += strlen(string) + 1)
		command->argv[i] = string;
	command->argv[count] = NULL;
	return true;
}
