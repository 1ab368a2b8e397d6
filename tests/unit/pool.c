/* pool: libcap gets memory as calloc would give it, so much and no more. */
#include "pool.h"
#include "unit.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

static void all_sets_can_be_taken_and_none_twice(void)
{
	void *sets[POOL_SETS];

	for (int i = 0; i < POOL_SETS; i++) {
		sets[i] = pool_take(1, POOL_SET_SIZE);
		CHECK(sets[i] != NULL);
		for (int j = 0; j < i; j++)
			CHECK(sets[i] != sets[j]);
	}
	errno = 0;
	CHECK(pool_take(1, 1) == NULL);
	CHECK_INT(errno, ENOMEM);
	for (int i = 0; i < POOL_SETS; i++)
		pool_give(sets[i]);
}

static void what_is_given_back_can_be_taken_again(void)
{
	for (int i = 0; i < 10 * POOL_SETS; i++) {
		void *set = pool_take(1, POOL_SET_SIZE);

		CHECK(set != NULL);
		pool_give(set);
	}
}

static void a_set_is_zero_and_aligned_whatever_was_in_it(void)
{
	static const unsigned char zero[POOL_SET_SIZE];

	for (int i = 0; i < 2; i++) {
		void *set = pool_take(1, POOL_SET_SIZE);

		if (!CHECK(set != NULL))
			return;
		CHECK_BYTES(set, zero, POOL_SET_SIZE);
		CHECK_INT((uintptr_t)set % alignof(max_align_t), 0);
		memset(set, 0xa5, POOL_SET_SIZE);
		pool_give(set);
	}
}

static void what_no_set_can_hold_is_refused(void)
{
	static const struct { size_t members, size; } requests[] = {
		{ 1, POOL_SET_SIZE + 1 }, { POOL_SET_SIZE + 1, 1 }, { 2, POOL_SET_SIZE },
		{ SIZE_MAX, 1 }, { 1, SIZE_MAX }, { SIZE_MAX, 2 }, { SIZE_MAX / 2 + 2, 2 }, { 1, 0 },
	};

	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		unit_about("%zu times %zu bytes", requests[i].members, requests[i].size);
		errno = 0;
		CHECK(pool_take(requests[i].members, requests[i].size) == NULL);
		CHECK_INT(errno, ENOMEM);
	}
}

static void giving_back_nothing_does_nothing(void)
{
	void *set = pool_take(1, 1);

	pool_give(NULL);
	CHECK(pool_take(1, 1) != set);
	pool_give(set);
}

int main(void)
{
	static const struct unit_test tests[] = {
		TEST(all_sets_can_be_taken_and_none_twice),
		TEST(what_is_given_back_can_be_taken_again),
		TEST(a_set_is_zero_and_aligned_whatever_was_in_it),
		TEST(what_no_set_can_hold_is_refused),
		TEST(giving_back_nothing_does_nothing),
	};

	return unit_run(tests, sizeof tests / sizeof *tests);
}
