#ifndef TEND_UNIT_H
#define TEND_UNIT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A unit test is a program: functions named after the promise that they hold the core to, and
 *
 *	int main(void)
 *	{
 *		static const struct unit_test tests[] = {
 *			TEST(a_time_span_without_a_unit_is_in_seconds),
 *			TEST(a_time_span_that_overflows_is_refused),
 *		};
 *
 *		return unit_run(tests, sizeof tests / sizeof *tests);
 *	}
 *
 * What it prints is TAP, a line for each function: "ok 1 - a time span without a unit is in seconds".
 */

struct unit_test {
	const char *name;
	void (*run)(void);
};

#define TEST(function) { #function, function }

/*
 * Each check evaluates its arguments once and goes on whatever comes of it. A check that does not
 * hold fails the test that it is in and prints where it stands and, of the last three, both values.
 * All return whether it held, for tests that cannot go on without it: if (!CHECK(p)) return;
 */
#define CHECK(condition) unit_check((condition), #condition, __FILE__, __LINE__)
#define CHECK_INT(actual, expected) \
	unit_check_int((long long)(actual), (long long)(expected), #actual, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected) \
	unit_check_text((actual), (expected), #actual, __FILE__, __LINE__)
#define CHECK_BYTES(actual, expected, size) \
	unit_check_bytes((actual), (expected), (size), #actual, __FILE__, __LINE__)

bool unit_check(bool held, const char *condition, const char *file, int line);
bool unit_check_int(long long actual, long long expected, const char *what, const char *file, int line);
bool unit_check_text(const char *actual, const char *expected, const char *what, const char *file,
		     int line);
bool unit_check_bytes(const void *actual, const void *expected, size_t size, const char *what,
		      const char *file, int line);

/* Says what the checks that follow are about (a row of a table, a step); printed if one does not hold. */
__attribute__((format(printf, 1, 2)))
void unit_about(const char *format, ...);

/* Runs the tests in order. Returns the exit status for main: 0 if all held, else 1. */
int unit_run(const struct unit_test *tests, size_t count);

#endif
