/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* From the blocks of a file to those of the volume: twelve by the inode, the others by one to three levels of blocks. */
#include "ext2.h"

/* The way to a block: which slot of the inode, then which pointer of each level. */
struct way {
	unsigned levels; /* 0: the slot is it */
	uint32_t at[4];
};

static int find_way(const struct ext2 *fs, uint64_t index, struct way *w)
{
	uint64_t span = 1;

	if (index < EXT2_DIRECT) {
		*w = (struct way){ .at = { (uint32_t)index } };
		return 0;
	}
	index -= EXT2_DIRECT;
	for (w->levels = 1; w->levels <= 3; w->levels++) {
		span *= fs->pointers;
		if (index < span)
			break;
		index -= span;
	}
	if (w->levels > 3)
		return -TENON_EFBIG;
	w->at[0] = EXT2_DIRECT - 1 + w->levels;
	for (unsigned i = 1; i <= w->levels; i++) {
		span /= fs->pointers;
		w->at[i] = (uint32_t)(index / span);
		index %= span;
	}
	return 0;
}

static uint32_t *pointers(struct ext2_buffer *b)
{
	return (uint32_t *)(void *)b->bytes;
}

/* A block for @n, which is counted; cleared if it is to name others. */
static int take(struct ext2 *fs, struct ext2_node *n, bool names, uint32_t *block)
{
	int err = ext2_block_alloc(fs, block);

	if (!err && names)
		err = ext2_clear(fs, *block);
	if (!err)
		n->raw.sectors += fs->block_bytes / EXT2_SECTOR;
	return err;
}

/* What is missing on the way. *@slot names it; @b: the block that the slot is in, NULL: the inode. */
static int fill_slot(struct ext2 *fs, struct ext2_node *n, struct ext2_buffer *b, uint32_t *slot, bool names)
{
	uint32_t block;
	int err = take(fs, n, names, &block);

	if (err)
		return err;
	*slot = block;
	return b ? ext2_store(fs, b, (size_t)((uint8_t *)slot - b->bytes), sizeof(*slot)) : 0;
}

int ext2_map(struct ext2 *fs, struct ext2_node *n, uint64_t index, bool allocate, uint32_t *block, bool *made)
{
	struct ext2_buffer *b = NULL;
	uint32_t *slot;
	struct way w;
	int err = find_way(fs, index, &w);

	*block = 0;
	*made = false;
	if (err)
		return allocate ? err : 0;
	slot = &n->raw.slot[w.at[0]];
	for (unsigned level = 0;; level++) {
		bool last = level == w.levels;

		if (!*slot && !allocate)
			return 0;
		if (!*slot) {
			err = fill_slot(fs, n, b, slot, !last);
			*made = last;
		} else if (!ext2_block_valid(fs, *slot)) {
			err = volume_broken(&fs->volume, "a file names a block that cannot be", *slot);
		}
		if (err || last)
			break;
		b = &fs->level[level];
		err = ext2_load(fs, b, *slot);
		if (err)
			break;
		slot = &pointers(b)[w.at[level + 1]];
	}
	if (err)
		return err;
	*block = *slot;
	fs->goal = *block + 1;
	return 0;
}

/* ---- giving back ------------------------------------------------------------------------------------------------- */

static int give(struct ext2 *fs, struct ext2_node *n, uint32_t *slot)
{
	uint32_t sectors = fs->block_bytes / EXT2_SECTOR;
	int err = ext2_block_free(fs, *slot);

	*slot = 0;
	n->raw.sectors -= n->raw.sectors < sectors ? n->raw.sectors : sectors;
	return err;
}

/* Of what @slot leads to over @levels, blocks from the @keep-th on. As deep as there are levels. */
static int trim(struct ext2 *fs, struct ext2_node *n, uint32_t *slot, unsigned levels, uint64_t keep)
{
	struct ext2_buffer *b = levels ? &fs->level[levels - 1] : NULL;
	bool changed = false, used = false;
	uint64_t span = 1;
	int err = 0;

	if (!*slot)
		return 0;
	if (!ext2_block_valid(fs, *slot))
		return volume_broken(&fs->volume, "a file names a block that cannot be", *slot);
	if (!levels)
		return keep ? 0 : give(fs, n, slot);
	for (unsigned i = 1; i < levels; i++)
		span *= fs->pointers;
	err = ext2_load(fs, b, *slot);
	for (uint32_t i = 0; i < fs->pointers && !err; i++) {
		uint64_t before = i * span;

		if (pointers(b)[i] && keep < before + span) {
			err = trim(fs, n, &pointers(b)[i], levels - 1, keep > before ? keep - before : 0);
			changed = true;
		}
		used |= pointers(b)[i] != 0;
	}
	if (used) /* some of it is kept, or could not be given back */
		return changed && !err ? ext2_store(fs, b, 0, fs->block_bytes) : err;
	b->block = 0;
	return err ? err : give(fs, n, slot);
}

int ext2_trim(struct ext2 *fs, struct ext2_node *n, uint64_t keep)
{
	uint64_t first = EXT2_DIRECT, span = 1;
	int err = 0;

	for (int i = 0; i < 3; i++)
		fs->level[i].block = 0; /* map has other levels in them */
	for (uint64_t i = keep; i < EXT2_DIRECT && !err; i++)
		err = trim(fs, n, &n->raw.slot[i], 0, 0);
	for (unsigned levels = 1; levels <= 3 && !err; levels++) {
		span *= fs->pointers;
		if (keep < first + span)
			err = trim(fs, n, &n->raw.slot[EXT2_DIRECT - 1 + levels], levels,
				   keep > first ? keep - first : 0);
		first += span;
	}
	for (int i = 0; i < 3; i++)
		fs->level[i].block = 0;
	return err;
}
