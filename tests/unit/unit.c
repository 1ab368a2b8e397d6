#include "unit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_PER_TEST = 20 }; /* an exhaustive test that fails may do so a million times */

static unsigned failures;  /* of checks, in the test that runs */
static char about[512];    /* of unit_about, in the test that runs */

bool unit_check(bool held, const char *condition, const char *file, int line)
{
	if (held || ++failures > SHOWN_PER_TEST)
		return held;
	printf("# %s:%d: does not hold: %s\n", file, line, condition);
	if (*about)
		printf("#     about %s\n", about);
	return false;
}

static bool unequal(const char *what, const char *file, int line)
{
	unit_check(false, what, file, line);
	return failures <= SHOWN_PER_TEST;
}

bool unit_check_int(long long actual, long long expected, const char *what, const char *file, int line)
{
	if (actual == expected)
		return true;
	if (unequal(what, file, line))
		printf("#     is %lld, not %lld\n", actual, expected);
	return false;
}

/* A text in quotes, on one line and without what a terminal would obey. */
static void show_text(const char *name, const char *text, size_t length)
{
	printf("#     %s \"", name);
	for (const char *c = text; c < text + length; c++)
		if (*c >= ' ' && *c <= '~')
			putchar(*c);
		else
			printf("\\x%02x", (unsigned char)*c);
	printf("\"\n");
}

bool unit_check_text(const char *actual, const char *expected, const char *what, const char *file,
		     int line)
{
	if (actual && expected && strcmp(actual, expected) == 0)
		return true;
	if (!actual && !expected)
		return true;
	if (unequal(what, file, line)) {
		show_text("is ", actual ? actual : "(null)", strlen(actual ? actual : "(null)"));
		show_text("not", expected ? expected : "(null)", strlen(expected ? expected : "(null)"));
	}
	return false;
}

bool unit_check_bytes(const void *actual, const void *expected, size_t size, const char *what,
		      const char *file, int line)
{
	if (memcmp(actual, expected, size) == 0)
		return true;
	if (unequal(what, file, line)) {
		show_text("is ", actual, size);
		show_text("not", expected, size);
	}
	return false;
}

void unit_about(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vsnprintf(about, sizeof about, format, values);
	va_end(values);
}

/* The name of a function as a sentence. */
static void show_result(const struct unit_test *test, size_t number)
{
	printf("%s %zu - ", failures ? "not ok" : "ok", number);
	for (const char *c = test->name; *c; c++)
		putchar(*c == '_' ? ' ' : *c);
	putchar('\n');
}

int unit_run(const struct unit_test *tests, size_t count)
{
	bool all_held = true;

	setvbuf(stdout, NULL, _IOLBF, 0); /* what came before a crash is to be seen */
	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++) {
		failures = 0;
		about[0] = '\0';
		tests[i].run();
		if (failures > SHOWN_PER_TEST)
			printf("# and %u more\n", failures - SHOWN_PER_TEST);
		show_result(&tests[i], i + 1);
		all_held = all_held && failures == 0;
	}
	return all_held ? 0 : 1;
}
