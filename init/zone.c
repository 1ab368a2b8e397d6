#include "zone.h"

#include <string.h>

#define SECONDS_PER_DAY 86400

/* ---- the calendar ---- */

/* Days from 1970 to the beginning of year, which is after Christ; all are Gregorian. */
static int64_t days_to_year(int64_t year)
{
	int64_t past = year - 1;

	return past * 365 + past / 4 - past / 100 + past / 400 - 719162;
}

/* From below, where the count begins, it is at most a few years to go in a thousand. */
static int year_of_day(int64_t day)
{
	int64_t year = 1970 + (day < 0 ? day / 365 - 1 : day / 366);

	while (days_to_year(year + 1) <= day)
		year++;
	return (int)year;
}

static bool is_leap(int64_t year)
{
	return days_to_year(year + 1) - days_to_year(year) == 366;
}

static int days_of_month(int64_t year, int month)
{
	return month == 2 ? 28 + is_leap(year) : 30 + ((month + month / 8) & 1);
}

struct civil_time zone_civil(int64_t seconds, long offset)
{
	int64_t local = seconds + offset;
	int rest = (int)(local % SECONDS_PER_DAY);
	int64_t day = local / SECONDS_PER_DAY;
	struct civil_time time = { .month = 1, .offset = offset };

	if (rest < 0) {
		rest += SECONDS_PER_DAY;
		day--;
	}
	time.year = year_of_day(day);
	day -= days_to_year(time.year);
	for (; day >= days_of_month(time.year, time.month); time.month++)
		day -= days_of_month(time.year, time.month);
	time.day = (int)day + 1;
	time.hour = rest / 3600;
	time.minute = rest / 60 % 60;
	time.second = rest % 60;
	return time;
}

/* ---- a rule ---- */

/* A day of every year: Jn (1 to 365, 29 February never counts), n (0 to 365, it does), or Mm.w.d. */
struct yearly {
	char kind; /* 'J', '0' or 'M' */
	int month, week, day;
	int time; /* seconds from the beginning of that day, in the local time that it ends */
};

static bool take_number(const char **cursor, int most, int *value)
{
	const char *digit = *cursor;

	for (*value = 0; *digit >= '0' && *digit <= '9' && *value <= most; digit++)
		*value = *value * 10 + *digit - '0';
	if (digit == *cursor || *value > most)
		return false;
	*cursor = digit;
	return true;
}

