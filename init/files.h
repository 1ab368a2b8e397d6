/* files: the whole text of a small file, the names in a directory. */
#ifndef TEND_FILES_H
#define TEND_FILES_H

#include <stddef.h>
#include <stdint.h>

/* A larger file is refused (EFBIG): whatever tend reads was written by a person. */
#define FILE_SIZE_MAX ((size_t)16 << 20)

struct file {
	char *text; /* length bytes and a NUL, the caller's to change; NULL when the file could not be read */
	size_t length;
	size_t mapped;
};

/*
 * Reads a file into memory of its own, which file_drop gives back. Whatever can be read will do: a
 * regular file, one of /proc, a pipe. 0 or an errno; then file is empty and file_drop does no harm.
 */
int file_read(const char *path, struct file *file);
void file_drop(struct file *file);

/*
 * The next line of the length bytes at text, without its newline: its start, or NULL when none is
 * left. Start with *offset 0.
 */
const char *file_line(const struct file *file, size_t *offset, size_t *length);

/* A walk through a directory: getdents64(2), for libc's readdir(3) has the heap. */
struct names {
	int directory;
	long got, at; /* of the bytes; got is below 0 where they could not be read to the end */
	_Alignas(uint64_t) char bytes[2048];
};

/* directory stays the caller's. */
void names_begin(struct names *names, int directory);
/* The next name, "." and ".." among them, until the one after it is asked for; NULL at the end. */
const char *names_next(struct names *names);

#endif
