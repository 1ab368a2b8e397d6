#include "environment.h"

#include "directories.h"
#include "envfile.h"
#include "files.h"
#include "glob.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_ROOM 64

/* A list that grows in the child's arena. Where the arena is full, full says so at the end. */
struct environment {
	const struct spawn *spawn;
	const struct world *world;
	const struct config *config;
	struct arena *arena;
	char **list; /* NULL-terminated */
	size_t count, room;
	bool full;
};

/* ---- text in the arena: all that is left of it is the room ---- */

static struct text open_text(struct environment *environment)
{
	struct arena *arena = environment->arena;

	return text_over(arena->start + arena->used, arena->room - arena->used);
}

/* Keeps what was written; NULL when it was cut. */
static char *close_text(struct environment *environment, const struct text *text)
{
	environment->full |= text->cut;
	if (text->cut || environment->arena->used + text->length + 1 >= environment->arena->room)
		return NULL;
	environment->arena->used += text->length + 1;
	return text->start;
}

/* ---- the list ---- */

static bool make_room(struct environment *environment)
{
	size_t room = environment->room ? 2 * environment->room : FIRST_ROOM;
	char **list;

	if (environment->count + 1 < environment->room)
		return true;
	list = arena_take(environment->arena, room * sizeof *list);
	environment->full |= !list;
	if (!list)
		return false;
	if (environment->count)
		memcpy(list, environment->list, environment->count * sizeof *list);
	environment->list = list;
	environment->room = room;
	return true;
}

static void append(struct environment *environment, char *assignment)
{
	if (!assignment || !make_room(environment))
		return;
	environment->list[environment->count++] = assignment;
	environment->list[environment->count] = NULL;
}

/* The list is empty, and becomes that one, which nobody may write: it is copied when it grows, and before it changes. */
static void adopt(struct environment *environment, char **list)
{
	while (list[environment->count])
		environment->count++;
	environment->list = list;
	environment->room = environment->count + 1;
}

/* Whether the list may be changed. An adopted one has no room left. */
static bool is_own(struct environment *environment)
{
	return environment->list != environment->world->environment || make_room(environment);
}

/* The last one counts, in the place of the first, as systemd merges its lists. */
static void put(struct environment *environment, char *assignment)
{
	size_t length = assignment ? strcspn(assignment, "=") + 1 : 0;

	for (size_t i = 0; assignment && i < environment->count; i++)
		if (strncmp(environment->list[i], assignment, length) == 0) {
			if (is_own(environment))
				environment->list[i] = assignment;
			return;
		}
	append(environment, assignment);
}

__attribute__((format(printf, 2, 3))) static void put_format(struct environment *environment,
							     const char *format, ...)
{
	struct text text = open_text(environment);
	va_list list;

	va_start(list, format);
	text_format_list(&text, format, list);
	va_end(list);
	put(environment, close_text(environment, &text));
}

static const char *container_value(const struct environment *environment, const char *name)
{
	return variable_value(environment->world->environment, name, strlen(name));
}

static void put_container_value(struct environment *environment, const char *name,
				const char *otherwise)
{
	const char *value = container_value(environment, name);

	if (!value)
		value = otherwise;
	if (value)
		put_format(environment, "%s=%s", name, value);
}

/* ---- systemd's order, one function each ---- */

/*
 * Where /bin is no link to /usr/bin (Alpine, old Debian) systemd's path finds half of the commands.
 */
