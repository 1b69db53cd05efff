/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tenon/mod.h"

#include "user/hotplugd/drivers.h"
#include "user/hotplugd/log.h"

unsigned long long drivers_node(const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return stat(path, &st) ? 0 : st.st_ino;
}

/* How long to wait at least before the kernel is asked again about a driver that it uses. */
#define RETRY_MS 1000

/* Another may have unloaded it, and loaded it again. */
static bool is_ours(const struct driver *d)
{
	return d->node && d->node == drivers_node(d->name);
}

struct driver *drivers_find(const struct drivers *drivers, const char *name)
{
	struct driver *d = drivers->newest;

	while (d && strcmp(d->name, name))
		d = d->next;
	return d;
}

struct driver *drivers_add(struct drivers *drivers, const char *name)
{
	struct driver *d = drivers_find(drivers, name);

	if (d) {
		d->node = drivers_node(name);
		d->stays = false;
		drivers->changed = true;
		return d;
	}
	d = calloc(1, sizeof(*d));
	if (!d || !(d->name = strdup(name))) {
		free(d);
		return NULL;
	}
	d->node = drivers_node(name);
	d->due = NOT_DUE;
	d->next = drivers->newest;
	drivers->newest = d;
	drivers->changed = true;
	return d;
}

bool uses_add(struct uses *uses, struct driver *driver)
{
	struct driver **all;

	for (size_t i = 0; i < uses->cnt; i++)
		if (uses->all[i] == driver)
			return true;
	all = realloc(uses->all, (uses->cnt + 1) * sizeof(struct driver *));
	if (!all)
		return false;
	all[uses->cnt++] = driver;
	uses->all = all;
	driver->users++;
	driver->due = NOT_DUE;
	return true;
}

void uses_drop(struct uses *uses, int64_t due)
{
	for (size_t i = 0; i < uses->cnt; i++)
		if (!--uses->all[i]->users)
			uses->all[i]->due = due;
	free(uses->all);
	*uses = (struct uses){ 0 };
}

int64_t drivers_next_due(const struct drivers *drivers)
{
	int64_t next = NOT_DUE;

	for (const struct driver *d = drivers->newest; d; d = d->next)
		if (!d->stays && d->due < next)
			next = d->due;
	return drivers->idle_ms < 0 ? NOT_DUE : next;
}

/* A directory of /sys that belongs to a driver has a link to each device that is bound to it. */
static bool has_device(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)))
		found = entry->d_type == DT_LNK && strcmp(entry->d_name, "module");
	if (dir)
		closedir(dir);
	return found;
}

/* What the kernel knows: references (of modules, open files, ...), devices that are bound. */
static bool is_used(const char *name)
{
	char path[PATH_MAX], driver[PATH_MAX];
	const struct dirent *entry;
	bool used = false;
	long refs = 0;
	FILE *file;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", name);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%ld", &refs) != 1 || refs)
		used = true;
	if (file)
		fclose(file);
	snprintf(path, sizeof(path), "/sys/module/%s/drivers", name);
	dir = used ? NULL : opendir(path);
	while (dir && !used && (entry = readdir(dir)))
		used = *entry->d_name != '.' &&
		       (size_t)snprintf(driver, sizeof(driver), "%s/%s", path, entry->d_name) < sizeof(driver) &&
		       has_device(driver);
	if (dir)
		closedir(dir);
	return used;
}

/* Return: whether the driver is gone. */
static bool unload(struct drivers *drivers, struct driver *d, int64_t now)
{
	int err = 0;

	if (is_ours(d)) {
		d->due = now + (drivers->idle_ms > RETRY_MS ? drivers->idle_ms : RETRY_MS);
		if (is_used(d->name))
			return false;
		err = tmod_delete(d->name, 0, 0);
		if (err == -EAGAIN)
			return false;
		if (!err)
			log_text(TMOD_NOTICE, "unloaded %s: nothing uses it any more", d->name);
	}
	if (err && err != -ENOENT) {
		log_text(TMOD_WARNING, "%s stays loaded without a device: %s", d->name, strerror(-err));
		d->stays = true;
		return false;
	}
	return true;
}

static void forget(struct drivers *drivers, struct driver **link, int64_t due)
{
	struct driver *d = *link;

	*link = d->next;
	uses_drop(&d->uses, due);
	free(d->name);
	free(d);
	drivers->changed = true;
}

void drivers_unload(struct drivers *drivers, int64_t now)
{
	struct driver **link = &drivers->newest;

	if (drivers->idle_ms < 0)
		return;
	while (*link) {
		struct driver *d = *link;

		if (!d->stays && d->due <= now && unload(drivers, d, now)) {
			/* What it was loaded with becomes due now, and may stand anywhere. */
			forget(drivers, link, now);
			link = &drivers->newest;
		} else {
			link = &d->next;
		}
	}
}

void drivers_free(struct drivers *drivers)
{
	for (struct driver *d = drivers->newest, *next; d; d = next) {
		next = d->next;
		free(d->uses.all);
		free(d->name);
		free(d);
	}
	drivers->newest = NULL;
}
