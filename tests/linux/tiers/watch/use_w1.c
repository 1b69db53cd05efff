// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Drivers of chips on a 1-Wire bus, each with its chip alone on one: after a reset it is chosen by its number or as the only
 * one, then come a command, an address of two bytes, and its memory from there (data sheets of the DS2431, DS2433, DS2805,
 * DS2408 and DS2413, whose inputs come with their complement).
 */
#include <linux/completion.h>
#include <linux/gfp.h>
#include <linux/sysfs.h>
#include <linux/w1.h>

#include "watch.h"

#define MATCH_ROM 0x55
#define SKIP_ROM 0xcc

static const struct {
	const char *module;
	u8 family, command, address_len;
	const char *file;
	u16 at, cnt; /* of the memory, that the file has */
} rows[] = {
	{ "w1_ds2431", 0x2d, 0xf0, 2, "eeprom", 0, 128 }, { "w1_ds2433", 0x23, 0xf0, 2, "eeprom", 0, 512 },
	{ "w1_ds2805", 0x0d, 0xf0, 2, "eeprom", 0, 112 }, { "w1_ds2408", 0x29, 0xf0, 2, "state", 0x88, 1 },
	{ "w1_ds2413", 0x3a, 0xf5, 0, "state", 0, 1 },
};

static u8 memory[512];
static int row, received;
static u16 at;
static bool chosen, asked;
static int skip; /* bytes of a number that are still to come */
static struct completion searched;
static struct w1_slave *slave;

static u8 reset_bus(void *unused)
{
	chosen = asked = false;
	skip = received = at = 0;
	return 0; /* somebody is there */
}

static void write_byte(void *unused, u8 byte)
{
	if (skip) {
		skip--;
	} else if (!chosen) {
		chosen = byte == MATCH_ROM || byte == SKIP_ROM;
		skip = byte == MATCH_ROM ? 8 : 0;
	} else if (!asked) {
		asked = byte == rows[row].command;
	} else if (received < rows[row].address_len) {
		at |= byte << 8 * received++;
	}
}

static u8 read_byte(void *unused)
{
	return asked && received == rows[row].address_len ? memory[at++ % sizeof(memory)] : 0xff;
}

static void write_block(void *unused, const u8 *bytes, int cnt)
{
	while (cnt--)
		write_byte(NULL, *bytes++);
}

static u8 read_block(void *unused, u8 *bytes, int cnt)
{
	for (int i = 0; i < cnt; i++)
		bytes[i] = read_byte(NULL);
	return cnt;
}

static u8 touch_bit(void *unused, u8 bit)
{
	return 1;
}

/* CRC-8/MAXIM, of the first seven bytes. */
static u64 with_crc(u64 number)
{
	u8 crc = 0;

	for (int bit = 0; bit < 56; bit++)
		crc = crc >> 1 ^ ((crc ^ number >> bit) & 1 ? 0x8c : 0);
	return number | (u64)crc << 56;
}

static void search(void *unused, struct w1_master *master, u8 kind, w1_slave_found_callback found)
{
	struct w1_slave *s;

	found(master, with_crc(0xa1b2c3ull << 8 | rows[row].family));
	list_for_each_entry(s, &master->slist, w1_slave_entry)
		slave = s;
	complete(&searched);
}

static struct w1_bus_master bus = { .touch_bit = touch_bit,
				    .read_byte = read_byte,
				    .write_byte = write_byte,
				    .read_block = read_block,
				    .write_block = write_block,
				    .reset_bus = reset_bus,
				    .search = search };

static bool has_memory(u8 *page)
{
	struct kernfs_node *file = sysfs_get_dirent(slave->dev.kobj.sd, rows[row].file);
	struct bin_attribute *attr = file ? file->priv : NULL;
	ssize_t len = attr && attr->read ? attr->read(NULL, &slave->dev.kobj, attr, page, 0, rows[row].cnt) : -ENOENT;

	sysfs_put(file);
	if (len != rows[row].cnt)
		report("differs %s: %zd bytes\n", rows[row].module, len);
	return len == rows[row].cnt && !memcmp(page, memory + rows[row].at, len);
}

static void use_row(struct module *mod)
{
	u8 *page = (u8 *)get_zeroed_page(GFP_KERNEL);

	init_completion(&searched);
	slave = NULL;
	for (int i = 0; i < sizeof(memory); i++)
		memory[i] = 7 * i + (i >> 8) + 3;
	if (!rows[row].address_len)
		memory[0] = 0x5 | (u8)(~0x5u << 4);
	if (page && !w1_add_master_device(&bus)) {
		wait_for_completion(&searched);
		if (slave && has_memory(page))
			report("compared %s %u bytes of its chip's memory\n", mod->name, rows[row].cnt);
		w1_remove_master_device(&bus);
	}
	free_page((unsigned long)page);
}

static void use(struct module *mod)
{
	for (row = 0; row < ARRAY_SIZE(rows); row++)
		if (!strcmp(rows[row].module, mod->name)) {
			use_row(mod);
			return;
		}
}

WATCH_HELPER(use)
