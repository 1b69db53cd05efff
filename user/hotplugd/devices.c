/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "user/hotplugd/devices.h"

/* The keys stand first in both structures, for compare(). */
struct device {
	char *path;
	struct alias *alias;
	struct device *next, **link; /* in the list of all, and what points to this one */
	unsigned int round;          /* in which it was last seen */
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Find what has the key, or make it: @size bytes of zeros and the key. NULL: no memory. */
static void *obtain(void **tree, const char *key, size_t size)
{
	void *found = tfind(&key, tree, compare);
	char **new;

	if (found)
		return *(void **)found;
	new = calloc(1, size);
	if (!new)
		return NULL;
	*new = strdup(key);
	if (!*new || !tsearch(new, tree, compare)) {
		free(*new);
		free(new);
		return NULL;
	}
	return new;
}

static void release(struct devices *devices, struct alias *alias)
{
	if (alias->waits || alias->devices)
		return;
	tdelete(alias, &devices->by_alias, compare);
	free(alias->asked_by);
	free(alias->text);
	free(alias);
}

static bool wait_for(struct devices *devices, struct alias *alias, const char *path)
{
	if (alias->waits)
		return true;
	free(alias->asked_by);
	alias->asked_by = strdup(path);
	if (!alias->asked_by)
		return false;
	alias->waits = true;
	alias->next = NULL;
	*(devices->first ? &devices->last->next : &devices->first) = alias;
	devices->last = alias;
	return true;
}

static void leave(struct devices *devices, struct alias *alias, int64_t now)
{
	if (!--alias->devices) {
		uses_drop(&alias->drivers, now + devices->drivers->idle_ms);
		release(devices, alias);
	}
}

static void remove_device(struct devices *devices, struct device *device, int64_t now)
{
	tdelete(device, &devices->by_path, compare);
	*device->link = device->next;
	if (device->next)
		device->next->link = device->link;
	if (device->alias)
		leave(devices, device->alias, now);
	free(device->path);
	free(device);
}

static struct device *obtain_device(struct devices *devices, const char *path)
{
	struct device *device = obtain(&devices->by_path, path, sizeof(*device));

	if (!device || device->link)
		return device;
	device->link = &devices->all;
	device->next = devices->all;
	if (device->next)
		device->next->link = &device->next;
	devices->all = device;
	return device;
}

bool devices_add(struct devices *devices, const char *path, const char *text, int64_t now)
{
	struct device *device = obtain_device(devices, path);
	struct alias *alias = device ? obtain(&devices->by_alias, text, sizeof(*alias)) : NULL;

	if (!alias) {
		if (device)
			remove_device(devices, device, now);
		return false;
	}
	device->round = devices->round;
	if (device->alias != alias) {
		alias->devices++;
		if (device->alias)
			leave(devices, device->alias, now);
		device->alias = alias;
	}
	return wait_for(devices, alias, path);
}

void devices_remove(struct devices *devices, const char *path, int64_t now)
{
	void *found = tfind(&path, &devices->by_path, compare);

	if (found)
		remove_device(devices, *(struct device **)found, now);
}

bool devices_known(const struct devices *devices, const char *path)
{
	size_t len = strlen(path);
	const struct device *device = len ? devices->all : NULL;

	while (device && (strncmp(device->path, path, len) || (device->path[len] && device->path[len] != '/')))
		device = device->next;
	return device;
}

void devices_begin(struct devices *devices)
{
	devices->round++;
}

void devices_end(struct devices *devices, int64_t now)
{
	for (struct device *d = devices->all, *next; d; d = next) {
		next = d->next;
		if (d->round != devices->round)
			remove_device(devices, d, now);
	}
}

struct alias *devices_next(struct devices *devices)
{
	struct alias *alias;

	while ((alias = devices->first)) {
		devices->first = alias->next;
		alias->waits = false;
		if (alias->devices)
			return alias;
		release(devices, alias);
	}
	return NULL;
}

void devices_free(struct devices *devices)
{
	while (devices->all)
		remove_device(devices, devices->all, 0);
	devices_next(devices);
}
