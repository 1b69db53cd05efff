/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Disks that are files: /dev/loop0 and others as /dev/loop-control gives them out, with the control calls of Linux's
 * loop(4) that losetup and mount -o loop make. The module decides which file a disk is, and which part of it; bytes go
 * between the file and whoever uses the disk without it.
 *
 * Each disk that has a file has a thread of its own, since one may be a file on another.
 */
#include "tenon/module.h"

#define FOREVER_NS (~0ull)

enum { LOOPS = 32, DEPTH = 32, SECTOR = 512, NAME_BYTES = 64 };

enum command {
	LOOP_SET_FD = 0x4c00,
	LOOP_CLR_FD = 0x4c01,
	LOOP_SET_STATUS64 = 0x4c04,
	LOOP_GET_STATUS64 = 0x4c05,
	LOOP_SET_CAPACITY = 0x4c07,
	LOOP_CONFIGURE = 0x4c0a,
	LOOP_CTL_GET_FREE = 0x4c82,
};

enum flag { READ_ONLY = 1, AUTOCLEAR = 4 };

struct loop_status { /* Linux's struct loop_info64 */
	uint64_t device, inode, rdevice, offset, size_limit;
	uint32_t number, encrypt_type, encrypt_key_bytes, flags;
	uint8_t file_name[NAME_BYTES], crypt_name[NAME_BYTES], encrypt_key[32];
	uint64_t init[2];
};
_Static_assert(sizeof(struct loop_status) == 232, "loop_info64");

struct loop_config { /* Linux's */
	uint32_t fd, block_bytes;
	struct loop_status status;
	uint64_t reserved[8];
};

struct request {
	uint32_t tag;
	uint64_t sector;
};

struct loop {
	tenon_handle blkdev; /* 0: there is no such disk yet */
	unsigned number;
	/* The rest: lock. */
	bool bound, ends; /* it has a file; it is losing it */
	tenon_handle file, thread, event;
	struct loop_status status;
	uint64_t bytes; /* of the disk */
	struct request pending[DEPTH];
	unsigned first, cnt;
};

static tenon_handle lock, control, idle;
static struct loop loops[LOOPS];

/* ---- requests ---------------------------------------------------------------------------------------------------- */

static void complete(const struct loop *l, uint32_t tag, uint32_t result)
{
	const struct tenon_blkdev_completion done = { .size = sizeof(done), .tag = tag, .result = result };

	tenon_blkdev_complete(l->blkdev, &done, sizeof(done));
}

/* The next request; false: there is none, or the disk loses its file. */
static bool next(struct loop *l, struct request *r)
{
	bool is = false;

	if (tenon_mutex_lock(lock, FOREVER_NS))
		return false;
	if (l->cnt) {
		*r = l->pending[l->first];
		l->first = (l->first + 1) % DEPTH;
		l->cnt--;
		is = true;
	}
	tenon_mutex_unlock(lock);
	return is;
}

static void work(void *arg)
{
	struct loop *l = arg;
	struct request r;

	while (!tenon_thread_should_stop() && !tenon_event_wait(l->event, FOREVER_NS))
		while (next(l, &r))
			if (tenon_blkdev_serve(l->blkdev, r.tag, l->file, l->status.offset + r.sector * SECTOR) ==
			    -TENON_EINVAL)
				pr_debug("loop%u: a request has gone\n", l->number);
}

/* Is all of it within the disk as it is now? */
static bool fits(const struct loop *l, const struct tenon_blkdev_request *r)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < r->segment_cnt && i < TENON_BLKDEV_SEGMENTS; i++)
		bytes += r->bytes[i];
	return bytes <= l->bytes && r->sector <= (l->bytes - bytes) / SECTOR;
}

