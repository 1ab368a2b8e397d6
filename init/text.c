#include "text.h"

#include <stdarg.h>
#include <string.h>

#define BLANKS " \t\n\r"
#define DIGITS "0123456789"

/* Inlined at each of its hundred calls it would be 1,200 bytes more. */
APART struct text text_over(char *buffer, size_t room)
{
	buffer[0] = '\0';
	return (struct text){ .start = buffer, .room = room };
}

void text_empty(struct text *text)
{
	text->start[0] = '\0';
	text->length = 0;
	text->cut = false;
}

void text_add_bytes(struct text *text, const char *bytes, size_t count)
{
	size_t left = text->room - 1 - text->length;

	if (count > left) {
		count = left;
		text->cut = true;
	}
	memcpy(text->start + text->length, bytes, count);
	text->length += count;
	text->start[text->length] = '\0';
}

void text_add_byte(struct text *text, char byte)
{
	text_add_bytes(text, &byte, 1);
}

void text_add(struct text *text, const char *string)
{
	text_add_bytes(text, string, strlen(string));
}

bool text_copy(char *to, size_t room, const char *bytes, size_t length)
{
	struct text text = text_over(to, room);

	text_add_bytes(&text, bytes, length);
	return !text.cut;
}

/* Filled up with zeros to width (0 to 9). */
static void add_number(struct text *text, uint64_t number, size_t width)
{
	char digits[20]; /* as 2^64 has */
	size_t first = sizeof digits;

	do {
		digits[--first] = (char)('0' + number % 10);
		number /= 10;
	} while (number || first > sizeof digits - width);
	text_add_bytes(text, digits + first, sizeof digits - first);
}

/* Of an int's or a long one's size, which is 64 bits; by its letter with a sign, or a character. */
static void add_integer(struct text *text, char letter, size_t width, bool is_long, va_list *list)
{
	uint64_t number = (uint64_t)(is_long ? va_arg(*list, int64_t) : va_arg(*list, int));

	if (letter == 'c') {
		text_add_byte(text, (char)number);
		return;
	}
	if (letter == 'd' && (int64_t)number < 0) {
		text_add_byte(text, '-');
		number = 0 - number;
	} else if (letter != 'd' && !is_long) {
		number = (unsigned)number;
	}
	add_number(text, number, width);
}

/* One conversion, at the character behind its "%"; gives the format behind it. */
static const char *add_argument(struct text *text, const char *format, va_list *list)
{
	size_t width = 0, size = 0;
	char letter;

	if (*format == '0') {
		width = (size_t)(format[1] - '0');
		format += 2;
	}
	for (; *format == 'l'; format++)
		size += sizeof(long);
	letter = *format++;
	if (letter == 's')
		text_add(text, va_arg(*list, const char *));
	else if (letter == '%')
		text_add_byte(text, letter);
	else
		add_integer(text, letter, width, size >= sizeof(int64_t), list);
	return format;
}

void text_format_list(struct text *text, const char *format, va_list list)
{
	const char *percent;
	va_list rest; /* a parameter of an array type has no address of its own kind */

	va_copy(rest, list);
	while ((percent = strchr(format, '%'))) {
		text_add_bytes(text, format, (size_t)(percent - format));
		format = add_argument(text, percent + 1, &rest);
	}
	va_end(rest);
	text_add(text, format);
}

void text_format(struct text *text, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	text_format_list(text, format, list);
	va_end(list);
}

APART uint64_t usec_after(uint64_t now, uint64_t span)
{
	return span < USEC_INFINITY - now ? now + span : USEC_INFINITY;
}

/*
 * The units of systemd.time(7), largest first. The first name of each is the one that is printed; a
 * month is 30.44 days, a year 365.25, as there.
 */
static const struct span_unit {
	char names[24];
	uint64_t usec;
} span_units[] = {
	{ "y|year|years", 31557600 * USEC_PER_SEC },
	{ "month|M|months", 2629800 * USEC_PER_SEC },
	{ "w|week|weeks", 7 * 86400 * USEC_PER_SEC },
	{ "d|day|days", 86400 * USEC_PER_SEC },
	{ "h|hr|hour|hours", 3600 * USEC_PER_SEC },
	{ "min|m|minute|minutes", 60 * USEC_PER_SEC },
	{ "s|sec|second|seconds", USEC_PER_SEC },
	{ "ms|msec", USEC_PER_MSEC },
	{ "us|usec|\u00b5s|\u03bcs", 1 }, /* the micro sign and the Greek letter */
};
#define SPAN_UNITS (sizeof span_units / sizeof *span_units)

