/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * FUSE's operations. The mount is the user's own, as the image is: nobody else sees it unless the user says so, so who may
 * do what with a file is not asked again.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "port/process/mount/mount.h"

static const struct vfs *vfs(void)
{
	return fuse_get_context()->private_data;
}

/* A domain that died is a disk that does not answer. */
static int answer(int64_t ret)
{
	return ret == -TENON_EOWNERDEAD || ret == -TENON_ENODEV ? -EIO : (int)ret;
}

/* Where a path of FUSE's is in linux.ko. Return: false: it is too long. */
static bool inside(const char *path, char out[PROCESS_PATH_BYTES])
{
	return snprintf(out, PROCESS_PATH_BYTES, MOUNT_DIR "%s", path) < PROCESS_PATH_BYTES;
}

/* An operation on one path, or on two. */
static int on_path(struct tenon_linux_file *call, const char *path, const char *second)
{
	char first[PROCESS_PATH_BYTES], other[PROCESS_PATH_BYTES];

	if (!inside(path, first) || (second && !inside(second, other)))
		return -ENAMETOOLONG;
	return answer(vfs_path(vfs(), call, first, second ? other : NULL, NULL, 0));
}

/* ---- what is there ---- */

static struct timespec time_of(struct tenon_linux_time t)
{
	return (struct timespec){ (time_t)t.s, (long)t.ns };
}

static int op_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	char at[PROCESS_PATH_BYTES];
	struct tenon_linux_stat s;
	int err;

	(void)fi;
	if (!inside(path, at))
		return -ENAMETOOLONG;
	err = vfs_stat(vfs(), at, false, &s);
	if (err)
		return answer(err);
	*st = (struct stat){
		.st_ino = s.number,
		.st_mode = s.mode,
		.st_nlink = s.link_cnt,
		.st_uid = s.uid,
		.st_gid = s.gid,
		.st_rdev = makedev(s.major, s.minor),
		.st_size = (off_t)s.bytes,
		.st_blksize = (blksize_t)s.block_bytes,
		.st_blocks = (blkcnt_t)s.sector_cnt,
		.st_atim = time_of(s.atime),
		.st_mtim = time_of(s.mtime),
		.st_ctim = time_of(s.ctime),
	};
	return 0;
}

static int op_readlink(const char *path, char *out, size_t size)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_READLINK };
	char at[PROCESS_PATH_BYTES], target[PROCESS_PATH_BYTES];
	int64_t len;

	if (!inside(path, at))
		return -ENAMETOOLONG;
	len = vfs_path(vfs(), &call, at, NULL, target, sizeof(target));
	if (len < 0)
		return answer(len);
	snprintf(out, size, "%.*s", (int)len, target);
	return 0;
}

struct filling {
	fuse_fill_dir_t fill;
	void *to;
};

static int fill_entry(const char *name, uint64_t number, unsigned int type, void *arg)
{
	const struct stat st = { .st_ino = number, .st_mode = type << 12 };
	const struct filling *f = arg;

	return f->fill(f->to, name, &st, 0, 0) ? -ENOMEM : 0;
}

static int op_readdir(const char *path, void *to, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *fi,
		      enum fuse_readdir_flags flags)
{
	struct filling f = { fill, to };
	char at[PROCESS_PATH_BYTES];

	(void)offset, (void)fi, (void)flags;
	if (!inside(path, at))
		return -ENAMETOOLONG;
	fill(to, ".", NULL, 0, 0);
	fill(to, "..", NULL, 0, 0);
	return answer(vfs_each(vfs(), at, fill_entry, &f));
}

static int op_statfs(const char *path, struct statvfs *out)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_STATFS };
	struct tenon_linux_statfs s;
	int64_t ret = vfs_path(vfs(), &call, MOUNT_DIR, NULL, &s, sizeof(s));

	(void)path;
	if (ret < 0)
		return answer(ret);
	*out = (struct statvfs){
		.f_bsize = s.block_bytes,
		.f_frsize = s.block_bytes,
		.f_blocks = s.blocks,
		.f_bfree = s.blocks_free,
		.f_bavail = s.blocks_avail,
		.f_files = s.nodes,
		.f_ffree = s.nodes_free,
		.f_favail = s.nodes_free,
		.f_namemax = s.name_max,
	};
	return 0;
}

/* ---- open files ---- */

/* Those that are open: unmounting may come before the kernel has told us that the last one is closed, and then it never does. */
static struct open_file {
	struct open_file *next, **link;
	uint64_t file; /* linux.ko's number */
} * open_files;
static pthread_mutex_t open_files_lock = PTHREAD_MUTEX_INITIALIZER;

static uint64_t file_of(const struct fuse_file_info *fi)
{
	return ((const struct open_file *)(uintptr_t)fi->fh)->file;
}

static void link_file(struct open_file *f)
{
	pthread_mutex_lock(&open_files_lock);
	f->next = open_files;
	f->link = &open_files;
	if (f->next)
		f->next->link = &f->next;
	open_files = f;
	pthread_mutex_unlock(&open_files_lock);
}

static int close_file(const struct vfs *v, struct open_file *f)
{
	int err = vfs_file_close(v, f->file);

	pthread_mutex_lock(&open_files_lock);
	*f->link = f->next;
	if (f->next)
		f->next->link = f->link;
	pthread_mutex_unlock(&open_files_lock);
	free(f);
	return err;
}

