/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Indexes of large directories, in memory only: in which block a name is, if it is there, by a hash of the name; and how
 * much room a block has at most. So neither finding a name nor finding that there is none reads all of the directory.
 *
 * What is said of names that have gone stays until the index is made anew: it costs a look into a block. An index that
 * there is no memory for, or that is full, is none: then all blocks are searched. So is one in which names meet that were
 * made to: making it would take time by the square of how many there are.
 */
#include "ext2.h"

enum { NAMES_MAX = 32768, SPARE_BLOCKS = 16, PROBES_MAX = 256 };

static void drop(struct ext2_index *x)
{
	tenon_free(x->slot);
	tenon_free(x->room);
	*x = (struct ext2_index){ 0 };
}

void ext2_index_drop(struct ext2 *fs, uint32_t dir)
{
	for (int i = 0; i < EXT2_INDEXES; i++)
		if (!dir || fs->index[i].dir == dir)
			drop(&fs->index[i]);
}

static uint32_t hash_of(const char *name, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)name[i]) * 16777619u;
	return hash ^ hash >> 16;
}

bool ext2_index_next(const struct ext2_index *x, const char *name, size_t len, uint32_t *at, uint32_t *block)
{
	uint32_t hash = hash_of(name, len);

	if (*at == EXT2_INDEX_FIRST)
		*at = hash & (x->slot_cnt - 1);
	while (x->slot[*at].block_after) {
		const struct ext2_index_slot *s = &x->slot[*at];

		*at = (*at + 1) & (x->slot_cnt - 1);
		if (s->hash == hash) {
			*block = s->block_after - 1;
			return true;
		}
	}
	return false;
}

/* Return: false: it is full, or too many names meet. */
static bool add(struct ext2_index *x, const char *name, size_t len, uint32_t block)
{
	uint32_t hash = hash_of(name, len), at = hash & (x->slot_cnt - 1), probes = 0;

	while (x->slot[at].block_after) {
		if (x->slot[at].hash == hash && x->slot[at].block_after == block + 1)
			return true;
		if (++probes > PROBES_MAX)
			return false;
		at = (at + 1) & (x->slot_cnt - 1);
	}
	if (++x->used_cnt > x->slot_cnt / 4 * 3)
		return false;
	x->slot[at] = (struct ext2_index_slot){ hash, block + 1 };
	return true;
}

void ext2_index_add(struct ext2_index *x, const char *name, size_t len, uint32_t block)
{
	if (x && (block >= x->room_cnt || !add(x, name, len, block)))
		drop(x);
}

/* All names of the directory; fs->dir is used. */
static int fill(struct ext2 *fs, struct ext2_node *dir, struct ext2_index *x, uint32_t blocks)
{
	for (uint32_t block = 0; block < blocks; block++) {
		int err = ext2_load_dir(fs, dir, block);

		x->room[block] = (uint16_t)fs->block_bytes;
		for (uint32_t offset = 0; !err && offset < fs->block_bytes;) {
			const struct ext2_entry *e = ext2_entry_at(fs, offset);

			err = ext2_check_entry(fs, dir, offset);
			if (!err && e->inode && !add(x, (const char *)(e + 1), e->name_len, block))
				err = -TENON_ENOSPC;
			offset += e->bytes;
		}
		if (err)
			return err;
	}
	return 0;
}

/* The one that was not used for longest gives way. */
static struct ext2_index *choose(struct ext2 *fs)
{
	struct ext2_index *x = &fs->index[0];

	for (int i = 1; i < EXT2_INDEXES; i++)
		if (fs->index[i].used < x->used)
			x = &fs->index[i];
	drop(x);
	return x;
}

static bool make(struct ext2 *fs, struct ext2_index *x, uint32_t blocks)
{
	uint64_t names =
	    (uint64_t)blocks * fs->block_bytes / 12; /* the shortest entries, so that it is not full at once */

	for (x->slot_cnt = 64; x->slot_cnt < NAMES_MAX * 2 && x->slot_cnt < names * 2;)
		x->slot_cnt *= 2;
	x->room_cnt = blocks * 2 + SPARE_BLOCKS;
	x->slot = tenon_alloc(THIS_MODULE, x->slot_cnt * sizeof(*x->slot));
	x->room = tenon_alloc(THIS_MODULE, x->room_cnt * sizeof(*x->room));
	if (!x->slot || !x->room)
		return false;
	memset(x->slot, 0, x->slot_cnt * sizeof(*x->slot));
	for (uint32_t i = 0; i < x->room_cnt; i++)
		x->room[i] = (uint16_t)fs->block_bytes;
	return true;
}

int ext2_index_of(struct ext2 *fs, struct ext2_node *dir, struct ext2_index **index)
{
	uint64_t blocks = dir->raw.bytes >> fs->block_log;
	struct ext2_index *x;
	int err;

	*index = NULL;
	for (int i = 0; i < EXT2_INDEXES; i++)
		if (fs->index[i].dir == dir->number) {
			*index = &fs->index[i];
			(*index)->used = ++fs->index_use;
			return 0;
		}
	if (blocks < 2 || blocks * fs->block_bytes > NAMES_MAX * 24ull)
		return 0;
	x = choose(fs);
	err = make(fs, x, (uint32_t)blocks) ? fill(fs, dir, x, (uint32_t)blocks) : -TENON_ENOSPC;
	if (err) {
		drop(x);
		return err == -TENON_ENOSPC ? 0 : err;
	}
	x->dir = dir->number;
	x->used = ++fs->index_use;
	*index = x;
	return 0;
}
