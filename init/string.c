/*
 * string: functions of libc that have a thousand bytes there, for they take long strings by the word
 * and sets of bytes by the bit. Here strings are short and sets have two or three bytes. The linker
 * takes these first; the tests, which watch what is read, have libc's.
 */
#include <stdint.h>
#include <string.h>

static char *writable(const void *place)
{
	return (char *)(uintptr_t)place;
}

size_t strlen(const char *string)
{
	const char *end = string;

	while (*end)
		end++;
	return (size_t)(end - string);
}

char *strchrnul(const char *string, int byte)
{
	while (*string && *string != (char)byte)
		string++;
	return writable(string);
}

char *strchr(const char *string, int byte)
{
	const char *found = strchrnul(string, byte);

	return *found == (char)byte ? writable(found) : NULL;
}

void *memchr(const void *bytes, int byte, size_t count)
{
	for (const unsigned char *at = bytes; count--; at++)
		if (*at == (unsigned char)byte)
			return writable(at);
	return NULL;
}

void *memrchr(const void *bytes, int byte, size_t count)
{
	const unsigned char *first = bytes;

	while (count--)
		if (first[count] == (unsigned char)byte)
			return writable(first + count);
	return NULL;
}

char *strrchr(const char *string, int byte)
{
	return memrchr(string, byte, strlen(string) + 1);
}

/* Few bytes: what is known to be many is copied in place. */
void *memmove(void *target, const void *source, size_t count)
{
	unsigned char *to = target;
	const unsigned char *from = source;

	if ((uintptr_t)to > (uintptr_t)from)
		while (count--)
			to[count] = from[count];
	else
		while (count--)
			*to++ = *from++;
	return target;
}

void *memcpy(void *restrict target, const void *restrict source, size_t count)
{
	return memmove(target, source, count);
}

int memcmp(const void *one, const void *other, size_t count)
{
	const unsigned char *first = one, *second = other;

	for (; count--; first++, second++)
		if (*first != *second)
			return *first - *second;
	return 0;
}

int strcmp(const char *one, const char *other)
{
	return strncmp(one, other, SIZE_MAX);
}

int strncmp(const char *one, const char *other, size_t count)
{
	for (; count--; one++, other++)
		if (*one != *other || !*one)
			return (unsigned char)*one - (unsigned char)*other;
	return 0;
}

size_t strspn(const char *string, const char *accepted)
{
	const char *end = string;

	while (*end && strchr(accepted, *end))
		end++;
	return (size_t)(end - string);
}

size_t strcspn(const char *string, const char *refused)
{
	const char *end = string;

	while (*end && !strchr(refused, *end))
		end++;
	return (size_t)(end - string);
}
