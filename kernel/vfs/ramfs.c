// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Nodes of the file system in memory. A node lives as long as it has names or users. */
#include "kernel/vfs/ramfs.h"

#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/vfs/place.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define MAGIC 0x01021994 /* Linux's TMPFS_MAGIC */

static const struct node_ops ops;

int ramfs_charge(struct ramfs *fs, uint64_t bytes)
{
	if (atomic_fetch_add(&fs->used_bytes, bytes) + bytes <= fs->limit_bytes)
		return 0;
	atomic_fetch_sub(&fs->used_bytes, bytes);
	return -TENON_ENOSPC;
}

void ramfs_uncharge(struct ramfs *fs, uint64_t bytes)
{
	atomic_fetch_sub(&fs->used_bytes, bytes);
}

uint64_t ramfs_number(struct filesystem *fs)
{
	return atomic_fetch_add(&((struct ramfs *)fs)->last_number, 1) + 1;
}

static struct ramfs_node *ram(struct node *node)
{
	return (struct ramfs_node *)node;
}

static int set_target(struct ramfs_node *n, const char *target)
{
	size_t len = strlen(target);
	int err = ramfs_charge(ramfs_of(&n->node), len + 1);

	if (err)
		return err;
	n->target = heap_alloc(len + 1);
	if (!n->target) {
		ramfs_uncharge(ramfs_of(&n->node), len + 1);
		return -TENON_ENOMEM;
	}
	memcpy(n->target, target, len + 1);
	n->node.size = len;
	return 0;
}

/* A node without a name, with one reference. */
static int make_node(struct ramfs *fs, const struct node_ops *node_ops, const struct node_wanted *wanted,
		     struct ramfs_node **node)
{
	struct ramfs_node *n;
	int err = ramfs_charge(fs, sizeof(*n));

	if (err)
		return err;
	n = heap_alloc_zeroed(sizeof(*n));
	if (!n) {
		ramfs_uncharge(fs, sizeof(*n));
		return -TENON_ENOMEM;
	}
	node_init(&n->node, &fs->fs, node_ops, ramfs_number(&fs->fs), wanted->mode);
	n->node.uid = wanted->uid;
	n->node.gid = wanted->gid;
	n->node.device = wanted->device;
	if (node_is(&n->node, NODE_DIR)) {
		n->node.link_cnt = 2;
		ramfs_dir_init(n);
	} else if (node_is(&n->node, NODE_FILE)) {
		ramfs_pages_init(n);
	} else if (node_is(&n->node, NODE_LINK)) {
		err = set_target(n, wanted->target);
		if (err) {
			node_put(&n->node);
			return err;
		}
	}
	*node = n;
	return 0;
}

