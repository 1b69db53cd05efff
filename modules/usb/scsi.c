// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The few commands that a disk needs (SPC-3 and SBC-2). Numbers are big-endian, and nothing of an answer is believed. */
#include "storage.h"

enum {
	TEST_UNIT_READY = 0x00,
	REQUEST_SENSE = 0x03,
	INQUIRY = 0x12,
	MODE_SENSE = 0x1a,
	READ_CAPACITY = 0x25,
	READ = 0x28,
	WRITE = 0x2a,
	SYNCHRONIZE_CACHE = 0x35,
	READ_WIDE = 0x88,
	WRITE_WIDE = 0x8a,
	SERVICE_IN = 0x9e,
	SERVICE_READ_CAPACITY = 0x10,
	INQUIRY_BYTES = 36,
	TYPE_MASK = 0x1f,
	TYPE_DISK = 0,
	SENSE_BYTES = 18,
	SENSE_KEY = 2,
	SENSE_CODE = 12,
	KEY_NOT_READY = 2,
	KEY_ILLEGAL = 5,
	KEY_ATTENTION = 6,
	CODE_NO_MEDIUM = 0x3a,
	MODE_BYTES = 4,
	MODE_ALL_PAGES = 0x3f,
	MODE_READ_ONLY = 0x80,
};

#define READY_NS 10000000000u /* until a disk that has just got power is ready */
#define READY_LOOK_NS 100000000u

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* A command that asks for at most @bytes. Return: as bulk_command(), but -TENON_EPROTO if not all of it came. */
static int ask(struct storage_disk *d, const uint8_t *command, uint8_t len, uint8_t *answer, uint32_t bytes)
{
	struct storage_command c = { .len = len, .in = true, .segment_cnt = 1, .data_bytes = bytes };
	struct usb_segment segment = { .bytes = bytes };
	const uint8_t *shared = bulk_data(d, &segment.bus);
	int err;

	memcpy(c.bytes, command, len);
	c.segment = &segment;
	err = bulk_command(d, &c);
	if (err)
		return err;
	memcpy(answer, shared, bytes);
	return c.done_bytes == bytes ? 0 : -TENON_EPROTO;
}

static int order(struct storage_disk *d, const uint8_t *command, uint8_t len)
{
	struct storage_command c = { .len = len };

	memcpy(c.bytes, command, len);
	return bulk_command(d, &c);
}

/* Why the last command has failed. */
static int sense(struct storage_disk *d, uint8_t *key, uint8_t *code)
{
	const uint8_t command[6] = { REQUEST_SENSE, 0, 0, 0, SENSE_BYTES };
	uint8_t answer[SENSE_BYTES];
	int err = ask(d, command, sizeof(command), answer, sizeof(answer));

	*key = err ? 0 : answer[SENSE_KEY] & 15;
	*code = err ? 0 : answer[SENSE_CODE];
	return err > 0 ? -TENON_EIO : err;
}

/* ---- what it is like --------------------------------------------------------------------------------------------- */

static int look_kind(struct storage_disk *d)
{
	const uint8_t command[6] = { INQUIRY, 0, 0, 0, INQUIRY_BYTES };
	uint8_t answer[INQUIRY_BYTES];
	int err = ask(d, command, sizeof(command), answer, sizeof(answer));

	if (err)
		return err > 0 ? -TENON_EIO : err;
	if ((answer[0] & TYPE_MASK) == TYPE_DISK)
		return 0;
	pr_notice("usb %s: not a disk: type %u\n", usb_name(d->interface->device), answer[0] & TYPE_MASK);
	return -TENON_ENODEV;
}

/* Disks have something to say first, as that they got power. */
static int wait_ready(struct storage_disk *d)
{
	static const uint8_t command[6] = { TEST_UNIT_READY };
	uint64_t until = tenon_clock_ns() + READY_NS;
	uint8_t key, code;
	int err;

	while ((err = order(d, command, sizeof(command))) > 0) {
		err = sense(d, &key, &code);
		if (err)
			return err;
		if (key == KEY_NOT_READY && code == CODE_NO_MEDIUM) {
			pr_notice("usb %s: no medium\n", usb_name(d->interface->device));
			return -TENON_ENODEV;
		}
		if (tenon_clock_ns() > until)
			return -TENON_EIO;
		if (key != KEY_ATTENTION)
			tenon_sleep_until(tenon_clock_ns() + READY_LOOK_NS);
	}
	return err;
}

