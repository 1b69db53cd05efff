// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The driver of virtio disks over a device that answers anything. The device is memory, as a real one's registers in
 * memory are to whoever only reads back what was written (virtio 1.2, 4.2.2); the interface below the driver is written here.
 * Whatever the device says, nothing is completed that is not under way, nothing twice, and memory is the sanitizers' to
 * watch.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tenon/device_id.h"
#include "tenon/module.h"

#include "tests/tap.h"

enum { MAGIC = 0x00, VERSION = 0x04, FEATURES = 0x10, ENTRIES_MAX = 0x34, STATUS = 0x70, CONFIG = 0x100 };
enum { CAPACITY = CONFIG, SIZE_MAX_OF = CONFIG + 8, SEGMENTS_MAX = CONFIG + 12, BLOCK_BYTES = CONFIG + 20 };

#define VERSION_1 (1u << 0)  /* of either half: the register does not look at which is selected */
#define SIZE_LIMIT (1u << 1) /* FEATURE_SIZE_MAX, and so on */
#define SEGMENT_LIMIT (1u << 2)
#define INDIRECT (1u << 28)
#define PAGE 4096u
#define TAGS 64u

extern int init_module(void);
extern void cleanup_module(void);

struct tenon_this_module __this_module;

static _Alignas(8) uint8_t registers[512];
static uint8_t *memory; /* of the queue */
static size_t memory_bytes;
static int owned; /* things that the driver has */
static const struct tenon_driver_ops *driver;
static const struct tenon_blkdev_ops *disk_ops;
static void *disk_ctx;
static struct tenon_blkdev_config config;
static tenon_thread_fn *thread_fn;
static void *thread_arg, *disk_data;
static bool interrupt;
static bool under_way[TAGS];
static unsigned completed[3], wrong;

/* ---- the interface ----------------------------------------------------------------------------------------------- */

static tenon_handle give(void)
{
	owned++;
	return 1;
}

static int take(void)
{
	owned--;
	return 0;
}

void *tenon_alloc(struct tenon_this_module *self, size_t bytes)
{
	(void)self;
	owned++;
	return calloc(1, bytes);
}

void tenon_free(void *p)
{
	owned -= p != NULL;
	free(p);
}

tenon_handle tenon_mmio_map(struct tenon_this_module *self, tenon_handle device, uint32_t index, uint64_t off,
			    size_t bytes, struct tenon_mmio *out)
{
	(void)self;
	(void)device;
	(void)off;
	(void)bytes;
	*out = (struct tenon_mmio){ .index = index, .address = registers, .bytes = sizeof(registers) };
	return give();
}

int tenon_mmio_unmap(tenon_handle h)
{
	(void)h;
	return take();
}

long tenon_pci_config_read(tenon_handle device, uint32_t off, void *data, size_t len)
{
	(void)device;
	(void)off;
	(void)data;
	(void)len;
	return -TENON_ENODEV;
}

tenon_handle tenon_buffer_create(struct tenon_this_module *self, size_t bytes, struct tenon_buffer *out)
{
	(void)self;
	memory = aligned_alloc(PAGE, bytes);
	memory_bytes = bytes;
	memset(memory, 0, bytes);
	*out = (struct tenon_buffer){ .page_bytes = PAGE, .address = memory, .bytes = bytes };
	return give();
}

int tenon_buffer_destroy(tenon_handle h)
{
	(void)h;
	free(memory);
	memory = NULL;
	return take();
}

tenon_handle tenon_dma_map(struct tenon_this_module *self, tenon_handle device, tenon_handle buffer)
{
	(void)self;
	(void)device;
	(void)buffer;
	return give();
}

long tenon_dma_addresses(tenon_handle h, uint32_t page, void *addresses, size_t len)
{
	uint64_t *to = addresses;

	(void)h;
	for (size_t i = 0; i < len / sizeof(*to); i++)
		to[i] = (uintptr_t)memory + (page + i) * PAGE;
	return (long)len;
}

