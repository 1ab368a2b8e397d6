#include "glob.h"
#include "files.h"
#include "kernel.h"
#include "text.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* One pattern on its way: the path so far, what is called with those that are whole. */
struct walk {
	struct text path;
	bool (*visit)(void *context, const char *path);
	void *context;
	bool found;
};

/* "[a-z]", "[!a-z]" at *pattern, which is moved behind it; without a "]" it is no bracket, and stands for itself. */
static bool in_bracket(const char **pattern, const char *end, char byte)
{
	const char *at = *pattern + 1;
	bool inverted = at < end && (*at == '!' || *at == '^'), found = false;
	const char *first = at + inverted;

	for (at = first; at < end && (*at != ']' || at == first); at++) {
		const char *low = at;

		if (at + 2 < end && at[1] == '-' && at[2] != ']')
			at += 2;
		found |= *low <= byte && byte <= *at;
	}
	if (at == end)
		return *(*pattern)++ == byte;
	*pattern = at + 1;
	return found != inverted;
}

static bool matches(const char *pattern, const char *end, const char *name)
{
	for (; pattern < end; name++) {
		if (*pattern == '*') {
			for (pattern++; *name && !matches(pattern, end, name); name++)
				;
			return *name || pattern == end;
		}
		if (!*name)
			return false;
		if (*pattern == '[') {
			if (!in_bracket(&pattern, end, *name))
				return false;
			continue;
		}
		pattern += *pattern == '\\' && pattern + 1 < end;
		if (*pattern != '?' && *pattern != *name)
			return false;
		pattern++;
	}
	return !*name;
}

/* A name that begins with a dot is meant only by a pattern that does. */
static bool is_meant(const char *pattern, const char *end, const char *name)
{
	return (*name != '.' || *pattern == '.') && matches(pattern, end, name);
}

/* The first name after `last` that is meant, into next (NAME_MAX + 1 bytes): there is no memory to sort them in. */
static bool next_name(const char *directory, const char *pattern, const char *end, const char *last, char *next)
{
	int descriptor = kernel_open(*directory ? directory : ".", O_RDONLY | O_DIRECTORY);
	struct names names;
	const char *name;

	*next = '\0';
	names_begin(&names, descriptor);
	while ((name = names_next(&names)))
		if (strcmp(name, last) > 0 && (!*next || strcmp(name, next) < 0) && is_meant(pattern, end, name))
			memcpy(next, name, strlen(name) + 1);
	close(descriptor);
	return *next;
}

static void cut_to(struct text *text, size_t length)
{
	text->length = length;
	text->start[length] = '\0';
}

/* Whether to go on. */
static bool walk_from(struct walk *walk, const char *pattern);

static bool walk_into(struct walk *walk, const char *name, size_t length, const char *rest)
{
	size_t before = walk->path.length;
	bool more;

	text_add_bytes(&walk->path, name, length);
	more = walk_from(walk, rest);
	cut_to(&walk->path, before);
	return more;
}

static bool visit_if_there(struct walk *walk)
{
	if (access(walk->path.start, F_OK) != 0)
		return true;
	walk->found = true;
	return walk->visit(walk->context, walk->path.start);
}

static bool walk_names(struct walk *walk, const char *part, const char *end)
{
	char name[NAME_MAX + 1] = "", next[NAME_MAX + 1];
	bool more = true;

	while (more && next_name(walk->path.start, part, end, name, next)) {
		memcpy(name, next, sizeof name);
		more = walk_into(walk, name, strlen(name), end);
	}
	return more;
}

static bool walk_from(struct walk *walk, const char *pattern)
{
	size_t slashes = strspn(pattern, "/"), before = walk->path.length;
	const char *part = pattern + slashes, *end = part + strcspn(part, "/");
	bool plain = strcspn(part, "*?[\\") >= (size_t)(end - part), more;

	text_add_bytes(&walk->path, pattern, slashes);
	if (part == end)
		more = visit_if_there(walk);
	else if (plain)
		more = walk_into(walk, part, (size_t)(end - part), end);
	else
		more = walk_names(walk, part, end);
	cut_to(&walk->path, before);
	return more;
}

bool glob_each(const char *pattern, bool (*visit)(void *context, const char *path), void *context)
{
	char bytes[PATH_MAX];
	struct walk walk = { .path = text_over(bytes, sizeof bytes), .visit = visit, .context = context };

	return walk_from(&walk, pattern) && walk.found;
}
