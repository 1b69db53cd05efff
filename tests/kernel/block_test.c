// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A block device as a file: any bytes, whatever its blocks are, over a driver that is a memory. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/device/block.h"
#include "kernel/device/device.h"
#include "kernel/sched/timer.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/io.h"
#include "tenon/errno.h"

#include "tests/kernel/host.h"
#include "tests/kernel/tree.h"
#include "tests/tap.h"

#define SECTORS 400u
#define BYTES (SECTORS * 512ul)

static uint8_t medium[BYTES], shadow[BYTES];

/* What the driver does with requests. */
static enum { SERVES, REFUSES, FAILS, KEEPS, DEAD } mood;
static unsigned calls, requests, flushes, wrong, holds;
static struct block_device *bd;
static struct tenon_blkdev_config config = {
	.size = sizeof(config), .block_bytes = 1024, .sector_cnt = SECTORS, .depth = 3, .segment_max = 4, .can_flush = 1
};

static void *hold(void *owner)
{
	holds++;
	return owner;
}

static void unhold(void *held)
{
	(void)held;
	holds--;
}

/* Each piece whole blocks, within a page, and all of them on the medium. */
static void serve(const struct tenon_blkdev_request *r)
{
	uint64_t at = r->sector * 512;

	wrong += r->tag >= config.depth || r->segment_cnt > config.segment_max || at % config.block_bytes;
	flushes += r->op == TENON_BLKDEV_FLUSH;
	for (uint32_t i = 0; i < r->segment_cnt; i++) {
		void *memory = (void *)(uintptr_t)r->address[i];

		if (!r->bytes[i] || r->bytes[i] > 4096 || r->bytes[i] % config.block_bytes ||
		    r->bytes[i] > BYTES - at) {
			wrong++;
			return;
		}
		if (r->op == TENON_BLKDEV_READ)
			memcpy(memory, medium + at, r->bytes[i]);
		else
			memcpy(medium + at, memory, r->bytes[i]);
		at += r->bytes[i];
	}
}

static int submit(void *owner, const struct tenon_blkdev_request *r, unsigned cnt)
{
	(void)owner;
	calls++;
	requests += cnt;
	if (mood == REFUSES)
		return -TENON_ENOMEM;
	if (mood == DEAD)
		return -TENON_EOWNERDEAD;
	if (mood == KEEPS)
		return 0;
	wrong += !cnt || cnt > config.depth;
	for (unsigned i = 0; i < cnt; i++) {
		serve(&r[i]);
		wrong += block_complete(bd, r[i].tag, mood == FAILS ? TENON_BLKDEV_UNKNOWN : TENON_BLKDEV_DONE) != 0;
		wrong += !block_complete(bd, r[i].tag, TENON_BLKDEV_DONE); /* once is enough */
	}
	return 0;
}

static bool dead(void *owner)
{
	(void)owner;
	return mood == DEAD;
}

static const struct block_ops ops = { .hold = hold, .unhold = unhold, .dead = dead, .submit = submit };

static bool dma_on = true;

static int set_dma(struct device *dev, bool on)
{
	(void)dev;
	dma_on = on;
	return 0;
}

static void release(struct device *dev)
{
	(void)dev;
}

static bool match(const struct device *dev, const void *id)
{
	(void)dev;
	(void)id;
	return false;
}

static struct bus bus = { .name = "things", .id_bytes = 4, .match = match, .set_dma = set_dma };
static struct device parent = { .name = "t", .bus = &bus, .release = release };

static struct file *open_disk(unsigned flags)
{
	struct file *f;

	return vfs_open(&tree_start, "/dev/vda", flags, 0, &f) ? NULL : f;
}

/* Bytes between @buf and the file at @at. */
static long transfer(struct file *f, void *buf, size_t bytes, uint64_t at, bool write)
{
	struct io_segment segment;
	struct io io;

	io_kernel(&io, &segment, buf, bytes);
	return write ? file_write_at(f, &io, (int64_t)at) : file_read_at(f, &io, (int64_t)at);
}

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

