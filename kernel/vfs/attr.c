// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Directories and links are the memory file system's, without the operations that change them. */
#include "kernel/vfs/attr.h"

#include "kernel/init.h"
#include "kernel/mm/heap.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/place.h"
#include "kernel/vfs/ramfs.h"
#include "kernel/vfs/text_file.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define LIMIT_BYTES (64ull << 20) /* of names; the kernel's own, so never reached by what a program does */

struct attr_node {
	struct node node;
	const struct attr *attr; /* node.lock: NULL: removed */
	void *data;
};

static const struct node_ops dir_ops = {
	.lookup = ramfs_lookup,
	.list = ramfs_dir_list,
	.release = ramfs_release,
};

/* ---- files ------------------------------------------------------------------------------------------------------- */

static int show(struct file *file, struct text *t)
{
	struct attr_node *n = (struct attr_node *)file->node;
	int err;

	mutex_lock(&n->node.lock);
	err = !n->attr ? -TENON_ENODEV : n->attr->show ? n->attr->show(t, n->data) : -TENON_EIO;
	mutex_unlock(&n->node.lock);
	return err;
}

static long attr_write(struct file *file, struct io *io, uint64_t offset)
{
	struct attr_node *n = (struct attr_node *)file->node;
	size_t len = io->left;
	char *text;
	int err;

	(void)offset;
	if (len >= ATTR_STORE_BYTES)
		return -TENON_EINVAL;
	text = heap_alloc(len + 1);
	if (!text)
		return -TENON_ENOMEM;
	err = io_take(io, text, len);
	text[len] = '\0';
	if (!err) {
		mutex_lock(&n->node.lock);
		err = !n->attr ? -TENON_ENODEV : n->attr->store ? n->attr->store(text, len, n->data) : -TENON_EIO;
		mutex_unlock(&n->node.lock);
	}
	heap_free(text);
	return err ? err : (long)len;
}

static const struct file_ops file_ops = {
	.read = text_file_read,
	.write = attr_write,
	.release = text_file_release,
	.seekable = true,
};

static int attr_open(struct node *node, struct file *file)
{
	(void)node;
	return text_file_open(file, &file_ops, show);
}

static void attr_release(struct node *node)
{
	heap_free(node);
}

static const struct node_ops attr_ops = { .open = attr_open, .release = attr_release };

/* ---- the tree ---------------------------------------------------------------------------------------------------- */

static struct name name_of(const char *text)
{
	return (struct name){ text, strlen(text) };
}

/* Give a new node its name; its reference stays the caller's. */
static int add(struct node *dir, const char *text, struct node *node)
{
	struct ramfs_node *d = (struct ramfs_node *)dir;
	struct name name = name_of(text);
	int err = place_set(node, dir, name);

	if (err)
		return err;
	mutex_lock(&dir->lock);
	err = !dir->link_cnt ? -TENON_ENOENT : ramfs_dir_find(d, name) ? -TENON_EEXIST : ramfs_dir_add(d, name, node);
	if (!err && node_is(node, NODE_DIR))
		dir->link_cnt++;
	mutex_unlock(&dir->lock);
	return err;
}

int attr_dir_of(struct node *parent, const char *name, const struct node_ops *ops, struct node **dir)
{
	int err = ramfs_make_dir(parent->fs, ops, 0555, dir);

	if (err)
		return err;
	err = add(parent, name, *dir);
	if (err)
		node_put(*dir);
	return err;
}

int attr_dir(struct node *parent, const char *name, struct node **dir)
{
	return attr_dir_of(parent, name, &dir_ops, dir);
}

int attr_file(struct node *dir, const struct attr *attr, void *data)
{
	struct attr_node *n = heap_alloc_zeroed(sizeof(*n));
	int err;

	if (!n)
		return -TENON_ENOMEM;
	node_init(&n->node, dir->fs, &attr_ops, ramfs_number(dir->fs), NODE_FILE | attr->mode);
	n->attr = attr;
	n->data = data;
	err = add(dir, attr->name, &n->node);
	node_put(&n->node);
	return err;
}

int attr_link(struct node *dir, const char *name, const char *target)
{
	struct node *link;
	int err = ramfs_make_link(dir->fs, target, &link);

	if (err)
		return err;
	err = add(dir, name, link);
	node_put(link);
	return err;
}

int attr_find(struct node *dir, const char *name, struct node **found)
{
	int err;

	mutex_lock(&dir->lock);
	err = ramfs_lookup(dir, name_of(name), found);
	mutex_unlock(&dir->lock);
	return err;
}

/* Nobody calls its functions any more, or adds names to it. */
static void close_node(struct node *node)
{
	mutex_lock(&node->lock);
	node->link_cnt = 0;
	if (node_is(node, NODE_FILE))
		((struct attr_node *)node)->attr = NULL;
	mutex_unlock(&node->lock);
}

/* Takes one name out of @dir. Return: what had it, with a reference. */
static struct node *take(struct node *dir, struct name *name)
{
	struct ramfs_node *d = (struct ramfs_node *)dir;
	struct node *node;

	mutex_lock(&dir->lock);
	node = name->text ? ramfs_dir_find(d, *name) : ramfs_dir_any(d, name);
	if (node) {
		ramfs_dir_remove(d, *name);
		if (dir->link_cnt && node_is(node, NODE_DIR))
			dir->link_cnt--;
	}
	mutex_unlock(&dir->lock);
	return node;
}

void attr_remove(struct node *dir, const char *name)
{
	struct name first = name_of(name);
	struct node *top = take(dir, &first), *at, *next;

	if (!top)
		return;
	close_node(top);
	/* Down and up again, from each directory one name at a time, so that there is no recursion. */
	at = node_get(top);
	while (at) {
		struct name any = { 0 };

		next = node_is(at, NODE_DIR) ? take(at, &any) : NULL;
		if (next)
			close_node(next);
		if (next && !node_is(next, NODE_DIR)) {
			node_put(next);
			continue;
		}
		if (!next && at != top)
			next = node_get(at->parent);
		node_put(at);
		at = next;
	}
	node_put(top);
}

int __init attr_filesystem_make(struct filesystem_type *type, const struct node_ops *root_ops, struct filesystem **fs)
{
	int err = ramfs_make(type, LIMIT_BYTES, root_ops ? root_ops : &dir_ops, fs);

	if (!err)
		filesystem_type_register(type);
	return err;
}
