// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Bytes of files in memory: a tree of pages, with holes where nothing was written. A page here is the page that is
 * mapped, so a program's text is there once.
 *
 * The tree has a lock of its own, because a page fault needs a page with the lock of the address space held, while a
 * write holds the node's lock and may fault. It is not held while bytes are copied.
 */
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/ramfs.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define LEVEL_BITS 9
#define LEVEL_CNT (1u << LEVEL_BITS)

struct level {
	void *below[LEVEL_CNT];
};

void ramfs_pages_init(struct ramfs_node *n)
{
	n->pages = (struct ramfs_pages){ 0 };
	mutex_init(&n->pages.lock, LOCK_OBJECT);
}

static struct level *level_make(struct ramfs *fs, int *err)
{
	struct level *level = NULL;

	*err = ramfs_charge(fs, sizeof(*level));
	if (*err)
		return NULL;
	level = heap_alloc_zeroed(sizeof(*level));
	if (level)
		return level;
	ramfs_uncharge(fs, sizeof(*level));
	*err = -TENON_ENOMEM;
	return NULL;
}

static struct page *page_make(struct ramfs *fs, int *err)
{
	struct page *page;

	*err = ramfs_charge(fs, PAGE_BYTES);
	if (*err)
		return NULL;
	page = page_alloc(0);
	if (page) {
		memset(page_address(page), 0, PAGE_BYTES);
		return page;
	}
	ramfs_uncharge(fs, PAGE_BYTES);
	*err = -TENON_ENOMEM;
	return NULL;
}

/* The place for page @index, or NULL if the levels to it are not there. */
static void **find(struct ramfs_pages *p, uint64_t index)
{
	void **at = &p->root;
	unsigned level = p->levels;

	if (index >> (LEVEL_BITS * level))
		return NULL;
	while (level--) {
		if (!*at)
			return NULL;
		at = &((struct level *)*at)->below[index >> (LEVEL_BITS * level) & (LEVEL_CNT - 1)];
	}
	return at;
}

/* The same, and makes the levels. */
static void **find_or_make(struct ramfs *fs, struct ramfs_pages *p, uint64_t index, int *err)
{
	struct level *level;
	unsigned left;
	void **at;

	while (index >> (LEVEL_BITS * p->levels)) {
		if (p->root) {
			level = level_make(fs, err);
			if (!level)
				return NULL;
			level->below[0] = p->root;
			p->root = level;
		}
		p->levels++;
	}
	at = &p->root;
	for (left = p->levels; left--;) {
		if (!*at)
			*at = level_make(fs, err);
		if (!*at)
			return NULL;
		at = &((struct level *)*at)->below[index >> (LEVEL_BITS * left) & (LEVEL_CNT - 1)];
	}
	return at;
}

/* Page @index with a reference; *@page NULL: a hole. */
static void get(struct ramfs_node *n, uint64_t index, struct page **page)
{
	void **at;

	mutex_lock(&n->pages.lock);
	at = find(&n->pages, index);
	*page = at ? *at : NULL;
	if (*page)
		page_get(*page);
	mutex_unlock(&n->pages.lock);
}

/* The same, made if it is not there. The lock is held. */
static int get_or_make(struct ramfs_node *n, uint64_t index, struct page **page)
{
	struct ramfs *fs = ramfs_of(&n->node);
	void **at;
	int err = 0;

	at = find_or_make(fs, &n->pages, index, &err);
	if (at && !*at)
		*at = page_make(fs, &err);
	if (!at || !*at)
		return err;
	*page = *at;
	page_get(*page);
	return 0;
}

/* ---- freeing ----------------------------------------------------------------------------------------------------- */

/*
 * Free what is in @at from page @from on, counted from its first one. Return: is it empty? As deep as there are levels.
 */
static bool cut(struct ramfs *fs, void **at, unsigned levels, uint64_t from)
{
	uint64_t step = 1ull << (LEVEL_BITS * (levels ? levels - 1 : 0));
	struct level *level = *at;
	bool empty = true;
	unsigned i;

	if (!*at)
		return true;
	if (!levels) {
		if (from)
			return false;
		page_put(*at);
		ramfs_uncharge(fs, PAGE_BYTES);
		*at = NULL;
		return true;
	}
	for (i = 0; i < LEVEL_CNT; i++) {
		uint64_t first = i * step;

		empty &= cut(fs, &level->below[i], levels - 1, from > first ? from - first : 0);
	}
	if (!empty)
		return false;
	heap_free(level);
	ramfs_uncharge(fs, sizeof(*level));
	*at = NULL;
	return true;
}