/* Inlined at each of its calls it would be 150 bytes more. */
APART static bool take_character(const char **cursor, char wanted)
{
	bool there = **cursor == wanted;

	*cursor += there;
	return there;
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static bool take_time(const char **cursor, int *seconds)
{
	bool negative = take_character(cursor, '-');
	int part;

	if (!negative)
		take_character(cursor, '+');
	if (!take_number(cursor, 167, &part))
		return false;
	*seconds = part * 3600;
	for (int unit = 60; unit && take_character(cursor, ':'); unit /= 60) {
		if (!take_number(cursor, 59, &part))
			return false;
		*seconds += part * unit;
	}
	if (negative)
		*seconds = -*seconds;
	return true;
}

/* A rule counts to the west. */
static bool take_offset(const char **cursor, int *offset)
{
	if (!take_time(cursor, offset))
		return false;
	*offset = -*offset;
	return true;
}

static bool at_end(const char *rule)
{
	return *rule == '\0' || *rule == '\n';
}

/* The name of a local time, three letters at least, or in angle brackets; only its end matters here. */
static bool take_name(const char **cursor)
{
	const char *first = *cursor;

	if (*first == '<') {
		*cursor += strcspn(first, ">\n");
		return take_character(cursor, '>');
	}
	while ((**cursor | 32) >= 'a' && (**cursor | 32) <= 'z')
		++*cursor;
	return *cursor - first >= 3;
}

static bool take_yearly(const char **cursor, struct yearly *yearly)
{
	*yearly = (struct yearly){ .kind = '0', .time = 2 * 3600 };
	if (take_character(cursor, 'M')) {
		yearly->kind = 'M';
		if (!take_number(cursor, 12, &yearly->month) || yearly->month < 1 ||
		    !take_character(cursor, '.') || !take_number(cursor, 5, &yearly->week) ||
		    yearly->week < 1 || !take_character(cursor, '.') || !take_number(cursor, 6, &yearly->day))
			return false;
	} else {
		if (take_character(cursor, 'J'))
			yearly->kind = 'J';
		if (!take_number(cursor, 365, &yearly->day) || (yearly->kind == 'J' && yearly->day < 1))
			return false;
	}
	return !take_character(cursor, '/') || take_time(cursor, &yearly->time);
}

/* The day in year that yearly means, in days since 1970. */
APART static int64_t day_in_year(const struct yearly *yearly, int64_t year)
{
	int64_t day = days_to_year(year);
	int64_t weekday;

	if (yearly->kind == '0')
		return day + yearly->day;
	if (yearly->kind == 'J')
		return day + yearly->day - 1 + (is_leap(year) && yearly->day >= 60);
	for (int month = 1; month < yearly->month; month++)
		day += days_of_month(year, month);
	weekday = (day % 7 + 11) % 7; /* 1970 began with a Thursday */
	weekday = (yearly->day - weekday + 7) % 7 + (yearly->week - 1) * 7;
	if (weekday >= days_of_month(year, yearly->month))
		weekday -= 7; /* week 5 is the last one */
	return day + weekday;
}

/*
 * Of the changes of last year, this year and next year, the last one that is not after now and the first one that
 * is. Where a year's daylight saving time ends at the very moment the next one begins, the beginning counts.
 */
static void find_stretch(const struct yearly yearly[2], const int offset[2], int64_t now, struct zone *zone)
{
	int64_t year = year_of_day(now / SECONDS_PER_DAY);

	*zone = (struct zone){ .from = INT64_MIN, .until = INT64_MAX };
	for (int change = 0; change < 6; change++) {
		int before = change % 2;
		int64_t at = day_in_year(&yearly[before], year - 1 + change / 2) * SECONDS_PER_DAY +
			     yearly[before].time - offset[before];

		if (at > now && at < zone->until)
			zone->until = at;
		if (at <= now && at >= zone->from) {
			zone->from = at;
			zone->offset = offset[!before];
		}
	}
}

/* What may follow the offset of standard time: name[offset][,start,end], to the end of the rule. */
static bool take_daylight_saving(const char *rule, int offset[2], struct yearly yearly[2])
{
	static const char american[] = ",M3.2.0,M11.1.0";

	if (!take_name(&rule))
		return false;
	offset[1] = offset[0] + 3600;
	if (*rule == ',' || at_end(rule) || take_offset(&rule, &offset[1])) {
		if (at_end(rule))
			rule = american;
		return take_character(&rule, ',') && take_yearly(&rule, &yearly[0]) &&
		       take_character(&rule, ',') && take_yearly(&rule, &yearly[1]) && at_end(rule);
	}
	return false;
}

bool zone_from_rule(const char *rule, int64_t now, struct zone *zone)
{
	struct yearly yearly[2];
	int offset[2]; /* of standard and of daylight saving time */

	if (!take_name(&rule) || !take_offset(&rule, &offset[0]))
		return false;
	if (at_end(rule)) {
		*zone = (struct zone){ INT64_MIN, INT64_MAX, offset[0] };
		return true;
	}
	if (!take_daylight_saving(rule, offset, yearly))
		return false;
	find_stretch(yearly, offset, now, zone);
	return true;
}

/* ---- a file ---- */

enum { HEADER_SIZE = 44, TYPE_SIZE = 6 };

/* One of the one or two blocks of a file: a header, then as much data as its six counts say. */
struct block {
	const unsigned char *data;
	uint64_t size;     /* of the data */
	uint64_t times;    /* changes, each a time and the index of a type */
	uint64_t types;
	size_t width;      /* of a time: 4 bytes in the first block, 8 in the second */
};

static int64_t big_endian(const unsigned char *bytes, size_t width)
{
	uint64_t value = bytes[0] & 0x80 ? UINT64_MAX : 0;

	while (width--)
		value = value << 8 | *bytes++;
	return (int64_t)value;
}

/* The block at file, of which size bytes are left. */
static bool read_block(const unsigned char *file, size_t size, size_t width, struct block *block)
{
	uint64_t count[6]; /* UTC marks, standard time marks, leap seconds, times, types, letters of names */

	if (size < HEADER_SIZE || memcmp(file, "TZif", 4) != 0)
		return false;
	for (size_t i = 0; i < 6; i++)
		count[i] = (uint64_t)big_endian(file + 20 + 4 * i, 4) & UINT32_MAX;
	*block = (struct block){
		.data = file + HEADER_SIZE,
		.size = count[0] + count[1] + count[2] * (width + 4) + count[3] * (width + 1) +
			count[4] * TYPE_SIZE + count[5],
		.times = count[3],
		.types = count[4],
		.width = width,
	};
	return block->size <= size - HEADER_SIZE && block->types > 0;
}

/* The stretch by the block's own list of changes. */
static bool look_up(const struct block *block, int64_t now, struct zone *zone)
{
	const unsigned char *indexes = block->data + block->times * block->width;
	const unsigned char *types = indexes + block->times;
	unsigned type = 0; /* before the first change */
	uint64_t next = 0;

	*zone = (struct zone){ INT64_MIN, INT64_MAX, 0 };
	for (; next < block->times; next++) {
		int64_t at = big_endian(block->data + next * block->width, block->width);

		if (at > now) {
			zone->until = at;
			break;
		}
		zone->from = at;
		type = indexes[next];
	}
	if (type >= block->types)
		return false;
	zone->offset = (long)big_endian(types + type * TYPE_SIZE, 4);
	return true;
}

/* The block that counts: the first one of a file of the first version, else the second. *end: where it ends. */
static bool find_block(const unsigned char *file, size_t size, struct block *block, size_t *end)
{
	if (!read_block(file, size, 4, block))
		return false;
	*end = HEADER_SIZE + (size_t)block->size;
	if (file[4] == 0)
		return true;
	if (!read_block(file + *end, size - *end, 8, block))
		return false;
	*end += HEADER_SIZE + (size_t)block->size;
	return true;
}

/* The rule between two newlines that ends a file of later versions; NULL where there is none. */
static const char *find_rule(const unsigned char *file, size_t size, size_t at)
{
	if (at >= size || file[at] != '\n' || !memchr(file + at + 1, '\n', size - at - 1))
		return NULL;
	return (const char *)file + at + 1;
}

/* After the last change the rule goes on; if there is none, or an empty one, that change was for ever. */
bool zone_from_file(const unsigned char *file, size_t size, int64_t now, struct zone *zone)
{
	struct block block;
	struct zone listed, ruled;
	const char *rule;
	size_t end;

	if (!find_block(file, size, &block, &end) || !look_up(&block, now, &listed))
		return false;
	rule = file[4] && listed.until == INT64_MAX ? find_rule(file, size, end) : NULL;
	if (rule && zone_from_rule(rule, now, &ruled)) {
		ruled.from = ruled.from > listed.from ? ruled.from : listed.from;
		listed = ruled;
	}
	*zone = listed;
	return true;
}
