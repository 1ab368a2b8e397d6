/*
 * Any bytes as a command line, and what follows its NUL as the variables and the specifier %i that
 * it names.
 */
#include "command.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * ROOM is more than an input of INPUT_MAX can grow to by %i and variables: each at most a third of
 * it.
 */
enum { ENTRIES = 8, ROOM = 1 << 20, INPUT_MAX = 512 };

static bool within(const char *string, const struct arena *arena)
{
	return string >= arena->start && string + strlen(string) < arena->start + arena->used;
}

static bool same_argv(char *const *one, char *const *other)
{
	for (; *one && *other; one++, other++)
		if (strcmp(*one, *other) != 0)
			return false;
	return !*one && !*other;
}

static void expand(const char *value, unsigned index, unsigned flags,
		   const struct specifiers *specifiers, char *const *environment)
{
	static char storage[ROOM];
	struct arena arena = { .start = storage, .room = ROOM }, tight;
	struct command command, again;

	assert(command_expand(value, index, specifiers, environment, &arena, &command));
	assert(command.flags == flags && within(command.path, &arena) && command.argv[0]);
	for (char **word = command.argv; *word; word++)
		assert(within(*word, &arena));
	/* A smaller one is refused or is enough, and is never left. */
	for (size_t room = 0; room <= arena.used + 16; room += arena.used / 50 + 1) {
		tight = (struct arena){ .start = malloc(room ? room : 1), .room = room };
		assert(tight.start);
		if (command_expand(value, index, specifiers, environment, &tight, &again))
			assert(same_argv(command.argv, again.argv));
		assert(tight.used <= room);
		free(tight.start);
	}
}

/* A word reads the same whatever the room for it is. */
static void read_words(const char *value)
{
	const char *cursor = value, *other = value;
	size_t room = strlen(value) + 1; /* unquoting makes nothing longer */
	char *buffer = malloc(room), *cramped = malloc(3);
	struct text text, cut;
	int got;

	assert(buffer && cramped);
	text = text_over(buffer, room);
	cut = text_over(cramped, 3);
	do {
		got = quoted_word(&cursor, &text);
		assert(quoted_word(&other, &cut) == got && cursor == other);
		assert(!text.cut && text.length == strlen(buffer) && text.length <= strlen(value));
		assert(strncmp(buffer, cramped, cut.length) == 0 && cut.cut == (text.length > 2));
	} while (got > 0);
	free(buffer);
	free(cramped);
}

static void expand_specifiers(const char *value, const struct specifiers *specifiers)
{
	char buffer[64], bad = '\0';
	struct text text = text_over(buffer, sizeof buffer);

	if (!specifiers_expand(specifiers, value, &text, &bad))
		assert(bad && strchr(value, bad) && bad != 'i' && bad != '%');
	assert(text.length < sizeof buffer && buffer[text.length] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *input = malloc(size + 1), *environment[ENTRIES + 1] = { NULL }, *next;
	struct specifiers specifiers = { .of = { ['i'] = "" } };
	unsigned char flags[COMMANDS_PER_LINE];
	const char *error = NULL;
	unsigned count;

	assert(input);
	memcpy(input, data, size);
	input[size] = '\0';
	next = input + strlen(input);
	for (int i = 0; i < ENTRIES && next < input + size; i++, next += strlen(next))
		environment[i] = ++next;
	if (environment[0])
		specifiers.of['i'] = environment[0];
	if (size < INPUT_MAX) {
		count = command_check(input, &specifiers, flags, &error);
		assert(count <= COMMANDS_PER_LINE && (count == 0) == (error != NULL));
		for (unsigned i = 0; i < count; i++)
			expand(input, i, flags[i], &specifiers, environment);
		read_words(input);
		expand_specifiers(input, &specifiers);
	}
	free(input);
	return 0;
}
