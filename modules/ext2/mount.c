/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Which volumes are file systems of this kind, and the callbacks. */
#include "ext2.h"

#define NS_PER_SECOND 1000000000ull

static tenon_handle registered;

/* ---- mounting ---------------------------------------------------------------------------------------------------- */

/* What is before revision 1 is as it always was. */
static void read_revision(struct ext2 *fs)
{
	struct ext2_super *s = &fs->super;

	fs->first_inode = s->revision ? s->first_inode : 11;
	fs->inode_bytes = s->revision ? s->inode_bytes : 128;
	if (!s->revision)
		s->compat = s->incompat = s->ro_compat = 0;
}

static bool super_valid(struct ext2 *fs, uint64_t volume_bytes)
{
	const struct ext2_super *s = &fs->super;
	uint32_t bits;

	if (s->block_log > 2)
		return false;
	fs->block_log = s->block_log + 10;
	fs->block_bytes = 1u << fs->block_log;
	fs->pointers = fs->block_bytes / 4;
	bits = fs->block_bytes * 8;
	read_revision(fs);
	if (fs->inode_bytes < 128 || fs->inode_bytes > fs->block_bytes || fs->inode_bytes & (fs->inode_bytes - 1))
		return false;
	if (!s->group_blocks || s->group_blocks > bits || !s->group_inodes || s->group_inodes > bits)
		return false;
	if (s->first_block != (s->block_log == 0) || s->block_cnt <= s->first_block + 1)
		return false;
	if ((uint64_t)s->block_cnt << fs->block_log > volume_bytes)
		return false;
	fs->group_cnt = (s->block_cnt - s->first_block - 1) / s->group_blocks + 1;
	fs->desc_block = s->first_block + 1;
	return fs->first_inode > EXT2_ROOT && fs->first_inode <= s->group_inodes &&
	       s->inode_cnt == (uint64_t)fs->group_cnt * s->group_inodes;
}

static int read_groups(struct ext2 *fs)
{
	size_t bytes = (size_t)fs->group_cnt * sizeof(*fs->group);
	int err = 0;

	fs->group = tenon_alloc(THIS_MODULE, bytes);
	if (!fs->group)
		return -TENON_ENOMEM;
	for (size_t at = 0; at < bytes && !err; at += 4096)
		err = volume_read(&fs->volume, ((uint64_t)fs->desc_block << fs->block_log) + at,
				  (uint8_t *)fs->group + at, bytes - at < 4096 ? bytes - at : 4096);
	for (uint32_t i = 0; i < fs->group_cnt && !err; i++) {
		const struct ext2_group *g = &fs->group[i];

		if (!ext2_block_valid(fs, g->block_bitmap) || !ext2_block_valid(fs, g->inode_bitmap) ||
		    !ext2_block_valid(fs, g->inode_table) ||
		    (uint64_t)g->inode_table + ext2_table_blocks(fs) > fs->super.block_cnt)
			err = volume_broken(&fs->volume, "a group's tables are not on the volume", i);
	}
	return err;
}

static uint64_t file_bytes_max(const struct ext2 *fs)
{
	uint64_t p = fs->pointers, blocks = EXT2_DIRECT + p + p * p + p * p * p;
	uint64_t by_sectors =
	    (uint64_t)UINT32_MAX * EXT2_SECTOR / fs->block_bytes; /* an inode counts them by 32 bits */

	/* The blocks that name others are counted, too: less than one in a hundred. */
	by_sectors -= by_sectors / 100;
	return (blocks < by_sectors ? blocks : by_sectors) << fs->block_log;
}

static int make_buffers(struct ext2 *fs)
{
	struct ext2_buffer *const all[] = { &fs->level[0], &fs->level[1], &fs->level[2], &fs->bitmap,  &fs->dir,
					    &fs->table[0], &fs->table[1], &fs->table[2], &fs->table[3] };
	const unsigned cnt = sizeof(all) / sizeof(all[0]);

	fs->memory = tenon_alloc(THIS_MODULE, cnt * fs->block_bytes);
	for (unsigned i = 0; fs->memory && i < cnt; i++)
		all[i]->bytes = fs->memory + i * fs->block_bytes;
	return fs->memory ? 0 : -TENON_ENOMEM;
}

static int check_features(const struct ext2 *fs)
{
	uint32_t unknown = fs->super.incompat & ~(uint32_t)EXT2_FILETYPE;

	if (!unknown)
		return 0;
	pr_err("features %#x that must be known are not: ext3 that needs recovery, or ext4\n", (unsigned)unknown);
	return -TENON_EINVAL;
}

