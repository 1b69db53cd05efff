// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files for hosts: what programs ask by system calls. A host's memory is what a program's would be, so drivers that copy
 * to and from user space work as they are.
 */
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/init_syscalls.h>
#include <linux/loop.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/pagemap.h>
#include <linux/poll.h>
#include <linux/stat.h>
#include <linux/statfs.h>

#include "linux/fs/fs.h"
#include "linux/glue.h"
#include "linux/mm/mm.h"
#include "tenon/linux_files.h"

#define PATHS_MAX 4

struct call {
	struct tenon_linux_file *a;
	const char *in;
	size_t in_len;
	char *out;
	size_t room;
	const char *path[PATHS_MAX];
};

static struct file *file_of(const struct call *c)
{
	return (struct file *)(unsigned long)c->a->file;
}

static long answer(const struct call *c, const void *what, size_t len)
{
	if (len > c->room)
		return -ENAMETOOLONG;
	memcpy(c->out, what, len);
	return (long)len;
}

/* ---- mounting ---- */

static void make_directories(char *path)
{
	for (char *end = strchr(path + 1, '/'); end; end = strchr(end + 1, '/')) {
		*end = 0;
		init_mkdir(path, 0755);
		*end = '/';
	}
}

void linux_make_parents(const char *path)
{
	char *copy = kstrdup(path, GFP_KERNEL);

	if (copy)
		make_directories(copy);
	kfree(copy);
}

/* Linux wants a page of options, and writes to its end. */
static long op_mount(struct call *c)
{
	char *options = (char *)get_zeroed_page(GFP_KERNEL);
	long err;

	if (!options)
		return -ENOMEM;
	err = strscpy(options, c->path[3], PAGE_SIZE) < 0 ? -EINVAL : 0;
	linux_make_parents(c->path[1]);
	if (!err)
		err = init_mkdir(c->path[1], 0755);
	if (!err) {
		err = init_mount(c->path[0], c->path[1], c->path[2], c->a->flags, options);
		if (err)
			init_rmdir(c->path[1]);
	}
	free_page((unsigned long)options);
	return err;
}

static long op_unmount(struct call *c)
{
	return init_umount(c->path[0], (int)c->a->flags) ?: init_rmdir(c->path[0]);
}

/* ---- what is there ---- */

static struct tenon_linux_time time_of(struct timespec64 t)
{
	return (struct tenon_linux_time){ t.tv_sec, t.tv_nsec };
}

void linux_stat(const struct kstat *st, struct tenon_linux_stat *to)
{
	*to = (struct tenon_linux_stat){
		.number = st->ino,
		.bytes = (unsigned long long)st->size,
		.sector_cnt = st->blocks,
		.mode = st->mode,
		.uid = from_kuid_munged(&init_user_ns, st->uid),
		.gid = from_kgid_munged(&init_user_ns, st->gid),
		.link_cnt = st->nlink,
		.block_bytes = st->blksize,
		.major = MAJOR(st->rdev),
		.minor = MINOR(st->rdev),
		.atime = time_of(st->atime),
		.mtime = time_of(st->mtime),
		.ctime = time_of(st->ctime),
	};
}

static long op_stat(struct call *c)
{
	struct kstat st;
	int err = init_stat(c->path[0], &st, (int)c->a->flags);
	struct tenon_linux_stat s;

	if (err)
		return err;
	linux_stat(&st, &s);
	return answer(c, &s, sizeof(s));
}

static long op_statfs(struct call *c)
{
	struct kstatfs st = { 0 };
	struct path path;
	long err = kern_path(c->path[0], LOOKUP_FOLLOW, &path);
	struct tenon_linux_statfs s;

	if (err)
		return err;
	err = vfs_statfs(&path, &st);
	path_put(&path);
	s = (struct tenon_linux_statfs){
		.type = (unsigned long long)st.f_type,
		.block_bytes = (unsigned long long)(st.f_frsize ?: st.f_bsize),
		.blocks = st.f_blocks,
		.blocks_free = st.f_bfree,
		.blocks_avail = st.f_bavail,
		.nodes = st.f_files,
		.nodes_free = st.f_ffree,
		.name_max = (unsigned long long)st.f_namelen,
	};
	return err ?: answer(c, &s, sizeof(s));
}

