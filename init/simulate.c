#include "simulate.h"
#include "message.h"
#include "program.h"
#include "restart.h"

#include <string.h>

#define LIVES_MOST 32
#define REQUESTS_MOST 16
#define STEPS_MOST 1000
#define FIRST_PID 7
#define STATUS_USAGE 2
/* The virtual clock does not begin at 0, which some of the machine's times take for "not yet". */
#define BEGINNING (1000 * USEC_PER_SEC)

/* One run of the main process, or several alike. */
struct life {
	uint64_t after;
	struct ending ending; /* HOW_NONE: it becomes unhealthy instead */
	unsigned times; /* 0: for ever */
};

struct timed_request {
	enum event_type type;
	uint64_t at;
};

struct script {
	unsigned life_count, request_count;
	uint64_t ready_after, stops_after;
	uint64_t ignored;  /* bit N-1 is signal N */
	int stops_with;    /* -1: killed by the signal */
	unsigned too_many; /* so many of the last event's kind fit; 0: it was not one too many */
	struct life lives[LIVES_MOST];
	struct timed_request requests[REQUESTS_MOST];
};

/* What there would be of processes. */
struct simulation {
	const char *name;
	bool unit;
	void (*print)(const char *string);
	uint64_t now;
	unsigned life, lived; /* which life is next, and how often it has been lived */
	bool main, control;
	struct ending main_ending, control_ending;
	/* When what happens next to them happens; USEC_INFINITY: never. */
	uint64_t main_ends, control_ends, becomes_ready, becomes_unhealthy;
	int pid, named; /* the last main process' number, and which of them messages name: 0 for none yet */
	bool ended;
	int status;
	struct machine machine;
	struct script script;
	struct program program;
};

/* The script. */

static bool skip(const char **cursor, const char *words)
{
	const char *rest = after_prefix(*cursor, words);

	if (!rest || (*rest && *rest != ' '))
		return false;
	*cursor = rest + strspn(rest, " ");
	return true;
}

/* "SPAN [xTIMES]" to the end. */
static bool read_span(const char *cursor, uint64_t *span, unsigned *times)
{
	char copy[64];
	struct text text = text_over(copy, sizeof copy);
	char *mark;
	uint64_t number = 0;

	text_add(&text, cursor);
	mark = strrchr(copy, ' ');
	if (times && mark && mark[1] == 'x') {
		if (mark[2] && (!parse_unsigned(mark + 2, UINT32_MAX, &number) || !number))
			return false;
		*times = (unsigned)number;
		*mark = '\0';
	}
	return !text.cut && parse_span(copy, USEC_PER_SEC, span);
}

#define WORD_ROOM 16

/* Copies the next word, and goes on to the one behind it; "" where there is none, or it is too long. */
static void copy_word(const char **cursor, char copy[static WORD_ROOM])
{
	size_t length;
	const char *word = next_word(cursor, &length);
	struct text text = text_over(copy, WORD_ROOM);

	if (word && length < WORD_ROOM)
		text_add_bytes(&text, word, length);
	*cursor += strspn(*cursor, " ");
}

static bool read_number_word(const char **cursor, int *number)
{
	char digits[WORD_ROOM];
	uint64_t value;

	copy_word(cursor, digits);
	if (!parse_unsigned(digits, 255, &value))
		return false;
	*number = (int)value;
	return true;
}

static bool read_signal_word(const char **cursor, int *signal)
{
	char name[WORD_ROOM];

	copy_word(cursor, name);
	*signal = signal_from_name(name);
	return *signal;
}

static bool add_life(struct script *script, const char *cursor, struct ending ending)
{
	struct life life = { .ending = ending, .times = 1 };

	if (!skip(&cursor, "after") || !read_span(cursor, &life.after, &life.times))
		return false;
	if (script->life_count == LIVES_MOST) {
		script->too_many = LIVES_MOST;
		return false;
	}
	script->lives[script->life_count++] = life;
	return true;
}

static bool read_exit(struct script *script, const char *cursor)
{
	struct ending ending = { .how = HOW_EXITED };

	if (!read_number_word(&cursor, &ending.status))
		return false;
	ending.reported = ending.status;
	return add_life(script, cursor, ending);
}

static struct ending killed_by(int signal)
{
	/* Signals whose default is a core dump: signal(7). */
	static const uint64_t dumps = 1ULL << 2 | 1ULL << 3 | 1ULL << 4 | 1ULL << 5 | 1ULL << 6 | 1ULL << 7 |
				      1ULL << 10 | 1ULL << 23 | 1ULL << 24 | 1ULL << 30;

