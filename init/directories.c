#include "directories.h"
#include "files.h"
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct kind {
	char root[12];
	unsigned char status;
} kinds[DIRECTORY_KINDS] = {
	[DIRECTORY_RUNTIME] = { "/run/", EXIT_RUNTIME_DIRECTORY },
	[DIRECTORY_STATE] = { "/var/lib/", EXIT_STATE_DIRECTORY },
	[DIRECTORY_CACHE] = { "/var/cache/", EXIT_CACHE_DIRECTORY },
	[DIRECTORY_LOGS] = { "/var/log/", EXIT_LOGS_DIRECTORY },
	[DIRECTORY_CONFIGURATION] = { "/etc/", EXIT_CONFIGURATION_DIRECTORY },
};

static enum listed list_of(const struct kind *kind)
{
	return (enum listed)(LISTED_RUNTIME_DIRECTORY + (kind - kinds));
}

/* ---- what the unit names: "name" or "name:link", both below the kind's root ---- */

struct item {
	char path[PATH_MAX]; /* of the directory, absolute */
	char link[PATH_MAX]; /* of a symbolic link to it, absolute; "" for none */
};

/* One of the two, without needless slashes; false when it does not fit. */
static bool read_path(const struct kind *kind, const char *part, size_t length,
		      char out[static PATH_MAX])
{
	struct text path = text_over(out, PATH_MAX);

	text_add(&path, kind->root);
	for (size_t i = 0; i < length; i++)
		if (part[i] != '/' || path.start[path.length - 1] != '/')
			text_add_byte(&path, part[i]);
	if (path.start[path.length - 1] == '/')
		path.start[--path.length] = '\0';
	return !path.cut;
}

static bool read_item(const struct world *world, const struct kind *kind, const char *word,
		      struct item *item)
{
	char expanded[2 * PATH_MAX], bad;
	struct text text = text_over(expanded, sizeof expanded);
	size_t source, link;

	if (!specifiers_expand(&world->specifiers, word, &text, &bad) || text.cut)
		return false;
	source = strcspn(expanded, ":");
	link = expanded[source] ? strcspn(expanded + source + 1, ":") : 0;
	item->link[0] = '\0';
	return read_path(kind, expanded, source, item->path) &&
	       (link == 0 || read_path(kind, expanded + source + 1, link, item->link));
}

typedef int visitor(const struct world *world, const struct kind *kind, const struct item *item,
		    void *context);

/* Until visit returns anything but 0, which is returned. */
static int each_item(const struct world *world, const struct kind *kind, visitor *visit,
		     void *context)
{
	const struct assignment *assignment;
	char word[2 * PATH_MAX];
	struct text text = text_over(word, sizeof word);
	struct item item;
	size_t cursor = 0;
	int result = 0;

	while (result == 0 && (assignment = journal_next(&world->journal, list_of(kind), &cursor))) {
		const char *rest = assignment->text;

		while (result == 0 && quoted_word(&rest, &text) == 1) {
			errno = ENAMETOOLONG;
			result = -1;
			if (read_item(world, kind, word, &item))
				result = visit(world, kind, &item, context);
		}
	}
	return result;
}

/* ---- paths: walked component by component, for a service may put links where it owns ---- */

