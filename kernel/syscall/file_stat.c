// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Asking about files: attributes, access, links, file systems. Layouts are Linux's for x86-64. */
#include "kernel/mm/heap.h"
#include "kernel/process/process.h"
#include "kernel/sched/timer.h"
#include "kernel/syscall/file_args.h"
#include "kernel/syscall/syscall.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/node.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define BLOCK_BYTES 4096
#define SECTOR_BYTES 512

struct time {
	int64_t s, ns;
};

struct user_stat {
	uint64_t dev, ino, nlink;
	uint32_t mode, uid, gid, padding;
	uint64_t rdev, size, blksize, blocks;
	struct time accessed, modified, changed;
	int64_t unused[3];
};

static struct time time_of(uint64_t ns)
{
	return (struct time){ (int64_t)(ns / NS_PER_SECOND), (int64_t)(ns % NS_PER_SECOND) };
}

static void fill(struct node *node, struct user_stat *st)
{
	memset(st, 0, sizeof(*st));
	mutex_lock(&node->lock);
	if (node->ops->refresh)
		node->ops->refresh(node);
	st->dev = node->fs->device;
	st->ino = node->number;
	st->nlink = node->link_cnt;
	st->mode = node->mode;
	st->uid = node->uid;
	st->gid = node->gid;
	st->rdev = node->device;
	st->size = node->size;
	st->blksize = BLOCK_BYTES;
	st->blocks = node->fs->type->needs_device ? node->sector_cnt : (node->size + SECTOR_BYTES - 1) / SECTOR_BYTES;
	st->accessed = time_of(node->accessed_ns);
	st->modified = time_of(node->modified_ns);
	st->changed = time_of(node->changed_ns);
	mutex_unlock(&node->lock);
}

static int64_t do_stat(int at, user_addr path, unsigned flags, user_addr to)
{
	struct user_stat st;
	struct node *node;
	int err = path_args_node(at, path, flags, &node);

	if (err)
		return err;
	fill(node, &st);
	node_put(node);
	return user_copy_out(to, &st, sizeof(st));
}

int64_t sys_stat(const uint64_t arg[6])
{
	return do_stat(AT_CWD, arg[0], 0, arg[1]);
}

int64_t sys_lstat(const uint64_t arg[6])
{
	return do_stat(AT_CWD, arg[0], AT_NO_FOLLOW, arg[1]);
}

int64_t sys_newfstatat(const uint64_t arg[6])
{
	return do_stat((int)arg[0], arg[1], (unsigned)arg[3], arg[2]);
}

int64_t sys_fstat(const uint64_t arg[6])
{
	struct file *file = file_of_any(arg[0]);
	struct user_stat st;

	if (!file)
		return -TENON_EBADF;
	fill(file->node, &st);
	file_put(file);
	return user_copy_out(arg[1], &st, sizeof(st));
}

/* ---- statx ------------------------------------------------------------------------------------------------------- */

struct statx_time {
	int64_t s;
	uint32_t ns;
	int32_t padding;
};

struct user_statx {
	uint32_t mask, blksize;
	uint64_t attributes;
	uint32_t nlink, uid, gid;
	uint16_t mode, padding;
	uint64_t ino, size, blocks, attributes_mask;
	struct statx_time accessed, born, changed, modified;
	uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
	uint64_t spare[14];
};
_Static_assert(sizeof(struct user_statx) == 256, "struct statx");

static struct statx_time statx_time(struct time t)
{
	return (struct statx_time){ t.s, (uint32_t)t.ns, 0 };
}

int64_t sys_statx(const uint64_t arg[6])
{
	enum { BASIC = 0x7ff };
	struct user_statx x = { .mask = BASIC, .blksize = BLOCK_BYTES };
	struct user_stat st;
	struct node *node;
	int err = path_args_node((int)arg[0], arg[1], (unsigned)arg[2], &node);

	if (err)
		return err;
	fill(node, &st);
	node_put(node);
	x.nlink = (uint32_t)st.nlink;
	x.uid = st.uid;
	x.gid = st.gid;
	x.mode = (uint16_t)st.mode;
	x.ino = st.ino;
	x.size = st.size;
	x.blocks = st.blocks;
	x.accessed = statx_time(st.accessed);
	x.changed = statx_time(st.changed);
	x.modified = statx_time(st.modified);
	x.rdev_major = device_major((uint32_t)st.rdev);
	x.rdev_minor = device_minor((uint32_t)st.rdev);
	x.dev_major = device_major((uint32_t)st.dev);
	x.dev_minor = device_minor((uint32_t)st.dev);
	return user_copy_out(arg[4], &x, sizeof(x));
}