/* Cut, never rounded up: what took 59.99s did not take a minute. */
void text_add_span(struct text *text, uint64_t usec)
{
	const char *gap = "";
	bool fine = usec < 60 * USEC_PER_SEC;

	if (usec == USEC_INFINITY || usec == 0) {
		text_add(text, usec ? "infinity" : "0");
		return;
	}
	for (const struct span_unit *unit = span_units; unit < span_units + SPAN_UNITS; unit++) {
		uint64_t whole = usec / unit->usec;

		if (!fine && unit->usec < USEC_PER_SEC)
			break;
		if (whole == 0)
			continue;
		usec %= unit->usec;
		text_format(text, "%s%llu", gap, (unsigned long long)whole);
		if (fine && usec * 10 >= unit->usec)
			text_format(text, ".%u", (unsigned)(usec * 10 / unit->usec));
		text_add_bytes(text, unit->names, strcspn(unit->names, "|"));
		if (fine)
			break;
		gap = " ";
	}
}

void text_add_rfc3339(struct text *text, const struct civil_time *time)
{
	long minutes = (time->offset < 0 ? -time->offset : time->offset) / 60;

	text_format(text, "%04d-%02d-%02d %02d:%02d:%02d%c%02ld:%02ld", time->year, time->month,
		    time->day, time->hour, time->minute, time->second, time->offset < 0 ? '-' : '+',
		    minutes / 60, minutes % 60);
}

unsigned digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (unsigned)(digit - '0');
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? (unsigned)(digit - 'a') + 10 : 16;
}

/*
 * The digits that *cursor stands at (there is at least one), behind which it moves; false on
 * overflow.
 */
static bool take_digits(const char **cursor, unsigned base, uint64_t *value)
{
	const char *first = *cursor;
	uint64_t digit;

	for (*value = 0; (digit = digit_value(**cursor)) < base; ++*cursor)
		if (__builtin_mul_overflow(*value, base, value) || __builtin_add_overflow(*value, digit, value))
			return false;
	return *cursor > first;
}

bool parse_digits(const char *string, unsigned base, uint64_t max, uint64_t *value)
{
	uint64_t number;

	if (!take_digits(&string, base, &number) || *string || number > max)
		return false;
	*value = number;
	return true;
}

bool parse_unsigned(const char *string, uint64_t max, uint64_t *value)
{
	return parse_digits(string, 10, max, value);
}

bool parse_signed(const char *string, int64_t min, int64_t max, int64_t *value)
{
	bool negative = *string == '-';
	uint64_t number;
	int64_t with_sign;

	if (!parse_digits(string + (negative || *string == '+'), 10, (uint64_t)INT64_MAX + negative,
			  &number))
		return false;
	with_sign = (int64_t)(negative ? 0 - number : number);
	if (with_sign < min || with_sign > max)
		return false;
	*value = with_sign;
	return true;
}

bool parse_octal(const char *string, unsigned *value)
{
	uint64_t number;

	if (!parse_digits(string, 8, 07777, &number))
		return false;
	*value = (unsigned)number;
	return true;
}

static char lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter + 'a' - 'A') : letter;
}

bool same_in_any_case(const char *one, const char *other, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (lower(one[i]) != lower(other[i]))
			return false;
	return true;
}

bool parse_bool(const char *string, bool *value)
{
	static const char answers[][6] = {
		"0", "1", "no", "yes", "n", "y", "false", "true", "f", "t", "off", "on",
	};
	size_t room = strlen(string) + 1;

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (room <= sizeof *answers && same_in_any_case(string, answers[i], room)) {
			*value = i & 1;
			return true;
		}
	return false;
}

/* The factor of the unit that word names; 0 when there is none. */
typedef uint64_t unit_factor(const char *word, size_t length);

static uint64_t span_factor(const char *word, size_t length)
{
	for (size_t i = SPAN_UNITS; i-- > 0;)
		if (word_number(span_units[i].names, word, length) >= 0)
			return span_units[i].usec;
	return 0;
}

static uint64_t size_factor(const char *word, size_t length)
{
	static const char letters[] = "BKMGTPE";
	const char *letter = length == 1 ? strchr(letters, *word) : NULL;

	return letter ? (uint64_t)1 << 10 * (letter - letters) : 0;
}

/*
 * One number with an optional fraction and an optional unit, added to *sum. The fraction is worked
 * out from its last digit: each division by ten drops less than one, so that the whole is the exact
 * value, cut.
 */
static bool add_quantity(const char **cursor, uint64_t factor, unit_factor *find, uint64_t *sum)
{
	const char *point, *end;
	uint64_t whole = 0, part = 0;
	size_t length;

	if (**cursor != '.' && !take_digits(cursor, 10, &whole))
		return false;
	point = end = *cursor;
	if (*point == '.') {
		end = point + 1 + strspn(point + 1, DIGITS);
		if (end == point + 1)
			return false;
	}
	*cursor = end + strspn(end, BLANKS);
	length = strcspn(*cursor, BLANKS DIGITS ".");
	if (length)
		factor = find(*cursor, length);
	else if (*cursor == end && *end)
		return false; /* "1.2.3" */
	*cursor += length;
	while (end > point + 1)
		part = (part + (uint64_t)(*--end - '0') * factor) / 10;
	return factor && !__builtin_mul_overflow(whole, factor, &whole) &&
	       !__builtin_add_overflow(*sum, whole, sum) &&
	       !__builtin_add_overflow(*sum, part, sum);
}

