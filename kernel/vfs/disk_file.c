// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What files of such file systems contain: between programs and the page cache, with the module asked where it is. */
#include "kernel/process/shared.h"
#include "kernel/vfs/disk.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/io.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

static struct disk_node *of(struct node *node)
{
	return (struct disk_node *)node;
}

static bool extent_valid(const struct disk *d, const struct tenon_filesystem_extent *e)
{
	uint64_t block = d->mount.block_bytes;

	if (!e->bytes || e->bytes % block)
		return false;
	if (e->flags & TENON_FILESYSTEM_PACKED)
		return !d->kind->can_write;
	if (e->flags & TENON_FILESYSTEM_HOLE)
		return true;
	return !(e->offset % block) && e->offset <= d->volume->bytes && e->bytes <= d->volume->bytes - e->offset;
}

/* What is new was asked for: all that is in memory of where it lies is looked for, to be forgotten. */
static bool new_valid(const struct tenon_filesystem_range *range, const struct tenon_filesystem_extent *e)
{
	return range->allocate && e->bytes <= range->bytes;
}

static int ask_extents(struct disk_node *n, const struct tenon_filesystem_range *range,
		       struct tenon_filesystem_extent extent[CACHE_EXTENTS])
{
	struct disk *d = disk_of(&n->node);
	int len = disk_ask(d, DISK_EXTENTS, n->node.number, DISK_POINTER(range), DISK_POINTER(extent),
			   CACHE_EXTENTS * sizeof(*extent), 0);
	int cnt = len / (int)sizeof(*extent);

	if (len < 0)
		return len;
	for (int i = 0; i < cnt; i++)
		if (!extent_valid(d, &extent[i]) ||
		    (extent[i].flags & TENON_FILESYSTEM_NEW && !new_valid(range, &extent[i])))
			return disk_lied(d, "an extent cannot be");
	return cnt ? cnt : disk_lied(d, "a file has no extents");
}

/*
 * What was made is asked for again, by its last block: a module that forgets what it has put somewhere, or does not see where
 * something else is in between, must not have it written there.
 */
static int check_made(struct disk_node *n, uint64_t offset, const struct tenon_filesystem_extent *extent, int cnt)
{
	struct disk *d = disk_of(&n->node);
	struct tenon_filesystem_range last = { .size = sizeof(last), .allocate = true, .bytes = d->mount.block_bytes };
	struct tenon_filesystem_extent again[CACHE_EXTENTS];
	const struct tenon_filesystem_extent *e = &extent[cnt - 1];
	int err;

	for (int i = 0; i < cnt; i++)
		offset += extent[i].bytes;
	last.offset = offset - last.bytes;
	err = ask_extents(n, &last, again);
	if (err < 0)
		return err;
	if (e->flags & TENON_FILESYSTEM_HOLE || again[0].flags & TENON_FILESYSTEM_HOLE ||
	    again[0].offset != e->offset + e->bytes - last.bytes)
		return disk_lied(d, "a file's block is somewhere else when asked again");
	return cnt;
}

int disk_locate(struct page_cache *c, uint64_t offset, uint64_t bytes, bool allocate,
		struct tenon_filesystem_extent *extent)
{
	struct disk_node *n = (struct disk_node *)((char *)c - offsetof(struct disk_node, cache));
	struct tenon_filesystem_range range = {
		.size = sizeof(range), .allocate = allocate, .offset = offset, .bytes = bytes
	};
	int cnt = ask_extents(n, &range, extent);

	if (!allocate)
		return cnt;
	atomic_store(&n->stale, true); /* it has blocks that sector_cnt does not count yet */
	return cnt < 0 ? cnt : check_made(n, offset, extent, cnt);
}

int disk_read_packed(struct page_cache *c, uint64_t offset, void *to, size_t bytes)
{
	struct disk_node *n = (struct disk_node *)((char *)c - offsetof(struct disk_node, cache));
	struct disk *d = disk_of(&n->node);
	int len = disk_ask(d, DISK_READ, n->node.number, offset, DISK_POINTER(to), bytes, 0);

	if (len < 0)
		return len;
	return (uint64_t)len == bytes ? 0 : disk_lied(d, "it reads another part of a file than was asked for");
}

static long read(struct file *file, struct io *io, uint64_t offset)
{
	struct node *node = file->node;
	uint64_t size = __atomic_load_n(&node->size, __ATOMIC_ACQUIRE);
	uint64_t left = offset < size ? size - offset : 0;
	size_t done;
	int err = cache_read(&of(node)->cache, io, offset, left < io->left ? left : io->left, size, &done);

	return done ? (long)done : err;
}

static void set_size(struct node *node, uint64_t bytes)
{
	__atomic_store_n(&node->size, bytes, __ATOMIC_RELEASE);
}

/* What was made beyond the end for bytes that then could not be copied is given back: the file is cut from there. */
static void give_back(struct node *node, uint64_t end)
{
	uint64_t size = node->size;

	set_size(node, end);
	disk_store(node);
	disk_truncate(node, size);
}