static int begin(struct ext2 *fs, uint64_t volume_bytes)
{
	tenon_handle mutex;
	int err = volume_bytes < 2 * EXT2_SUPER_OFFSET ?
		      -TENON_EINVAL :
		      volume_read(&fs->volume, EXT2_SUPER_OFFSET, &fs->super, sizeof(fs->super));

	if (err || fs->super.magic != EXT2_MAGIC)
		return err ? err : -TENON_EINVAL;
	if (!super_valid(fs, volume_bytes)) {
		pr_err("the superblock is damaged\n");
		return -TENON_EINVAL;
	}
	err = check_features(fs);
	if (!err)
		err = make_buffers(fs);
	if (!err)
		err = read_groups(fs);
	if (err)
		return err == -TENON_EUCLEAN ? -TENON_EINVAL : err;
	mutex = tenon_mutex_create(THIS_MODULE);
	err = tenon_handle_error(mutex);
	if (!err)
		fs->volume.mutex = mutex;
	fs->state = fs->super.state;
	fs->file_bytes_max = file_bytes_max(fs);
	return err;
}

static void end(struct ext2 *fs)
{
	if (fs->volume.mutex)
		tenon_mutex_destroy(fs->volume.mutex);
	ext2_index_drop(fs, 0);
	tenon_free(fs->group);
	tenon_free(fs->memory);
	tenon_free(fs);
}

static int mount(void *ctx, tenon_handle volume, struct tenon_filesystem_mount *m, const void *options, size_t len)
{
	struct ext2 *fs = tenon_alloc(THIS_MODULE, sizeof(*fs));
	int err;

	(void)ctx;
	(void)options;
	if (len) { /* we have none */
		tenon_free(fs);
		return -TENON_EINVAL;
	}
	if (!fs)
		return -TENON_ENOMEM;
	memset(fs, 0, sizeof(*fs));
	fs->volume.handle = volume;
	err = begin(fs, m->volume_bytes);
	if (err) {
		end(fs);
		return err;
	}
	m->fs = (uintptr_t)fs;
	m->root = EXT2_ROOT;
	m->file_bytes_max = fs->file_bytes_max;
	m->block_bytes = fs->block_bytes;
	m->magic = EXT2_MAGIC;
	return 0;
}

static void unmount(void *fs)
{
	end(fs);
}

/* ---- as a whole -------------------------------------------------------------------------------------------------- */

static struct volume *of(void *fs)
{
	return &((struct ext2 *)fs)->volume;
}

/* Of a group: what the volume has but for the counts, which nothing else changes. */
static int set_counts(struct ext2 *fs, uint32_t group, struct ext2_group *there)
{
	const struct ext2_group *g = &fs->group[group];

	if (there->block_bitmap != g->block_bitmap || there->inode_bitmap != g->inode_bitmap ||
	    there->inode_table != g->inode_table)
		return volume_broken(&fs->volume, "a group's tables are somewhere else now", group);
	there->free_blocks = g->free_blocks;
	there->free_inodes = g->free_inodes;
	there->dirs = g->dirs;
	return 0;
}

/* As many groups as a block has, of which @first is the first. fs->dir is used. */
static int write_groups(struct ext2 *fs, uint32_t first)
{
	uint32_t cnt = fs->block_bytes / sizeof(*fs->group), left = fs->group_cnt - first;
	struct ext2_group *there = (struct ext2_group *)(void *)fs->dir.bytes;
	uint64_t at = ((uint64_t)fs->desc_block << fs->block_log) + first * sizeof(*there);
	int err;

	cnt = left < cnt ? left : cnt;
	fs->dir.block = 0;
	err = volume_read(&fs->volume, at, there, cnt * sizeof(*there));
	for (uint32_t i = 0; i < cnt && !err; i++)
		err = set_counts(fs, first + i, &there[i]);
	return err ? err : volume_write(&fs->volume, at, there, cnt * sizeof(*there));
}

/* The same of the superblock. */
static int write_super(struct ext2 *fs)
{
	const struct ext2_super *s = &fs->super;
	struct ext2_super there;
	int err = volume_read(&fs->volume, EXT2_SUPER_OFFSET, &there, sizeof(there));

	if (!err && (there.magic != EXT2_MAGIC || there.block_cnt != s->block_cnt || there.inode_cnt != s->inode_cnt))
		err = volume_broken(&fs->volume, "the superblock is another one now", there.block_cnt);
	if (err)
		return err;
	there.free_blocks = s->free_blocks;
	there.free_inodes = s->free_inodes;
	there.mount_time = s->mount_time;
	there.mount_cnt = s->mount_cnt;
	there.state = s->state;
	there.ro_compat |= s->ro_compat & EXT2_LARGE_FILE;
	there.write_time = ext2_now();
	return volume_write(&fs->volume, EXT2_SUPER_OFFSET, &there, sizeof(there));
}

