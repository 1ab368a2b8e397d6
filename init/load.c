#include "load.h"
#include "envfile.h"
#include "files.h"
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define SUFFIX ".service"
#define DROP_INS_MAX 64
#define HOST_NAME_FILE "/proc/sys/kernel/hostname"

/* From the strongest to the weakest; BELOW each of them. */
static const char search_path[][15] = { "/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib" };
#define BELOW "/systemd/system/"
#define SEARCH_COUNT (sizeof search_path / sizeof *search_path)

struct loader {
	struct world *world;
	const struct unit_listener *listener;
	struct complaint *complaint;
	char name[NAME_MAX + 1];     /* "postgresql@15-main.service" */
	char template[NAME_MAX + 1]; /* "postgresql@.service", or "" */
	char directory[PATH_MAX];    /* of the file, with its slash, where a path was given; else "" */
	char path[PATH_MAX];         /* the file that was found */
};

static bool refuse(struct loader *loader, const char *what, const char *why)
{
	return complaint_say(loader->complaint, "%s: %s", what, why);
}

static bool refuse_error(struct loader *loader, const char *what, int error)
{
	return complaint_error(loader->complaint, what, error);
}

/* In the arena; NULL where that is full, and for NULL. */
static const char *keep(struct loader *loader, const char *string)
{
	return string ? arena_copy(loader->world->journal.arena, string, strlen(string)) : NULL;
}

/* Names. */

static bool name_unit(struct loader *loader, const char *unit)
{
	const char *slash = strrchr(unit, '/'), *base = slash ? slash + 1 : unit;
	struct text name = text_over(loader->name, sizeof loader->name);
	struct text directory = text_over(loader->directory, sizeof loader->directory);
	const char *dot = strrchr(base, '.'), *at;
	struct text template = text_over(loader->template, sizeof loader->template);

	text_add(&name, base);
	if (!dot || strcmp(dot, SUFFIX) != 0) {
		if (!slash)
			text_add(&name, SUFFIX);
	}
	text_add_bytes(&directory, unit, (size_t)(base - unit));
	at = strchr(loader->name, '@');
	if (at && after_prefix(at, "@" SUFFIX))
		return refuse(loader, unit, "expected an instance of this template, such as name@instance.service");
	if (at) {
		text_add_bytes(&template, loader->name, (size_t)(at - loader->name) + 1);
		text_add(&template, SUFFIX);
	}
	return (!name.cut && !directory.cut) || refuse(loader, unit, "expected a shorter name");
}

static void join(char path[static PATH_MAX], const char *directory, const char *below, const char *name)
{
	struct text text = text_over(path, PATH_MAX);

	text_format(&text, "%s%s%s", directory, below, name);
}

/* Reading. */

/* One file's text into the journal; its name for messages is kept in the arena, since path is reused. */
static bool read_text(struct loader *loader, const char *path)
{
	struct file file;
	int error = file_read(path, &file);
	const char *name;

	if (error)
		return refuse_error(loader, path, error);
	if (strlen(file.text) != file.length)
		return refuse(loader, path, "expected text, found a NUL byte");
	name = keep(loader, path);
	if (!name)
		return refuse_error(loader, path, ENOMEM);
	return unit_read(&loader->world->journal, name, file.text, loader->listener, loader->complaint);
}