void ramfs_release(struct node *node)
{
	struct ramfs *fs = ramfs_of(node);

	if (node_is(node, NODE_DIR)) {
		ramfs_dir_free(ram(node));
	} else if (node_is(node, NODE_FILE)) {
		ramfs_pages_free(ram(node));
	} else if (node_is(node, NODE_LINK) && ram(node)->target) {
		ramfs_uncharge(fs, node->size + 1);
		heap_free(ram(node)->target);
	}
	heap_free(node);
	ramfs_uncharge(fs, sizeof(struct ramfs_node));
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

int ramfs_lookup(struct node *dir, struct name name, struct node **child)
{
	*child = node_get(ramfs_dir_find(ram(dir), name));
	return *child ? 0 : -TENON_ENOENT;
}

static int create(struct node *dir, struct name name, const struct node_wanted *wanted, struct node **child)
{
	struct ramfs_node *n;
	int err = make_node(ramfs_of(dir), &ops, wanted, &n);

	if (err)
		return err;
	err = place_set(&n->node, dir, name);
	if (!err)
		err = ramfs_dir_add(ram(dir), name, &n->node);
	if (err) {
		node_put(&n->node);
		return err;
	}
	if (node_is(&n->node, NODE_DIR))
		dir->link_cnt++;
	node_touch_modified(dir);
	*child = &n->node;
	return 0;
}

static int link(struct node *dir, struct name name, struct node *node)
{
	int err = ramfs_dir_add(ram(dir), name, node);

	if (err)
		return err;
	node->link_cnt++;
	node_touch_changed(node);
	node_touch_modified(dir);
	return 0;
}

/* A name of the node has gone. */
static void count_lost_name(struct node *dir, struct name name, struct node *node)
{
	if (node_is(node, NODE_DIR)) {
		node->link_cnt = 0;
		dir->link_cnt--;
	} else {
		node->link_cnt--;
		place_lose(node, dir, name);
	}
	node_touch_changed(node);
	node_touch_modified(dir);
}

static bool empty(struct node *dir)
{
	return !ram(dir)->dir.cnt;
}

static int unlink(struct node *dir, struct name name, struct node *node)
{
	if (node_is(node, NODE_DIR) && !empty(node))
		return -TENON_ENOTEMPTY;
	node_put(ramfs_dir_remove(ram(dir), name)); /* not the last reference: the caller has one */
	count_lost_name(dir, name, node);
	return 0;
}

/*
 * The name now leads to r->node; what had it before loses it. Takes no memory for the directory, so it is not lost half
 * way.
 */
static int replace_name(const struct rename *r)
{
	struct node *old;
	int err = place_set(r->node, r->to_dir, r->to);

	if (err)
		return err;
	old = ramfs_dir_swap(ram(r->to_dir), r->to, r->node);
	count_lost_name(r->to_dir, r->to, old);
	node_put(old);
	return 0;
}

static int add_name(const struct rename *r)
{
	int err = ramfs_dir_add(ram(r->to_dir), r->to, r->node);

	if (err)
		return err;
	err = place_set(r->node, r->to_dir, r->to);
	if (err)
		node_put(ramfs_dir_remove(ram(r->to_dir), r->to));
	return err;
}

static int rename(const struct rename *r)
{
	int err = r->replaced ? replace_name(r) : add_name(r);

	if (err)
		return err;
	node_put(ramfs_dir_remove(ram(r->from_dir), r->from));
	if (node_is(r->node, NODE_DIR)) {
		r->from_dir->link_cnt--;
		r->to_dir->link_cnt++;
	}
	node_touch_changed(r->node);
	node_touch_modified(r->from_dir);
	node_touch_modified(r->to_dir);
	return 0;
}

static long read_link(struct node *node, char *buf, size_t size)
{
	size_t len = node->size < size ? node->size : size;

	memcpy(buf, ram(node)->target, len);
	return (long)len;
}

static int open(struct node *node, struct file *file)
{
	if (node_is(node, NODE_FILE))
		file->ops = &ramfs_file_ops;
	return 0;
}

static const struct node_ops ops = {
	.lookup = ramfs_lookup,
	.create = create,
	.link = link,
	.unlink = unlink,
	.rename = rename,
	.empty = empty,
	.list = ramfs_dir_list,
	.read_link = read_link,
	.open = open,
	.truncate = ramfs_truncate,
	.release = ramfs_release,
};

/* ---- instances --------------------------------------------------------------------------------------------------- */

static void usage(struct filesystem *fs, struct filesystem_usage *u)
{
	struct ramfs *r = (struct ramfs *)fs;
	uint64_t used = atomic_load(&r->used_bytes);

	u->magic = MAGIC;
	u->blocks = r->limit_bytes / PAGE_BYTES;
	u->blocks_free = used < r->limit_bytes ? (r->limit_bytes - used) / PAGE_BYTES : 0;
	u->nodes = r->limit_bytes / sizeof(struct ramfs_node);
	u->nodes_free = used < r->limit_bytes ? (r->limit_bytes - used) / sizeof(struct ramfs_node) : 0;
}

int ramfs_make_dir(struct filesystem *fs, const struct node_ops *dir_ops, uint32_t mode, struct node **dir)
{
	struct node_wanted wanted = { .mode = NODE_DIR | mode };
	struct ramfs_node *n;
	int err = make_node((struct ramfs *)fs, dir_ops, &wanted, &n);

	if (!err)
		*dir = &n->node;
	return err;
}

int ramfs_make_link(struct filesystem *fs, const char *target, struct node **link)
{
	struct node_wanted wanted = { .mode = NODE_LINK | 0777, .target = target };
	struct ramfs_node *n;
	int err = make_node((struct ramfs *)fs, &ops, &wanted, &n);

	if (!err)
		*link = &n->node;
	return err;
}

int ramfs_make(const struct filesystem_type *type, uint64_t limit_bytes, const struct node_ops *root_ops,
	       struct filesystem **out)
{
	struct ramfs *fs = heap_alloc_zeroed(sizeof(*fs));
	int err;

	if (!fs)
		return -TENON_ENOMEM;
	filesystem_init(&fs->fs, type);
	fs->limit_bytes = limit_bytes;
	fs->fs.usage = usage;
	filesystem_hold(&fs->fs);
	err = ramfs_make_dir(&fs->fs, root_ops ? root_ops : &ops, 0755, &fs->fs.root);
	if (!err)
		*out = &fs->fs;
	filesystem_release(&fs->fs); /* frees it if there is no root */
	return err;
}

/* Half of memory, for the root and for each that is mounted later. */
static int make(const struct filesystem_type *type, const char *source, const char *options, struct filesystem **fs)
{
	struct page_totals totals;

	(void)source;
	(void)options;
	page_totals(&totals);
	return ramfs_make(type, totals.total / 2 * PAGE_BYTES, NULL, fs);
}

static void free_instance(struct filesystem *fs)
{
	heap_free(fs);
}

/*
 * The node gets no names any more, and loses its own. Return: is there nothing in it? The lock of its directory is
 * held.
 */
static bool close_node(struct node *node)
{
	bool nothing;

	mutex_lock_second(&node->lock);
	node->link_cnt = 0;
	nothing = !node_is(node, NODE_DIR) || empty(node);
	mutex_unlock(&node->lock);
	return nothing;
}

/*
 * Take away all names, from the leaves up, without recursion. A directory that is being emptied has no name in the
 * sense of link_cnt already, so that nobody adds one.
 */
static void drop(struct filesystem *fs)
{
	struct node *dir = node_get(fs->root), *child;
	struct name name;

	while (dir) {
		struct node *next = NULL, *gone = NULL;

		mutex_lock(&dir->lock);
		dir->link_cnt = 0;
		child = ramfs_dir_any(ram(dir), &name);
		if (child && !close_node(child))
			next = node_get(child);
		else if (child)
			gone = ramfs_dir_remove(ram(dir), name);
		else if (dir != fs->root)
			next = node_get(dir->parent);
		mutex_unlock(&dir->lock);
		node_put(gone);
		if (next || !child) {
			node_put(dir);
			dir = next;
		}
	}
	node_put(fs->root);
}

struct filesystem_type ramfs_type = {
	.name = "tmpfs",
	.make = make,
	.drop = drop,
	.free = free_instance,
};