/* Return: 0, with the number of the last block and a block's bytes; else as ask(). */
static int read_capacity(struct storage_disk *d, uint64_t *last, uint32_t *block_bytes)
{
	static const uint8_t command[10] = { READ_CAPACITY };
	const uint8_t wide[16] = { SERVICE_IN, SERVICE_READ_CAPACITY, [13] = 32 };
	uint8_t answer[32];
	int err = ask(d, command, sizeof(command), answer, 8);

	if (err)
		return err;
	*last = get32(answer);
	*block_bytes = get32(answer + 4);
	if (*last != UINT32_MAX)
		return 0;
	err = ask(d, wide, sizeof(wide), answer, sizeof(answer));
	*last = (uint64_t)get32(answer) << 32 | get32(answer + 4);
	*block_bytes = get32(answer + 8);
	return err;
}

static int look_size(struct storage_disk *d)
{
	uint64_t last;
	uint32_t block_bytes;
	int err = read_capacity(d, &last, &block_bytes);

	if (err)
		return err > 0 ? -TENON_EIO : err;
	if (block_bytes < TENON_BLKDEV_SECTOR_BYTES || block_bytes > 4096 || block_bytes & (block_bytes - 1) ||
	    last >= INT64_MAX / 4096) {
		pr_err("usb %s: unsupported: blocks of %u bytes, the last is %llu\n", usb_name(d->interface->device),
		       (unsigned int)block_bytes, (unsigned long long)last);
		return -TENON_EPROTO;
	}
	d->config.block_bytes = block_bytes;
	d->config.sector_cnt = (last + 1) * (block_bytes / TENON_BLKDEV_SECTOR_BYTES);
	d->wide = last > UINT32_MAX;
	return 0;
}

/* Many do not know this command: then nothing forbids writing. */
static int look_protection(struct storage_disk *d)
{
	const uint8_t command[6] = { MODE_SENSE, 0, MODE_ALL_PAGES, 0, MODE_BYTES };
	uint8_t answer[MODE_BYTES] = { 0 };
	int err = ask(d, command, sizeof(command), answer, sizeof(answer));

	if (err < 0 && err != -TENON_EPROTO)
		return err;
	d->config.read_only = !err && answer[2] & MODE_READ_ONLY;
	return 0;
}

int scsi_look(struct storage_disk *d)
{
	int err = look_kind(d);

	d->config = (struct tenon_blkdev_config){
		.size = sizeof(d->config), .depth = STORAGE_DEPTH, .segment_max = TENON_BLKDEV_SEGMENTS, .can_flush = 1
	};
	if (!err)
		err = wait_ready(d);
	if (!err)
		err = look_size(d);
	return err ? err : look_protection(d);
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

static void describe(const struct storage_disk *d, const struct tenon_blkdev_request *r, struct storage_command *c)
{
	uint64_t block = r->sector / (d->config.block_bytes / TENON_BLKDEV_SECTOR_BYTES);
	uint32_t cnt = c->data_bytes / d->config.block_bytes;

	if (d->wide) {
		c->bytes[0] = c->in ? READ_WIDE : WRITE_WIDE;
		put32(c->bytes + 2, (uint32_t)(block >> 32));
		put32(c->bytes + 6, (uint32_t)block);
		put32(c->bytes + 10, cnt);
		c->len = 16;
	} else {
		c->bytes[0] = c->in ? READ : WRITE;
		put32(c->bytes + 2, (uint32_t)block);
		c->bytes[7] = (uint8_t)(cnt >> 8);
		c->bytes[8] = (uint8_t)cnt;
		c->len = 10;
	}
}

/* A disk that does not know the command has nothing to empty. */
static uint32_t flush(struct storage_disk *d)
{
	static const uint8_t command[10] = { SYNCHRONIZE_CACHE };
	uint8_t key, code;
	int err = order(d, command, sizeof(command));

	if (err > 0 && !sense(d, &key, &code) && key == KEY_ILLEGAL)
		err = 0;
	return err ? TENON_BLKDEV_UNKNOWN : TENON_BLKDEV_DONE;
}

uint32_t scsi_request(struct storage_disk *d, const struct tenon_blkdev_request *r)
{
	struct usb_segment segment[TENON_BLKDEV_SEGMENTS];
	struct storage_command c = { .in = r->op == TENON_BLKDEV_READ, .segment = segment };
	uint8_t key, code;
	int err;

	if (r->op == TENON_BLKDEV_FLUSH)
		return flush(d);
	for (; c.segment_cnt < r->segment_cnt; c.segment_cnt++) {
		segment[c.segment_cnt] = (struct usb_segment){ r->address[c.segment_cnt], r->bytes[c.segment_cnt] };
		c.data_bytes += r->bytes[c.segment_cnt];
	}
	describe(d, r, &c);
	err = bulk_command(d, &c);
	if (err > 0 && !sense(d, &key, &code))
		pr_warn("sd%c: request at sector %llu failed: sense %x, %02x\n", 'a' + (int)d->letter,
			(unsigned long long)r->sector, key, code);
	return !err && c.done_bytes == c.data_bytes ? TENON_BLKDEV_DONE : TENON_BLKDEV_UNKNOWN;
}
