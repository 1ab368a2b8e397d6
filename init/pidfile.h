/* pidfile: PIDFile= of a forking service: read with suspicion, and waited for. systemd.service(5). */
#ifndef TEND_PIDFILE_H
#define TEND_PIDFILE_H

#include <sys/types.h>

/*
 * The pid that the file names, if it is a living descendant of tend's: a stale number, or that of a stranger, is
 * refused. 0 where there is none, with why in *refused (a constant string, or NULL where the file is just not
 * there yet); -1 with errno where it is there, and could not be read just then.
 */
pid_t pid_file_read(const char *path, const char **refused);

/*
 * A descriptor (inotify(7), non-blocking, close-on-exec) that becomes readable when something happens in the
 * file's directory, or in the nearest one above it that exists; -1 with errno. It is for one time: then another
 * directory may be the nearest.
 */
int pid_file_watch(const char *path);

#endif
