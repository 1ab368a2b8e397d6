#include "options.h"
#include "users.h"
#include "wire.h"

#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>

/* ---- the table ------------------------------------------------------------------------------- */

/* How a value is read: a row of kinds[]. In brackets, the detail that rows of the table give. */
enum kind {
	KIND_BOOL,   /* (what "no" is: 0, or THREE_NO where it may be unset) */
	KIND_DROP,   /* a bool (an enum drop) */
	KIND_NUMBER, /* or a word (a row of ranges[]) */
	KIND_POLICY,
	KIND_RESTART,
	KIND_ACTION,
	KIND_SPAN, /* a time span (an enum span) */
	KIND_SIGNAL,
	KIND_MODE,
	KIND_USER,
	KIND_PID_FILE,
	KIND_WORKING_DIRECTORY,
	KIND_STREAM, /* (0 input, 1 output, 2 error) */
	KIND_LIMIT,  /* (its RLIMIT_ number) */
	KIND_STOP_SCHEDULE,
	KIND_STOP_ON,
	KIND_CHECK,
	KIND_CAPABILITIES, /* (whether they are all unless given); this and all below are lists */
	KIND_SECURE_BITS,
	KIND_AFFINITY,
	KIND_STATUSES,
	KIND_SEARCH_PATH,
	KIND_COMMANDS, /* this and all below stay in the journal */
	KIND_CONDITION, /* (an enum condition) */
	KIND_VARIABLES, /* (an enum variables) */
	KIND_FILES,
	KIND_GROUPS,
	KIND_DIRECTORIES,
	KIND_TEXT,
	KIND_DATA,
};

enum span {
	SPAN_ANY,
	SPAN_OR_NEVER, /* 0 is infinity, as for all timeouts of systemd */
	SPAN_BOTH,     /* the same, for start and stop */
	SPAN_OR_NONE,  /* infinity is 0 */
	SPAN_SOME,     /* more than 0 */
};
enum { STREAM_INPUT, STREAM_OUTPUT, STREAM_ERROR };
enum drop { DROP_DEVICES, DROP_MODULES, DROP_LOGS, DROP_CLOCK };
enum variables { VARIABLES_SET, VARIABLES_NAMED, VARIABLES_EITHER };

#define AT(field) offsetof(struct config, field)

enum {
	RANGE_WORD, /* no number at all */
	RANGE_POLICY,
	RANGE_COUNT,
	RANGE_RETRIES,
	RANGE_NICE,
	RANGE_OOM_SCORE,
	RANGE_SCHEDULING,
	RANGE_IO_CLASS,
	RANGE_IO,
};
static const struct range {
	int32_t least, most;
	uint16_t given; /* in struct config: the bool that says whether it is set; 0: none does */
} ranges[] = {
	[RANGE_WORD] = { 1, 0, 0 },
	[RANGE_POLICY] = { 1, 0, AT(scheduling_set) },
	[RANGE_COUNT] = { 0, INT32_MAX, 0 },
	[RANGE_RETRIES] = { 1, INT32_MAX, 0 },
	[RANGE_NICE] = { -20, 19, AT(nice_set) },
	[RANGE_OOM_SCORE] = { -1000, 1000, AT(oom_score_set) },
	[RANGE_SCHEDULING] = { 0, 99, AT(scheduling_set) },
	[RANGE_IO_CLASS] = { 0, 3, AT(io_set) },
	[RANGE_IO] = { 0, 7, AT(io_set) },
};

/* What "yes" takes from the bounding set: bit N is capability N of capabilities(7). */
enum { SYS_MODULE = 16, SYS_RAWIO = 17, SYS_TIME = 25, MKNOD = 27, SYSLOG = 34, WAKE_ALARM = 35 };
static const uint64_t dropped[] = {
	[DROP_DEVICES] = 1ULL << MKNOD | 1ULL << SYS_RAWIO,
	[DROP_MODULES] = 1ULL << SYS_MODULE,
	[DROP_LOGS] = 1ULL << SYSLOG,
	[DROP_CLOCK] = 1ULL << SYS_TIME | 1ULL << WAKE_ALARM,
};

enum mark { IN_UNIT = 1, IN_SERVICE = 2, HAS_BARE = 4, HAS_WORDS = 8 };

/* Without a pointer in it, a row takes 6 bytes. */
struct PACKED option {
	uint16_t texts; /* in struct texts: key, default, maybe a bare one, maybe words, help */
	uint16_t place; /* in struct config, or of what stays in the journal its enum listed */
	uint8_t kind;
	unsigned detail : 4, marks : 4;
};

#define ROW(...) ROW_OF(__VA_ARGS__)
#define UNIT(...) ROW(IN_UNIT, __VA_ARGS__)
#define SERVICE(...) ROW(IN_SERVICE, __VA_ARGS__)
#define BOTH(...) ROW(IN_UNIT | IN_SERVICE, __VA_ARGS__)

#define SECONDS(count) (count * USEC_PER_SEC)
/* Bit N-1 is signal N. The first signal of real time is the kernel's: signal(7). */
#define STOP_SIGNALS (1ULL << (SIGTERM - 1) | 1ULL << (SIGINT - 1) | 1ULL << (34 + 3 - 1))

/*
 * What stands behind the text of a default: its value, and the same of a bare command's where that
 * is another one. AS_IS: all bits are 0, or another row has the value.
 */
#define SAME(value) 0, "", SET, value, 0
#define BARE(value, text, bare) HAS_BARE, text "\0", SET_EITHER, value, bare
#define BARE_AS_IS(text) HAS_BARE, text "\0", SET_NOTHING, 0, 0
#define AS_IS 0, "", SET_NOTHING, 0, 0
#define NONE "", AS_IS

#define VALUE_OF(field, kind, detail) kind, detail, AT(field), field, 0, ""
/* No field: it stays in the journal. */
#define LIST_OF(kind, detail, listed) kind, detail, listed, type, 0, ""
#define WORDS(field, kind, detail, words) kind, detail, AT(field), field, HAS_WORDS, words "\0"

#define VALUE(field, kind) VALUE_OF(field, kind, 0)
#define BOOL(field) VALUE(field, KIND_BOOL)
#define BOOL_OR_UNSET(field) VALUE_OF(field, KIND_BOOL, THREE_NO)
#define DROP(which) VALUE_OF(sandbox_drops, KIND_DROP, which)
#define WORD(field, words) WORDS(field, KIND_NUMBER, RANGE_WORD, words)
#define ACTION(field) \
	WORDS(field, KIND_ACTION, RANGE_WORD, "exit|none|reboot|poweroff|halt|kexec|soft-reboot")
