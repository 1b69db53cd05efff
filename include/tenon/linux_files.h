/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Files of Linux's file systems for hosts: what a program would ask by system calls, a host asks two functions of linux.ko.
 * Pure layout, as in tenon/linux.h. Errors are Linux's, which are the interface's as well.
 *
 * long tenon_linux_file(struct tenon_linux_file *call, const void *in, size_t in_len, void *out, size_t out_len)
 *
 * Paths come in @in, each with its NUL, one after the other: /dev/NAME for devices, or what was mounted. All tasks see
 * one tree and have the rights of root. What an operation answers is in @out; it returns its length.
 *
 * long tenon_linux_disk(void **disk, int result, const void *in, size_t in_len, void *out, size_t out_len)
 *
 * A disk of Linux's block layer whose bytes the host has: each call but the first finishes a request and waits for the
 * next one.
 */
#ifndef TENON_LINUX_FILES_H
#define TENON_LINUX_FILES_H

#define TENON_LINUX_FILE "tenon_linux_file"
#define TENON_LINUX_DISK_ADD "tenon_linux_disk_add"
#define TENON_LINUX_DISK_SERVE "tenon_linux_disk_serve"
#define TENON_LINUX_DISK_REMOVE "tenon_linux_disk_remove"

/*
 * The most that one call carries in either direction: a block of a squashfs and the page that its end is in. What a disk is asked to
 * write comes beside room for what it has read.
 */
#define TENON_LINUX_IO_BYTES 139264
#define TENON_LINUX_DISK_WRITE_BYTES 40960

enum tenon_linux_file_op {
	TENON_LINUX_MOUNT,    /* paths: source, directory, type, options; flags: MS_*. Directories are made as needed */
	TENON_LINUX_UNMOUNT,  /* path: the directory, which is removed */
	TENON_LINUX_STAT,     /* path; flags: AT_*; answer: struct tenon_linux_stat */
	TENON_LINUX_STATFS,   /* path; answer: struct tenon_linux_statfs */
	TENON_LINUX_READLINK, /* path; answer: the target without NUL */
	TENON_LINUX_OPEN,     /* path; flags: O_*; mode; file: out */
	TENON_LINUX_CLOSE,    /* file, which is gone whatever this returns */
	TENON_LINUX_READ,     /* file, offset: in and out; answer: what was read */
	TENON_LINUX_WRITE,    /* file, offset: in and out; @in is what to write. Return: bytes taken */
	TENON_LINUX_SEEK,     /* file, offset: in and out; flags: SEEK_* */
	TENON_LINUX_POLL,     /* file. Return: EPOLL* */
	TENON_LINUX_FSYNC,    /* file; flags: 1: its data only */
	TENON_LINUX_SYNC,     /* path: all of the file system that it is in */
	TENON_LINUX_LIST, /* file, a directory; answer: struct tenon_linux_entry from where the last call ended; 0: end */
	TENON_LINUX_MKDIR,    /* path, mode */
	TENON_LINUX_RMDIR,    /* path */
	TENON_LINUX_UNLINK,   /* path */
	TENON_LINUX_MKNOD,    /* path, mode; offset: the device's number */
	TENON_LINUX_SYMLINK,  /* paths: target, link */
	TENON_LINUX_LINK,     /* paths: old, new */
	TENON_LINUX_RENAME,   /* paths: old, new; flags: RENAME_* */
	TENON_LINUX_TRUNCATE, /* path; offset: its new size */
	TENON_LINUX_CHMOD,    /* path, mode */
	TENON_LINUX_CHOWN,    /* path, uid, gid; ~0: as it is. Not what a link leads to */
	TENON_LINUX_UTIMES,   /* path; atime, mtime: nanoseconds or UTIME_* as tv_nsec has them */
	TENON_LINUX_WALK, /* path, a directory; answer: an entry for all below it, each with its path; flags: out: 1: not all fit */
	TENON_LINUX_IOCTL, /* file; flags: its number. Its argument is the answer's memory, with @in in it; without, offset */
	TENON_LINUX_LOOP, /* paths: a loop device, the file that it shall show, or "": none any more; flags: O_* */
	TENON_LINUX_MAP, /* file, offset; answer: what a program reads that maps as much as there is room for, whole pages, and
			     writes @in to the beginning of each, if there is some; then it is unmapped */
	TENON_LINUX_FILE_OP_CNT
};

struct tenon_linux_time {
	long long s;
	long long ns;
};

struct tenon_linux_file {
	unsigned int size; /* of this structure */
	unsigned int op;   /* enum tenon_linux_file_op */
	unsigned long long file;
	unsigned long long offset;
	unsigned int flags, mode;
	unsigned int uid, gid;
	struct tenon_linux_time atime, mtime;
};

struct tenon_linux_stat {
	unsigned long long number, bytes, sector_cnt;
	unsigned int mode, uid, gid, link_cnt;
	unsigned int block_bytes, major, minor, pad;
	struct tenon_linux_time atime, mtime, ctime;
};

struct tenon_linux_statfs {
	unsigned long long type, block_bytes, blocks, blocks_free, blocks_avail, nodes, nodes_free, name_max;
};

/* The name follows, without NUL, and zeros to a multiple of 8. */
struct tenon_linux_entry {
	unsigned long long number;
	unsigned int type; /* DT_* */
	unsigned int name_len;
};

enum tenon_linux_disk_op {
	TENON_LINUX_DISK_READ,
	TENON_LINUX_DISK_WRITE,
	TENON_LINUX_DISK_FLUSH,
};

/*
 * A request of a disk. long tenon_linux_disk_serve(disk, result, in, in_len, out, out_len) ends the one before with its
 * result, 0 or a negative errno value, and what was read; then it waits up to a second for the next. Return: its bytes
 * in @out, for a write with the data; 0: none has come, and the next call ends none; -ENODEV: the disk is being removed.
 */
struct tenon_linux_disk_request {
	unsigned int op; /* enum tenon_linux_disk_op */
	unsigned int len;
	unsigned long long offset;
};

/* What long tenon_linux_disk_add(struct tenon_linux_disk *) is given and fills in. */
struct tenon_linux_disk {
	unsigned int size; /* of this structure */
	unsigned int read_only;
	unsigned long long bytes; /* of the disk: a multiple of 512 */
	unsigned long long disk;  /* out: for the other functions */
	char path[32];            /* out: of its node */
};

#endif
