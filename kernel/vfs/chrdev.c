// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The table of character devices, and their file system. device_lock protects the table and the counts. */
#include "kernel/vfs/chrdev.h"

#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/kmsg.h"
#include "kernel/vfs/ramfs.h"
#include "kernel/vfs/text.h"
#include "kernel/vfs/vfs.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define ALIAS_BYTES 64
#define LIMIT_BYTES (4ul << 20) /* of the nodes and files in /dev */

static struct mutex device_lock = MUTEX_INIT(LOCK_PLACE); /* also taken where a mapped file's last reference goes */
static struct chrdev *devices;                            /* by number, rising */
static struct filesystem *dev_fs;
bool (*chrdev_ask)(const char *alias);
void (*chrdev_leaving)(void);
void (*chrdev_settle)(void);

/* Where the device with this number is linked, or would be. */
static struct chrdev **find(uint32_t device)
{
	struct chrdev **at = &devices;

	while (*at && (*at)->device < device)
		at = &(*at)->next;
	return at;
}

/* What has this number, with its count of users raised. */
static struct chrdev *get(uint32_t device)
{
	struct chrdev *dev;

	mutex_lock(&device_lock);
	dev = *find(device);
	if (dev && dev->device != device)
		dev = NULL;
	if (dev)
		dev->open_cnt++;
	mutex_unlock(&device_lock);
	return dev;
}

void chrdev_closed(struct chrdev *dev)
{
	bool last;

	mutex_lock(&device_lock);
	last = !--dev->open_cnt && dev->withdrawn;
	mutex_unlock(&device_lock);
	if (last)
		dev->gone(dev);
}

static bool has_name(struct name name)
{
	struct node *node;
	int err;

	mutex_lock(&dev_fs->root->lock);
	err = dev_fs->root->ops->lookup(dev_fs->root, name, &node);
	mutex_unlock(&dev_fs->root->lock);
	if (!err)
		node_put(node);
	return !err;
}

/* Would what @path ends with be directly in /dev's file system? @name is then in @alias. */
static bool in_dev(const struct path_start *start, const char *path, char alias[ALIAS_BYTES], struct name *name)
{
	struct path_last last;
	bool inside;

	if (path_find_parent(start, path, &last))
		return false;
	inside = last.kind == LAST_NAME && !last.slash && last.dir == dev_fs->root;
	node_put(last.dir);
	if (!inside || last.name.len > ALIAS_BYTES - sizeof("devname:"))
		return false;
	tenon_snprintf(alias, ALIAS_BYTES, "devname:%s", last.text);
	*name = (struct name){ alias + strlen("devname:"), last.name.len };
	return true;
}

void chrdev_settle_path(const struct path_start *start, const char *path)
{
	char alias[ALIAS_BYTES];
	struct name name;

	void (*settle)(void) = __atomic_load_n(&chrdev_settle, __ATOMIC_ACQUIRE);

	if (settle && in_dev(start, path, alias, &name) && !has_name(name))
		settle();
}

bool chrdev_ask_path(const struct path_start *start, const char *path)
{
	void (*settle)(void) = __atomic_load_n(&chrdev_settle, __ATOMIC_ACQUIRE);
	char alias[ALIAS_BYTES];
	struct name name;

	if (!chrdev_ask || !in_dev(start, path, alias, &name))
		return false;
	if (settle)
		settle();
	return has_name(name) || chrdev_ask(alias);
}

int chrdev_open(struct node *node, struct file *file, unsigned flags)
{
	struct chrdev *dev = get(node->device);
	char alias[ALIAS_BYTES];

	if (!dev && !__atomic_load_n(&node->link_cnt, __ATOMIC_RELAXED))
		return -TENON_ENODEV; /* it was there a moment ago */
	if (!dev && chrdev_ask) {
		tenon_snprintf(alias, sizeof(alias), "char-major-%u-%u", device_major(node->device),
			       device_minor(node->device));
		if (chrdev_ask(alias))
			dev = get(node->device);
	}
	if (!dev)
		return -TENON_ENXIO;
	file->device = dev;
	return dev->open(dev, file, flags);
}

static int link_device(struct chrdev *dev)
{
	struct chrdev **at;
	int err = 0;

	mutex_lock(&device_lock);
	at = find(dev->device);
	if (*at && (*at)->device == dev->device && !(*at)->stands_in) {
		err = -TENON_EBUSY;
	} else {
		dev->has_node = !*at || (*at)->device != dev->device;
		dev->next = *at;
		*at = dev;
	}
	mutex_unlock(&device_lock);
	return err;
}

static int unlink_device(struct chrdev *dev)
{
	int err = 0;

	mutex_lock(&device_lock);
	if (dev->open_cnt)
		err = -TENON_EBUSY;
	else
		*find(dev->device) = dev->next; /* what it stood before was linked earlier, and comes after it */
	mutex_unlock(&device_lock);
	return err;
}

int dev_add(const char *name, uint32_t mode, uint32_t device)
{
	struct node_wanted wanted = { .mode = mode, .device = device };
	struct path_start start = { dev_fs->root, dev_fs->root };

	return vfs_make(&start, name, &wanted);
}

void dev_remove(const char *name)
{
	struct path_start start = { dev_fs->root, dev_fs->root };

	vfs_remove(&start, name, false);
}

int chrdev_register(struct chrdev *dev)
{
	int err = link_device(dev);

	if (err)
		return err;
	err = dev->has_node ? dev_add(dev->name, NODE_CHAR | dev->mode, dev->device) : 0;
	if (err)
		unlink_device(dev);
	return err;
}

static void remove_node(const struct chrdev *dev)
{
	if (dev->has_node)
		dev_remove(dev->name);
}

int chrdev_unregister(struct chrdev *dev)
{
	int err = unlink_device(dev);

	if (!err)
		remove_node(dev);
	return err;
}

void chrdev_withdraw(struct chrdev *dev)
{
	remove_node(dev); /* first, so that whoever has the node and finds no device knows why */
	mutex_lock(&device_lock);
	*find(dev->device) = dev->next;
	dev->withdrawn = true;
	dev->open_cnt++;
	mutex_unlock(&device_lock);
	chrdev_closed(dev);
}

uint32_t chrdev_number(const char *name)
{
	uint32_t device = 0;

	mutex_lock(&device_lock);
	for (const struct chrdev *dev = devices; dev && !device; dev = dev->next)
		if (!strcmp(dev->name, name))
			device = dev->device;
	mutex_unlock(&device_lock);
	return device;
}

void chrdev_show(struct text *t)
{
	struct chrdev *dev;

	text_printf(t, "Character devices:\n");
	mutex_lock(&device_lock);
	for (dev = devices; dev; dev = dev->next)
		text_printf(t, "%3u %s\n", device_major(dev->device), dev->name);
	mutex_unlock(&device_lock);
	text_printf(t, "\nBlock devices:\n");
}

/* ---- the file system --------------------------------------------------------------------------------------------- */

static int only_instance(const struct filesystem_type *type, const char *source, const char *options,
			 struct filesystem **fs)
{
	(void)type;
	(void)source;
	(void)options;
	*fs = dev_fs;
	return 0;
}

void __init dev_init(void)
{
	static struct filesystem_type type = { .name = "devtmpfs", .make = only_instance };
	static struct chrdev kmsg = { .name = "kmsg", .mode = 0644, .open = kmsg_open };

	kmsg.device = device_number(1, 11);
	if (ramfs_make(&type, LIMIT_BYTES, NULL, &dev_fs) || chrdev_register(&kmsg))
		panic("no memory for /dev");
	filesystem_type_register(&type);
}
