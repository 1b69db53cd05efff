/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Directories: blocks of entries, each of which reaches to the next one. Blocks of a hash tree look like empty ones. */
#include "ext2.h"

enum { HEAD = sizeof(struct ext2_entry) };

struct ext2_entry *ext2_entry_at(struct ext2 *fs, uint32_t offset)
{
	return (struct ext2_entry *)(void *)(fs->dir.bytes + offset);
}

static char *name_of(struct ext2_entry *e)
{
	return (char *)(e + 1);
}

/* Bytes that an entry takes at least. */
static uint32_t used_by(size_t name_len)
{
	return (uint32_t)(HEAD + name_len + 3) & ~3u;
}

static uint64_t blocks_of(const struct ext2 *fs, const struct ext2_node *dir)
{
	return dir->raw.bytes >> fs->block_log;
}

int ext2_load_dir(struct ext2 *fs, struct ext2_node *dir, uint64_t index)
{
	uint32_t block;
	bool made;
	int err;

	if (blocks_of(fs, dir) > fs->super.block_cnt)
		return volume_broken(&fs->volume, "a directory is larger than the file system", dir->number);
	err = ext2_map(fs, dir, index, false, &block, &made);
	if (!err && !block)
		err = volume_broken(&fs->volume, "a directory has a hole", dir->number);
	return err ? err : ext2_load(fs, &fs->dir, block);
}

int ext2_check_entry(struct ext2 *fs, const struct ext2_node *dir, uint32_t offset)
{
	const struct ext2_entry *e = ext2_entry_at(fs, offset);

	if (offset + HEAD > fs->block_bytes || e->bytes < HEAD || e->bytes % 4 || e->bytes > fs->block_bytes - offset ||
	    HEAD + e->name_len > e->bytes || e->inode > fs->super.inode_cnt)
		return volume_broken(&fs->volume, "a directory is damaged", dir->number);
	return 0;
}

/* Is the name in this block? */
static int find_in(struct ext2 *fs, struct ext2_node *dir, const char *name, size_t len, struct ext2_place *at)
{
	int err = ext2_load_dir(fs, dir, at->index);

	at->before = 0;
	for (at->offset = 0; !err && at->offset < fs->block_bytes;) {
		const struct ext2_entry *e = ext2_entry_at(fs, at->offset);

		err = ext2_check_entry(fs, dir, at->offset);
		if (!err && e->inode && e->name_len == len && !memcmp(e + 1, name, len)) {
			at->inode = e->inode;
			return 0;
		}
		at->before = at->offset;
		at->offset += e->bytes;
	}
	return err ? err : -TENON_ENOENT;
}

static int find(struct ext2 *fs, struct ext2_node *dir, const char *name, size_t len, struct ext2_place *at)
{
	uint32_t slot = EXT2_INDEX_FIRST, block;
	struct ext2_index *x;
	int err = ext2_index_of(fs, dir, &x);

	if (err)
		return err;
	err = -TENON_ENOENT;
	if (!x) {
		for (at->index = 0; at->index < blocks_of(fs, dir) && err == -TENON_ENOENT; at->index += err != 0)
			err = find_in(fs, dir, name, len, at);
		return err;
	}
	while (err == -TENON_ENOENT && ext2_index_next(x, name, len, &slot, &block)) {
		at->index = block;
		err = find_in(fs, dir, name, len, at);
	}
	return err;
}

int ext2_find(struct ext2 *fs, struct ext2_node *dir, const char *name, size_t len, struct ext2_place *at)
{
	int err = find(fs, dir, name, len, at);
	const struct ext2_entry *e = ext2_entry_at(fs, at->offset);

	if (!err &&
	    (e->inode != at->inode || e->name_len != len || memcmp(e + 1, name, len))) /* it may be taken away next */
		err =
		    volume_broken(&fs->volume, "another name was found than was looked for, in directory", dir->number);
	return err;
}

/* ---- changing ---------------------------------------------------------------------------------------------------- */

/* A hash tree would have to be kept; without the flag nobody uses it. */
static int changed(struct ext2 *fs, struct ext2_node *dir)
{
	dir->raw.flags &= ~(uint32_t)EXT2_INDEX;
	dir->raw.modified = dir->raw.changed = ext2_now();
	return ext2_put(fs, dir);
}

