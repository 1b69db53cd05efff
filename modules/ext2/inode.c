/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Inodes, and the blocks of the volume that everything else is made of. */
#include "ext2.h"

#define NS_PER_SECOND 1000000000ull

/* ---- the volume -------------------------------------------------------------------------------------------------- */

int ext2_load(struct ext2 *fs, struct ext2_buffer *b, uint32_t block)
{
	int err;

	if (b->block == block)
		return 0;
	b->block = 0;
	err = volume_read(&fs->volume, (uint64_t)block << fs->block_log, b->bytes, fs->block_bytes);
	if (!err)
		b->block = block;
	return err;
}

/* Is the block, which is on the volume, one that this buffer is for? */
static bool fits(const struct ext2 *fs, const struct ext2_buffer *b)
{
	const struct ext2_group *g = &fs->group[(b->block - fs->super.first_block) / fs->super.group_blocks];

	if (b == &fs->bitmap)
		return b->block == g->block_bitmap || b->block == g->inode_bitmap;
	for (int i = 0; i < EXT2_TABLES; i++)
		if (b == &fs->table[i])
			return b->block >= g->inode_table && b->block - g->inode_table < ext2_table_blocks(fs);
	return ext2_block_ordinary(fs, b->block);
}

int ext2_store(struct ext2 *fs, const struct ext2_buffer *b, size_t offset, size_t bytes)
{
	uint64_t at = ((uint64_t)b->block << fs->block_log) + offset;

	if (!ext2_block_valid(fs, b->block) || at >> fs->block_log != b->block || bytes > fs->block_bytes - offset ||
	    !fits(fs, b))
		return volume_broken(&fs->volume, "a block is not for what would be written there:", b->block);
	return volume_write(&fs->volume, at, b->bytes + offset, bytes);
}

int ext2_clear(struct ext2 *fs, uint32_t block)
{
	struct ext2_buffer *b = &fs->dir;

	b->block = block;
	memset(b->bytes, 0, fs->block_bytes);
	return ext2_store(fs, b, 0, fs->block_bytes);
}

bool ext2_block_valid(const struct ext2 *fs, uint32_t block)
{
	return block > fs->super.first_block && block < fs->super.block_cnt;
}

/* ---- inodes ------------------------------------------------------------------------------------------------------ */

static uint64_t offset_of(const struct ext2 *fs, uint32_t number)
{
	uint32_t group = (number - 1) / fs->super.group_inodes, index = (number - 1) % fs->super.group_inodes;

	return ((uint64_t)fs->group[group].inode_table << fs->block_log) + (uint64_t)index * fs->inode_bytes;
}

/* The block of inodes that has this one, and where. */
static int table_of(struct ext2 *fs, uint32_t number, struct ext2_buffer **table, uint32_t *offset)
{
	uint64_t at = offset_of(fs, number);
	uint32_t block = (uint32_t)(at >> fs->block_log);

	*table = &fs->table[block % EXT2_TABLES];
	*offset = (uint32_t)at & (fs->block_bytes - 1);
	return ext2_load(fs, *table, block);
}

static bool number_valid(const struct ext2 *fs, uint64_t number)
{
	return number && number <= fs->super.inode_cnt && (number >= fs->first_inode || number == EXT2_ROOT);
}

int ext2_get_again(struct ext2 *fs, uint64_t number, struct ext2_node *n)
{
	if (!number_valid(fs, number))
		return -TENON_EUCLEAN;
	n->number = (uint32_t)number;
	return volume_read(&fs->volume, offset_of(fs, n->number), &n->raw, sizeof(n->raw));
}

int ext2_get(struct ext2 *fs, uint64_t number, struct ext2_node *n)
{
	struct ext2_buffer *table;
	uint32_t offset;
	int err;

	if (!number_valid(fs, number))
		return -TENON_EUCLEAN;
	n->number = (uint32_t)number;
	err = table_of(fs, n->number, &table, &offset);
	if (!err)
		memcpy(&n->raw, table->bytes + offset, sizeof(n->raw));
	return err;
}

int ext2_get_dir(struct ext2 *fs, uint64_t number, struct ext2_node *n)
{
	int err = ext2_get(fs, number, n);

	return err ? err : !ext2_is(n, EXT2_DIR) ? -TENON_ENOTDIR : 0;
}

