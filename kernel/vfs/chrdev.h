/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Character devices: whoever offers one registers it, and a node of its name appears in /dev. A file system of its own,
 * "devtmpfs", has these nodes; anybody may add names there.
 */
#ifndef KERNEL_VFS_CHRDEV_H
#define KERNEL_VFS_CHRDEV_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct chrdev;
struct file;
struct node;
struct path_start;
struct text;

struct chrdev {
	const char *name; /* in /dev and /proc/devices */
	uint32_t device;  /* device_number() */
	uint32_t mode;    /* permissions of the node */
	/* Set file->ops, and file->data if need be. @flags: enum open_flag. Return: 0 or a negative errno. */
	int (*open)(struct chrdev *dev, struct file *file, unsigned flags);
	void *data; /* the owner's */
	/* After chrdev_withdraw(): its last file is closed. May free it. */
	void (*gone)(struct chrdev *dev);
	bool stands_in; /* another device may take its number and name, and gives them back when it goes */

	struct chrdev *next; /* the rest is chrdev.c's */
	unsigned open_cnt;
	bool withdrawn;
	bool has_node; /* made for it */
};

/**
 * chrdev_register - offer a device
 * @dev: stays the caller's, and in place until chrdev_unregister() returned 0
 *
 * Return: 0; -TENON_EBUSY: the number is taken; -TENON_EEXIST: the name in /dev is; -TENON_ENOMEM, -TENON_ENOSPC.
 */
int chrdev_register(struct chrdev *dev);
/* Return: 0, or -TENON_EBUSY: it is open. */
int chrdev_unregister(struct chrdev *dev);
/* Offer it no more, open or not: its node goes now, and gone() is called when its last file is closed, perhaps now. */
void chrdev_withdraw(struct chrdev *dev);
/* Of a device in /dev; 0: there is none of this name. */
uint32_t chrdev_number(const char *name);

/* The open function of every node of a character device. -TENON_ENXIO: nobody offers it. */
int chrdev_open(struct node *node, struct file *file, unsigned flags);
void chrdev_closed(struct chrdev *dev); /* for file_put() */

/*
 * A node in /dev for what is not a character device, and its end; somebody may have removed or renamed it meanwhile.
 * @mode: type and permissions. Return: 0; -TENON_EEXIST, -TENON_ENOMEM, -TENON_ENOSPC.
 */
int dev_add(const char *name, uint32_t mode, uint32_t device);
void dev_remove(const char *name);

/*
 * Somebody opens a device that nobody offers: called with "char-major-10-200", or "devname:" and what was looked for in
 * /dev. Return: whether it is worth looking again. NULL: it is not.
 */
extern bool (*chrdev_ask)(const char *alias);
/* A device could not be opened since its module is leaving: return when it has, so that it can be asked for anew. */
extern void (*chrdev_leaving)(void);
/* Wait until the devices that the boot has found have had their drivers loaded. NULL: there are none left. */
extern void (*chrdev_settle)(void);
/* The same, if @path would be made in /dev's file system, where a node of that name may be about to appear. */
void chrdev_settle_path(const struct path_start *start, const char *path);
/* The same for the name that a path ends with, if that would be in /dev's file system. */
bool chrdev_ask_path(const struct path_start *start, const char *path);

/* Makes /dev's file system and its built-in devices: kmsg. Once. */
void dev_init(void);

/* null and its like. Once, after dev_init(). */
void memory_devices_init(void);

/* What /proc/devices has. */
void chrdev_show(struct text *t);

#endif
