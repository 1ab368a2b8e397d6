#include "pidfile.h"
#include "descendants.h"
#include "kernel.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define DIGITS_MAX 32

/* Anything but a regular file could block or lie; O_NONBLOCK is for a FIFO in its place. What is not there is empty. */
static ssize_t read_start(const char *path, char *bytes, size_t room)
{
	int file = kernel_open(path, O_RDONLY | O_NONBLOCK);
	ssize_t got;

	if (file < 0)
		return errno == ENOENT ? 0 : -1;
	got = read(file, bytes, room);
	close(file);
	return got;
}

pid_t pid_file_read(const char *path, const char **refused)
{
	char bytes[DIGITS_MAX + 1];
	ssize_t got = read_start(path, bytes, DIGITS_MAX);
	uint64_t pid;

	*refused = NULL;
	if (got <= 0)
		return (pid_t)got;
	bytes[got] = '\0';
	bytes[strcspn(bytes, " \t\r\n")] = '\0';
	if (!parse_unsigned(bytes, INT_MAX, &pid) || pid <= 1) {
		*refused = "it holds no pid";
		return 0;
	}
	if (!descendants_contain((pid_t)pid)) {
		*refused = "its pid is not one of the service's";
		return 0;
	}
	return (pid_t)pid;
}

#define WATCHED (IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB)

int pid_file_watch(const char *path)
{
	char directory[PATH_MAX];
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	char *slash;

	text_copy(directory, sizeof directory, path, strlen(path));
	while (watch >= 0 && (slash = strrchr(directory, '/'))) {
		slash[slash == directory] = '\0';
		if (inotify_add_watch(watch, directory, WATCHED) >= 0)
			return watch;
		if (errno != ENOENT || slash == directory)
			break;
	}
	if (watch >= 0)
		close(watch);
	return -1;
}
