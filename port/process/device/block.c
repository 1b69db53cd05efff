/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Block devices that drivers offer: kpi/blkdev.def, and for the host's own programs process.h. */
#define _GNU_SOURCE
#include <pthread.h>

#include "port/process/device/device.h"
#include "port/process/internal.h"

#define ROUNDS 8 /* that a request may take: counted, so that none passes while a debugger has stopped the process */
#define PIECE_BYTES 4096u

enum { OP_SUBMIT, OP_IOCTL, OP_CLOSED, OP_CNT }; /* the order of struct tenon_blkdev_ops */

struct process_block {
	struct device_part part;
	struct tenon_blkdev_config config;
	uint64_t ctx;
	tenon_addr ops[OP_CNT];
	bool gone; /* device's lock */
	char name[TENON_BLKDEV_NAME_BYTES];
};

/* ---- drivers ----------------------------------------------------------------------------------------------------- */

/*
 * All rounds take a quarter of the time that a domain is waited for: a file system in another domain that asked for the request is
 * told that it failed, before that is taken for the file system's own silence.
 */
static uint64_t round_ns(void)
{
	return (uint64_t)process_host_here->wait_ms * (1000000u / 4 / ROUNDS);
}

/* Device's lock. */
static void set_block(struct device *dev, struct process_block *k)
{
	pthread_mutex_lock(&dev->block_lock);
	dev->block = k;
	pthread_mutex_unlock(&dev->block_lock);
}

/* A request that waits ends; no callback runs afterwards, unless one does not return. */
static void withdraw(struct process_block *k)
{
	const struct timespec until = device_deadline(ROUNDS * round_ns());
	struct device *dev = k->part.device;

	pthread_mutex_lock(&dev->lock);
	k->gone = true;
	if (dev->block == k)
		set_block(dev, NULL);
	pthread_cond_broadcast(&dev->changed);
	pthread_mutex_unlock(&dev->lock);
	if (!pthread_mutex_clocklock(&dev->transfer.turn, CLOCK_MONOTONIC, &until))
		pthread_mutex_unlock(&dev->transfer.turn);
}

static void cancel(struct object *o)
{
	withdraw((struct process_block *)o);
}

static const struct object_type blkdev_type = { .name = "blkdev",
						.size = sizeof(struct process_block),
						.cancel = cancel };

static bool config_valid(const struct tenon_blkdev_config *c)
{
	return c->block_bytes >= TENON_BLKDEV_SECTOR_BYTES && c->block_bytes <= PIECE_BYTES &&
	       !(c->block_bytes & (c->block_bytes - 1)) && c->sector_cnt &&
	       c->sector_cnt <= INT64_MAX / TENON_BLKDEV_SECTOR_BYTES &&
	       !(c->sector_cnt % (c->block_bytes / TENON_BLKDEV_SECTOR_BYTES)) && c->depth &&
	       c->depth <= TENON_BLKDEV_DEPTH && c->segment_max && c->segment_max <= TENON_BLKDEV_SEGMENTS;
}

struct sought {
	const char *name;
	struct process_block *k; /* out */
	bool hold;               /* with its module, and as its user */
};

/* The list's lock is held, by which block devices are listed. */
static bool has_block(struct device *dev, void *arg)
{
	struct sought *s = arg;

	pthread_mutex_lock(&dev->block_lock);
	if (dev->block && !strcmp(dev->block->name, s->name) &&
	    (!s->hold || tenon_try_get(dev->block->part.object.account->module))) {
		s->k = dev->block;
		if (s->hold)
			object_hold(&s->k->part.object);
	}
	pthread_mutex_unlock(&dev->block_lock);
	return s->k;
}

static int list(struct process_block *k)
{
	struct sought same = { .name = k->name };
	struct device *dev = k->part.device;
	int err;

	if (device_search(has_block, &same))
		return -TENON_EEXIST;
	pthread_mutex_lock(&dev->lock);
	err = dev->block ? -TENON_EEXIST : k->gone ? -TENON_EBADF : 0;
	if (!err)
		set_block(dev, k);
	pthread_mutex_unlock(&dev->lock);
	return err;
}