	return (struct ending){
		.how = dumps >> (signal - 1) & 1 ? HOW_DUMPED : HOW_KILLED,
		.status = signal,
		.reported = 128 + signal,
	};
}

static bool read_killed(struct script *script, const char *cursor)
{
	int signal;

	return read_signal_word(&cursor, &signal) && add_life(script, cursor, killed_by(signal));
}

static bool read_out_of_memory(struct script *script, const char *cursor)
{
	struct ending ending = killed_by(9);

	ending.oom = true;
	return add_life(script, cursor, ending);
}

static bool read_unhealthy(struct script *script, const char *cursor)
{
	return add_life(script, cursor, (struct ending){ .how = HOW_NONE });
}

static bool read_ready(struct script *script, const char *cursor)
{
	return read_span(cursor, &script->ready_after, NULL);
}

static bool read_ignores(struct script *script, const char *cursor)
{
	int signal;

	if (!read_signal_word(&cursor, &signal) || *cursor)
		return false;
	script->ignored |= 1ULL << (signal - 1);
	return true;
}

static bool read_stops(struct script *script, const char *cursor)
{
	if (skip(&cursor, "with") && !read_number_word(&cursor, &script->stops_with))
		return false;
	return !*cursor || (skip(&cursor, "after") && read_span(cursor, &script->stops_after, NULL));
}

static bool add_request(struct script *script, const char *cursor, enum event_type type)
{
	uint64_t at;

	if (!read_span(cursor, &at, NULL) || at == USEC_INFINITY)
		return false;
	if (script->request_count == REQUESTS_MOST) {
		script->too_many = REQUESTS_MOST;
		return false;
	}
	script->requests[script->request_count++] = (struct timed_request){ type, usec_after(BEGINNING, at) };
	return true;
}

static bool read_stop(struct script *script, const char *cursor)
{
	return add_request(script, cursor, EVENT_STOP);
}

static bool read_restart(struct script *script, const char *cursor)
{
	return add_request(script, cursor, EVENT_RESTART);
}

static bool read_reload(struct script *script, const char *cursor)
{
	return add_request(script, cursor, EVENT_RELOAD);
}

static bool read_event(struct script *script, const char *event)
{
	static const struct PACKED {
		char words[14];
		bool (*read)(struct script *script, const char *cursor);
	} events[] = {
		{ "exit", read_exit },
		{ "killed by", read_killed },
		{ "out of memory", read_out_of_memory },
		{ "unhealthy", read_unhealthy },
		{ "ready after", read_ready },
		{ "ignores", read_ignores },
		{ "stops", read_stops },
		{ "stop at", read_stop },
		{ "restart at", read_restart },
		{ "reload at", read_reload },
	};

	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		const char *cursor = event;

		if (skip(&cursor, events[i].words))
			return events[i].read(script, cursor);
	}
	return false;
}

/* Processes that are none. */

static void feed_plain(struct simulation *simulation, enum event_type type);

static bool notifies(const struct simulation *simulation)
{
	const struct config *config = simulation->program.plan.config;

	return config->type == TYPE_NOTIFY || config->type == TYPE_NOTIFY_RELOAD || config->ready_check;
}

static void begin_life(struct simulation *simulation)
{
	const struct script *script = &simulation->script;
	const struct life *life = &script->lives[simulation->life];

	simulation->main = true;
	simulation->named = ++simulation->pid;
	simulation->main_ends = simulation->becomes_unhealthy = USEC_INFINITY;
	simulation->becomes_ready = notifies(simulation) ? usec_after(simulation->now, script->ready_after) : USEC_INFINITY;
	if (simulation->life >= script->life_count)
		return;
	if (life->ending.how == HOW_NONE)
		simulation->becomes_unhealthy = usec_after(simulation->now, life->after);
	else
		simulation->main_ends = usec_after(simulation->now, life->after);
	simulation->main_ending = life->ending;
	if (++simulation->lived == life->times) {
		simulation->life++;
		simulation->lived = 0;
	}
}

static void carry_spawn(struct simulation *simulation, const struct action *action)
{
	bool forks = action->list == LIST_START && !action->main;

	if (action->main || forks)
		begin_life(simulation);
	if (!action->main) {
		simulation->control = true;
		simulation->control_ends = simulation->now;
		simulation->control_ending = (struct ending){ .how = HOW_EXITED };
	}
}

