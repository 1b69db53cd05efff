/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Making, linking, taking away and renaming. */
#include "ext2.h"

enum { LINKS_MAX = 32000 };

/* ---- making ------------------------------------------------------------------------------------------------------ */

static int set_link(struct ext2 *fs, struct ext2_node *n, const char *target, size_t len)
{
	uint32_t block;
	bool made;
	int err;

	if (len >= fs->block_bytes)
		return -TENON_ENAMETOOLONG;
	n->raw.bytes = (uint32_t)len;
	if (len < EXT2_FAST_LINK) {
		memcpy(n->raw.slot, target, len);
		return 0;
	}
	err = ext2_map(fs, n, 0, true, &block, &made);
	if (!err)
		err = ext2_clear(fs, block);
	if (err)
		return err;
	memcpy(fs->dir.bytes, target, len);
	return ext2_store(fs, &fs->dir, 0, len);
}

/* What it has besides its inode. */
static int fill(struct ext2 *fs, struct ext2_node *n, uint32_t parent, const struct tenon_filesystem_node *node,
		const char *target, size_t target_len)
{
	if (ext2_is(n, EXT2_DIR))
		return ext2_make_dots(fs, n, parent);
	if (ext2_is(n, EXT2_LINK))
		return set_link(fs, n, target, target_len);
	if (ext2_is(n, EXT2_CHAR) || ext2_is(n, EXT2_BLOCK))
		ext2_set_device(n, node->device);
	return 0;
}

static void begin_inode(struct ext2_node *n, const struct tenon_filesystem_node *node)
{
	uint32_t now = ext2_now();

	n->raw = (struct ext2_inode){ .mode = (uint16_t)node->mode,
				      .uid = (uint16_t)node->uid,
				      .uid_high = (uint16_t)(node->uid >> 16),
				      .gid = (uint16_t)node->gid,
				      .gid_high = (uint16_t)(node->gid >> 16),
				      .link_cnt = (node->mode & EXT2_TYPE) == EXT2_DIR ? 2 : 1,
				      .accessed = now,
				      .modified = now,
				      .changed = now };
}

/* It never had a name: it goes again. */
static void undo_inode(struct ext2 *fs, struct ext2_node *n)
{
	n->raw.link_cnt = 0;
	n->raw.deleted = ext2_now();
	if (!ext2_is_fast_link(fs, n) && !ext2_is(n, EXT2_CHAR) && !ext2_is(n, EXT2_BLOCK))
		ext2_trim(fs, n, 0);
	ext2_put(fs, n);
	ext2_inode_free(fs, n->number, ext2_is(n, EXT2_DIR));
}

/* Is the name on the volume? */
static int check_added(struct ext2 *fs, struct ext2_node *dir, const char *name, size_t len, uint32_t number)
{
	struct ext2_place at;
	int err;

	fs->dir.block = 0;
	err = ext2_find(fs, dir, name, len, &at);
	if (err == -TENON_ENOENT || (!err && at.inode != number))
		err = volume_broken(&fs->volume, "a name that was made is not there, in directory", dir->number);
	return err;
}

int ext2_create(struct ext2 *fs, uint64_t dir_number, const char *text, size_t len, struct tenon_filesystem_node *node)
{
	const char *end = memchr(text, '\0', len);
	size_t name_len = end ? (size_t)(end - text) : len;
	bool is_dir = (node->mode & EXT2_TYPE) == EXT2_DIR;
	struct ext2_node dir, n;
	int err = ext2_get_dir(fs, dir_number, &dir);

	if (err || !name_len || name_len > EXT2_NAME_MAX)
		return err ? err : -TENON_EINVAL;
	if (is_dir && dir.raw.link_cnt >= LINKS_MAX)
		return -TENON_EMLINK;
	err = ext2_inode_alloc(fs, dir.number, is_dir, &n.number);
	if (err)
		return err;
	begin_inode(&n, node);
	err = ext2_clear_rest(fs, n.number);
	if (!err)
		err = fill(fs, &n, dir.number, node, end ? end + 1 : "", end ? len - name_len - 1 : 0);
	if (!err)
		err = ext2_put(fs, &n);
	if (!err) {
		dir.raw.link_cnt = (uint16_t)(dir.raw.link_cnt + is_dir);
		err = ext2_add_name(fs, &dir, text, name_len, &n);
	}
	if (!err)
		err = check_added(fs, &dir, text, name_len, n.number);
	if (err)
		undo_inode(fs, &n);
	else
		ext2_describe(fs, &n, node);
	return err;
}

