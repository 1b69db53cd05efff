// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Making, removing, renaming; owner, permissions, times. */
#include "kernel/mm/heap.h"
#include "kernel/process/process.h"
#include "kernel/sched/timer.h"
#include "kernel/syscall/file_args.h"
#include "kernel/syscall/syscall.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/vfs.h"
#include "tenon/errno.h"

static int64_t make(int at, user_addr path, struct node_wanted *wanted)
{
	struct path_args a;
	int err = path_args_begin(&a, at, path, 0);

	if (err)
		return err;
	wanted->uid = process_credentials()->fsuid;
	wanted->gid = process_credentials()->fsgid;
	err = vfs_make(&a.start, a.path, wanted);
	path_args_end(&a);
	return err;
}

static int64_t make_dir(int at, user_addr path, uint64_t mode)
{
	return make(at, path, &(struct node_wanted){ .mode = NODE_DIR | ((uint32_t)mode & 01777 & ~process_umask()) });
}

int64_t sys_mkdir(const uint64_t arg[6])
{
	return make_dir(AT_CWD, arg[0], arg[1]);
}

int64_t sys_mkdirat(const uint64_t arg[6])
{
	return make_dir((int)arg[0], arg[1], arg[2]);
}

static int64_t make_node(int at, user_addr path, uint32_t mode, uint64_t device)
{
	struct node_wanted wanted = { .device = (uint32_t)device };
	uint32_t type = mode & NODE_TYPE ? mode & NODE_TYPE : NODE_FILE;

	if (type == NODE_DIR)
		return -TENON_EPERM;
	if (type != NODE_FILE && type != NODE_FIFO && type != NODE_CHAR && type != NODE_BLOCK && type != NODE_SOCKET)
		return -TENON_EINVAL;
	wanted.mode = type | (mode & 07777 & ~process_umask());
	return make(at, path, &wanted);
}

int64_t sys_mknod(const uint64_t arg[6])
{
	return make_node(AT_CWD, arg[0], (uint32_t)arg[1], arg[2]);
}

int64_t sys_mknodat(const uint64_t arg[6])
{
	return make_node((int)arg[0], arg[1], (uint32_t)arg[2], arg[3]);
}

static int64_t make_link(user_addr target, int at, user_addr path)
{
	char *text = heap_alloc(PATH_BYTES);
	int64_t err;

	if (!text)
		return -TENON_ENOMEM;
	err = user_string_in(text, target, PATH_BYTES);
	if (err >= 0)
		err = err ? make(at, path, &(struct node_wanted){ .mode = NODE_LINK | 0777, .target = text }) :
			    -TENON_ENOENT;
	heap_free(text);
	return err;
}

int64_t sys_symlink(const uint64_t arg[6])
{
	return make_link(arg[0], AT_CWD, arg[1]);
}

int64_t sys_symlinkat(const uint64_t arg[6])
{
	return make_link(arg[0], (int)arg[1], arg[2]);
}

static int64_t do_link(int from_at, user_addr from, int to_at, user_addr to, unsigned flags)
{
	struct path_args a;
	struct node *node;
	int err;

	if (flags & ~(unsigned)(AT_FOLLOW | AT_EMPTY))
		return -TENON_EINVAL;
	err = path_args_node(from_at, from, (flags & AT_FOLLOW ? 0 : AT_NO_FOLLOW) | (flags & AT_EMPTY), &node);
	if (err)
		return err;
	err = path_args_begin(&a, to_at, to, 0);
	if (!err) {
		err = vfs_link(node, &a.start, a.path);
		path_args_end(&a);
	}
	node_put(node);
	return err;
}

int64_t sys_link(const uint64_t arg[6])
{
	return do_link(AT_CWD, arg[0], AT_CWD, arg[1], 0);
}

int64_t sys_linkat(const uint64_t arg[6])
{
	return do_link((int)arg[0], arg[1], (int)arg[2], arg[3], (unsigned)arg[4]);
}

static int64_t remove(int at, user_addr path, bool directory)
{
	struct path_args a;
	int err = path_args_begin(&a, at, path, 0);

	if (err)
		return err;
	err = vfs_remove(&a.start, a.path, directory);
	path_args_end(&a);
	return err;
}

int64_t sys_unlink(const uint64_t arg[6])
{
	return remove(AT_CWD, arg[0], false);
}

int64_t sys_rmdir(const uint64_t arg[6])
{
	return remove(AT_CWD, arg[0], true);
}

int64_t sys_unlinkat(const uint64_t arg[6])
{
	unsigned flags = (unsigned)arg[2];

	return flags & ~(unsigned)AT_REMOVE_DIR ? -TENON_EINVAL : remove((int)arg[0], arg[1], flags);
}

static int64_t do_rename(int from_at, user_addr from, int to_at, user_addr to, unsigned flags)
{
	struct path_args a, b;
	int err;

	if (flags & ~(unsigned)RENAME_KEEP)
		return -TENON_EINVAL;
	err = path_args_begin(&a, from_at, from, 0);
	if (err)
		return err;
	err = path_args_begin(&b, to_at, to, 0);
	if (!err) {
		err = vfs_rename(&a.start, a.path, &b.start, b.path, flags);
		path_args_end(&b);
	}
	path_args_end(&a);
	return err;
}

int64_t sys_rename(const uint64_t arg[6])
{
	return do_rename(AT_CWD, arg[0], AT_CWD, arg[1], 0);
}

int64_t sys_renameat(const uint64_t arg[6])
{
	return do_rename((int)arg[0], arg[1], (int)arg[2], arg[3], 0);
}

