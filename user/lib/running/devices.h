/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* One device's directory in /sys. */
#ifndef LIB_KERNEL_DEVICES_H
#define LIB_KERNEL_DEVICES_H

#include <limits.h>

#include "tenon/mod.h"

/* The kernel's own limit is a page, of which an event fills 2 KiB. */
#define UEVENT_BYTES_MAX 4096

/* What a struct tmod_device points to. */
struct device_text {
	char uevent[UEVENT_BYTES_MAX + 1];
	char driver[NAME_MAX + 1], module[NAME_MAX + 1];
};

/**
 * device_read - read alias, driver and module of a device
 * @dir: its directory, open
 * Return: 0, or -ENOENT if the directory is no device, or another negative errno value.
 */
int device_read(int dir, struct device_text *text, struct tmod_device *device);

#endif