static void set_target(const struct ext2 *fs, struct ext2_entry *e, const struct ext2_node *n)
{
	static const uint8_t types[16] = { [EXT2_FILE >> 12] = 1,  [EXT2_DIR >> 12] = 2,  [EXT2_CHAR >> 12] = 3,
					   [EXT2_BLOCK >> 12] = 4, [EXT2_FIFO >> 12] = 5, [EXT2_SOCKET >> 12] = 6,
					   [EXT2_LINK >> 12] = 7 };

	e->inode = n->number;
	e->type = fs->super.incompat & EXT2_FILETYPE ? types[n->raw.mode >> 12] : 0;
}

static void set_entry(const struct ext2 *fs, struct ext2_entry *e, uint32_t bytes, const char *name, size_t len,
		      const struct ext2_node *n)
{
	e->bytes = (uint16_t)bytes;
	e->name_len = (uint8_t)len;
	set_target(fs, e, n);
	memcpy(name_of(e), name, len);
}

/* Where in the block there is room. Return: 0, -TENON_ENOSPC, -TENON_EUCLEAN. */
static int find_room(struct ext2 *fs, const struct ext2_node *dir, size_t len, uint32_t *offset)
{
	for (*offset = 0; *offset < fs->block_bytes;) {
		const struct ext2_entry *e = ext2_entry_at(fs, *offset);
		int err = ext2_check_entry(fs, dir, *offset);

		if (err)
			return err;
		if (e->bytes - (e->inode ? used_by(e->name_len) : 0) >= used_by(len))
			return 0;
		*offset += e->bytes;
	}
	return -TENON_ENOSPC;
}

/* One block more, which is one empty entry. */
static int grow(struct ext2 *fs, struct ext2_node *dir)
{
	uint64_t index = blocks_of(fs, dir);
	uint32_t block;
	bool made;
	int err;

	if (((index + 1) << fs->block_log) > UINT32_MAX)
		return -TENON_ENOSPC;
	err = ext2_map(fs, dir, index, true, &block, &made);
	if (!err)
		err = ext2_clear(fs, block);
	if (err)
		return err;
	ext2_entry_at(fs, 0)->bytes = (uint16_t)fs->block_bytes;
	dir->raw.bytes = (uint32_t)((index + 1) << fs->block_log);
	return ext2_store(fs, &fs->dir, 0, HEAD);
}

/* The first block with room for a name: in fs->dir, at *@offset; the directory grows if there is none. */
static int make_room(struct ext2 *fs, struct ext2_node *dir, struct ext2_index *x, size_t len, uint64_t *block,
		     uint32_t *offset)
{
	int err = -TENON_ENOSPC;

	for (*block = 0; *block < blocks_of(fs, dir); ++*block) {
		if (x && *block < x->room_cnt && x->room[*block] < used_by(len))
			continue;
		err = ext2_load_dir(fs, dir, *block);
		if (!err)
			err = find_room(fs, dir, len, offset);
		if (err != -TENON_ENOSPC)
			return err;
		if (x && *block < x->room_cnt)
			x->room[*block] = (uint16_t)(used_by(len) - 1);
	}
	*offset = 0;
	return grow(fs, dir);
}

int ext2_add_name(struct ext2 *fs, struct ext2_node *dir, const char *name, size_t len, const struct ext2_node *n)
{
	uint32_t offset = 0, first, bytes, used;
	struct ext2_index *x;
	struct ext2_entry *e;
	uint64_t block;
	int err = ext2_index_of(fs, dir, &x);

	if (!err)
		err = make_room(fs, dir, x, len, &block, &offset);
	if (err)
		return err;
	e = ext2_entry_at(fs, offset);
	first = offset;
	bytes = e->bytes;
	if (e->inode) { /* behind it */
		used = used_by(e->name_len);
		e->bytes = (uint16_t)used;
		offset += used;
		bytes -= used;
	}
	set_entry(fs, ext2_entry_at(fs, offset), bytes, name, len, n);
	ext2_index_add(x, name, len, (uint32_t)block);
	err = ext2_store(fs, &fs->dir, first, offset + used_by(len) - first);
	return err ? err : changed(fs, dir);
}

int ext2_remove_name(struct ext2 *fs, struct ext2_node *dir, const struct ext2_place *at)
{
	struct ext2_entry *e = ext2_entry_at(fs, at->offset);
	struct ext2_index *x;
	int err = ext2_index_of(fs, dir, &x);

	if (!err)
		err = ext2_load_dir(fs, dir, at->index);
	if (err)
		return err;
	if (x && at->index < x->room_cnt)
		x->room[at->index] = (uint16_t)fs->block_bytes;
	if (at->before != at->offset) {
		ext2_entry_at(fs, at->before)->bytes += e->bytes;
		err = ext2_store(fs, &fs->dir, at->before, HEAD);
	} else {
		e->inode = 0;
		err = ext2_store(fs, &fs->dir, at->offset, HEAD);
	}
	return err ? err : changed(fs, dir);
}

