#include "kernel.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

pid_t kernel_fork(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L);
}

uint64_t kernel_clock(clockid_t clock)
{
	struct timespec now;

	syscall(SYS_clock_gettime, clock, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int kernel_open(const char *path, int flags)
{
	return kernel_openat(AT_FDCWD, path, flags | O_CLOEXEC | O_NOCTTY, 0);
}

int kernel_openat(int directory, const char *path, int flags, mode_t mode)
{
	return (int)syscall(SYS_openat, directory, path, flags, mode);
}

int kernel_stat(int directory, const char *path, struct stat *status, int flags)
{
	return (int)syscall(SYS_newfstatat, directory, path, status, flags);
}

ssize_t kernel_readlink(int directory, const char *path, char *target, size_t room)
{
	return syscall(SYS_readlinkat, directory, path, target, room);
}

int kernel_pipe(int ends[2])
{
	return (int)syscall(SYS_pipe2, ends, O_CLOEXEC | O_NONBLOCK);
}

int kernel_accept(int socket)
{
	return (int)syscall(SYS_accept4, socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int kernel_socket(int family, int type)
{
	return (int)syscall(SYS_socket, family, type, 0);
}

int kernel_fchdir(int directory)
{
	return (int)syscall(SYS_fchdir, directory);
}

int kernel_fchmod(int file, mode_t mode)
{
	return (int)syscall(SYS_fchmod, file, mode);
}

int kernel_fchown(int file, uid_t uid, gid_t gid)
{
	return (int)syscall(SYS_fchown, file, uid, gid);
}

int kernel_ioctl(int file, unsigned long request, void *argument)
{
	return (int)syscall(SYS_ioctl, file, request, argument);
}

bool kernel_is_terminal(int file)
{
	struct winsize size;

	return kernel_ioctl(file, TIOCGWINSZ, &size) == 0;
}

void *kernel_memory(size_t size)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	long memory = syscall(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0L);

	return memory == -1 ? NULL : (void *)memory;
}

void *kernel_more_memory(void *memory, size_t size, size_t more)
{
	long moved = syscall(SYS_mremap, memory, size, more, MREMAP_MAYMOVE);

	return moved == -1 ? NULL : (void *)moved;
}

int kernel_prctl(int option, unsigned long argument)
{
	return (int)syscall(SYS_prctl, option, argument, 0L, 0L, 0L);
}
