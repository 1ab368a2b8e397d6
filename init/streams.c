#include "streams.h"
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONSOLE "/dev/console"
#define FIRST_PASSED 3

/* The text of one StandardInputText=, unquoted. */
#define LINE_ROOM 65536

/* One of the three: what its configuration says, and how a failure is called. */
struct stream_end {
	const struct spawn *spawn;
	enum stream stream;
	int number; /* the descriptor */
	const char *path;
	int status;
};

/* A descriptor (-1: none could be had) becomes number. Gives number, or -1. */
static int become(int descriptor, int number)
{
	int result = descriptor;

	if (descriptor < 0 || descriptor == number)
		return descriptor;
	result = dup2(descriptor, number);
	close(descriptor);
	return result;
}

static int stay(const struct stream_end *end)
{
	return end->number;
}

static int open_null(const struct stream_end *end)
{
	return become(openat(AT_FDCWD, "/dev/null", (end->number ? O_WRONLY : O_RDONLY) | O_NOCTTY, 0),
		      end->number);
}

/* ---- a terminal ---- */

/* The service's session has none yet: opening it makes it the controlling one. tty_ioctl(4) */
static int open_terminal(const struct stream_end *end)
{
	int terminal;

	if (end->number && end->spawn->world->config.standard_input == STREAM_TTY &&
	    end->spawn->before)
		return dup2(STDIN_FILENO, end->number);
	if (end->number == 0 && !end->spawn->before)
		return open_null(end);
	terminal = openat(AT_FDCWD, CONSOLE, end->number ? O_WRONLY | O_NOCTTY : O_RDWR, 0);
	if (terminal >= 0 && end->number == 0)
		ioctl(terminal, TIOCSCTTY, NULL);
	return become(terminal, end->number);
}

/* What input would be is what counts, where a later command has none of the terminal. */
static int copy_previous(const struct stream_end *end)
{
	bool denied = end->spawn->world->config.standard_input == STREAM_TTY && !end->spawn->before;

	return end->number == STDOUT_FILENO && denied ? open_terminal(end) :
							dup2(end->number - 1, end->number);
}

/* ---- a file ---- */

static bool same_path(const char *one, const char *other)
{
	return one && other && strcmp(one, other) == 0;
}

/* The same file for input and output is opened once, for both: a serial line. */
static bool input_is_also_output(const struct config *config)
{
	return (config->standard_output == STREAM_FILE &&
		same_path(config->input_path, config->output_path)) ||
	       (config->standard_error == STREAM_FILE &&
		same_path(config->input_path, config->error_path));
}

static int access_flags(const struct stream_end *end)
{
	static const uint16_t writing[] = { [STREAM_FILE] = O_WRONLY | O_CREAT,
					    [STREAM_APPEND] = O_WRONLY | O_CREAT | O_APPEND,
					    [STREAM_TRUNCATE] = O_WRONLY | O_CREAT | O_TRUNC };

	if (end->number)
		return writing[end->stream];
	return input_is_also_output(&end->spawn->world->config) ? O_RDWR | O_CREAT : O_RDONLY;
}

/* The umask is not set yet: the mode says it. */
static mode_t file_mode(const struct config *config)
{
	return config->inherit_umask ? 0666 : 0666 & ~config->umask;
}

static int open_file(const struct stream_end *end)
{
	const struct config *config = &end->spawn->world->config;

	if (end->number && config->standard_input == STREAM_FILE &&
	    same_path(end->path, config->input_path))
		return dup2(STDIN_FILENO, end->number);
	if (end->number == STDERR_FILENO && end->stream == config->standard_output &&
	    same_path(end->path, config->output_path))
		return dup2(STDOUT_FILENO, end->number);
	return become(openat(AT_FDCWD, end->path, access_flags(end) | O_NOCTTY, file_mode(config)),
		      end->number);
}

/* ---- text of the unit ---- */

static bool write_all(int descriptor, const char *bytes, size_t count)
{
	while (count) {
		ssize_t written = write(descriptor, bytes, count);

		if (written < 0)
			return false;
		bytes += written;
		count -= (size_t)written;
	}
	return true;
}

