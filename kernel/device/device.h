/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The device model: buses find devices, drivers say by tables of ids which of them they serve, and this brings the two
 * together. A device is shown below /sys/devices, its bus below /sys/bus, its class below /sys/class, and what becomes
 * of it is announced as a uevent.
 *
 * `model_lock`, inside device.c, protects lists and states. Neither a driver nor /sys is called with it held: who
 * probes or removes has made the device DEVICE_BUSY before, and others wait until it is not.
 */
#ifndef KERNEL_DEVICE_DEVICE_H
#define KERNEL_DEVICE_DEVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct attr;
struct device;
struct device_resource;
struct driver;
struct irq;
struct kpi_bus;
struct node;
struct text;

#define DEVICE_NAME_BYTES 32 /* of buses, devices and drivers, with NUL */
#define MODALIAS_BYTES 80
#define DEVICE_PATH_BYTES 256

struct bus {
	const char *name;   /* in /sys/bus */
	size_t id_bytes;    /* of one entry in its drivers' tables */
	const char *domain; /* the isolated domain that its drivers are loaded into; NULL: the kernel's own */
	bool kept; /* it is there without the module that says what is on it, which is in the kernel's own domain */
	/* Does this entry of a table mean @dev? Pure. */
	bool (*match)(const struct device *dev, const void *id);
	/* What follows is for drivers; NULL: the bus's devices have no such thing, which is -TENON_ENODEV. */
	/* Registers of the device. Return: 0, -TENON_ENODEV: there is no such resource, or not in memory. */
	int (*resource)(struct device *dev, unsigned index, struct device_resource *r);
	/* Interrupt @index goes to @irq from now on. Return: 0, or why not. The opposite cannot fail. */
	int (*irq_open)(struct device *dev, unsigned index, struct irq *irq);
	void (*irq_close)(struct device *dev, unsigned index);
	/* Let it read and write memory by itself, or make it stop, which does not fail. Return: 0, or why it cannot. */
	int (*set_dma)(struct device *dev, bool on);
	/* Pages for it, where it reaches only those; NULL: it reaches all memory. device_dma_map() and others say more. */
	int (*dma_map)(struct device *dev, uint64_t phys, bool writes);
	void (*dma_unmap)(struct device *dev, const uint64_t *phys, size_t cnt);
	bool (*dma_contained)(struct device *dev);
	/* Its last reference has gone: free it. NULL: it stays. */
	void (*release)(struct bus *bus);

	/* For kpi/bus.c, with its lock: the module that says what is on it; NULL: none. And how much it says. */
	struct kpi_bus *owner;
	uint32_t device_cnt;

	/* The rest is device.c's. */
	struct bus *next;
	_Atomic uint32_t refs;
	struct device *devices; /* in the order in which they came */
	struct driver *drivers;
	struct node *devices_dir, *drivers_dir;
};

struct class
{
	const char *name; /* in /sys/class */
	bool on_top;      /* in /sys, too: those that are not parts of another one */
	/* The rest is device_files.c's. */
	struct node *dir, *top_dir; /* NULL: it is not on top */
};

struct device_resource {
	uint64_t phys, bytes;
	uint64_t barred_first, barred_end; /* bytes of it that are not for drivers */
	bool trusted;                      /* whoever has it can do anything: not for isolated domains */
};

enum device_state { DEVICE_UNBOUND, DEVICE_BUSY, DEVICE_BOUND };

struct device {
	char name[DEVICE_NAME_BYTES];
	char modalias[MODALIAS_BYTES];   /* "": no module is looked for */
	struct bus *bus;                 /* or */
	struct class *class;             /* one of the two, or neither: it only has others below it */
	struct device *parent;           /* a reference; NULL: directly in /sys/devices */
	uint32_t identity;               /* for its driver; 0: none */
	const struct attr *const *attrs; /* shown in its directory, with the device as their data; NULL ends them */
	/* Put more files into its directory. Return: 0, or a negative errno. NULL: there are none. */
	int (*add_files)(struct device *dev);
	/* Write "KEY=value\n" for each thing that its uevents say beyond the usual. NULL: nothing. */
	void (*describe)(struct device *dev, struct text *t);
	void (*release)(struct device *dev); /* its last reference has gone: free it */
	void *driver_data;                   /* the driver's own, while it has it */

	/* The rest is device.c's. */
	_Atomic uint32_t refs;
	uint64_t serial; /* rises */
	struct device *next;
	enum device_state state;
	bool deferred, gone;
	bool unserved; /* no driver took it when it came, and it has an alias: device_unserved() */
	_Atomic uint32_t dma_cnt;
	struct driver *driver;
	struct node *dir;
	char path[DEVICE_PATH_BYTES]; /* in /sys, "/devices/..." */
};