/* A stop signal is heeded in the script's time; SIGKILL at once. */
static void carry_kill(struct simulation *simulation, const struct action *action)
{
	const struct script *script = &simulation->script;
	bool kill = action->signal == 9;
	uint64_t at = usec_after(simulation->now, kill ? 0 : script->stops_after);

	if (!simulation->main || (!kill && script->ignored >> (action->signal - 1) & 1) || at > simulation->main_ends)
		return;
	simulation->main_ends = at;
	simulation->main_ending = killed_by(action->signal);
	if (!kill && script->stops_with >= 0)
		simulation->main_ending = (struct ending){ HOW_EXITED, script->stops_with, script->stops_with,
							   false, false, false };
}

static void carry_find_main(struct simulation *simulation, const struct action *action)
{
	(void)action;
	feed_plain(simulation, simulation->main ? EVENT_MAIN_FOUND : EVENT_MAIN_MISSING);
}

static void print_time(struct simulation *simulation)
{
	char stamp[32];
	struct text text = text_over(stamp, sizeof stamp);
	unsigned long msec = (unsigned long)((simulation->now - BEGINNING) / USEC_PER_MSEC);

	text_format(&text, "[%02lu:%02lu:%02lu.%03lu] ", msec / 3600000, msec / 60000 % 60, msec / 1000 % 60, msec % 1000);
	simulation->print(stamp);
}

static void carry_log(struct simulation *simulation, const struct action *action)
{
	static const char levels[][9] = {
		[LOG_LEVEL_ERROR] = "[ERROR] ", [LOG_LEVEL_WARN] = "[WARN] ", [LOG_LEVEL_INFO] = "[INFO] ",
		[LOG_LEVEL_DEBUG] = "[DEBUG] ",
	};
	struct subject subject = { .name = simulation->name, .pid = simulation->named, .unit = simulation->unit };
	char line[512];
	struct text text = text_over(line, sizeof line);

	message_of(action, &subject, &text);
	print_time(simulation);
	simulation->print(levels[message_level(action, &subject)]);
	simulation->print(line);
	simulation->print("\n");
}

static void carry_exit(struct simulation *simulation, const struct action *action)
{
	simulation->ended = true;
	simulation->status = action->status;
}

static void carry_begin(struct simulation *simulation, const struct action *action)
{
	(void)action;
	simulation->named = 0;
}

static void carry_nothing(struct simulation *simulation, const struct action *action)
{
	(void)simulation;
	(void)action;
}

static void feed(struct simulation *simulation, const struct event *event)
{
	static void (*const carry[])(struct simulation *simulation, const struct action *action) = {
		[ACTION_BEGIN] = carry_begin,
		[ACTION_SPAWN] = carry_spawn,
		[ACTION_KILL] = carry_kill,
		[ACTION_KILL_CONTROL] = carry_nothing,
		[ACTION_SPAWN_CHECK] = carry_nothing,
		[ACTION_KILL_CHECK] = carry_nothing,
		[ACTION_FORWARD] = carry_nothing,
		[ACTION_FIND_MAIN] = carry_find_main,
		[ACTION_CHECK_CONDITIONS] = carry_nothing,
		[ACTION_LOG] = carry_log,
		[ACTION_EXIT] = carry_exit,
	};
	struct actions actions;

	tend_step(&simulation->program.plan, &simulation->machine, event, simulation->now, &actions);
	for (unsigned i = 0; i < actions.count; i++)
		carry[actions.list[i].type](simulation, &actions.list[i]);
}

static void feed_plain(struct simulation *simulation, enum event_type type)
{
	feed(simulation, &(struct event){ .type = type });
}

/* Time. */

static void end_process(struct simulation *simulation, bool *lives, uint64_t *ends, enum event_type type,
			const struct ending *ending)
{
	*lives = false;
	*ends = USEC_INFINITY;
	feed(simulation, &(struct event){
				 .type = type,
				 .ending = *ending,
				 .empty = !simulation->main && !simulation->control,
			 });
}