/* A file that may have no holes becomes longer, by zeros, or stays as it is. With the node's lock. */
static int extend(struct node *node, uint64_t end)
{
	static const uint8_t zeros[4096];
	struct volume *v = disk_of(node)->volume;
	struct page_cache *c = &of(node)->cache;
	struct io_segment segment[CACHE_STEP];
	uint64_t was = node->size;
	int err = 0;

	for (unsigned i = 0; i < CACHE_STEP; i++)
		segment[i] = (struct io_segment){ (uintptr_t)zeros, sizeof(zeros) };
	while (node->size < end && !err) {
		struct io io = { .segment = segment, .left = sizeof(zeros) * CACHE_STEP };
		size_t done, part = end - node->size < io.left ? (size_t)(end - node->size) : io.left;

		err = cache_write(c, &io, node->size, part, node->size, &done);
		set_size(node, node->size + done);
		if (done && !err)
			err = disk_store(node);
		if (volume_is_full(v))
			volume_write_back(v, false, false);
	}
	if (err) /* also what was found room for and is not of the file yet is given back */
		disk_truncate(node, was);
	return err;
}

/* With the node's lock. */
static int write_locked(struct node *node, struct io *io, uint64_t offset, size_t *done)
{
	struct page_cache *c = &of(node)->cache;
	uint64_t end = offset + io->left, was = node->size;
	int err = 0, failed;

	if (offset > node->size && disk_of(node)->mount.traits & TENON_FILESYSTEM_DENSE) {
		err = extend(node, offset);
	} else if (offset > node->size) { /* what was beyond the end and now is not reads as zeros */
		mutex_lock(&c->fill);
		err = cache_zero_tail(c, node->size);
		mutex_unlock(&c->fill);
	}
	if (!err)
		err = cache_write(c, io, offset, io->left, node->size, done);
	if (*done && offset + *done > node->size)
		set_size(node, offset + *done);
	node_touch_written(node);
	failed = *done ? disk_store(node) : 0;
	if (failed) { /* it is not of the file */
		*done = 0;
		mutex_lock(&c->fill);
		set_size(node, was);
		cache_cut(c, was);
		mutex_unlock(&c->fill);
	}
	if (err && end > node->size)
		give_back(node, end);
	return err ? err : failed;
}

static long write(struct file *file, struct io *io, uint64_t offset)
{
	struct node *node = file->node;
	struct disk *d = disk_of(node);
	size_t done = 0, left = io->left;
	uint64_t before, now;
	int err;

	if (!left)
		return 0;
	if (d->fs.read_only)
		return -TENON_EROFS;
	mutex_lock(&node->lock);
	before = node->size;
	if (atomic_load(&file->flags) & OPEN_APPEND)
		offset = node->size;
	if (offset >= d->mount.file_bytes_max)
		err = -TENON_EFBIG;
	else {
		if (left > d->mount.file_bytes_max - offset)
			io->left = (size_t)(d->mount.file_bytes_max - offset);
		err = write_locked(node, io, offset, &done);
		io->left = left - done;
	}
	now = node->size;
	mutex_unlock(&node->lock);
	if (before % 4096) /* a page that is mapped had no blocks beyond the end */
		processes_file_resized(node, before, now);
	if (volume_is_full(d->volume))
		volume_write_back(d->volume, false, false);
	return done ? (long)done : err;
}

static int map_page(struct file *file, uint64_t index, bool written, struct page **page)
{
	struct page_cache *c = &of(file->node)->cache;
	uint64_t size;
	int err;

	if (written && file->node->fs->read_only)
		return -TENON_EROFS;
	mutex_lock(&c->fill);
	size = __atomic_load_n(&file->node->size, __ATOMIC_ACQUIRE);
	err = index >= (size + 4095) / 4096 ? -TENON_ENXIO : cache_map(c, index, written, size, page);
	mutex_unlock(&c->fill);
	return err;
}

static int sync(struct file *file)
{
	struct node *node = file->node;
	int err, failed;

	mutex_lock(&node->lock);
	err = disk_check(node);
	mutex_unlock(&node->lock);
	if (!err)
		err = disk_sync(node->fs);
	failed = cache_error(&of(node)->cache);
	return err ? err : failed;
}

int disk_truncate(struct node *node, uint64_t bytes)
{
	struct page_cache *c = &of(node)->cache;
	int err = 0;

	if (!node_is(node, NODE_FILE))
		return 0;
	if (node->fs->read_only)
		return -TENON_EROFS;
	if (bytes > disk_of(node)->mount.file_bytes_max)
		return -TENON_EFBIG;
	if (bytes > node->size && disk_of(node)->mount.traits & TENON_FILESYSTEM_DENSE) {
		err = extend(node, bytes);
		disk_refresh(node);
		return err;
	}
	mutex_lock(&c->fill);
	if (bytes != node->size)
		err = cache_zero_tail(c, bytes < node->size ? bytes : node->size);
	if (!err) {
		set_size(node, bytes);
		cache_cut(c, bytes);
		node_touch_written(node);
		err = disk_store(node);
	}
	mutex_unlock(&c->fill);
	disk_refresh(node);
	return err;
}

int disk_open(struct node *node, struct file *file)
{
	static const struct file_ops ops = {
		.read = read,
		.write = write,
		.map_page = map_page,
		.sync = sync,
		.seekable = true,
	};

	if (node_is(node, NODE_FILE))
		file->ops = &ops;
	return 0;
}
