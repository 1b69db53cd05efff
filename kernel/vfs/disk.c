// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Kinds of file systems that modules offer, and their instances: mounting, unmounting, what is asked of them as a whole. */
#include "kernel/vfs/disk.h"

#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/process/process.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/fs_context.h"
#include "kernel/vfs/vfs.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

static struct disk_kind *kind_of(const struct filesystem_type *type)
{
	return (struct disk_kind *)(uintptr_t)type;
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

/* Who offers it, who stays until owner_end(). NULL: nobody any more. */
static void *owner_begin(struct disk_kind *kind)
{
	void *owner;

	spin_lock(&kind->lock);
	owner = kind->owner;
	kind->calls += owner != NULL;
	spin_unlock(&kind->lock);
	return owner;
}

static void owner_end(struct disk_kind *kind)
{
	spin_lock(&kind->lock);
	kind->calls--;
	spin_unlock(&kind->lock);
	wait_wake_all(&kind->idle);
}

int disk_lied(struct disk *d, const char *what)
{
	log_err("%s: its file system's module is wrong: %s", d->volume->range.bd->device.name, what);
	volume_fail(d->volume);
	atomic_store(&d->fs.read_only, true);
	return -TENON_EUCLEAN;
}

/* The most that an operation may answer: how many bytes there is room for, or 0. */
static uint64_t answer_max(enum disk_op op, const uint64_t args[6])
{
	switch (op) {
	case DISK_LIST:
	case DISK_EXTENTS:
	case DISK_READ:
		return args[4];
	case DISK_READ_LINK:
		return args[3];
	default:
		return 0;
	}
}

int64_t disk_ask(struct disk *d, enum disk_op op, uint64_t a, uint64_t b, uint64_t c, uint64_t e, uint64_t f)
{
	const uint64_t args[6] = { d->mount.fs, a, b, c, e, f };
	void *owner = owner_begin(d->kind);
	int64_t result = -TENON_EIO;
	int err = 0;

	if (owner) {
		err = d->kind->ops->call(owner, op, args, &result);
		owner_end(d->kind);
		if (!err && result > 0 && (uint64_t)result > answer_max(op, args))
			err = disk_lied(d, "it answers with more than there is room for");
	}
	if (err == -TENON_EOWNERDEAD || err == -TENON_EFAULT) /* what it had begun is half done */
		volume_fail(d->volume);
	result = err ? err : result;
	if (atomic_load(&d->volume->failed) && !atomic_exchange(&d->fs.read_only, true))
		log_err("%s: the file system is damaged; it is read-only now", d->volume->range.bd->device.name);
	return result;
}

/* ---- kinds ------------------------------------------------------------------------------------------------------- */

static void kind_put(struct disk_kind *kind)
{
	if (atomic_fetch_sub(&kind->refs, 1) == 1)
		heap_free(kind);
}

static bool hold(const struct filesystem_type *type)
{
	struct disk_kind *kind = kind_of(type);

	if (!kind->ops->hold(kind->held))
		return false;
	atomic_fetch_add(&kind->refs, 1);
	return true;
}

static void unhold(const struct filesystem_type *type)
{
	struct disk_kind *kind = kind_of(type);

	kind->ops->unhold(kind->held);
	kind_put(kind);
}

/* The number of the block device that a path leads to, as the process that runs sees it. */
static int device_at(const char *path, uint32_t *number)
{
	struct path_start start;
	struct file *file;
	int err;

	fs_context_start(process_fs(process_current()), &start);
	err = vfs_open(&start, path, OPEN_PATH, 0, &file);
	path_start_put(&start);
	if (err)
		return err;
	*number = file->node->device;
	if (!node_is(file->node, NODE_BLOCK))
		err = -TENON_ENOTBLK;
	file_put(file);
	return err;
}

static bool mount_valid(const struct tenon_filesystem_mount *m, const struct volume *v)
{
	return m->block_bytes >= v->unit_bytes && m->block_bytes <= 4096 && !(m->block_bytes & (m->block_bytes - 1)) &&
	       m->root && m->file_bytes_max <= INT64_MAX;
}

/* Have the module look at the volume. */
static int begin(struct disk *d, const char *options)
{
	struct disk_kind *kind = d->kind;
	void *owner = owner_begin(kind);
	int64_t result;
	int err = owner ? kind->ops->volume_begin(owner, d->volume, &d->handle) : -TENON_EIO;

	if (!err) {
		d->mount = (struct tenon_filesystem_mount){ .size = sizeof(d->mount),
							    .read_only = 1,
							    .volume_bytes = d->volume->bytes };
		err = kind->ops->call(owner, DISK_MOUNT,
				      (uint64_t[6]){ 0, d->handle, DISK_POINTER(&d->mount), DISK_POINTER(options),
						     strlen(options) },
				      &result);
		err = err ? err : result > 0 ? -TENON_EIO : (int)result;
		if (err)
			kind->ops->volume_end(owner, d->handle);
	}
	if (owner)
		owner_end(kind);
	return err;
}

static void end(struct disk *d)
{
	void *owner;

	disk_ask(d, DISK_UNMOUNT, 0, 0, 0, 0, 0);
	owner = owner_begin(d->kind);
	if (!owner)
		return;
	d->kind->ops->volume_end(owner, d->handle);
	owner_end(d->kind);
}

static int make_root(struct disk *d)
{
	struct tenon_filesystem_node root = { .size = sizeof(root) };
	int err;

	if (!mount_valid(&d->mount, d->volume))
		return -TENON_EINVAL;
	volume_set_unit(d->volume, d->mount.block_bytes);
	err = (int)disk_ask(d, DISK_NODE, d->mount.root, DISK_POINTER(&root), 0, 0, 0);
	if (!err && ((root.mode & NODE_TYPE) != NODE_DIR || root.number != d->mount.root))
		err = -TENON_EUCLEAN;
	return err ? err : disk_node_get(d, &root, &d->fs.root);
}

static void usage(struct filesystem *fs, struct filesystem_usage *u)
{
	struct disk *d = (struct disk *)fs;
	struct tenon_filesystem_usage is = { .size = sizeof(is) };

	u->magic = d->mount.magic;
	u->block_bytes = d->mount.block_bytes;
	if (disk_ask(d, DISK_USAGE, DISK_POINTER(&is), 0, 0, 0, 0))
		return;
	u->blocks = is.blocks;
	u->blocks_free = is.blocks_free;
	u->blocks_reserved = is.blocks_free > is.blocks_avail ? is.blocks_free - is.blocks_avail : 0;
	u->nodes = is.nodes;
	u->nodes_free = is.nodes_free;
	u->name_max = is.name_max;
}

static int open_volume(struct disk *d, const char *source, const char *options)
{
	uint32_t number;
	int err = device_at(source, &number);

	if (!err)
		err = volume_open(number, &d->volume);
	if (err)
		return err;
	atomic_store(&d->volume->read_only, true);
	err = begin(d, options);
	if (err)
		volume_close(d->volume);
	return err;
}

/* Read-only as yet. */
static int make(const struct filesystem_type *type, const char *source, const char *options, struct filesystem **fs)
{
	struct disk *d;
	int err;

	if (strlen(options) > TENON_FILESYSTEM_OPTION_BYTES)
		return -TENON_EINVAL;
	d = heap_alloc_zeroed(sizeof(*d));
	if (!d)
		return -TENON_ENOMEM;
	d->kind = kind_of(type);
	filesystem_init(&d->fs, type);
	d->fs.usage = usage;
	d->fs.read_only = true;
	mutex_init(&d->lock, LOCK_OBJECT);
	wait_queue_init(&d->gone);
	err = disk_tables_make(d);
	if (!err && !hold(type))
		err = -TENON_EIO;
	else if (!err) {
		err = open_volume(d, source, options);
		if (err)
			unhold(type);
	}
	if (err) {
		disk_tables_free(d);
		heap_free(d);
		return err;
	}
	filesystem_hold(&d->fs);
	err = make_root(d);
	if (!err)
		*fs = &d->fs;
	filesystem_release(&d->fs); /* frees it if there is no root */
	return err;
}

/* From now on it may be written. */
static int set_writable(struct disk *d)
{
	struct volume *v = d->volume;
	int err;

	if (!d->kind->can_write || v->range.bd->config.read_only || atomic_load(&v->failed))
		return -TENON_EROFS;
	atomic_store(&v->read_only, false);
	err = (int)disk_ask(d, DISK_SYNC, false, 0, 0, 0, 0);
	if (!err)
		err = volume_write_back(v, true, true);
	if (err)
		atomic_store(&v->read_only, true);
	return err;
}

static int set_read_only(struct filesystem *fs, bool read_only)
{
	struct disk *d = (struct disk *)fs;
	int err, failed;

	if (!read_only)
		return set_writable(d);
	fs->read_only = true; /* nothing new is written */
	if (disk_changes(d)) {
		fs->read_only = atomic_load(&d->volume->failed);
		return -TENON_EBUSY;
	}
	failed = volume_write_back(d->volume, true, false);
	err = (int)disk_ask(d, DISK_SYNC, true, 0, 0, 0, 0);
	err = failed ? failed : err;
	failed = volume_write_back(d->volume, true, true);
	if (!err && !failed)
		atomic_store(&d->volume->read_only, true);
	return err ? err : failed;
}

int disk_sync(struct filesystem *fs)
{
	struct disk *d = (struct disk *)fs;
	int err = 0, failed;

	if (atomic_load(&d->volume->failed) && !atomic_load(&d->volume->read_only))
		return -TENON_EIO;
	if (fs->read_only)
		return 0;
	err = (int)disk_ask(d, DISK_SYNC, 0, 0, 0, 0, 0);
	failed = volume_write_back(d->volume, true, true);
	return err ? err : failed;
}

static void drop(struct filesystem *fs)
{
	struct disk *d = (struct disk *)fs;
	struct node *root = fs->root;

	disk_forget_recent(d, NULL);
	node_put(root);
}

/* Its last node has gone. */
static void free_instance(struct filesystem *fs)
{
	struct disk *d = (struct disk *)fs;
	struct disk_kind *kind = d->kind;

	if (!atomic_load(&d->volume->read_only) && set_read_only(fs, true))
		log_err("%s: not all could be written when it was unmounted", d->volume->range.bd->device.name);
	end(d);
	volume_close(d->volume);
	disk_tables_free(d);
	heap_free(d);
	unhold(&kind->type);
}

int disk_kind_register(const char *name, bool can_write, const struct disk_kind_ops *ops, void *owner, void *held,
		       struct disk_kind **out)
{
	struct disk_kind *kind = heap_alloc_zeroed(sizeof(*kind));
	int err;

