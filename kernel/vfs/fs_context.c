// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/vfs/fs_context.h"

#include "kernel/mm/heap.h"
#include "kernel/vfs/filesystem.h"

static struct node *use(struct node *node)
{
	filesystem_use(node->fs);
	return node_get(node);
}

static void unuse(struct node *node)
{
	filesystem_unuse(node->fs);
	node_put(node);
}

static struct fs_context *make(struct node *root, struct node *cwd, uint32_t umask)
{
	struct fs_context *fs = heap_alloc_zeroed(sizeof(*fs));

	if (!fs)
		return NULL;
	atomic_init(&fs->refs, 1);
	atomic_init(&fs->umask, umask);
	mutex_init(&fs->lock, LOCK_FILES);
	fs->root = use(root);
	fs->cwd = use(cwd);
	return fs;
}

struct fs_context *fs_context_make(void)
{
	struct node *root = filesystem_root();
	struct fs_context *fs = make(root, root, 022);

	node_put(root);
	return fs;
}

struct fs_context *fs_context_copy(struct fs_context *fs)
{
	struct path_start start;
	struct fs_context *copy;

	fs_context_start(fs, &start);
	copy = make(start.root, start.at, atomic_load(&fs->umask));
	path_start_put(&start);
	return copy;
}

struct fs_context *fs_context_get(struct fs_context *fs)
{
	atomic_fetch_add(&fs->refs, 1);
	return fs;
}

void fs_context_put(struct fs_context *fs)
{
	if (atomic_fetch_sub(&fs->refs, 1) != 1)
		return;
	unuse(fs->root);
	unuse(fs->cwd);
	heap_free(fs);
}

void fs_context_start(struct fs_context *fs, struct path_start *start)
{
	mutex_lock(&fs->lock);
	start->root = node_get(fs->root);
	start->at = node_get(fs->cwd);
	mutex_unlock(&fs->lock);
}

void path_start_put(struct path_start *start)
{
	node_put(start->root);
	node_put(start->at);
}

static void replace(struct fs_context *fs, struct node **which, struct node *dir)
{
	struct node *old;

	use(dir);
	mutex_lock(&fs->lock);
	old = *which;
	*which = dir;
	mutex_unlock(&fs->lock);
	unuse(old);
}

void fs_context_set_cwd(struct fs_context *fs, struct node *dir)
{
	replace(fs, &fs->cwd, dir);
}

void fs_context_set_root(struct fs_context *fs, struct node *dir)
{
	replace(fs, &fs->root, dir);
}
