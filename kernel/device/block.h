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
	/* Keep whoever is behind the device from going. Return: for unhold; NULL: it is going. Any lock of block.c is held. */
	void *(*hold)(void *owner);
	void (*unhold)(void *held);
	/* Begin with requests; block_complete() ends each. Return: 0, or a negative errno: none is begun. May sleep. */
	int (*submit)(void *owner, const struct tenon_blkdev_request *r, unsigned cnt);
};

/* Once, after device_model_init(). */
void block_devices_init(void);

/**
 * block_register - offer a block device
 * @parent: what it is on
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
/* Return: 0, -TENON_EINVAL: there is no such request, or no such result. Any context. */
int block_complete(struct block_device *bd, uint32_t tag, uint32_t result);

/* Wait until the devices that there are have been looked for partitions. Thread. */
void partitions_settle(void);

/* The open function of every node of a block device. -TENON_ENXIO: there is none. */
int block_open(struct node *node, struct file *file);

#endif
