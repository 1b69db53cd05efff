/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The devices that are there, the aliases by which they ask for drivers, and the aliases that wait to be looked up.
 *
 * However many devices come with one alias, it waits once, in the place of the first; and it is left out if they have
 * all gone again when its turn comes. An alias is kept as long as it waits or a device has it.
 */
#ifndef HOTPLUGD_DEVICES_H
#define HOTPLUGD_DEVICES_H

#include "user/hotplugd/drivers.h"

struct alias {
	char *text;
	char *asked_by;     /* the device for which it waits */
	struct alias *next; /* waits after it */
	struct uses drivers;
	unsigned int devices; /* that are there and have it */
	bool waits;
};

struct devices {
	void *by_path, *by_alias; /* tsearch(3): struct device, struct alias */
	struct device *all;
	struct alias *first, *last; /* that wait */
	struct drivers *drivers;
	unsigned int round;
};

/** devices_add - a device is there, and asks for a driver. Return: false: no memory. */
bool devices_add(struct devices *devices, const char *path, const char *alias, int64_t now);

/** devices_remove - a device has gone. At @now the idle time begins for drivers that no other needs. */
void devices_remove(struct devices *devices, const char *path, int64_t now);

/** devices_known - is there a device at @path, or below it? */
bool devices_known(const struct devices *devices, const char *path);

/* Between these, devices_add() is called for all that are there; those it is not called for have gone. */
void devices_begin(struct devices *devices);
void devices_end(struct devices *devices, int64_t now);

/** devices_next - the alias that has waited longest, which no longer waits; NULL: none. */
struct alias *devices_next(struct devices *devices);

void devices_free(struct devices *devices);

#endif