#define NUMBER(field, range) VALUE_OF(field, KIND_NUMBER, range)
#define SPAN(field, span) VALUE_OF(field, KIND_SPAN, span)
#define SIGNAL(field) VALUE(field, KIND_SIGNAL)
#define MODE(field) VALUE(field, KIND_MODE)
#define USER(field) VALUE(field, KIND_USER)
#define STREAM(field, which) VALUE_OF(field, KIND_STREAM, which)
#define LIMIT(number) VALUE_OF(limits[number], KIND_LIMIT, number)
#define CHECK(field) VALUE(field, KIND_CHECK)
#define CAPABILITIES(field, all) VALUE_OF(field, KIND_CAPABILITIES, all)
#define STATUSES(field) VALUE(field, KIND_STATUSES)
#define LIST(kind, listed) LIST_OF(kind, 0, listed)
#define CONDITION(of) LIST_OF(KIND_CONDITION, of, LISTED_CONDITION)
#define ASSERT(of) LIST_OF(KIND_CONDITION, of, LISTED_ASSERT)
#define VARIABLES(which, listed) LIST_OF(KIND_VARIABLES, which, listed)

/* The line where a row stands is the name of its texts. */
#define LABEL_OF(line) line_##line
#define LABEL(line) LABEL_OF(line)
#define TEXTS(key, text, bare, words, help) key "\0" text "\0" bare words help

static const struct texts {
#define ROW_OF(section, key, kind, detail, place, field, mark, words, \
	       text, mark2, bare, set, value, other, help) \
	char LABEL(__LINE__)[sizeof(TEXTS(key, text, bare, words, help))];
#include "option-rows.h"
#undef ROW_OF
} texts = {
#define ROW_OF(section, key, kind, detail, place, field, mark, words, \
	       text, mark2, bare, set, value, other, help) \
	TEXTS(key, text, bare, words, help),
#include "option-rows.h"
#undef ROW_OF
};

static const struct option options[] = {
#define ROW_OF(section, key, kind, detail, place, field, mark, words, \
	       text, mark2, bare, set, value, other, help) \
	{ offsetof(struct texts, LABEL(__LINE__)), place, kind, detail, section | mark | mark2 },
#include "option-rows.h"
#undef ROW_OF
};
#define OPTION_COUNT (sizeof options / sizeof *options)

const char *option_key(const struct option *option)
{
	return (const char *)&texts + option->texts;
}

enum condition option_condition(const struct option *option)
{
	return (enum condition)option->detail;
}

bool option_is_base64(const struct option *option)
{
	return option->kind == KIND_DATA;
}

static bool is_list(const struct option *option)
{
	return option->kind >= KIND_CAPABILITIES;
}

static const char *behind(const char *text)
{
	return text + strlen(text) + 1;
}

static const char *default_of(const struct option *option, bool unit)
{
	const char *text = behind(option_key(option));

	return unit || !(option->marks & HAS_BARE) ? text : behind(text);
}

/* Only if it HAS_WORDS: "no|yes|restart", each standing for the number of those before it. */
static const char *words_of(const struct option *option)
{
	return behind(default_of(option, false));
}

static const char *help_of(const struct option *option)
{
	const char *text = words_of(option);

	return option->marks & HAS_WORDS ? behind(text) : text;
}

/* ---- reading values -------------------------------------------------------------------------- */

/* No path is longer: PATH_MAX. A variable may be; then only its beginning is looked at. */
#define WORD_ROOM 4096
#define BLANKS " \t\n\r" /* between words */

struct fold {
	const struct specifiers *specifiers;
	struct arena *arena;
	struct config *config;
	struct hearing hearing;
	bool unit;
	bool given; /* the value is an assignment's, not a default */
	uint64_t capabilities; /* of the words so far */
	char *raw, *word; /* what is being read, before and behind the specifiers: WORD_ROOM bytes each */
};

/*
 * Reads a value into the field of its option, or only checks it. NULL, or what was expected
 * instead.
 */
typedef const char *reader(struct fold *fold, const struct option *option, const char *value);

static const char a_span[] = "a time span such as 5s or 1min 30s";
static const char a_signal[] = "a signal such as SIGTERM";
static const char escapes_of_c[] = "a closing quote, and escapes of C";

static void *field_at(const struct fold *fold, size_t offset)
{
	return (char *)fold->config + offset;
}

static void set_int(const struct fold *fold, const struct option *option, int value)
{
	memcpy(field_at(fold, option->place), &value, sizeof value);
}

/* In a set of any number of 64-bit words. */
static void add_bit(const struct fold *fold, size_t offset, unsigned bit)
{
	uint64_t *set = field_at(fold, offset);

	set[bit / 64] |= 1ULL << bit % 64;
}

/* Keeps a string for as long as the config. */
static const char *keep(struct fold *fold, size_t offset, const char *value)
{
	const char *copy = arena_copy(fold->arena, value, strlen(value));

	memcpy(field_at(fold, offset), &copy, sizeof copy);
	return copy ? NULL : "less: the memory for options is full";
}

/*
 * The text before the next separator, into fold->raw; *cursor goes behind it, and is NULL after the
 * last.
 */
static bool next_part(struct fold *fold, const char **cursor, char separator)
{
	const char *end;

	if (!*cursor)
		return false;
	end = strchrnul(*cursor, separator);
	text_copy(fold->raw, WORD_ROOM, *cursor, (size_t)(end - *cursor));
	*cursor = *end ? end + 1 : NULL;
	return true;
}

/* Replaces specifiers; of a text that is too long, only the beginning is looked at. */
static const char *expand(struct fold *fold, const char *string)
{
	struct text text = text_over(fold->word, WORD_ROOM);
	char bad;

	if (specifiers_expand(fold->specifiers, string, &text, &bad))
		return NULL;
	return "a known specifier, or %% for %";
}

static const char *read_bool(struct fold *fold, const struct option *option, const char *value)
{
	bool yes;

	if (!parse_bool(value, &yes))
		return "yes or no";
	if (option->detail)
		set_int(fold, option, option->detail + yes);
	else
		memcpy(field_at(fold, option->place), &yes, sizeof yes);
	return NULL;
}

static const char *read_drop(struct fold *fold, const struct option *option, const char *value)
{
	uint64_t *drops = field_at(fold, option->place);
	uint64_t bits = dropped[option->detail];
	bool yes;

	if (!parse_bool(value, &yes))
		return "yes or no";
	*drops = yes ? *drops | bits : *drops & ~bits;
	return NULL;
}

static const char *expected_number(struct fold *fold, const struct range *range)
{
	struct text text = text_over(fold->raw, WORD_ROOM);

	text_format(&text, "a whole number from %d to %d", range->least, range->most);
	return fold->raw;
}

static const char *read_number(struct fold *fold, const struct option *option, const char *value)
{
	const struct range *range = &ranges[option->detail];
	bool has_words = option->marks & HAS_WORDS;
	int64_t number = has_words ? word_number(words_of(option), value, strlen(value)) : -1;

	if (number < 0 && !parse_signed(value, range->least, range->most, &number))
		return has_words ? words_of(option) : expected_number(fold, range);
	set_int(fold, option, (int)number);
	if (range->given)
		memcpy(field_at(fold, range->given), &fold->given, sizeof fold->given);
	return NULL;
}

