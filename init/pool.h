#ifndef TEND_POOL_H
#define TEND_POOL_H

#include <stddef.h>

/*
 * libcap's memory. It keeps each set that it hands out on the heap; libcap.sh compiles it with
 * pool_take and pool_give in the place of calloc and free, so that no general allocator is linked.
 */

/*
 * Takes the size of an array as calloc(3) does. Gives zeroed memory, or NULL with errno ENOMEM
 * where the request is larger than a set of libcap's or POOL_SETS are in use: libcap's callers hear
 * of it as of any other failure. The memory is the caller's until pool_give.
 */
void *pool_take(size_t members, size_t size);

/* Takes back what pool_take gave; NULL is nothing. */
void pool_give(void *memory);

enum { POOL_SETS = 4, POOL_SET_SIZE = 128 };

#endif
