/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/kernel/state.h"

/* A name that leads elsewhere is the name of no module. */
static bool module_path(const char *name, const char *what, char *path, size_t size)
{
	return *name && *name != '.' && !strchr(name, '/') &&
	       (size_t)snprintf(path, size, "/sys/module/%s/%s", name, what) < size;
}

/* The file's first bytes. Return: 0 or a negative errno value. */
static int read_attribute(const char *name, const char *what, char *text, size_t size)
{
	char path[PATH_MAX];
	ssize_t len;
	int fd;

	if (!module_path(name, what, path, sizeof(path)))
		return -ENOENT;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, text, size - 1);
	if (len < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	close(fd);
	text[len] = '\0';
	return 0;
}

enum module_state module_state(const char *name)
{
	char text[16];

	if (read_attribute(name, "initstate", text, sizeof(text)))
		return MODULE_ABSENT;
	if (!strcmp(text, "live\n"))
		return MODULE_LIVE;
	return !strcmp(text, "coming\n") ? MODULE_COMING : MODULE_GOING;
}

int module_refcount(const char *name)
{
	char text[16], *end;
	int err = read_attribute(name, "refcnt", text, sizeof(text));
	long cnt;

	if (err)
		return err;
	cnt = strtol(text, &end, 10);
	return end == text || cnt < 0 || cnt > INT_MAX ? -EINVAL : (int)cnt;
}

int module_holders(const char *name, int (*each)(void *data, const char *holder), void *data)
{
	char path[PATH_MAX];
	const struct dirent *e;
	int err = 0;
	DIR *dir;

	if (!module_path(name, "holders", path, sizeof(path)))
		return -ENOENT;
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (!err && (e = readdir(dir)))
		if (*e->d_name != '.')
			err = each(data, e->d_name);
	closedir(dir);
	return err;
}