/*
 * Only the real-time policies have priorities, from 1 to 99: systemd moves the priority with the
 * policy. The kernel has no policy 4: sched(7).
 */
static const char *read_policy(struct fold *fold, const struct option *option, const char *value)
{
	struct config *config = fold->config;
	const char *expected = read_number(fold, option, value);
	bool real_time = config->scheduling_policy == 1 || config->scheduling_policy == 2;

	config->scheduling_policy += config->scheduling_policy == 4;
	if (!real_time || config->scheduling_priority == 0)
		config->scheduling_priority = real_time;
	return expected;
}

static const char *read_restart(struct fold *fold, const struct option *option, const char *value)
{
	struct config *config = fold->config;
	const char *retries = after_prefix(value, "on-failure:");
	uint64_t count = 0;

	if (retries ? !parse_unsigned(retries, UINT32_MAX, &count)
		    : read_number(fold, option, value) != NULL)
		return words_of(option);
	if (retries)
		config->restart = RESTART_ON_FAILURE;
	config->docker_retries = (unsigned)count;
	config->docker_backoff = retries || config->restart == RESTART_UNLESS_STOPPED;
	return NULL;
}

/*
 * PID 1 has one way to go: what systemd does to the whole machine, with force or not, is an exit.
 */
static const char *read_action(struct fold *fold, const struct option *option, const char *value)
{
	const char *end = text_find(value, "-force");
	int number;

	if (!end)
		end = text_find(value, "-immediate");
	if (!end)
		end = value + strlen(value);
	number = word_number(words_of(option), value, (size_t)(end - value));
	set_int(fold, option, number == END_NONE ? END_NONE : END_EXIT);
	return number < 0 || (*end && number == END_NONE) ? words_of(option) : NULL;
}

static const char *read_span(struct fold *fold, const struct option *option, const char *value)
{
	uint64_t *span = field_at(fold, option->place);

	if (!parse_span(value, USEC_PER_SEC, span))
		return a_span;
	if (option->detail == SPAN_SOME && *span == 0)
		return "more than 0";
	if ((option->detail == SPAN_OR_NEVER || option->detail == SPAN_BOTH) && *span == 0)
		*span = USEC_INFINITY;
	if (option->detail == SPAN_OR_NONE && *span == USEC_INFINITY)
		*span = 0;
	if (option->detail == SPAN_BOTH)
		fold->config->timeout_stop = *span;
	return NULL;
}

static const char *read_signal(struct fold *fold, const struct option *option, const char *value)
{
	int number = signal_from_name(value);

	set_int(fold, option, number);
	return number ? NULL : a_signal;
}

static const char *read_mode(struct fold *fold, const struct option *option, const char *value)
{
	bool read = parse_octal(value, field_at(fold, option->place));

	return read ? NULL : "octal digits such as 0755";
}

/* systemd takes for a name what passwd(5) can hold, and for an id all that is digits. */
static const char *read_user(struct fold *fold, const struct option *option, const char *value)
{
	const char *digits = value + (*value == '-');
	uint32_t id;

	if (value[strcspn(value, ":/\n")] || is_any_of(value, ".|..") ||
	    (!digits[strspn(digits, "0123456789")] && !parse_id(value, &id)))
		return "a name or a number";
	return option->kind == KIND_USER ? keep(fold, option->place, value) : NULL;
}

/* Whether no component of the path leads back up. */
static bool is_normal(const char *path)
{
	for (const char *at = path; (at = text_find(at, "..")) != NULL; at += 2)
		if ((at == path || at[-1] == '/') && (!at[2] || at[2] == '/'))
			return false;
	return true;
}

static const char *refuse_path(const char *path)
{
	return *path == '/' && is_normal(path) ? NULL : "an absolute path";
}

/* As systemd: a relative path is below /run, and /var/run is an old name of it. */
static const char *read_pid_file(struct fold *fold, const struct option *option, const char *value)
{
	const char *below = after_prefix(value, "/var/run/");
	struct text path = text_over(fold->raw, WORD_ROOM);

	if (*value != '/')
		below = value;
	if (below)
		text_add(&path, "/run/");
	text_add(&path, below ? below : value);
	return is_normal(fold->raw) ? keep(fold, option->place, fold->raw) : "a path without ..";
}

static const char *read_working_directory(struct fold *fold, const struct option *option,
					  const char *value)
{
	const char *expected;

	fold->config->working_directory_optional = *value == '-';
	value += *value == '-';
	expected = strcmp(value, "~") == 0 ? NULL : refuse_path(value);
	return expected ? expected : keep(fold, option->place, value);
}

/* As in PATH; those of a later assignment come behind. */
static const char *read_search_path(struct fold *fold, const struct option *option,
				    const char *value)
{
	const char *before = fold->config->exec_search_path, *rest = value, *expected = NULL;
	struct text path = text_over(fold->raw, WORD_ROOM);

	while (!expected && next_part(fold, &rest, ':'))
		expected = refuse_path(fold->raw);
	if (before)
		text_format(&path, "%s:", before);
	text_add(&path, value);
	if (path.cut)
		expected = "less";
	return expected ? expected : keep(fold, option->place, fold->raw);
}

/*
 * The words of streams, and what each means for input and for output; the journal is where our own
 * output goes.
 */
static const char stream_words[] = "null|tty|tty-force|tty-fail|data|socket|fd|file|append|"
				   "truncate|inherit|journal|kmsg|syslog";
#define NO_STREAM UINT8_MAX
static const struct {
	uint8_t input, output;
} streams[] = {
	{ STREAM_NULL, STREAM_NULL },	 { STREAM_TTY, STREAM_TTY },
	{ STREAM_TTY, NO_STREAM },	 { STREAM_TTY, NO_STREAM },
	{ STREAM_DATA, NO_STREAM },	 { STREAM_FD, STREAM_FD },
	{ STREAM_FD, STREAM_FD },	 { STREAM_FILE, STREAM_FILE },
	{ NO_STREAM, STREAM_APPEND },	 { NO_STREAM, STREAM_TRUNCATE },
	{ STREAM_INHERIT, STREAM_SAME }, { NO_STREAM, STREAM_INHERIT },
	{ NO_STREAM, STREAM_INHERIT },	 { NO_STREAM, STREAM_INHERIT },
};

/*
 * A path stands behind a colon, and so may the name of a descriptor; "journal+console" is
 * "journal".
 */
static bool is_stream_rest(uint8_t stream, const char *rest)
{
	if (stream == STREAM_FILE || stream == STREAM_APPEND || stream == STREAM_TRUNCATE)
		return *rest == ':' && !refuse_path(rest + 1);
	return !*rest || (stream == STREAM_FD && *rest == ':') ||
	       (stream == STREAM_INHERIT && strcmp(rest, "+console") == 0);
}

