/*
 * privilege: who the service is and what it may: ids, groups, capabilities. The only file that
 * knows libcap.
 */
#ifndef TEND_PRIVILEGE_H
#define TEND_PRIVILEGE_H

#include "options.h"
#include "users.h"

#include <sys/types.h>

/* Who a command runs as; resolved once, before anything is started. */
struct identity {
	/* False: User=, Group=, DynamicUser= and SupplementaryGroups= are not given, or tend can't. */
	bool change;
	/* They asked for other ids than tend's own, which it can't leave, not being root. */
	bool out_of_reach;
	size_t group_count;
	/* Where nothing changes, tend's own. A number without a line in passwd: name "", home "/". */
	struct user user;
	gid_t groups[USER_GROUPS_MAX]; /* ascending, none twice, as the kernel keeps them */
};

/*
 * Reads /etc/passwd and /etc/group (absent files are empty ones: numbers do without) for User=,
 * Group=, SupplementaryGroups= and DynamicUser=, whose user is called name where User= is not
 * given. As systemd: the groups are those of the user's own (initgroups(3), which it leaves out for
 * group 0) and the supplementary ones; without User=, tend's own and the supplementary ones. A
 * number without a line in passwd has the group of the same number. False with a complaint for an
 * unknown name ("--user=nobdy: no such user in /etc/passwd").
 */
bool privilege_resolve(const struct config *config, const struct journal *journal, const char *name,
		       struct identity *identity, struct complaint *complaint);

/*
 * What the unit asks for and tend lacks the privilege to do, where the service starts all the same:
 * to be said once, at start, before privilege_keep. Appends "CAP_KILL is missing: ...; ..." to
 * text; false when there is nothing to say.
 */
bool privilege_shortfall(const struct config *config, const struct identity *identity,
			 struct text *text);

/* Whether that capability is in tend's effective set. */
bool privilege_has(int capability);
/* Whether it is in tend's bounding set, which stays as the engine gave it. */
bool privilege_can_have(int capability);

/*
 * Lowers tend itself, once, before the first start: as root, its permitted and effective sets to
 * what starting and stopping this service still needs (design, "PID 1's rules"); its own
 * inheritable and ambient sets empty; the bounding set stays, it is the service's to lose. Not
 * root: not dumpable (PR_SET_DUMPABLE), since the service has its uid. Returns 0 or an errno; a set
 * that is already smaller is no error.
 */
int privilege_keep(const struct config *config, const struct journal *journal,
		   const struct identity *identity);

/*
 * In the child: becomes the service. Bounding set, secure bits, groups, gid, uid, inheritable and
 * ambient sets, no new privileges: in the one order that works, skipping what is already so (an
 * image that starts as the user needs no capability at all). flags are those of the command
 * (COMMAND_PRIVILEGED, ..._KEEP_IDS). Returns 0, or an exit status of enum exit_status with errno
 * set.
 */
int privilege_become(const struct config *config, const struct identity *identity, unsigned flags);

#endif
