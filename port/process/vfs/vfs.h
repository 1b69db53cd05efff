/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Linux's file systems and devices for programs of this host: files of the linux.ko of a domain, and disks of it over
 * files of this machine. Functions are called from any thread, without the core's lock, and return 0, or what else is
 * said, or a negative errno value: Linux's, or -TENON_EOWNERDEAD if the domain has died.
 */
#ifndef PORT_PROCESS_VFS_H
#define PORT_PROCESS_VFS_H

#include "port/process/process.h"
#include "tenon/linux_files.h"

struct vfs {
	struct process_host *h;
	struct tenon_module *linux_ko;                    /* on which there is a reference */
	uint64_t file, disk_add, disk_serve, disk_remove; /* addresses of its functions */
};

/**
 * vfs_open - find the linux.ko of a domain
 * @load: load it if it is not there; else -TENON_ENOENT
 * @diag: why it cannot be loaded
 */
int vfs_open(struct process_host *h, struct tenon_domain *domain, bool load, struct vfs *out, struct tenon_diag *diag);
void vfs_close(struct vfs *v);

/**
 * vfs_call - one operation of tenon/linux_files.h. @call's size is filled in here.
 * @in, @out: at most TENON_LINUX_IO_BYTES each; NULL with length 0
 * Return: what the operation returns.
 */
int64_t vfs_call(const struct vfs *v, struct tenon_linux_file *call, const void *in, size_t in_len, void *out,
		 size_t out_len);

/** vfs_path - an operation on one path, and on a second one unless that is NULL. */
int64_t vfs_path(const struct vfs *v, struct tenon_linux_file *call, const char *path, const char *second, void *out,
		 size_t out_len);

/** vfs_stat - with @follow: of what a link leads to. */
int vfs_stat(const struct vfs *v, const char *path, bool follow, struct tenon_linux_stat *out);

/** vfs_file_open - @flags: O_*; @file: out: to be closed with vfs_file_close, which says what was not written. */
int vfs_file_open(const struct vfs *v, const char *path, int flags, unsigned int mode, uint64_t *file);
int vfs_file_close(const struct vfs *v, uint64_t file);

/** vfs_read, vfs_write - as much as possible of @len bytes, from *offset on. Return: bytes, less than @len at the end. */
int64_t vfs_read(const struct vfs *v, uint64_t file, void *data, size_t len, uint64_t *offset);
int64_t vfs_write(const struct vfs *v, uint64_t file, const void *data, size_t len, uint64_t *offset);

/**
 * vfs_each - call @fn for each name of a directory but "." and "..", until it returns another number than 0.
 * @type: DT_*. Return: what @fn returned last, or a negative errno value.
 */
int vfs_each(const struct vfs *v, const char *path,
	     int (*fn)(const char *name, uint64_t number, unsigned int type, void *arg), void *arg);

/* ---- mounts ---- */

struct vfs_mount;

struct vfs_mount_options {
	const char *image;   /* a file, or /dev/NAME of a native module; with @inside a node of linux.ko, or any word */
	const char *dir;     /* where in the tree of linux.ko: "/" and a name, which is not there yet */
	const char *type;    /* as mount -t says it, or NULL: what libblkid says */
	const char *options; /* of the file system, or NULL */
	bool read_only;
	bool inside; /* no disk is made; @type says what is mounted */
};

/**
 * vfs_mount - make a disk of linux.ko over a file, and mount it. The file is locked against other programs of this kind.
 * @v: copied; a reference of its own is held until vfs_unmount
 * @why: what was wrong, for people
 */
int vfs_mount(const struct vfs *v, const struct vfs_mount_options *o, struct vfs_mount **out, char why[256]);

/**
 * vfs_unmount - write what is in memory, and give the disk back.
 * Return: 0; -EBUSY: files are open, and nothing has changed; another error: the mount is gone all the same, and not all
 * may be written.
 */
int vfs_unmount(struct vfs_mount *m);

const char *vfs_mount_dir(const struct vfs_mount *m);
const char *vfs_mount_type(const struct vfs_mount *m);
const struct vfs *vfs_mount_vfs(const struct vfs_mount *m);

/* ---- for mount.c ---- */

struct vfs_disk;

/* What is on a disk. */
struct vfs_source {
	int fd;
	struct process_block *block; /* instead of it, or NULL */
	uint64_t bytes;
};

/** vfs_disk_add - a disk over @source, served by a thread of its own. @path: out: of its node, at most 32 bytes. */
int vfs_disk_add(const struct vfs *v, const struct vfs_source *source, bool read_only, struct vfs_disk **out,
		 char *path);
/** vfs_disk_remove - nobody has it open, or the domain is dead. */
void vfs_disk_remove(struct vfs_disk *d);

/** vfs_upcall - call a function of linux.ko. @type: what its arguments are. Return: what it returns. */
int64_t vfs_upcall(const struct vfs *v, uint64_t address, const struct kpi_call *type,
		   const uint64_t args[KPI_ARGS_MAX]);

#endif