static const char *read_stream(struct fold *fold, const struct option *option, const char *value)
{
	static const uint16_t paths[] = { AT(input_path), AT(output_path), AT(error_path) };
	const char *rest = value + strcspn(value, ":+");
	int number = word_number(stream_words, value, (size_t)(rest - value));
	uint8_t stream = NO_STREAM;

	if (number >= 0)
		stream = option->detail ? streams[number].output : streams[number].input;
	if (stream == NO_STREAM || !is_stream_rest(stream, rest))
		return "a stream such as null, inherit or file:/path";
	set_int(fold, option, stream);
	memset(field_at(fold, paths[option->detail]), 0, sizeof(char *));
	return *rest == ':' && rest[1] ? keep(fold, paths[option->detail], rest + 1) : NULL;
}

/* "-5" to "+5" as for Nice=, or the kernel's own number, where 20 stands for nice 0. */
static bool parse_nice_limit(const char *string, uint64_t *value)
{
	bool less = *string == '-', more = *string == '+';

	if (!parse_unsigned(string + (less || more), less ? 20 : more ? 19 : 40, value))
		return false;
	*value = less ? 20 + *value : more ? 20 - *value : *value;
	return true;
}

/* setrlimit(2) counts bytes, seconds, microseconds or things. */
static bool parse_limit(unsigned number, const char *string, uint64_t *value)
{
	static const uint32_t bytes = 1U << RLIMIT_FSIZE | 1U << RLIMIT_DATA | 1U << RLIMIT_STACK |
				      1U << RLIMIT_CORE | 1U << RLIMIT_RSS | 1U << RLIMIT_AS |
				      1U << RLIMIT_MEMLOCK | 1U << RLIMIT_MSGQUEUE;
	static const uint32_t times = 1U << RLIMIT_CPU | 1U << RLIMIT_RTTIME;

	if (bytes >> number & 1)
		return parse_size(string, value);
	if (strcmp(string, "infinity") == 0) {
		*value = UINT64_MAX;
		return true;
	}
	if (number == RLIMIT_NICE)
		return parse_nice_limit(string, value);
	if (!(times >> number & 1))
		return parse_unsigned(string, UINT64_MAX - 1, value);
	if (!parse_span(string, number == RLIMIT_CPU ? USEC_PER_SEC : 1, value))
		return false;
	if (number == RLIMIT_CPU && *value != USEC_INFINITY)
		*value = *value / USEC_PER_SEC + (*value % USEC_PER_SEC != 0);
	return true;
}

static const char *read_limit(struct fold *fold, const struct option *option, const char *value)
{
	struct limit *limit = field_at(fold, option->place);

	limit->set = next_part(fold, &value, ':') &&
		     parse_limit(option->detail, fold->raw, &limit->soft);
	limit->hard = limit->soft;
	if (limit->set && next_part(fold, &value, ':'))
		limit->set = parse_limit(option->detail, fold->raw, &limit->hard) && !value;
	if (limit->set && limit->soft <= limit->hard)
		return NULL;
	return "a limit such as 1024, 1024:4096 or infinity";
}

/* A word of the schedule; only the last can be without a time. */
static const char *read_stop_step(struct fold *fold, const struct option *option, const char *value)
{
	struct config *config = fold->config;
	struct stop_step *step = &config->stop_schedule[config->stop_steps];

	(void)option;
	if (config->stop_steps == STOP_STEPS_MAX ||
	    (config->stop_steps && step[-1].wait == USEC_INFINITY))
		return "up to 16 signals, and a time after each but the last";
	config->stop_steps++;
	step->wait = USEC_INFINITY;
	next_part(fold, &value, '/');
	step->signal = signal_from_name(fold->raw);
	if (!step->signal)
		return a_signal;
	return !value || parse_span(value, USEC_PER_SEC, &step->wait) ? NULL : a_span;
}

/* Neither KILL nor STOP comes to PID 1's notice, and CHLD has its own meaning. signal(7) */
static const char *read_stop_on(struct fold *fold, const struct option *option, const char *value)
{
	int number = signal_from_name(value);

	if (number == 0 || number == 9 || number == 17 || number == 19)
		return "signals, but not KILL, STOP or CHLD";
	add_bit(fold, option->place, (unsigned)number - 1);
	return NULL;
}

static const char *read_capability(struct fold *fold, const struct option *option,
				   const char *value)
{
	int number = capability_from_name(value);

	(void)option;
	if (number < 0)
		return "capabilities such as CAP_CHOWN";
	fold->capabilities |= 1ULL << number;
	return NULL;
}

/* A bit's "-locked" is the bit after it. capabilities(7) */
static const char *read_secure_bit(struct fold *fold, const struct option *option,
				   const char *value)
{
	const char *words = words_of(option), *locked = text_find(value, "-locked");
	size_t length = locked ? (size_t)(locked - value) : strlen(value);
	int number = word_number(words, value, length);

	if (number < 0 || (locked && locked[7]))
		return words;
	fold->config->secure_bits |= 1U << (2 * number + (locked != NULL));
	return NULL;
}

/* "3" or "0-3" at *cursor, which goes behind it. */
static bool next_cpus(const char **cursor, unsigned range[static 2])
{
	const char *at = *cursor;

	for (int i = 0; i < 2; i++) {
		const char *digits = at;

		for (range[i] = 0; *at >= '0' && *at <= '9' && range[i] < 1024; at++)
			range[i] = range[i] * 10 + (unsigned)(*at - '0');
		if (at == digits || range[i] >= 1024)
			return false;
		if (i == 0 && *at != '-') {
			range[1] = range[0];
			break;
		}
		at += i == 0;
	}
	*cursor = at;
	return range[0] <= range[1];
}

/*
 * A word may hold several ranges: "0-3,8". "numa" asks for the CPUs of NUMAMask=, which is none of
 * ours.
 */
static const char *read_cpus(struct fold *fold, const struct option *option, const char *value)
{
	unsigned range[2];

	if (strcmp(value, "numa") == 0)
		return NULL;
	for (; *value; value += *value == ',') {
		if (!next_cpus(&value, range) || (*value && *value != ','))
			return "CPUs such as 0-3 8";
		for (; range[0] <= range[1]; range[0]++)
			add_bit(fold, option->place, range[0]);
	}
	return NULL;
}

/* A number is always a status: systemd.service(5). */
static const char *read_status(struct fold *fold, const struct option *option, const char *value)
{
	uint64_t number;
	bool is_number = parse_unsigned(value, 255, &number);
	int status = is_number ? (int)number : exit_status_from_name(value);
	int signal = status < 0 ? signal_from_name(value) : 0;

	if (status >= 0)
		add_bit(fold, option->place + offsetof(struct status_set, codes), (unsigned)status);
	else if (signal)
		add_bit(fold, option->place + offsetof(struct status_set, signals),
			(unsigned)signal - 1);
	else
		return "exit statuses and signals such as 75 TEMPFAIL SIGKILL";
	return NULL;
}

static const char *read_commands(struct fold *fold, const struct option *option, const char *value)
{
	unsigned char flags[COMMANDS_PER_LINE];
	const char *error = NULL;

	if (command_check(value, fold->specifiers, flags, &error) > 1 && option->kind == KIND_CHECK)
		return "one command";
	return error;
}