/* Can an inode become so? Its type stays as long as it has names, and what it has not had yet is a block for files. */
static bool may_become(const struct ext2 *fs, const struct ext2_inode *old, const struct ext2_node *n)
{
	if (old->link_cnt && (old->mode ^ n->raw.mode) & EXT2_TYPE)
		return false;
	if (!ext2_is(n, EXT2_FILE) && !ext2_is(n, EXT2_DIR))
		return true;
	for (int i = 0; i < EXT2_SLOTS; i++)
		if (n->raw.slot[i] && n->raw.slot[i] != old->slot[i] && !ext2_block_ordinary(fs, n->raw.slot[i]))
			return false;
	return true;
}

int ext2_clear_rest(struct ext2 *fs, uint32_t number)
{
	size_t rest = fs->inode_bytes - sizeof(struct ext2_inode);
	struct ext2_buffer *table;
	uint32_t offset;
	int err = table_of(fs, number, &table, &offset);

	if (err || !rest)
		return err;
	offset += (uint32_t)sizeof(struct ext2_inode);
	memset(table->bytes + offset, 0, rest);
	return ext2_store(fs, table, offset, rest);
}

int ext2_put(struct ext2 *fs, const struct ext2_node *n)
{
	struct ext2_buffer *table;
	uint32_t offset;
	int err = table_of(fs, n->number, &table, &offset);

	if (!err && !may_become(fs, (const struct ext2_inode *)(const void *)(table->bytes + offset), n))
		err = volume_broken(&fs->volume, "an inode would become what it cannot:", n->number);
	if (err)
		return err;
	memcpy(table->bytes + offset, &n->raw, sizeof(n->raw));
	return ext2_store(fs, table, offset, sizeof(n->raw));
}

uint64_t ext2_bytes(const struct ext2_node *n)
{
	return ext2_is(n, EXT2_FILE) ? n->raw.bytes | (uint64_t)n->raw.bytes_high << 32 : n->raw.bytes;
}

void ext2_set_bytes(struct ext2 *fs, struct ext2_node *n, uint64_t bytes)
{
	n->raw.bytes = (uint32_t)bytes;
	if (ext2_is(n, EXT2_FILE))
		n->raw.bytes_high = (uint32_t)(bytes >> 32);
	if (bytes > INT32_MAX)
		fs->super.ro_compat |= EXT2_LARGE_FILE;
}

bool ext2_is(const struct ext2_node *n, enum ext2_mode type)
{
	return (n->raw.mode & EXT2_TYPE) == type;
}

/* Its target is where others have block numbers. Extended attributes have a block, too. */
bool ext2_is_fast_link(const struct ext2 *fs, const struct ext2_node *n)
{
	uint32_t acl_sectors = n->raw.file_acl ? fs->block_bytes / EXT2_SECTOR : 0;

	return ext2_is(n, EXT2_LINK) && n->raw.sectors == acl_sectors && n->raw.bytes < EXT2_FAST_LINK;
}

void ext2_describe(const struct ext2 *fs, const struct ext2_node *n, struct tenon_filesystem_node *to)
{
	const struct ext2_inode *raw = &n->raw;

	(void)fs;
	*to = (struct tenon_filesystem_node){ .size = sizeof(*to),
					      .mode = raw->mode,
					      .uid = raw->uid | (uint32_t)raw->uid_high << 16,
					      .gid = raw->gid | (uint32_t)raw->gid_high << 16,
					      .link_cnt = raw->link_cnt,
					      .number = n->number,
					      .bytes = ext2_bytes(n),
					      .sector_cnt = raw->sectors,
					      .accessed_ns = raw->accessed * NS_PER_SECOND,
					      .modified_ns = raw->modified * NS_PER_SECOND,
					      .changed_ns = raw->changed * NS_PER_SECOND };
	if (ext2_is(n, EXT2_CHAR) || ext2_is(n, EXT2_BLOCK))
		to->device = raw->slot[0] ? raw->slot[0] : raw->slot[1];
}

/* The first slot has numbers as they were once: 8 bits each. */
void ext2_set_device(struct ext2_node *n, uint32_t device)
{
	n->raw.slot[device > 0xffff] = device;
}

uint32_t ext2_now(void)
{
	return (uint32_t)(tenon_realtime_ns() / NS_PER_SECOND);
}
