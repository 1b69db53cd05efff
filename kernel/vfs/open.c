// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Opening: from a path to a node, made if need be, and from a node to a file. */
#include "kernel/device/block.h"
#include "kernel/mm/heap.h"
#include "kernel/policy/policy.h"
#include "kernel/process/process.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/pipe.h"
#include "kernel/vfs/place.h"
#include "kernel/vfs/vfs.h"
#include "tenon/errno.h"

/* Where a module has come for it that was idle, and is leaving again before it is used, as on a busy machine. */
#define OPENINGS_MAX 4

/* A file that is only a place: a directory, or anything opened with OPEN_PATH. */
static const struct file_ops place_ops = { .seekable = true };

/* What a file is that its file system says nothing about. */
static int open_by_type(struct node *node, struct file *file, unsigned flags)
{
	if (node->device && (node->fs->flags & MOUNT_NO_DEVICES))
		return -TENON_EACCES;
	switch (node->mode & NODE_TYPE) {
	case NODE_DIR:
		file->ops = &place_ops;
		return 0;
	case NODE_FIFO:
		return fifo_open(node, file);
	case NODE_CHAR:
		return chrdev_open(node, file, flags);
	case NODE_BLOCK:
		return block_open(node, file);
	default: /* nothing answers behind a socket's name */
		return -TENON_ENXIO;
	}
}

int file_open_node(struct node *node, unsigned flags, struct file **out)
{
	struct file *file;
	int err = file_make(node, flags & OPEN_PATH ? &place_ops : NULL, flags, &file);

	if (err)
		return err;
	if (!file->ops && node->ops->open)
		err = node->ops->open(node, file);
	if (!err && !file->ops)
		err = open_by_type(node, file, flags);
	if (err) {
		file_put(file);
		return err;
	}
	*out = file;
	return 0;
}

static unsigned wanted_access(unsigned flags)
{
	switch (flags & OPEN_ACCESS) {
	case OPEN_READ:
		return MAY_READ;
	case OPEN_WRITE:
		return MAY_WRITE;
	default:
		return MAY_READ | MAY_WRITE;
	}
}

/* What a policy is asked: whether it is opened to be read or written. */
static int ask_policy(struct node *node, unsigned flags, unsigned wanted)
{
	unsigned access = 0;

	if (flags & OPEN_KERNEL)
		return 0;
	if (!(flags & OPEN_PATH))
		access = (wanted & MAY_READ ? TENON_POLICY_READ : 0) | (wanted & MAY_WRITE ? TENON_POLICY_WRITE : 0);
	return policy_open(node, access);
}

/* @made: by this call, so that its own mode does not stand in the way. */
static int open_checked(struct node *node, unsigned flags, bool made, struct file **file)
{
	unsigned wanted = wanted_access(flags) | (flags & OPEN_TRUNCATE ? MAY_WRITE : 0);
	int err;

	if ((flags & OPEN_DIRECTORY) && !node_is(node, NODE_DIR))
		return -TENON_ENOTDIR;
	if (flags & OPEN_PATH) {
		err = ask_policy(node, flags, 0);
		return err ? err : file_open_node(node, flags, file);
	}
	if (node_is(node, NODE_LINK))
		return -TENON_ELOOP;
	if (node_is(node, NODE_DIR) && ((wanted & MAY_WRITE) || (flags & OPEN_CREATE)))
		return -TENON_EISDIR;
	err = made ? 0 : node_permission(node, wanted, false);
	if (!err)
		err = ask_policy(node, flags, wanted);
	if (!err && (flags & OPEN_TRUNCATE) && node_is(node, NODE_FILE) && !made)
		err = vfs_truncate(node, 0);
	return err ? err : file_open_node(node, flags, file);
}

int vfs_open_node(struct node *node, unsigned flags, struct file **file)
{
	return open_checked(node, flags, false, file);
}