/* Only root, or who tend is, may send tend elsewhere. */
static bool is_trusted_link(int parent, const char *name)
{
	struct stat link;

	return fstatat(parent, name, &link, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(link.st_mode) &&
	       (link.st_uid == 0 || link.st_uid == geteuid());
}

static int enter(int parent, const char *name, int access)
{
	int flags = access | O_DIRECTORY | O_CLOEXEC;
	int directory = openat(parent, name, flags | O_NOFOLLOW, 0);

	if (directory < 0 && (errno == ENOTDIR || errno == ELOOP) && is_trusted_link(parent, name))
		directory = openat(parent, name, flags, 0);
	return directory;
}

/*
 * Opens the directory that holds path's last component, whose name is copied. Missing ones are made
 * with mode 0755 where make is true. A descriptor, or -1.
 */
static int enter_parent(const char *path, bool make, char name[static PATH_MAX])
{
	int parent = kernel_open("/", O_PATH | O_DIRECTORY), next;

	while (parent >= 0 && *path++) {
		struct text component = text_over(name, PATH_MAX);

		text_add_bytes(&component, path, strcspn(path, "/"));
		path += component.length;
		if (!*path)
			break;
		next = enter(parent, name, O_PATH);
		if (next < 0 && errno == ENOENT && make && mkdirat(parent, name, 0755) == 0)
			next = enter(parent, name, O_PATH);
		close(parent);
		parent = next;
	}
	return parent;
}

/* ---- whole trees ---- */

typedef int treatment(int parent, const char *name, bool is_directory, const void *context);

static int walk(int directory, dev_t device, treatment *treat, const void *context);

/*
 * First what a directory holds, then itself. Links are not followed, nor is another file system
 * entered unless device is 0.
 */
static int walk_entry(int parent, const char *name, dev_t device, treatment *treat,
		      const void *context)
{
	struct stat status;
	int directory, result = 0;

	if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (S_ISDIR(status.st_mode) && (device == 0 || status.st_dev == device)) {
		directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
		if (directory < 0)
			return -1;
		result = walk(directory, device, treat, context);
		close(directory);
	}
	return treat(parent, name, S_ISDIR(status.st_mode), context) < 0 ? -1 : result;
}

static int walk(int directory, dev_t device, treatment *treat, const void *context)
{
	struct names names;
	const char *name;
	int result = 0;

	names_begin(&names, directory);
	while ((name = names_next(&names)))
		if (!is_any_of(name, ".|..") &&
		    walk_entry(directory, name, device, treat, context) < 0)
			result = -1;
	return names.got < 0 ? -1 : result;
}

/* ---- making ---- */

static int change_owner(int parent, const char *name, bool is_directory, const void *context)
{
	const struct user *user = context;

	(void)is_directory;
	return fchownat(parent, name, user->uid, user->gid, AT_SYMLINK_NOFOLLOW);
}

/*
 * As systemd: where the directory itself has its owner all it holds is taken to have it too, and so
 * it is changed last. What tend may not do it leaves, if it is not root: the service has to live
 * with it.
 */
static int settle(int directory, unsigned mode, const struct user *user)
{
	struct stat status;
	int result = 0;

	if (fstatat(directory, "", &status, AT_EMPTY_PATH) < 0)
		return -1;
	if ((status.st_mode & 07777) != mode)
		result = fchmod(directory, mode);
	if (result == 0 && (status.st_uid != user->uid || status.st_gid != user->gid)) {
		result = walk(directory, 0, change_owner, user);
		if (result == 0)
			result = fchown(directory, user->uid, user->gid);
	}
	return result < 0 && errno == EPERM && geteuid() != 0 ? 0 : result;
}

/* Systemd leaves a configuration directory alone that is there. */
static int make_directory(const struct world *world, const struct kind *kind, const char *path)
{
	unsigned mode = world->config.directory_mode[kind - kinds];
	char name[PATH_MAX];
	int parent = enter_parent(path, true, name), directory, result = -1;
	bool made, left;

	if (parent < 0)
		return -1;
	made = mkdirat(parent, name, mode) == 0;
	directory = made || errno == EEXIST ? enter(parent, name, O_RDONLY) : -1;
	if (directory >= 0) {
		left = !made && kind == &kinds[DIRECTORY_CONFIGURATION];
		result = left ? 0 : settle(directory, mode, &world->identity.user);
		close(directory);
	}
	close(parent);
	return result;
}

/* Both are below the same root: the way from the one to the other goes up to it. */
static void relative_path(const struct kind *kind, const struct item *item, struct text *text)
{
	size_t root = strlen(kind->root);

	for (const char *at = item->link + root; (at = strchr(at, '/')); at++)
		text_add(text, "../");
	text_add(text, item->path + root);
}

static bool is_link_to(int parent, const char *name, const char *target)
{
	char now[PATH_MAX];
	ssize_t length = readlinkat(parent, name, now, sizeof now);

	return length == (ssize_t)strlen(target) && memcmp(now, target, (size_t)length) == 0;
}

static int make_link(const struct kind *kind, const struct item *item)
{
	char target[PATH_MAX], name[PATH_MAX];
	struct text text = text_over(target, sizeof target);
	int parent = enter_parent(item->link, true, name), result;

	relative_path(kind, item, &text);
	if (parent < 0)
		return -1;
	result = symlinkat(target, parent, name);
	if (result < 0 && errno == EEXIST && is_link_to(parent, name, target))
		result = 0;
	close(parent);
	return result;
}

static int make_item(const struct world *world, const struct kind *kind, const struct item *item,
		     void *context)
{
	(void)context;
	if (make_directory(world, kind, item->path) < 0)
		return -1;
	return item->link[0] ? make_link(kind, item) : 0;
}

APART bool directories_named(const struct world *world, enum directory_kind kind)
{
	return journal_has(&world->journal, list_of(&kinds[kind]));
}

/* Modes are the unit's, whatever the umask. */
static int make_kind(const struct world *world, const struct kind *kind)
{
	mode_t mask = umask(0);
	int result = each_item(world, kind, make_item, NULL);

	umask(mask);
	return result;
}

int directories_make(const struct world *world)
{
	for (enum directory_kind kind = 0; kind < DIRECTORY_KINDS; kind++)
		if (directories_named(world, kind) && make_kind(world, &kinds[kind]) < 0)
			return kinds[kind].status;
	return 0;
}

/* ---- the variable ---- */

/*
 * The end comes first, then the slash, so that what a directory holds follows it, as systemd sorts
 * them.
 */
static int rank(char byte)
{
	return byte == '\0' ? -2 : byte == '/' ? -1 : (unsigned char)byte;
}

static int compare_paths(const char *one, const char *other)
{
	while (*one && *one == *other) {
		one++;
		other++;
	}
	return rank(*one) - rank(*other);
}

struct sorted {
	char last[PATH_MAX], next[PATH_MAX];
};

/* Keeps the smallest that is larger than the last. */
static int find_next(const struct world *world, const struct kind *kind, const struct item *item,
		     void *context)
{
	struct sorted *sorted = context;

	(void)world;
	(void)kind;
	if (compare_paths(item->path, sorted->last) > 0 &&
	    (sorted->next[0] == '\0' || compare_paths(item->path, sorted->next) < 0))
		memcpy(sorted->next, item->path, sizeof sorted->next);
	return 0;
}

/* By itself: its frame is pages that a child does not touch where no directory is named. */
APART bool directories_variable(const struct world *world, enum directory_kind number,
						    struct text *text)
{
	const struct kind *kind = &kinds[number];
	struct sorted sorted;

	sorted.last[0] = sorted.next[0] = '\0';
	each_item(world, kind, find_next, &sorted);
	if (sorted.next[0] == '\0')
		return false;
	text_add_words(text, listed_key(list_of(kind)), '_', 0);
	text_add_byte(text, '=');
	while (sorted.next[0]) {
		text_add(text, sorted.last[0] ? ":" : "");
		text_add(text, sorted.next);
		memcpy(sorted.last, sorted.next, sizeof sorted.last);
		sorted.next[0] = '\0';
		each_item(world, kind, find_next, &sorted);
	}
	return true;
}

/* ---- removing ---- */

static bool removes_runtime(const struct world *world, bool restarting)
{
	enum preserve preserve = world->config.runtime_directory_preserve;

	return preserve == PRESERVE_NO || (preserve == PRESERVE_RESTART && !restarting);
}

bool directories_pending(const struct world *world, bool restarting)
{
	return world->config.pid_file ||
	       (removes_runtime(world, restarting) && directories_named(world, DIRECTORY_RUNTIME));
}

/* What is mounted can't be removed: it is emptied. */
static int remove_entry(int parent, const char *name, bool is_directory, const void *context)
{
	(void)context;
	if (unlinkat(parent, name, is_directory ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT ||
	    errno == EBUSY)
		return 0;
	return -1;
}

static int remove_path(const char *path)
{
	char name[PATH_MAX];
	struct stat status;
	int parent = enter_parent(path, false, name), result = 0;

	if (parent < 0)
		return errno == ENOENT ? 0 : -1;
	if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
		result = walk_entry(parent, name, status.st_dev, remove_entry, NULL);
	close(parent);
	return result;
}

static int remove_pid_file(const char *path)
{
	char name[PATH_MAX];
	int parent = enter_parent(path, false, name), result;

	if (parent < 0)
		return errno == ENOENT ? 0 : -1;
	result = remove_entry(parent, name, false, NULL);
	close(parent);
	return result;
}

/* One that can't be removed keeps no other. */
static int remove_item(const struct world *world, const struct kind *kind, const struct item *item,
		       void *context)
{
	int *error = context;

	(void)world;
	(void)kind;
	if (remove_path(item->path) < 0 || (item->link[0] && remove_path(item->link) < 0))
		*error = errno;
	return 0;
}

int directories_remove(const struct world *world, bool restarting)
{
	int error = 0;

	if (removes_runtime(world, restarting))
		each_item(world, &kinds[DIRECTORY_RUNTIME], remove_item, &error);
	if (world->config.pid_file && remove_pid_file(world->config.pid_file) < 0)
		error = errno;
	return error;
}
