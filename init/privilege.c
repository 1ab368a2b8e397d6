#include "privilege.h"

#include "command.h"
#include "kernel.h"
#include "names.h"

#include <errno.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * musl's wrappers of these three bring 4 KiB, with which all threads of a process change together.
 * Here is one thread. 32-bit machines have them twice, for 16-bit ids too.
 */
#ifdef SYS_setresuid32
#define SET_USER SYS_setresuid32
#define SET_GROUP SYS_setresgid32
#define SET_GROUPS SYS_setgroups32
#else
#define SET_USER SYS_setresuid
#define SET_GROUP SYS_setresgid
#define SET_GROUPS SYS_setgroups
#endif

/* prctl(2), Linux 6.3; older headers of the kernel don't have them. */
#define SET_MDWE 65
#define MDWE_REFUSE_EXEC_GAIN 1UL

/* A set of capabilities: bit N is capability N of capabilities(7). */
#define BIT(capability) (UINT64_C(1) << (capability))

/* ---- tend's own sets ---- */

static uint64_t own_set(cap_flag_t which)
{
	cap_t own = cap_get_proc();
	uint64_t set = 0;

	for (cap_value_t capability = 0; capability <= CAPABILITY_MAX; capability++) {
		cap_flag_value_t value = CAP_CLEAR;

		if (cap_get_flag(own, capability, which, &value) == 0 && value == CAP_SET)
			set |= BIT(capability);
	}
	cap_free(own);
	return set;
}

static void fill(cap_t caps, cap_flag_t which, uint64_t set)
{
	for (cap_value_t capability = 0; capability <= CAPABILITY_MAX; capability++)
		if (set & BIT(capability))
			cap_set_flag(caps, which, 1, &capability, CAP_SET);
}

/* The effective set becomes the permitted one. 0, or -1 with errno. */
static int set_own(uint64_t permitted, uint64_t inheritable)
{
	cap_t caps = cap_init();
	int result, error;

	if (!caps)
		return -1;
	fill(caps, CAP_PERMITTED, permitted);
	fill(caps, CAP_EFFECTIVE, permitted);
	fill(caps, CAP_INHERITABLE, inheritable);
	result = cap_set_proc(caps);
	error = errno;
	cap_free(caps);
	errno = error;
	return result;
}

static uint64_t own_bounding_set(void)
{
	uint64_t set = 0;

	for (cap_value_t capability = 0; capability <= CAPABILITY_MAX; capability++)
		if (cap_get_bound(capability) == 1)
			set |= BIT(capability);
	return set;
}

bool privilege_has(int capability)
{
	return own_set(CAP_EFFECTIVE) & BIT(capability);
}

bool privilege_can_have(int capability)
{
	return cap_get_bound(capability) == 1;
}

/* ---- what the unit asks for ---- */

static uint64_t wanted_bounding_set(const struct config *config)
{
	return (config->bounding_set_given ? config->bounding_set : UINT64_MAX) &
	       ~config->sandbox_drops;
}

/* Nothing is asked for: the service gets what tend was given, as if tend were not there. */
static bool hands_on(const struct config *config)
{
	return !config->user && !config->group && !config->dynamic_user &&
	       config->ambient_set == 0 && wanted_bounding_set(config) == UINT64_MAX;
}

static bool any_directory(const struct journal *journal)
{
	for (enum listed kind = LISTED_RUNTIME_DIRECTORY; kind <= LISTED_CONFIGURATION_DIRECTORY; kind++)
		if (journal_has(journal, kind))
			return true;
	return false;
}

/* Whether children make, open or remove files as root that another user may own. */
static bool touches_files(const struct config *config, const struct journal *journal)
{
	return config->pid_file || config->input_path || config->output_path ||
	       config->error_path || any_directory(journal) || journal_has(journal, LISTED_ENVIRONMENT_FILE);
}

static bool raises_limits(const struct config *config)
{
	for (size_t i = 0; i < LIMIT_COUNT; i++)
		if (config->limits[i].set)
			return true;
	return config->oom_score_set;
}

