/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A virtio disk over a file (1.2, 5.2, with the transport of 4.2), which a thread is. Its registers are memory: nobody sees when
 * one is written, so the thread looks at them again and again, and at its queue at once when the host has made a request. For
 * the same reason a register reads as it was written last, the status 0 of a reset too, and the one for features does not know
 * which half was selected: the features below mean something in one half, and nothing in the other. In the status the device
 * marks what it has seen, so that a reset that was over before it looked is none that it missed.
 *
 * Whatever a driver writes, the device reads and writes nothing but the windows it has; what it reads there it reads once. After
 * nonsense it says that it needs a reset (2.1.2), and does nothing more until then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "port/process/device/device.h"
#include "port/process/internal.h"

#define FEATURE_VERSION_1 (1u << 0) /* 32, and 0, which is older drivers' (6, 5.2.3) */
#define FEATURE_READ_ONLY (1u << 5)
#define FEATURE_FLUSH (1u << 9)

#define LOOK_NS 10000000
#define SAY_NS 10000000000u /* between two lines about nonsense, which a driver can be quick with */
#define GO_BYTES (16u << 20) /* that are moved before others get the lock; no request has more */

enum {
	QUEUE_ENTRIES = 128,
	MAGIC = 0x74726976,
	VERSION = 2,
	KIND_DISK = 2,
	VENDOR = 0x6e6f6e54,
	STATUS_DRIVER_OK = 4, /* 2.1 */
	STATUS_NEEDS_RESET = 64,
	STATUS_SEEN = 1 << 16, /* ours: the status has 8 bits */
	INTERRUPT_USED = 1,    /* 4.2.2 */
	DESCRIPTOR_NEXT = 1,   /* 2.7.5 */
	DESCRIPTOR_WRITES = 2,
	OP_IN = 0, /* 5.2.6 */
	OP_OUT = 1,
	OP_FLUSH = 4,
	ANSWER_OK = 0,
	ANSWER_ERROR = 1,
	ANSWER_UNSUPPORTED = 2,
};

struct registers { /* 4.2.2 */
	uint32_t magic, version, kind, vendor;
	uint32_t features, features_half, pad0[2];
	uint32_t driver_features, driver_features_half, pad1[2];
	uint32_t queue, queue_max, queue_size, pad2[2], queue_ready, pad3[2];
	uint32_t notify, pad4[3];
	uint32_t interrupts, acknowledge, pad5[2];
	uint32_t status, pad6[3];
	struct {
		uint32_t low, high, pad[2];
	} part[3]; /* of the queue: descriptors, what is available, what was used */
	uint32_t pad7[20];
	uint32_t sectors_low, sectors_high; /* 5.2.4 */
};

_Static_assert(offsetof(struct registers, queue_ready) == 0x44 && offsetof(struct registers, notify) == 0x50 &&
		   offsetof(struct registers, interrupts) == 0x60 && offsetof(struct registers, status) == 0x70 &&
		   offsetof(struct registers, part) == 0x80 && offsetof(struct registers, sectors_low) == 0x100,
	       "they are where the specification has them");

struct descriptor { /* 2.7.5 */
	uint64_t address;
	uint32_t bytes;
	uint16_t flags, next;
};

/* The queue, as it was found when the device looked: all of it is in windows. */
struct queue {
	uint16_t size;
	const volatile struct descriptor *descriptors;
	const volatile uint16_t *available; /* flags, idx, ring */
	volatile uint16_t *used;            /* flags, idx, then pairs of 32 bits */
};

/* A request, which was read once: header, pieces and status have descriptors of their own. */
struct request {
	struct device *dev;
	uint32_t op;
	uint64_t sector, bytes; /* of all pieces */
	unsigned int piece_cnt;
	struct piece {
		uint8_t *at;
		uint32_t bytes;
	} piece[QUEUE_ENTRIES];
	volatile uint8_t *status;
};