static bool is_absent(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

static bool exists_in(struct loader *loader, const char *directory, const char *below, const char *name)
{
	if (!*name)
		return false;
	join(loader->path, directory, below, name);
	/* One that can't be looked at is no reason to take another: to read it will say why. */
	return access(loader->path, F_OK) == 0 || !is_absent(errno);
}

/* The instance's own file anywhere comes before the template anywhere: systemd.unit(5). */
static bool find_file(struct loader *loader)
{
	const char *const names[] = { loader->name, loader->template };

	for (size_t name = 0; name < 2; name++) {
		if (*loader->directory) {
			if (exists_in(loader, loader->directory, "", names[name]))
				return true;
			continue;
		}
		for (size_t i = 0; i < SEARCH_COUNT; i++)
			if (exists_in(loader, search_path[i], BELOW, names[name]))
				return true;
	}
	return false;
}

/* Drop-ins. */

struct drop_in {
	const char *file;      /* "limits.conf" */
	const char *directory; /* "/etc/systemd/system/nginx.service.d" */
};

struct drop_ins {
	struct drop_in rows[DROP_INS_MAX];
	size_t count;
	bool full;
	bool refused; /* it has been said why */
};

/* In the order of the files' names; one of the same name in a stronger directory, which comes first, hides it. */
static void insert_drop_in(struct drop_ins *found, const char *file, const char *directory)
{
	size_t at = 0;
	int order = 1;

	while (at < found->count && (order = strcmp(found->rows[at].file, file)) < 0)
		at++;
	if (at < found->count && order == 0)
		return;
	if (found->count == DROP_INS_MAX) {
		found->full = true;
		return;
	}
	memmove(&found->rows[at + 1], &found->rows[at], (found->count - at) * sizeof *found->rows);
	found->rows[at] = (struct drop_in){ .file = file, .directory = directory };
	found->count++;
}

static bool is_drop_in(const char *name)
{
	size_t length = strlen(name);

	return *name != '.' && length > 5 && strcmp(name + length - 5, ".conf") == 0;
}

/* 0 or an errno. */
static int list_entries(struct loader *loader, const char *path, int directory, struct drop_ins *found)
{
	const char *kept = NULL;
	struct names names;

	names_begin(&names, directory);
	for (const char *name; (name = names_next(&names));) {
		const char *file;

		if (!is_drop_in(name))
			continue;
		if (!kept)
			kept = keep(loader, path);
		file = keep(loader, name);
		if (kept && file)
			insert_drop_in(found, file, kept);
		else
			found->full = true;
	}
	return names.got < 0 ? errno : 0;
}

static void list_directory(struct loader *loader, const char *path, struct drop_ins *found)
{
	int directory = kernel_open(path, O_RDONLY | O_DIRECTORY);
	int error = directory < 0 ? errno : list_entries(loader, path, directory, found);

	/* A drop-in that is not seen would be a setting that is lost. */
	if (error && !is_absent(error)) {
		refuse_error(loader, path, error);
		found->refused = true;
	}
	if (directory >= 0)
		close(directory);
}

static void list_drop_ins_of(struct loader *loader, const char *name, struct drop_ins *found)
{
	char path[PATH_MAX], base[NAME_MAX + 3];
	struct text text = text_over(base, sizeof base);

	if (!*name)
		return;
	text_format(&text, "%s.d", name);
	if (*loader->directory) {
		join(path, loader->directory, "", base);
		list_directory(loader, path, found);
	}
	for (size_t i = 0; i < SEARCH_COUNT; i++) {
		join(path, search_path[i], BELOW, base);
		list_directory(loader, path, found);
	}
}

/* "foo-bar.service" has drop-ins in "foo-bar.service.d", then in "foo-.service.d": systemd.unit(5). */
static void list_prefix_drop_ins(struct loader *loader, struct drop_ins *found)
{
	char name[NAME_MAX + 1];

	for (size_t length = strlen(loader->name); length > 0; length--) {
		struct text text = text_over(name, sizeof name);

		if (loader->name[length - 1] != '-')
			continue;
		text_add_bytes(&text, loader->name, length);
		text_add(&text, SUFFIX);
		list_drop_ins_of(loader, name, found);
	}
}

static bool read_drop_ins(struct loader *loader)
{
	struct drop_ins found = { .count = 0 };
	char path[PATH_MAX];

	list_drop_ins_of(loader, loader->name, &found);
	list_drop_ins_of(loader, loader->template, &found);
	list_prefix_drop_ins(loader, &found);
	list_drop_ins_of(loader, "service", &found);
	if (found.full)
		return refuse(loader, loader->name, "has too many drop-ins");
	if (found.refused)
		return false;
	for (size_t i = 0; i < found.count; i++) {
		join(path, found.rows[i].directory, "/", found.rows[i].file);
		if (!read_text(loader, path))
			return false;
	}
	return true;
}

/* What % letters stand for: systemd.unit(5), "Specifiers"; those of the system's manager, which tend stands in for. */

static const char *keep_joined(struct loader *loader, const char *before, const char *after)
{
	char joined[PATH_MAX];
	struct text text = text_over(joined, sizeof joined);

	text_format(&text, "%s%s", before, after);
	return keep(loader, joined);
}

static const char *last_part(const char *prefix)
{
	const char *dash = strrchr(prefix, '-');

	return dash ? dash + 1 : prefix;
}

/* Unescaped, where a "-" of the whole prefix would be a "/". */
static const char *unescaped_last_part(struct loader *loader, const char *prefix)
{
	const char *name = keep_joined(loader, last_part(prefix), SUFFIX);
	struct unit_name parts;

	return name && unit_name_parse(name, loader->world->journal.arena, &parts) ? parts.unescaped_prefix : "";
}

static void set_names(struct loader *loader, const struct unit_name *parts)
{
	const char **of = loader->world->specifiers.of;
	char *slash;

	of['n'] = keep(loader, loader->name);
	of['N'] = keep(loader, loader->world->name);
	of['p'] = parts->prefix;
	of['P'] = parts->unescaped_prefix;
	of['j'] = last_part(parts->prefix);
	of['J'] = unescaped_last_part(loader, parts->prefix);
	of['i'] = parts->instance ? parts->instance : "";
	of['I'] = parts->instance ? parts->unescaped_instance : "";
	of['f'] = keep_joined(loader, "/", parts->instance ? parts->unescaped_instance : parts->unescaped_prefix);
	of['d'] = keep_joined(loader, "/run/credentials/", loader->name);
	of['y'] = keep(loader, loader->path);
	slash = strrchr(loader->path, '/');
	*slash = '\0';
	of['Y'] = keep(loader, loader->path);
}

static void set_places(struct specifiers *specifiers)
{
	static const struct {
		char letter, value[11];
	} places[] = {
		{ 't', "/run" },      { 'S', "/var/lib" }, { 'C', "/var/cache" }, { 'L', "/var/log" },
		{ 'E', "/etc" },      { 'T', "/tmp" },     { 'V', "/var/tmp" },   { 'u', "root" },
		{ 'U', "0" },         { 'g', "root" },     { 'G', "0" },          { 'h', "/root" },
		{ 'D', "/usr/share" },
	};

	/* Root's shell is what the distribution has chosen for it: systemd's is built with bash. */
	specifiers->of['s'] = access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh";
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		specifiers->of[(unsigned char)places[i].letter] = places[i].value;
}

static void set_host(struct loader *loader)
{
	const char **of = loader->world->specifiers.of;
	struct utsname host;

	if (uname(&host) != 0)
		return;
	of['H'] = of['q'] = keep(loader, host.nodename);
	host.nodename[strcspn(host.nodename, ".")] = '\0';
	of['l'] = keep(loader, host.nodename);
	of['v'] = keep(loader, host.release);
	of['a'] = keep(loader, strcmp(host.machine, "x86_64") == 0 ? "x86-64" :
			       strcmp(host.machine, "aarch64") == 0 ? "arm64" : host.machine);
}

/* The whole of a small file but its line's end and dashes: a machine's or a boot's number. NULL if there is none. */
static const char *keep_number(struct loader *loader, const char *path)
{
	char number[64];
	struct text text = text_over(number, sizeof number);
	struct file file;

	if (file_read(path, &file))
		return NULL;
	for (const char *c = file.text; *c && *c != '\n'; c++)
		text_add_bytes(&text, c, *c != '-');
	file_drop(&file);
	return keep(loader, number);
}

/* os-release(5) */
static void set_release(struct loader *loader)
{
	static const struct {
		char letter, name[15];
	} fields[] = {
		{ 'o', "ID=" },       { 'w', "VERSION_ID=" }, { 'W', "VARIANT_ID=" },
		{ 'B', "BUILD_ID=" }, { 'M', "IMAGE_ID=" },   { 'A', "IMAGE_VERSION=" },
	};
	const char **of = loader->world->specifiers.of, *cursor;
	char assignment[256];
	struct text text = text_over(assignment, sizeof assignment);
	struct file file;

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		of[(unsigned char)fields[i].letter] = "";
	if (file_read("/etc/os-release", &file) && file_read("/usr/lib/os-release", &file))
		return;
	cursor = file.text;
	while (envfile_next(&cursor, file.text + file.length, &text))
		for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
			size_t length = strlen(fields[i].name);

			if (strncmp(assignment, fields[i].name, length) == 0)
				of[(unsigned char)fields[i].letter] = keep(loader, assignment + length);
		}
	file_drop(&file);
}