/* ---- access and links -------------------------------------------------------------------------------------------- */

static int64_t do_access(int at, user_addr path, unsigned wanted, unsigned flags)
{
	struct node *node;
	int err;

	if (wanted & ~(unsigned)(MAY_READ | MAY_WRITE | MAY_EXECUTE))
		return -TENON_EINVAL;
	err = path_args_node(at, path, flags, &node);
	if (err)
		return err;
	if (wanted)
		err = node_permission(node, wanted, !(flags & AT_EFFECTIVE));
	node_put(node);
	return err;
}

int64_t sys_access(const uint64_t arg[6])
{
	return do_access(AT_CWD, arg[0], (unsigned)arg[1], 0);
}

int64_t sys_faccessat(const uint64_t arg[6])
{
	return do_access((int)arg[0], arg[1], (unsigned)arg[2], 0);
}

int64_t sys_faccessat2(const uint64_t arg[6])
{
	return do_access((int)arg[0], arg[1], (unsigned)arg[2], (unsigned)arg[3]);
}

static int64_t do_readlink(int at, user_addr path, user_addr to, uint64_t size)
{
	struct node *node;
	char *buf;
	long len;
	int err;

	if ((int64_t)size <= 0)
		return -TENON_EINVAL;
	err = path_args_node(at, path, AT_NO_FOLLOW | AT_EMPTY, &node);
	if (err)
		return err;
	buf = heap_alloc(PATH_BYTES);
	len = !buf                      ? -TENON_ENOMEM :
	      !node_is(node, NODE_LINK) ? -TENON_EINVAL :
					  node->ops->read_link(node, buf, PATH_BYTES);
	if (len > (int64_t)size)
		len = (long)size;
	if (len > 0 && user_copy_out(to, buf, (size_t)len))
		len = -TENON_EFAULT;
	heap_free(buf);
	node_put(node);
	return len;
}

int64_t sys_readlink(const uint64_t arg[6])
{
	return do_readlink(AT_CWD, arg[0], arg[1], arg[2]);
}

int64_t sys_readlinkat(const uint64_t arg[6])
{
	return do_readlink((int)arg[0], arg[1], arg[2], arg[3]);
}

/* ---- file systems ------------------------------------------------------------------------------------------------ */

struct user_statfs {
	int64_t type, bsize;
	uint64_t blocks, bfree, bavail, files, ffree;
	int32_t fsid[2];
	int64_t namelen, frsize, flags, spare[4];
};

static int64_t put_statfs(struct node *node, user_addr to)
{
	struct filesystem_usage u = { 0 };
	struct user_statfs st = { .bsize = BLOCK_BYTES, .frsize = BLOCK_BYTES, .namelen = NAME_BYTES_MAX };

	if (node->fs->usage)
		node->fs->usage(node->fs, &u);
	st.type = (int64_t)u.magic;
	if (u.block_bytes)
		st.bsize = st.frsize = u.block_bytes;
	if (u.name_max)
		st.namelen = u.name_max;
	st.blocks = u.blocks;
	st.bfree = u.blocks_free;
	st.bavail = u.blocks_free - u.blocks_reserved;
	st.files = u.nodes;
	st.ffree = u.nodes_free;
	st.fsid[0] = (int32_t)node->fs->device;
	st.flags = (node->fs->flags & ~MOUNT_READ_ONLY) | node->fs->read_only;
	return user_copy_out(to, &st, sizeof(st));
}

int64_t sys_statfs(const uint64_t arg[6])
{
	struct node *node;
	int64_t err = path_args_node(AT_CWD, arg[0], 0, &node);

	if (err)
		return err;
	err = put_statfs(node, arg[1]);
	node_put(node);
	return err;
}

int64_t sys_fstatfs(const uint64_t arg[6])
{
	struct file *file = file_of_any(arg[0]);
	int64_t err;

	if (!file)
		return -TENON_EBADF;
	err = put_statfs(file->node, arg[1]);
	file_put(file);
	return err;
}
