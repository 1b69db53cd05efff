/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The two kinds, with long names and without, and the callbacks. */
#include "fat.h"

static const char long_names[] = "vfat", short_names[] = "msdos";
static tenon_handle vfat, msdos;

/* ---- mounting ---------------------------------------------------------------------------------------------------- */

static int begin(struct fat *fs, const char *options, size_t len)
{
	tenon_handle mutex;
	int err;

	fs->memory = tenon_alloc(THIS_MODULE, 2 * FAT_WINDOW);
	if (!fs->memory)
		return -TENON_ENOMEM;
	fs->table.data = fs->memory;
	fs->dir.data = fs->memory + FAT_WINDOW;
	err = fat_read_boot(fs);
	if (!err)
		err = fat_read_options(fs, options, len);
	if (err)
		return err;
	mutex = tenon_mutex_create(THIS_MODULE);
	err = tenon_handle_error(mutex);
	if (!err)
		fs->volume.mutex = mutex;
	return err;
}

static void end(struct fat *fs)
{
	if (fs->volume.mutex)
		tenon_mutex_destroy(fs->volume.mutex);
	fat_nodes_free(fs);
	tenon_free(fs->memory);
	tenon_free(fs);
}

static int mount(void *ctx, tenon_handle volume, struct tenon_filesystem_mount *m, const void *options, size_t len)
{
	struct fat *fs = tenon_alloc(THIS_MODULE, sizeof(*fs));
	int err;

	if (!fs)
		return -TENON_ENOMEM;
	memset(fs, 0, sizeof(*fs));
	fs->volume.handle = volume;
	fs->volume_bytes = m->volume_bytes;
	fs->long_names = ctx == long_names;
	err = begin(fs, options, len);
	if (err) {
		end(fs);
		return err;
	}
	m->fs = (uintptr_t)fs;
	m->root = FAT_ROOT;
	m->file_bytes_max = UINT32_MAX;
	m->block_bytes = fs->block_bytes;
	m->magic = FAT_MAGIC;
	m->traits = TENON_FILESYSTEM_DENSE | TENON_FILESYSTEM_COUNTS;
	return 0;
}

static void unmount(void *fs)
{
	end(fs);
}

/* ---- as a whole -------------------------------------------------------------------------------------------------- */

static struct volume *of(void *fs)
{
	return &((struct fat *)fs)->volume;
}

static int begin_writing(struct fat *fs)
{
	int err;

	if (fs->volume.broken)
		return -TENON_EROFS;
	if (fs->was_dirty)
		pr_warn("the file system was not unmounted: fsck.fat should be run\n");
	fs->volume.writable = true;
	err = fat_set_dirty(fs, true);
	fs->volume.writable = !err;
	return err;
}

static int sync_locked(struct fat *fs, bool read_only)
{
	int err;

	if (!fs->volume.writable)
		return read_only ? 0 : begin_writing(fs);
	err = fat_write_counts(fs);
	if (!err && read_only && !fs->volume.broken)
		err = fat_set_dirty(fs, false);
	fs->volume.writable = !read_only || err;
	return err;
}

static int sync(void *fs, uint32_t read_only)
{
	return (int)VOLUME_CALL(of(fs), volume_lock, sync_locked(fs, read_only));
}

static int usage_locked(struct fat *fs, struct tenon_filesystem_usage *u)
{
	uint32_t blocks = fs->cluster_bytes / fs->block_bytes;
	int err = fs->free_cnt == FAT_UNKNOWN ? fat_count_free(fs) : 0;

	*u = (struct tenon_filesystem_usage){ .size = sizeof(*u),
					      .name_max = fs->long_names ? FAT_NAME_MAX : FAT_SHORT + 1,
					      .blocks = (uint64_t)(fs->cluster_end - FAT_FIRST) * blocks,
					      .blocks_free = (uint64_t)fs->free_cnt * blocks,
					      .blocks_avail = (uint64_t)fs->free_cnt * blocks };
	return err;
}