int tenon_dma_unmap(tenon_handle h)
{
	(void)h;
	return take();
}

tenon_handle tenon_irq_open(struct tenon_this_module *self, tenon_handle device, uint32_t index)
{
	(void)self;
	(void)device;
	(void)index;
	return give();
}

/* One interrupt, then the thread is to end. */
long tenon_irq_wait(tenon_handle h, uint64_t deadline_ns)
{
	bool came = interrupt;

	(void)h;
	(void)deadline_ns;
	interrupt = false;
	return came ? 1 : -TENON_EINTR;
}

int tenon_irq_close(tenon_handle h)
{
	(void)h;
	return take();
}

tenon_handle tenon_driver_register(struct tenon_this_module *self, const char *name, const char *bus, const void *ids,
				   size_t len, const struct tenon_driver_ops *ops)
{
	(void)self;
	(void)name;
	(void)bus;
	(void)ids;
	(void)len;
	driver = ops;
	return give();
}

int tenon_driver_unregister(tenon_handle h)
{
	(void)h;
	return take();
}

tenon_handle tenon_blkdev_register(struct tenon_this_module *self, tenon_handle device, const char *name,
				   const struct tenon_blkdev_config *c, const struct tenon_blkdev_ops *ops, void *ctx)
{
	(void)self;
	(void)device;
	(void)name;
	config = *c;
	disk_ops = ops;
	disk_ctx = ctx;
	return give();
}

int tenon_blkdev_unregister(tenon_handle h)
{
	(void)h;
	return take();
}

int tenon_blkdev_complete(tenon_handle h, const void *completions, size_t len)
{
	const struct tenon_blkdev_completion *c = completions;

	(void)h;
	for (size_t i = 0; i < len / sizeof(*c); i++) {
		if (c[i].tag >= config.depth || !under_way[c[i].tag] || c[i].result > TENON_BLKDEV_UNKNOWN) {
			wrong++;
			continue;
		}
		under_way[c[i].tag] = false;
		completed[c[i].result]++;
	}
	return 0;
}

tenon_handle tenon_thread_create(struct tenon_this_module *self, tenon_thread_fn *fn, void *arg, const char *name)
{
	(void)self;
	(void)name;
	thread_fn = fn;
	thread_arg = arg;
	return give();
}

int tenon_thread_stop(tenon_handle h)
{
	(void)h;
	return 0;
}

int tenon_thread_join(tenon_handle h, uint64_t deadline_ns)
{
	(void)h;
	(void)deadline_ns;
	return take();
}

uint64_t tenon_clock_ns(void)
{
	static uint64_t now;

	return now += 1000;
}

void tenon_yield(void)
{
}

int tenon_printk(int level, const char *fmt, ...)
{
	(void)level;
	(void)fmt;
	return 0;
}

/* ---- the device -------------------------------------------------------------------------------------------------- */

static void set32(unsigned reg, uint32_t value)
{
	memcpy(registers + reg, &value, sizeof(value));
}

static uint32_t get32(unsigned reg)
{
	uint32_t value;

	memcpy(&value, registers + reg, sizeof(value));
	return value;
}

/* A good one of 1 MiB. */
static void make_device(uint32_t features)
{
	memset(registers, 0, sizeof(registers));
	set32(MAGIC, 0x74726976);
	set32(VERSION, 2);
	set32(FEATURES, features);
	set32(ENTRIES_MAX, 256);
	set32(CAPACITY, 2048);
	set32(SIZE_MAX_OF, 65536);
	set32(SEGMENTS_MAX, 254);
	set32(BLOCK_BYTES, 512);
}

static int begin(void)
{
	struct tenon_driver_probe p = { .size = sizeof(p) };
	int err = driver->probe(1, &p);

	disk_data = p.data;
	memset(under_way, 0, sizeof(under_way));
	memset(completed, 0, sizeof(completed));
	wrong = 0;
	return err;
}

