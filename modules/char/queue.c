/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A device that keeps what is written to it until it is read, in order: its readers wait while it is empty, its writers
 * while it is full. Who waits, and whether at all, is the kernel's business; the module says when there is a reason to
 * look again.
 */
#include "tenon/module.h"

#define PATIENCE_NS 1000000000ull

static unsigned int bytes = 4096;
module_param(bytes, uint, 0444);
MODULE_PARM_DESC(bytes, "how much it keeps");

static tenon_handle device, mutex, idle;
static char *ring; /* `bytes` long; the mutex guards it and the two below */
static unsigned int first, used;

static int lock(void)
{
	return tenon_mutex_lock(mutex, tenon_clock_ns() + PATIENCE_NS);
}

/* Callbacks that changed something wake, without the mutex: whoever is woken may take it at once. */
static void unlock(bool changed)
{
	tenon_mutex_unlock(mutex);
	if (changed)
		tenon_chrdev_wake(device);
}

static long queue_read(void *ctx, void *file, void *data, size_t len, uint64_t offset)
{
	char *to = data;
	size_t done = 0;
	int err = lock();

	(void)ctx, (void)file, (void)offset;
	if (err)
		return err;
	for (; done < len && used; done++, used--) {
		to[done] = ring[first];
		first = (first + 1) % bytes;
	}
	unlock(done);
	return done || !len ? (long)done : -TENON_EAGAIN;
}

static long queue_write(void *ctx, void *file, const void *data, size_t len, uint64_t offset)
{
	const char *from = data;
	size_t done = 0;
	int err = lock();

	(void)ctx, (void)file, (void)offset;
	if (err)
		return err;
	for (; done < len && used < bytes; done++, used++)
		ring[(first + used) % bytes] = from[done];
	unlock(done);
	return done || !len ? (long)done : -TENON_EAGAIN;
}

static int queue_poll(void *ctx, void *file)
{
	int ready = 0, err = lock();

	(void)ctx, (void)file;
	if (err)
		return err;
	if (used)
		ready |= TENON_CHRDEV_CAN_READ;
	if (used < bytes)
		ready |= TENON_CHRDEV_CAN_WRITE;
	unlock(false);
	return ready;
}

/* What it keeps would be lost. */
static int queue_may_go(void *arg)
{
	int err = lock(), keeps = used != 0;

	(void)arg;
	if (err)
		return err;
	unlock(false);
	return keeps;
}

static const struct tenon_chrdev_ops ops = { .read = queue_read, .write = queue_write, .poll = queue_poll };

static void __exit queue_exit(void)
{
	if (device)
		tenon_chrdev_unregister(device);
	if (idle)
		tenon_idle_unregister(idle);
	if (mutex)
		tenon_mutex_destroy(mutex);
	tenon_free(ring);
}

static int __init queue_init(void)
{
	tenon_handle h;

	if (!bytes)
		return -TENON_EINVAL;
	ring = tenon_alloc(THIS_MODULE, bytes);
	if (!ring)
		return -TENON_ENOMEM;
	h = tenon_mutex_create(THIS_MODULE);
	if (!tenon_handle_error(h)) {
		mutex = h;
		h = tenon_idle_register(THIS_MODULE, queue_may_go, NULL);
	}
	if (!tenon_handle_error(h)) {
		idle = h;
		h = tenon_chrdev_register(THIS_MODULE, "queue", &ops, NULL);
	}
	if (!tenon_handle_error(h)) {
		device = h;
		return 0;
	}
	queue_exit();
	return tenon_handle_error(h);
}

module_init(queue_init);
module_exit(queue_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("A device that keeps what is written until it is read");
MODULE_AUTHOR("The Tenon authors");