/*
 * The sum of one or more quantities, or "infinity"; a sum that would mean infinity is an overflow.
 */
static bool parse_quantities(const char *string, uint64_t factor, unit_factor *find,
			     uint64_t *value)
{
	uint64_t sum = 0;

	if (strcmp(string, "infinity") == 0) {
		*value = UINT64_MAX;
		return true;
	}
	do {
		string += strspn(string, BLANKS);
		if (!add_quantity(&string, factor, find, &sum))
			return false;
		string += strspn(string, BLANKS);
	} while (*string);
	if (sum == UINT64_MAX)
		return false;
	*value = sum;
	return true;
}

bool parse_span(const char *string, uint64_t unit, uint64_t *usec)
{
	return parse_quantities(string, unit, span_factor, usec);
}

bool parse_size(const char *string, uint64_t *bytes)
{
	return parse_quantities(string, 1, size_factor, bytes);
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

void text_add_words(struct text *text, const char *key, char separator, char letter_case)
{
	for (size_t i = 0; key[i]; i++) {
		char letter = (char)((key[i] & ~0x20) | letter_case);
		bool after_two =
			i > 1 && is_capital(key[i - 2]) && key[i + 1] && !is_capital(key[i + 1]);

		if (i && is_capital(key[i]) && (!is_capital(key[i - 1]) || after_two))
			text_add_byte(text, separator);
		text_add_byte(text, letter);
	}
}

const char *after_prefix(const char *string, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(string, prefix, length) == 0 ? string + length : NULL;
}

const char *text_find(const char *string, const char *wanted)
{
	for (; *string; string++)
		if (*string == *wanted && after_prefix(string, wanted))
			return string;
	return NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool text_add_base64(struct text *text, const char *base64)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
	unsigned bits = 0, held = 0, pads = 0;

	for (; *base64; base64++) {
		const char *digit = strchr(digits, *base64);
		char byte;

		if (is_blank(*base64))
			continue;
		if (!digit || (pads && *digit != '='))
			return false;
		pads += *digit == '=';
		if (pads)
			continue;
		bits = bits << 6 | (unsigned)(digit - digits);
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		byte = (char)(bits >> held);
		text_add_byte(text, byte);
	}
	return held == 2 * pads && held < 6 && !(bits & ((1U << held) - 1));
}

int word_number(const char *words, const char *word, size_t length)
{
	for (int number = 0;; number++) {
		size_t known = 0;

		while (words[known] && words[known] != '|')
			known++;
		if (known == length && memcmp(words, word, length) == 0)
			return number;
		if (!words[known])
			return -1;
		words += known + 1;
	}
}

bool is_any_of(const char *string, const char *words)
{
	return word_number(words, string, strlen(string)) >= 0;
}

APART uint32_t text_hash(const char *string)
{
	uint32_t hash = 2166136261; /* offset basis and prime of FNV-1a */

	while (*string)
		hash = (hash ^ (unsigned char)*string++) * 16777619;
	return hash;
}

size_t variable_name(const char *string)
{
	const char *end = string;

	while (((*end | 0x20) >= 'a' && (*end | 0x20) <= 'z') || *end == '_' ||
	       (end > string && *end >= '0' && *end <= '9'))
		end++;
	return (size_t)(end - string);
}

bool variable_matches(const char *variable, const char *pattern)
{
	const char *rest = after_prefix(variable, pattern);

	return rest && *rest == (strchr(pattern, '=') ? '\0' : '=');
}

const char *variable_value(char *const *list, const char *name, size_t length)
{
	const char *value = NULL;

	for (; length && *list; list++)
		if (strncmp(*list, name, length) == 0 && (*list)[length] == '=')
			value = *list + length + 1;
	return value;
}

/* Called some hundred times before the first start: strspn(3) would make a set of its blanks each time. */
const char *next_word(const char **cursor, size_t *length)
{
	const char *word = *cursor, *end;

	while (is_blank(*word))
		word++;
	for (end = word; *end && !is_blank(*end);)
		end++;
	*cursor = end;
	*length = (size_t)(end - word);
	return *length ? word : NULL;
}

static void *take(struct arena *arena, size_t size, size_t alignment)
{
	size_t gap = -(uintptr_t)(arena->start + arena->used) & (alignment - 1);
	size_t left = arena->room - arena->used;
	char *piece;

	if (gap > left || size > left - gap)
		return NULL;
	piece = arena->start + arena->used + gap;
	arena->used += gap + size;
	return piece;
}

void *arena_take(struct arena *arena, size_t size)
{
	return take(arena, size, _Alignof(void *));
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
	char *copy = take(arena, length + 1, 1);

	if (!copy)
		return NULL;
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}