/* Find or make what the last name says; *@node is NULL on errors. @made: it was not there. */
static int find_or_create(struct path_last *last, unsigned flags, uint32_t mode, struct node **node, bool *made)
{
	struct node *dir = last->dir;
	struct node_wanted wanted = { .mode = NODE_FILE | (mode & 07777) };
	bool asked = flags & OPEN_KERNEL || !policy_decides(POLICY_OPEN);
	int err;

again:
	mutex_lock(&dir->lock);
	err = path_lookup_locked(dir, last->name, node);
	if (err == -TENON_ENOENT && !asked) { /* of a policy, without the lock */
		mutex_unlock(&dir->lock);
		asked = true;
		err = policy_change(dir, &last->name, 0);
		if (!err)
			goto again;
		*node = NULL;
		return err;
	}
	if (err)
		*node = NULL;
	*made = err == -TENON_ENOENT;
	if (*made) {
		wanted.uid = process_credentials()->fsuid;
		wanted.gid = process_credentials()->fsgid;
		node_inherit_group(dir, &wanted);
		err = node_permission(dir, MAY_WRITE | MAY_EXECUTE, false);
		if (!err && !dir->link_cnt)
			err = -TENON_ENOENT;
		if (!err)
			err = dir->ops->create ? dir->ops->create(dir, last->name, &wanted, node) : -TENON_EPERM;
	} else if (!err && (flags & OPEN_EXCLUSIVE)) {
		node_put(*node);
		*node = NULL;
		err = -TENON_EEXIST;
	}
	mutex_unlock(&dir->lock);
	if (!err)
		*node = place_through_mounts(*node);
	return err;
}

/* The path that a link at the end of another leads to, in @buf; or the node itself, if it names none. */
static int read_target(struct node *link, char *buf, struct node **node)
{
	long len;

	if (link->ops->follow)
		return link->ops->follow(link, node);
	len = link->ops->read_link(link, buf, PATH_BYTES - 1);
	if (len <= 0)
		return len ? (int)len : -TENON_ENOENT;
	buf[len] = '\0';
	return 0;
}

/*
 * Open what @path leads to, made if it is not there. Where a link at the end leads, a file may be made too, so such a
 * link is followed here: @buf then has the path and @at the directory of the link.
 */
static int open_create(const struct path_start *start, const char *path, unsigned flags, uint32_t mode, char *buf,
		       struct file **file)
{
	struct path_start from = { start->root, node_get(start->at) };
	struct path_last last;
	struct node *node;
	unsigned links = 0;
	bool made = false;
	int err;

	do {
		node = NULL;
		err = path_find_parent(&from, path, &last);
		if (err)
			break;
		node_put(from.at);
		from.at = last.dir;
		err = last.kind == LAST_NAME && !last.slash ? find_or_create(&last, flags, mode, &node, &made) :
							      -TENON_EISDIR;
		if (err || !node_is(node, NODE_LINK) || (flags & OPEN_NO_FOLLOW))
			break;
		struct node *link = node;
		node = NULL;
		err = ++links > PATH_LINKS_MAX ? -TENON_ELOOP : read_target(link, buf, &node);
		node_put(link);
		path = buf;
	} while (!err && !node);
	node_put(from.at);
	if (!err)
		err = open_checked(node, flags, made, file);
	node_put(node);
	return err;
}

/* It is not there, but may be now: a device, or what a directory of its own has made. */
static bool ask_for(const struct path_start *start, const char *path)
{
	struct path_last last;
	bool come;

	if (chrdev_ask_path(start, path))
		return true;
	if (path_find_parent(start, path, &last))
		return false;
	come = last.kind == LAST_NAME && last.dir->ops->want && last.dir->ops->want(last.dir, last.text);
	node_put(last.dir);
	return come;
}

static int open_existing(const struct path_start *start, const char *path, unsigned flags, struct file **file)
{
	struct node *node;
	int err = path_find(start, path, flags & OPEN_NO_FOLLOW ? 0 : PATH_FOLLOW, &node);

	if (err)
		return err;
	err = vfs_open_node(node, flags, file);
	node_put(node);
	return err;
}

static int open_now(const struct path_start *start, const char *path, unsigned flags, uint32_t mode, struct file **file)
{
	char *buf;
	int err;

	if (!(flags & OPEN_CREATE) || (flags & OPEN_PATH))
		return open_existing(start, path, flags, file);
	if (flags & OPEN_DIRECTORY)
		return -TENON_EINVAL;
	buf = heap_alloc(PATH_BYTES);
	if (!buf)
		return -TENON_ENOMEM;
	chrdev_settle_path(start, path);
	err = open_create(start, path, flags, mode, buf, file);
	heap_free(buf);
	return err;
}

int vfs_open(const struct path_start *start, const char *path, unsigned flags, uint32_t mode, struct file **file)
{
	unsigned left = OPENINGS_MAX;
	int err;

	do {
		err = open_now(start, path, flags, mode, file);
		if (err == -TENON_ENODEV && chrdev_leaving)
			chrdev_leaving();
		/* -TENON_EPERM: it is to be made where only the kernel makes names, which may be about to. */
	} while ((err == -TENON_ENOENT || err == -TENON_ENODEV || err == -TENON_EPERM) && --left &&
		 ask_for(start, path));
	return err;
}
