/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Mounting a file of this machine in the tree of linux.ko. */
#define _GNU_SOURCE
#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/process/vfs/vfs.h"

#define TYPE_BYTES 32

struct vfs_mount {
	struct vfs vfs;        /* with a reference of its own */
	struct vfs_disk *disk; /* NULL: what is mounted is in linux.ko */
	struct vfs_source source;
	char type[TYPE_BYTES];
	char dir[];
};

static int fail(char why[256], int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, 256, fmt, args);
	va_end(args);
	return err;
}

/* What is on it, by the names of Linux's modules. Return: false: libblkid does not know, or several things. */
static bool find_type(int fd, char type[TYPE_BYTES])
{
	blkid_probe probe = blkid_new_probe();
	const char *found = NULL;

	if (probe && !blkid_probe_set_device(probe, fd, 0, 0)) {
		blkid_probe_enable_superblocks(probe, 1);
		blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE);
		if (!blkid_do_safeprobe(probe))
			blkid_probe_lookup_value(probe, "TYPE", &found, NULL);
	}
	if (found)
		snprintf(type, TYPE_BYTES, "%s", strcmp(found, "ntfs") ? found : "ntfs3");
	blkid_free_probe(probe);
	return found;
}

static int close_source(struct vfs_mount *m)
{
	if (!m->source.block)
		return close(m->source.fd) ? -errno : 0;
	process_block_close(m->source.block);
	return 0;
}

static bool set_type(struct vfs_mount *m, const char *type)
{
	return snprintf(m->type, TYPE_BYTES, "%s", type) < TYPE_BYTES;
}

/*
 * The block device that a native module offers. Return: 0; -TENON_ENOENT: a file is meant. Where the host has disks of its own that
 * is never a device of this machine, which may have the same name.
 */
static int open_block(struct vfs_mount *m, const struct vfs_mount_options *o, char why[256])
{
	struct process_block_info info;
	int err;

	if (strncmp(o->image, "/dev/", 5))
		return -TENON_ENOENT;
	m->source.block = process_block_open(o->image + 5);
	if (!m->source.block)
		return process_has_disks() ? fail(why, -ENODEV, "%s: no module offers it", o->image) : -TENON_ENOENT;
	process_block_info(m->source.block, &info);
	m->source.bytes = info.bytes;
	if (!o->type || !set_type(m, o->type))
		err = fail(why, -EINVAL, "%s: name its file system with -t", o->image);
	else if (info.read_only && !o->read_only)
		err = fail(why, -EROFS, "%s: it cannot be written; mount it read-only with -r", o->image);
	else
		return 0;
	close_source(m);
	return err;
}

/* The file, its length and what is on it. Return: 0 with the source and the type. */
static int open_image(struct vfs_mount *m, const struct vfs_mount_options *o, char why[256])
{
	struct stat st;
	off_t end;
	int err;

	/* A pipe is not waited for. */
	m->source.fd = open(o->image, (o->read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (m->source.fd < 0)
		return fail(why, -errno, "%s: %s%s", o->image, strerror(errno),
			    errno == EACCES || errno == EROFS ? "; mount it read-only with -r" : "");
	end = lseek(m->source.fd, 0, SEEK_END);
	m->source.bytes = end > 0 ? (uint64_t)end : 0;
	if (fstat(m->source.fd, &st) || !(S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)))
		err = fail(why, -EINVAL, "%s: it is no image: it is no file and no block device", o->image);
	else if (end < 512)
		err = fail(why, -EINVAL, "%s: it is no image: it has %lld bytes", o->image, (long long)end);
	else if (flock(m->source.fd, (o->read_only ? LOCK_SH : LOCK_EX) | LOCK_NB))
		err = fail(why, -EBUSY, "%s: another program has mounted it", o->image);
	else if (o->type ? !set_type(m, o->type) : !find_type(m->source.fd, m->type))
		err = fail(why, -EINVAL, "%s: no file system is recognised on it; name one with -t", o->image);
	else
		return 0;
	close(m->source.fd);
	return err;
}

/* A file system that is never written says so by -EACCES; then it is mounted read-only, as mount(8) does it. */
static int mount_disk(const struct vfs_mount *m, const struct vfs_mount_options *o, const char *path)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_MOUNT, .flags = o->read_only ? MS_RDONLY : 0 };
	char *paths;
	int len = asprintf(&paths, "%s%c%s%c%s%c%s", path, 0, o->dir, 0, m->type, 0, o->options ? o->options : "");
	int err;

	if (len < 0)
		return -TENON_ENOMEM;
	err = (int)vfs_call(&m->vfs, &call, paths, (size_t)len + 1, NULL, 0);
	call.flags |= MS_RDONLY;
	if (err == -EACCES && !o->read_only)
		err = (int)vfs_call(&m->vfs, &call, paths, (size_t)len + 1, NULL, 0);
	free(paths);
	return err;
}

