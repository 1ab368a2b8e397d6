/* Log records: units, environments and services put their bytes into messages. */
#include "record.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
	if (!held)
		abort();
}

/* A JSON string as RFC 8259 has it, in UTF-8; gives what follows it. */
static const char *read_string(const char *json)
{
	must(*json++ == '"');
	while (*json != '"') {
		size_t length = utf8_length(json);

		must(length > 0 && (unsigned char)*json >= ' ');
		if (*json == '\\') {
			length = json[1] == 'u' ? 6 : 2;
			must(length == 6 ? strspn(json + 2, "0123456789abcdef") >= 4 : json[1] == '"' || json[1] == '\\');
		}
		json += length;
	}
	return json + 1;
}

/* An object of strings and numbers, and the newline that ends the line. */
static void check_object(const char *json)
{
	do {
		json = read_string(json + 1);
		must(*json++ == ':');
		json = *json == '"' ? read_string(json) : json + strspn(json, "0123456789");
	} while (*json == ',');
	must(strcmp(json, "}\n") == 0);
}

static void check_text(const char *line)
{
	must(line[strlen(line) - 1] == '\n');
	for (; line[1]; line++)
		must((unsigned char)*line >= ' ' && *line != 0x7f);
}

/* The first two bytes are the room and the level; what follows is the message and, behind a NUL, the service. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *string, *line;
	size_t room;

	if (size < 2)
		return 0;
	room = RECORD_ROOM_MIN + data[0] * 12U;
	line = malloc(room);
	string = calloc(1, size);
	memcpy(string, data + 2, size - 2);
	for (unsigned format = LOG_FORMAT_TEXT; format <= LOG_FORMAT_JSON; format++) {
		struct text text = text_over(line, room);
		const struct record record = {
			.level = (enum log_level)(data[1] & 3),
			.seconds = 1795349051,
			.pid = 1,
			.message = string,
			.service = strlen(string) + 2 < size ? string + strlen(string) + 1 : string,
		};

		record_add(&text, (enum log_format)format, &record);
		must(text.length < room);
		if (format == LOG_FORMAT_JSON)
			check_object(line);
		else
			check_text(line);
	}
	free(string);
	free(line);
	return 0;
}