static int write_counts(struct ext2 *fs)
{
	int err = 0;

	for (uint32_t i = 0; i < fs->group_cnt && !err; i += fs->block_bytes / (uint32_t)sizeof(*fs->group))
		err = write_groups(fs, i);
	return err ? err : write_super(fs);
}

/* As long as it may be written the superblock says that it is not clean. */
static int begin_writing(struct ext2 *fs)
{
	uint32_t unknown = fs->super.ro_compat & ~(uint32_t)(EXT2_SPARSE_SUPER | EXT2_LARGE_FILE | EXT2_BTREE_DIR);

	if (unknown) {
		pr_err("features %#x that must be known for writing are not\n", (unsigned)unknown);
		return -TENON_EINVAL;
	}
	if (fs->volume.broken)
		return -TENON_EROFS;
	if (!(fs->state & EXT2_VALID))
		pr_warn("the file system was not unmounted: e2fsck should be run\n");
	fs->volume.writable = true;
	fs->super.state &= (uint16_t)~EXT2_VALID;
	fs->super.mount_cnt++;
	fs->super.mount_time = ext2_now();
	return write_counts(fs);
}

static int sync_locked(struct ext2 *fs, bool read_only)
{
	int err;

	if (!fs->volume.writable)
		return read_only ? 0 : begin_writing(fs);
	if (read_only)
		fs->super.state = fs->state;
	err = fs->volume.broken ? -TENON_EROFS : write_counts(fs);
	fs->volume.writable = !read_only || err;
	return err;
}

static int sync(void *fs, uint32_t read_only)
{
	return (int)VOLUME_CALL(of(fs), volume_lock, sync_locked(fs, read_only));
}

/* Has it a copy of the superblock and of the table of groups? */
static bool has_super(const struct ext2 *fs, uint32_t group)
{
	static const uint32_t bases[] = { 3, 5, 7 };

	if (group < 2 || !(fs->super.ro_compat & EXT2_SPARSE_SUPER))
		return true;
	for (int i = 0; i < 3; i++) {
		uint64_t power = bases[i];

		while (power < group)
			power *= bases[i];
		if (power == group)
			return true;
	}
	return false;
}

/* Blocks that can never be a file's. */
static uint64_t overhead(const struct ext2 *fs)
{
	uint32_t desc_blocks =
	    (uint32_t)(((uint64_t)fs->group_cnt * sizeof(*fs->group) + fs->block_bytes - 1) >> fs->block_log);
	uint64_t supers = 0;

	for (uint32_t i = 0; i < fs->group_cnt; i++)
		supers += has_super(fs, i);
	if (fs->super.compat & EXT2_RESIZE_INODE)
		desc_blocks += fs->super.reserved_desc_blocks;
	return supers * (1 + desc_blocks) + (uint64_t)fs->group_cnt * (2 + ext2_table_blocks(fs));
}

