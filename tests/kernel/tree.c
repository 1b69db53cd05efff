// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/mm/heap.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/ramfs.h"
#include "tenon/errno.h"

#include "tests/kernel/tree.h"

struct path_start tree_start;
static struct filesystem *root_fs;
static uint64_t limit;

static int make_root(const struct filesystem_type *type, const char *source, const char *options,
		     struct filesystem **fs)
{
	int err = ramfs_make(type, limit, NULL, &root_fs);

	(void)source;
	(void)options;
	*fs = root_fs;
	return err;
}

void tree_begin(uint64_t limit_bytes)
{
	static struct filesystem_type type;

	type = ramfs_type;
	type.name = "root";
	type.make = make_root;
	limit = limit_bytes;
	filesystem_type_register(&type);
	filesystem_type_register(&ramfs_type);
	if (filesystem_mount("root", "root", "", 0, NULL))
		abort();
	tree_start.root = tree_start.at = root_fs->root;
}

static int make(const char *path, uint32_t mode, const char *target)
{
	struct node_wanted wanted = { .mode = mode, .target = target };

	return vfs_make(&tree_start, path, &wanted);
}

int make_dir(const char *path)
{
	return make(path, NODE_DIR | 0755, NULL);
}

int make_link(const char *path, const char *target)
{
	return make(path, NODE_LINK | 0777, target);
}

int make_fifo(const char *path)
{
	return make(path, NODE_FIFO | 0600, NULL);
}

long put_text(const char *path, const char *text)
{
	struct io_segment segment;
	struct file *file;
	struct io io;
	long done = vfs_open(&tree_start, path, OPEN_WRITE | OPEN_CREATE | OPEN_TRUNCATE, 0644, &file);

	if (done)
		return done;
	io_kernel(&io, &segment, (void *)(uintptr_t)text, strlen(text));
	done = io.left ? file_write(file, &io) : 0;
	file_put(file);
	return done;
}

const char *text_of(const char *path)
{
	static char buf[65536];
	struct file *file;
	long len;

	buf[0] = '\0';
	if (vfs_open(&tree_start, path, OPEN_READ, 0, &file))
		return buf;
	len = file_read_kernel(file, buf, sizeof(buf) - 1, 0);
	buf[len < 0 ? 0 : len] = '\0';
	file_put(file);
	return buf;
}

int look(const char *path)
{
	struct node *node;
	int err = path_find(&tree_start, path, PATH_FOLLOW, &node);

	if (!err)
		node_put(node);
	return err;
}

int rename_to(const char *from, const char *to)
{
	return vfs_rename(&tree_start, from, &tree_start, to, 0);
}

const char *path_again(const char *path)
{
	static char buf[PATH_BYTES];
	struct node *node;
	const char *again;

	if (path_find(&tree_start, path, PATH_FOLLOW, &node))
		return "not there";
	again = path_of(node, tree_start.root, buf, sizeof(buf));
	node_put(node);
	return again ? again : "does not fit";
}

struct names {
	char text[200][NAME_BYTES_MAX + 1];
	unsigned cnt;
};

static bool add(struct listing *l, struct name name, uint64_t number, uint32_t mode)
{
	struct names *n = l->data;

	(void)number;
	(void)mode;
	snprintf(n->text[n->cnt++], sizeof(n->text[0]), "%.*s", (int)name.len, name.text);
	return true;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

const char *names_in(const char *path)
{
	static struct names n;
	static char all[8192];
	struct listing l = { .offset = 2, .add = add, .data = &n };
	struct node *dir;
	unsigned i;

	n.cnt = 0;
	all[0] = '\0';
	if (path_find(&tree_start, path, PATH_FOLLOW, &dir))
		return "not there";
	mutex_lock(&dir->lock);
	dir->ops->list(dir, &l);
	mutex_unlock(&dir->lock);
	node_put(dir);
	qsort(n.text, n.cnt, sizeof(n.text[0]), compare);
	for (i = 0; i < n.cnt; i++)
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i ? " " : "", n.text[i]);
	return all;
}

void tree_clear(void)
{
	heap_free(root_fs->source);
	ramfs_type.drop(root_fs);
}
