// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Character devices of modules as nodes in /dev. The module's callbacks see memory of the kernel's, so what a program
 * reads or writes goes through a buffer; and they do not wait: here is waited, so that a signal, poll and O_NONBLOCK
 * mean the same for every device.
 */
#include "kernel/domain/domain.h"
#include "kernel/domain/primitives.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/user.h"
#include "kernel/sched/wait.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/node.h"
#include "kernel/vfs/poll.h"
#include "tenon/errno.h"
#include "tenon/kpi_device.h"
#include "tenon/runtime.h"

#define MAJOR 240 /* the first of those that Linux leaves to local use */
#define MINOR_CNT 4096

struct device_node {
	struct chrdev dev; /* must be first */
	struct wait_queue queue;
	uint32_t minor; /* of MAJOR; MINOR_CNT: it has the number of a device that stands in */
	char name[TENON_CHRDEV_NAME_BYTES];
};

static struct spinlock lock = SPINLOCK_INIT(LOCK_LEAF);
static uint64_t minors[MINOR_CNT / 64];

/* ---- what programs do with it ------------------------------------------------------------------------------------ */

static struct device_node *node_of(struct file *file)
{
	return (struct device_node *)file->device;
}

typedef int64_t move_fn(struct tenon_file *f, uint8_t *data, size_t bytes, uint64_t offset);

static int64_t read_once(struct tenon_file *f, uint8_t *data, size_t bytes, uint64_t offset)
{
	return tenon_device_read(f, data, bytes, offset);
}

static int64_t write_once(struct tenon_file *f, uint8_t *data, size_t bytes, uint64_t offset)
{
	return tenon_device_write(f, data, bytes, offset);
}

/* One call of the module's; while it says -TENON_EAGAIN, sleep until the device is said to have changed. */
static int64_t move(struct file *file, move_fn *once, uint8_t *data, size_t bytes, uint64_t offset)
{
	int64_t got;
	int err;

	if (file_nonblocking(file))
		return once(file->data, data, bytes, offset);
	err = wait_event(&node_of(file)->queue, (got = once(file->data, data, bytes, offset)) != -TENON_EAGAIN,
			 DEADLINE_NONE, WAIT_SIGNAL);
	return err ? err : got;
}

static long device_read(struct file *file, struct io *io, uint64_t offset)
{
	size_t bytes = io->left < TENON_CHRDEV_IO_BYTES ? io->left : TENON_CHRDEV_IO_BYTES;
	uint8_t *buffer = heap_alloc_zeroed(bytes ? bytes : 1);
	int64_t got;

	if (!buffer)
		return -TENON_ENOMEM;
	got = move(file, read_once, buffer, bytes, offset);
	if (got > 0 && io_put(io, buffer, (size_t)got))
		got = -TENON_EFAULT;
	heap_free(buffer);
	return got;
}

static long device_write(struct file *file, struct io *io, uint64_t offset)
{
	size_t bytes = io->left < TENON_CHRDEV_IO_BYTES ? io->left : TENON_CHRDEV_IO_BYTES;
	uint8_t *buffer = heap_alloc(bytes ? bytes : 1);
	int64_t got;

	if (!buffer)
		return -TENON_ENOMEM;
	got = io_take(io, buffer, bytes);
	if (!got)
		got = move(file, write_once, buffer, bytes, offset);
	heap_free(buffer);
	return got;
}

/* Linux's numbers say how many bytes an argument has, and which way they go (ioctl.h: _IOC). */
enum { IOCTL_IN = 1, IOCTL_OUT = 2 };

static long device_ioctl(struct file *file, unsigned command, uint64_t argument)
{
	uint8_t data[TENON_CHRDEV_IOCTL_BYTES];
	size_t bytes = command >> 16 & 0x3fff, out = command >> 30 & IOCTL_OUT ? bytes : 0;
	long ret;

	if (bytes > sizeof(data))
		return -TENON_EINVAL;
	if (!(command >> 30 & IOCTL_IN))
		bytes = 0;
	if (bytes && user_copy_in(data, argument, bytes))
		return -TENON_EFAULT;
	ret = tenon_device_ioctl(file->data, command, data, bytes, data, &out);
	if (ret == -TENON_EOPNOTSUPP)
		return -TENON_ENOTTY;
	return ret >= 0 && out && user_copy_out(argument, data, out) ? -TENON_EFAULT : ret;
}

