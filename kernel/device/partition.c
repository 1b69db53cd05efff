// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Partitions: parts of a block device, with nodes of their own. The first 4096 bytes say which there are: the table of the
 * master boot record (four; logical ones are not looked for), or the first ones of a GUID partition table where it usually
 * is (UEFI 5.3), on devices of 512-byte blocks. /sys shows each in the directory of its disk.
 */
#include "kernel/device/block_request.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/sched/thread.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/node.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define TABLE_BYTES 4096u
#define MBR_ENTRIES 446
#define GPT_HEADER 512
#define GPT_ENTRIES 1024

struct partition {
	struct device device; /* must be first; its parent is the disk */
	unsigned number;      /* from 1 on */
	uint64_t first, sector_cnt;
};

static _Atomic unsigned scans; /* that run */
static struct wait_queue scanned = WAIT_QUEUE_INIT;

static uint64_t get(const uint8_t *at, unsigned bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

static void set(struct block_device *bd, unsigned i, uint64_t first, uint64_t cnt)
{
	uint64_t unit = bd->config.block_bytes / TENON_BLKDEV_SECTOR_BYTES;

	if (first && cnt && first < bd->config.sector_cnt && cnt <= bd->config.sector_cnt - first && !(first % unit) &&
	    !(cnt % unit)) {
		bd->part[i].first = first;
		bd->part[i].sector_cnt = cnt;
	}
}

static void read_gpt(struct block_device *bd, const uint8_t *table)
{
	const uint8_t *header = table + GPT_HEADER;
	uint64_t cnt = get(header + 80, 4);

	if (memcmp(header, "EFI PART", 8) || get(header + 72, 8) != GPT_ENTRIES / 512 || get(header + 84, 4) != 128)
		return;
	for (unsigned i = 0; i < cnt && i < BLOCK_MINORS - 1; i++) {
		const uint8_t *entry = table + GPT_ENTRIES + i * 128;
		uint64_t first = get(entry + 32, 8), last = get(entry + 40, 8);

		if ((get(entry, 8) || get(entry + 8, 8)) && last >= first)
			set(bd, i, first, last - first + 1);
	}
}

/* A boot sector of a file system ends alike: in a table, what says whether a partition is booted has one of two values. */
static void read_mbr(struct block_device *bd, const uint8_t *table)
{
	const uint8_t *entry = table + MBR_ENTRIES;

	if (get(table + 510, 2) != 0xaa55 || (entry[0] | entry[16] | entry[32] | entry[48]) & 0x7f)
		return;
	if (entry[4] == 0xee && bd->config.block_bytes == 512) {
		read_gpt(bd, table);
		return;
	}
	for (unsigned i = 0; i < 4; i++, entry += 16)
		if (entry[4])
			set(bd, i, get(entry + 8, 4), get(entry + 12, 4));
}

/* ---- /sys -------------------------------------------------------------------------------------------------------- */

static uint32_t minor_of(const struct partition *p)
{
	return device_minor(block_number((const struct block_device *)p->device.parent)) + p->number;
}

static int show_dev(struct text *t, void *data)
{
	text_printf(t, "%u:%u\n", BLOCK_MAJOR, minor_of(data));
	return 0;
}

static int show_value(struct text *t, uint64_t value)
{
	text_printf(t, "%llu\n", (unsigned long long)value);
	return 0;
}

static int show_number(struct text *t, void *data)
{
	return show_value(t, ((struct partition *)data)->number);
}

static int show_start(struct text *t, void *data)
{
	return show_value(t, ((struct partition *)data)->first);
}

static int show_size(struct text *t, void *data)
{
	return show_value(t, ((struct partition *)data)->sector_cnt);
}

static void describe(struct device *dev, struct text *t)
{
	struct partition *p = (struct partition *)dev;

	text_printf(t, "MAJOR=%u\nMINOR=%u\nDEVNAME=%s\nDEVTYPE=partition\nPARTN=%u\n", BLOCK_MAJOR, minor_of(p),
		    dev->name, p->number);
}

static void release(struct device *dev)
{
	heap_free(dev);
}

static const struct attr dev_attr = { .name = "dev", .mode = 0444, .show = show_dev };
static const struct attr number_attr = { .name = "partition", .mode = 0444, .show = show_number };
static const struct attr start_attr = { .name = "start", .mode = 0444, .show = show_start };
static const struct attr size_attr = { .name = "size", .mode = 0444, .show = show_size };
static const struct attr *const attrs[] = { &dev_attr, &number_attr, &start_attr, &size_attr, NULL };

static int add(struct block_device *bd, unsigned i, const char *name)
{
	struct partition *p = heap_alloc_zeroed(sizeof(*p));
	int err;

	if (!p)
		return -TENON_ENOMEM;
	*p = (struct partition){ .device = { .class = bd->device.class,
					     .parent = &bd->device,
					     .attrs = attrs,
					     .describe = describe,
					     .release = release },
				 .number = i + 1,
				 .first = bd->part[i].first,
				 .sector_cnt = bd->part[i].sector_cnt };
	tenon_snprintf(p->device.name, sizeof(p->device.name), "%s", name);
	err = device_add(&p->device);
	if (err)
		heap_free(p);
	else
		bd->part[i].device = &p->device;
	return err;
}

/* ---- coming and going -------------------------------------------------------------------------------------------- */

/* vda1, or sr0p1. */
static void name_of(const struct block_device *bd, unsigned i, char name[TENON_BLKDEV_NAME_BYTES + 4])
{
	char last = bd->device.name[strlen(bd->device.name) - 1];

	tenon_snprintf(name, TENON_BLKDEV_NAME_BYTES + 4, "%s%s%u", bd->device.name,
		       last >= '0' && last <= '9' ? "p" : "", i + 1);
}

static void scan(void *arg)
{
	struct block_device *bd = arg;
	struct page *page = page_alloc(0);
	struct block_move move = { .bytes = TABLE_BYTES, .page = { page } };
	char name[TENON_BLKDEV_NAME_BYTES + 4];

	if (page) {
		block_transfer(bd, TENON_BLKDEV_READ, &move, 1);
		if (!move.err)
			read_mbr(bd, page_address(page));
		page_put(page);
	}
	for (unsigned i = 0; i < BLOCK_MINORS - 1; i++) {
		if (!bd->part[i].sector_cnt)
			continue;
		name_of(bd, i, name);
		if (dev_add(name, NODE_BLOCK | 0660, block_number(bd) + i + 1) || add(bd, i, name))
			log_warn("%s: it cannot be shown in /dev or /sys", name);
	}
	atomic_store(&bd->scanning, false);
	atomic_fetch_sub(&scans, 1);
	wait_wake_all(&scanned);
	device_put(&bd->device);
}

void partitions_find(struct block_device *bd)
{
	struct thread *t;

	if (bd->config.sector_cnt < TABLE_BYTES / TENON_BLKDEV_SECTOR_BYTES)
		return;
	if (thread_make("partitions", scan, bd, &t)) {
		log_warn("%s: no memory to look for partitions", bd->device.name);
		return;
	}
	device_get(&bd->device);
	atomic_store(&bd->scanning, true);
	atomic_fetch_add(&scans, 1);
	thread_start(t);
}

void partitions_remove(struct block_device *bd)
{
	char name[TENON_BLKDEV_NAME_BYTES + 4];

	wait_event(&scanned, !atomic_load(&bd->scanning), DEADLINE_NONE, WAIT_DEADLINE);
	for (unsigned i = 0; i < BLOCK_MINORS - 1; i++) {
		if (!bd->part[i].sector_cnt)
			continue;
		name_of(bd, i, name);
		dev_remove(name);
		if (bd->part[i].device)
			device_remove(bd->part[i].device);
	}
}

void partitions_settle(void)
{
	wait_event(&scanned, !atomic_load(&scans), DEADLINE_NONE, WAIT_KILL);
}
