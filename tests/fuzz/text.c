/*
 * Any bytes as numbers, spans, sizes and words to be read, and as orders to write into a small
 * buffer.
 */
#include "text.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define UNTOUCHED 4711

static void check_text(const struct text *text, const char *buffer, size_t room)
{
	assert(text->start == buffer && text->room == room);
	assert(text->length < room);
	assert(buffer[text->length] == '\0');
}

/* What is written must read back as the same, else writer or reader is wrong. */
static void read_numbers(const char *string)
{
	char buffer[64];
	uint64_t number = UNTOUCHED, again;
	int64_t with_sign = UNTOUCHED, with_sign_again;
	unsigned mode = UNTOUCHED, mode_again;
	struct text text;

	text = text_over(buffer, sizeof buffer);
	if (parse_unsigned(string, UINT64_MAX, &number)) {
		text_format(&text, "%llu", (unsigned long long)number);
		assert(parse_unsigned(buffer, number, &again) && again == number);
		assert(number == 0 || !parse_unsigned(buffer, number - 1, &again));
	} else {
		assert(number == UNTOUCHED);
	}
	text = text_over(buffer, sizeof buffer);
	if (parse_signed(string, INT64_MIN, INT64_MAX, &with_sign)) {
		text_format(&text, "%lld", (long long)with_sign);
		assert(parse_signed(buffer, with_sign, with_sign, &with_sign_again) &&
		       with_sign_again == with_sign);
	} else {
		assert(with_sign == UNTOUCHED);
	}
	if (parse_octal(string, &mode)) {
		snprintf(buffer, sizeof buffer, "%04o", mode);
		assert(mode <= 07777 && parse_octal(buffer, &mode_again) && mode_again == mode);
	} else {
		assert(mode == UNTOUCHED);
	}
}

static void read_spans(const char *string)
{
	char buffer[128];
	uint64_t usec = UNTOUCHED, bytes = UNTOUCHED, again;
	bool answer;
	struct text text = text_over(buffer, sizeof buffer);

	if (parse_span(string, USEC_PER_SEC, &usec)) {
		text_add_span(&text, usec);
		assert(!text.cut && parse_span(buffer, USEC_PER_SEC, &again));
		assert(again <= usec && (usec - again < USEC_PER_SEC || usec == USEC_INFINITY));
	} else {
		assert(usec == UNTOUCHED);
	}
	assert(parse_size(string, &bytes) || bytes == UNTOUCHED);
	parse_bool(string, &answer);
}

static void read_words(const char *string)
{
	const char *cursor = string, *word;
	size_t length, total = 0;

	while ((word = next_word(&cursor, &length))) {
		assert(length > 0 && cursor == word + length && !memchr(word, ' ', length));
		total += length;
	}
	assert(*cursor == '\0' && total <= strlen(string));
}

/*
 * The first byte is the buffer's room; each byte after it an order, with the rest as its argument.
 */
static void write_texts(const uint8_t *data, size_t size, const char *string)
{
	size_t room = size ? data[0] % 80 + 1U : 1;
	char *buffer = malloc(room);
	struct civil_time time = { .month = 12, .day = 31, .second = 60 };
	struct text text;

	assert(buffer);
	text = text_over(buffer, room);
	for (size_t i = 1; i < size && i < 64; i++) {
		size_t before = text.length;
		uint64_t number = 0;

		memcpy(&number, data + i, size - i < sizeof number ? size - i : sizeof number);
		switch (data[i] % 6) {
		case 0:
			text_add_bytes(&text, (const char *)data + i, size - i);
			break;
		case 1:
			text_add(&text, string);
			break;
		case 2:
			text_add_span(&text, number);
			break;
		case 3:
			text_format(&text, "%s%c%%%d", string, data[i], (int)number);
			break;
		case 4:
			text_format(&text, "%04u %llu %02ld", (unsigned)number,
				    (unsigned long long)number, (long)number);
			break;
		default:
			time.year = (int)(number & 0xffff);
			time.offset = (long)(number % 100000) - 50000;
			text_add_rfc3339(&text, &time);
		}
		check_text(&text, buffer, room);
		assert(text.length >= before);
		assert(!text.cut || text.length == room - 1);
	}
	free(buffer);
}

static void fill_arena(const uint8_t *data, size_t size)
{
	size_t room = size ? data[0] : 0;
	struct arena arena = { .start = malloc(room + 1), .room = room };

	assert(arena.start);
	for (size_t i = 1; i < size && i < 64; i++) {
		char *copy, *piece;

		copy = arena_copy(&arena, (const char *)data, data[i] < size ? data[i] : size);
		assert(!copy || (copy >= arena.start && copy < arena.start + room));
		piece = arena_take(&arena, data[i]);
		assert(!piece || ((uintptr_t)piece % alignof(void *) == 0 &&
				  piece + data[i] <= arena.start + room));
		if (piece)
			memset(piece, 0, data[i]);
		assert(arena.used <= arena.room);
	}
	free(arena.start);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *string = malloc(size + 1);

	assert(string);
	memcpy(string, data, size);
	string[size] = '\0';
	read_numbers(string);
	read_spans(string);
	read_words(string);
	write_texts(data, size, string);
	fill_arena(data, size);
	free(string);
	return 0;
}
