/*
 * command: one Exec...= value of a unit: prefixes, quoting, variables, specifiers. Pure core.
 * systemd.service(5), "Command Lines".
 */
#ifndef TEND_COMMAND_H
#define TEND_COMMAND_H

#include "text.h"

/* What stands before the path: "-" "@" ":" "+" "!" and the older "!!", in any order, each once. */
enum command_flag {
	COMMAND_IGNORE_FAILURE = 1,
	COMMAND_ARGV0 = 2,        /* "@": the second word is argv[0] */
	COMMAND_NO_VARIABLES = 4, /* ":" */
	COMMAND_PRIVILEGED = 8,   /* "+": none of the unit's ids and privileges */
	COMMAND_KEEP_IDS = 16,    /* "!" : ids stay tend's own, capabilities are the unit's */
	COMMAND_AMBIENT = 32,     /* "!!": "!" where there are no ambient capabilities: nowhere */
};

struct command {
	unsigned flags;
	const char *path; /* what to execute; without a slash it is looked up in PATH */
	char **argv;      /* NULL-terminated */
};

/*
 * What "%" letters stand for: of[letter] (7-bit), NULL for one that has no meaning here, "" for one
 * that is empty. "%%" needs no entry.
 */
struct specifiers {
	const char *of[128];
};

/*
 * Appends string to text with each %-specifier replaced; false, and its letter in *bad, for a
 * letter or digit that has no meaning. As in systemd, "%" before anything else, or at the end, is
 * just a "%".
 */
bool specifiers_expand(const struct specifiers *specifiers, const char *string, struct text *text,
		       char *bad);

#define COMMANDS_PER_LINE 16

/*
 * Reads a value that may hold several commands, separated by a word ";". Gives their number (1 to
 * COMMANDS_PER_LINE) and each one's flags, or 0 with *error telling what was expected (a constant
 * string, to be put behind "expected "): a quote that is not closed, an empty command, a path that
 * is neither absolute nor a plain name, an unknown specifier. As in systemd, an unknown escape is
 * kept as it is written.
 */
unsigned command_check(const char *value, const struct specifiers *specifiers,
		       unsigned char flags[static COMMANDS_PER_LINE], const char **error);

/*
 * Expands the command of that index, in the child that is to run it: into memory of arena.
 * environment is the NAME=VALUE list (NULL-terminated) that ${NAME} and $NAME are looked up in (the
 * last one of a name counts); an unset one is empty; a word that is just $NAME is split at blanks
 * into none or several arguments, by the quotes in its value if there are any; $$ is a dollar sign.
 * False when the arena is full, there is no such command, or it does not pass command_check. Room
 * is also needed for the longest word, twice.
 */
bool command_expand(const char *value, unsigned index, const struct specifiers *specifiers,
		    char *const *environment, struct arena *arena, struct command *command);

/*
 * The next word of *cursor by systemd's quoting rules ('...' "..." and C escapes; for Environment=,
 * list values; not for a command, where an unknown escape is none), unquoted into text (emptied
 * first; text->cut if it did not fit). 1: a word, which may be empty; 0: none left; -1: a quote is
 * not closed or an escape is unknown.
 */
int quoted_word(const char **cursor, struct text *text);

/*
 * Appends the line, its C escapes replaced, its blanks and quotes as they are; false for an unknown
 * escape.
 */
bool text_add_unescaped(struct text *text, const char *line);

#endif
