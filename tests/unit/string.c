/* string: our own functions for strings give what libc's give. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static size_t libc_strlen(const char *string) { return strlen(string); }
static char *libc_strchr(const char *string, int byte) { return strchr(string, byte); }
static char *libc_strchrnul(const char *string, int byte) { return strchrnul(string, byte); }
static void *libc_memchr(const void *bytes, int byte, size_t count) { return memchr(bytes, byte, count); }
static int libc_strncmp(const char *a, const char *b, size_t count) { return strncmp(a, b, count); }
static size_t libc_strspn(const char *string, const char *set) { return strspn(string, set); }
static size_t libc_strcspn(const char *string, const char *set) { return strcspn(string, set); }

#undef strlen
#undef strchr
#undef strncmp
#define strlen our_strlen
#define strchr our_strchr
#define strchrnul our_strchrnul
#define __strchrnul our_other_strchrnul
#define memchr our_memchr
#define strncmp our_strncmp
#define strspn our_strspn
#define strcspn our_strcspn

size_t strlen(const char *string);
char *strchr(const char *string, int byte);
char *strchrnul(const char *string, int byte);
void *memchr(const void *bytes, int byte, size_t count);
int strncmp(const char *one, const char *other, size_t count);
size_t strspn(const char *string, const char *accepted);
size_t strcspn(const char *string, const char *refused);

#include "../../init/string.c"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const strings[] = {
	"", "a", "b", "aa", "ab", "ba", "abc", "abcabc", "=", "a=b", " \t x", "\xff", "a\xff", "\x80z",
};
static const int bytes[] = { 0, 'a', 'b', 'c', '=', ' ', 0xff, 0x80, -1, 'z', 256 + 'a' };

static void a_byte_is_found_where_libc_finds_it(void)
{
	for (size_t i = 0; i < COUNT(strings); i++)
		for (size_t j = 0; j < COUNT(bytes); j++) {
			unit_about("'%s', %d", strings[i], bytes[j]);
			CHECK(strchr(strings[i], bytes[j]) == libc_strchr(strings[i], bytes[j]));
			CHECK(strchrnul(strings[i], bytes[j]) == libc_strchrnul(strings[i], bytes[j]));
			CHECK(__strchrnul(strings[i], bytes[j]) == libc_strchrnul(strings[i], bytes[j]));
			for (size_t n = 0; n <= libc_strlen(strings[i]) + 1; n++)
				CHECK(memchr(strings[i], bytes[j], n) == libc_memchr(strings[i], bytes[j], n));
		}
}

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

static void lengths_and_orders_are_libcs(void)
{
	for (size_t i = 0; i < COUNT(strings); i++) {
		CHECK_INT(strlen(strings[i]), libc_strlen(strings[i]));
		for (size_t j = 0; j < COUNT(strings); j++) {
			unit_about("'%s', '%s'", strings[i], strings[j]);
			CHECK_INT(strspn(strings[i], strings[j]), libc_strspn(strings[i], strings[j]));
			CHECK_INT(strcspn(strings[i], strings[j]), libc_strcspn(strings[i], strings[j]));
			for (size_t n = 0; n < 8; n++)
				CHECK_INT(sign(strncmp(strings[i], strings[j], n)),
					  sign(libc_strncmp(strings[i], strings[j], n)));
		}
	}
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(a_byte_is_found_where_libc_finds_it),
		TEST(lengths_and_orders_are_libcs),
	};

	return unit_run(tests, COUNT(tests));
}