static int usage(void *ctx, struct tenon_filesystem_usage *u)
{
	struct ext2 *fs = ctx;
	uint64_t taken = overhead(fs);
	const struct ext2_super *s = &fs->super;

	*u = (struct tenon_filesystem_usage){ .size = sizeof(*u),
					      .name_max = EXT2_NAME_MAX,
					      .blocks = s->block_cnt - s->first_block,
					      .blocks_free = s->free_blocks,
					      .nodes = s->inode_cnt,
					      .nodes_free = s->free_inodes };
	if (taken < u->blocks)
		u->blocks -= taken;
	u->blocks_avail = s->free_blocks > s->reserved_cnt ? s->free_blocks - s->reserved_cnt : 0;
	return 0;
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

/* What can be there: it has a name, or its last user has not gone yet. */
static int get_node(struct ext2 *fs, uint64_t number, struct tenon_filesystem_node *to)
{
	struct ext2_node n;
	int err = ext2_get(fs, number, &n);

	if (!err && !n.raw.mode)
		err = -TENON_EUCLEAN;
	if (!err)
		ext2_describe(fs, &n, to);
	return err;
}

/* The kernel asks in order to know what has become of its changes. */
static int get_node_again(struct ext2 *fs, uint64_t number, struct tenon_filesystem_node *to)
{
	struct ext2_node n;
	int err = ext2_get_again(fs, number, &n);

	if (!err && !n.raw.mode)
		err = -TENON_EUCLEAN;
	if (!err)
		ext2_describe(fs, &n, to);
	return err;
}

static int node(void *fs, uint64_t number, struct tenon_filesystem_node *to)
{
	return (int)VOLUME_CALL(of(fs), volume_lock, get_node_again(fs, number, to));
}

static int lookup_locked(struct ext2 *fs, uint64_t dir_number, const void *name, size_t len,
			 struct tenon_filesystem_node *to)
{
	struct ext2_node dir;
	struct ext2_place at;
	int err = ext2_get_dir(fs, dir_number, &dir);

	if (!err)
		err = ext2_find(fs, &dir, name, len, &at);
	if (!err)
		err = get_node(fs, at.inode, to);
	if (!err && !to->link_cnt)
		err = volume_broken(&fs->volume, "a name leads to an inode without names", at.inode);
	return err;
}

static int lookup(void *fs, uint64_t dir, const void *name, size_t len, struct tenon_filesystem_node *to)
{
	return (int)VOLUME_CALL(of(fs), volume_lock, lookup_locked(fs, dir, name, len, to));
}

static long list_locked(struct ext2 *fs, uint64_t dir_number, uint64_t position, void *entries, size_t len)
{
	struct ext2_node dir;
	int err = ext2_get_dir(fs, dir_number, &dir);

	return err ? err : ext2_list(fs, &dir, position, entries, len);
}

static long list(void *fs, uint64_t dir, uint64_t position, void *entries, size_t len)
{
	return VOLUME_CALL(of(fs), volume_lock, list_locked(fs, dir, position, entries, len));
}

static long read_target(struct ext2 *fs, uint64_t number, void *target, size_t len)
{
	struct ext2_node n;
	uint32_t block;
	bool made;
	int err = ext2_get(fs, number, &n);

	if (err || !ext2_is(&n, EXT2_LINK))
		return err ? err : -TENON_EINVAL;
	if (n.raw.bytes >= fs->block_bytes)
		return volume_broken(&fs->volume, "the target of a link is too long", n.number);
	if (n.raw.bytes < len)
		len = n.raw.bytes;
	if (ext2_is_fast_link(fs, &n)) {
		memcpy(target, n.raw.slot, len);
		return (long)len;
	}
	err = ext2_map(fs, &n, 0, false, &block, &made);
	if (!err && !block)
		err = volume_broken(&fs->volume, "a link has no target", n.number);
	if (!err)
		err = volume_read(&fs->volume, (uint64_t)block << fs->block_log, target, len);
	return err ? err : (long)len;
}

static long read_link(void *fs, uint64_t number, void *target, size_t len)
{
	return VOLUME_CALL(of(fs), volume_lock, read_target(fs, number, target, len));
}

/* Does the block go on where the extent ends? */
static bool continues(const struct ext2 *fs, const struct tenon_filesystem_extent *e, uint32_t block, uint32_t flags)
{
	return e->flags == flags && (!block || e->offset + e->bytes == (uint64_t)block << fs->block_log);
}

/* Block after block; what has been made is always said, so nothing is when there is no room to say it. */
static long find_extents(struct ext2 *fs, const struct tenon_filesystem_range *r, struct ext2_node *n,
			 struct tenon_filesystem_extent *e, size_t room)
{
	uint64_t index = r->offset >> fs->block_log, end = index + (r->bytes >> fs->block_log);
	size_t done = 0;

	for (; index < end && done < room; index++) {
		uint32_t block, flags;
		bool made;
		int err = ext2_map(fs, n, index, r->allocate, &block, &made);

		if (err)
			return done ? (long)(done * sizeof(*e)) : err;
		flags = !block ? TENON_FILESYSTEM_HOLE : made ? TENON_FILESYSTEM_NEW : 0;
		if (!done || !continues(fs, &e[done - 1], block, flags))
			e[done++] = (struct tenon_filesystem_extent){ .size = sizeof(*e),
								      .flags = flags,
								      .offset = (uint64_t)block << fs->block_log };
		e[done - 1].bytes += fs->block_bytes;
	}
	return (long)(done * sizeof(*e));
}

static long extents_locked(struct ext2 *fs, uint64_t number, const struct tenon_filesystem_range *r,
			   struct tenon_filesystem_extent *to, size_t room)
{
	struct ext2_node n;
	int err = ext2_get(fs, number, &n);
	long done;

	if (!err && !ext2_is(&n, EXT2_FILE))
		err = -TENON_EINVAL;
	if (!err && r->allocate && fs->volume.broken)
		err = -TENON_EROFS;
	if (err)
		return err;
	for (int i = 0; i < 3 && r->allocate; i++) /* it asks twice, to know what has become of it on the volume */
		fs->level[i].block = 0;
	done = find_extents(fs, r, &n, to, room);
	err = r->allocate ? ext2_put(fs, &n) : 0;
	return err ? err : done;
}

static long extents(void *fs, uint64_t number, const struct tenon_filesystem_range *r, void *to, size_t len)
{
	return VOLUME_CALL(of(fs), volume_lock,
			   extents_locked(fs, number, r, to, len / sizeof(struct tenon_filesystem_extent)));
}

/* ---- changing ---------------------------------------------------------------------------------------------------- */

/* As many as 32 bits hold. */
static uint32_t seconds(uint64_t ns)
{
	return ns / NS_PER_SECOND < UINT32_MAX ? (uint32_t)(ns / NS_PER_SECOND) : UINT32_MAX;
}

static int change_locked(struct ext2 *fs, const struct tenon_filesystem_node *to)
{
	struct ext2_node n;
	int err = ext2_get(fs, to->number, &n);

	if (err)
		return err;
	if (ext2_is(&n, EXT2_FILE) && to->bytes != ext2_bytes(&n)) {
		bool less = to->bytes < ext2_bytes(&n);

		ext2_set_bytes(fs, &n, to->bytes);
		if (less)
			err = ext2_trim(fs, &n, (to->bytes + fs->block_bytes - 1) >> fs->block_log);
	}
	n.raw.mode = (uint16_t)((n.raw.mode & EXT2_TYPE) | (to->mode & 07777));
	n.raw.uid = (uint16_t)to->uid;
	n.raw.uid_high = (uint16_t)(to->uid >> 16);
	n.raw.gid = (uint16_t)to->gid;
	n.raw.gid_high = (uint16_t)(to->gid >> 16);
	n.raw.accessed = seconds(to->accessed_ns);
	n.raw.modified = seconds(to->modified_ns);
	n.raw.changed = seconds(to->changed_ns);
	return err ? err : ext2_put(fs, &n);
}

static int change(void *fs, const struct tenon_filesystem_node *to)
{
	return (int)VOLUME_CALL(of(fs), volume_begin_change, change_locked(fs, to));
}

static int create(void *fs, uint64_t dir, const void *text, size_t len, struct tenon_filesystem_node *to)
{
	return (int)VOLUME_CALL(of(fs), volume_begin_change, ext2_create(fs, dir, text, len, to));
}

static int link(void *fs, uint64_t dir, const void *name, size_t len, uint64_t number)
{
	return (int)VOLUME_CALL(of(fs), volume_begin_change, ext2_link(fs, dir, name, len, number));
}

static int unlink(void *fs, uint64_t dir, const void *name, size_t len, uint64_t number)
{
	return (int)VOLUME_CALL(of(fs), volume_begin_change, ext2_unlink(fs, dir, name, len, number));
}

static int rename(void *fs, const struct tenon_filesystem_rename *what, const void *names, size_t len)
{
	return (int)VOLUME_CALL(of(fs), volume_begin_change, ext2_rename(fs, what, names, len));
}

static void forget(void *ctx, uint64_t number, uint64_t answers)
{
	struct ext2 *fs = ctx;

	(void)answers;
	if (volume_begin_change(&fs->volume))
		return;
	ext2_forget(fs, number);
	volume_unlock(&fs->volume);
}

/* ---- the module -------------------------------------------------------------------------------------------------- */

static const struct tenon_filesystem_ops ops = { .mount = mount,
						 .unmount = unmount,
						 .sync = sync,
						 .usage = usage,
						 .node = node,
						 .lookup = lookup,
						 .list = list,
						 .read_link = read_link,
						 .extents = extents,
						 .change = change,
						 .create = create,
						 .link = link,
						 .unlink = unlink,
						 .rename = rename,
						 .forget = forget };

static int __init ext2_init(void)
{
	tenon_handle h = tenon_filesystem_register(THIS_MODULE, "ext2", &ops, NULL);
	int err = tenon_handle_error(h);

	if (!err)
		registered = h;
	return err;
}

static void __exit ext2_exit(void)
{
	tenon_filesystem_unregister(registered);
}

module_init(ext2_init);
module_exit(ext2_exit);

MODULE_ALIAS("fs-ext2");
MODULE_INFO(idle_ms, "2000");
MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("The second extended file system");
MODULE_AUTHOR("The Tenon authors");
