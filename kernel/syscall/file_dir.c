// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Directories: listing, the current one, the root; mounting. */
#include "kernel/mm/heap.h"
#include "kernel/policy/policy.h"
#include "kernel/process/process.h"
#include "kernel/syscall/file_args.h"
#include "kernel/syscall/syscall.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/place.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define LISTING_BYTES 32768ul /* put together at a time, with the directory's lock held */

struct dirent { /* Linux's struct linux_dirent64 */
	uint64_t ino;
	int64_t off;
	uint16_t reclen;
	uint8_t type;
	char name[];
} __attribute__((packed));

#define DIRENT_HEAD 19

struct out {
	char *buf;
	size_t len, size;
	struct dirent *last; /* gets the position behind it */
};

static bool add(struct listing *l, struct name name, uint64_t number, uint32_t mode)
{
	struct out *o = l->data;
	size_t len = (DIRENT_HEAD + name.len + 1 + 7) & ~7ul;
	struct dirent *d = (struct dirent *)(o->buf + o->len);

	/* Only now it is known where the one before ends: in front of this. */
	if (o->last)
		o->last->off = (int64_t)l->offset;
	if (len > o->size - o->len)
		return false;
	memset(d, 0, len);
	d->ino = number;
	d->reclen = (uint16_t)len;
	d->type = (uint8_t)((mode & NODE_TYPE) >> 12);
	memcpy(d->name, name.text, name.len);
	o->last = d;
	o->len += len;
	return true;
}

/* "." and "..", then what the file system has. */
static int list(struct node *dir, struct node *root, struct listing *l)
{
	struct node *parent;
	bool fits;
	int err;

	if (l->offset == 0 && !listing_add(l, ".", 1, dir->number, NODE_DIR, 1))
		return 0;
	if (l->offset == 1) {
		parent = place_parent(dir, root);
		fits = listing_add(l, "..", 2, parent->number, NODE_DIR, 2);
		node_put(parent);
		if (!fits)
			return 0;
	}
	if (dir->ops->prepare)
		dir->ops->prepare(dir);
	mutex_lock(&dir->lock);
	err = dir->link_cnt ? dir->ops->list(dir, l) : -TENON_ENOENT;
	mutex_unlock(&dir->lock);
	return err;
}

static int64_t get_names(struct file *file, user_addr to, uint64_t size)
{
	struct out o = { .size = size < LISTING_BYTES ? size : LISTING_BYTES };
	struct listing l = { .add = add, .data = &o };
	struct path_start start;
	int64_t err;

	o.buf = heap_alloc(o.size + 1);
	if (!o.buf)
		return -TENON_ENOMEM;
	fs_context_start(process_fs(process_current()), &start);
	mutex_lock(&file->position_lock);
	l.offset = file->position;
	err = list(file->node, start.root, &l);
	if (o.last)
		o.last->off = (int64_t)l.offset;
	if (!err && !o.len && l.full)
		err = -TENON_EINVAL; /* not even one has room */
	if (!err)
		err = user_copy_out(to, o.buf, o.len);
	if (!err)
		file->position = l.offset;
	mutex_unlock(&file->position_lock);
	path_start_put(&start);
	heap_free(o.buf);
	return err ? err : (int64_t)o.len;
}

int64_t sys_getdents64(const uint64_t arg[6])
{
	struct file *file = file_of(arg[0]);
	int64_t len;

	if (!file)
		return -TENON_EBADF;
	if (!node_is(file->node, NODE_DIR))
		len = -TENON_ENOTDIR;
	else
		len = file->readable ? get_names(file, arg[1], (uint32_t)arg[2]) : -TENON_EBADF;
	file_put(file);
	return len;
}

int64_t sys_getcwd(const uint64_t arg[6])
{
	struct path_start start;
	char *buf = heap_alloc(PATH_BYTES), *path = NULL;
	int64_t len = -TENON_ENOENT;

	if (!buf)
		return -TENON_ENOMEM;
	fs_context_start(process_fs(process_current()), &start);
	if (path_reachable(start.at, start.root)) {
		path = path_of(start.at, start.root, buf, PATH_BYTES);
		len = path ? (int64_t)strlen(path) + 1 : -TENON_ENAMETOOLONG;
	}
	path_start_put(&start);
	if (path && (uint64_t)len > arg[1])
		len = -TENON_ERANGE;
	else if (path && user_copy_out(arg[0], path, (size_t)len))
		len = -TENON_EFAULT;
	heap_free(buf);
	return len;
}

