// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Which block devices there are, and what /sys and /dev show of them. */
#include "kernel/device/block.h"

#include "kernel/device/block_request.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/sched/timer.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/node.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define GOING_NS (5 * NS_PER_SECOND) /* an owner that is going has gone by then, or stays */
#define GOING_LOOK_NS 10000000u

static struct class block_class = { .name = "block", .on_top = true };
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

/* It has not become a device, but somebody may have opened it already. */
static void take_back(struct block_device *bd)
{
	block_stop(bd, false);
	bd->device.parent = NULL; /* of which it has no reference */
	device_put(&bd->device);
}

int block_register(struct device *parent, const char *name, const struct tenon_blkdev_config *config,
		   const struct block_ops *ops, void *owner, struct block_device **out)
{
	struct block_device *bd;
	int err;

	if (!config_valid(config))
		return -TENON_EINVAL;
	if (block_adopt(parent, name, config, ops, owner, out))
		return 0;
	bd = heap_alloc_zeroed(sizeof(*bd) + config->depth * sizeof(*bd->slot));
	if (!bd)
		return -TENON_ENOMEM;
	tenon_snprintf(bd->device.name, sizeof(bd->device.name), "%s", name);
	bd->device.class = &block_class;
	bd->device.parent = parent;
	bd->device.attrs = attrs;
	bd->device.describe = describe;
	bd->device.release = release;
	device_init(&bd->device);
	bd->config = *config;
	bd->ops = ops;
	bd->owner = owner;
	spin_init(&bd->lock, LOCK_BLOCK);
	mutex_init(&bd->writing, LOCK_FILE);
	wait_queue_init(&bd->changed);
	*out = bd; /* before anybody can open it */
	err = show(bd, name);
	if (err)
		take_back(bd);
	else if (config->sector_cnt)
		partitions_find(bd);
	return err;
}

int block_resize(struct block_device *bd, uint64_t sector_cnt, bool read_only)
{
	struct tenon_blkdev_config config = bd->config;

	config.sector_cnt = sector_cnt;
	config.read_only = read_only;
	if (!config_valid(&config))
		return -TENON_EINVAL;
	spin_lock(&bd->lock);
	bd->config.sector_cnt = sector_cnt;
	bd->config.read_only = read_only;
	spin_unlock(&bd->lock);
	return 0;
}

void block_unregister(struct block_device *bd)
{
	give_index(bd);
	dev_remove(bd->device.name);
	block_stop(bd, false);
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

/* Not while its owner is going. One that waits for its driver can be opened. */
static bool hold(struct block_device *bd)
{
	bool held;

	spin_lock(&bd->lock);
	if (!bd->held && bd->owner)
		bd->held = bd->ops->hold(bd->owner);
	held = bd->held || bd->waiting;
	bd->open_cnt += held;
	spin_unlock(&bd->lock);
	return held;
}

/* Return: 0; -TENON_ENXIO; -TENON_EAGAIN: its owner is going, or will stay after all. */
static int try_get(uint32_t number, struct block_range *r)
{
	struct block_device *bd;
	int err = -TENON_ENXIO;

	mutex_lock(&table_lock);
	bd = table[device_minor(number) / BLOCK_MINORS];
	if (bd && range_of(bd, device_minor(number) % BLOCK_MINORS, r))
		err = hold(bd) ? 0 : -TENON_EAGAIN;
	if (!err)
		device_get(&bd->device);
	mutex_unlock(&table_lock);
	return err;
}

int block_range_get(uint32_t number, struct block_range *r)
{
	uint64_t until = clock_ns() + GOING_NS;
	int err;

	if (device_major(number) != BLOCK_MAJOR || device_minor(number) >= BLOCK_DEVICES * BLOCK_MINORS)
		return -TENON_ENXIO;
	while ((err = try_get(number, r)) == -TENON_EAGAIN && clock_ns() < until)
		sleep_until(clock_ns() + GOING_LOOK_NS, WAIT_DEADLINE);
	return err == -TENON_EAGAIN ? -TENON_ENXIO : err;
}

void block_range_close(struct block_range *r)
{
	struct block_device *bd = r->bd;
	void *held = NULL, *owner = NULL;

	spin_lock(&bd->lock);
	if (!--bd->open_cnt) {
		held = bd->held;
		bd->held = NULL;
		owner = bd->ops->closed ? bd->owner : NULL;
		bd->submits += owner != NULL; /* it stays for the call */
	}
	spin_unlock(&bd->lock);
	if (owner) {
		bd->ops->closed(owner);
		block_call_ends(bd);
	}
	if (held)
		bd->ops->unhold(held);
}

void block_range_put(struct block_range *r)
{
	block_range_close(r);
	device_put(&r->bd->device);
}

struct block_device *block_find(bool (*fn)(struct block_device *bd, const void *arg), const void *arg)
{
	struct block_device *found = NULL;

	mutex_lock(&table_lock);
	for (unsigned i = 0; i < BLOCK_DEVICES && !found; i++)
		if (table[i] && fn(table[i], arg))
			found = table[i];
	mutex_unlock(&table_lock);
	return found;
}

void __init block_devices_init(void)
{
	if (class_register(&block_class))
		panic("no memory for /sys/class/block");
	block_wait_init();
}
