/*
 * The half of privilege.h that reads passwd and group; what the kernel is told then, privilege.c
 * knows.
 */
#include "privilege.h"

#include "files.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

#define NOBODY 65534

/* systemd's range for dynamic users: UID_DYNAMIC_MIN of its users-groups.md. */
#define DYNAMIC_FIRST 61184u
#define DYNAMIC_COUNT 4336u

/* What was not asked yet has not been read. */
struct databases {
	struct database {
		const char *path;
		bool read;
		int error;
		struct file file;
	} passwd, group;
	struct identity *identity;
};

static const struct file *lines_of(struct database *database)
{
	if (!database->read)
		database->error = file_read(database->path, &database->file);
	database->read = true;
	return &database->file;
}

/* Writes "--user=nobdy: no such user in /etc/passwd"; false, for its callers to return. */
static bool refuse(struct complaint *complaint, const struct assignment *assignment,
		   const char *value, const char *what)
{
	struct text text = text_over(complaint->message, sizeof complaint->message);

	text_add_place(&text, assignment);
	text_format(&text, "=%s: %s", value, what);
	return false;
}

/* ---- users ---- */

static bool find_in_passwd(const struct file *passwd, const char *wanted, struct user *user)
{
	const char *line;
	size_t offset = 0, length;

	while ((line = file_line(passwd, &offset, &length)))
		if (passwd_line(line, length, user) && passwd_line_matches(user, wanted))
			return true;
	return false;
}

static void copy(char to[static USER_TEXT_MAX], const char *from)
{
	text_copy(to, USER_TEXT_MAX, from, strlen(from));
}

static void make_user(struct user *user, uint32_t id, const char *name, const char *home,
		      const char *shell)
{
	memset(user, 0, sizeof *user);
	user->uid = user->gid = id;
	copy(user->name, name);
	copy(user->home, home);
	copy(user->shell, shell);
}

/*
 * Two users are known without passwd: root, whose line systemd does not even read, and nobody. A
 * number without a line has its own number as its group: engines would give root's.
 */
static bool find_user(struct databases *in, const char *wanted, struct user *user)
{
	uint32_t id;

	if (is_any_of(wanted, "root|0"))
		make_user(user, 0, "root", "/root",
			  access("/bin/bash", F_OK) == 0 ? "/bin/bash" : "/bin/sh");
	else if (find_in_passwd(lines_of(&in->passwd), wanted, user))
		return true;
	else if (strcmp(wanted, "nobody") == 0)
		make_user(user, NOBODY, "nobody", "/", "");
	else if (parse_id(wanted, &id))
		make_user(user, id, "", "/", "");
	else
		return false;
	return true;
}

/*
 * A user that no file knows: its number is made of its name, so that the next container
 * finds its files its own.
 */
static void make_dynamic(const char *name, struct user *user)
{
	make_user(user, DYNAMIC_FIRST + text_hash(name) % DYNAMIC_COUNT, name, "/", "");
}

/* Its shell is for nobody: without User=, SHELL= is not set. */
static void take_own_user(struct databases *in, struct user *user)
{
	char number[16];
	struct text text = text_over(number, sizeof number);
	uid_t uid = geteuid();

	text_format(&text, "%u", uid);
	if (uid == 0)
		make_user(user, uid, "root", "/root", "");
	else
		find_user(in, number, user);
	user->uid = uid; /* which parse_id may have refused */
	user->gid = getegid();
}

static bool resolve_user(const struct config *config, const struct journal *journal,
			 const char *name, struct databases *in, struct user *user,
			 struct complaint *complaint)
{
	const char *wanted = config->user ? config->user : config->dynamic_user ? name : NULL;

	if (!wanted) {
		take_own_user(in, user);
		return true;
	}
	if (find_user(in, wanted, user))
		return true;
	if (!config->dynamic_user)
		return refuse(complaint, journal_last(journal, offsetof(struct config, user)), wanted,
				"no such user in /etc/passwd");
	make_dynamic(wanted, user);
	return true;
}

/* ---- groups ---- */

static bool find_in_group(const struct file *file, const char *wanted, uint32_t *gid)
{
	struct group group;
	const char *line;
	size_t offset = 0, length;

	while ((line = file_line(file, &offset, &length)))
		if (group_line(line, length, &group) && strcmp(group.name, wanted) == 0) {
			*gid = group.gid;
			return true;
		}
	return false;
}

static bool find_group(struct databases *in, const char *wanted, uint32_t *gid)
{
	bool synthesized = is_any_of(wanted, "nogroup|nobody");

	if (strcmp(wanted, "root") == 0)
		*gid = 0;
	else if (!find_in_group(lines_of(&in->group), wanted, gid) && !parse_id(wanted, gid)) {
		if (!synthesized)
			return false;
		*gid = NOBODY;
	}
	return true;
}

