/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Devices of the process host: disks, as a machine has them whose devices are virtio's with registers in memory (1.2, 4.2), so
 * that drivers run here as they are. The interface for drivers (kpi/driver.def and others) is over the objects of kpi/impl.
 *
 * Devices are there from before the first module until the host is closed. Locks, in the order in which they are taken: the
 * list's (device.c), an object's, a device's, an interrupt's. A device's is held while it works: once something has been taken
 * from it under the lock, it does not use that any more.
 */
#ifndef PORT_PROCESS_DEVICE_H
#define PORT_PROCESS_DEVICE_H

#include <pthread.h>
#include <time.h>

#include "kpi/impl/impl.h"
#include "port/process/process.h"

#define TRANSFER_BYTES (TENON_BLKDEV_SEGMENTS * 4096u)

struct device;
struct registers;

/* Memory that a device may use, at an address of its own. */
struct device_window {
	struct device_window *next;
	uint64_t bus;
	size_t bytes;
	uint8_t *memory;
	bool readable, writable; /* by the device */
};

/* Something that a module has of a device. */
struct device_part {
	struct object object;
	struct device *device;
};

/* An interrupt of a module's. */
struct kpi_irq {
	struct device_part part;
	uint64_t edges, seen; /* object's lock */
};

/* What the host wants of a block device: one request at a time, with memory of the host's. */
struct transfer {
	pthread_mutex_t turn; /* held by whose request it is */
	struct device_window window;
	bool under_way; /* device's lock, as the next */
	uint32_t result;
};

struct device {
	struct device *next;
	struct kpi_driver *driver; /* that has it, or tries it. List's lock, as the next */
	struct kpi_device *served; /* as it has it; NULL: not yet, or no more */
	int fd;
	uint64_t bytes;
	bool read_only;
	pthread_t thread;
	struct transfer transfer;

	pthread_mutex_t lock; /* all below */
	pthread_cond_t changed;
	bool ends;
	uint64_t say_ns;                      /* when the log may be told again that it was given nonsense */
	volatile struct registers *registers; /* NULL: nobody has mapped them, and it does nothing */
	struct device_window *windows;
	uint32_t window_cnt;
	uint64_t next_bus;
	struct kpi_irq *irq; /* NULL: nobody uses it */
	/*
	 * What its driver offers: changed under both locks, read under either. While the device works for its driver nobody else
	 * waits for it: who looks through all devices takes the short one.
	 */
	struct process_block *block;
	pthread_mutex_t block_lock; /* taken last */
	bool failed;                /* it was given nonsense, and waits to be reset */
	uint16_t seen, used;        /* of its queue: what it has begun, what it is done with */
};

/* ---- device.c ---- */

/* That a driver of the domain serves. NULL: there is none. */
struct device *device_find(struct kpi_domain *d, tenon_handle handle);
/* The device on which @fn returns true, under the list's lock. */
struct device *device_search(bool (*fn)(struct device *dev, void *arg), void *arg);

/* A time from now, for waits by CLOCK_MONOTONIC. */
static inline struct timespec device_deadline(uint64_t ns)
{
	uint64_t at = now_ns() + ns;

	return (struct timespec){ (time_t)(at / 1000000000u), (long)(at % 1000000000u) };
}

/**
 * device_part_new - an object of @type, which begins with struct device_part
 * Return: 0; -TENON_EFAULT: @self is no module of the caller's; -TENON_EBADF: no driver of the domain has @device;
 * -TENON_ENOMEM.
 */
int device_part_new(const struct caller *c, struct tenon_this_module *self, tenon_handle device,
		    const struct object_type *type, void **out);

/* ---- dma.c: windows, under the device's lock ---- */

/* Return: false: the device has as many as it can have. */
bool window_add(struct device *dev, struct device_window *w);
void window_remove(struct device *dev, struct device_window *w);
/* Where @bytes at @bus are, for the device to read or write. NULL: not all of them are in a window that lets it. */
void *window_at(const struct device *dev, uint64_t bus, size_t bytes, bool writes);

/* ---- registers.c: under the device's lock ---- */

void irq_raise(struct device *dev);

/* ---- disk.c: the device itself ---- */

/* Its registers are in this page from now on, as after a reset. NULL: nowhere. Device's lock. */
void disk_power(struct device *dev, void *page);
/* Its thread, until dev->ends. */
void *disk_run(void *device);

#endif