static void any_bytes(struct file *f)
{
	static uint8_t buf[BYTES];
	unsigned differ = 0;
	uint32_t seed = 5;

	for (unsigned i = 0; i < 2000; i++) {
		uint64_t at = (seed = seed * 1664525 + 1013904223) % BYTES;
		size_t len = (seed = seed * 1664525 + 1013904223) % (i % 10 ? 3000 : 60000);
		size_t fits = len < BYTES - at ? len : BYTES - at;

		if (i % 2) {
			memset(buf, (int)i, len);
			memset(shadow + at, (int)i, fits);
			differ += transfer(f, buf, len, at, true) != (long)fits;
		} else {
			differ += transfer(f, buf, len, at, false) != (long)fits || memcmp(buf, shadow + at, fits);
		}
	}
	ok(!differ && !memcmp(medium, shadow, BYTES),
	   "what is written anywhere is read there, and nothing else changes");
	ok(!wrong, "each request is whole blocks, as many as the device takes");
	ok(transfer(f, buf, 1, BYTES, false) == 0 && transfer(f, buf, 1, BYTES, true) == -TENON_ENOSPC,
	   "at the end is nothing to read and no room");
	ok(file_seek(f, 0, 2) == (long)BYTES, "the end is where its size says");
	ok(!f->ops->sync(f) && flushes == 1, "a flush reaches the device");
}

/* Requests of one read, as many as the device takes at a time, are told to the driver in one call. */
static void batches(struct file *f)
{
	static uint8_t buf[BYTES];
	unsigned one = config.segment_max * 4096;

	calls = requests = 0;
	ok(transfer(f, buf, config.depth * one, 0, false) == (long)(config.depth * one) && calls == 1 &&
	       requests == config.depth,
	   "a read of as many requests as the device takes is one call of its driver");
	calls = requests = 0;
	ok(transfer(f, buf, (config.depth + 1) * one, 0, true) == (long)((config.depth + 1) * one) && calls == 2 &&
	       requests == config.depth + 1,
	   "... of one more, written, two");
	memcpy(shadow, buf, (config.depth + 1) * one);
}

static void errors(struct file *f)
{
	uint8_t byte = 0;

	mood = REFUSES;
	ok(transfer(f, &byte, 1, 0, false) == -TENON_EIO, "a request that the driver refuses is EIO");
	mood = FAILS;
	ok(transfer(f, &byte, 1, 0, true) == -TENON_EIO, "one that may have been done or not too");
	mood = SERVES;
	ok(transfer(f, &byte, 1, 0, false) == 1, "and the next one is served again");
	ok(block_complete(bd, 99, 0) == -TENON_EINVAL && block_complete(bd, 0, 0) == -TENON_EINVAL,
	   "what is not under way cannot be completed");
}

/* ---- its end ----------------------------------------------------------------------------------------------------- */

static long read_result;

static void *read_one(void *file)
{
	uint8_t byte;

	read_result = transfer(file, &byte, 1, 0, false);
	return NULL;
}

static void ends(void)
{
	struct file *f = open_disk(OPEN_READ_WRITE);
	pthread_t reader;
	uint8_t byte;

	mood = KEEPS;
	requests = 0;
	pthread_create(&reader, NULL, read_one, f);
	while (!host_sleepers())
		;
	block_unregister(bd);
	pthread_join(reader, NULL);
	ok(read_result == -TENON_EIO && !dma_on, "whoever waits when the device goes gets EIO, once it uses no memory");
	ok(transfer(f, &byte, 1, 0, false) == -TENON_ENODEV && requests == 1, "a file that is still open asks nobody");
	ok(!open_disk(OPEN_READ) && look("/dev/vda") == -TENON_ENOENT && look("/sys/class/block/vda") == -TENON_ENOENT,
	   "and it is not to be found any more");
	ok(holds == 1, "its module is held as long as a file is open");
	file_put(f);
	ok(!holds, "... and no longer");
}

/* ---- a driver that dies and is loaded anew ----------------------------------------------------------------------- */

static bool serve_again(void)
{
	struct block_device *again;

	mood = SERVES;
	return !block_register(&parent, "vda", &config, &ops, shadow, &again) && again == bd;
}