static uint64_t needed_set(const struct config *config, const struct journal *journal,
			   const struct identity *identity)
{
	uint64_t set = BIT(CAP_KILL) | BIT(CAP_SETUID) | BIT(CAP_SETGID) | BIT(CAP_SETPCAP) |
		       config->ambient_set;

	if (touches_files(config, journal))
		set |= BIT(CAP_CHOWN) | BIT(CAP_FOWNER) | BIT(CAP_FSETID) | BIT(CAP_DAC_OVERRIDE);
	/* A "+" command enters the service's directory as root: it may be the user's own, of mode 0700. */
	if (config->working_directory)
		set |= BIT(CAP_DAC_OVERRIDE);
	if (raises_limits(config))
		set |= BIT(CAP_SYS_RESOURCE);
	if (config->nice_set || config->scheduling_set || config->io_set || config->affinity_set)
		set |= BIT(CAP_SYS_NICE);
	/*
	 * With no-new-privileges an exec by root gives no more than there was before it:
	 * capabilities(7).
	 */
	if (identity->user.uid == 0)
		set |= wanted_bounding_set(config);
	return set;
}

int privilege_keep(const struct config *config, const struct journal *journal,
		   const struct identity *identity)
{
	uint64_t inheritable, keep;

	/* All that root has may be for the service to have. */
	if (hands_on(config) && identity->user.uid == 0)
		return 0;
	keep = own_set(CAP_PERMITTED);
	inheritable = own_set(CAP_INHERITABLE);
	if (geteuid() == 0)
		keep &= needed_set(config, journal, identity);
	else if (kernel_prctl(PR_SET_DUMPABLE, 0) < 0)
		return errno;
	if (!hands_on(config)) {
		inheritable = 0;
		cap_reset_ambient(); /* EINVAL: a kernel without an ambient set */
	}
	return set_own(keep, inheritable) < 0 ? errno : 0;
}

static void add_missing_ambient(struct text *text, uint64_t missing)
{
	for (int capability = 0; capability <= CAPABILITY_MAX; capability++)
		if (missing & BIT(capability)) {
			text_add(text, "AmbientCapabilities=: ");
			text_add_capability(text, capability);
			text_add(text, " can't be had here; ");
		}
}

static bool lacks(uint64_t effective, int capability, bool wanted)
{
	return wanted && !(effective & BIT(capability));
}

bool privilege_shortfall(const struct config *config, const struct identity *identity,
			 struct text *text)
{
	uint64_t effective, excess, wanted = wanted_bounding_set(config);
	size_t before = text->length;

	if (hands_on(config))
		return false;
	effective = own_set(CAP_EFFECTIVE);
	excess = own_bounding_set() & ~wanted;
	if (identity->out_of_reach)
		text_format(text, "not root: the service runs as uid %u, gid %u; ",
			    identity->user.uid, identity->user.gid);
	if (lacks(effective, CAP_KILL, geteuid() != identity->user.uid))
		text_add(text, "CAP_KILL is missing: the service can't be sent signals; ");
	if (lacks(effective, CAP_SETPCAP, excess && (wanted || config->no_new_privileges != THREE_YES)))
		text_format(text, "CAP_SETPCAP is missing: %s; ", wanted ?
			    "the bounding set can't be lowered" :
			    "no-new-privileges stands in for the empty bounding set");
	add_missing_ambient(text, config->ambient_set & ~own_set(CAP_PERMITTED));
	if (text->length == before)
		return false;
	text->length -= 2;
	text->start[text->length] = '\0';
	return true;
}

/* ---- becoming the service ---- */

struct becoming {
	const struct config *config;
	const struct identity *identity;
	uint64_t bounding, ambient;
	bool ids;     /* user and groups are to be changed */
	bool sealed;  /* no-new-privileges stands in for the empty bounding set that can't be had */
	bool as_root; /* tend is root */
};

static bool same_groups(const struct identity *identity)
{
	gid_t now[USER_GROUPS_MAX];
	int count = getgroups(USER_GROUPS_MAX, now);

	return count >= 0 && (size_t)count == identity->group_count &&
	       memcmp(now, identity->groups, identity->group_count * sizeof *now) == 0;
}

/*
 * With CAP_SETGID only a user namespace can say no: user_namespaces(7), /proc/PID/setgroups.
 * systemd goes on with the groups that there are, too.
 */
static bool set_groups(const struct identity *identity)
{
	return same_groups(identity) ||
	       syscall(SET_GROUPS, identity->group_count, identity->groups) == 0 ||
	       (errno == EPERM && privilege_has(CAP_SETGID));
}

static int become_groups(struct becoming *to)
{
	gid_t gid = to->identity->user.gid;
	gid_t real, effective, saved;

	if (!to->ids)
		return 0;
	if (!set_groups(to->identity))
		return EXIT_GROUP;
	getresgid(&real, &effective, &saved);
	if (real == gid && effective == gid && saved == gid)
		return 0;
	return syscall(SET_GROUP, gid, gid, gid) < 0 ? EXIT_GROUP : 0;
}

