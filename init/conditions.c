#include "conditions.h"
#include "glob.h"
#include "kernel.h"
#include "privilege.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define SYSTEM_UID_MAX 999 /* what distributions give to system users: login.defs(5) */

static bool path_exists(const struct world *world, const char *path)
{
	(void)world;
	return access(path, F_OK) == 0;
}

static bool is_enough(void *context, const char *path)
{
	(void)context;
	(void)path;
	return true;
}

static bool path_exists_glob(const struct world *world, const char *pattern)
{
	(void)world;
	return glob_each(pattern, is_enough, NULL);
}

static bool is_of_type(const char *path, mode_t type, struct stat *status)
{
	int flags = type == S_IFLNK ? AT_SYMLINK_NOFOLLOW : 0;

	return fstatat(AT_FDCWD, path, status, flags) == 0 && (status->st_mode & S_IFMT) == type;
}

static bool path_is_directory(const struct world *world, const char *path)
{
	struct stat status;

	(void)world;
	return is_of_type(path, S_IFDIR, &status);
}

static bool path_is_symbolic_link(const struct world *world, const char *path)
{
	struct stat status;

	(void)world;
	return is_of_type(path, S_IFLNK, &status);
}

/* The root of a mount is on another device than what it is in, or, of a bind mount, is its own parent's other face. */
static bool path_is_mount_point(const struct world *world, const char *path)
{
	char parent[PATH_MAX];
	struct text text = text_over(parent, sizeof parent);
	struct stat inner, outer;

	(void)world;
	text_format(&text, "%s/..", path);
	if (fstatat(AT_FDCWD, path, &inner, 0) != 0 || fstatat(AT_FDCWD, parent, &outer, 0) != 0)
		return false;
	return inner.st_dev != outer.st_dev || inner.st_ino == outer.st_ino;
}

static bool path_is_read_write(const struct world *world, const char *path)
{
	struct statfs status;

	(void)world;
	return syscall(SYS_statfs, path, &status) == 0 && !(status.f_flags & ST_RDONLY);
}

static bool directory_not_empty(const struct world *world, const char *path)
{
	_Alignas(struct dirent) char buffer[512];
	int directory = kernel_open(path, O_RDONLY | O_DIRECTORY);
	long got;

	(void)world;
	if (directory < 0)
		return false;
	/* "." and "..", with their headers of 24 bytes each, are in every directory: anything longer is not empty. */
	got = syscall(SYS_getdents64, directory, buffer, sizeof buffer);
	close(directory);
	return got > 2 * 24;
}

static bool file_not_empty(const struct world *world, const char *path)
{
	struct stat status;

	(void)world;
	return is_of_type(path, S_IFREG, &status) && status.st_size > 0;
}

static bool file_is_executable(const struct world *world, const char *path)
{
	struct stat status;

	(void)world;
	return is_of_type(path, S_IFREG, &status) && status.st_mode & 0111;
}

static bool is_id(const char *value, uint32_t own)
{
	uint32_t id = 0;

	return (strcmp(value, "root") == 0 || parse_id(value, &id)) && id == own;
}

/* tend stands in for the system's manager: its user is who it runs as itself. */
static bool is_user(const struct world *world, const char *value)
{
	(void)world;
	return strcmp(value, "@system") == 0 ? getuid() <= SYSTEM_UID_MAX : is_id(value, getuid());
}

static bool is_group(const struct world *world, const char *value)
{
	(void)world;
	return is_id(value, getgid());
}

static bool in_environment(const struct world *world, const char *value)
{
	for (char **variable = world->environment; *variable; variable++)
		if (variable_matches(*variable, value))
			return true;
	return false;
}

/* tend is in a container of some kind: it says so, and which where the engine has left its mark. */
static bool is_virtualization(const struct world *world, const char *value)
{
	static const struct {
		char engine[7], mark[20];
	} marks[] = {
		{ "docker", "/.dockerenv" },
		{ "podman", "/run/.containerenv" },
	};
	bool yes;

	(void)world;
	if (parse_bool(value, &yes))
		return yes;
	if (strcmp(value, "container") == 0)
		return true;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (strcmp(value, marks[i].engine) == 0)
			return access(marks[i].mark, F_OK) == 0;
	return false;
}

static bool has_capability(const struct world *world, const char *value)
{
	int capability = capability_from_name(value);

	(void)world;
	return capability >= 0 && privilege_can_have(capability);
}

static bool (*const conditions[])(const struct world *world, const char *value) = {
	[CONDITION_PATH_EXISTS] = path_exists,
	[CONDITION_PATH_EXISTS_GLOB] = path_exists_glob,
	[CONDITION_PATH_IS_DIRECTORY] = path_is_directory,
	[CONDITION_PATH_IS_SYMBOLIC_LINK] = path_is_symbolic_link,
	[CONDITION_PATH_IS_MOUNT_POINT] = path_is_mount_point,
	[CONDITION_PATH_IS_READ_WRITE] = path_is_read_write,
	[CONDITION_DIRECTORY_NOT_EMPTY] = directory_not_empty,
	[CONDITION_FILE_NOT_EMPTY] = file_not_empty,
	[CONDITION_FILE_IS_EXECUTABLE] = file_is_executable,
	[CONDITION_USER] = is_user,
	[CONDITION_GROUP] = is_group,
	[CONDITION_ENVIRONMENT] = in_environment,
	[CONDITION_VIRTUALIZATION] = is_virtualization,
	[CONDITION_CAPABILITY] = has_capability,
};

static bool holds(const struct world *world, enum condition condition, const char *value)
{
	char expanded[PATH_MAX], bad;
	struct text text = text_over(expanded, sizeof expanded);

	return specifiers_expand(&world->specifiers, value, &text, &bad) && !text.cut &&
	       conditions[condition](world, expanded);
}

/* One list, the conditions or the assertions. */
static const struct assignment *first_unmet(const struct world *world, enum listed listed)
{
	const struct assignment *row, *trigger = NULL;
	bool triggered = false;
	size_t cursor = 0;

	while ((row = journal_next(&world->journal, listed, &cursor))) {
		const char *value = row->text;
		bool is_trigger = *value == '|', inverted, met;

		value += is_trigger;
		inverted = *value == '!';
		value += inverted;
		met = holds(world, option_condition(row->option), value) != inverted;
		if (!is_trigger && !met)
			return row;
		if (is_trigger)
			trigger = row;
		triggered |= is_trigger && met;
	}
	return triggered ? NULL : trigger;
}

bool conditions_given(const struct world *world)
{
	return journal_has(&world->journal, LISTED_CONDITION) || journal_has(&world->journal, LISTED_ASSERT);
}

bool conditions_hold(const struct world *world, const struct assignment **unmet, bool *assert)
{
	*assert = false;
	*unmet = first_unmet(world, LISTED_CONDITION);
	if (*unmet)
		return false;
	*assert = true;
	*unmet = first_unmet(world, LISTED_ASSERT);
	return !*unmet;
}