static const char *read_check(struct fold *fold, const struct option *option, const char *value)
{
	memcpy(field_at(fold, option->place), &value, sizeof value);
	return url_is(value) ? url_parse(value, &(struct url){ 0 }) :
			       read_commands(fold, option, value);
}

/* "|" before it: of those with a "|" one must hold. "!": it must not hold. */
static const char *read_condition(struct fold *fold, const struct option *option, const char *value)
{
	(void)fold;
	for (const char *sign = "|!"; *sign; sign++)
		if (*value == *sign)
			value += 1 + strspn(value + 1, " \t");
	if (option->detail <= CONDITION_FILE_IS_EXECUTABLE)
		return refuse_path(value);
	if (option->detail == CONDITION_CAPABILITY)
		return capability_from_name(value) < 0 ? "a capability" : NULL;
	return *value ? NULL : "something behind it";
}

static const char *read_variable(struct fold *fold, const struct option *option, const char *value)
{
	size_t length = variable_name(value);

	(void)fold;
	value += length;
	if (length && (*value ? *value == '=' && option->detail != VARIABLES_NAMED :
				      option->detail != VARIABLES_SET))
		return NULL;
	return option->detail == VARIABLES_SET ? "NAME=VALUE" : "names of variables";
}

static const char *read_file(struct fold *fold, const struct option *option, const char *value)
{
	(void)fold;
	(void)option;
	return refuse_path(value + (*value == '-'));
}

/* PATH, PATH:LINK or PATH:LINK:ro. Below "private" systemd keeps those of dynamic users. */
static const char *read_directory(struct fold *fold, const struct option *option, const char *value)
{
	(void)option;
	for (int i = 0; next_part(fold, &value, ':'); i++) {
		const char *part = fold->raw, *below = i ? NULL : after_prefix(part, "private");

		if (i > 2 || (i == 2 && *part && strcmp(part, "ro") != 0) || *part == '/' ||
		    !is_normal(part) || (i == 0 && !*part) || (below && (!*below || *below == '/')))
			return "a relative path";
	}
	return NULL;
}

static const char *read_text(struct fold *fold, const struct option *option, const char *value)
{
	struct text text = text_over(fold->raw, WORD_ROOM);

	(void)option;
	return text_add_unescaped(&text, value) ? expand(fold, fold->raw) : escapes_of_c;
}

static const char *read_data(struct fold *fold, const struct option *option, const char *value)
{
	struct text data = text_over(fold->raw, WORD_ROOM);

	(void)option;
	return text_add_base64(&data, value) ? NULL : "base64";
}

/*
 * The last two: in a unit words that can't be read are left out, or the line is, as by systemd. Of
 * KIND_COMMANDS that is so only for some.
 */
enum {
	EXPANDED = 1,
	EACH_WORD = 2,
	INVERTS = 4, /* "~" before all words stands for all but these, and no word for none */
	SKIPS_WORDS = 8,
	SKIPS_LINE = 16,
};

/* How each kind is read, and the size of its field. */
static const struct PACKED {
	reader *read;
	uint8_t size, flags;
} kinds[] = {
	[KIND_BOOL] = { read_bool, sizeof(bool), 0 },
	[KIND_DROP] = { read_drop, 0, 0 },
	[KIND_NUMBER] = { read_number, sizeof(int), 0 },
	[KIND_POLICY] = { read_policy, sizeof(int), 0 },
	[KIND_RESTART] = { read_restart, sizeof(int), 0 },
	[KIND_ACTION] = { read_action, sizeof(int), 0 },
	[KIND_SPAN] = { read_span, sizeof(uint64_t), 0 },
	[KIND_SIGNAL] = { read_signal, sizeof(int), 0 },
	[KIND_MODE] = { read_mode, sizeof(unsigned), 0 },
	[KIND_USER] = { read_user, sizeof(char *), EXPANDED },
	[KIND_PID_FILE] = { read_pid_file, sizeof(char *), EXPANDED },
	[KIND_WORKING_DIRECTORY] = { read_working_directory, sizeof(char *), EXPANDED },
	[KIND_STREAM] = { read_stream, sizeof(int), EXPANDED },
	[KIND_LIMIT] = { read_limit, sizeof(struct limit), 0 },
	[KIND_STOP_SCHEDULE] = { read_stop_step, sizeof(unsigned), EACH_WORD },
	[KIND_STOP_ON] = { read_stop_on, sizeof(uint64_t), EACH_WORD },
	[KIND_CHECK] = { read_check, sizeof(char *), 0 },
	[KIND_CAPABILITIES] = { read_capability, sizeof(uint64_t), EACH_WORD | INVERTS | SKIPS_WORDS },
	[KIND_SECURE_BITS] = { read_secure_bit, sizeof(unsigned), EACH_WORD | SKIPS_WORDS },
	[KIND_AFFINITY] = { read_cpus, sizeof(uint64_t[16]), EACH_WORD | SKIPS_WORDS },
	[KIND_STATUSES] = { read_status, sizeof(struct status_set), EACH_WORD | SKIPS_WORDS },
	[KIND_SEARCH_PATH] = { read_search_path, sizeof(char *), EXPANDED | SKIPS_LINE },
	[KIND_COMMANDS] = { read_commands, 0, 0 },
	[KIND_CONDITION] = { read_condition, 0, EXPANDED | SKIPS_LINE },
	[KIND_VARIABLES] = { read_variable, 0, EACH_WORD | SKIPS_WORDS },
	[KIND_FILES] = { read_file, 0, EXPANDED | SKIPS_LINE },
	[KIND_GROUPS] = { read_user, 0, EACH_WORD },
	[KIND_DIRECTORIES] = { read_directory, 0, EACH_WORD | SKIPS_WORDS },
	[KIND_TEXT] = { read_text, 0, SKIPS_LINE },
	[KIND_DATA] = { read_data, 0, SKIPS_LINE },
};

/* ---- three faces ----------------------------------------------------------------------------- */

static bool lands_at(const struct option *option, size_t field)
{
	return option->place == field && !is_list(option);
}

const char *field_key(size_t field)
{
	const struct option *option = options;

	while (!lands_at(option, field))
		option++;
	return option_key(option);
}

bool option_is_bool(const struct option *option)
{
	return option->kind <= KIND_DROP;
}

static void add_name(struct text *text, const struct option *option, char separator,
		     char letter_case)
{
	const char *key = option_key(option);

	text_add_words(text, key[1] == '-' ? key + 2 : key, separator, letter_case);
}

static const struct option *option_by(char separator, char letter_case, const char *name,
				      size_t length)
{
	char buffer[48];

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		struct text text = text_over(buffer, sizeof buffer);

		add_name(&text, &options[i], separator, letter_case);
		if (text.length == length && memcmp(buffer, name, length) == 0)
			return &options[i];
	}
	return NULL;
}

const struct option *option_by_key(const char *key, size_t length)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (strncmp(option_key(&options[i]), key, length) == 0 &&
		    !option_key(&options[i])[length])
			return &options[i];
	return NULL;
}

