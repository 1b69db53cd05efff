/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Block devices: nodes in /dev whose bytes are on a device that moves sectors. Programs' reads and writes become
 * requests over pages of ours; nothing is kept between them, so what was written is on the device when write returns.
 *
 * A request that is never completed keeps its pages until the device has been made to stop, since it may still write to
 * them.
 */
#ifndef KERNEL_DEVICE_BLOCK_H
#define KERNEL_DEVICE_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "tenon/kpi/blkdev.h"

struct block_device;
struct device;
struct file;
struct node;

#define BLOCK_MAJOR 254
#define BLOCK_MINORS 16 /* of each device, as Linux's disks have them */
#define BLOCK_DEVICES 64

struct block_ops {
	/* Keep whoever is behind the device from going. Return: for unhold; NULL: it is going. A spinlock is held. */
	void *(*hold)(void *owner);
	void (*unhold)(void *held);
	/* Has it died, and will leave? NULL: it cannot. Any context. */
	bool (*dead)(void *owner);
	/* Begin with requests; block_complete() ends each. Return: 0, or a negative errno: none is begun. May sleep. */
	int (*submit)(void *owner, const struct tenon_blkdev_request *r, unsigned cnt);
	/* A control call that the kernel does not know. -TENON_ENOTTY: neither does it. */
	int (*ioctl)(void *owner, unsigned command, uint64_t argument);
	/* Nobody has it open any more; what hold() gave has not been given back yet. */
	void (*closed)(void *owner);
};

/* Once, after device_model_init(). */
void block_devices_init(void);

/**
 * block_register - offer a block device
 * @parent: what it is on, or NULL
 * @config: checked here
 * @owner: passed to @ops; stays until block_unregister() has returned
 *
 * Return: 0; -TENON_EINVAL: a @config that cannot be; -TENON_EEXIST: the name is taken, or @parent has one already;
 * -TENON_ENOSPC: there are BLOCK_DEVICES; -TENON_ENOMEM. Thread.
 */
int block_register(struct device *parent, const char *name, const struct tenon_blkdev_config *config,
		   const struct block_ops *ops, void *owner, struct block_device **out);
/* Nothing of @ops is called afterwards but unhold. Requests under way end with -TENON_EIO. Thread. */
void block_unregister(struct block_device *bd);
/*
 * The same, when the driver has died and will be loaded anew: what has the device open keeps it, and requests, also those
 * under way, wait for a driver that registers the same device again. Without one within 30 seconds it goes.
 */
void block_suspend(struct block_device *bd);
/* Return: 0, -TENON_EINVAL: there is no such request, or no such result. Any context. */
int block_complete(struct block_device *bd, uint32_t tag, uint32_t result);

/* From now on, for who opens it. Return: 0, -TENON_EINVAL. */
int block_resize(struct block_device *bd, uint64_t sector_cnt, bool read_only);
/* Do a request with a file. Return: 0: it is complete; -TENON_EINVAL: no such request, or there is a parent; -TENON_EROFS. Thread. */
int block_serve(struct block_device *bd, uint32_t tag, struct file *file, uint64_t offset);

/* Wait until the devices that there are have been looked for partitions. Thread. */
void partitions_settle(void);

/* The open function of every node of a block device. -TENON_ENXIO: there is none. */
int block_open(struct node *node, struct file *file);

#endif
