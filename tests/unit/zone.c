/* zone: local time is what `date` prints, whose own code (glibc's localtime_r) is the judge. */
#include "unit.h"
#include "zone.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DAY 86400LL
#define YEAR_1900 (-2208988800LL)
#define YEAR_1970 0LL
#define YEAR_2008 1199145600LL
#define YEAR_2100 4102444800LL


/* Sets TZ for the judge. */
static void judge_by(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void check_civil(int64_t now, long offset)
{
	time_t seconds = (time_t)now;
	struct civil_time time = zone_civil(now, offset);
	struct tm judged;

	localtime_r(&seconds, &judged);
	unit_about("TZ=%s at %lld", getenv("TZ"), (long long)now);
	CHECK_INT(offset, judged.tm_gmtoff);
	CHECK_INT(time.year, judged.tm_year + 1900);
	CHECK_INT(time.month, judged.tm_mon + 1);
	CHECK_INT(time.day, judged.tm_mday);
	CHECK_INT(time.hour, judged.tm_hour);
	CHECK_INT(time.minute, judged.tm_min);
	CHECK_INT(time.second, judged.tm_sec);
	CHECK_INT(time.offset, offset);
}

/* ---- rules ----------------------------------------------------------------------------------- */

static const char *const rules[] = {
	"JST-9", "UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0", "<+0330>-3:30",
	"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "IST-1GMT0,M10.5.0,M3.5.0/1", "NZST-12NZDT,M9.5.0,M4.1.0/3",
	"LHST-10:30LHDT-11,M10.1.0,M4.1.0", "ABC+1:02:03", "XXX5YYY,J60/0,J300/0", "XXX5YYY,59/0,300",
	"IST-2IDT,M3.4.4/26,M10.5.0", "XYZ-1ZYX-3,M2.5.6/1:30,M11.3.2/12:15:45",
};

/* Each stretch from then on, to its very last second. */
static void check_rule(const char *rule, int64_t now)
{
	struct zone zone;

	judge_by(rule);
	while (now < YEAR_2100) {
		unit_about("TZ=%s at %lld", rule, (long long)now);
		if (!CHECK(zone_from_rule(rule, now, &zone)))
			return;
		CHECK(zone.from <= now && now < zone.until);
		check_civil(now, zone.offset);
		if (zone.until == INT64_MAX) {
			now += 30 * DAY + 12345;
			continue;
		}
		check_civil(now + (zone.until - now) / 2, zone.offset);
		check_civil(zone.until - 1, zone.offset);
		now = zone.until;
	}
}

static void a_rule_gives_the_time_that_date_prints(void)
{
	for (size_t i = 0; i < COUNT(rules); i++)
		check_rule(rules[i], YEAR_1970 + 400 * DAY);
}

static void daylight_saving_without_dates_has_those_of_the_united_states(void)
{
	for (int64_t now = YEAR_1970; now < YEAR_2100; now += DAY) {
		struct zone implied, said;

		unit_about("%lld", (long long)now);
		CHECK(zone_from_rule("QST5QDT", now, &implied));
		CHECK(zone_from_rule("QST5QDT,M3.2.0,M11.1.0", now, &said));
		CHECK(implied.from == said.from && implied.until == said.until && implied.offset == said.offset);
	}
}

/* RFC 8536, 3.3.1. Here glibc is no judge: it ends at the new year of Greenwich and begins at that of the place. */
static void daylight_saving_may_last_all_year(void)
{
	for (int64_t now = YEAR_2008; now < YEAR_2100; now += DAY / 24 + 1) {
		struct zone zone;

		unit_about("%lld", (long long)now);
		CHECK(zone_from_rule("EST5EDT,0/0,J365/25", now, &zone));
		CHECK(zone.from <= now && now < zone.until);
		CHECK_INT(zone.offset, -4 * 3600);
		CHECK(zone_from_rule("XXX-3YYY,J1/0,J365/25", now, &zone));
		CHECK_INT(zone.offset, 4 * 3600);
	}
}

static void a_rule_without_daylight_saving_never_ends(void)
{
	struct zone zone = { 0 };

	CHECK(zone_from_rule("JST-9", 1, &zone));
	CHECK(zone.from == INT64_MIN && zone.until == INT64_MAX);
	CHECK_INT(zone.offset, 9 * 3600);
}

static void a_broken_rule_is_refused_and_changes_nothing(void)
{
	static const char *const broken[] = {
		"", "J", "JS-9", "JST", "JST-", "JST-9:", "JST-9:60", "JST-168", "<JST-9", "Asia/Tokyo", "1ST-9",
		"CET-1CEST,", "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,", "CET-1CEST,M3.5.0,M10.5.0/",
		"CET-1CEST,M0.5.0,M10.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
		"CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J100", "CET-1CEST,J366,J100",
		"CET-1CEST,366,100", "CET-1CEST,M3.5.0,M10.5.0/3x", "CET-1CEST,M3.5.0,M10.5.0,", "CET-1CE",
		"CET-1CEST-2-3", "CET-99999999999999999999",
	};

	for (size_t i = 0; i < COUNT(broken); i++) {
		struct zone zone = { 1, 2, 3 };

		unit_about("%s", broken[i]);
		CHECK(!zone_from_rule(broken[i], 1000000000, &zone));
		CHECK(zone.from == 1 && zone.until == 2 && zone.offset == 3);
	}
}

/* ---- files ----------------------------------------------------------------------------------- */

static unsigned char file[16384];

static size_t load(const char *name)
{
	char path[256];
	ssize_t size;
	int descriptor;

	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	unit_about("%s, which is tzdata's", path);
	descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (!CHECK(descriptor >= 0))
		return 0;
	size = read(descriptor, file, sizeof file);
	close(descriptor);
	CHECK(size > 0);
	return size > 0 ? (size_t)size : 0;
}

static const char *const zones[] = {
	"UTC", "Asia/Tokyo", "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns",
	"America/Sao_Paulo", "Africa/Casablanca", "Asia/Kathmandu", "Asia/Gaza", "Asia/Tehran", "Australia/Lord_Howe",
	"Pacific/Apia", "Pacific/Auckland", "Pacific/Kiritimati", "America/Nuuk", "Antarctica/Troll",
};

/* From the first change to 2100, so that the list, the rule and the passage between them all have their turn. */
static void a_zone_file_gives_the_time_that_date_prints(void)
{
	for (size_t i = 0; i < COUNT(zones); i++) {
		size_t size = load(zones[i]);
		struct zone zone;

		judge_by(zones[i]);
		for (int64_t now = YEAR_1900; size && now < YEAR_2100;) {
			unit_about("%s at %lld", zones[i], (long long)now);
			if (!CHECK(zone_from_file(file, size, now, &zone)))
				break;
			CHECK(zone.from <= now && now < zone.until);
			check_civil(now, zone.offset);
			if (zone.until > YEAR_2100) {
				now += 100 * DAY + 12345;
				continue;
			}
			check_civil(zone.until - 1, zone.offset);
			now = zone.until;
		}
	}
}

/* Whatever is cut off, what is left is read inside its bounds (the sanitizer watches) or refused. */
static void a_file_that_ends_early_is_never_read_beyond_its_end(void)
{
	size_t size = load("Europe/Berlin");
	size_t accepted = 0;

	for (size_t kept = 0; kept < size; kept++) {
		struct zone zone;
		unsigned char *copy = malloc(kept ? kept : 1);

		memcpy(copy, file, kept);
		accepted += zone_from_file(copy, kept, 1700000000, &zone);
		free(copy);
	}
	/* All that may be lost is a part of the rule. */
	CHECK(accepted > 0 && accepted < 40);
}

static void a_file_of_the_first_version_is_read_without_a_rule(void)
{
	size_t size = load("Asia/Tokyo");
	struct zone zone;

	if (!size)
		return;
	file[4] = 0;
	CHECK(zone_from_file(file, size, 1700000000, &zone));
	/* tzdata is either "fat", with the changes in the first block too, or "slim" with none there. */
	CHECK(zone.offset == 9 * 3600 || zone.offset == 0);
}

static void counts_that_lie_are_refused(void)
{
	size_t size = load("Europe/Berlin");

	for (size_t at = 20; at < 44 && size; at++) {
		unsigned char before = file[at];
		struct zone zone;

		file[at] = 0xff;
		unit_about("byte %zu of the header", at);
		CHECK(!zone_from_file(file, size, 1700000000, &zone) || at % 4 == 3);
		file[at] = before;
	}
}

/* ---- the calendar ---------------------------------------------------------------------------- */

static void every_day_of_a_thousand_years_has_its_date(void)
{
	judge_by("UTC0");
	for (int64_t now = -500LL * 365 * DAY - 1; now < 500LL * 365 * DAY; now += DAY)
		check_civil(now, 0);
}

static void the_empty_stretch_holds_no_moment(void)
{
	struct zone zone = { 0 };

	for (int64_t now = -1; now <= 1; now++)
		CHECK(now < zone.from || now >= zone.until);
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(a_rule_gives_the_time_that_date_prints),
		TEST(daylight_saving_without_dates_has_those_of_the_united_states),
		TEST(daylight_saving_may_last_all_year),
		TEST(a_rule_without_daylight_saving_never_ends),
		TEST(a_broken_rule_is_refused_and_changes_nothing),
		TEST(a_zone_file_gives_the_time_that_date_prints),
		TEST(a_file_that_ends_early_is_never_read_beyond_its_end),
		TEST(a_file_of_the_first_version_is_read_without_a_rule),
		TEST(counts_that_lie_are_refused),
		TEST(every_day_of_a_thousand_years_has_its_date),
		TEST(the_empty_stretch_holds_no_moment),
	};

	return unit_run(tests, COUNT(tests));
}
