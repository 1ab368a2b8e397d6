/* text: bounded formatting and strict parsing of numbers, time spans and dates. Pure core. */
#ifndef TEND_TEXT_H
#define TEND_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For the rows of a table that is only read: their members stand without gaps. */
#define PACKED __attribute__((packed))

/* Of a function which would be more code where it is called, or have its caller's large frame to reach into. */
#define APART __attribute__((noinline))

#define USEC_PER_MSEC 1000ULL
#define USEC_PER_SEC 1000000ULL
/* "infinity": no deadline, no limit; it sorts after every finite time. */
#define USEC_INFINITY UINT64_MAX

/* The time that is span later; USEC_INFINITY where there is none. */
uint64_t usec_after(uint64_t now, uint64_t span);

/*
 * A string that is being written into somebody else's buffer. It is NUL-terminated at every moment;
 * what does not fit is cut, and cut says so. The buffer stays the caller's.
 */
struct text {
	char *start;
	size_t room; /* bytes at start, at least 1; the NUL is counted */
	size_t length;
	bool cut;
};

/* An empty text over room (>= 1) bytes at buffer. */
struct text text_over(char *buffer, size_t room);
/* The same over the same, of a text that there is. */
void text_empty(struct text *text);

void text_add_bytes(struct text *text, const char *bytes, size_t count);
void text_add_byte(struct text *text, char byte);
void text_add(struct text *text, const char *string);

/* Copies length bytes to where room (>= 1) are, and a NUL behind them; false if they were cut for that. */
bool text_copy(char *to, size_t room, const char *bytes, size_t length);

/*
 * Appends a format of printf's kind. Only %s %c %d %u %ld %lu %lld %llu %% and a width with
 * zeros (%02d) are known; the compiler checks the arguments.
 */
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_format_list(struct text *text, const char *format, va_list list)
	__attribute__((format(printf, 2, 0)));

/*
 * Appends the words of a key, "RestartSec", with a separator between them, in small letters
 * (letter_case is 0x20) or capitals (0). A word begins at a capital behind a small letter, and at the
 * last of three or more capitals if a small letter follows: Restart-Sec, PID-File, Limit-NOFILE,
 * IO-Scheduling-Class, but UMask.
 */
void text_add_words(struct text *text, const char *key, char separator, char letter_case);

/*
 * Appends a span of microseconds as systemd's log lines spell it: "0", "100ms", "17.9s", "1min
 * 30s", "2min", "1h 1s", "infinity". Below a minute: one decimal at the most (17.9s, 3.1s, 250ms
 * below one second); above: the whole units of systemd.time(7) down to seconds.
 */
void text_add_span(struct text *text, uint64_t usec);

/*
 * Appends "2026-11-22 21:04:11+09:00", as `date --rfc-3339=seconds` prints broken-down local time.
 */
struct civil_time {
	int year, month, day, hour, minute, second; /* year in full, month 1-12 */
	long offset;                                /* seconds east of UTC */
};
void text_add_rfc3339(struct text *text, const struct civil_time *time);

/*
 * All parsers want the whole string, refuse the empty one, and leave *value alone when they return
 * false.
 */

/* A number of at most max, in digits of a base of up to 16. */
bool parse_digits(const char *string, unsigned base, uint64_t max, uint64_t *value);
/* A decimal number (or 0x..., 0...: no; decimal only) of at most max. */
bool parse_unsigned(const char *string, uint64_t max, uint64_t *value);
/* A decimal number with an optional sign, between min and max. */
bool parse_signed(const char *string, int64_t min, int64_t max, int64_t *value);
/* Octal digits, at most 07777: a mode or an umask. */
bool parse_octal(const char *string, unsigned *value);
/* 1 yes y true t on / 0 no n false f off, in any case: as systemd reads a boolean. */
bool parse_bool(const char *string, bool *value);
/*
 * A time span of systemd.time(7): "5s", "1min 30s", "1.5h", "100ms", "2 weeks", or a bare number of
 * unit (USEC_PER_SEC for most keys); "infinity" gives USEC_INFINITY. An overflow is refused.
 */
bool parse_span(const char *string, uint64_t unit, uint64_t *usec);
/* 0 to 15, of a digit in any case; 16: it is none. */
unsigned digit_value(char digit);
/* A size: a number with an optional K M G T P E (powers of 1024), or "infinity" (UINT64_MAX). */
bool parse_size(const char *string, uint64_t *bytes);

/*
 * Appends the bytes that base64 (RFC 4648, padded; blanks between do not count) stands for; false
 * where it is none.
 */
bool text_add_base64(struct text *text, const char *base64);

/* Whether string begins with prefix; if so, what follows the prefix, else NULL. */
const char *after_prefix(const char *string, const char *prefix);

/*
 * Whether length bytes (or both strings up to their NUL, counted in) are the same but for the case
 * of A to Z.
 */
bool same_in_any_case(const char *one, const char *other, size_t length);

/* Which of the words, "no|yes|restart", the length bytes at word are: 0 for the first; -1: none. */
int word_number(const char *words, const char *word, size_t length);
/* Whether string is one of the words. */
bool is_any_of(const char *string, const char *words);

/* Where string holds wanted (not empty), or NULL: strstr(3) for the short strings here, in a tenth of its code. */
const char *text_find(const char *string, const char *wanted);

/* A number for a string, always the same: FNV-1a. */
uint32_t text_hash(const char *string);

/* The length of the name of a variable that the string begins with: letters, "_", behind the first digits too. */
size_t variable_name(const char *string);

/* Whether a variable, "NAME=VALUE", is that, or where the pattern has no "=", has that name. */
bool variable_matches(const char *variable, const char *pattern);

/*
 * What stands behind "NAME=" in the last one of a NULL-terminated list that begins so; NULL: none does. The name has
 * length bytes; of none there is no variable.
 */
const char *variable_value(char *const *list, const char *name, size_t length);

/*
 * The next word of *cursor, split at blanks, no quoting: its start, and its length in *length;
 * *cursor moves behind it. NULL when none is left.
 */
const char *next_word(const char **cursor, size_t *length);

/*
 * Memory that is handed out and never taken back, over storage that the caller owns (PID 1: a
 * mapping made before the service starts and sealed afterwards; a child: its own copy). Zeroed
 * storage is expected.
 */
struct arena {
	char *start;
	size_t room, used;
};

/* size bytes, aligned for any pointer; NULL when the arena is full. */
void *arena_take(struct arena *arena, size_t size);
/* A NUL-terminated copy of length bytes; NULL when the arena is full. */
char *arena_copy(struct arena *arena, const char *bytes, size_t length);

#endif
