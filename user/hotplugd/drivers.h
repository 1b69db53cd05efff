/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The modules that this process has loaded, and when they may go.
 *
 * A driver has users: aliases of devices that are there, and drivers for which it was loaded. When the last one goes it
 * becomes due, at once or after a while. A driver that is due is unloaded when the kernel, too, says that nothing uses
 * it: no references, no device bound to it.
 */
#ifndef HOTPLUGD_DRIVERS_H
#define HOTPLUGD_DRIVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOT_DUE INT64_MAX

struct driver;

/* The drivers that one alias, or one driver, uses. */
struct uses {
	struct driver **all;
	size_t cnt;
};

struct driver {
	struct driver *next; /* loaded before this one */
	char *name;
	unsigned long long node; /* see drivers_node(), when it was loaded; 0: not loaded */
	struct uses uses;
	unsigned int users;
	int64_t due; /* on the monotonic clock, in ms; NOT_DUE while it has users */
	bool stays;  /* the kernel will not let it go */
};

struct drivers {
	struct driver *newest;
	int64_t idle_ms; /* how long a driver stays without devices; negative: for ever */
	bool changed;    /* drivers have come or gone; for the caller to reset */
};

/** drivers_node - the inode of /sys/module/@name, never the same after a module was loaded anew; 0: not loaded. */
unsigned long long drivers_node(const char *name);

struct driver *drivers_find(const struct drivers *drivers, const char *name);

/** drivers_add - note that @name was loaded. Return: the driver, or NULL: no memory. */
struct driver *drivers_add(struct drivers *drivers, const char *name);

/** uses_add - note that a driver is used; nothing happens if it is noted already. Return: false: no memory. */
bool uses_add(struct uses *uses, struct driver *driver);

/** uses_drop - nothing is used any more; drivers without users become due at @due. */
void uses_drop(struct uses *uses, int64_t due);

/** drivers_next_due - when drivers_unload() should be called next, or NOT_DUE. */
int64_t drivers_next_due(const struct drivers *drivers);

/** drivers_unload - unload what is due. Drivers that are still in use become due again after the idle time. */
void drivers_unload(struct drivers *drivers, int64_t now);

/** drivers_free - forget them all; the modules stay loaded. */
void drivers_free(struct drivers *drivers);

#endif
