// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The file is made in an instance of the memory file system that is mounted nowhere, and its name taken away at once.
 */
#include "kernel/mm/shared_memory.h"

#include "kernel/init.h"
#include "kernel/mm/page.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/ramfs.h"
#include "tenon/errno.h"

static struct filesystem *instance;

int __init shared_memory_init(void)
{
	struct page_totals totals;

	page_totals(&totals);
	return ramfs_make(&ramfs_type, totals.total * PAGE_BYTES, NULL, &instance);
}

static int make_node(uint64_t bytes, struct node **out)
{
	struct node *dir = instance->root, *node;
	struct node_wanted wanted = { .mode = NODE_FILE | 0600 };
	struct name name = { "shared", 6 };
	int err;

	mutex_lock(&dir->lock);
	err = dir->ops->create(dir, name, &wanted, &node);
	if (!err) {
		mutex_lock_second(&node->lock);
		dir->ops->unlink(dir, name, node);
		err = node->ops->truncate(node, bytes);
		mutex_unlock(&node->lock);
	}
	mutex_unlock(&dir->lock);
	if (!err)
		*out = node;
	return err;
}

/* A page that is touched must be there: a lack of memory is reported now. */
static int fill(struct file *file, uint64_t bytes)
{
	int err = 0;

	for (uint64_t i = 0; i < bytes / PAGE_BYTES && !err; i++) {
		struct page *page;

		err = file_map_page(file, i, true, &page);
		if (!err)
			page_put(page);
	}
	return err;
}

int shared_memory_make(uint64_t bytes, struct file **out)
{
	struct file *file;
	struct node *node;

	if (bytes > RAMFS_FILE_BYTES_MAX || make_node(bytes, &node))
		return -TENON_ENOMEM;
	int err = file_open_node(node, OPEN_READ_WRITE, &file);
	node_put(node);
	if (!err && fill(file, bytes)) {
		file_put(file);
		err = -TENON_ENOMEM;
	}
	if (!err)
		*out = file;
	return err ? -TENON_ENOMEM : 0;
}
