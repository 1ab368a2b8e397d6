#include "pool.h"

#include <errno.h>
#include <stdalign.h>
#include <stdbool.h>
#include <string.h>

/*
 * An allocator is the one thing that has no owner to keep its state for it. It is written before
 * PID 1 starts its first child and in children, never by a signal handler or a second thread.
 */
static struct set {
	alignas(max_align_t) unsigned char memory[POOL_SET_SIZE];
	bool taken;
} sets[POOL_SETS];

void *pool_take(size_t members, size_t size)
{
	bool fits = size != 0 && members <= POOL_SET_SIZE / size;

	for (struct set *set = sets; fits && set < sets + POOL_SETS; set++)
		if (!set->taken) {
			set->taken = true;
			return memset(set->memory, 0, sizeof set->memory);
		}
	errno = ENOMEM;
	return NULL;
}

void pool_give(void *memory)
{
	for (struct set *set = sets; set < sets + POOL_SETS; set++)
		if (set->memory == memory)
			set->taken = false;
}
