// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* `lock` of a device protects its files and what they have; `index_lock` which numbers are taken. */
#include "kernel/device/input.h"

#include "kernel/mm/heap.h"
#include "kernel/sched/lock.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/node.h"
#include "kernel/vfs/poll.h"
#include "tenon/errno.h"
#include "tenon/kpi.h"
#include "tenon/runtime.h"

#define INPUT_MAJOR 13
#define INPUT_MINOR 64
#define INPUT_DEVICES 32
#define RING_EVENTS 64u
#define NS_PER_US 1000
#define SYN_DROPPED 3

struct event { /* Linux's struct input_event */
	uint64_t s, us;
	uint16_t type, code;
	uint32_t value;
};

struct input_file {
	struct input_file *next;
	struct input_device *dev;
	unsigned first, cnt;
	struct event ring[RING_EVENTS];
};

struct input_device {
	struct chrdev chrdev; /* must be first */
	unsigned index;
	char name[sizeof("input/event31")];
	struct spinlock lock;
	struct wait_queue changed;
	struct input_file *files;
	bool gone;
};

static struct spinlock index_lock = SPINLOCK_INIT(LOCK_LEAF);
static uint32_t taken; /* a bit for each index */

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* Take the next event. Return: 1, 0: there is none; -TENON_ENODEV: nor will there be. */
static int take(struct input_file *f, struct event *e)
{
	struct input_device *dev = f->dev;
	int got;

	spin_lock(&dev->lock);
	got = f->cnt ? 1 : dev->gone ? -TENON_ENODEV : 0;
	if (got > 0) {
		*e = f->ring[f->first];
		f->first = (f->first + 1) % RING_EVENTS;
		f->cnt--;
	}
	spin_unlock(&dev->lock);
	return got;
}

static long input_read(struct file *file, struct io *io, uint64_t offset)
{
	struct input_file *f = file->data;
	struct event e;
	long done = 0;
	int got, err;

	(void)offset;
	if (io->left < sizeof(e))
		return -TENON_EINVAL;
	got = take(f, &e);
	if (!got) {
		err = file_nonblocking(file) ?
			  -TENON_EAGAIN :
			  wait_event(&f->dev->changed, (got = take(f, &e)) != 0, DEADLINE_NONE, WAIT_SIGNAL);
		if (err)
			return err;
	}
	while (got > 0) {
		err = io_put(io, &e, sizeof(e));
		if (err)
			return done ? done : err;
		done += (long)sizeof(e);
		got = io->left >= sizeof(e) ? take(f, &e) : 0;
	}
	return done ? done : got;
}

static unsigned input_poll(struct file *file, struct poll_wait *wait)
{
	struct input_file *f = file->data;
	unsigned events;

	poll_add(wait, &f->dev->changed);
	spin_lock(&f->dev->lock);
	events = (f->cnt ? POLL_IN | POLL_READ_NORMAL : 0) | (f->dev->gone ? POLL_ERROR | POLL_HANG_UP : 0);
	spin_unlock(&f->dev->lock);
	return events;
}

static void input_release(struct file *file)
{
	struct input_file *f = file->data, **at = &f->dev->files;

	spin_lock(&f->dev->lock);
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	spin_unlock(&f->dev->lock);
	heap_free(f);
}

static int input_open(struct chrdev *chrdev, struct file *file, unsigned flags)
{
	static const struct file_ops ops = { .read = input_read, .poll = input_poll, .release = input_release };
	struct input_device *dev = (struct input_device *)chrdev;
	struct input_file *f = heap_alloc_zeroed(sizeof(*f));

	(void)flags;
	if (!f)
		return -TENON_ENOMEM;
	f->dev = dev;
	file->ops = &ops;
	file->data = f;
	spin_lock(&dev->lock);
	f->next = dev->files;
	dev->files = f;
	spin_unlock(&dev->lock);
	return 0;
}

/* ---- devices ----------------------------------------------------------------------------------------------------- */

/* If there is no room everything that was not read is lost, and that is said, as Linux does. lock is held. */
static void append(struct input_file *f, const struct event *e)
{
	struct event *dropped;

	if (f->cnt == RING_EVENTS) {
		f->cnt = 1;
		dropped = &f->ring[f->first];
		*dropped = *e;
		dropped->type = 0;
		dropped->code = SYN_DROPPED;
		dropped->value = 0;
	}
	f->ring[(f->first + f->cnt++) % RING_EVENTS] = *e;
}

void input_report(struct input_device *dev, const struct tenon_input_event *events, unsigned cnt)
{
	uint64_t ns = (uint64_t)clock_boot_time_ns() + clock_ns();
	struct event e = { .s = ns / NS_PER_SECOND, .us = ns % NS_PER_SECOND / NS_PER_US };

	spin_lock(&dev->lock);
	for (unsigned i = 0; i < cnt; i++) {
		e.type = events[i].type;
		e.code = events[i].code;
		e.value = events[i].value;
		for (struct input_file *f = dev->files; f; f = f->next)
			append(f, &e);
	}
	spin_unlock(&dev->lock);
	wait_wake_all(&dev->changed);
}

static int take_index(unsigned *index)
{
	spin_lock(&index_lock);
	for (*index = 0; *index < INPUT_DEVICES && taken & 1u << *index; ++*index)
		;
	if (*index < INPUT_DEVICES)
		taken |= 1u << *index;
	spin_unlock(&index_lock);
	return *index < INPUT_DEVICES ? 0 : -TENON_ENOSPC;
}

static void give_index(unsigned index)
{
	spin_lock(&index_lock);
	taken &= ~(1u << index);
	spin_unlock(&index_lock);
}

static void gone(struct chrdev *chrdev)
{
	heap_free(chrdev);
}

int input_register(struct input_device **out)
{
	struct input_device *dev = heap_alloc_zeroed(sizeof(*dev));
	int err = dev ? take_index(&dev->index) : -TENON_ENOMEM;

	if (err) {
		heap_free(dev);
		return err;
	}
	tenon_snprintf(dev->name, sizeof(dev->name), "input/event%u", dev->index);
	spin_init(&dev->lock, LOCK_BLOCK);
	wait_queue_init(&dev->changed);
	dev->chrdev = (struct chrdev){ .name = dev->name,
				       .device = device_number(INPUT_MAJOR, INPUT_MINOR + dev->index),
				       .mode = 0660,
				       .open = input_open,
				       .gone = gone };
	dev_add("input", NODE_DIR | 0755, 0); /* where it is there already, or cannot be, the next one says so */
	err = chrdev_register(&dev->chrdev);
	if (err) {
		give_index(dev->index);
		heap_free(dev);
		return err;
	}
	*out = dev;
	return 0;
}

void input_unregister(struct input_device *dev)
{
	spin_lock(&dev->lock);
	dev->gone = true;
	spin_unlock(&dev->lock);
	wait_wake_all(&dev->changed);
	give_index(dev->index);
	chrdev_withdraw(&dev->chrdev);
}
