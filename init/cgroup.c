#include "cgroup.h"
#include "kernel.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* ---- the pure part ---- */

/* Whether item stands in the list between list and end, whose items are parted by commas. */
static bool in_list(const char *list, const char *end, const char *item)
{
	size_t length = strlen(item);

	while (list < end) {
		size_t here = strcspn(list, ",: ");

		if (here == length && memcmp(list, item, length) == 0)
			return true;
		list += here + 1;
	}
	return false;
}

const char *cgroup_line_path(const char *line, const char *controller)
{
	const char *list = strchr(line, ':');
	const char *path = list ? strchr(list + 1, ':') : NULL;
	bool ours;

	if (!path)
		return NULL;
	ours = controller ? in_list(list + 1, path, controller) : after_prefix(line, "0::") != NULL;
	return ours ? path + 1 : NULL;
}

/* A word with each backslash and three octal digits turned into the byte that they mean. */
static void add_unescaped(struct text *text, const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char byte = word[i];

		if (byte == '\\' && length - i > 3) {
			byte = (char)((word[i + 1] - '0') * 64 + (word[i + 2] - '0') * 8 + (word[i + 3] - '0'));
			i += 3;
		}
		text_add_byte(text, byte);
	}
}

/* 36 35 98:0 /root /mount/point rw,noatime master:1 - cgroup cgroup rw,memory: optional fields end at the "-". */
bool cgroup_line_mount(const char *line, const char *controller, struct text *root, struct text *point)
{
	enum { ROOT = 3, POINT = 4, OPTIONS = 2 }; /* words from the line's beginning; from the type */
	const char *fields_end = text_find(line, " - ");
	const char *type = fields_end ? fields_end + strlen(" - ") : "";
	const char *expected = controller ? "cgroup" : "cgroup2";
	size_t length;
	const char *word = next_word(&type, &length);

	if (!word || length != strlen(expected) || memcmp(word, expected, length) != 0)
		return false;
	for (int i = 0; i < OPTIONS; i++)
		word = next_word(&type, &length);
	if (controller && (!word || !in_list(word, word + length, controller)))
		return false;
	for (int i = 0; i <= POINT; i++) {
		word = next_word(&line, &length);
		if (word && i >= ROOT)
			add_unescaped(i == ROOT ? root : point, word, length);
	}
	return word && word < fields_end;
}

const char *cgroup_path_below(const char *path, const char *root)
{
	const char *rest = strcmp(root, "/") == 0 ? path : after_prefix(path, root);

	return rest && *rest == '/' && rest[1] && !text_find(rest, "/..") ? rest : "";
}

uint64_t cgroup_value(const char *text, const char *key)
{
	uint64_t value = 0;
	const char *digit;

	while (key) {
		const char *rest = after_prefix(text, key);

		if (rest && *rest == ' ') {
			text = rest + 1;
			break;
		}
		text = strchr(text, '\n');
		if (!text++)
			return UINT64_MAX;
	}
	for (digit = text; *digit >= '0' && *digit <= '9'; digit++)
		value = value * 10 + (uint64_t)(*digit - '0');
	return digit > text ? value : UINT64_MAX;
}

/* ---- files ---- */

/* What is asked, under its names in v1 and in v2. */
enum { FROM_V1, FROM_V2, FROM_COUNT };
struct PACKED source {
	const char *controller;
	const char *file[FROM_COUNT];
	const char *key[FROM_COUNT]; /* of the line, NULL: the file is one number */
	uint16_t divisor[FROM_COUNT];
};

static const struct source kills = { "memory", { "memory.oom_control", "memory.events" }, { "oom_kill", "oom_kill" }, { 1, 1 } };
static const struct source memory = { "memory", { "memory.usage_in_bytes", "memory.current" }, { NULL, NULL }, { 1, 1 } };
static const struct source cpu = { "cpuacct", { "cpuacct.usage", "cpu.stat" }, { NULL, "usage_usec" }, { 1000, 1 } };

/*
 * Calls visit with each line of a file until it returns true. A line that is longer than the buffer is left
 * out: no cgroup's is.
 */
