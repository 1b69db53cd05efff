// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Block devices whose driver has died and is loaded anew. What has them open, a file system above all, notices no more than
 * that requests take longer: those that were under way are made again, since nobody knows how far they came, and reading
 * or writing the same twice does no harm. Whoever made them still waits, so nothing that was written later is overwritten.
 */
#include "kernel/device/block.h"

#include "kernel/device/block_request.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "tenon/runtime.h"

#define DRIVER_NS (30 * NS_PER_SECOND)

/* Whoever gets it serves it or ends it. */
static bool claim(struct block_device *bd)
{
	bool was;

	spin_lock(&bd->lock);
	was = bd->vacant;
	bd->vacant = false;
	spin_unlock(&bd->lock);
	return was;
}

static bool is_vacant(struct block_device *bd)
{
	bool is;

	spin_lock(&bd->lock);
	is = bd->vacant;
	spin_unlock(&bd->lock);
	return is;
}

static void await_driver(void *arg)
{
	struct block_device *bd = arg;

	wait_event(&bd->changed, !is_vacant(bd), clock_ns() + DRIVER_NS, WAIT_DEADLINE);
	if (claim(bd)) {
		log_err("%s: no driver has come back for it", bd->device.name);
		block_unregister(bd);
	}
	device_put(&bd->device);
}

/* The driver that died leaves nothing: not the pages of requests that it never completed, nor a reference on it. */
static void clean(struct block_device *bd)
{
	void *held;

	for (uint32_t tag = 0; tag < bd->config.depth; tag++)
		if (bd->slot[tag].abandoned)
			block_give_tag(bd, tag);
	spin_lock(&bd->lock);
	held = bd->held;
	bd->held = NULL;
	bd->dead = false;
	bd->vacant = true;
	spin_unlock(&bd->lock);
	if (held)
		bd->ops->unhold(held);
}

void block_suspend(struct block_device *bd)
{
	struct thread *t;

	if (block_stop(bd, true) || thread_make("driver", await_driver, bd, &t)) {
		block_unregister(bd);
		return;
	}
	device_get(&bd->device);
	clean(bd);
	thread_start(t);
}

static bool is_on(struct block_device *bd, const void *parent)
{
	return bd->device.parent == parent && claim(bd);
}

bool block_adopt(struct device *parent, const char *name, const struct tenon_blkdev_config *config,
		 const struct block_ops *ops, void *owner, struct block_device **out)
{
	struct block_device *bd = block_find(is_on, parent);

	if (!bd)
		return false;
	if (strcmp(bd->device.name, name) || memcmp(&bd->config, config, sizeof(*config))) {
		block_unregister(bd);
		return false;
	}
	*out = bd; /* before anything can be asked of the owner */
	spin_lock(&bd->lock);
	bd->ops = ops;
	bd->owner = owner;
	bd->held = bd->open_cnt ? ops->hold(owner) : NULL;
	bd->waiting = false;
	spin_unlock(&bd->lock);
	wait_wake_all(&bd->changed);
	log_line(LOG_NOTICE, "%s: is served again", name);
	return true;
}

/* What is below a device goes before it. */
static void leave(struct device *parent)
{
	struct block_device *bd = block_find(is_on, parent);

	if (bd)
		block_unregister(bd);
}

void __init block_wait_init(void)
{
	device_set_leave(leave);
}
