/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user/lib/root.h"

/* openat2(2), for which the C library has no function. Return: a descriptor of where the path leads, or -1. */
static int find(int dir, const char *path, unsigned long long resolve)
{
	const struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = resolve };

	return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

static int find_inside(const char *root, const char *path)
{
	int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1;

	if (dir < 0)
		return -1;
	path += strlen(root);
	path += strspn(path, "/");
	fd = find(dir, *path ? path : ".", RESOLVE_IN_ROOT);
	close(dir);
	return fd;
}

static bool has_links(const char *path)
{
	int fd = find(AT_FDCWD, path, RESOLVE_NO_SYMLINKS);

	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == ELOOP;
}

void root_resolve(const char *root, const char *path, char *out, size_t size)
{
	struct stat inside, plain;
	char link[64];
	ssize_t len = -1;
	int fd = root && *root && has_links(path) ? find_inside(root, path) : -1;

	if (fd >= 0 && !fstat(fd, &inside) &&
	    (stat(path, &plain) || plain.st_dev != inside.st_dev || plain.st_ino != inside.st_ino)) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		len = readlink(link, out, size - 1);
	}
	if (fd >= 0)
		close(fd);
	if (len > 0)
		out[len] = '\0';
	else if (out != path)
		snprintf(out, size, "%s", path);
}
