// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Indexes of ext2's directories: names that were made to meet in the table are not worth one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/ext2/ext2.h"

#include "tests/tap.h"

enum { BLOCK = 1024, ENTRY = 16, BLOCKS = 8, SLOTS = 2048 /* that an index of so many blocks has */ };

struct tenon_this_module __this_module;

static uint8_t directory[BLOCKS * BLOCK];

/* ---- what is below the index ------------------------------------------------------------------------------------- */

void *tenon_alloc(struct tenon_this_module *self, size_t len)
{
	(void)self;
	return malloc(len);
}

void tenon_free(void *mem)
{
	free(mem);
}

int ext2_load_dir(struct ext2 *fs, struct ext2_node *dir, uint64_t index)
{
	(void)dir;
	fs->dir.bytes = directory + index * BLOCK;
	return 0;
}

struct ext2_entry *ext2_entry_at(struct ext2 *fs, uint32_t offset)
{
	return (struct ext2_entry *)(void *)(fs->dir.bytes + offset);
}

int ext2_check_entry(struct ext2 *fs, const struct ext2_node *dir, uint32_t offset)
{
	(void)fs, (void)dir, (void)offset;
	return 0;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* Where the index puts it first. */
static uint32_t slot_of(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return (hash ^ hash >> 16) % SLOTS;
}

/* All of the directory; those of @meeting have one slot. Return: is there an index, in which each is found? */
static bool indexed(bool meeting)
{
	struct ext2 fs = { .block_bytes = BLOCK, .block_log = 10 };
	struct ext2_node dir = { .number = 12, .raw.bytes = sizeof(directory) };
	struct ext2_index *x;
	bool all = true;
	uint32_t number = 0;

	for (size_t at = 0; at < sizeof(directory); at += ENTRY) {
		struct ext2_entry *e = (struct ext2_entry *)(void *)(directory + at);
		char name[ENTRY];

		do {
			snprintf(name, sizeof(name), "%07x", number++);
		} while (meeting && slot_of(name));
		*e = (struct ext2_entry){ .inode = 13, .bytes = ENTRY, .name_len = 7 };
		memcpy(e + 1, name, 7);
	}
	if (ext2_index_of(&fs, &dir, &x))
		abort();
	for (size_t at = 0; x && at < sizeof(directory); at += ENTRY) {
		uint32_t slot = EXT2_INDEX_FIRST, block;
		bool found = false;

		while (!found && ext2_index_next(x, (char *)directory + at + 8, 7, &slot, &block))
			found = block == at / BLOCK;
		all &= found;
	}
	all &= x != NULL;
	ext2_index_drop(&fs, 0);
	return all;
}

int main(void)
{
	ok(indexed(false), "names of a large directory are found by its index");
	ok(!indexed(true), "a directory whose names all meet in one place has none");
	return tap_done();
}