int64_t sys_renameat2(const uint64_t arg[6])
{
	return do_rename((int)arg[0], arg[1], (int)arg[2], arg[3], (unsigned)arg[4]);
}

/* ---- attributes -------------------------------------------------------------------------------------------------- */

struct change {
	enum { MODE, OWNER, TIMES } what;
	uint32_t mode, uid, gid; /* uid, gid: KEEP */
	uint64_t time_ns[2];     /* KEEP; of the last access and the last change of contents */
	bool now;                /* both times are: then it is enough to be allowed to write */
};

#define KEEP UINT32_MAX
#define KEEP_TIME UINT64_MAX

static int may_change(struct node *node, const struct change *c)
{
	if (node->fs->read_only)
		return -TENON_EROFS;
	if (c->what == OWNER && process_credentials()->fsuid &&
	    ((c->uid != KEEP && c->uid != node->uid) || (c->gid != KEEP && !node_in_group(c->gid))))
		return -TENON_EPERM;
	if (c->what == TIMES && c->now && !node_permission(node, MAY_WRITE, false))
		return 0;
	return node_owned(node);
}

/* Takes the reference to the node. */
static int64_t change_node(struct node *node, const struct change *c)
{
	int err;

	mutex_lock(&node->lock);
	err = may_change(node, c);
	if (err)
		goto out;
	if (c->what == MODE) {
		node->mode = (node->mode & NODE_TYPE) | (c->mode & 07777);
		if (process_credentials()->fsuid && !node_in_group(node->gid))
			node->mode &= ~(uint32_t)NODE_SET_GID;
	} else if (c->what == OWNER) {
		if (c->uid != KEEP)
			node->uid = c->uid;
		if (c->gid != KEEP)
			node->gid = c->gid;
		if (!node_is(node, NODE_DIR))
			node_drop_set_id(node);
	} else {
		if (c->time_ns[0] != KEEP_TIME)
			node->accessed_ns = c->time_ns[0];
		if (c->time_ns[1] != KEEP_TIME)
			node->modified_ns = c->time_ns[1];
	}
	node_touch_changed(node);
	if (node->ops->store)
		err = node->ops->store(node);
	if (node->ops->refresh) /* not every file system can keep all of it */
		node->ops->refresh(node);
out:
	mutex_unlock(&node->lock);
	node_put(node);
	return err;
}

static int64_t change_path(int at, user_addr path, unsigned flags, const struct change *c)
{
	struct node *node;
	int err = path_args_node(at, path, flags, &node);

	return err ? err : change_node(node, c);
}

static int64_t change_file(uint64_t fd, const struct change *c)
{
	struct file *file = file_of(fd);
	struct node *node;

	if (!file)
		return -TENON_EBADF;
	node = node_get(file->node);
	file_put(file);
	return change_node(node, c);
}

int64_t sys_chmod(const uint64_t arg[6])
{
	return change_path(AT_CWD, arg[0], 0, &(struct change){ .what = MODE, .mode = (uint32_t)arg[1] });
}

int64_t sys_fchmod(const uint64_t arg[6])
{
	return change_file(arg[0], &(struct change){ .what = MODE, .mode = (uint32_t)arg[1] });
}

int64_t sys_fchmodat(const uint64_t arg[6])
{
	return change_path((int)arg[0], arg[1], 0, &(struct change){ .what = MODE, .mode = (uint32_t)arg[2] });
}

/* @id: of the user, and of the group. */
static int64_t change_owner(int at, user_addr path, unsigned flags, const uint64_t id[2])
{
	return change_path(at, path, flags,
			   &(struct change){ .what = OWNER, .uid = (uint32_t)id[0], .gid = (uint32_t)id[1] });
}

int64_t sys_chown(const uint64_t arg[6])
{
	return change_owner(AT_CWD, arg[0], 0, &arg[1]);
}

int64_t sys_lchown(const uint64_t arg[6])
{
	return change_owner(AT_CWD, arg[0], AT_NO_FOLLOW, &arg[1]);
}

int64_t sys_fchown(const uint64_t arg[6])
{
	return change_file(arg[0], &(struct change){ .what = OWNER, .uid = (uint32_t)arg[1], .gid = (uint32_t)arg[2] });
}

int64_t sys_fchownat(const uint64_t arg[6])
{
	return change_owner((int)arg[0], arg[1], (unsigned)arg[4], &arg[2]);
}

/* One of utimensat's two times. */
static int time_of(const int64_t time[2], uint64_t *ns, uint64_t now)
{
	enum { NOW = (1 << 30) - 1, OMIT = (1 << 30) - 2 };

	if (time[1] == NOW)
		*ns = now;
	else if (time[1] == OMIT)
		*ns = KEEP_TIME;
	else if ((uint64_t)time[1] >= NS_PER_SECOND || (uint64_t)time[0] >= UINT64_MAX / NS_PER_SECOND)
		return -TENON_EINVAL;
	else
		*ns = (uint64_t)time[0] * NS_PER_SECOND + (uint64_t)time[1];
	return 0;
}

int64_t sys_utimensat(const uint64_t arg[6])
{
	uint64_t now = (uint64_t)clock_boot_time_ns() + clock_ns();
	struct change c = { .what = TIMES, .time_ns = { now, now }, .now = !arg[2] };
	int64_t time[2][2];
	int err = arg[2] ? user_copy_in(time, arg[2], sizeof(time)) : 0;

	for (unsigned i = 0; i < 2 && !err && arg[2]; i++)
		err = time_of(time[i], &c.time_ns[i], now);
	if (err)
		return err;
	return arg[1] ? change_path((int)arg[0], arg[1], (unsigned)arg[3], &c) : change_file(arg[0], &c);
}