void disk_power(struct device *dev, void *page)
{
	volatile struct registers *r = page;
	uint64_t sectors = dev->bytes / TENON_BLKDEV_SECTOR_BYTES;

	dev->registers = r;
	dev->failed = false;
	pthread_cond_broadcast(&dev->changed);
	if (!r)
		return;
	r->magic = MAGIC;
	r->version = VERSION;
	r->kind = KIND_DISK;
	r->vendor = VENDOR;
	r->features = FEATURE_VERSION_1 | FEATURE_FLUSH | (dev->read_only ? FEATURE_READ_ONLY : 0);
	r->queue_max = QUEUE_ENTRIES;
	r->sectors_low = (uint32_t)sectors;
	r->sectors_high = (uint32_t)(sectors >> 32);
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

static bool take_header(struct request *r, const struct descriptor *d)
{
	struct {
		uint32_t op, reserved;
		uint64_t sector;
	} header;
	const void *at = window_at(r->dev, d->address, sizeof(header), false);

	if (!at || d->flags != DESCRIPTOR_NEXT || d->bytes != sizeof(header))
		return false;
	memcpy(&header, at, sizeof(header));
	r->op = header.op;
	r->sector = header.sector;
	return true;
}

static bool take_piece(struct request *r, const struct descriptor *d)
{
	bool writes = d->flags & DESCRIPTOR_WRITES;
	uint8_t *at = window_at(r->dev, d->address, d->bytes, writes);

	if (!at || d->flags & ~(DESCRIPTOR_NEXT | DESCRIPTOR_WRITES) || (r->op <= OP_OUT && writes != (r->op == OP_IN)))
		return false;
	r->piece[r->piece_cnt++] = (struct piece){ at, d->bytes };
	r->bytes += d->bytes;
	return true;
}

static bool take_status(struct request *r, const struct descriptor *d)
{
	r->status = window_at(r->dev, d->address, 1, true);
	return r->status && d->flags == DESCRIPTOR_WRITES && d->bytes == 1;
}

/* Return: false: the chain that begins at @at is nonsense, or reaches what is not the device's; nothing was done. */
static bool take_request(struct request *r, const struct queue *q, uint16_t at)
{
	for (unsigned int cnt = 0; cnt < q->size && at < q->size; cnt++) {
		const struct descriptor d = { q->descriptors[at].address, q->descriptors[at].bytes,
					      q->descriptors[at].flags, q->descriptors[at].next };
		bool last = !(d.flags & DESCRIPTOR_NEXT);

		if (!(!cnt ? take_header(r, &d) : last ? take_status(r, &d) : take_piece(r, &d)))
			return false;
		if (last)
			return true;
		at = d.next;
	}
	return false;
}

/* Return: whether all of it was moved. */
static bool move(const struct request *r, const struct piece *p, uint64_t offset)
{
	for (size_t done = 0; done < p->bytes;) {
		off_t at = (off_t)(offset + done);
		ssize_t n = r->op == OP_IN ? pread(r->dev->fd, p->at + done, p->bytes - done, at) :
					     pwrite(r->dev->fd, p->at + done, p->bytes - done, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static uint8_t move_all(const struct request *r)
{
	uint64_t offset = r->sector * TENON_BLKDEV_SECTOR_BYTES, left = r->dev->bytes - offset;

	if (r->bytes > GO_BYTES || r->sector > r->dev->bytes / TENON_BLKDEV_SECTOR_BYTES ||
	    (r->op == OP_OUT && r->dev->read_only))
		return ANSWER_ERROR;
	for (const struct piece *p = r->piece; p < r->piece + r->piece_cnt; p++) {
		if (p->bytes > left || !move(r, p, offset))
			return ANSWER_ERROR;
		offset += p->bytes;
		left -= p->bytes;
	}
	return ANSWER_OK;
}

/* Return: bytes of the driver's memory that were written. */
static uint32_t serve(const struct request *r)
{
	uint8_t status = ANSWER_UNSUPPORTED;
	uint32_t written = 1;

	if (r->op == OP_FLUSH)
		status = fdatasync(r->dev->fd) ? ANSWER_ERROR : ANSWER_OK;
	else if (r->op == OP_IN || r->op == OP_OUT)
		status = move_all(r);
	for (unsigned int i = 0; r->op == OP_IN && status == ANSWER_OK && i < r->piece_cnt; i++)
		written += r->piece[i].bytes;
	*r->status = status;
	return written;
}

/* ---- the queue --------------------------------------------------------------------------------------------------- */

static void *part(const struct device *dev, unsigned int i, size_t bytes, size_t align)
{
	uint64_t bus = dev->registers->part[i].low | (uint64_t)dev->registers->part[i].high << 32;

	return bus % align ? NULL : window_at(dev, bus, bytes, i == 2);
}

/* Return: whether it is one that the device can use. */
static bool find_queue(const struct device *dev, struct queue *q)
{
	uint32_t size = dev->registers->queue_size;

	if (!size || size > QUEUE_ENTRIES || size & (size - 1) || dev->registers->queue_ready != 1)
		return false;
	q->size = (uint16_t)size;
	q->descriptors = part(dev, 0, size * sizeof(struct descriptor), 16);
	q->available = part(dev, 1, 2 * (2 + size), 2);
	q->used = part(dev, 2, 4 + 8 * size, 4);
	return q->descriptors && q->available && q->used;
}

/* What is available: all, or as much as makes a go. Return: false: something of it is nonsense. */
static bool empty_queue(struct device *dev, const struct queue *q)
{
	uint16_t end = __atomic_load_n(&q->available[1], __ATOMIC_ACQUIRE);
	uint64_t moved = 0;
	struct request r;

	if ((uint16_t)(end - dev->seen) > q->size)
		return false;
	while (dev->seen != end && moved < GO_BYTES) {
		volatile uint32_t *entry = (volatile uint32_t *)(q->used + 2) + 2 * (dev->used % q->size);
		uint16_t head = q->available[2 + dev->seen++ % q->size];

		r.dev = dev;
		r.piece_cnt = 0;
		r.bytes = 0;
		if (!take_request(&r, q, head))
			return false;
		entry[0] = head;
		entry[1] = serve(&r);
		moved += r.op == OP_FLUSH ? GO_BYTES : r.bytes;
		__atomic_store_n(&q->used[1], ++dev->used, __ATOMIC_RELEASE);
	}
	return true;
}

/* The driver may write the status at the same time: then it is what the driver wrote. Return: whether it was marked. */
static bool mark(volatile struct registers *r, uint32_t status, uint32_t bit)
{
	return __atomic_compare_exchange_n(&r->status, &status, status | bit, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_RELAXED);
}

/* In the host's part of the log, for this is no thread of the domain's. */
static void say_failed(struct device *dev)
{
	if (now_ns() < dev->say_ns)
		return;
	dev->say_ns = add_ns(now_ns(), SAY_NS);
	process_log(process_host_here, TENON_LOG_WARNING,
		    "a disk was given a request that cannot be, and needs a reset");
}

/* Device's lock. */
static void look(struct device *dev)
{
	volatile struct registers *r = dev->registers;
	uint32_t status = r ? __atomic_load_n(&r->status, __ATOMIC_ACQUIRE) : 0;
	uint16_t before;
	struct queue q;

	if (!(status & STATUS_DRIVER_OK) || (!(status & STATUS_SEEN) && !mark(r, status, STATUS_SEEN)))
		return;
	if (!(status & STATUS_SEEN)) {
		dev->seen = dev->used = 0;
		dev->failed = false;
	}
	if (dev->failed)
		return;
	before = dev->used;
	dev->failed = !find_queue(dev, &q) || !empty_queue(dev, &q);
	if (dev->failed) {
		mark(r, status | STATUS_SEEN, STATUS_NEEDS_RESET);
		say_failed(dev);
		pthread_cond_broadcast(&dev->changed);
	}
	if (dev->used == before)
		return;
	r->interrupts |= INTERRUPT_USED;
	irq_raise(dev);
}

void *disk_run(void *device)
{
	struct device *dev = device;

	pthread_setname_np(pthread_self(), "disk");
	pthread_mutex_lock(&dev->lock);
	while (!dev->ends) {
		struct timespec until;

		look(dev);
		until = device_deadline(LOOK_NS);
		if (dev->registers)
			pthread_cond_clockwait(&dev->changed, &dev->lock, CLOCK_MONOTONIC, &until);
		else
			pthread_cond_wait(&dev->changed, &dev->lock);
	}
	pthread_mutex_unlock(&dev->lock);
	return NULL;
}
