// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Which block devices there are, and what /sys and /dev show of them. */
#include "kernel/device/block.h"

#include "kernel/device/block_request.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/node.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

static struct class block_class = { .name = "block" };
static struct mutex table_lock = MUTEX_INIT(LOCK_MODEL);
static struct block_device *table[BLOCK_DEVICES]; /* by index */

static struct block_device *of(struct device *dev)
{
	return (struct block_device *)dev;
}

/* ---- /sys -------------------------------------------------------------------------------------------------------- */

uint32_t block_number(const struct block_device *bd)
{
	return device_number(BLOCK_MAJOR, bd->index * BLOCK_MINORS);
}

static int show_dev(struct text *t, void *data)
{
	text_printf(t, "%u:%u\n", BLOCK_MAJOR, of(data)->index * BLOCK_MINORS);
	return 0;
}

static int show_size(struct text *t, void *data)
{
	text_printf(t, "%llu\n", (unsigned long long)of(data)->config.sector_cnt);
	return 0;
}

static int show_ro(struct text *t, void *data)
{
	text_printf(t, "%u\n", (unsigned)of(data)->config.read_only);
	return 0;
}

static const struct attr dev_attr = { .name = "dev", .mode = 0444, .show = show_dev };
static const struct attr size_attr = { .name = "size", .mode = 0444, .show = show_size };
static const struct attr ro_attr = { .name = "ro", .mode = 0444, .show = show_ro };
static const struct attr *const attrs[] = { &dev_attr, &size_attr, &ro_attr, NULL };

static void describe(struct device *dev, struct text *t)
{
	text_printf(t, "MAJOR=%u\nMINOR=%u\nDEVNAME=%s\nDEVTYPE=disk\n", BLOCK_MAJOR, of(dev)->index * BLOCK_MINORS,
		    dev->name);
}

/* ---- coming and going -------------------------------------------------------------------------------------------- */

static bool config_valid(const struct tenon_blkdev_config *c)
{
	bool block_fits = c->block_bytes >= TENON_BLKDEV_SECTOR_BYTES && c->block_bytes <= PAGE_BYTES &&
			  !(c->block_bytes & (c->block_bytes - 1));

	return block_fits && c->sector_cnt <= INT64_MAX / TENON_BLKDEV_SECTOR_BYTES &&
	       !(c->sector_cnt % (c->block_bytes / TENON_BLKDEV_SECTOR_BYTES)) && c->depth &&
	       c->depth <= TENON_BLKDEV_DEPTH && c->segment_max && c->segment_max <= TENON_BLKDEV_SEGMENTS;
}

static void release(struct device *dev)
{
	struct block_device *bd = of(dev);

	for (uint32_t tag = 0; tag < bd->config.depth; tag++)
		block_put_pages(&bd->slot[tag]);
	heap_free(bd);
}

static int take_index(struct block_device *bd)
{
	int err = -TENON_ENOSPC;

	mutex_lock(&table_lock);
	for (unsigned i = 0; i < BLOCK_DEVICES && err; i++)
		if (!table[i]) {
			bd->index = i;
			table[i] = bd;
			err = 0;
		}
	mutex_unlock(&table_lock);
	return err;
}

static void give_index(struct block_device *bd)
{
	mutex_lock(&table_lock);
	table[bd->index] = NULL;
	mutex_unlock(&table_lock);
}

static int show(struct block_device *bd, const char *name)
{
	int err = take_index(bd);

	if (err)
		return err;
	err = dev_add(name, NODE_BLOCK | 0660, block_number(bd));
	if (!err) {
		err = device_add(&bd->device);
		if (err)
			dev_remove(name);
	}
	if (err)
		give_index(bd);
	return err;
}

int block_register(struct device *parent, const char *name, const struct tenon_blkdev_config *config,
		   const struct block_ops *ops, void *owner, struct block_device **out)
{
	struct block_device *bd;
	int err;

	if (!config_valid(config))
		return -TENON_EINVAL;
	bd = heap_alloc_zeroed(sizeof(*bd) + config->depth * sizeof(*bd->slot));
	if (!bd)
		return -TENON_ENOMEM;
	tenon_snprintf(bd->device.name, sizeof(bd->device.name), "%s", name);
	bd->device.class = &block_class;
	bd->device.parent = parent;
	bd->device.attrs = attrs;
	bd->device.describe = describe;
	bd->device.release = release;
	bd->config = *config;
	bd->ops = ops;
	bd->owner = owner;
	spin_init(&bd->lock, LOCK_BLOCK);
	mutex_init(&bd->writing, LOCK_FILE);
	wait_queue_init(&bd->changed);
	*out = bd; /* before anybody can open it */
	err = show(bd, name);
	if (err)
		heap_free(bd);
	else
		partitions_find(bd);
	return err;
}

void block_unregister(struct block_device *bd)
{
	give_index(bd);
	dev_remove(bd->device.name);
	block_stop(bd);
	partitions_remove(bd);
	device_remove(&bd->device);
}

/* What of the device this minor number is. */
static bool range_of(struct block_device *bd, unsigned part, struct block_range *r)
{
	*r = (struct block_range){ .bd = bd, .sector_cnt = bd->config.sector_cnt };
	if (part) {
		r->first = bd->part[part - 1].first;
		r->sector_cnt = bd->part[part - 1].sector_cnt;
	}
	return !part || r->sector_cnt;
}

int block_range_get(uint32_t number, struct block_range *r)
{
	unsigned index = device_minor(number) / BLOCK_MINORS;
	struct block_device *bd;
	bool found = false;

	if (device_major(number) != BLOCK_MAJOR || index >= BLOCK_DEVICES)
		return -TENON_ENXIO;
	mutex_lock(&table_lock);
	bd = table[index];
	if (bd && bd->owner && range_of(bd, device_minor(number) % BLOCK_MINORS, r)) {
		r->held = bd->ops->hold(bd->owner);
		found = r->held;
	}
	if (found)
		device_get(&bd->device);
	mutex_unlock(&table_lock);
	return found ? 0 : -TENON_ENXIO;
}

void block_range_put(struct block_range *r)
{
	r->bd->ops->unhold(r->held);
	device_put(&r->bd->device);
}

void __init block_devices_init(void)
{
	if (class_register(&block_class))
		panic("no memory for /sys/class/block");
}