struct driver {
	const char *name;
	struct bus *bus;
	const void *ids; /* id_cnt entries of bus->id_bytes */
	size_t id_cnt;
	/*
	 * Begin to serve @dev, which fits entry @id_idx. May sleep. Return: 0; -TENON_EAGAIN: something that it needs
	 * is not there yet, ask again when another device has got its driver; another negative errno: it cannot.
	 */
	int (*probe)(struct driver *drv, struct device *dev, size_t id_idx);
	/* Stop serving it; cannot fail. The device may be gone already, and then answers nothing that is true. */
	void (*remove)(struct driver *drv, struct device *dev);

	/* The rest is device.c's. */
	struct driver *next;
	uint64_t serial;
	uint64_t reached; /* the last device that it has been offered; later ones wait for driver_register() */
	bool gone;
	struct node *dir;
};

/* Once, with the root in memory there. */
void device_model_init(void);
/* With a reference more, which is bus_unregister()'s. Return: 0, -TENON_EEXIST, -TENON_ENOMEM. May sleep. */
int bus_register(struct bus *bus);
/* Nobody finds it any more, and its directory goes. Its devices have been removed, its drivers may stay. May sleep. */
void bus_unregister(struct bus *bus);
/* With a reference. NULL: there is no such bus. */
struct bus *bus_find(const char *name);
struct bus *bus_get(struct bus *bus);
void bus_put(struct bus *bus);
int class_register(struct class *class);

/* Its first reference, for a device that others may find before device_add(). */
void device_init(struct device *dev);

/**
 * device_add - a device has been found
 * @dev: zeroed but for what its bus sets, and device_init() if others may find it already; it has one reference, which is
 *       device_remove()'s from now on
 *
 * Shows it, announces it, and gives it to the first driver that takes it, before this returns. Where none is there its
 * module is asked for (device_set_request), afterwards. May sleep.
 *
 * Return: 0; -TENON_EEXIST: its parent has a device of that name; -TENON_ENAMETOOLONG: it is too deep;
 * -TENON_ENOMEM. On errors nothing has changed.
 */
int device_add(struct device *dev);
/*
 * It has gone, or its bus lets go of it. Those below it have been removed before, or go later. May sleep. Return: 0;
 * -TENON_EBUSY: its driver does not come back from probe or remove: it is still there, for no other driver, and may be removed
 * later. A device without a bus is never busy.
 */
int device_remove(struct device *dev);

/* Have @fn called for each device that goes, when it has no driver any more: what else is below it is to go first. */
void device_set_leave(void (*fn)(struct device *dev));
/* The first device that came and no driver took, with a reference; each is given out once. NULL: there is none. */
struct device *device_unserved(void);
/* A device directly below @parent on the same bus, with a reference; NULL: there is none. */
struct device *device_child(const struct device *parent);

struct device *device_get(struct device *dev);
void device_put(struct device *dev);

/**
 * driver_register - offer a driver to the devices that are there, and to those that come
 *
 * Return: 0; -TENON_EEXIST: the bus has a driver of that name; -TENON_ENOMEM. Devices that it refuses are no error.
 */
int driver_register(struct driver *drv);
/*
 * Takes it off its devices, each by remove; not from within probe and remove. Return: 0: nothing calls it any more;
 * -TENON_EBUSY: probe or remove has not come back within a minute, as the log says, so it must stay in memory for ever.
 */
int driver_unregister(struct driver *drv);
/* Ask the drivers of devices that were deferred again: one that could not be called then may be there again. */
void driver_retry(void);

/*
 * It shall read and write memory, for one more or one less reason. Return: 0; -TENON_ENODEV: it cannot, or is gone;
 * what set_dma says. Thread.
 */
int device_dma_begin(struct device *dev);
void device_dma_end(struct device *dev);
/**
 * device_dma_map - let it use a page, while it uses memory
 * @phys: of a page that is not mapped for it
 * Return: 0, and it sees it at the same address; -TENON_ENODEV: it may use no memory any more; -TENON_ENOMEM. Thread.
 */
int device_dma_map(struct device *dev, uint64_t phys, bool writes);
/* It does not use these pages any more when this returns, if its DMA is contained. Thread. */
void device_dma_unmap(struct device *dev, const uint64_t *phys, size_t cnt);
/* Does it reach nothing but what was mapped for it? */
bool device_dma_contained(struct device *dev);

/* Whom to tell that a device has come that no driver takes, device_unserved(). In a thread; waits for no module. */
void device_set_request(void (*request)(void));

/* Announce @dev by itself: "change". */
void device_changed(struct device *dev);

/* Of uevent.c: "ACTION@path" and its variables, to all who listen. */
void uevent_send(const char *action, struct device *dev, struct driver *drv);
/* The same of a module, in /sys/module. */
void uevent_send_module(const char *action, const char *name);
/* The variables, a line each: the file `uevent`. */
void uevent_describe(struct device *dev, const char *driver, struct text *t);

#endif