static unsigned device_poll(struct file *file, struct poll_wait *wait)
{
	unsigned events = 0;
	int ready;

	poll_add(wait, &node_of(file)->queue);
	ready = tenon_device_poll(file->data);
	if (ready < 0)
		return POLL_ERROR | POLL_HANG_UP;
	if (ready & TENON_CHRDEV_CAN_READ)
		events |= POLL_IN | POLL_READ_NORMAL;
	if (ready & TENON_CHRDEV_CAN_WRITE)
		events |= POLL_OUT | POLL_WRITE_NORMAL;
	return ready & TENON_CHRDEV_HANG_UP ? events | POLL_HANG_UP : events;
}

static void device_release(struct file *file)
{
	tenon_device_close(file->data);
	domains_sweep(); /* it may have been what kept a dead domain */
}

static const struct file_ops ops = {
	.read = device_read,
	.write = device_write,
	.ioctl = device_ioctl,
	.poll = device_poll,
	.release = device_release,
	.seekable = true,
};

static int device_open(struct chrdev *dev, struct file *file, unsigned flags)
{
	uint32_t mode = (file->readable ? TENON_CHRDEV_READ : 0) | (file->writable ? TENON_CHRDEV_WRITE : 0);
	struct tenon_file *f;
	int err = tenon_device_open(dev->name, mode, &f);

	(void)flags;
	if (err)
		return err;
	file->data = f;
	file->ops = &ops;
	return 0;
}

/* ---- the node ---------------------------------------------------------------------------------------------------- */

static uint32_t take_minor(void)
{
	uint32_t minor = 0;

	spin_lock(&lock);
	while (minor < MINOR_CNT && minors[minor / 64] >> minor % 64 & 1)
		minor++;
	if (minor < MINOR_CNT)
		minors[minor / 64] |= 1ull << minor % 64;
	spin_unlock(&lock);
	return minor;
}

static void give_minor(uint32_t minor)
{
	if (minor == MINOR_CNT)
		return;
	spin_lock(&lock);
	minors[minor / 64] &= ~(1ull << minor % 64);
	spin_unlock(&lock);
}

static void gone(struct chrdev *dev)
{
	give_minor(((struct device_node *)dev)->minor);
	heap_free(dev);
}

/* With the number of the device that stands in for it, or one of its own. Return: false: there is none. */
static bool number(struct device_node *n)
{
	n->dev.device = chrdev_number(n->name);
	n->minor = n->dev.device ? MINOR_CNT : take_minor();
	if (!n->dev.device && n->minor < MINOR_CNT)
		n->dev.device = device_number(MAJOR, n->minor);
	return n->dev.device;
}

int device_node_add(const char *name, void **out)
{
	struct device_node *n = heap_alloc_zeroed(sizeof(*n));
	int err;

	if (!n)
		return -TENON_ENOMEM;
	strscpy(n->name, name, sizeof(n->name));
	wait_queue_init(&n->queue);
	n->dev.name = n->name;
	n->dev.mode = 0666;
	n->dev.open = device_open;
	n->dev.gone = gone;
	err = number(n) ? chrdev_register(&n->dev) : -TENON_ENOSPC;
	if (err) {
		gone(&n->dev);
		return err == -TENON_EBUSY ? -TENON_EEXIST : err;
	}
	*out = n;
	return 0;
}

void device_node_remove(void *node)
{
	struct device_node *n = node;

	wait_wake_all(&n->queue); /* whoever waits asks once more, and hears that it is gone */
	chrdev_withdraw(&n->dev);
}

void device_node_wake(void *node)
{
	wait_wake_all(&((struct device_node *)node)->queue);
}