/* While somebody reads, the driver dies; @how: what it does with the request. */
static void dies(struct file *f, int how, const char *name)
{
	pthread_t reader;
	bool same;

	mood = how;
	read_result = 0;
	pthread_create(&reader, NULL, read_one, f);
	while (!host_sleepers())
		;
	block_suspend(bd);
	same = !holds && !read_result && serve_again() && holds == 1;
	pthread_join(reader, NULL);
	ok(same && read_result == 1, name);
}

static void comes_back(void)
{
	struct file *f = open_disk(OPEN_READ_WRITE), *second;
	struct block_device *other;
	struct tenon_blkdev_config c = config;
	uint8_t byte = 7;
	pthread_t reader;

	host_threads(true);
	dies(f, KEEPS, "a request under way when the driver died is made again by the one that is loaded anew");
	dies(f, DEAD, "... and so is one that came when it was dead");
	block_suspend(bd);
	second = open_disk(OPEN_READ);
	ok(second && serve_again() && holds == 1, "a device that waits for its driver can be opened");
	file_put(second);
	ok(transfer(f, &byte, 1, 77, true) == 1 && medium[77] == 7, "... and works as before");
	block_suspend(bd);
	pthread_create(&reader, NULL, read_one, f);
	while (host_sleepers() < 2) /* the one that waits for a driver, too */
		;
	c.sector_cnt -= 2;
	ok(!block_register(&parent, "vda", &c, &ops, medium, &other) && other != bd, "another device is not the same");
	pthread_join(reader, NULL);
	ok(read_result == -TENON_ENODEV, "... and whoever waited gets ENODEV");
	file_put(f);
	bd = other;
	block_suspend(bd);
	device_remove(&parent);
	host_threads(false);
	ok(!open_disk(OPEN_READ) && look("/dev/vda") == -TENON_ENOENT, "what waits goes with what it is on");
	parent = (struct device){ .name = "t", .bus = &bus, .release = release };
	device_add(&parent);
}

static void configs(void)
{
	struct tenon_blkdev_config c = config;
	struct block_device *none;
	unsigned taken = 0;

#define BAD(field, value)                                                                                              \
	c = config;                                                                                                    \
	c.field = (value);                                                                                             \
	taken += block_register(&parent, "bad", &c, &ops, medium, &none) != -TENON_EINVAL
	BAD(block_bytes, 0);
	BAD(block_bytes, 256);
	BAD(block_bytes, 1000);
	BAD(block_bytes, 8192);
	BAD(sector_cnt, 401);
	BAD(sector_cnt, UINT64_MAX);
	BAD(depth, 0);
	BAD(depth, 257);
	BAD(segment_max, 0);
	BAD(segment_max, 17);
#undef BAD
	ok(!taken, "a device that cannot be is refused");
}

static void mount_at(const char *path, const char *type)
{
	struct node *at;

	make_dir(path);
	if (path_find(&tree_start, path, PATH_FOLLOW, &at) || filesystem_mount(type, type, "", 0, at))
		abort();
	node_put(at);
}

int main(void)
{
	struct file *f;
	long before;

	tree_begin(1 << 20);
	dev_init();
	sysfs_init();
	mount_at("/dev", "devtmpfs");
	mount_at("/sys", "sysfs");
	device_model_init();
	block_devices_init();
	bus_register(&bus);
	device_add(&parent);
	configs();
	if (!block_register(&parent, "vda", &config, &ops, medium, &bd))
		block_unregister(bd); /* directories keep room for names that they once had */
	before = host_allocations();
	ok(!block_register(&parent, "vda", &config, &ops, medium, &bd), "a block device");
	ok(!strcmp(text_of("/sys/class/block/vda/size"), "400\n") &&
	       !strcmp(text_of("/sys/class/block/vda/dev"), "254:0\n"),
	   "/sys says how large it is and which number it has");
	f = open_disk(OPEN_READ_WRITE);
	any_bytes(f);
	batches(f);
	errors(f);
	file_put(f);
	ends();
	mood = SERVES;
	if (block_register(&parent, "vda", &config, &ops, medium, &bd))
		abort();
	comes_back();
	ok(host_allocations() == before, "all memory comes back");
	return tap_done();
}
