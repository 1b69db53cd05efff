/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A disk that fails, to be preloaded: calls that change a file system are counted, and one of them fails or is the
 * last.
 *
 * FAILING_LOG   gets a line for each call that is watched: its name and the path
 * FAILING_AT    the number of the call, from 1 on
 * FAILING_WITH  the errno value; 0: the process is killed in its place; negative: as that value, for all from there on
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

static void log_call(const char *name, const char *path)
{
	const char *log = getenv("FAILING_LOG");
	int fd = log ? REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND, 0644) : -1;

	if (fd < 0)
		return;
	dprintf(fd, "%s %s\n", name, path);
	close(fd);
}

/* Count a call that changes something. Return: whether it fails, and errno says why. */
static bool fails(const char *name, const char *path)
{
	static int calls;
	const char *at = getenv("FAILING_AT"), *with = getenv("FAILING_WITH");
	int n = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST), err = with ? atoi(with) : 0;

	log_call(name, path);
	if (!at || (err < 0 ? n < atoi(at) : n != atoi(at)))
		return false;
	if (!err)
		kill(getpid(), SIGKILL);
	errno = err < 0 ? -err : err;
	return true;
}

int openat(int dir, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (flags & O_CREAT ? fails("create", path) : (log_call("openat", path), false))
		return -1;
	return REAL(openat)(dir, path, flags, mode);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
	if (fd > 2 && fails("write", ""))
		return -1;
	return REAL(write)(fd, bytes, n);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t off)
{
	return fails("pwrite", "") ? -1 : REAL(pwrite)(fd, bytes, n, off);
}

int fsync(int fd)
{
	return fails("fsync", "") ? -1 : REAL(fsync)(fd);
}

int renameat(int from, const char *old, int to, const char *new)
{
	return fails("rename", new) ? -1 : REAL(renameat)(from, old, to, new);
}

int utimensat(int dir, const char *path, const struct timespec times[2], int flags)
{
	return fails("utimensat", path) ? -1 : REAL(utimensat)(dir, path, times, flags);
}