/* What Linux's numbers mean for a mount. */
static int explain(const struct vfs_mount *m, const struct vfs_mount_options *o, int err, char why[256])
{
	switch (err) {
	case -ENODEV:
		return fail(why, err, "%s: no module has file system '%s'", o->image, m->type);
	case -EINVAL:
		return fail(why, err, "%s: no %s file system, or options it does not have; `dmesg` may say more",
			    o->image, m->type);
	case -EEXIST:
		return fail(why, err, "%s is there already; umount it, or choose another directory", o->dir);
	case -TENON_EOWNERDEAD:
		return fail(why, err, "%s: %s.ko faulted on it, and its domain has ended", o->image, m->type);
	default:
		return fail(why, err, "%s: cannot be mounted as %s: %s", o->image, m->type, strerror(-err));
	}
}

/* What the module mounts: a disk over the image, or what linux.ko has. Return: 0 with @path, or an error with its reason. */
static int make_source(struct vfs_mount *m, const struct vfs_mount_options *o, char path[PROCESS_PATH_BYTES],
		       char why[256])
{
	int err;

	if (o->inside) {
		m->source.fd = -1;
		if (!o->type)
			return fail(why, -EINVAL, "%s: name its file system with -t", o->image);
		set_type(m, o->type);
		snprintf(path, PROCESS_PATH_BYTES, "%s", o->image);
		return 0;
	}
	err = open_block(m, o, why);
	if (err == -TENON_ENOENT)
		err = open_image(m, o, why);
	if (err)
		return err;
	err = vfs_disk_add(&m->vfs, &m->source, o->read_only, &m->disk, path);
	if (err) {
		explain(m, o, err, why);
		close_source(m);
	}
	return err;
}

/* Return: 0 or a negative errno value: not all is written. */
static int drop_source(struct vfs_mount *m)
{
	if (!m->disk)
		return 0;
	vfs_disk_remove(m->disk);
	return close_source(m);
}

int vfs_mount(const struct vfs *v, const struct vfs_mount_options *o, struct vfs_mount **out, char why[256])
{
	struct vfs_mount *m = calloc(1, sizeof(*m) + strlen(o->dir) + 1);
	char path[PROCESS_PATH_BYTES];
	int err;

	if (!m)
		return fail(why, -TENON_ENOMEM, "out of memory");
	strcpy(m->dir, o->dir);
	m->vfs = *v;
	if (!tenon_try_get(v->linux_ko)) {
		err = fail(why, -TENON_ENODEV, "linux.ko is being unloaded");
		goto no_linux;
	}
	err = make_source(m, o, path, why);
	if (err)
		goto no_source;
	err = mount_disk(m, o, path);
	if (!err) {
		*out = m;
		return 0;
	}
	explain(m, o, err, why);
	drop_source(m);
no_source:
	vfs_close(&m->vfs);
no_linux:
	free(m);
	return err;
}

int vfs_unmount(struct vfs_mount *m)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_UNMOUNT };
	int err = (int)vfs_path(&m->vfs, &call, m->dir, NULL, NULL, 0), close_err;

	if (err == -EBUSY)
		return err;
	close_err = drop_source(m);
	vfs_close(&m->vfs);
	return err ? err : close_err;
}

const char *vfs_mount_dir(const struct vfs_mount *m)
{
	return m->dir;
}

const char *vfs_mount_type(const struct vfs_mount *m)
{
	return m->type;
}

const struct vfs *vfs_mount_vfs(const struct vfs_mount *m)
{
	return &m->vfs;
}
