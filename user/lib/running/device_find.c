/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* From any path in /sys to the device that a driver is bound to. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/lib/running/devices.h"

#define LINKS_MAX 40

/* Remove the last part. */
static void go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
}

/* What a directory's entry leads to. Return: bytes, 0 if it is no link, or -errno. */
static ssize_t read_link(const char *directory, const char *entry, char *target, size_t size)
{
	DIR *dir = opendir(*directory ? directory : "/");
	ssize_t len;

	if (!dir)
		return -errno;
	len = readlinkat(dirfd(dir), entry, target, size - 1);
	if (len < 0)
		len = errno == EINVAL ? 0 : -errno;
	closedir(dir);
	target[len < 0 ? 0 : len] = '\0';
	return len;
}

/* The path without links: parts move from @rest to @real. Not realpath(), which whoever redirects opendir() misses. */
static int resolve(const char *path, char *real, size_t size)
{
	char rest[PATH_MAX], part[NAME_MAX + 1], target[PATH_MAX];
	unsigned int links = 0;

	if (*path != '/' || strlen(path) >= sizeof(rest))
		return -ENOENT;
	strcpy(rest, path);
	*real = '\0';
	while (rest[strspn(rest, "/")]) {
		const char *begin = rest + strspn(rest, "/");
		size_t len = strcspn(begin, "/");
		ssize_t link;

		if (len >= sizeof(part) || strlen(real) + len + 2 > size)
			return -ENAMETOOLONG;
		memcpy(part, begin, len);
		part[len] = '\0';
		memmove(rest, begin + len, strlen(begin + len) + 1);
		if (!strcmp(part, ".."))
			go_up(real);
		if (!strcmp(part, "..") || !strcmp(part, "."))
			continue;
		link = read_link(real, part, target, sizeof(target));
		if (link < 0)
			return (int)link;
		if (!link) {
			strcat(strcat(real, "/"), part);
			continue;
		}
		if (++links > LINKS_MAX || strlen(target) + strlen(rest) >= sizeof(rest))
			return -ELOOP;
		memmove(rest + strlen(target), rest, strlen(rest) + 1);
		memcpy(rest, target, strlen(target));
		if (*target == '/')
			*real = '\0';
	}
	return 0;
}

int tmod_device_find(const char *path, int (*each)(void *data, const struct tmod_device *device), void *data)
{
	char real[PATH_MAX];
	int err = resolve(path, real, sizeof(real));

	for (; !err && !strncmp(real, "/sys/devices/", 13); go_up(real)) {
		struct tmod_device device = { .path = real };
		struct device_text text;
		DIR *dir = opendir(real);
		int failed;

		if (!dir)
			return -errno;
		failed = device_read(dirfd(dir), &text, &device);
		closedir(dir);
		if (!failed && (*device.modalias || device.driver))
			return each(data, &device);
	}
	return err ? err : -ENOENT;
}