const struct option *option_by_flag(const char *flag, size_t length)
{
	return option_by('-', 0x20, flag, length);
}

const struct option *option_by_variable(const char *variable, size_t length)
{
	return option_by('_', 0, variable, length);
}

void option_add_flag(struct text *text, const struct option *option)
{
	text_add(text, "--");
	add_name(text, option, '-', 0x20);
}

void option_add_variable(struct text *text, const struct option *option)
{
	text_add(text, "TEND_");
	add_name(text, option, '_', 0);
}

bool option_is_of(const struct option *option, const char *section)
{
	if (strcmp(section, "Unit") == 0)
		return option->marks & IN_UNIT;
	return option->marks & IN_SERVICE && strcmp(section, "Service") == 0;
}

/*
 * Whether one key becomes the other by a letter more, less or changed, or by two that change
 * places; case is nothing. What they have in common at both ends leaves at most that.
 */
static bool are_near(const char *one, size_t length, const char *other, size_t other_length)
{
	size_t least = length < other_length ? length : other_length, front = 0, back = 0;

	while (front < least && same_in_any_case(one + front, other + front, 1))
		front++;
	while (back < least - front &&
	       same_in_any_case(one + length - back - 1, other + other_length - back - 1, 1))
		back++;
	length -= front + back;
	other_length -= front + back;
	return (length <= 1 && other_length <= 1) ||
	       (length == 2 && other_length == 2 &&
		same_in_any_case(one + front, other + front + 1, 1) &&
		same_in_any_case(one + front + 1, other + front, 1));
}

const char *option_near(const char *key, size_t length)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (are_near(key, length, option_key(&options[i]), strlen(option_key(&options[i]))))
			return option_key(&options[i]);
	return NULL;
}

/* ---- complaints ------------------------------------------------------------------------------ */

#define SHOWN_VALUE 160 /* of a value that is wrong */

bool complaint_say(struct complaint *complaint, const char *format, ...)
{
	struct text text = text_over(complaint->message, sizeof complaint->message);
	va_list list;

	va_start(list, format);
	text_format_list(&text, format, list);
	va_end(list);
	return false;
}

bool complaint_error(struct complaint *complaint, const char *what, int error)
{
	struct text text = text_over(complaint->message, sizeof complaint->message);

	text_format(&text, "%s: ", what);
	text_add_error(&text, error);
	return false;
}

void text_add_place(struct text *text, const struct assignment *assignment)
{
	if (assignment->layer == LAYER_ENVIRONMENT)
		option_add_variable(text, assignment->option);
	else if (assignment->layer == LAYER_FLAG)
		option_add_flag(text, assignment->option);
	else
		text_format(text, "%s:%u: %s", assignment->file, assignment->line,
			    option_key(assignment->option));
}

/* "nginx.service:12: RestartSec=abc" */
static void add_assignment(struct text *text, const struct assignment *assignment,
			   const char *value, size_t length)
{
	text_add_place(text, assignment);
	text_add_byte(text, '=');
	text_add_bytes(text, value, length > SHOWN_VALUE ? SHOWN_VALUE : length);
	text_add(text, length > SHOWN_VALUE ? "..." : "");
}

void hearing_say(struct hearing *hearing, enum unit_remark remark, const char *subject,
		 const struct complaint *message)
{
	if (hearing->listener)
		hearing->listener->remark(hearing->listener->context, remark, subject,
					  message->message);
	if (remark < UNIT_REFUSED || hearing->refused)
		return;
	*hearing->complaint = *message;
	hearing->refused = true;
}

/* ---- the journal ----------------------------------------------------------------------------- */

static bool complain_of_room(struct complaint *complaint)
{
	return complaint_say(complaint, "too many options: their memory is full");
}

/*
 * The layers come in any order; behind the last row that is not stronger is the place of a new one.
 */
static bool insert(struct journal *journal, const struct assignment *assignment,
		   struct complaint *complaint)
{
	struct assignment *row = journal->rows + journal->count;

	if (journal->count == journal->room)
		return complain_of_room(complaint);
	for (; row > journal->rows && row[-1].layer > assignment->layer; row--)
		*row = row[-1];
	*row = *assignment;
	journal->count++;
	return true;
}

bool journal_add(struct journal *journal, const struct option *option, enum layer layer,
		 const char *file, unsigned line, const char *text, struct complaint *complaint)
{
	struct assignment row = { option, layer, file, line, text };
	const char *end;

	if (layer == LAYER_UNIT || !is_list(option))
		return insert(journal, &row, complaint);
	for (; (end = strchr(row.text, '\n')) != NULL; row.text = end + 1) {
		struct assignment first = row;

		first.text = arena_copy(journal->arena, row.text, (size_t)(end - row.text));
		if (!first.text)
			return complain_of_room(complaint);
		if (!insert(journal, &first, complaint))
			return false;
	}
	return (row.text != text && !*row.text) || insert(journal, &row, complaint);
}

static bool is_listed_as(const struct option *option, enum listed listed)
{
	return option->place == listed && option->kind >= KIND_COMMANDS;
}

const char *listed_key(enum listed listed)
{
	const struct option *option = options;

	while (!is_listed_as(option, listed))
		option++;
	return option_key(option);
}

const struct assignment *journal_next(const struct journal *journal, enum listed listed,
				      size_t *cursor)
{
	const struct assignment *row = journal->rows + *cursor;

	if (*cursor == 0)
		for (size_t i = 0; i < journal->count; i++)
			if (is_listed_as(journal->rows[i].option, listed) && !*journal->rows[i].text)
				row = &journal->rows[i];
	for (; row < journal->rows + journal->count; row++)
		if (*row->text && is_listed_as(row->option, listed)) {
			*cursor = (size_t)(row - journal->rows) + 1;
			return row;
		}
	return NULL;
}

bool journal_has(const struct journal *journal, enum listed listed)
{
	size_t cursor = 0;

	return journal_next(journal, listed, &cursor);
}

bool journal_shapes_child(const struct journal *journal)
{
	bool shapes = false;

	/* The place of what stays in the journal is the number of its list, which is smaller. */
	for (size_t i = 0; i < journal->count; i++)
		shapes |= journal->rows[i].option->place < AT(restart);
	return shapes;
}

const struct assignment *journal_last(const struct journal *journal, size_t field)
{
	for (size_t i = journal->count; i--;) {
		const struct assignment *row = &journal->rows[i];

		if (lands_at(row->option, field))
			return *row->text ? row : NULL;
	}
	return NULL;
}

/* ---- from the journal into the config -------------------------------------------------------- */

/*
 * As the texts of the defaults say: to read those would be 50,000 instructions before the first
 * start, of 13,000 without.
 */
static void set_defaults(struct config *config, bool unit)
{
	memset(config, 0, sizeof *config);
#define SET_NOTHING(field, value, other)
#define SET(field, value, other) config->field = value;
#define SET_EITHER(field, value, other) config->field = unit ? value : other;
#define ROW_OF(section, key, kind, detail, place, field, mark, words, \
	       text, mark2, bare, set, value, other, help) \
	set(field, value, other)