void ramfs_pages_free(struct ramfs_node *n)
{
	cut(ramfs_of(&n->node), &n->pages.root, n->pages.levels, 0);
}

int ramfs_truncate(struct node *node, uint64_t bytes)
{
	struct ramfs_node *n = (struct ramfs_node *)node;
	struct ramfs_pages *p = &n->pages;
	void **last;

	if (!node_is(node, NODE_FILE))
		return 0;
	if (bytes > RAMFS_FILE_BYTES_MAX)
		return -TENON_EFBIG;
	mutex_lock(&p->lock);
	if (bytes < node->size) {
		cut(ramfs_of(node), &p->root, p->levels, (bytes + PAGE_BYTES - 1) >> PAGE_SHIFT);
		last = bytes % PAGE_BYTES ? find(p, bytes >> PAGE_SHIFT) : NULL;
		if (last && *last) /* what a longer file would show again */
			memset((char *)page_address(*last) + bytes % PAGE_BYTES, 0, PAGE_BYTES - bytes % PAGE_BYTES);
	}
	node->size = bytes;
	mutex_unlock(&p->lock);
	node_touch_written(node);
	return 0;
}

/* ---- open files -------------------------------------------------------------------------------------------------- */

static uint64_t size_of(struct ramfs_node *n)
{
	uint64_t size;

	mutex_lock(&n->pages.lock);
	size = n->node.size;
	mutex_unlock(&n->pages.lock);
	return size;
}

/* How much of @left bytes at @offset lies in one page. */
static size_t in_page(uint64_t offset, uint64_t left)
{
	uint64_t room = PAGE_BYTES - offset % PAGE_BYTES;

	return left < room ? left : room;
}

static long file_read_pages(struct file *file, struct io *io, uint64_t offset)
{
	struct ramfs_node *n = (struct ramfs_node *)file->node;
	uint64_t size = size_of(n);
	uint64_t left = offset >= size ? 0 : size - offset;
	size_t done = 0;
	int err = 0;

	if (left > io->left)
		left = io->left;
	while (done < left) {
		size_t part = in_page(offset + done, left - done);
		struct page *page;

		get(n, (offset + done) >> PAGE_SHIFT, &page);
		if (page) {
			err = io_put(io, (char *)page_address(page) + (offset + done) % PAGE_BYTES, part);
			page_put(page);
		} else {
			err = io_put_zeros(io, part);
		}
		if (err)
			break;
		done += part;
	}
	return done ? (long)done : err;
}

/* One page's part of a write. The node's lock is held. */
static int write_part(struct ramfs_node *n, struct io *io, uint64_t offset, size_t bytes)
{
	struct page *page = NULL;
	int err;

	mutex_lock(&n->pages.lock);
	err = get_or_make(n, offset >> PAGE_SHIFT, &page);
	mutex_unlock(&n->pages.lock);
	if (err)
		return err;
	err = io_take(io, (char *)page_address(page) + offset % PAGE_BYTES, bytes);
	mutex_lock(&n->pages.lock);
	if (!err && offset + bytes > n->node.size)
		n->node.size = offset + bytes;
	mutex_unlock(&n->pages.lock);
	page_put(page);
	return err;
}

static long file_write_pages(struct file *file, struct io *io, uint64_t offset)
{
	struct ramfs_node *n = (struct ramfs_node *)file->node;
	size_t done = 0;
	int err = 0;

	mutex_lock(&n->node.lock);
	if (atomic_load(&file->flags) & OPEN_APPEND)
		offset = n->node.size;
	while (!err && io->left) {
		size_t part = in_page(offset, io->left);

		err = offset + part > RAMFS_FILE_BYTES_MAX || offset > RAMFS_FILE_BYTES_MAX ?
			  -TENON_EFBIG :
			  write_part(n, io, offset, part);
		if (!err) {
			offset += part;
			done += part;
		}
	}
	if (done)
		node_touch_written(&n->node);
	mutex_unlock(&n->node.lock);
	return done ? (long)done : err;
}

static int file_map(struct file *file, uint64_t index, bool written, struct page **page)
{
	struct ramfs_node *n = (struct ramfs_node *)file->node;
	int err = -TENON_ENXIO;

	(void)written;
	mutex_lock(&n->pages.lock);
	if (index < (n->node.size + PAGE_BYTES - 1) >> PAGE_SHIFT)
		err = get_or_make(n, index, page);
	mutex_unlock(&n->pages.lock);
	return err;
}

const struct file_ops ramfs_file_ops = {
	.read = file_read_pages,
	.write = file_write_pages,
	.map_page = file_map,
	.seekable = true,
};
