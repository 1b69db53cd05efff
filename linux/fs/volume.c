// SPDX-License-Identifier: GPL-2.0-only
/*
 * File systems of Linux's for our kernel, which asks by numbers of inodes (kpi/filesystem.def). What it knows of is held by its
 * dentry until it forgets it. Where a file's bytes are, bmap() says. What it cannot say that of is packed, in an inode or not
 * there: that is read.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init_syscalls.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include <linux/statfs.h>
#include <linux/xarray.h>

#include "linux/fs/fs.h"
#include "linux/glue.h"
#include "tenon/linux_files.h"

struct volume {
	struct path root;
	struct mutex lock;   /* of what is known */
	struct xarray known; /* struct node, by number */
	char dir[24];        /* where it is mounted */
};

enum { PACKED = 4 }; /* TENON_FILESYSTEM_PACKED */

struct node {
	struct dentry *dentry;
	unsigned long long answers; /* that named it */
};

static struct dentry *find(struct volume *v, unsigned long long number)
{
	struct node *n;

	if (number == d_inode(v->root.dentry)->i_ino)
		return v->root.dentry;
	n = xa_load(&v->known, number);
	return n ? n->dentry : ERR_PTR(-ESTALE);
}

/* Takes over the caller's hold of @dentry. Return: 0 or a negative errno value, and it is let go. */
static int know(struct volume *v, struct dentry *dentry)
{
	unsigned long number = d_inode(dentry)->i_ino;
	struct node *n;
	int err = 0;

	mutex_lock(&v->lock);
	n = xa_load(&v->known, number);
	if (n) {
		dput(dentry);
	} else {
		n = kzalloc(sizeof(*n), GFP_KERNEL);
		if (n)
			n->dentry = dentry;
		err = n ? xa_err(xa_store(&v->known, number, n, GFP_KERNEL)) : -ENOMEM;
	}
	if (!err)
		n->answers++;
	mutex_unlock(&v->lock);
	if (err) {
		dput(dentry);
		kfree(n);
	}
	return err;
}

void linux_volume_forget(void *volume, unsigned long long number, unsigned long long answers)
{
	struct volume *v = volume;
	struct node *n;

	mutex_lock(&v->lock);
	n = xa_load(&v->known, number);
	if (n) {
		n->answers -= min(n->answers, answers);
		if (n->answers)
			n = NULL;
		else
			xa_erase(&v->known, number);
	}
	mutex_unlock(&v->lock);
	if (n)
		dput(n->dentry);
	kfree(n);
}

int linux_volume_mount(const char *device, const char *kind, void **out, struct lx_volume *about)
{
	static atomic_t number;
	struct volume *v = kzalloc(sizeof(*v), GFP_KERNEL);
	int err;

	if (!v)
		return -ENOMEM;
	mutex_init(&v->lock);
	xa_init(&v->known);
	snprintf(v->dir, sizeof(v->dir), "/volume%d", atomic_inc_return(&number));
	err = init_mkdir(v->dir, 0755);
	if (err)
		goto no_dir;
	err = init_mount(device, v->dir, kind, SB_RDONLY, NULL);
	if (err)
		goto no_mount;
	err = kern_path(v->dir, LOOKUP_FOLLOW, &v->root);
	if (err)
		goto no_path;
	about->root = d_inode(v->root.dentry)->i_ino;
	about->file_bytes_max = (unsigned long long)v->root.dentry->d_sb->s_maxbytes;
	about->block_bytes = (unsigned int)v->root.dentry->d_sb->s_blocksize;
	about->magic = (unsigned int)v->root.dentry->d_sb->s_magic;
	*out = v;
	return 0;
no_path:
	init_umount(v->dir, 0);
no_mount:
	init_rmdir(v->dir);
no_dir:
	kfree(v);
	return err;
}

void linux_volume_unmount(void *volume)
{
	struct volume *v = volume;
	unsigned long number;
	struct node *n;

	xa_for_each(&v->known, number, n) {
		dput(n->dentry);
		kfree(n);
	}
	xa_destroy(&v->known);
	path_put(&v->root);
	init_umount(v->dir, 0);
	init_rmdir(v->dir);
	kfree(v);
}

int linux_volume_usage(void *volume, struct tenon_linux_statfs *to)
{
	struct volume *v = volume;
	struct kstatfs st = { 0 };
	int err = vfs_statfs(&v->root, &st);

	*to = (struct tenon_linux_statfs){ .blocks = st.f_blocks,
					   .blocks_free = st.f_bfree,
					   .blocks_avail = st.f_bavail,
					   .nodes = st.f_files,
					   .nodes_free = st.f_ffree,
					   .name_max = (unsigned long long)st.f_namelen };
	return err;
}

static int describe(struct volume *v, struct dentry *dentry, struct tenon_linux_stat *to)
{
	const struct path path = { .mnt = v->root.mnt, .dentry = dentry };
	struct kstat st;
	int err = vfs_getattr(&path, &st, STATX_BASIC_STATS, 0);

	if (!err)
		linux_stat(&st, to);
	return err;
}