#include "option-rows.h"
#undef ROW_OF
}

/* The word at *cursor, which goes behind it, or to the end where that can't be told. */
static const char *read_word(struct fold *fold, const struct option *option, const char **cursor)
{
	struct text raw = text_over(fold->raw, WORD_ROOM);
	const char *expected;

	if (quoted_word(cursor, &raw) < 0) {
		*cursor += strlen(*cursor);
		return escapes_of_c;
	}
	expected = expand(fold, fold->raw);
	return expected ? expected : kinds[option->kind].read(fold, option, fold->word);
}

/* Whether there is one more word: *cursor goes to its beginning. */
static bool has_word(const char **cursor)
{
	*cursor += strspn(*cursor, BLANKS);
	return **cursor;
}

static const char *read_each_word(struct fold *fold, const struct option *option, const char *value)
{
	const char *expected = NULL;

	while (!expected && has_word(&value))
		expected = read_word(fold, option, &value);
	return expected;
}

/*
 * As systemd merges them: the first set replaces what was unset, later ones are added, those behind
 * "~" are taken away; an empty one is the empty set, "~" alone the full one.
 */
static const char *read_capabilities(struct fold *fold, const struct option *option,
				     const char *value)
{
	uint64_t *set = field_at(fold, option->place), unset = option->detail ? UINT64_MAX : 0, sum;
	bool invert = *value == '~';
	const char *expected;

	fold->capabilities = 0;
	expected = read_each_word(fold, option, value + invert);
	sum = fold->capabilities;
	if (sum == 0 || *set == unset)
		*set = invert ? ~sum : sum;
	else
		*set = invert ? *set & ~sum : *set | sum;
	return expected;
}

static const char *read_value(struct fold *fold, const struct option *option, const char *value)
{
	uint8_t flags = kinds[option->kind].flags;
	const char *expected = NULL;

	if (flags & INVERTS)
		return read_capabilities(fold, option, value);
	if (flags & EACH_WORD)
		return read_each_word(fold, option, value);
	if (flags & EXPANDED) {
		expected = expand(fold, value);
		value = fold->word;
	}
	return expected ? expected : kinds[option->kind].read(fold, option, value);
}

static const char *read_default(struct fold *fold, const struct option *option)
{
	const char *value = default_of(option, fold->unit);

	memset(field_at(fold, option->place), 0, kinds[option->kind].size);
	fold->given = false;
	return *value ? read_value(fold, option, value) : NULL;
}

/* An empty one takes all before it back, but the empty set of capabilities; any other one of a scalar too. */
static const char *read_assignment(struct fold *fold, const struct assignment *assignment)
{
	const struct option *option = assignment->option;

	if (!*assignment->text && !(kinds[option->kind].flags & INVERTS))
		return read_default(fold, option);
	if (!is_list(option))
		memset(field_at(fold, option->place), 0, kinds[option->kind].size);
	fold->given = true;
	return read_value(fold, option, assignment->text);
}

/* ---- what systemd only warns of -------------------------------------------------------------- */

/* Of length bytes at part, of the row's text. */
static void say_unreadable(struct fold *fold, const struct assignment *row, const char *part,
			   size_t length, enum unit_remark remark, const char *expected)
{
	struct complaint complaint;
	struct text text = text_over(complaint.message, sizeof complaint.message);

	add_assignment(&text, row, part, length);
	text_format(&text, ": %sexpected %s", remark == UNIT_IGNORED ? "ignored, " : "", expected);
	hearing_say(&fold->hearing, remark, "", &complaint);
}

/* They become blanks: a unit's text may be written, as unit_read() does. */
static void skip_words(struct fold *fold, const struct assignment *row)
{
	const char *cursor = row->text;

	cursor += kinds[row->option->kind].flags & INVERTS && *cursor == '~';
	while (has_word(&cursor)) {
		char *word = (char *)(uintptr_t)cursor;
		const char *expected = read_word(fold, row->option, &cursor);
		size_t length = (size_t)(cursor - word);

		if (!expected)
			continue;
		say_unreadable(fold, row, word, length, UNIT_IGNORED, expected);
		memset(word, ' ', length);
	}
}

/*
 * Whether systemd only warns of a line that can't be read. Of commands it must be only one, with
 * "-". To systemd a capability that nobody knows is never there, and never missing; only conditions
 * have such a detail.
 */
static bool is_skipped(const struct option *option, const char *value)
{
	if (option->kind == KIND_COMMANDS)
		return value[strspn(value, "@:+!")] == '-' && !text_find(value, " ; ");
	return kinds[option->kind].flags & SKIPS_LINE && option->detail != CONDITION_CAPABILITY;
}

/* Whether the row is one still. */
static bool fold_row(struct fold *fold, const struct assignment *row)
{
	bool in_unit = row->layer == LAYER_UNIT, skipped;
	const char *expected;

	if (in_unit && kinds[row->option->kind].flags & SKIPS_WORDS)
		skip_words(fold, row);
	expected = read_assignment(fold, row);
	if (!expected)
		return true;
	skipped = in_unit && is_skipped(row->option, row->text);
	say_unreadable(fold, row, row->text, strlen(row->text),
		       skipped ? UNIT_IGNORED : UNIT_REFUSED, expected);
	return !skipped;
}

/* With a frame of its own: where nothing is assigned, nobody touches that much of the stack. */
APART static bool fold_rows(struct journal *journal, bool unit,
						const struct specifiers *specifiers,
						const struct unit_listener *listener,
						struct config *config, struct complaint *complaint)
{
	char raw[WORD_ROOM], word[WORD_ROOM];
	struct fold fold = { specifiers, journal->arena, config, { listener, complaint, false },
			     unit, .raw = raw, .word = word };
	size_t kept = 0;

	for (size_t i = 0; i < journal->count; i++) {
		journal->rows[kept] = journal->rows[i];
		kept += fold_row(&fold, &journal->rows[kept]);
	}
	journal->count = kept;
	return !fold.hearing.refused;
}

/* Unless an assignment decides. */
static void set_default(const struct journal *journal, struct config *config, size_t field,
			uint64_t value)
{
	if (!journal_last(journal, field))
		memcpy((char *)config + field, &value, sizeof value);
}

/*
 * Docker's policies wait 100 ms, twice as long each time, up to a minute, and forget after a run of
 * 10 s.
 */
static void settle_docker(const struct journal *journal, struct config *config)
{
	if (!config->docker_backoff)
		return;
	set_default(journal, config, AT(restart_max_delay),
		    config->restart_usec > 60 * USEC_PER_SEC ? config->restart_usec :
							       60 * USEC_PER_SEC);
	set_default(journal, config, AT(restart_reset), 10 * USEC_PER_SEC);
	set_default(journal, config, AT(start_limit_interval), 0);
}

/*
 * "inherit" means the stream before it, but only where that is none of tend's own: systemd.exec(5).
 */
