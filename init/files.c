#include "files.h"
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/mman.h>
#include <unistd.h>

#define FIRST_SIZE ((size_t)16 << 10)

/* Doubles the mapping (the first time: makes it). */
static bool grow(struct file *file)
{
	size_t size = file->mapped ? 2 * file->mapped : FIRST_SIZE;
	void *text = file->mapped ? kernel_more_memory(file->text, file->mapped, size) : kernel_memory(size);

	if (!text)
		return false;
	file->text = text;
	file->mapped = size;
	return true;
}

/*
 * One byte stays free for the NUL, which the mapping holds already. 0 at the end of the file, or an
 * errno.
 */
static int fill(int descriptor, struct file *file)
{
	for (;;) {
		ssize_t count;

		if (file->length + 1 >= file->mapped && !grow(file))
			return ENOMEM;
		count = read(descriptor, file->text + file->length,
			     file->mapped - file->length - 1);
		if (count == 0)
			return 0;
		if (count < 0 && errno != EINTR)
			return errno;
		if (count > 0)
			file->length += (size_t)count;
		if (file->length > FILE_SIZE_MAX)
			return EFBIG;
	}
}

int file_read(const char *path, struct file *file)
{
	int descriptor = kernel_open(path, O_RDONLY);
	int error;

	memset(file, 0, sizeof *file);
	if (descriptor < 0)
		return errno;
	error = fill(descriptor, file);
	close(descriptor);
	if (error)
		file_drop(file);
	return error;
}

void file_drop(struct file *file)
{
	if (file->mapped)
		munmap(file->text, file->mapped);
	memset(file, 0, sizeof *file);
}

const char *file_line(const struct file *file, size_t *offset, size_t *length)
{
	const char *line, *end;

	if (*offset >= file->length)
		return NULL;
	line = file->text + *offset;
	end = memchr(line, '\n', file->length - *offset);
	*length = end ? (size_t)(end - line) : file->length - *offset;
	*offset += *length + 1;
	return line;
}

/* linux/dirent.h */
struct entry {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

void names_begin(struct names *names, int directory)
{
	names->directory = directory;
	names->got = names->at = 0;
}

const char *names_next(struct names *names)
{
	const struct entry *entry;

	if (names->at >= names->got) {
		names->at = 0;
		names->got = syscall(SYS_getdents64, names->directory, names->bytes, sizeof names->bytes);
		if (names->got <= 0)
			return NULL;
	}
	entry = (const void *)(names->bytes + names->at);
	names->at += entry->length;
	return entry->name;
}