int ext2_link(struct ext2 *fs, uint64_t dir_number, const char *name, size_t len, uint64_t number)
{
	struct ext2_node dir, n;
	int err = ext2_get_dir(fs, dir_number, &dir);

	if (!err)
		err = ext2_get(fs, number, &n);
	if (!err && (n.raw.link_cnt >= LINKS_MAX || ext2_is(&n, EXT2_DIR)))
		err = -TENON_EMLINK;
	if (!err)
		err = ext2_add_name(fs, &dir, name, len, &n);
	if (err)
		return err;
	n.raw.link_cnt++;
	n.raw.changed = ext2_now();
	return ext2_put(fs, &n);
}

/* ---- taking away ------------------------------------------------------------------------------------------------- */

/* A name of it has gone. What has none is given back when nobody uses it any more. */
static int lose_name(struct ext2 *fs, struct ext2_node *n)
{
	if (ext2_is(n, EXT2_DIR))
		n->raw.link_cnt = 0;
	else
		ext2_count_down(&n->raw.link_cnt);
	n->raw.changed = ext2_now();
	return ext2_put(fs, n);
}

/* The name leads to @number, which can be read. */
static int find_node(struct ext2 *fs, struct ext2_node *dir, const char *name, size_t len, uint64_t number,
		     struct ext2_place *at, struct ext2_node *n)
{
	int err = ext2_find(fs, dir, name, len, at);

	if (!err && at->inode != number)
		err = -TENON_ENOENT;
	return err ? err : ext2_get(fs, number, n);
}

int ext2_unlink(struct ext2 *fs, uint64_t dir_number, const char *name, size_t len, uint64_t number)
{
	struct ext2_node dir, n;
	struct ext2_place at;
	int err = ext2_get_dir(fs, dir_number, &dir);

	if (!err)
		err = find_node(fs, &dir, name, len, number, &at, &n);
	if (!err && ext2_is(&n, EXT2_DIR)) {
		err = ext2_check_empty(fs, &n);
		ext2_count_down(&dir.raw.link_cnt);
	}
	if (!err)
		err = ext2_remove_name(fs, &dir, &at);
	return err ? err : lose_name(fs, &n);
}

void ext2_forget(struct ext2 *fs, uint64_t number)
{
	struct ext2_node n;

	if (ext2_get(fs, number, &n) || n.raw.link_cnt || !n.raw.mode || number == EXT2_ROOT)
		return;
	undo_inode(fs, &n);
}

/* ---- renaming ---------------------------------------------------------------------------------------------------- */

/* A directory that moves names its new parent. */
static int move_dots(struct ext2 *fs, struct ext2_node *n, struct ext2_node *to)
{
	struct ext2_place at;
	int err = ext2_find(fs, n, "..", 2, &at);

	return err ? err : ext2_set_name(fs, n, &at, to);
}

/* The new name leads to @n. */
static int put_name(struct ext2 *fs, struct ext2_node *to, const char *name, size_t len, const struct ext2_node *n,
		    uint64_t replaced)
{
	struct ext2_place at;
	struct ext2_node old;
	int err;

	if (!replaced)
		return ext2_add_name(fs, to, name, len, n);
	err = find_node(fs, to, name, len, replaced, &at, &old);
	if (!err && ext2_is(&old, EXT2_DIR)) {
		err = ext2_check_empty(fs, &old);
		ext2_count_down(&to->raw.link_cnt);
	}
	if (!err)
		err = ext2_set_name(fs, to, &at, n);
	return err ? err : lose_name(fs, &old);
}

int ext2_rename(struct ext2 *fs, const struct tenon_filesystem_rename *what, const char *names, size_t len)
{
	bool same = what->from_dir == what->to_dir, moves;
	struct ext2_node from, other, *to = same ? &from : &other, n;
	const char *new_name = names + what->from_len;
	struct ext2_place at;
	int err = what->from_len < len ? ext2_get_dir(fs, what->from_dir, &from) : -TENON_EINVAL;

	if (!err && !same)
		err = ext2_get_dir(fs, what->to_dir, to);
	if (!err)
		err = find_node(fs, &from, names, what->from_len, what->number, &at, &n);
	if (err)
		return err;
	moves = !same && ext2_is(&n, EXT2_DIR);
	if (moves && to->raw.link_cnt >= LINKS_MAX)
		return -TENON_EMLINK;
	to->raw.link_cnt = (uint16_t)(to->raw.link_cnt + moves);
	err = put_name(fs, to, new_name, len - what->from_len, &n, what->replaced);
	if (!err) /* the new one may have come before it */
		err = ext2_find(fs, &from, names, what->from_len, &at);
	if (!err) {
		if (moves)
			ext2_count_down(&from.raw.link_cnt);
		err = ext2_remove_name(fs, &from, &at);
	}
	if (!err && moves)
		err = move_dots(fs, &n, to);
	if (err)
		return err;
	n.raw.changed = ext2_now();
	return ext2_put(fs, &n);
}