static void settle_streams(const struct journal *journal, struct config *config)
{
	if ((config->standard_input == STREAM_NULL || config->standard_input == STREAM_INHERIT) &&
	    journal_has(journal, LISTED_INPUT_TEXT))
		config->standard_input = STREAM_DATA;
	if (config->standard_output == STREAM_SAME && config->standard_input != STREAM_TTY &&
	    config->standard_input != STREAM_FD)
		config->standard_output = STREAM_INHERIT;
	if (config->standard_error == STREAM_SAME && config->standard_output == STREAM_INHERIT)
		config->standard_error = STREAM_INHERIT;
}

static void settle_times(const struct journal *journal, struct config *config)
{
	config->timeout_start_set = journal_last(journal, AT(timeout_start));
	if (config->type == TYPE_ONESHOT)
		set_default(journal, config, AT(timeout_start), USEC_INFINITY);
	set_default(journal, config, AT(timeout_abort), config->timeout_stop);
	if (config->restart_usec > config->restart_max_delay)
		config->restart_usec = config->restart_max_delay;
	if (config->runtime_max == USEC_INFINITY)
		config->runtime_random_extra = 0;
}

/* Its words begin with "none"; who notifies for a living is heard even then. */
static void settle_notify_access(struct config *config)
{
	bool notifies = config->type == TYPE_NOTIFY || config->type == TYPE_NOTIFY_RELOAD ||
			config->watchdog;

	config->notify_access = (enum notify_access)(config->notify_access + NOTIFY_ACCESS_NONE);
	if (config->notify_access == NOTIFY_ACCESS_NONE && notifies)
		config->notify_access = NOTIFY_ACCESS_MAIN;
}

/*
 * What follows from several options; systemd's service_add_extras() and unit_patch_contexts() are
 * the model.
 */
static void settle(const struct journal *journal, bool unit, unsigned starts, struct config *config)
{
	if (starts == 0 && !journal_last(journal, AT(type)))
		config->type = TYPE_ONESHOT;
	settle_docker(journal, config);
	settle_streams(journal, config);
	settle_times(journal, config);
	settle_notify_access(config);
	config->inherit_umask = !unit && !journal_last(journal, AT(umask));
	config->bounding_set_given = config->bounding_set != UINT64_MAX;
	for (size_t i = 0; i < sizeof config->affinity / sizeof *config->affinity; i++)
		config->affinity_set |= config->affinity[i] != 0;
	if (config->dynamic_user)
		config->no_new_privileges = THREE_YES;
}

/*
 * A rule that is broken names what broke it last; where nothing did, which only a unit can do, the
 * file.
 */
static bool complain_of_rule(struct complaint *complaint, const char *file, const struct assignment *last,
			     const char *why)
{
	struct text text = text_over(complaint->message, sizeof complaint->message);

	if (last)
		add_assignment(&text, last, last->text, strlen(last->text));
	else
		text_add(&text, file);
	text_format(&text, ": %s", why);
	return false;
}

/* And the last assignment of that list, or NULL. */
static unsigned count_commands(const struct journal *journal, enum listed listed,
			       const struct specifiers *specifiers, const struct assignment **last)
{
	unsigned char flags[COMMANDS_PER_LINE];
	const struct assignment *row;
	const char *error;
	unsigned count = 0;

	*last = NULL;
	for (size_t cursor = 0; (row = journal_next(journal, listed, &cursor)) != NULL; *last = row)
		count += command_check(row->text, specifiers, flags, &error);
	return count;
}

static const struct assignment *too_long_list(const struct journal *journal,
					      const struct specifiers *specifiers)
{
	const struct assignment *last;

	for (enum listed listed = LISTED_EXEC_CONDITION; listed <= LISTED_EXEC_STOP_POST; listed++)
		if (count_commands(journal, listed, specifiers, &last) > COMMANDS_MAX)
			return last;
	return NULL;
}

/*
 * What systemd refuses, its service_verify(): what is wrong, and what has made it so last; NULL: nothing. *last is the
 * last ExecStart=.
 */
static const char *broken_rule(const struct journal *journal, const struct specifiers *specifiers,
			       const struct config *config, unsigned starts, const struct assignment **last)
{
	static const char not_oneshot[] = "not with Type=oneshot";
	const struct assignment *too_long = too_long_list(journal, specifiers);
	bool oneshot = config->type == TYPE_ONESHOT;
	bool acts = journal_last(journal, AT(success_action)) && config->success_action != END_NONE;
	bool stops = config->remain_after_exit && journal_has(journal, LISTED_EXEC_STOP);

	if (too_long) {
		*last = too_long;
		return "at most 64 commands";
	}
	if (starts > 1 && !oneshot)
		return "only one without Type=oneshot";
	*last = journal_last(journal, AT(type));
	if (starts == 0 && !(oneshot && (acts || stops)))
		return "ExecStart= is missing";
	if (config->type == TYPE_DBUS)
		return "no bus here: name another Type= in a drop-in";
	if (!oneshot)
		return NULL;
	*last = journal_last(journal, AT(restart));
	if (config->restart == RESTART_ON_SUCCESS || config->restart >= RESTART_ALWAYS)
		return not_oneshot;
	*last = journal_last(journal, AT(exit_type));
	return config->exit_type == EXIT_TYPE_CGROUP ? not_oneshot : NULL;
}

bool options_fold(struct journal *journal, bool unit, const struct specifiers *specifiers,
		  const struct unit_listener *listener, struct config *config,
		  struct complaint *complaint)
{
	const struct assignment *last = NULL;
	const char *why;
	unsigned starts = 1;

	set_defaults(config, unit);
	if (journal->count && !fold_rows(journal, unit, specifiers, listener, config, complaint))
		return false;
	if (unit && !journal->command_given)
		starts = count_commands(journal, LISTED_EXEC_START, specifiers, &last);
	settle(journal, unit, starts, config);
	why = broken_rule(journal, specifiers, config, starts, &last);
	return !why || complain_of_rule(complaint, specifiers->of['y'], last, why);
}

/* ---- help ------------------------------------------------------------------------------------ */

#define HELP_COLUMN 40

/* "  --log-level=error|warn|info|debug [info; warn]", then the help. */
void options_help(void (*print)(void *context, const char *line), void *context)
{
	char buffer[256];

	for (const struct option *option = options; option < options + OPTION_COUNT; option++) {
		struct text line = text_over(buffer, sizeof buffer);
		const char *unit = default_of(option, true), *bare = default_of(option, false);

		text_add(&line, "  ");
		option_add_flag(&line, option);
		text_format(&line, "=%s", option->marks & HAS_WORDS ? words_of(option) : "");
		if (*unit)
			text_format(&line, unit == bare ? " [%s]" : " [%s; %s]", unit, *bare ? bare : "unset");
		for (text_add(&line, "  "); line.length < HELP_COLUMN;)
			text_add_byte(&line, ' ');
		text_add(&line, help_of(option));
		print(context, buffer);
	}
}