static int open_file(const char *path, int flags, mode_t mode, struct fuse_file_info *fi)
{
	char at[PROCESS_PATH_BYTES];
	struct open_file *f;
	int err;

	if (!inside(path, at))
		return -ENAMETOOLONG;
	f = malloc(sizeof(*f));
	if (!f)
		return -ENOMEM;
	err = vfs_file_open(vfs(), at, flags & ~(O_NOCTTY | O_ASYNC), mode, &f->file);
	if (err) {
		free(f);
		return answer(err);
	}
	link_file(f);
	fi->fh = (uintptr_t)f;
	return 0;
}

static int op_open(const char *path, struct fuse_file_info *fi)
{
	fi->keep_cache = 1; /* nobody else changes the image */
	return open_file(path, fi->flags & ~(O_CREAT | O_EXCL), 0, fi);
}

static int op_create(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	return open_file(path, fi->flags | O_CREAT, mode, fi);
}

static int op_release(const char *path, struct fuse_file_info *fi)
{
	(void)path;
	return answer(close_file(vfs(), (struct open_file *)(uintptr_t)fi->fh));
}

static int op_read(const char *path, char *to, size_t len, off_t offset, struct fuse_file_info *fi)
{
	uint64_t at = (uint64_t)offset;

	(void)path;
	return answer(vfs_read(vfs(), file_of(fi), to, len, &at));
}

static int op_write(const char *path, const char *from, size_t len, off_t offset, struct fuse_file_info *fi)
{
	uint64_t at = (uint64_t)offset;

	(void)path;
	return answer(vfs_write(vfs(), file_of(fi), from, len, &at));
}

static int op_fsync(const char *path, int data_only, struct fuse_file_info *fi)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_FSYNC, .file = file_of(fi), .flags = data_only != 0 };

	(void)path;
	return answer(vfs_call(vfs(), &call, NULL, 0, NULL, 0));
}

/* Of any directory: all is written, so that `sync DIR` before unmounting says whether it could be. */
static int op_fsyncdir(const char *path, int data_only, struct fuse_file_info *fi)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_SYNC };

	(void)data_only, (void)fi;
	return on_path(&call, path, NULL);
}

/* ---- changes ---- */

/* What is made belongs to whoever makes it, where the file system knows owners. */
static int own(const char *path, int err)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_CHOWN,
					 .uid = fuse_get_context()->uid,
					 .gid = fuse_get_context()->gid };

	if (!err)
		on_path(&call, path, NULL);
	return err;
}

static int op_create_owned(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	return own(path, op_create(path, mode, fi));
}

static int op_mknod(const char *path, mode_t mode, dev_t device)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_MKNOD, .mode = mode, .offset = device };

	return own(path, on_path(&call, path, NULL));
}

static int op_mkdir(const char *path, mode_t mode)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_MKDIR, .mode = mode };

	return own(path, on_path(&call, path, NULL));
}

static int op_unlink(const char *path)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_UNLINK };

	return on_path(&call, path, NULL);
}

static int op_rmdir(const char *path)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_RMDIR };

	return on_path(&call, path, NULL);
}

static int op_symlink(const char *target, const char *path)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_SYMLINK };
	char at[PROCESS_PATH_BYTES];

	if (!inside(path, at))
		return -ENAMETOOLONG;
	return own(path, answer(vfs_path(vfs(), &call, target, at, NULL, 0)));
}

static int op_link(const char *old, const char *new)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_LINK };

	return on_path(&call, old, new);
}

static int op_rename(const char *old, const char *new, unsigned int flags)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_RENAME, .flags = flags };

	return on_path(&call, old, new);
}

static int op_chmod(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_CHMOD, .mode = mode };

	(void)fi;
	return on_path(&call, path, NULL);
}

static int op_chown(const char *path, uid_t uid, gid_t gid, struct fuse_file_info *fi)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_CHOWN, .uid = uid, .gid = gid };

	(void)fi;
	return on_path(&call, path, NULL);
}

static int op_truncate(const char *path, off_t bytes, struct fuse_file_info *fi)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_TRUNCATE, .offset = (uint64_t)bytes };

	(void)fi;
	return on_path(&call, path, NULL);
}

static int op_utimens(const char *path, const struct timespec t[2], struct fuse_file_info *fi)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_UTIMES,
					 .atime = { t[0].tv_sec, t[0].tv_nsec },
					 .mtime = { t[1].tv_sec, t[1].tv_nsec } };

	(void)fi;
	return on_path(&call, path, NULL);
}

static void *op_init(struct fuse_conn_info *conn, struct fuse_config *config)
{
	(void)conn;
	config->use_ino = 1;
	config->nullpath_ok = 0;
	config->kernel_cache = 1;
	return fuse_get_context()->private_data;
}

/* No request comes any more. */
static void op_destroy(void *data)
{
	while (open_files)
		close_file(data, open_files);
}

const struct fuse_operations mount_ops = {
	.init = op_init,
	.destroy = op_destroy,
	.getattr = op_getattr,
	.readlink = op_readlink,
	.readdir = op_readdir,
	.statfs = op_statfs,
	.open = op_open,
	.create = op_create_owned,
	.release = op_release,
	.read = op_read,
	.write = op_write,
	.fsync = op_fsync,
	.fsyncdir = op_fsyncdir,
	.mknod = op_mknod,
	.mkdir = op_mkdir,
	.unlink = op_unlink,
	.rmdir = op_rmdir,
	.symlink = op_symlink,
	.link = op_link,
	.rename = op_rename,
	.chmod = op_chmod,
	.chown = op_chown,
	.truncate = op_truncate,
	.utimens = op_utimens,
};
