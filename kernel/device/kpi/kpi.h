/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What modules see of devices (kpi/driver.def and others), over kernel/device and the objects of kpi/impl. It is linked
 * together with that, and gives the kernel nothing but the interface's own functions.
 */
#ifndef KERNEL_DEVICE_KPI_KPI_H
#define KERNEL_DEVICE_KPI_KPI_H

#include "kernel/device/device.h"
#include "kpi/impl/impl.h"

/* A device, for the driver that has it: from before probe until after remove. */
struct kpi_device {
	struct object object;
	struct device *device; /* a reference */
	tenon_handle handle;
	void *data; /* from probe: an address of the domain's */
};

/* By its handle, as its user: object_put(). NULL: no driver of the domain has it. */
struct kpi_device *kpi_device_get(struct kpi_domain *d, tenon_handle handle);
/* A device of a driver or of a bus of the domain's, with a reference. NULL: it is none. */
struct device *kpi_device_find(struct kpi_domain *d, tenon_handle handle);

/**
 * kpi_call_last - a callback that the module must not miss, of an object that is used meanwhile
 * @code: of the object's module
 * @awaited: set once the module waits for this call, with which it is let in though an unload has closed it
 *
 * While the module is closed this waits until it is open again. Return: as tenon_kpi_upcall(); -TENON_ENODEV: it has gone,
 * and what it had is taken from it. Thread.
 */
int kpi_call_last(struct object *o, const struct tenon_kpi_code *code, const bool *awaited,
		  const uint64_t args[KPI_ARGS_MAX]);

/* Something that a module has of a device. */
struct kpi_part {
	struct object object;
	struct device *device; /* a reference, or NULL: not yet */
};

/**
 * kpi_part_new - an object of @type, which begins with struct kpi_part, for what @device has
 * Return: 0; -TENON_EFAULT: @self is no module of the caller's; -TENON_EBADF: no driver or bus of the domain has @device;
 * -TENON_ENOMEM.
 */
int kpi_part_new(const struct caller *c, struct tenon_this_module *self, tenon_handle device,
		 const struct object_type *type, void **out);
/* The same; without @device for something that is on none. */
int kpi_part_or_none(const struct caller *c, struct tenon_this_module *self, tenon_handle device,
		     const struct object_type *type, void **out);
/* Drops the device: for the release of such types. */
void kpi_part_release(struct kpi_part *p);

struct block_range;
struct file;

/* Is it a block device of this module's? */
bool kpi_blkdev_is_of(const struct block_range *r, struct tenon_module *m);
/* The file of a handle (kpi/file.def), with a reference. NULL: there is none. */
struct file *kpi_file_get(struct kpi_domain *d, tenon_handle handle);

#endif