/* What is due now, one thing at a time; false when nothing is. */
static bool happen(struct simulation *simulation)
{
	if (simulation->control && simulation->control_ends <= simulation->now) {
		end_process(simulation, &simulation->control, &simulation->control_ends, EVENT_CONTROL_EXITED,
			    &simulation->control_ending);
	} else if (simulation->main && simulation->main_ends <= simulation->now) {
		end_process(simulation, &simulation->main, &simulation->main_ends, EVENT_MAIN_EXITED,
			    &simulation->main_ending);
	} else if (simulation->machine.state == STATE_START && simulation->main &&
		   simulation->program.plan.config->type == TYPE_EXEC && !simulation->machine.ready_wanted) {
		feed_plain(simulation, EVENT_EXECUTED);
	} else if (simulation->main && simulation->becomes_ready <= simulation->now) {
		simulation->becomes_ready = USEC_INFINITY;
		feed_plain(simulation, EVENT_READY);
	} else if (simulation->main && simulation->becomes_unhealthy <= simulation->now) {
		simulation->becomes_unhealthy = USEC_INFINITY;
		feed_plain(simulation, EVENT_UNHEALTHY);
	} else {
		return false;
	}
	return true;
}

static bool ask(struct simulation *simulation)
{
	struct script *script = &simulation->script;

	for (unsigned i = 0; i < script->request_count; i++) {
		struct timed_request *request = &script->requests[i];

		if (request->at > simulation->now)
			continue;
		request->at = USEC_INFINITY;
		feed(simulation, &(struct event){ .type = request->type, .signal = request->type == EVENT_STOP ? 15 : 0 });
		return true;
	}
	return false;
}

static void sooner(uint64_t *next, uint64_t at, bool counts)
{
	if (counts && at < *next)
		*next = at;
}

static uint64_t next_time(const struct simulation *simulation)
{
	const struct script *script = &simulation->script;
	uint64_t next = machine_deadline(&simulation->machine);

	sooner(&next, simulation->control_ends, simulation->control);
	sooner(&next, simulation->main_ends, simulation->main);
	sooner(&next, simulation->becomes_ready, simulation->main);
	sooner(&next, simulation->becomes_unhealthy, simulation->main);
	for (unsigned i = 0; i < script->request_count; i++)
		sooner(&next, script->requests[i].at, true);
	return next;
}

static void conclude(struct simulation *simulation, unsigned steps)
{
	char line[128];
	struct text text = text_over(line, sizeof line);

	if (simulation->ended)
		text_format(&text, "tend ends with status %d: the engine's own policy takes over.\n", simulation->status);
	else if (steps == STEPS_MOST)
		text_add(&text, "It goes on like this.\n");
	else
		text_format(&text, "Nothing more happens: %s (%s).\n", active_state_name(simulation->machine.state),
			    state_name(simulation->machine.state));
	print_time(simulation);
	simulation->print(line);
}

static void run(struct simulation *simulation)
{
	unsigned steps = 0;
	uint64_t next;

	feed_plain(simulation, EVENT_START);
	for (; steps < STEPS_MOST && !simulation->ended; steps++) {
		if (happen(simulation) || ask(simulation))
			continue;
		if (machine_deadline(&simulation->machine) <= simulation->now) {
			feed_plain(simulation, EVENT_DEADLINE);
			continue;
		}
		next = next_time(simulation);
		if (next == USEC_INFINITY)
			break;
		simulation->now = next;
	}
	conclude(simulation, steps);
}

static int refuse(const struct script *script, const char *event, void (*complain)(const char *string))
{
	char line[256];
	struct text text = text_over(line, sizeof line - 1);

	text_format(&text, "%s: ", event);
	if (script->too_many)
		text_format(&text, "too many, of these %u at most", script->too_many);
	else
		text_add(&text, "expected an event such as \"exit 1 after 2s x6\"; tend(8) lists them");
	text.room = sizeof line;
	text_add_byte(&text, '\n');
	complain(line);
	return STATUS_USAGE;
}

int simulate(struct world *world, char **events, void (*print)(const char *string), void (*complain)(const char *string))
{
	static struct simulation simulation;

	simulation.print = print;
	simulation.name = world->name;
	simulation.unit = world->unit;
	simulation.now = BEGINNING;
	simulation.pid = FIRST_PID - 1;
	simulation.script.stops_with = -1;
	for (; *events; events++)
		if (!read_event(&simulation.script, *events))
			return refuse(&simulation.script, *events, complain);
	/* What health there is comes from the script, not from checks. */
	world->config.health_check = NULL;
	program_make(&simulation.program, world);
	machine_init(&simulation.machine);
	run(&simulation);
	return 0;
}