static void end(void)
{
	driver->remove(1, disk_data);
}

static volatile uint16_t *used_idx(void)
{
	return (volatile uint16_t *)(memory + 2 * PAGE + 2);
}

/* The device says that it used @id, and wrote @bytes. */
static void use(unsigned at, uint32_t id, uint32_t bytes)
{
	uint32_t *entry = (uint32_t *)(memory + 2 * PAGE + 4) + (size_t)2 * (at % 256);

	entry[0] = id;
	entry[1] = bytes;
}

static void look(void)
{
	interrupt = true;
	thread_fn(thread_arg);
}

/* What @tag's status says. */
static void set_status(uint32_t tag, uint8_t status)
{
	memory[3 * PAGE + tag * 32 + 16] = status;
}

static int submit(uint32_t tag, uint32_t pages)
{
	struct tenon_blkdev_request r = {
		.size = sizeof(r), .tag = tag, .op = TENON_BLKDEV_READ, .segment_cnt = pages
	};
	int err;

	for (uint32_t i = 0; i < pages && i < TENON_BLKDEV_SEGMENTS; i++) {
		r.address[i] = 0x1000 * (i + 1);
		r.bytes[i] = PAGE;
	}
	err = disk_ops->submit(disk_ctx, &r, sizeof(r));
	if (!err)
		under_way[tag] = true;
	return err;
}

/* ---- what it says of itself -------------------------------------------------------------------------------------- */

static int probed(unsigned reg, uint32_t value, uint32_t features)
{
	int before = owned, err;

	make_device(features);
	set32(reg, value);
	err = begin();
	if (!err)
		end();
	if (owned != before) {
		printf("# %d things are left after register %#x was %#x\n", owned - before, reg, value);
		owned = before;
		return 1;
	}
	return err;
}

static void descriptions(void)
{
	ok(probed(ENTRIES_MAX, 256, VERSION_1) == 0, "a device is served, and let go of");
	ok(probed(MAGIC, 0, VERSION_1) == -TENON_EPROTO, "what is no virtio device is refused");
	ok(probed(VERSION, 1, VERSION_1) == -TENON_EOPNOTSUPP && probed(FEATURES, 0, 0) == -TENON_EOPNOTSUPP,
	   "... and one from before 1.0");
	ok(probed(ENTRIES_MAX, 0, VERSION_1) == -TENON_EPROTO && probed(ENTRIES_MAX, 3, VERSION_1) == -TENON_EPROTO &&
	       probed(ENTRIES_MAX, 0x10100, VERSION_1) == -TENON_EPROTO,
	   "... and queues of no, three or too many entries");
	ok(probed(ENTRIES_MAX, 2, VERSION_1) == -TENON_EPROTO && probed(ENTRIES_MAX, 4, VERSION_1) == 0,
	   "a queue has room for a request");
	ok(probed(SEGMENTS_MAX, 0, VERSION_1 | SEGMENT_LIMIT) == -TENON_EPROTO &&
	       probed(SIZE_MAX_OF, 512, VERSION_1 | SIZE_LIMIT) == -TENON_EPROTO,
	   "a device that takes no pages is refused");
	probed(ENTRIES_MAX, 32768, VERSION_1);
	ok(config.depth == 256 / 18 && config.segment_max == 16, "a large queue is not used beyond what fits");
	probed(ENTRIES_MAX, 32768, VERSION_1 | INDIRECT);
	ok(config.depth == TAGS, "... also with tables of descriptors");
}

/* ---- what it says of requests ------------------------------------------------------------------------------------ */

/* Its answer to one request of a page with tag 0. Return: whether the driver goes on using it. */
static bool answered(uint32_t id, uint32_t bytes, uint16_t idx, uint8_t status)
{
	bool good;

	make_device(VERSION_1 | INDIRECT);
	if (begin())
		abort();
	submit(0, 1);
	set_status(0, status);
	use(0, id, bytes);
	*used_idx() = idx;
	look();
	good = submit(1, 1) == 0;
	if (!good && get32(STATUS))
		wrong++; /* one that is used no more has been reset */
	end();
	return good && !wrong;
}

