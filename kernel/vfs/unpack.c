// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* From an archive into the root. */
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/sched/timer.h"
#include "kernel/vfs/cpio.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/vfs.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

static int unpack_file(const struct path_start *start, const struct cpio_entry *e)
{
	struct io_segment segment;
	struct file *file;
	struct io io;
	long done;
	int err =
	    vfs_open(start, e->name, OPEN_WRITE | OPEN_CREATE | OPEN_TRUNCATE | OPEN_NO_FOLLOW, e->mode & 07777, &file);

	if (err)
		return err;
	io_kernel(&io, &segment, (void *)(uintptr_t)e->data, e->data_bytes);
	done = io.left ? file_write(file, &io) : 0;
	file_put(file);
	return done < 0 ? (int)done : io.left ? -TENON_ENOSPC : 0;
}

static int __init unpack_other(const struct path_start *start, const struct cpio_entry *e)
{
	struct node_wanted wanted = { .mode = e->mode, .uid = e->uid, .gid = e->gid, .device = e->device };
	char target[PATH_BYTES];
	int err;

	if ((e->mode & NODE_TYPE) == NODE_LINK) {
		if (!e->data_bytes || e->data_bytes >= sizeof(target))
			return -TENON_ENAMETOOLONG;
		memcpy(target, e->data, e->data_bytes);
		target[e->data_bytes] = '\0';
		wanted.target = target;
	}
	err = vfs_make(start, e->name, &wanted);
	return err == -TENON_EEXIST && (e->mode & NODE_TYPE) == NODE_DIR ? 0 : err;
}

/* What making it did not set. */
static int set_attributes(const struct path_start *start, const struct cpio_entry *e)
{
	struct node *node;
	int err = path_find(start, e->name, 0, &node);

	if (err)
		return err;
	mutex_lock(&node->lock);
	node->mode = (node->mode & NODE_TYPE) | (e->mode & 07777);
	node->uid = e->uid;
	node->gid = e->gid;
	node->modified_ns = e->modified_s * NS_PER_SECOND;
	mutex_unlock(&node->lock);
	node_put(node);
	return 0;
}

static int unpack(const struct path_start *start, const struct cpio_entry *e)
{
	int err;

	if (e->link_cnt > 1 && (e->mode & NODE_TYPE) == NODE_FILE)
		err = -TENON_EOPNOTSUPP;
	else if ((e->mode & NODE_TYPE) == NODE_FILE)
		err = unpack_file(start, e);
	else
		err = unpack_other(start, e);
	return err ? err : set_attributes(start, e);
}

int __init cpio_unpack(const void *archive, size_t bytes)
{
	struct node *root = filesystem_root();
	struct path_start start = { root, root };
	struct cpio c = { .bytes = archive, .size = bytes };
	struct cpio_entry e;
	int err;

	while ((err = cpio_next(&c, &e)) > 0) {
		err = unpack(&start, &e);
		if (err) {
			log_err("initrd: cannot unpack %s: error %d", e.name, -err);
			break;
		}
	}
	if (err == -TENON_EBADMSG)
		log_err("initrd: damaged at byte %zu of %zu", c.at, bytes);
	node_put(root);
	return err;
}