static int usage(void *fs, struct tenon_filesystem_usage *u)
{
	return (int)VOLUME_CALL(of(fs), volume_lock, usage_locked(fs, u));
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static int node_locked(struct fat *fs, uint64_t number, struct tenon_filesystem_node *to)
{
	struct fat_node *n = fat_node(fs, number);

	return n ? fat_describe(fs, n, to) : -TENON_ESTALE;
}

static int node(void *fs, uint64_t number, struct tenon_filesystem_node *to)
{
	return (int)VOLUME_CALL(of(fs), volume_lock, node_locked(fs, number, to));
}

static int lookup_locked(struct fat *fs, uint64_t dir_number, const char *name, size_t len,
			 struct tenon_filesystem_node *to)
{
	struct fat_node *dir, *n;
	struct fat_place p;
	int err = fat_get_dir(fs, dir_number, &dir);

	if (!err)
		err = fat_find(fs, dir, name, len, &p);
	if (!err)
		err = fat_answer(fs, p.at, &p.raw, &n);
	if (err)
		return err;
	err = fat_describe(fs, n, to);
	if (err) /* then it is no answer */
		fat_forget(fs, n->number, 1);
	return err;
}

static int lookup(void *fs, uint64_t dir, const void *name, size_t len, struct tenon_filesystem_node *to)
{
	return (int)VOLUME_CALL(of(fs), volume_lock, lookup_locked(fs, dir, name, len, to));
}

static long list_locked(struct fat *fs, uint64_t dir_number, uint64_t position, void *entries, size_t len)
{
	struct fat_node *dir;
	int err = fat_get_dir(fs, dir_number, &dir);

	return err ? err : fat_list(fs, dir, position, entries, len);
}

static long list(void *fs, uint64_t dir, uint64_t position, void *entries, size_t len)
{
	return VOLUME_CALL(of(fs), volume_lock, list_locked(fs, dir, position, entries, len));
}

static long read_link(void *fs, uint64_t number, void *target, size_t len)
{
	(void)fs;
	(void)number;
	(void)target;
	(void)len;
	return -TENON_EINVAL; /* there are none */
}

static long extents(void *fs, uint64_t number, const struct tenon_filesystem_range *r, void *to, size_t len)
{
	return VOLUME_CALL(of(fs), volume_lock,
			   fat_extents(fs, number, r, to, len / sizeof(struct tenon_filesystem_extent)));
}

/* ---- changing ---------------------------------------------------------------------------------------------------- */

static int change(void *fs, const struct tenon_filesystem_node *to)
{
	return (int)VOLUME_CALL(of(fs), volume_begin_change, fat_change(fs, to));
}

static int create(void *fs, uint64_t dir, const void *text, size_t len, struct tenon_filesystem_node *to)
{
	return (int)VOLUME_CALL(of(fs), volume_begin_change, fat_create(fs, dir, text, len, to));
}

static int link(void *fs, uint64_t dir, const void *name, size_t len, uint64_t number)
{
	(void)fs;
	(void)dir;
	(void)name;
	(void)len;
	(void)number;
	return -TENON_EPERM; /* an entry is the only name that its file can have */
}

static int unlink(void *fs, uint64_t dir, const void *name, size_t len, uint64_t number)
{
	return (int)VOLUME_CALL(of(fs), volume_begin_change, fat_unlink(fs, dir, name, len, number));
}

static int rename(void *fs, const struct tenon_filesystem_rename *what, const void *names, size_t len)
{
	return (int)VOLUME_CALL(of(fs), volume_begin_change, fat_rename(fs, what, names, len));
}

static void forget(void *ctx, uint64_t number, uint64_t answers)
{
	struct fat *fs = ctx;

	if (volume_lock(&fs->volume))
		return;
	fat_forget(fs, number, answers);
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

static int offer(const char *name, tenon_handle *registered)
{
	tenon_handle h = tenon_filesystem_register(THIS_MODULE, name, &ops, (void *)(uintptr_t)name);
	int err = tenon_handle_error(h);

	if (!err)
		*registered = h;
	return err;
}

static int __init fat_init(void)
{
	int err = offer(long_names, &vfat);

	if (err)
		return err;
	err = offer(short_names, &msdos);
	if (err)
		tenon_filesystem_unregister(vfat);
	return err;
}

static void __exit fat_exit(void)
{
	tenon_filesystem_unregister(msdos);
	tenon_filesystem_unregister(vfat);
}

module_init(fat_init);
module_exit(fat_exit);

MODULE_ALIAS("fs-vfat");
MODULE_ALIAS("fs-msdos");
MODULE_INFO(idle_ms, "2000");
MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("File allocation tables: FAT12, FAT16 and FAT32, with long names or without");
MODULE_AUTHOR("The Tenon authors");
