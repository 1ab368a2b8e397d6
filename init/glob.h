/* glob: paths with "*", "?" and "[a-z]", as in glob(7); libc's own takes 40 KB and the heap. */
#ifndef TEND_GLOB_H
#define TEND_GLOB_H

#include <stdbool.h>

/*
 * Calls visit with each path that exists and that the pattern means, in the order of their names, until
 * visit returns false. A pattern without any of those characters is a path like another. Returns false if
 * visit has, or if there was none; a directory that can't be read has nothing in it.
 */
bool glob_each(const char *pattern, bool (*visit)(void *context, const char *path), void *context);

#endif
