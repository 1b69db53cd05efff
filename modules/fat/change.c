/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Making, taking away and renaming. */
#include "fat.h"

/* What is in @dir has changed. */
static int touch_dir(struct fat *fs, struct fat_node *dir)
{
	fat_touch(&dir->raw, false);
	return fat_put(fs, dir);
}

/* ---- making ------------------------------------------------------------------------------------------------------ */

static void set_start(const struct fat *fs, struct fat_raw *raw, uint32_t start)
{
	raw->start = (uint16_t)start;
	raw->start_high = (uint16_t)(fs->bits == 32 ? start >> 16 : raw->start_high);
}

/* What ".." of something in it says; the root is 0 there, wherever it is. */
static uint32_t start_of_parent(const struct fat *fs, const struct fat_node *dir)
{
	return dir == &fs->root ? 0 : dir->start;
}

/* Its first cluster, with "." and "..". */
static int make_dots(struct fat *fs, const struct fat_node *parent, struct fat_raw *raw)
{
	struct fat_node n = { .raw = *raw, .chain_cnt = FAT_UNKNOWN };
	struct fat_raw dots[2] = { *raw, *raw };
	int err = fat_grow(fs, &n, 1);

	if (err)
		return err;
	for (int i = 0; i < 2; i++) {
		memset(dots[i].name, ' ', FAT_SHORT);
		memset(dots[i].name, '.', (size_t)i + 1);
	}
	set_start(fs, &dots[0], n.start);
	set_start(fs, &dots[1], start_of_parent(fs, parent));
	set_start(fs, raw, n.start);
	for (unsigned i = 0; i < 2 && !err; i++)
		err = fat_slot_write(fs, fat_cluster_at(fs, n.start) + i * FAT_SLOT, &dots[i], NULL);
	if (err)
		fat_give(fs, n.start);
	return err;
}

/* Is the name found where it was made? */
static int check_added(struct fat *fs, struct fat_node *dir, const char *name, size_t len, uint64_t at)
{
	struct fat_place p;
	int err = fat_find(fs, dir, name, len, &p);

	if (err == -TENON_ENOENT || (!err && p.at != at))
		err = volume_broken(&fs->volume, "a name that was made is not found, at", at);
	return err;
}

int fat_create(struct fat *fs, uint64_t dir_number, const char *name, size_t len, struct tenon_filesystem_node *node)
{
	bool is_dir = (node->mode & FAT_MODE_TYPE) == FAT_MODE_DIR;
	struct fat_raw raw = { .attributes = is_dir ? FAT_DIR : FAT_ARCHIVE };
	struct fat_node *dir, *n;
	struct fat_place p;
	int err = fat_get_dir(fs, dir_number, &dir);

	if (err)
		return err;
	if (!is_dir && (node->mode & FAT_MODE_TYPE) != FAT_MODE_FILE)
		return -TENON_EPERM; /* there are no links, devices and so on */
	fat_touch(&raw, true);
	if (is_dir)
		err = make_dots(fs, dir, &raw);
	if (err)
		return err;
	err = fat_add(fs, dir, name, len, &raw, &p);
	if (err && is_dir)
		fat_give(fs, raw.start | (fs->bits == 32 ? (uint32_t)raw.start_high << 16 : 0));
	if (!err)
		err = check_added(fs, dir, name, len, p.at);
	if (!err)
		err = touch_dir(fs, dir);
	if (!err)
		err = fat_answer(fs, p.at, &p.raw, &n);
	return err ? err : fat_describe(fs, n, node);
}

/* ---- taking away ------------------------------------------------------------------------------------------------- */

/* The name leads to the node with this number, which can lose it: a directory is empty. */
static int find_node(struct fat *fs, struct fat_node *dir, const char *name, size_t len, uint64_t number,
		     struct fat_place *p, struct fat_node **n)
{
	int err = fat_find(fs, dir, name, len, p);

	*n = fat_node(fs, number);
	return err ? err : *n && (*n)->at == p->at ? 0 : -TENON_ENOENT;
}

int fat_unlink(struct fat *fs, uint64_t dir_number, const char *name, size_t len, uint64_t number)
{
	struct fat_node *dir, *n;
	struct fat_place p;
	int err = fat_get_dir(fs, dir_number, &dir);

	if (!err)
		err = find_node(fs, dir, name, len, number, &p, &n);
	if (!err && fat_is_dir(n))
		err = fat_check_empty(fs, n);
	if (!err)
		err = fat_remove(fs, dir, &p);
	if (err)
		return err;
	fat_move(fs, n, 0); /* its clusters go with the last user */
	return touch_dir(fs, dir);
}

/* ---- renaming ---------------------------------------------------------------------------------------------------- */

/* A directory that moves names its new parent. */
static int move_dots(struct fat *fs, struct fat_node *n, const struct fat_node *parent)
{
	struct fat_raw raw;
	uint64_t at;
	int err = fat_slot_read(fs, n, 1, &at, &raw);

	if (!err && memcmp(raw.name, "..         ", FAT_SHORT))
		err = volume_broken(&fs->volume, "a directory does not say what it is in", n->number);
	if (err)
		return err;
	set_start(fs, &raw, start_of_parent(fs, parent));
	return fat_slot_write(fs, at, &raw, raw.name);
}

/* The new name, or that of what is replaced, is to be @n's; *at: where. */
static int put_name(struct fat *fs, struct fat_node *to, const char *name, size_t len, const struct fat_node *n,
		    uint64_t replaced, struct fat_place *p)
{
	struct fat_node *old;
	struct fat_raw raw = n->raw;
	int err;

	if (!replaced) {
		raw.lower = 0;
		return fat_add(fs, to, name, len, &raw, p);
	}
	err = find_node(fs, to, name, len, replaced, p, &old);
	if (!err && fat_is_dir(old))
		err = fat_check_empty(fs, old);
	if (err)
		return err;
	memcpy(raw.name, p->raw.name, FAT_SHORT);
	raw.lower = p->raw.lower;
	p->raw = raw;
	err = fat_slot_write(fs, p->at, &raw, raw.name);
	if (!err)
		fat_move(fs, old, 0);
	return err;
}

int fat_rename(struct fat *fs, const struct tenon_filesystem_rename *what, const char *names, size_t len)
{
	struct fat_node *from, *to, *n;
	struct fat_place old, new;
	int err = what->from_len < len ? fat_get_dir(fs, what->from_dir, &from) : -TENON_EINVAL;

	if (!err)
		err = fat_get_dir(fs, what->to_dir, &to);
	if (!err)
		err = find_node(fs, from, names, what->from_len, what->number, &old, &n);
	if (!err)
		err = fat_put(fs, n); /* what is to be moved is what is in memory */
	if (!err)
		err = put_name(fs, to, names + what->from_len, len - what->from_len, n, what->replaced, &new);
	if (!err)
		err = fat_remove(fs, from, &old);
	if (err)
		return err;
	n->raw = new.raw;
	fat_move(fs, n, new.at);
	if (fat_is_dir(n) && from != to)
		err = move_dots(fs, n, to);
	if (!err)
		err = touch_dir(fs, from);
	return err || from == to ? err : touch_dir(fs, to);
}
