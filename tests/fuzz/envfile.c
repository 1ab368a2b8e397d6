/* Any bytes as an EnvironmentFile=. */
#include "envfile.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1), *word = malloc(size + 1);
	const char *cursor = copy, *before = copy, *end = copy + size;
	struct text text;

	assert(copy && word);
	memcpy(copy, data, size);
	text = text_over(word, size + 1);
	while (envfile_next(&cursor, end, &text)) {
		assert(cursor > before && cursor <= end);
		before = cursor;
		assert(memchr(word, '=', text.length) && word[text.length] == '\0');
	}
	assert(cursor == end);
	assert(!text.cut); /* nothing that is read becomes longer */
	free(copy);
	free(word);
	return 0;
}
