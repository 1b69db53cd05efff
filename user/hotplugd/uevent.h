/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the kernel sends when a device comes or goes: one datagram of strings, each ended by a NUL. */
#ifndef HOTPLUGD_UEVENT_H
#define HOTPLUGD_UEVENT_H

#include <stdbool.h>
#include <stddef.h>

/* The kernel's own limit is 2 KiB of variables after a header with a path. */
#define UEVENT_BYTES_MAX 8192

enum uevent_action { UEVENT_ADD, UEVENT_REMOVE, UEVENT_MOVE, UEVENT_OTHER };

struct uevent {
	enum uevent_action action;
	const char *device;   /* its path below /sys */
	const char *modalias; /* "" if it has none */
	const char *from;     /* path that it had before it moved, or "" */
};

/**
 * uevent_parse - read the bytes of one event
 * @event: points into @bytes
 *
 * Return: false if it is none: no "ACTION@/PATH" first, or the last string is not ended.
 */
bool uevent_parse(const char *bytes, size_t len, struct uevent *event);

#endif
