// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * /sys/devices has a directory for each device, within that of its parent. All else leads there by links:
 * /sys/bus/BUS/devices/NAME, /sys/bus/BUS/drivers/DRIVER/NAME, /sys/class/CLASS/NAME, /sys/block/NAME.
 */
#include "kernel/device/device_files.h"

#include "kernel/device/device.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/sched/lock.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/path.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define LINK_BYTES (2 * DEVICE_PATH_BYTES) /* each '/' of a path, and a name of one letter at least, may be a "../" */

static struct node *devices_dir, *buses_dir, *classes_dir;

/* ---- files of every device --------------------------------------------------------------------------------------- */

static int show_modalias(struct text *t, void *data)
{
	struct device *dev = data;

	text_printf(t, "%s\n", dev->modalias);
	return 0;
}

static int show_uevent(struct text *t, void *data)
{
	uevent_describe(data, NULL, t);
	return 0;
}

/* As udevadm trigger and busybox's mdev do it: the event comes again. */
static int store_uevent(const char *text, size_t len, void *data)
{
	static const char *const actions[] = { "add", "remove", "change" };

	if (len && text[len - 1] == '\n')
		len--;
	for (unsigned i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (strlen(actions[i]) == len && !memcmp(actions[i], text, len)) {
			uevent_send(actions[i], data, NULL);
			return 0;
		}
	return -TENON_EINVAL;
}

static const struct attr modalias_attr = { .name = "modalias", .mode = 0444, .show = show_modalias };
static const struct attr uevent_attr = { .name = "uevent", .mode = 0644, .show = show_uevent, .store = store_uevent };

/* ---- devices ----------------------------------------------------------------------------------------------------- */

/* The way up to /sys from a directory @depth levels below it. Return: its length; the NUL is the caller's. */
static size_t go_up(char target[LINK_BYTES], unsigned depth)
{
	size_t len = 0;

	for (; depth; depth--, len += 3)
		memcpy(target + len, "../", 3);
	return len;
}

/* From @dir, @depth levels below /sys, to @dev. */
static int link_to(struct node *dir, unsigned depth, const struct device *dev)
{
	char target[LINK_BYTES];
	size_t len = go_up(target, depth);

	memcpy(target + len, dev->path + 1, strlen(dev->path)); /* with NUL, without the first '/' */
	return attr_link(dir, dev->name, target);
}

/* From @dev's directory to "bus/pci" and the like. */
static int link_from(const struct device *dev, const char *name, const char *kind, const char *path)
{
	char target[LINK_BYTES];
	unsigned depth = 0;
	size_t len;

	for (const char *at = dev->path; *at; at++)
		depth += *at == '/';
	len = go_up(target, depth);
	tenon_snprintf(target + len, sizeof(target) - len, "%s/%s", kind, path);
	return attr_link(dev->dir, name, target);
}

/* Of its parent, which is of the same class: a partition of a disk. */
static bool is_part(const struct device *dev)
{
	return dev->class && dev->parent && dev->parent->class == dev->class;
}

static int link_from_class(struct device *dev)
{
	struct class *class = dev->class;
	int err = link_to(class->dir, 2, dev);

	if (err || !class->top_dir || is_part(dev))
		return err;
	err = link_to(class->top_dir, 1, dev);
	if (err)
		attr_remove(class->dir, dev->name);
	return err;
}

static int fill(struct device *dev)
{
	int err = attr_file(dev->dir, &uevent_attr, dev);

	if (!err && *dev->modalias)
		err = attr_file(dev->dir, &modalias_attr, dev);
	for (const struct attr *const *a = dev->attrs; a && *a && !err; a++)
		err = attr_file(dev->dir, *a, dev);
	if (!err && dev->add_files)
		err = dev->add_files(dev);
	if (err || (!dev->bus && !dev->class))
		return err;
	if (dev->bus)
		err = link_from(dev, "subsystem", "bus", dev->bus->name);
	else
		err = link_from(dev, "subsystem", "class", dev->class->name);
	if (err)
		return err;
	return dev->bus ? link_to(dev->bus->devices_dir, 3, dev) : link_from_class(dev);
}

/* The directory of the class's name in which a device stands, apart from what else its parent has; "": it has none. */
static const char *group_of(const struct device *dev)
{
	return dev->class && dev->parent && !is_part(dev) ? dev->class->name : "";
}

/* A device has one of a class below it at most, but for parts. */
static int make_dir(struct device *dev)
{
	struct node *parent = dev->parent ? dev->parent->dir : devices_dir, *group;
	const char *above = dev->parent ? dev->parent->path : "/devices";
	const char *class = group_of(dev);
	int len, err;

	len = tenon_snprintf(dev->path, sizeof(dev->path), "%s%s%s/%s", above, *class ? "/" : "", class, dev->name);
	if (len < 0 || (size_t)len >= sizeof(dev->path))
		return -TENON_ENAMETOOLONG;
	if (!*class)
		return attr_dir(parent, dev->name, &dev->dir);
	err = attr_dir(parent, class, &group);
	if (err)
		return err;
	err = attr_dir(group, dev->name, &dev->dir);
	node_put(group);
	if (err)
		attr_remove(parent, class);
	return err;
}

/* Its parent's may have gone before. */
static void remove_dir(struct device *dev)
{
	const char *class = group_of(dev);

	attr_remove(dev->parent ? dev->parent->dir : devices_dir, *class ? class : dev->name);
}

int device_files_make(struct device *dev)
{
	int err = make_dir(dev);

	if (err)
		return err;
	err = fill(dev);
	if (err) {
		remove_dir(dev);
		device_files_release(dev);
	}
	return err;
}

void device_files_release(struct device *dev)
{
	if (dev->dir)
		node_put(dev->dir);
	dev->dir = NULL;
}

void device_files_remove(struct device *dev)
{
	if (dev->bus || dev->class)
		attr_remove(dev->bus ? dev->bus->devices_dir : dev->class->dir, dev->name);
	if (dev->class && dev->class->top_dir && !is_part(dev))
		attr_remove(dev->class->top_dir, dev->name);
	remove_dir(dev);
}

/* ---- drivers, buses, classes ------------------------------------------------------------------------------------- */

int driver_files_make(struct driver *drv)
{
	return attr_dir(drv->bus->drivers_dir, drv->name, &drv->dir);
}

void driver_files_remove(struct driver *drv)
{
	attr_remove(drv->bus->drivers_dir, drv->name);
	node_put(drv->dir);
}

void driver_files_link(struct driver *drv, struct device *dev)
{
	char path[3 * DEVICE_NAME_BYTES];

	link_to(drv->dir, 4, dev);
	tenon_snprintf(path, sizeof(path), "%s/drivers/%s", drv->bus->name, drv->name);
	link_from(dev, "driver", "bus", path);
}

void driver_files_unlink(struct driver *drv, struct device *dev)
{
	attr_remove(drv->dir, dev->name);
	attr_remove(dev->dir, "driver");
}

int bus_files_make(struct bus *bus)
{
	struct node *dir;
	int err = attr_dir(buses_dir, bus->name, &dir);

	if (err)
		return err;
	err = attr_dir(dir, "devices", &bus->devices_dir);
	if (!err) {
		err = attr_dir(dir, "drivers", &bus->drivers_dir);
		if (err)
			node_put(bus->devices_dir);
	}
	node_put(dir);
	if (err)
		attr_remove(buses_dir, bus->name);
	return err;
}

void bus_files_remove(struct bus *bus)
{
	attr_remove(buses_dir, bus->name);
}

void bus_files_release(struct bus *bus)
{
	node_put(bus->devices_dir);
	node_put(bus->drivers_dir);
}

int __init class_register(struct class *class)
{
	int err = attr_dir(classes_dir, class->name, &class->dir);

	return err || !class->on_top ? err : attr_dir(sysfs_root(), class->name, &class->top_dir);
}

void __init device_model_init(void)
{
	static const char *const names[] = { "devices", "bus", "class" };
	struct node **const dirs[] = { &devices_dir, &buses_dir, &classes_dir };
	struct node *root = sysfs_root();

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct name name = { names[i], strlen(names[i]) };
		int err;

		mutex_lock(&root->lock);
		err = root->ops->lookup(root, name, dirs[i]);
		mutex_unlock(&root->lock);
		if (err)
			panic("/sys/%s is not there", names[i]);
	}
}
