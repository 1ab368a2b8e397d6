/*
 * record: one line of the log, as text or as an object of the Elastic Common Schema, and strings for JSON. Pure core.
 */
#ifndef TEND_RECORD_H
#define TEND_RECORD_H

#include "options.h"

struct record {
	enum log_level level;
	int64_t seconds; /* since 1970 */
	unsigned milliseconds;
	long offset; /* of local time, seconds east of UTC */
	long pid;    /* tend's own */
	const char *service;
	const char *message;
};

/*
 * Appends the record and its newline. A message that is too long for text's room is cut between two characters, and
 * the line still ends as it should, given RECORD_ROOM_MIN bytes. Whatever bytes come, text holds no character that a
 * terminal would obey (they become "\x1b"), and JSON is valid (what is not UTF-8 becomes U+FFFD).
 */
void record_add(struct text *text, enum log_format format, const struct record *record);
#define RECORD_ROOM_MIN 1024

/*
 * How many bytes the character at the beginning of string has, 1 to 4; 0 if there is none in well-formed UTF-8, or
 * string is empty.
 */
size_t utf8_length(const char *string);

/*
 * Appends at most most bytes of string, cut between two characters; what a terminal would obey and what is not UTF-8
 * becomes "\x1b".
 */
void text_add_printable(struct text *text, const char *string, size_t most);

/* Appends string as a JSON string with its quotes, which hold at most most bytes: it is cut between two characters. */
void json_add_string(struct text *text, const char *string, size_t most);

#endif
