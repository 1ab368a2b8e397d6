/*
 * What a service says of itself, on its way to a client: by STATUS=, by its name, by the log. And what PID 1 answers, as
 * the client reads it: any bytes.
 */
#include "record.h"
#include "status.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
	if (!held)
		abort();
}

/* JSON of RFC 8259, as far as it is used: what follows the value. */

static const char *skip_string(const char *json)
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

static const char *skip_strings(const char *json)
{
	must(*json++ == '[');
	while (*json != ']') {
		json = skip_string(json);
		must(*json == ']' || (*json == ',' && json[1] == '"'));
		json += *json == ',';
	}
	return json + 1;
}

static const char *skip_value(const char *json)
{
	const char *null = after_prefix(json, "null");
	size_t digits = strspn(json, "0123456789");

	if (null)
		return null;
	if (digits) {
		must(*json != '0' || digits == 1);
		return json + digits;
	}
	return *json == '[' ? skip_strings(json) : skip_string(json);
}

static void check_json(const char *json)
{
	do {
		json = skip_string(json + 1);
		must(*json++ == ':');
		json = skip_value(json);
	} while (*json == ',');
	must(strcmp(json, "}\n") == 0);
}

static void show(const char *properties)
{
	static char shown[STATUS_ROOM];
	struct text text = text_over(shown, sizeof shown);

	status_json(properties, &text);
	must(!text.cut && shown[0] == '{');
	check_json(shown);
	text = text_over(shown, sizeof shown);
	status_print(properties, 1000, true, &text);
	must(!text.cut);
}

/* What PID 1 answers is a list of lines, each NAME=VALUE, that no terminal obeys. */
static void check_lines(const char *properties)
{
	for (const char *byte = properties; *byte; byte++)
		must(*byte == '\n' || ((unsigned char)*byte >= ' ' && *byte != 0x7f));
	for (; *properties; properties += strcspn(properties, "\n") + 1) {
		must(strcspn(properties, "=") < strcspn(properties, "\n"));
		must(strchr(properties, '\n') != NULL);
	}
}

static void say(const char *string, const char *lines, uint8_t state)
{
	static char properties[REPLY_MOST];
	struct text text = text_over(properties, sizeof properties);
	const struct machine machine = {
		.state = state % STATE_COUNT,
		.result = state % RESULT_COUNT,
		.main_ending = { .how = state & 3, .status = state },
	};
	const struct snapshot snapshot = {
		.name = "web", .machine = &machine, .status_text = string, .invocation = "",
		.lines = lines, .line_size = strlen(lines) + 1, .line_count = 1,
	};

	status_properties(&snapshot, &text);
	check_lines(properties);
	show(properties);
}

/* The first byte is the state; what follows is STATUS= and, behind a NUL, a line of the log. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *string;
	size_t length;

	if (size < 1 || size >= NOTIFY_STATUS_SIZE)
		return 0;
	string = calloc(1, size + 1);
	memcpy(string, data + 1, size - 1);
	length = strlen(string);
	say(string, length + 1 < size ? string + length + 1 : "", data[0]);
	show(string);
	free(string);
	return 0;
}
