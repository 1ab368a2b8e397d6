#include "kernel.h"
#include "names.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

pid_t kernel_fork(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L);
}

AT_REST uint64_t kernel_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

AT_REST uint64_t kernel_now(void)
{
	return kernel_clock(CLOCK_MONOTONIC);
}

AT_REST void kernel_drop(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
}

int kernel_open(const char *path, int flags)
{
	return openat(AT_FDCWD, path, flags | O_CLOEXEC | O_NOCTTY);
}

/* As far as that can be done; 0 or an errno. */
static int print(int file, const char *string)
{
	while (*string) {
		ssize_t written = write(file, string, strlen(string));

		if (written <= 0)
			return errno;
		string += written;
	}
	return 0;
}

void kernel_complain(const char *string)
{
	print(STDERR_FILENO, string);
}

void kernel_say(const char *string)
{
	int error = print(STDOUT_FILENO, string);
	char line[64];
	struct text text = text_over(line, sizeof line);

	if (!error)
		return;
	text_add(&text, "Cannot write: ");
	text_add_error(&text, error);
	text_add(&text, ".\n");
	kernel_complain(line);
	_exit(1);
}

int kernel_pipe(int ends[2])
{
	return pipe2(ends, O_CLOEXEC | O_NONBLOCK);
}

int kernel_accept(int socket)
{
	return accept4(socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int kernel_socket(int family, int type)
{
	return socket(family, type, 0);
}

const char *kernel_variable(const char *name)
{
	return variable_value(environ, name, strlen(name));
}

bool kernel_is_terminal(int file)
{
	struct winsize size;

	return ioctl(file, TIOCGWINSZ, &size) == 0;
}

void *kernel_memory(size_t size)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void *kernel_more_memory(void *memory, size_t size, size_t more)
{
	void *moved = mremap(memory, size, more, MREMAP_MAYMOVE);

	return moved == MAP_FAILED ? NULL : moved;
}

int kernel_prctl(int option, unsigned long argument)
{
	return prctl(option, argument, 0L, 0L, 0L);
}

/* Of a machine that system.S knows, the tests alone have the one below. */
#if defined __x86_64__ && !defined __SANITIZE_ADDRESS__
/* As libc's errno(3) names it, here where the compiler sees that it is a place like any other: system.S sets it. */
extern int number_of_error;
int number_of_error;

int *__errno_location(void)
{
	return &number_of_error;
}
#else
pid_t kernel_share(void *argument, void (*function)(void *))
{
	(void)argument;
	(void)function;
	errno = EINVAL;
	return -1;
}

long kernel_call(long number, long first, long second, long third)
{
	const int before = errno;
	long result = syscall(number, first, second, third, sizeof(uint64_t) /* of signals */);

	if (result < 0)
		result = -errno;
	errno = before;
	return result;
}

_Noreturn void kernel_continue(char *bottom, void (*function)(void *), void *argument)
{
	(void)bottom;
	function(argument);
	_exit(0);
}
#endif