int ext2_set_name(struct ext2 *fs, struct ext2_node *dir, const struct ext2_place *at, const struct ext2_node *n)
{
	int err = ext2_load_dir(fs, dir, at->index);

	if (err)
		return err;
	set_target(fs, ext2_entry_at(fs, at->offset), n);
	err = ext2_store(fs, &fs->dir, at->offset, HEAD);
	return err ? err : changed(fs, dir);
}

int ext2_make_dots(struct ext2 *fs, struct ext2_node *dir, uint32_t parent)
{
	struct ext2_node up = { .number = parent, .raw.mode = EXT2_DIR };
	uint32_t used = used_by(1);
	int err = grow(fs, dir);

	if (err)
		return err;
	set_entry(fs, ext2_entry_at(fs, 0), used, ".", 1, dir);
	set_entry(fs, ext2_entry_at(fs, used), fs->block_bytes - used, "..", 2, &up);
	return ext2_store(fs, &fs->dir, 0, fs->block_bytes);
}

/* ---- listing ----------------------------------------------------------------------------------------------------- */

static bool is_dots(struct ext2_entry *e)
{
	return (e->name_len == 1 && name_of(e)[0] == '.') ||
	       (e->name_len == 2 && name_of(e)[0] == '.' && name_of(e)[1] == '.');
}

int ext2_check_empty(struct ext2 *fs, struct ext2_node *dir)
{
	for (uint64_t i = 0; i < blocks_of(fs, dir); i++) {
		int err = ext2_load_dir(fs, dir, i);

		for (uint32_t offset = 0; !err && offset < fs->block_bytes;) {
			struct ext2_entry *e = ext2_entry_at(fs, offset);

			err = ext2_check_entry(fs, dir, offset);
			if (!err && e->inode && !is_dots(e))
				err = -TENON_ENOTEMPTY;
			offset += e->bytes;
		}
		if (err)
			return err;
	}
	return 0;
}

static uint32_t mode_of(const struct ext2_entry *e)
{
	static const uint16_t modes[8] = { 0,          EXT2_FILE, EXT2_DIR,    EXT2_CHAR,
					   EXT2_BLOCK, EXT2_FIFO, EXT2_SOCKET, EXT2_LINK };

	return e->type < 8 ? modes[e->type] : 0;
}

/* Entries of the block in fs->dir, from @offset on. *full: there was no room for one. */
static int list_block(struct ext2 *fs, const struct ext2_node *dir, uint64_t position, uint8_t *to, size_t room,
		      size_t *done, bool *full)
{
	uint64_t start = position & ~(uint64_t)(fs->block_bytes - 1);

	for (uint32_t offset = 0; offset < fs->block_bytes;) {
		struct ext2_entry *e = ext2_entry_at(fs, offset);
		size_t bytes = sizeof(struct tenon_filesystem_entry) + ((e->name_len + 7u) & ~7u);
		struct tenon_filesystem_entry out = { .size = sizeof(out),
						      .mode = mode_of(e),
						      .number = e->inode,
						      .next = start + offset + e->bytes,
						      .name_len = e->name_len };
		int err = ext2_check_entry(fs, dir, offset);

		if (err)
			return err;
		if (start + offset >= position && e->inode && e->name_len && !is_dots(e)) {
			*full = bytes > room - *done;
			if (*full)
				return 0;
			memset(to + *done, 0, bytes);
			memcpy(to + *done, &out, sizeof(out));
			memcpy(to + *done + sizeof(out), name_of(e), e->name_len);
			*done += bytes;
		}
		offset += e->bytes;
	}
	return 0;
}

long ext2_list(struct ext2 *fs, struct ext2_node *dir, uint64_t position, uint8_t *entries, size_t room)
{
	size_t done = 0;
	bool full = false;
	int err = 0;

	while (!full && !err && position >> fs->block_log < blocks_of(fs, dir)) {
		err = ext2_load_dir(fs, dir, position >> fs->block_log);
		if (!err)
			err = list_block(fs, dir, position, entries, room, &done, &full);
		position = ((position >> fs->block_log) + 1) << fs->block_log;
	}
	return done ? (long)done : err;
}
