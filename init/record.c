#include "record.h"

#include "zone.h"

#include <string.h>

static const char level_names[][6] = {
	[LOG_LEVEL_ERROR] = "ERROR",
	[LOG_LEVEL_WARN] = "WARN",
	[LOG_LEVEL_INFO] = "INFO",
	[LOG_LEVEL_DEBUG] = "DEBUG",
};

/*
 * The lengths of well-formed UTF-8 (Unicode 15, table 3-7): for a range of first bytes, the range of the second one;
 * all others are 80 to bf.
 */
static const struct utf8_row {
	unsigned char first, last, second_first, second_last, length;
} utf8_rows[] = {
	{ 0x01, 0x7f, 0x00, 0xff, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

size_t utf8_length(const char *bytes)
{
	const unsigned char *string = (const unsigned char *)bytes;

	for (size_t i = 0; i < sizeof utf8_rows / sizeof *utf8_rows; i++) {
		const struct utf8_row *row = &utf8_rows[i];

		if (string[0] < row->first || string[0] > row->last)
			continue;
		if (string[1] < row->second_first || string[1] > row->second_last)
			return 0;
		for (size_t at = 2; at < row->length; at++)
			if ((string[at] & 0xc0) != 0x80)
				return 0;
		return row->length;
	}
	return 0;
}

static bool obeyed_by_terminals(const unsigned char *character)
{
	return character[0] < ' ' || character[0] == 0x7f || (character[0] == 0xc2 && character[1] < 0xa0);
}

/* What stands in a line for the byte, or for the whole character, that can't stand there itself. */
static struct text escape(char *buffer, size_t room, unsigned char byte, bool well_formed, bool json)
{
	static const char digits[] = "0123456789abcdef";
	struct text text = text_over(buffer, room);

	if (json && !well_formed)
		text_add(&text, "\xef\xbf\xbd");
	else if (json && byte >= ' ')
		text_format(&text, "\\%c", byte);
	else
		text_format(&text, "\\%s%c%c", json ? "u00" : "x", digits[byte >> 4], digits[byte & 15]);
	return text;
}

/* Appends string until it ends or the next character would make text longer than end. */
static void add_escaped(struct text *text, const char *string, size_t end, bool json)
{
	while (*string) {
		const unsigned char *next = (const unsigned char *)string;
		size_t length = utf8_length(string);
		char buffer[8];
		struct text piece = { .start = buffer };

		if (length && (json ? *next >= ' ' && *next != '"' && *next != '\\' : !obeyed_by_terminals(next))) {
			memcpy(buffer, string, length);
			piece.length = length;
		} else {
			piece = escape(buffer, sizeof buffer, *next, length > 0, json);
			length = 1;
		}
		if (piece.length > end || text->length > end - piece.length) {
			text->cut = true;
			return;
		}
		text_add_bytes(text, buffer, piece.length);
		string += length;
	}
}

/* The length that text has with most bytes more, as far as there is room. */
static size_t end_of(const struct text *text, size_t most)
{
	return most < text->room - text->length ? text->length + most : text->room - 1;
}

void text_add_printable(struct text *text, const char *string, size_t most)
{
	add_escaped(text, string, end_of(text, most), false);
}

void json_add_string(struct text *text, const char *string, size_t most)
{
	text_add_byte(text, '"');
	add_escaped(text, string, end_of(text, most), true);
	text_add_byte(text, '"');
}

static void add_text_record(struct text *text, const struct record *record)
{
	struct civil_time time = zone_civil(record->seconds, record->offset);

	text_add_byte(text, '[');
	text_add_rfc3339(text, &time);
	text_format(text, "] [%s] ", level_names[record->level]);
	add_escaped(text, record->message, text->room - 2, false);
}

/*
 * The first three fields and their order are those of the ECS logging specification; the version is the one that
 * Elasticsearch's own log names. What follows the message is bounded, and the message leaves room for it.
 */
static void add_json_record(struct text *text, const struct record *record)
{
	enum { SERVICE_MOST = 255, REST = SERVICE_MOST + 256 };
	struct civil_time time = zone_civil(record->seconds, 0);
	size_t left;

	text_format(text, "{\"@timestamp\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03uZ\",\"log.level\":\"%s\",\"message\":",
		    time.year, time.month, time.day, time.hour, time.minute, time.second, record->milliseconds,
		    level_names[record->level]);
	left = text->room - text->length;
	json_add_string(text, record->message, left > REST ? left - REST : 0);
	text_add(text, ",\"ecs.version\":\"1.2.0\",\"service.name\":");
	json_add_string(text, record->service, SERVICE_MOST);
	text_format(text,
		    ",\"event.dataset\":\"tend\",\"log.logger\":\"tend\",\"process.name\":\"tend\",\"process.pid\":%ld}",
		    record->pid);
}

void record_add(struct text *text, enum log_format format, const struct record *record)
{
	if (format == LOG_FORMAT_JSON)
		add_json_record(text, record);
	else
		add_text_record(text, record);
	text_add_byte(text, '\n');
}