static bool write_line(const struct world *world, int descriptor, const char *line)
{
	char unescaped[LINE_ROOM], buffer[LINE_ROOM], bad;
	struct text text = text_over(unescaped, sizeof unescaped),
		    expanded = text_over(buffer, sizeof buffer);

	errno = EINVAL;
	text_add_unescaped(&text, line);
	specifiers_expand(&world->specifiers, unescaped, &expanded, &bad);
	text_add_byte(&expanded, '\n');
	return !text.cut && !expanded.cut && write_all(descriptor, expanded.start, expanded.length);
}

static bool write_data(int descriptor, const char *base64)
{
	char bytes[LINE_ROOM];
	struct text data = text_over(bytes, sizeof bytes);

	errno = EINVAL;
	return text_add_base64(&data, base64) && !data.cut &&
	       write_all(descriptor, data.start, data.length);
}

static int open_text(const struct stream_end *end)
{
	const struct world *world = end->spawn->world;
	const struct assignment *line;
	size_t cursor = 0;
	int descriptor = memfd_create("stdin", 0);

	while (descriptor >= 0 &&
	       (line = journal_next(&world->journal, LISTED_INPUT_TEXT, &cursor)))
		if (!(option_is_base64(line->option) ? write_data(descriptor, line->text) :
						       write_line(world, descriptor, line->text)))
			return -1;
	if (descriptor >= 0 && lseek(descriptor, 0, SEEK_SET) < 0)
		return -1;
	return become(descriptor, end->number);
}

/* ---- a descriptor that the engine passed ---- */

/* Its place in LISTEN_FDNAMES (sd_listen_fds(3)), or -1; without a name it is the first. */
static int passed_descriptor(const struct world *world, const char *name)
{
	const char *names = NULL;
	size_t length = name ? strlen(name) : 0;

	for (char **variable = world->environment; name && !names && *variable; variable++)
		names = after_prefix(*variable, "LISTEN_FDNAMES=");
	for (int number = 0; number < world->listen_fds; number++) {
		if (!name || (names && strncmp(names, name, length) == 0 &&
			      (names[length] == ':' || !names[length])))
			return FIRST_PASSED + number;
		names = names ? strchr(names, ':') : NULL;
		names = names ? names + 1 : NULL;
	}
	errno = ENOENT;
	return -1;
}

static int copy_passed(const struct stream_end *end)
{
	int passed = passed_descriptor(end->spawn->world, end->path);

	return passed < 0 ? -1 : dup2(passed, end->number);
}

/* ---- all three ---- */

int streams_connect(const struct spawn *spawn)
{
	static int (*const open_as[])(const struct stream_end *) = {
		[STREAM_INHERIT] = stay,       [STREAM_NULL] = open_null,
		[STREAM_TTY] = open_terminal,  [STREAM_FILE] = open_file,
		[STREAM_APPEND] = open_file,   [STREAM_TRUNCATE] = open_file,
		[STREAM_DATA] = open_text,     [STREAM_FD] = copy_passed,
		[STREAM_SAME] = copy_previous,
	};
	const struct config *config = &spawn->world->config;
	struct stream_end ends[] = {
		{ spawn, config->standard_input, STDIN_FILENO, config->input_path, EXIT_STDIN },
		{ spawn, config->standard_output, STDOUT_FILENO, config->output_path, EXIT_STDOUT },
		{ spawn, config->standard_error, STDERR_FILENO, config->error_path, EXIT_STDERR },
	};

	/*
	 * A check reads nothing, empties no file of the service's, and complains where tend does.
	 */
	if (spawn->role == ROLE_HEALTH || spawn->role == ROLE_READY) {
		ends[STDIN_FILENO].stream = ends[STDOUT_FILENO].stream = STREAM_NULL;
		ends[STDERR_FILENO].stream = STREAM_INHERIT;
	}
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (open_as[ends[i].stream](&ends[i]) < 0)
			return ends[i].status;
	return 0;
}

/* A file that somebody redirected to stays his. */
void streams_give(const struct world *world)
{
	struct stat status;

	if (!world->identity.change || geteuid() != 0)
		return;
	for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++)
		if (fstatat(number, "", &status, AT_EMPTY_PATH) == 0 &&
		    (S_ISFIFO(status.st_mode) || kernel_is_terminal(number)))
			fchown(number, world->identity.user.uid, (gid_t)-1);
}