static size_t search_path_length(void)
{
	struct stat bin;
	bool apart = fstatat(AT_FDCWD, "/bin", &bin, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(bin.st_mode);

	return apart ? strlen(DEFAULT_PATH BIN_PATH) : strlen(DEFAULT_PATH);
}

static void put_manager(struct environment *environment)
{
	struct text path = open_text(environment);

	if (!environment->world->unit)
		return;
	text_add(&path, "PATH=");
	text_add_bytes(&path, DEFAULT_PATH BIN_PATH, search_path_length());
	put(environment, close_text(environment, &path));
	put_format(environment, "LANG=C.UTF-8");
}

/*
 * What the engine means for tend itself, and systemd's manager for its own, is not for a unit's
 * commands.
 */
static bool is_ours(const char *assignment)
{
	return after_prefix(assignment, "LISTEN_") || after_prefix(assignment, "NOTIFY_SOCKET=") ||
	       after_prefix(assignment, "WATCHDOG_");
}

static void put_container(struct environment *environment)
{
	if (!environment->config->inherit_environment)
		return;
	if (!environment->world->unit)
		adopt(environment, environment->world->environment);
	else
		for (char **variable = environment->world->environment; *variable; variable++)
			if (!is_ours(*variable))
				put(environment, *variable);
}

static void put_search_path(struct environment *environment)
{
	if (environment->config->exec_search_path)
		put_format(environment, "PATH=%s", environment->config->exec_search_path);
}

static bool may_notify(const struct environment *environment)
{
	enum notify_access access = environment->config->notify_access;

	if (environment->spawn->start || environment->spawn->role == ROLE_MAIN)
		return access != NOTIFY_ACCESS_NONE;
	return access == NOTIFY_ACCESS_EXEC || access == NOTIFY_ACCESS_ALL;
}

static void put_state(struct environment *environment)
{
	const char *const *variables = environment->spawn->variables;

	if (environment->world->notify_path && may_notify(environment))
		put_format(environment, "NOTIFY_SOCKET=%s", environment->world->notify_path);
	if (environment->config->pid_file)
		put_format(environment, "PIDFILE=%s", environment->config->pid_file);
	for (; variables && *variables; variables++)
		put_format(environment, "%s", *variables);
}

bool environment_passes_descriptors(const struct spawn *spawn)
{
	return spawn->start || (spawn->role == ROLE_MAIN && !spawn->world->unit);
}

static void put_descriptors(struct environment *environment)
{
	if (environment->world->listen_fds == 0 || !environment_passes_descriptors(environment->spawn))
		return;
	put_format(environment, "LISTEN_PID=%d", getpid());
	put_format(environment, "LISTEN_FDS=%d", environment->world->listen_fds);
	put_container_value(environment, "LISTEN_FDNAMES", NULL);
}

static void put_watchdog(struct environment *environment)
{
	if (!environment->spawn->watchdog || !environment->spawn->start)
		return;
	put_format(environment, "WATCHDOG_PID=%d", getpid());
	put_format(environment, "WATCHDOG_USEC=%llu",
		   (unsigned long long)environment->config->watchdog);
}

static bool is_placeholder(const char *shell)
{
	const char *name = strrchr(shell, '/');

	return !name || is_any_of(name, "/nologin|/false|/true");
}

/*
 * USER= is there always, the rest with User= alone, and not where it says nothing ("/", nologin);
 * but a home of root's that the container's environment holds would be wrong for another user.
 */
static void put_user(struct environment *environment)
{
	const struct user *user = &environment->world->identity.user;
	bool given = environment->config->user || environment->config->dynamic_user;

	if (user->name[0] && (given || environment->world->unit))
		put_format(environment, "USER=%s", user->name);
	if (!given)
		return;
	if (user->name[0])
		put_format(environment, "LOGNAME=%s", user->name);
	if (user->home[0] == '/' && (user->home[1] || environment->config->inherit_environment))
		put_format(environment, "HOME=%s", user->home);
	if (!is_placeholder(user->shell))
		put_format(environment, "SHELL=%s", user->shell);
}

static void put_terminal(struct environment *environment)
{
	const struct config *config = environment->config;

	if (config->standard_input == STREAM_TTY || config->standard_output == STREAM_TTY ||
	    config->standard_error == STREAM_TTY)
		put_container_value(environment, "TERM", "vt220");
}

static void put_directories(struct environment *environment)
{
	for (enum directory_kind kind = 0; kind < DIRECTORY_KINDS; kind++) {
		struct text text;

		if (!directories_named(environment->world, kind))
			continue;
		text = open_text(environment);
		if (directories_variable(environment->world, kind, &text))
			put(environment, close_text(environment, &text));
	}
}

static void put_exec_pid(struct environment *environment)
{
	if (environment->world->unit)
		put_format(environment, "SYSTEMD_EXEC_PID=%d", getpid());
}

/* Calls use with each word of the list, unquoted, its specifiers replaced, in the arena. */
static void each_word(struct environment *environment, enum listed listed,
		      void (*use)(struct environment *environment, char *word))
{
	const struct assignment *assignment;
	size_t cursor = 0;
	char bad;

	while ((assignment = journal_next(&environment->world->journal, listed, &cursor))) {
		const char *rest = assignment->text;

		for (;;) {
			struct text raw = open_text(environment), text;
			char *word;

			if (quoted_word(&rest, &raw) != 1 ||
			    !(word = close_text(environment, &raw)))
				break;
			text = open_text(environment);
			if (specifiers_expand(&environment->world->specifiers, word, &text, &bad) &&
			    (word = close_text(environment, &text)))
				use(environment, word);
		}
	}
}

static void pass(struct environment *environment, char *name)
{
	put_container_value(environment, name, NULL);
}

static void put_passed(struct environment *environment)
{
	each_word(environment, LISTED_PASS_ENVIRONMENT, pass);
}

static void put_given(struct environment *environment)
{
	each_word(environment, LISTED_ENVIRONMENT, put);
}

/* NAME takes every value away, NAME=VALUE that one. */
static void take(struct environment *environment, char *pattern)
{
	size_t kept = 0;

	if (!is_own(environment))
		return;
	for (size_t i = 0; i < environment->count; i++) {
		char *variable = environment->list[i];

		if (!variable_matches(variable, pattern))
			environment->list[kept++] = variable;
	}
	if (environment->count)
		environment->list[kept] = NULL;
	environment->count = kept;
}

static void take_unset(struct environment *environment)
{
	each_word(environment, LISTED_UNSET_ENVIRONMENT, take);
}

/* ---- EnvironmentFile= ---- */

static bool is_name(const char *assignment)
{
	size_t length = variable_name(assignment);

	return length && assignment[length] == '=';
}

/* 0 or an errno. The text is copied: the file's memory goes with it. */
static int put_file(struct environment *environment, const char *path)
{
	struct file file;
	const char *cursor, *end;
	int error = file_read(path, &file);

	if (error)
		return error;
	cursor = file.text;
	end = file.text + file.length;
	if (memchr(cursor, '\0', file.length))
		error = EBADMSG;
	while (!error) {
		struct text text = open_text(environment);
		char *assignment;

		if (!envfile_next(&cursor, end, &text) ||
		    !(assignment = close_text(environment, &text)))
			break;
		if (is_name(assignment))
			put(environment, assignment);
	}
	file_drop(&file);
	return error;
}

/* What is read of a pattern, and what was wrong with the last one. */
struct reading {
	struct environment *environment;
	bool optional;
	int error;
};

static bool read_one(void *context, const char *path)
{
	struct reading *reading = context;

	reading->error = put_file(reading->environment, path);
	return !reading->error || reading->optional;
}

/* 0 or an errno: ENOENT where nothing is meant. */
static int put_matching(struct environment *environment, const char *pattern, bool optional)
{
	struct reading reading = { .environment = environment, .optional = optional };

	if (glob_each(pattern, read_one, &reading) || optional)
		return 0;
	return reading.error ? reading.error : ENOENT;
}

/* The whole value is one path or a pattern, with a "-" before it if it need not be there. */
static int put_files(struct environment *environment)
{
	const struct journal *journal = &environment->world->journal;
	const struct assignment *assignment;
	size_t cursor = 0;
	char bad;

	while ((assignment = journal_next(journal, LISTED_ENVIRONMENT_FILE, &cursor))) {
		struct text text = open_text(environment);
		bool optional = assignment->text[0] == '-';
		char *path;
		int error;

		specifiers_expand(&environment->world->specifiers, assignment->text + optional,
				  &text, &bad);
		path = close_text(environment, &text);
		error = path ? put_matching(environment, path, optional) : 0;
		if (error) {
			errno = error;
			return STEP_RESOURCES;
		}
	}
	return 0;
}

/* ---- the whole ---- */

int environment_make(const struct spawn *spawn, struct arena *arena, char ***list)
{
	struct environment environment = {
		.spawn = spawn,
		.world = spawn->world,
		.config = &spawn->world->config,
		.arena = arena,
	};
	int status;

	put_manager(&environment);
	put_container(&environment);
	put_search_path(&environment);
	put_state(&environment);
	put_descriptors(&environment);
	put_watchdog(&environment);
	put_user(&environment);
	put_terminal(&environment);
	put_directories(&environment);
	put_exec_pid(&environment);
	put_passed(&environment);
	put_given(&environment);
	status = put_files(&environment);
	if (status)
		return status;
	take_unset(&environment);
	if (!environment.list)
		make_room(&environment);
	*list = environment.list;
	if (!environment.full)
		return 0;
	errno = ENOMEM;
	return EXIT_MEMORY;
}