static bool each_line(const char *path, bool (*visit)(void *context, const char *line), void *context)
{
	char buffer[PATH_MAX + 512];
	size_t held = 0;
	bool skip = false, found = false;
	int file = kernel_open(path, O_RDONLY);
	ssize_t length;

	while (file >= 0 && !found && (length = read(file, buffer + held, sizeof buffer - held)) > 0) {
		char *line = buffer, *end;

		held += (size_t)length;
		while (!found && (end = memchr(line, '\n', held))) {
			*end++ = '\0';
			found = !skip && visit(context, line);
			skip = false;
			held -= (size_t)(end - line);
			line = end;
		}
		memmove(buffer, line, held);
		if (held == sizeof buffer) {
			skip = true;
			held = 0;
		}
	}
	if (file >= 0)
		close(file);
	return found;
}

/* A search for one file; the lines of /proc/self/cgroup lead to those of mountinfo. */
struct search {
	const char *controller; /* NULL: v2 */
	const char *name;
	struct text path;
	int file;
};

static bool open_at(struct search *search, const char *point, const char *below)
{
	char buffer[PATH_MAX];
	struct text path = text_over(buffer, sizeof buffer);

	text_format(&path, "%s%s/%s", point, below, search->name);
	if (!path.cut)
		search->file = kernel_open(buffer, O_RDONLY);
	return search->file >= 0;
}

static bool try_mount(void *context, const char *line)
{
	char root_buffer[PATH_MAX], point_buffer[PATH_MAX];
	struct text root = text_over(root_buffer, sizeof root_buffer);
	struct text point = text_over(point_buffer, sizeof point_buffer);
	struct search *search = context;

	if (!cgroup_line_mount(line, search->controller, &root, &point))
		return false;
	return open_at(search, point_buffer, cgroup_path_below(search->path.start, root_buffer)) ||
	       open_at(search, point_buffer, "");
}

/* Where nearly every machine mounts them. To read mountinfo takes as long as all else that PID 1 does at its start. */
static bool try_usual_mount(struct search *search)
{
	char buffer[64];
	struct text point = text_over(buffer, sizeof buffer);

	text_add(&point, "/sys/fs/cgroup");
	if (search->controller)
		text_format(&point, "/%s", search->controller);
	return open_at(search, buffer, cgroup_path_below(search->path.start, "/"));
}

static bool try_hierarchy(void *context, const char *line)
{
	struct search *search = context;
	const char *path = cgroup_line_path(line, search->controller);

	if (!path)
		return false;
	text_add(&search->path, path);
	return try_usual_mount(search) || each_line("/proc/self/mountinfo", try_mount, search);
}

/* The descriptor of source's file, and in *from which of the two it is; -1 if there is none. */
static int open_source(const struct source *source, int *from)
{
	for (*from = FROM_V1; *from < FROM_COUNT; ++*from) {
		char buffer[PATH_MAX];
		struct search search = {
			.controller = *from == FROM_V1 ? source->controller : NULL,
			.name = source->file[*from],
			.path = text_over(buffer, sizeof buffer),
			.file = -1,
		};

		if (each_line("/proc/self/cgroup", try_hierarchy, &search))
			return search.file;
	}
	return -1;
}

static uint64_t read_value(int file, const char *key)
{
	char buffer[1024];
	ssize_t length = pread(file, buffer, sizeof buffer - 1, 0);

	if (length <= 0)
		return UINT64_MAX;
	buffer[length] = '\0';
	return cgroup_value(buffer, key);
}

static uint64_t ask(const struct source *source)
{
	int from, file = open_source(source, &from);
	uint64_t value;

	if (file < 0)
		return UINT64_MAX;
	value = read_value(file, source->key[from]);
	close(file);
	return value == UINT64_MAX ? value : value / source->divisor[from];
}

void cgroup_open(struct cgroup *cgroup)
{
	int from;

	*cgroup = (struct cgroup){ .events = open_source(&kills, &from) };
	cgroup_new_kills(cgroup);
}

uint64_t cgroup_new_kills(struct cgroup *cgroup)
{
	uint64_t before = cgroup->kills, now;

	now = cgroup->events < 0 ? UINT64_MAX : read_value(cgroup->events, kills.key[FROM_V2]);
	if (now == UINT64_MAX)
		return 0;
	cgroup->kills = now;
	return now > before ? now - before : 0;
}

uint64_t cgroup_memory(void)
{
	return ask(&memory);
}

uint64_t cgroup_cpu_usec(void)
{
	return ask(&cpu);
}