tenon_handle tenon_blkdev_register(struct tenon_this_module *self, tenon_handle device, const char *name,
				   const struct tenon_blkdev_config *config, const struct tenon_blkdev_ops *ops,
				   void *ctx)
{
	struct caller c = caller_thread();
	struct process_block *k = NULL;
	tenon_handle handle;
	int err = device_part_new(&c, self, device, &blkdev_type, (void **)&k);

	_Static_assert(sizeof(*ops) == sizeof(k->ops), "callbacks and enum agree");
	if (err)
		return (tenon_handle)(long)err;
	if (!tenon_name_valid(name, TENON_BLKDEV_NAME_BYTES) || !config_valid(config) ||
	    !blkdev_ops_valid(k->part.object.account->module, ops)) {
		object_free(&k->part.object);
		return (tenon_handle)-TENON_EINVAL;
	}
	k->config = *config;
	memcpy(k->ops, ops, sizeof(k->ops));
	memcpy(k->name, name, strlen(name) + 1);
	k->ctx = (uintptr_t)ctx;
	handle = object_publish_held(&k->part.object);
	if ((long)handle < 0)
		return handle;
	return object_settle(&k->part.object, handle, list(k));
}

/* The host makes one request at a time, with tag 0. */
static bool end_request(struct process_block *k, const struct tenon_blkdev_completion *done)
{
	struct device *dev = k->part.device;
	bool good;

	pthread_mutex_lock(&dev->lock);
	good = dev->block == k && dev->transfer.under_way && !done->tag && done->result <= TENON_BLKDEV_UNKNOWN;
	if (good) {
		dev->transfer.under_way = false;
		dev->transfer.result = done->result;
		pthread_cond_broadcast(&dev->changed);
	}
	pthread_mutex_unlock(&dev->lock);
	return good;
}

int tenon_blkdev_complete(tenon_handle blkdev, const void *completions, size_t len)
{
	struct process_block *k = object_get(caller_thread().d, blkdev, &blkdev_type);
	struct tenon_blkdev_completion done;
	int err = len % sizeof(done) ? -TENON_EINVAL : 0;

	if (!k)
		return -TENON_EBADF;
	for (size_t at = 0; at < len && !err; at += sizeof(done)) {
		memcpy(&done, (const uint8_t *)completions + at, sizeof(done));
		err = end_request(k, &done) ? 0 : -TENON_EINVAL;
	}
	object_put(&k->part.object);
	return err;
}

int tenon_blkdev_unregister(tenon_handle blkdev)
{
	struct process_block *k = object_get(caller_thread().d, blkdev, &blkdev_type);

	if (!k)
		return -TENON_EBADF;
	withdraw(k);
	return object_give_back(&k->part.object);
}

/* ---- the host's programs ------------------------------------------------------------------------------------------- */

/* The device may use the memory of the transfer from now on, or no more. Device's lock. */
static void open_window(struct device *dev, bool under_way, uint32_t op)
{
	dev->transfer.under_way = under_way;
	dev->transfer.window.readable = under_way && op == TENON_BLKDEV_WRITE;
	dev->transfer.window.writable = under_way && op == TENON_BLKDEV_READ;
}

/* Return: 0, or -TENON_EIO; the device does not use the memory any more. */
static int finish(struct process_block *k, int err)
{
	struct device *dev = k->part.device;

	pthread_mutex_lock(&dev->lock);
	pthread_cond_broadcast(&dev->changed); /* it is to look at its queue */
	for (unsigned int i = 0; !err && dev->transfer.under_way && !k->gone && !dev->failed && i < ROUNDS;) {
		const struct timespec until = device_deadline(round_ns());

		i += pthread_cond_clockwait(&dev->changed, &dev->lock, CLOCK_MONOTONIC, &until) != 0;
	}
	if (err || dev->transfer.under_way || dev->transfer.result != TENON_BLKDEV_DONE)
		err = -TENON_EIO;
	open_window(dev, false, 0);
	pthread_mutex_unlock(&dev->lock);
	return err;
}

