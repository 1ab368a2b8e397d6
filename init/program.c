#include "program.h"
#include "conditions.h"
#include "directories.h"

APART static void plan_command(struct program *program, enum list list, const char *value, unsigned index,
			       unsigned flags)
{
	unsigned char *count = &program->plan.count[list];

	if (*count == COMMANDS_MAX)
		return;
	if (*count == 0)
		program->first[list] = program->used;
	program->entries[program->used++] =
		(struct entry){ .value = value, .index = (unsigned char)index, .flags = (unsigned char)flags };
	if (flags & COMMAND_IGNORE_FAILURE)
		program->plan.ignore[list] |= 1ULL << *count;
	++*count;
}

static void plan_list(struct program *program, const struct world *world, enum list list)
{
	const struct assignment *assignment;
	unsigned char flags[COMMANDS_PER_LINE];
	const char *error;
	size_t cursor = 0;

	while ((assignment = journal_next(&world->journal, LISTED(list), &cursor))) {
		unsigned count = command_check(assignment->text, &world->specifiers, flags, &error);

		for (unsigned i = 0; i < count; i++)
			plan_command(program, list, assignment->text, i, flags[i]);
	}
}

/* A check is one command, or a URL, which has no prefixes. */
static struct entry check_entry(const struct world *world, const char *value)
{
	struct entry entry = { .value = value };
	unsigned char flags[COMMANDS_PER_LINE];
	const char *error;

	if (value && command_check(value, &world->specifiers, flags, &error) == 1)
		entry.flags = flags[0];
	return entry;
}

const struct entry *program_entry(const struct program *program, enum list list, unsigned index)
{
	return &program->entries[program->first[list] + index];
}

void program_make(struct program *program, const struct world *world)
{
	struct plan *plan = &program->plan;

	plan->config = &world->config;
	plan->unit = world->unit;
	plan->conditions = conditions_given(world);
	plan->cleans = directories_pending(world, false);
	plan->cleans_on_restart = directories_pending(world, true);
	for (enum list list = 0; list < LIST_CLEAN; list++)
		if (list != LIST_START || !world->command)
			plan_list(program, world, list);
	if (world->command)
		plan_command(program, LIST_START, NULL, 0, 0);
	plan->count[LIST_CLEAN] = 1;
	program->checks[CHECK_READY] = check_entry(world, world->config.ready_check);
	program->checks[CHECK_HEALTH] = check_entry(world, world->config.health_check);
}
