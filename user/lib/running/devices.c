/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The devices that the kernel has found: directories below /sys/devices that have a file `uevent`, which tells what
 * udev would get: MODALIAS, DRIVER. (Some buses, mmc's for one, have no file `modalias`.)
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "user/lib/buf.h"
#include "user/lib/running/devices.h"

/*
 * The value of the last "KEY=value\n", ended with a NUL in place; "" if the key is not there. The last: names that
 * devices give themselves (HID_NAME, NAME) stand before it, and may have line breaks.
 */
static const char *take(char *text, const char *key)
{
	const char *value = "";
	size_t len = strlen(key);
	char *rest;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (!strncmp(line, key, len) && line[len] == '=')
			value = line + len + 1;
	return value;
}

/* The last part of what a link in the device's directory leads to. NULL: there is no such link. */
static const char *link_name(int dir, const char *link, char *name, size_t size)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(dir, link, target, sizeof(target) - 1);
	const char *last;

	if (len <= 0)
		return NULL;
	target[len] = '\0';
	last = strrchr(target, '/') ? strrchr(target, '/') + 1 : target;
	return strlen(last) < size ? strcpy(name, last) : NULL;
}

int device_read(int dir, struct device_text *text, struct tmod_device *device)
{
	int fd = openat(dir, "uevent", O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, text->uevent, UEVENT_BYTES_MAX);
	close(fd);
	if (len < 0)
		return -errno;
	text->uevent[len] = '\0';
	device->modalias = take(text->uevent, "MODALIAS");
	device->driver = link_name(dir, "driver", text->driver, sizeof(text->driver));
	if (device->driver)
		device->module = link_name(dir, "driver/module", text->module, sizeof(text->module));
	return 0;
}

/* Note the directories in a directory. Return: whether it is a device. */
static bool list(DIR *dir, const char *path, struct buf *directories)
{
	const struct dirent *entry;
	bool device = false;

	while ((entry = readdir(dir))) {
		if (entry->d_type != DT_DIR) {
			device |= !strcmp(entry->d_name, "uevent");
		} else if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) {
			buf_text(directories, path);
			buf_char(directories, '/');
			buf_string(directories, entry->d_name);
		}
	}
	return device;
}

/* Directories wait in one run of strings, so that nothing is deeper than the memory allows. */
int tmod_devices_each(int (*each)(void *data, const struct tmod_device *device), void *data)
{
	struct buf directories = { 0 }, path = { 0 };
	struct device_text text;
	int ret = 0;

	buf_string(&directories, "/sys/devices");
	for (size_t at = 0; !ret && !directories.failed && at < directories.len; at += path.len) {
		DIR *dir;

		/* A copy, for the run moves when it grows. */
		path.len = 0;
		buf_string(&path, directories.data + at);
		if (path.failed)
			break;
		dir = opendir(path.data);
		if (!dir) {
			/* A device may go while we look; but what cannot be opened for want of something is there. */
			ret = at && errno != EMFILE && errno != ENFILE && errno != ENOMEM ? 0 : -errno;
			continue;
		}
		if (list(dir, path.data, &directories)) {
			struct tmod_device device = { .path = path.data };

			if (!device_read(dirfd(dir), &text, &device) && (*device.modalias || device.driver))
				ret = each(data, &device);
		}
		closedir(dir);
	}
	if (directories.failed || path.failed)
		ret = -ENOMEM;
	buf_free(&directories);
	buf_free(&path);
	return ret;
}