/* One request, with the transfer's first @bytes. The caller has the turn. */
static int request(struct process_block *k, uint32_t op, uint64_t sector, size_t bytes)
{
	struct tenon_blkdev_request r = { .size = sizeof(r), .op = op, .sector = sector };
	const struct tenon_kpi_code code = { .module = k->part.object.account->module,
					     .address = k->ops[OP_SUBMIT],
					     .type = callback_type("tenon_blkdev_ops", OP_SUBMIT) };
	struct device *dev = k->part.device;
	int64_t result = 0;
	int err;

	for (size_t at = 0; at < bytes; at += PIECE_BYTES, r.segment_cnt++) {
		r.address[r.segment_cnt] = dev->transfer.window.bus + at;
		r.bytes[r.segment_cnt] = bytes - at < PIECE_BYTES ? (uint32_t)(bytes - at) : PIECE_BYTES;
	}
	pthread_mutex_lock(&dev->lock);
	err = k->gone ? -TENON_EIO : 0;
	open_window(dev, !err, op);
	pthread_mutex_unlock(&dev->lock);
	if (!err)
		err = tenon_kpi_upcall(&code, (uint64_t[KPI_ARGS_MAX]){ k->ctx, (uintptr_t)&r, sizeof(r) }, &result);
	return finish(k, err || result ? -TENON_EIO : 0);
}

/* In pieces of what a request carries. A flush has none. */
static int carry(struct process_block *k, uint32_t op, uint8_t *to, const uint8_t *from, size_t len, uint64_t offset)
{
	struct transfer *t = &k->part.device->transfer;
	size_t most = k->config.segment_max * (size_t)PIECE_BYTES, done = 0, part;
	int err;

	do {
		part = len - done < most ? len - done : most;
		pthread_mutex_lock(&t->turn);
		if (op == TENON_BLKDEV_WRITE)
			memcpy(t->window.memory, from + done, part);
		err = request(k, op, (offset + done) / TENON_BLKDEV_SECTOR_BYTES, part);
		if (!err && op == TENON_BLKDEV_READ)
			memcpy(to + done, t->window.memory, part);
		pthread_mutex_unlock(&t->turn);
		done += part;
	} while (!err && done < len);
	return err;
}

struct process_block *process_block_open(const char *name)
{
	struct sought s = { .name = name, .hold = true };

	device_search(has_block, &s);
	return s.k;
}

void process_block_close(struct process_block *k)
{
	struct tenon_module *m = k->part.object.account->module;

	object_put(&k->part.object);
	tenon_put(m, "a block device that was open");
}

void process_block_info(const struct process_block *k, struct process_block_info *out)
{
	*out = (struct process_block_info){ .bytes = k->config.sector_cnt * TENON_BLKDEV_SECTOR_BYTES,
					    .block_bytes = k->config.block_bytes,
					    .read_only = k->config.read_only };
}

/* Is it in whole blocks, and on the device? */
static bool is_on(const struct process_block *k, size_t len, uint64_t offset)
{
	uint64_t bytes = k->config.sector_cnt * TENON_BLKDEV_SECTOR_BYTES;

	return len && !(len % k->config.block_bytes) && !(offset % k->config.block_bytes) && offset <= bytes &&
	       len <= bytes - offset;
}

int process_block_read(struct process_block *k, void *data, size_t len, uint64_t offset)
{
	return is_on(k, len, offset) ? carry(k, TENON_BLKDEV_READ, data, NULL, len, offset) : -TENON_EINVAL;
}

int process_block_write(struct process_block *k, const void *data, size_t len, uint64_t offset)
{
	if (k->config.read_only)
		return -TENON_EROFS;
	return is_on(k, len, offset) ? carry(k, TENON_BLKDEV_WRITE, NULL, data, len, offset) : -TENON_EINVAL;
}

int process_block_flush(struct process_block *k)
{
	return k->config.can_flush ? carry(k, TENON_BLKDEV_FLUSH, NULL, NULL, 0, 0) : 0;
}

struct each {
	int (*fn)(const char *name, const struct tenon_module *m, void *arg);
	void *arg;
	int ret;
};

static bool call_each(struct device *dev, void *arg)
{
	struct each *e = arg;

	pthread_mutex_lock(&dev->block_lock);
	if (dev->block)
		e->ret = e->fn(dev->block->name, dev->block->part.object.account->module, e->arg);
	pthread_mutex_unlock(&dev->block_lock);
	return e->ret;
}

int process_block_each(int (*fn)(const char *name, const struct tenon_module *m, void *arg), void *arg)
{
	struct each e = { .fn = fn, .arg = arg };

	device_search(call_each, &e);
	return e.ret;
}