static int submit(void *ctx, const void *requests, size_t len)
{
	struct loop *l = ctx;
	struct tenon_blkdev_request r;
	int err = tenon_mutex_lock(lock, FOREVER_NS);

	if (err)
		return err;
	for (size_t at = 0; at + sizeof(r) <= len; at += sizeof(r)) {
		memcpy(&r, (const char *)requests + at, sizeof(r));
		if (!l->bound || l->cnt == DEPTH || !fits(l, &r)) {
			complete(l, r.tag, TENON_BLKDEV_NOT_DONE);
			continue;
		}
		l->pending[(l->first + l->cnt++) % DEPTH] = (struct request){ .tag = r.tag, .sector = r.sector };
	}
	if (l->bound)
		tenon_event_set(l->event);
	tenon_mutex_unlock(lock);
	return 0;
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* What of the file is the disk. With the lock. */
static int set_size(struct loop *l)
{
	struct tenon_file_info info = { .size = sizeof(info) };
	uint64_t bytes;
	int err = tenon_file_ask(l->file, &info);

	if (err)
		return err;
	bytes = l->status.offset < info.bytes ? info.bytes - l->status.offset : 0;
	if (l->status.size_limit && l->status.size_limit < bytes)
		bytes = l->status.size_limit;
	if (!info.writable)
		l->status.flags |= READ_ONLY;
	l->status.device = info.device;
	l->status.inode = info.number;
	l->bytes = bytes / SECTOR * SECTOR;
	return tenon_blkdev_resize(l->blkdev, l->bytes / SECTOR, l->status.flags & READ_ONLY);
}

/* Return: its file, to be closed without the lock: what that writes back may be on another disk of ours. */
static tenon_handle drop(struct loop *l)
{
	tenon_handle file = l->file;

	if (l->event)
		tenon_event_destroy(l->event);
	l->event = l->file = l->thread = 0;
	l->bound = l->ends = false;
	l->bytes = 0;
	memset(&l->status, 0, sizeof(l->status));
	tenon_blkdev_resize(l->blkdev, 0, 0);
	return file;
}

/* With the lock. */
static int begin(struct loop *l)
{
	char name[TENON_THREAD_NAME_BYTES];
	tenon_handle h = tenon_event_create(THIS_MODULE);
	int err = tenon_handle_error(h);

	if (err)
		return err;
	l->event = h;
	l->first = l->cnt = 0;
	err = set_size(l);
	if (err)
		return err;
	tenon_snprintf(name, sizeof(name), "loop%u", l->number);
	h = tenon_thread_create(THIS_MODULE, work, l, name);
	err = tenon_handle_error(h);
	if (!err)
		l->thread = h;
	l->bound = !err;
	return err;
}

/* With the lock. *dropped: a file that the caller is to close. */
static int bind(struct loop *l, const struct loop_config *config, tenon_handle *dropped)
{
	tenon_handle h;
	int err;

	if (l->bound)
		return -TENON_EBUSY;
	if (config->block_bytes && config->block_bytes != SECTOR)
		return -TENON_EINVAL;
	h = tenon_file_open(THIS_MODULE, (int)config->fd);
	err = tenon_handle_error(h);
	if (err)
		return err;
	l->file = h;
	l->status = config->status;
	l->status.flags &= READ_ONLY | AUTOCLEAR;
	l->status.number = l->number;
	err = begin(l);
	if (err)
		*dropped = drop(l);
	return err;
}

/* It has no file any more. Nobody has it open, and whoever opens it meanwhile finds it as it is. */
static void unbind(struct loop *l)
{
	tenon_handle thread = 0, file;

	if (tenon_mutex_lock(lock, FOREVER_NS))
		return;
	if (l->bound && !l->ends) {
		l->ends = true;
		thread = l->thread;
	}
	tenon_mutex_unlock(lock);
	if (!thread)
		return;
	tenon_thread_stop(thread);
	tenon_thread_join(thread, FOREVER_NS);
	if (tenon_mutex_lock(lock, FOREVER_NS))
		return;
	while (l->cnt) {
		complete(l, l->pending[l->first].tag, TENON_BLKDEV_NOT_DONE);
		l->first = (l->first + 1) % DEPTH;
		l->cnt--;
	}
	file = drop(l);
	tenon_mutex_unlock(lock);
	tenon_file_close(file);
}

/* ---- control calls of a disk -------------------------------------------------------------------------------------- */

static int set_status(struct loop *l, const struct loop_status *status)
{
	if (!l->bound || status->encrypt_type)
		return l->bound ? -TENON_EINVAL : -TENON_ENXIO;
	l->status.offset = status->offset;
	l->status.size_limit = status->size_limit;
	l->status.flags = (l->status.flags & READ_ONLY) | (status->flags & AUTOCLEAR);
	memcpy(l->status.file_name, status->file_name, sizeof(status->file_name));
	return set_size(l);
}

static int command_locked(struct loop *l, uint32_t command, struct loop_config *c, tenon_handle *dropped)
{
	switch (command) {
	case LOOP_SET_FD:
	case LOOP_CONFIGURE:
		return bind(l, c, dropped);
	case LOOP_CLR_FD: /* when nobody has it open any more, as who asks for this has */
		l->status.flags |= l->bound ? AUTOCLEAR : 0;
		return l->bound ? 0 : -TENON_ENXIO;
	case LOOP_SET_STATUS64:
		return set_status(l, &c->status);
	case LOOP_GET_STATUS64:
		c->status = l->status;
		return l->bound ? 0 : -TENON_ENXIO;
	case LOOP_SET_CAPACITY:
		return l->bound ? set_size(l) : -TENON_ENXIO;
	default:
		return -TENON_ENOTTY;
	}
}

/* The program's memory is not touched with the lock: it may be a mapping of what is on one of our disks. */
static int ioctl(void *ctx, uint32_t command, unsigned long argument)
{
	struct loop_config c = { .fd = (uint32_t)argument };
	tenon_handle dropped = 0;
	long done = 0;
	int result;

	if (command == LOOP_CONFIGURE)
		done = tenon_program_read(argument, &c, sizeof(c));
	else if (command == LOOP_SET_STATUS64)
		done = tenon_program_read(argument, &c.status, sizeof(c.status));
	result = done < 0 ? (int)done : tenon_mutex_lock(lock, FOREVER_NS);
	if (result)
		return result;
	result = command_locked(ctx, command, &c, &dropped);
	tenon_mutex_unlock(lock);
	if (dropped)
		tenon_file_close(dropped);
	if (!result && command == LOOP_GET_STATUS64)
		done = tenon_program_write(argument, &c.status, sizeof(c.status));
	return done < 0 ? (int)done : result;
}

static void closed(void *ctx)
{
	struct loop *l = ctx;

	if (l->status.flags & AUTOCLEAR)
		unbind(l);
}

/* ---- which disks there are --------------------------------------------------------------------------------------- */

/* With the lock, or before anybody else is there. */
static int make(unsigned number)
{
	static const struct tenon_blkdev_ops ops = { .submit = submit, .ioctl = ioctl, .closed = closed };
	static const struct tenon_blkdev_config config = { .size = sizeof(config),
							   .block_bytes = SECTOR,
							   .depth = DEPTH,
							   .segment_max = TENON_BLKDEV_SEGMENTS,
							   .can_flush = 1 };
	char name[TENON_BLKDEV_NAME_BYTES];
	tenon_handle h;
	int err;

	tenon_snprintf(name, sizeof(name), "loop%u", number);
	loops[number].number = number;
	h = tenon_blkdev_register(THIS_MODULE, 0, name, &config, &ops, &loops[number]);
	err = tenon_handle_error(h);
	if (!err)
		loops[number].blkdev = h;
	return err;
}

static int get_free(void)
{
	for (unsigned i = 0; i < LOOPS; i++) {
		int err = loops[i].blkdev ? 0 : make(i);

		if (err || !loops[i].bound)
			return err ? err : (int)i;
	}
	return -TENON_ENOSPC;
}

static int control_ioctl(void *ctx, void *file, struct tenon_chrdev_ioctl *call)
{
	int result = call->command == LOOP_CTL_GET_FREE ? tenon_mutex_lock(lock, FOREVER_NS) : -TENON_EINVAL;

	(void)ctx;
	(void)file;
	if (result)
		return result;
	result = get_free();
	tenon_mutex_unlock(lock);
	return result;
}

/* A disk that has a file is in use, also when nobody has it open. */
static int may_go(void *unused)
{
	(void)unused;
	for (unsigned i = 0; i < LOOPS; i++)
		if (loops[i].bound)
			return 1;
	return 0;
}

static void __exit loop_exit(void)
{
	if (control)
		tenon_chrdev_unregister(control);
	for (unsigned i = 0; i < LOOPS; i++)
		if (loops[i].blkdev)
			tenon_blkdev_unregister(loops[i].blkdev);
	if (idle)
		tenon_idle_unregister(idle);
	if (lock)
		tenon_mutex_destroy(lock);
}

static int register_control(void)
{
	static const struct tenon_chrdev_ops ops = { .ioctl = control_ioctl };
	tenon_handle h = tenon_idle_register(THIS_MODULE, may_go, NULL);
	int err = tenon_handle_error(h);

	if (err)
		return err;
	idle = h;
	h = tenon_chrdev_register(THIS_MODULE, "loop-control", &ops, NULL);
	err = tenon_handle_error(h);
	if (!err)
		control = h;
	return err;
}

static int __init loop_init(void)
{
	tenon_handle h = tenon_mutex_create(THIS_MODULE);
	int err = tenon_handle_error(h);

	if (err)
		return err;
	lock = h;
	err = make(0);
	if (!err)
		err = register_control();
	if (err)
		loop_exit();
	return err;
}

module_init(loop_init);
module_exit(loop_exit);

MODULE_ALIAS("devname:loop-control");
MODULE_ALIAS("devname:loop0");
MODULE_INFO(idle_ms, "2000");
MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Disks that are files");
MODULE_AUTHOR("The Tenon authors");