APART static bool set_specifiers(struct loader *loader)
{
	struct unit_name parts;

	if (!unit_name_parse(loader->name, loader->world->journal.arena, &parts))
		return refuse(loader, loader->name, "expected a unit's name, such as nginx.service");
	set_names(loader, &parts);
	set_places(&loader->world->specifiers);
	set_host(loader);
	set_release(loader);
	loader->world->specifiers.of['m'] = keep_number(loader, "/etc/machine-id");
	loader->world->specifiers.of['b'] = keep_number(loader, "/proc/sys/kernel/random/boot_id");
	return true;
}

static void set_name(struct loader *loader)
{
	size_t length = strlen(loader->name), suffix = strlen(SUFFIX);

	if (length > suffix && strcmp(loader->name + length - suffix, SUFFIX) == 0)
		length -= suffix;
	loader->world->name = arena_copy(loader->world->journal.arena, loader->name, length);
}

bool load_unit(const char *unit, struct world *world, const struct unit_listener *listener,
	       struct complaint *complaint)
{
	struct loader loader = { .world = world, .listener = listener, .complaint = complaint };

	if (!name_unit(&loader, unit))
		return false;
	if (!find_file(&loader))
		return refuse(&loader, unit, "no such unit");
	set_name(&loader);
	return read_text(&loader, loader.path) && read_drop_ins(&loader) && set_specifiers(&loader);
}
