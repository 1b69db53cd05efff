// SPDX-License-Identifier: GPL-2.0-only
/* The nodes of /dev: made and removed with the devices, in the root that is in memory. Linux has a thread for it. */
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/init_syscalls.h>
#include <linux/slab.h>

#include "linux/versions.h"
#include "linux/drivers/drivers.h"
#include "linux/fs/fs.h"

#if LINUX_SINCE(6, 12)
/* Of drivers/base/base.h. */
const char *device_get_devnode(const struct device *dev, umode_t *mode, kuid_t *uid, kgid_t *gid,
			       const char **temporary);
#endif

#define NODE_BYTES 256

/* The path of a device's node, and what the driver says of it. Return: false: it has none. */
static bool node_path(struct device *dev, char path[NODE_BYTES], umode_t *mode)
{
	const char *temporary = NULL, *name;
	kuid_t uid = GLOBAL_ROOT_UID;
	kgid_t gid = GLOBAL_ROOT_GID;
	int len;

	*mode = 0;
	name = device_get_devnode(dev, mode, &uid, &gid, &temporary);
	len = name ? snprintf(path, NODE_BYTES, "/dev/%s", name) : NODE_BYTES;
	kfree(temporary);
	return len < NODE_BYTES;
}

int devtmpfs_create_node(struct device *dev)
{
	char path[NODE_BYTES];
	umode_t mode;

	if (!node_path(dev, path, &mode))
		return -ENOMEM;
	linux_make_parents(path);
	mode = (mode ?: 0600) | (dev->class == &block_class ? S_IFBLK : S_IFCHR);
	return init_mknod(path, mode, new_encode_dev(dev->devt));
}

int devtmpfs_delete_node(struct device *dev)
{
	char path[NODE_BYTES];
	umode_t mode;

	return node_path(dev, path, &mode) ? init_unlink(path) : -ENOMEM;
}
