#include "requests.h"
#include "status.h"

static void answer_status(struct supervisor *supervisor, struct client *client, enum verb verb)
{
	char output[REPLY_MOST - 8];
	struct text text = text_over(output, sizeof output);
	const struct snapshot snapshot = {
		.name = supervisor->world->name,
		.machine = &supervisor->machine,
		.main_pid = supervisor->children[ROLE_MAIN].pid,
		.status_text = supervisor->status_text,
		.invocation = supervisor->invocation,
		.health_failure = supervisor->failures[ROLE_HEALTH].why,
		.lines = supervisor->log.recent[0],
		.line_size = LOG_RECENT_SIZE,
		.line_count = LOG_RECENT,
		.first = supervisor->log.lines,
		.memory = cgroup_memory(),
		.cpu_usec = cgroup_cpu_usec(),
	};

	status_properties(&snapshot, &text);
	server_reply(client, verb == VERB_STATUS ? status_of_state(supervisor->machine.state) : 0, output);
}

static void answer_health(const struct supervisor *supervisor, struct client *client)
{
	char output[16];
	struct text text = text_over(output, sizeof output);

	text_format(&text, "%s\n", word_of_health(&supervisor->machine));
	server_reply(client, status_of_health(&supervisor->machine), output);
}

static bool reloads(const struct supervisor *supervisor)
{
	return supervisor->program.plan.count[LIST_RELOAD] || supervisor->world->config.type == TYPE_NOTIFY_RELOAD;
}

/* What needs no work is said at once, in the words that operators' scripts have always used; a reload may be refused. */
static bool answer_idle(const struct supervisor *supervisor, struct client *client, enum verb verb)
{
	enum state state = supervisor->machine.state;
	pid_t main = supervisor->children[ROLE_MAIN].pid;
	char output[64];
	struct text text = text_over(output, sizeof output);

	if (verb == VERB_START && status_of_state(state) == CLIENT_ACTIVE && main > 0)
		text_format(&text, "[WARN] Already running with pid(%d).\n", main);
	else if (verb == VERB_START && status_of_state(state) == CLIENT_ACTIVE)
		text_add(&text, "[WARN] Already running.\n");
	else if (verb == VERB_STOP && (state == STATE_DEAD || state == STATE_FAILED))
		text_add(&text, "[WARN] Not running.\n");
	else if (verb == VERB_RELOAD && status_of_state(state) != CLIENT_ACTIVE)
		text_add(&text, "[ERROR] Cannot reload: it is not running.\n");
	else if (verb == VERB_RELOAD && !reloads(supervisor))
		text_add(&text, "[ERROR] Cannot reload: it has no ExecReload=.\n");
	else
		return false;
	server_reply(client, verb == VERB_RELOAD ? CLIENT_FAILED : 0, output);
	return true;
}

static void settle_job(const struct supervisor *supervisor, struct client *client)
{
	enum job_outcome outcome = job_look(&supervisor->machine, client->waits);
	char output[512] = "";
	struct text text = text_over(output, sizeof output);
	const struct subject subject = actions_subject(supervisor);

	if (outcome == JOB_PENDING)
		return;
	if (outcome == JOB_FAILED)
		job_add_failure(&text, &supervisor->machine, client->waits, &subject);
	server_reply(client, outcome == JOB_FAILED ? CLIENT_FAILED : 0, output);
}

void requests_settle(struct supervisor *supervisor)
{
	for (size_t i = 0; i < CLIENTS_MOST; i++)
		if (supervisor->server.clients[i].socket >= 0 && supervisor->server.clients[i].waits != VERB_NONE)
			settle_job(supervisor, &supervisor->server.clients[i]);
}

static void take_job(struct supervisor *supervisor, struct client *client, const struct request *request)
{
	static const unsigned char events[] = {
		[VERB_START] = EVENT_START,
		[VERB_STOP] = EVENT_STOP,
		[VERB_RESTART] = EVENT_RESTART,
		[VERB_RELOAD] = EVENT_RELOAD,
	};

	if (answer_idle(supervisor, client, request->verb))
		return;
	if (request->no_block)
		server_reply(client, 0, "");
	else if (!server_wait(&supervisor->server, client, request->verb))
		return;
	actions_feed(supervisor, &(struct event){ .type = events[request->verb], .hold = request->verb == VERB_STOP });
}

static void take_kill(struct supervisor *supervisor, struct client *client, int signal)
{
	bool anybody = actions_anybody(supervisor) || supervisor->machine.populated;

	actions_signal(supervisor, &(struct action){ .all = true }, signal);
	server_reply(client, 0, anybody ? "" : "[WARN] Not running.\n");
}

static void take_request(struct supervisor *supervisor, struct client *client, const struct request *request)
{
	switch (request->verb) {
	case VERB_STATUS:
	case VERB_SHOW:
		answer_status(supervisor, client, request->verb);
		break;
	case VERB_HEALTH:
		answer_health(supervisor, client);
		break;
	case VERB_KILL:
		take_kill(supervisor, client, request->signal);
		break;
	default:
		take_job(supervisor, client, request);
	}
}

APART void requests_hear(struct supervisor *supervisor, struct client *client)
{
	struct request request;

	supervisor->stirred = true;
	if (client->socket >= 0 && server_read(client, &request) > 0)
		take_request(supervisor, client, &request);
}

void requests_open(struct supervisor *supervisor)
{
	int error = server_open(&supervisor->server);

	if (error)
		log_error(&supervisor->log, LOG_LEVEL_WARN, error, "Cannot be asked by `tend status` and the like");
}