	if (!kind)
		return -TENON_ENOMEM;
	tenon_snprintf(kind->name, sizeof(kind->name), "%s", name);
	kind->type = (struct filesystem_type){ .name = kind->name,
					       .needs_device = true,
					       .make = make,
					       .set_read_only = set_read_only,
					       .sync = disk_sync,
					       .hold = hold,
					       .unhold = unhold,
					       .drop = drop,
					       .free = free_instance };
	kind->can_write = can_write;
	kind->ops = ops;
	kind->owner = owner;
	kind->held = held;
	atomic_init(&kind->refs, 1);
	spin_init(&kind->lock, LOCK_LEAF);
	wait_queue_init(&kind->idle);
	*out = kind; /* before anybody can mount one */
	err = filesystem_type_register(&kind->type);
	if (err)
		heap_free(kind);
	return err;
}

static bool none_calls(struct disk_kind *kind)
{
	bool none;

	spin_lock(&kind->lock);
	none = !kind->calls;
	spin_unlock(&kind->lock);
	return none;
}

void disk_kind_unregister(struct disk_kind *kind)
{
	filesystem_type_unregister(&kind->type);
	spin_lock(&kind->lock);
	kind->owner = NULL;
	spin_unlock(&kind->lock);
	wait_event(&kind->idle, none_calls(kind), DEADLINE_NONE, WAIT_DEADLINE);
	kind_put(kind);
}