/*
 * Who lacks CAP_SETPCAP can't lower the bounding set. Where the set asked for is empty,
 * no-new-privileges and empty sets of its own hold a process to the same: nothing can be gained.
 * Where tend is not root, the service is not either, and the set bounds nothing but what files
 * grant. What the sandboxing keys would take is left, as systemd leaves a sandbox that can't be
 * had. privilege_shortfall has said it.
 */
static int bounding_stays(struct becoming *to)
{
	bool refused =
	    to->config->bounding_set_given && own_bounding_set() & ~to->config->bounding_set;

	to->sealed = to->bounding == 0;
	return to->sealed || !to->as_root || !refused ? 0 : EXIT_CAPABILITIES;
}

static int become_bounded(struct becoming *to)
{
	for (cap_value_t capability = 0; capability <= CAPABILITY_MAX; capability++) {
		if (to->bounding & BIT(capability) || cap_get_bound(capability) != 1)
			continue;
		if (cap_drop_bound(capability) < 0)
			return bounding_stays(to);
	}
	return 0;
}

/*
 * A change of uid from 0 clears all sets but the inheritable one, unless "keep capabilities" is on:
 * capabilities(7).
 */
static int become_user(struct becoming *to)
{
	uid_t uid = to->identity->user.uid;
	uid_t real, effective, saved;

	if (!to->ids)
		return 0;
	getresuid(&real, &effective, &saved);
	if (real == uid && effective == uid && saved == uid)
		return 0;
	if ((to->ambient || to->config->secure_bits) && kernel_prctl(PR_SET_KEEPCAPS, 1) < 0)
		return EXIT_USER;
	return syscall(SET_USER, uid, uid, uid) < 0 ? EXIT_USER : 0;
}

/*
 * A capability can be made ambient that is permitted and inheritable; as systemd does, one outside
 * the bounding set is left out, and so is any that tend lacks where it is not root:
 * privilege_shortfall says it.
 */
static int become_ambient(struct becoming *to)
{
	uint64_t permitted;

	if (to->ambient == 0 && to->config->secure_bits == 0)
		return 0;
	permitted = own_set(CAP_PERMITTED);
	to->ambient &= own_bounding_set();
	if (!to->as_root)
		to->ambient &= permitted;
	if (set_own(permitted, to->ambient & permitted) < 0)
		return EXIT_CAPABILITIES;
	for (cap_value_t capability = 0; capability <= CAPABILITY_MAX; capability++)
		if (to->ambient & BIT(capability) && cap_set_ambient(capability, CAP_SET) < 0)
			return EXIT_CAPABILITIES;
	return 0;
}

static int become_secured(struct becoming *to)
{
	unsigned bits = to->config->secure_bits;

	if (bits == 0 || kernel_prctl(PR_GET_SECUREBITS, 0) == (int)bits)
		return 0;
	return kernel_prctl(PR_SET_SECUREBITS, bits) < 0 ? EXIT_SECUREBITS : 0;
}

static int become_restricted(struct becoming *to)
{
	if (to->sealed && set_own(0, 0) < 0)
		return EXIT_CAPABILITIES;
	if ((to->sealed || to->config->no_new_privileges == THREE_YES) &&
	    kernel_prctl(PR_SET_NO_NEW_PRIVS, 1) < 0)
		return EXIT_NO_NEW_PRIVILEGES;
	if (to->config->memory_deny_write_execute &&
	    kernel_prctl(SET_MDWE, MDWE_REFUSE_EXEC_GAIN) < 0 && errno != EINVAL)
		return EXIT_SECCOMP;
	return 0;
}

int privilege_become(const struct config *config, const struct identity *identity, unsigned flags)
{
	static int (*const steps[])(struct becoming *) = { become_groups,  become_bounded,
							   become_user,    become_ambient,
							   become_secured, become_restricted };
	struct becoming to = {
		.config = config,
		.identity = identity,
		.bounding = wanted_bounding_set(config),
		.ambient = config->ambient_set,
		.ids = identity->change && !(flags & COMMAND_KEEP_IDS),
		.as_root = !hands_on(config) && geteuid() == 0,
	};
	int status = 0;

	if (flags & COMMAND_PRIVILEGED)
		return 0;
	for (size_t i = 0; status == 0 && i < sizeof steps / sizeof *steps; i++)
		status = steps[i](&to);
	return status;
}
