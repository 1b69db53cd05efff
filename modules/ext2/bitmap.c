/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Which blocks and inodes are free: a bitmap of each group. */
#include "ext2.h"

static bool is_set(const struct ext2_buffer *b, uint32_t bit)
{
	return b->bytes[bit / 8] >> bit % 8 & 1;
}

/* Change one, on the volume too, which has the same there. */
static int flip(struct ext2 *fs, uint32_t bit, bool was_set)
{
	uint8_t there;
	int err = volume_read(&fs->volume, ((uint64_t)fs->bitmap.block << fs->block_log) + bit / 8, &there, 1);

	if (err)
		return err;
	if (there != fs->bitmap.bytes[bit / 8] || is_set(&fs->bitmap, bit) != was_set)
		return volume_broken(&fs->volume, "a bitmap does not say what it was thought to, in block",
				     fs->bitmap.block);
	fs->bitmap.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	return ext2_store(fs, &fs->bitmap, bit / 8, 1);
}

/* The first free bit of [from, cnt) in the bitmap; cnt: none. */
static uint32_t first_free(const struct ext2_buffer *b, uint32_t from, uint32_t cnt)
{
	while (from < cnt && is_set(b, from))
		from += !(from % 8) && b->bytes[from / 8] == 0xff && from + 8 <= cnt ? 8 : 1;
	return from;
}

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

static uint32_t blocks_in(const struct ext2 *fs, uint32_t group)
{
	uint32_t before = fs->super.first_block + group * fs->super.group_blocks, left = fs->super.block_cnt - before;

	return left < fs->super.group_blocks ? left : fs->super.group_blocks;
}

bool ext2_block_ordinary(const struct ext2 *fs, uint32_t block)
{
	uint32_t desc_blocks =
	    (uint32_t)(((uint64_t)fs->group_cnt * sizeof(*fs->group) + fs->block_bytes - 1) >> fs->block_log);
	const struct ext2_group *g;

	if (!ext2_block_valid(fs, block) || block < fs->desc_block + desc_blocks)
		return false;
	g = &fs->group[(block - fs->super.first_block) / fs->super.group_blocks];
	return block != g->block_bitmap && block != g->inode_bitmap &&
	       (block < g->inode_table || block - g->inode_table >= ext2_table_blocks(fs));
}

static int take_block(struct ext2 *fs, uint32_t group, uint32_t from, uint32_t *block)
{
	uint32_t cnt = blocks_in(fs, group), bit;
	int err = ext2_load(fs, &fs->bitmap, fs->group[group].block_bitmap);

	if (err)
		return err;
	bit = first_free(&fs->bitmap, from, cnt);
	if (bit == cnt)
		return -TENON_ENOSPC;
	*block = fs->super.first_block + group * fs->super.group_blocks + bit;
	if (!ext2_block_ordinary(fs, *block))
		return volume_broken(&fs->volume, "a block that is not free is said to be", *block);
	err = flip(fs, bit, false);
	if (err)
		return err;
	ext2_count_down(&fs->group[group].free_blocks);
	fs->super.free_blocks -= fs->super.free_blocks != 0;
	return 0;
}

/* From the goal to the end of its group, then each group from its beginning. */
int ext2_block_alloc(struct ext2 *fs, uint32_t *block)
{
	uint32_t goal = ext2_block_valid(fs, fs->goal) ? fs->goal - fs->super.first_block : 0;
	uint32_t first = goal / fs->super.group_blocks;
	int err = -TENON_ENOSPC;

	for (uint32_t i = 0; i <= fs->group_cnt && err == -TENON_ENOSPC; i++) {
		uint32_t group = (uint32_t)(((uint64_t)first + i) % fs->group_cnt);

		if (fs->group[group].free_blocks)
			err = take_block(fs, group, i ? 0 : goal % fs->super.group_blocks, block);
	}
	if (!err)
		fs->goal = *block + 1;
	return err;
}

int ext2_block_free(struct ext2 *fs, uint32_t block)
{
	uint32_t at = block - fs->super.first_block, group = at / fs->super.group_blocks,
		 bit = at % fs->super.group_blocks;
	int err;

	if (!ext2_block_ordinary(fs, block))
		return volume_broken(&fs->volume, "a file has a block that is not a file's", block);
	err = ext2_load(fs, &fs->bitmap, fs->group[group].block_bitmap);
	if (err)
		return err;
	if (!is_set(&fs->bitmap, bit))
		return volume_broken(&fs->volume, "a block of a file is said to be free", block);
	err = flip(fs, bit, true);
	if (err)
		return err;
	fs->group[group].free_blocks++;
	fs->super.free_blocks++;
	for (int i = 0; i < 3; i++) /* it may be another's soon */
		if (fs->level[i].block == block)
			fs->level[i].block = 0;
	if (fs->dir.block == block)
		fs->dir.block = 0;
	return 0;
}

/* ---- inodes ------------------------------------------------------------------------------------------------------ */

/* Directories go where most is free, what is in them beside them. */
static uint32_t group_for(const struct ext2 *fs, uint32_t near, bool dir)
{
	uint32_t best = (near - 1) / fs->super.group_inodes;

	for (uint32_t i = 0; dir && i < fs->group_cnt; i++)
		if (fs->group[i].free_inodes && fs->group[i].free_blocks > fs->group[best].free_blocks)
			best = i;
	return best;
}

static int take_inode(struct ext2 *fs, uint32_t group, bool dir, uint32_t *number)
{
	uint32_t cnt = fs->super.group_inodes, reserved = group ? 0 : fs->first_inode - 1, bit;
	int err = ext2_load(fs, &fs->bitmap, fs->group[group].inode_bitmap);

	if (err)
		return err;
	bit = first_free(&fs->bitmap, reserved, cnt);
	if (bit >= cnt)
		return -TENON_ENOSPC;
	err = flip(fs, bit, false);
	if (err)
		return err;
	*number = group * cnt + bit + 1;
	ext2_count_down(&fs->group[group].free_inodes);
	fs->group[group].dirs = (uint16_t)(fs->group[group].dirs + dir);
	fs->super.free_inodes -= fs->super.free_inodes != 0;
	return 0;
}

int ext2_inode_alloc(struct ext2 *fs, uint32_t near, bool dir, uint32_t *number)
{
	uint32_t group = group_for(fs, near, dir);
	int err = -TENON_ENOSPC;

	for (uint32_t i = 0; i < fs->group_cnt && err == -TENON_ENOSPC; i++) {
		if (fs->group[group].free_inodes)
			err = take_inode(fs, group, dir, number);
		if (!err)
			fs->goal = fs->super.first_block + group * fs->super.group_blocks;
		group = (group + 1) % fs->group_cnt;
	}
	return err;
}

int ext2_inode_free(struct ext2 *fs, uint32_t number, bool dir)
{
	uint32_t group = (number - 1) / fs->super.group_inodes, bit = (number - 1) % fs->super.group_inodes;
	int err = ext2_load(fs, &fs->bitmap, fs->group[group].inode_bitmap);

	if (err)
		return err;
	if (!is_set(&fs->bitmap, bit))
		return volume_broken(&fs->volume, "an inode in use is said to be free", number);
	err = flip(fs, bit, true);
	if (err)
		return err;
	fs->group[group].free_inodes++;
	if (dir) {
		ext2_index_drop(fs, number);
		ext2_count_down(&fs->group[group].dirs);
	}
	fs->super.free_inodes++;
	return 0;
}