/* Keeps the list ascending and none twice; false when it is full. */
static bool add_group(struct identity *identity, gid_t gid)
{
	size_t place = 0;

	while (place < identity->group_count && identity->groups[place] < gid)
		place++;
	if (place < identity->group_count && identity->groups[place] == gid)
		return true;
	if (identity->group_count == USER_GROUPS_MAX)
		return false;
	memmove(identity->groups + place + 1, identity->groups + place,
		(identity->group_count - place) * sizeof *identity->groups);
	identity->groups[place] = gid;
	identity->group_count++;
	return true;
}

/* Like initgroups(3): the user's own group and those that list it. */
static bool add_memberships(struct databases *in)
{
	struct identity *identity = in->identity;
	struct group group;
	const char *line;
	size_t offset = 0, length;
	bool room = add_group(identity, identity->user.gid);

	while (room && identity->user.name[0] && (line = file_line(lines_of(&in->group), &offset, &length)))
		if (group_line(line, length, &group) &&
		    group_has_member(&group, identity->user.name))
			room = add_group(identity, group.gid);
	return room;
}

/* tend's own; of a user that is none of tend's, only the one that is its primary group anyway. */
static bool add_own_groups(struct identity *identity, bool primary_only)
{
	gid_t own[USER_GROUPS_MAX];
	int count = getgroups(USER_GROUPS_MAX, own);
	bool room = count >= 0;

	for (int i = 0; room && i < count; i++)
		if (!primary_only || own[i] == identity->user.gid)
			room = add_group(identity, own[i]);
	return room;
}

static bool add_supplementary(struct databases *in, const struct assignment *assignment,
			      struct complaint *complaint)
{
	const char *cursor = assignment->text, *word;
	char name[USER_TEXT_MAX];
	size_t length;
	uint32_t gid;

	while ((word = next_word(&cursor, &length))) {
		if (!text_copy(name, sizeof name, word, length) || !find_group(in, name, &gid))
			return refuse(complaint, assignment, name, "no such group in /etc/group");
		if (!add_group(in->identity, gid))
			return refuse(complaint, assignment, name, "more than 64 groups");
	}
	return true;
}

static bool resolve_groups(const struct config *config, const struct journal *journal,
			   struct databases *in, struct complaint *complaint)
{
	const struct assignment *assignment;
	struct identity *identity = in->identity;
	size_t cursor = 0;
	bool listed = journal_has(journal, LISTED_GROUPS);
	bool member;

	if (config->group && !find_group(in, config->group, &identity->user.gid))
		return refuse(complaint, journal_last(journal, offsetof(struct config, group)), config->group,
			      "no such group in /etc/group");
	/* As systemd has it, root's group has no members: who is in it is in no other. */
	member = (config->user || config->dynamic_user) && identity->user.gid != 0;
	if (member && !add_memberships(in))
		return refuse(complaint,
			      journal_last(journal, config->user ? offsetof(struct config, user) :
								   offsetof(struct config, dynamic_user)),
			      identity->user.name, "in more than 64 groups");
	/*
	 * systemd leaves a service the groups that it has itself, which on a host are none. tend has what the
	 * engine gave to root, in some images wheel and disk: a user takes nothing of that along. Where tend is
	 * not root they are the service's already, and where nothing is asked for, more than 64 are left alone.
	 */
	if (!member && !listed && identity->change)
		add_own_groups(identity, (config->user || config->dynamic_user) && geteuid() == 0);
	while ((assignment = journal_next(journal, LISTED_GROUPS, &cursor))) {
		identity->change = true;
		if (!add_supplementary(in, assignment, complaint))
			return false;
	}
	return true;
}

/* ---- both ---- */

/*
 * Who is not root can't become another; the engine's choice then stands (--user, runAsUser), the
 * service runs, and privilege_shortfall says it.
 */
static void stay(struct databases *in)
{
	struct identity *identity = in->identity;

	if (!identity->change || geteuid() == 0 || privilege_has(CAP_SETUID))
		return;
	identity->out_of_reach = identity->user.uid != geteuid() || identity->user.gid != getegid();
	identity->change = false;
	identity->group_count = 0;
	take_own_user(in, &identity->user);
	add_own_groups(identity, false);
}

/* Who is looked for in a file that is there, and can't be read, is not just not in it. */
static bool was_read(const struct database *database, struct complaint *complaint)
{
	return database->error == 0 || database->error == ENOENT ||
	       complaint_error(complaint, database->path, database->error);
}

bool privilege_resolve(const struct config *config, const struct journal *journal, const char *name,
		       struct identity *identity, struct complaint *complaint)
{
	struct databases in = {
		.passwd = { .path = "/etc/passwd" },
		.group = { .path = "/etc/group" },
		.identity = identity,
	};
	bool known;

	memset(identity, 0, sizeof *identity);
	identity->change = config->user || config->group || config->dynamic_user;
	known = resolve_user(config, journal, name, &in, &identity->user, complaint) &&
		resolve_groups(config, journal, &in, complaint);
	if (known)
		stay(&in);
	if (identity->change)
		known = was_read(&in.passwd, complaint) && was_read(&in.group, complaint) && known;
	file_drop(&in.passwd.file);
	file_drop(&in.group.file);
	return known;
}
