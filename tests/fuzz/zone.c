/* Time zone files and TZ rules: an image's own. */
#include "zone.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool found, const struct zone *zone, int64_t now)
{
	struct civil_time time;

	if (found && (now < zone->from || now >= zone->until))
		abort();
	time = zone_civil(now, found && zone->offset > -200000 && zone->offset < 200000 ? zone->offset : 0);
	if (time.month < 1 || time.month > 12 || time.day < 1 || time.day > 31 || time.hour < 0 || time.hour > 23)
		abort();
}

/* The first five bytes are the moment, from 1970 to the year 36812. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zone zone = { 0 };
	int64_t now = 0;
	unsigned char *file;
	char *rule;

	if (size < 5)
		return 0;
	for (size_t i = 0; i < 5; i++)
		now = now << 8 | data[i];
	data += 5;
	size -= 5;
	file = malloc(size ? size : 1);
	memcpy(file, data, size);
	check(zone_from_file(file, size, now, &zone), &zone, now);
	free(file);
	rule = calloc(1, size + 1);
	memcpy(rule, data, size);
	check(zone_from_rule(rule, now, &zone), &zone, now);
	free(rule);
	return 0;
}