int linux_volume_node(void *volume, unsigned long long number, struct tenon_linux_stat *to)
{
	struct dentry *dentry = find(volume, number);

	return IS_ERR(dentry) ? (int)PTR_ERR(dentry) : describe(volume, dentry, to);
}

int linux_volume_lookup(void *volume, unsigned long long dir, const char *name, unsigned int len,
			struct tenon_linux_stat *to)
{
	struct dentry *parent = find(volume, dir), *dentry;
	int err;

	if (IS_ERR(parent))
		return (int)PTR_ERR(parent);
	dentry = lookup_one_len_unlocked(name, parent, (int)len);
	if (IS_ERR(dentry))
		return (int)PTR_ERR(dentry);
	err = d_is_negative(dentry) ? -ENOENT : describe(volume, dentry, to);
	if (err) {
		dput(dentry);
		return err;
	}
	return know(volume, dentry);
}

/* To be read. Return: the file, for the caller to put, or an error pointer. */
static struct file *open_number(struct volume *v, unsigned long long number, int flags)
{
	struct path path = { .mnt = v->root.mnt, .dentry = find(v, number) };

	return IS_ERR(path.dentry) ? ERR_CAST(path.dentry) : dentry_open(&path, O_RDONLY | flags, current_cred());
}

/* ---- directories ---- */

struct listing {
	struct dir_context ctx;
	char *out;
	unsigned int room, used;
	struct lx_volume_entry *last; /* whose end is not known yet */
	bool full;
};

static bool add(struct dir_context *ctx, const char *name, int len, loff_t pos, u64 number, unsigned int type)
{
	struct listing *l = container_of(ctx, struct listing, ctx);
	struct lx_volume_entry *e = (void *)(l->out + l->used);
	unsigned int bytes = ALIGN(sizeof(*e) + (unsigned int)len, 8);

	if (l->last)
		l->last->next = (unsigned long long)pos;
	if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')))
		return true;
	l->full = bytes > l->room - l->used;
	if (l->full)
		return false;
	memset(e, 0, bytes);
	*e = (struct lx_volume_entry){
		.size = sizeof(*e), .mode = type << 12, .number = number, .name_len = (unsigned int)len
	};
	memcpy(e + 1, name, (size_t)len);
	l->used += bytes;
	l->last = e;
	return true;
}

long linux_volume_list(void *volume, unsigned long long dir, unsigned long long position, void *out, unsigned int room)
{
	struct listing l = { .ctx.actor = add, .out = out, .room = room };
	struct file *f = open_number(volume, dir, O_DIRECTORY);
	int err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	f->f_pos = l.ctx.pos = (loff_t)position;
	err = iterate_dir(f, &l.ctx);
	if (l.last && !l.full)
		l.last->next = (unsigned long long)l.ctx.pos;
	fput(f);
	return l.used ? (long)l.used : err;
}

/* ---- contents ---- */

long linux_volume_link(void *volume, unsigned long long number, char *to, unsigned int room)
{
	struct dentry *dentry = find(volume, number);
	DEFINE_DELAYED_CALL(done);
	const char *target;
	long len;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	target = d_is_symlink(dentry) ? vfs_get_link(dentry, &done) : ERR_PTR(-EINVAL);
	len = IS_ERR(target) ? PTR_ERR(target) : min_t(long, strlen(target), room);
	if (len > 0)
		memcpy(to, target, (size_t)len);
	do_delayed_call(&done);
	return len;
}

long linux_volume_extents(void *volume, unsigned long long number, unsigned long long offset, unsigned long long bytes,
			  struct lx_volume_extent *to, unsigned int most)
{
	struct dentry *dentry = find(volume, number);
	struct lx_volume_extent *e = to;
	struct inode *inode;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	inode = d_inode(dentry);
	if (!inode->i_mapping->a_ops->bmap) {
		*to = (struct lx_volume_extent){ .size = sizeof(*to), .flags = PACKED, .bytes = bytes };
		return 1;
	}
	for (unsigned long long at = offset; at < offset + bytes; at += i_blocksize(inode)) {
		sector_t block = at >> inode->i_blkbits;
		unsigned long long place;
		int err = bmap(inode, &block);

		if (err)
			return err;
		place = (unsigned long long)block << inode->i_blkbits;
		if (e > to && (block ? !e[-1].flags && e[-1].offset + e[-1].bytes == place : e[-1].flags)) {
			e[-1].bytes += i_blocksize(inode);
			continue;
		}
		if (e == to + most)
			break;
		*e++ = (struct lx_volume_extent){
			.size = sizeof(*e), .flags = block ? 0 : PACKED, .offset = place, .bytes = i_blocksize(inode)
		};
	}
	return e - to;
}

long linux_volume_read(void *volume, unsigned long long number, unsigned long long offset, char *to,
		       unsigned long bytes)
{
	struct file *f = open_number(volume, number, O_LARGEFILE);
	loff_t pos = (loff_t)offset;
	long len;

	if (IS_ERR(f))
		return PTR_ERR(f);
	do
		len = kernel_read(f, to + (pos - (loff_t)offset), bytes - (unsigned long)(pos - (loff_t)offset), &pos);
	while (len > 0 && pos < (loff_t)(offset + bytes));
	fput(f);
	return len < 0 ? len : (long)(pos - (loff_t)offset);
}