static int64_t change_to(struct node *node, void (*set)(struct fs_context *, struct node *))
{
	int err = node_is(node, NODE_DIR) ? node_permission(node, MAY_EXECUTE, false) : -TENON_ENOTDIR;

	if (!err)
		set(process_fs(process_current()), node);
	return err;
}

static int64_t change_to_path(user_addr path, void (*set)(struct fs_context *, struct node *))
{
	struct node *node;
	int64_t err = path_args_node(AT_CWD, path, 0, &node);

	if (err)
		return err;
	err = change_to(node, set);
	node_put(node);
	return err;
}

int64_t sys_chdir(const uint64_t arg[6])
{
	return change_to_path(arg[0], fs_context_set_cwd);
}

int64_t sys_fchdir(const uint64_t arg[6])
{
	struct file *file = file_of_any(arg[0]);
	int64_t err;

	if (!file)
		return -TENON_EBADF;
	err = change_to(file->node, fs_context_set_cwd);
	file_put(file);
	return err;
}

int64_t sys_chroot(const uint64_t arg[6])
{
	return process_credentials()->euid ? -TENON_EPERM : change_to_path(arg[0], fs_context_set_root);
}

/* ---- mounting ---------------------------------------------------------------------------------------------------- */

enum { /* Linux's flags of mount(2) besides MOUNT_FLAGS; others change nothing that is here */
       MS_REMOUNT = 32,
       MS_BIND = 4096,
       MS_MOVE = 8192,
       MS_PROPAGATION = 1 << 17 | 1 << 18 | 1 << 19 | 1 << 20, /* unbindable, private, slave, shared */
};

enum { MOUNT_TEXT_BYTES = 256 };

/* A string that may be missing. */
static int text_in(char text[MOUNT_TEXT_BYTES], user_addr from)
{
	long len;

	text[0] = '\0';
	if (!from)
		return 0;
	len = user_string_in(text, from, MOUNT_TEXT_BYTES);
	return len < 0 ? (int)len : 0;
}

static int64_t do_mount(const uint64_t arg[6], struct node *at)
{
	enum { SOURCE, TYPE, OPTIONS, TEXT_CNT };
	char text[TEXT_CNT][MOUNT_TEXT_BYTES];
	unsigned flags = (unsigned)arg[3];
	unsigned how = flags & MOUNT_FLAGS;
	int err = 0;

	if (flags & MS_REMOUNT) {
		err = policy_mount("", at, "");
		return err ? err : filesystem_remount(at, how);
	}
	if (flags & MS_PROPAGATION) /* there is one view of what is mounted, so nothing to pass on */
		return -TENON_EINVAL;
	if (flags & (MS_BIND | MS_MOVE)) /* an instance is mounted once, and stays where it is */
		return -TENON_EINVAL;
	for (unsigned i = 0; i < TEXT_CNT && !err; i++)
		err = text_in(text[i], arg[i * 2]);
	if (!err)
		err = policy_mount(text[SOURCE], at, text[TYPE]);
	return err ? err :
		     filesystem_mount(text[TYPE], text[SOURCE][0] ? text[SOURCE] : "none", text[OPTIONS], how, at);
}

int64_t sys_mount(const uint64_t arg[6])
{
	struct node *at;
	int64_t err;

	if (process_credentials()->euid)
		return -TENON_EPERM;
	err = path_args_node(AT_CWD, arg[1], 0, &at);
	if (err)
		return err;
	err = do_mount(arg, at);
	node_put(at);
	return err;
}

int64_t sys_umount2(const uint64_t arg[6])
{
	enum { FORCE = 1, DETACH = 2, EXPIRE = 4, NO_FOLLOW = 8 };
	unsigned flags = (unsigned)arg[1];
	struct node *root;
	int64_t err;

	if (flags & ~(unsigned)(FORCE | DETACH | NO_FOLLOW))
		return -TENON_EINVAL;
	if (process_credentials()->euid)
		return -TENON_EPERM;
	err = path_args_node(AT_CWD, arg[0], flags & NO_FOLLOW ? AT_NO_FOLLOW : 0, &root);
	if (err)
		return err;
	err = policy_mount("", root, "");
	if (!err)
		err = filesystem_unmount(root, flags & DETACH);
	node_put(root);
	return err;
}