static void answers(void)
{
	ok(answered(0, PAGE + 1, 1, 0) && completed[TENON_BLKDEV_DONE] == 1, "a request is done");
	ok(answered(0, 1, 1, 2) && completed[TENON_BLKDEV_NOT_DONE] == 1, "... or not, says its status");
	ok(answered(0, PAGE + 1, 1, 1) && completed[TENON_BLKDEV_UNKNOWN] == 1, "... or nobody knows");
	ok(answered(0, PAGE + 1, 1, 77) && completed[TENON_BLKDEV_UNKNOWN] == 1, "a status that there is not: unknown");
	ok(answered(0, PAGE, 1, 0) && completed[TENON_BLKDEV_UNKNOWN] == 1 && answered(0, UINT32_MAX, 1, 0) &&
	       completed[TENON_BLKDEV_UNKNOWN] == 1,
	   "too little or too much was written: unknown");
	ok(!answered(1, 1, 1, 0) && !wrong && !completed[0], "a request that is not under way: the device is reset");
	ok(!answered(255, 1, 1, 0) && !answered(256, 1, 1, 0) && !answered(0x10000, PAGE + 1, 1, 0) &&
	       !answered(UINT32_MAX, 1, 1, 0) && !wrong,
	   "... also one that cannot be");
	ok(!answered(0, PAGE + 1, 2, 0) && !wrong && completed[0] == 1, "one twice: it is completed once");
	ok(!answered(0, PAGE + 1, 257, 0) && !answered(0, PAGE + 1, 0xffff, 0) && !wrong && !completed[0],
	   "more than the queue has at once: none is believed");
}

/* ---- requests that the kernel would not make --------------------------------------------------------------------- */

static void requests(void)
{
	make_device(VERSION_1 | INDIRECT);
	if (begin())
		abort();
	ok(submit(TAGS, 1) == -TENON_EINVAL && submit(0, TENON_BLKDEV_SEGMENTS + 1) == -TENON_EINVAL,
	   "a tag or a number of pieces that cannot be is refused");
	ok(!submit(0, 1) && submit(0, 1) == -TENON_EINVAL, "... and a tag that is under way");
	end();
}

/* ---- anything ---------------------------------------------------------------------------------------------------- */

static uint32_t next_random(void)
{
	static uint32_t seed = 11;

	return (seed = seed * 1664525 + 1013904223) >> 8;
}

/* All memory that the device can write to is anything, while requests go on. */
static unsigned chaos(uint32_t features)
{
	unsigned resets = 0;

	make_device(features);
	if (begin())
		abort();
	for (unsigned i = 0; i < 200; i++) {
		uint32_t tag = next_random() % config.depth;

		submit(tag, 1 + next_random() % config.segment_max);
		for (unsigned n = next_random() % 4; n; n--)
			memory[next_random() % memory_bytes] = (uint8_t)next_random();
		use(*used_idx(), next_random() % 8 ? next_random() % config.depth : next_random(), PAGE + 1);
		*used_idx() = (uint16_t)(*used_idx() + (next_random() % 16 ? 1 : next_random()));
		look();
	}
	resets = submit(0, 1) == -TENON_EIO;
	end();
	return resets;
}

static void anything(void)
{
	unsigned resets = 0, bad = 0;

	for (unsigned i = 0; i < 500; i++) {
		resets += chaos(i % 2 ? VERSION_1 : VERSION_1 | INDIRECT);
		bad += wrong;
	}
	ok(!bad && resets > 400, "whatever the device writes, only what is under way is completed");
}

int main(void)
{
	if (init_module())
		abort();
	descriptions();
	answers();
	requests();
	anything();
	cleanup_module();
	ok(!owned, "nothing is left");
	return tap_done();
}