static long op_readlink(struct call *c)
{
	DEFINE_DELAYED_CALL(done);
	struct path path;
	const char *target;
	long ret = kern_path(c->path[0], 0, &path);

	if (ret)
		return ret;
	target = d_is_symlink(path.dentry) ? vfs_get_link(path.dentry, &done) : ERR_PTR(-EINVAL);
	ret = IS_ERR(target) ? PTR_ERR(target) : answer(c, target, strlen(target));
	do_delayed_call(&done);
	path_put(&path);
	return ret;
}

struct listing {
	struct dir_context ctx;
	struct call *c;
	size_t used;
	const char *dir; /* what names begin with, */
	size_t dir_len;  /* and a slash follows; 0: with nothing, and "." and ".." are among them */
	bool full;
};

static bool add_entry(struct dir_context *ctx, const char *name, int len, loff_t pos, u64 number, unsigned int type)
{
	struct listing *l = container_of(ctx, struct listing, ctx);
	size_t before = l->dir_len ? l->dir_len + 1 : 0;
	const struct tenon_linux_entry e = { .number = number,
					     .type = type,
					     .name_len = (unsigned int)(before + (size_t)len) };
	size_t bytes = ALIGN(sizeof(e) + e.name_len, 8);
	char *to = l->c->out + l->used;

	(void)pos;
	if (before && name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')))
		return true;
	l->full = bytes > l->c->room - l->used;
	if (l->full)
		return false;
	memset(to, 0, bytes);
	memcpy(to, &e, sizeof(e));
	if (before)
		snprintf(to + sizeof(e), before + 1, "%s/", l->dir);
	memcpy(to + sizeof(e) + before, name, (size_t)len);
	l->used += bytes;
	return true;
}

/* Append what is in a directory. Return: false: it cannot be read, or there is no room for all. */
static bool walk_into(struct listing *l, const char *dir, size_t len)
{
	char *path = kmemdup_nul(dir, len, GFP_KERNEL);
	struct file *f = path ? filp_open(path, O_RDONLY | O_DIRECTORY, 0) : ERR_PTR(-ENOMEM);
	bool good = !IS_ERR(f);

	l->dir = path;
	l->dir_len = len;
	l->ctx.pos = 0;
	if (good) {
		good = !iterate_dir(f, &l->ctx);
		fput(f);
	}
	kfree(path);
	return good && !l->full;
}

/* The answer itself says where there is more to look at: what is in a directory comes after it. */
static long op_walk(struct call *c)
{
	struct listing l = { .ctx.actor = add_entry, .c = c };
	bool whole = walk_into(&l, c->path[0], strlen(c->path[0]));

	for (size_t at = 0; at < l.used;) {
		const struct tenon_linux_entry *e = (void *)(c->out + at);

		if (e->type == DT_DIR)
			whole &= walk_into(&l, (const char *)(e + 1), e->name_len);
		at += ALIGN(sizeof(*e) + e->name_len, 8);
	}
	c->a->flags = !whole;
	return (long)l.used;
}

static long op_list(struct call *c)
{
	struct listing l = { .ctx.actor = add_entry, .c = c };
	int err = iterate_dir(file_of(c), &l.ctx);

	return err ?: (long)l.used;
}

/* ---- open files ---- */

static long op_open(struct call *c)
{
	struct file *f = filp_open(c->path[0], (int)c->a->flags | O_LARGEFILE, (umode_t)c->a->mode);

	c->a->file = IS_ERR(f) ? 0 : (unsigned long)f;
	return PTR_ERR_OR_ZERO(f);
}

static long op_close(struct call *c)
{
	return filp_close(file_of(c), NULL);
}

static long op_read(struct call *c)
{
	loff_t at = (loff_t)c->a->offset;
	long got = vfs_read(file_of(c), (char __user *)c->out, c->room, &at);

	c->a->offset = (unsigned long long)at;
	return got;
}

static long op_write(struct call *c)
{
	loff_t at = (loff_t)c->a->offset;
	long put = vfs_write(file_of(c), (const char __user *)c->in, c->in_len, &at);

	c->a->offset = (unsigned long long)at;
	return put;
}

static long op_seek(struct call *c)
{
	loff_t at = vfs_llseek(file_of(c), (loff_t)c->a->offset, (int)c->a->flags);

	c->a->offset = (unsigned long long)at;
	return at < 0 ? at : 0;
}

/* Without a table: nobody waits. */
static long op_poll(struct call *c)
{
	return (__force long)vfs_poll(file_of(c), NULL);
}

static long op_ioctl(struct call *c)
{
	memcpy(c->out, c->in, min(c->in_len, c->room));
	return vfs_ioctl(file_of(c), c->a->flags, c->room ? (unsigned long)c->out : (unsigned long)c->a->offset);
}

static long op_map(struct call *c)
{
	return linux_area_use(file_of(c), (loff_t)c->a->offset, c->in, c->in_len, c->out, c->room);
}

static long op_fsync(struct call *c)
{
	return vfs_fsync(file_of(c), (int)c->a->flags & 1);
}

static long op_sync(struct call *c)
{
	struct super_block *sb;
	struct path path;
	long err = kern_path(c->path[0], LOOKUP_FOLLOW, &path);

	if (err)
		return err;
	sb = path.dentry->d_sb;
	down_read(&sb->s_umount);
	err = sync_filesystem(sb);
	up_read(&sb->s_umount);
	path_put(&path);
	return err;
}

/* The driver takes a file by its number among the task's, where it has one meanwhile. */
static long set_loop(struct file *loop, const char *path, int flags)
{
	struct file *f = filp_open(path, flags | O_LARGEFILE, 0);
	int number = IS_ERR(f) ? (int)PTR_ERR(f) : get_unused_fd_flags(O_CLOEXEC);
	long err;

	if (number < 0) {
		if (!IS_ERR(f))
			fput(f);
		return number;
	}
	fd_install((unsigned int)number, f);
	err = vfs_ioctl(loop, LOOP_SET_FD, (unsigned long)number);
	close_fd((unsigned int)number);
	return err;
}

static long op_loop(struct call *c)
{
	struct file *loop = filp_open(c->path[0], (int)c->a->flags | O_LARGEFILE, 0);
	long err;

	if (IS_ERR(loop))
		return PTR_ERR(loop);
	err = *c->path[1] ? set_loop(loop, c->path[1], (int)c->a->flags) : vfs_ioctl(loop, LOOP_CLR_FD, 0);
	fput(loop);
	return err;
}

/* ---- changes ---- */

static long op_mkdir(struct call *c)
{
	return init_mkdir(c->path[0], (umode_t)c->a->mode);
}

static long op_rmdir(struct call *c)
{
	return init_rmdir(c->path[0]);
}

static long op_unlink(struct call *c)
{
	return init_unlink(c->path[0]);
}

static long op_mknod(struct call *c)
{
	return init_mknod(c->path[0], (umode_t)c->a->mode, (unsigned int)c->a->offset);
}

static long op_symlink(struct call *c)
{
	return init_symlink(c->path[0], c->path[1]);
}

static long op_link(struct call *c)
{
	return init_link(c->path[0], c->path[1]);
}

static long op_rename(struct call *c)
{
	return do_renameat2(AT_FDCWD, getname_kernel(c->path[0]), AT_FDCWD, getname_kernel(c->path[1]), c->a->flags);
}

static long op_truncate(struct call *c)
{
	struct path path;
	long err = kern_path(c->path[0], LOOKUP_FOLLOW, &path);

	if (err)
		return err;
	err = vfs_truncate(&path, (loff_t)c->a->offset);
	path_put(&path);
	return err;
}

static long op_chmod(struct call *c)
{
	return init_chmod(c->path[0], (umode_t)c->a->mode);
}

static long op_chown(struct call *c)
{
	return init_chown(c->path[0], c->a->uid, c->a->gid, AT_SYMLINK_NOFOLLOW);
}

static long op_utimes(struct call *c)
{
	struct timespec64 t[2] = { { c->a->atime.s, c->a->atime.ns }, { c->a->mtime.s, c->a->mtime.ns } };

	return init_utimes((char *)c->path[0], t);
}

/* ---- memory: nothing is reclaimed while somebody waits for it (mm/reclaim.c), so the page cache is emptied before ---- */

static void drop_pages(struct super_block *sb, void *unused)
{
	struct inode *inode, *before = NULL;

	(void)unused;
	if (!sb_rdonly(sb))
		sync_filesystem(sb);
	spin_lock(&sb->s_inode_list_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list) {
		spin_lock(&inode->i_lock);
		if (inode->i_state & (I_FREEING | I_WILL_FREE | I_NEW) || mapping_empty(inode->i_mapping)) {
			spin_unlock(&inode->i_lock);
			continue;
		}
		__iget(inode);
		spin_unlock(&inode->i_lock);
		spin_unlock(&sb->s_inode_list_lock);
		invalidate_mapping_pages(inode->i_mapping, 0, -1);
		iput(before);
		before = inode;
		spin_lock(&sb->s_inode_list_lock);
	}
	spin_unlock(&sb->s_inode_list_lock);
	iput(before);
}

/* A file that the page cache holds is not among those: ramfs, whose pages are the file. */
static void keep_pages_free(void)
{
	struct sysinfo now;

	si_meminfo(&now);
	if (now.freeram < now.totalram / 4)
		iterate_supers(drop_pages, NULL);
}

/* ---- the table ---- */

static const struct {
	long (*run)(struct call *c);
	unsigned int path_cnt;
	bool fills; /* memory with pages of files */
} ops[TENON_LINUX_FILE_OP_CNT] = {
	[TENON_LINUX_MOUNT] = { op_mount, 4, true },
	[TENON_LINUX_UNMOUNT] = { op_unmount, 1, false },
	[TENON_LINUX_STAT] = { op_stat, 1, false },
	[TENON_LINUX_STATFS] = { op_statfs, 1, false },
	[TENON_LINUX_READLINK] = { op_readlink, 1, false },
	[TENON_LINUX_OPEN] = { op_open, 1, true },
	[TENON_LINUX_CLOSE] = { op_close, 0, false },
	[TENON_LINUX_READ] = { op_read, 0, true },
	[TENON_LINUX_WRITE] = { op_write, 0, true },
	[TENON_LINUX_SEEK] = { op_seek, 0, false },
	[TENON_LINUX_POLL] = { op_poll, 0, false },
	[TENON_LINUX_FSYNC] = { op_fsync, 0, false },
	[TENON_LINUX_SYNC] = { op_sync, 1, false },
	[TENON_LINUX_LIST] = { op_list, 0, true },
	[TENON_LINUX_MKDIR] = { op_mkdir, 1, true },
	[TENON_LINUX_RMDIR] = { op_rmdir, 1, false },
	[TENON_LINUX_UNLINK] = { op_unlink, 1, false },
	[TENON_LINUX_MKNOD] = { op_mknod, 1, true },
	[TENON_LINUX_SYMLINK] = { op_symlink, 2, true },
	[TENON_LINUX_LINK] = { op_link, 2, true },
	[TENON_LINUX_RENAME] = { op_rename, 2, true },
	[TENON_LINUX_TRUNCATE] = { op_truncate, 1, false },
	[TENON_LINUX_CHMOD] = { op_chmod, 1, false },
	[TENON_LINUX_CHOWN] = { op_chown, 1, false },
	[TENON_LINUX_UTIMES] = { op_utimes, 1, false },
	[TENON_LINUX_IOCTL] = { op_ioctl, 0, true },
	[TENON_LINUX_WALK] = { op_walk, 1, true },
	[TENON_LINUX_LOOP] = { op_loop, 2, true },
	[TENON_LINUX_MAP] = { op_map, 0, true },
};

/* Return: false: there are not as many. */
static bool take_paths(struct call *c, unsigned int cnt)
{
	const char *at = c->in, *end = c->in + c->in_len;

	for (unsigned int i = 0; i < cnt; i++) {
		const char *nul = memchr(at, 0, (size_t)(end - at));

		if (!nul)
			return false;
		c->path[i] = at;
		at = nul + 1;
	}
	return true;
}

long linux_file(struct tenon_linux_file *call, const char *in, unsigned long in_len, char *out, unsigned long room)
{
	struct call c = { .a = call, .in = in, .in_len = in_len, .out = out, .room = room };

	if (call->size != sizeof(*call) || call->op >= TENON_LINUX_FILE_OP_CNT ||
	    !take_paths(&c, ops[call->op].path_cnt))
		return -EINVAL;
	if (ops[call->op].fills)
		keep_pages_free();
	return ops[call->op].run(&c);
}
