#include "verify.h"
#include "load.h"

#include <stddef.h>
#include <sys/resource.h>

struct verifier {
	struct world *world;
	void (*print)(const char *string);
	bool wrong, refused;
};

static void print_line(struct verifier *verifier, const char *line)
{
	verifier->print(line);
	verifier->print("\n");
}

/* For the strict reader an unknown key is an error: it is a typing error, or tend is too old for the unit. */
static void hear_remark(void *context, enum unit_remark remark, const char *subject, const char *message)
{
	struct verifier *verifier = context;

	(void)subject;
	print_line(verifier, message);
	verifier->wrong |= remark != UNIT_NO_EFFECT;
	verifier->refused |= remark >= UNIT_REFUSED;
}

/* What is right, and may still surprise in a container. */

static bool waits_for_ever(const struct config *config)
{
	return config->timeout_stop == USEC_INFINITY && !config->stop_steps;
}

static bool never_kills(const struct config *config)
{
	return !config->send_sigkill && !config->stop_steps;
}

static bool leaves_others(const struct config *config)
{
	return config->kill_mode == KILL_PROCESS;
}

static bool kills_nobody(const struct config *config)
{
	return config->kill_mode == KILL_NONE;
}

static bool must_notify(const struct config *config)
{
	return config->type == TYPE_NOTIFY || config->type == TYPE_NOTIFY_RELOAD;
}

static bool never_restarts(const struct config *config)
{
	return config->restart == RESTART_NO && config->type != TYPE_ONESHOT;
}

static bool limits_processes(const struct config *config)
{
	return config->limits[RLIMIT_NPROC].set;
}

static bool wants_socket(const struct config *config)
{
	return config->standard_input == STREAM_FD && !config->input_path;
}

#define AT(field) offsetof(struct config, field)

static const struct PACKED advice {
	uint16_t field; /* whose last line is named, if the unit has one */
	bool (*applies)(const struct config *config);
	const char *advice;
} advices[] = {
	{ AT(type), must_notify, "the service has to say READY=1; one that does not is stopped after TimeoutStartSec=" },
	{ AT(standard_input), wants_socket, "tend opens no socket: there is none unless the engine passes it" },
	{ AT(timeout_stop), waits_for_ever,
	  "a stop waits for ever; the engine kills when its own patience ends (docker stop: 10s)" },
	{ AT(send_sigkill), never_kills, "what ignores SIGTERM is never killed, and nothing is started beside it" },
	{ AT(kill_mode), leaves_others, "only the main process is stopped; what else it started ends with the container" },
	{ AT(kill_mode), kills_nobody, "nothing is stopped; everything ends with the container" },
	{ AT(restart), never_restarts, "tend does not restart it; the engine's own policy takes over" },
	{ AT(limits[RLIMIT_NPROC]), limits_processes, "counts the processes of that uid on the whole host, not in the container" },
};

static void advise(struct verifier *verifier, const struct advice *advice)
{
	char line[512];
	struct text text = text_over(line, sizeof line);
	const struct assignment *assignment = journal_last(&verifier->world->journal, advice->field);

	if (assignment)
		text_add_place(&text, assignment);
	else
		text_format(&text, "%s: %s", verifier->world->name, field_key(advice->field));
	text_format(&text, "=%s: %s", assignment ? assignment->text : "", advice->advice);
	print_line(verifier, line);
}

/* Who the service is to be may be known where it will run: what is wrong with that is said, and no error. */
static void advise_all(struct verifier *verifier)
{
	struct world *world = verifier->world;
	struct complaint complaint;

	for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
		if (advices[i].applies(&world->config))
			advise(verifier, &advices[i]);
	if (!privilege_resolve(&world->config, &world->journal, world->name, &world->identity, &complaint))
		print_line(verifier, complaint.message);
}

int verify_unit(const char *unit, struct world *world, void (*print)(const char *string))
{
	struct verifier verifier = { .world = world, .print = print };
	const struct unit_listener listener = { .remark = hear_remark, .context = &verifier };
	struct complaint complaint;

	world->unit = true;
	if (load_unit(unit, world, &listener, &complaint) &&
	    options_fold(&world->journal, true, &world->specifiers, &listener, &world->config, &complaint))
		advise_all(&verifier);
	else if (!verifier.refused)
		hear_remark(&verifier, UNIT_REFUSED, "", complaint.message);
	return verifier.wrong;
}
