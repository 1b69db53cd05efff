/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * An open file: what descriptors lead to, shared by those that dup and fork made. It has a position, flags, and the
 * operations of what was opened.
 *
 * Locks: `position_lock` is held over a read or write that uses the position, before node->lock. `flags` is atomic. The
 * rest never changes once open.
 */
#ifndef KERNEL_VFS_FILE_H
#define KERNEL_VFS_FILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/sched/lock.h"

struct chrdev;
struct file;
struct io;
struct node;
struct page;
struct poll_wait;

/* Linux's flags of open(2), x86-64. */
enum open_flag {
	OPEN_READ = 0,
	OPEN_WRITE = 1,
	OPEN_READ_WRITE = 2,
	OPEN_ACCESS = 3, /* mask */
	OPEN_CREATE = 0100,
	OPEN_EXCLUSIVE = 0200,
	OPEN_NO_TERMINAL = 0400,
	OPEN_TRUNCATE = 01000,
	OPEN_APPEND = 02000,
	OPEN_NONBLOCK = 04000,
	OPEN_LARGE = 0100000, /* says nothing here */
	OPEN_DIRECTORY = 0200000,
	OPEN_NO_FOLLOW = 0400000,
	OPEN_CLOSE_ON_EXEC = 02000000,
	OPEN_PATH = 010000000, /* only to name it */
	OPEN_KERNEL = 1 << 30, /* not Linux's: for the kernel itself, so no policy is asked */
};

/* Linux's events of poll(2). */
enum poll_event {
	POLL_IN = 0x001,
	POLL_PRIORITY = 0x002,
	POLL_OUT = 0x004,
	POLL_ERROR = 0x008,
	POLL_HANG_UP = 0x010,
	POLL_INVALID = 0x020,
	POLL_READ_NORMAL = 0x040,
	POLL_WRITE_NORMAL = 0x100,
};

/*
 * No lock is held but position_lock, where it is used. NULL: read and write -TENON_EINVAL, ioctl -TENON_ENOTTY, poll:
 * always ready, map_page -TENON_ENODEV.
 */
struct file_ops {
	/*
	 * Read or write at @offset, which means nothing to what is not seekable. May do less than all, but not nothing
	 * unless it is the end of the file. Return: bytes, or a negative errno when nothing was done.
	 */
	long (*read)(struct file *file, struct io *io, uint64_t offset);
	long (*write)(struct file *file, struct io *io, uint64_t offset);
	/* @argument: a number or an address of the program's. */
	long (*ioctl)(struct file *file, unsigned command, uint64_t argument);
	/*
	 * Return: enum poll_event that hold now. Unless @wait is NULL, poll_add() the queues that are woken at a
	 * change.
	 */
	unsigned (*poll)(struct file *file, struct poll_wait *wait);
	/*
	 * The page with bytes from @index * 4096 on, for mapping; a reference for page_put(). Its bytes beyond the end
	 * are 0. @written: it will be written through the mapping.
	 * Return: 0; -TENON_ENXIO: it begins at or beyond the end; -TENON_ENOMEM, -TENON_ENOSPC.
	 */
	int (*map_page)(struct file *file, uint64_t index, bool written, struct page **page);
	/* What was written is on the medium when this returns 0. NULL: there is none. */
	int (*sync)(struct file *file);
	/* Where its end is, for seeking; NULL: the node's size. */
	uint64_t (*size)(struct file *file);
	/* The last reference has gone. */
	void (*release)(struct file *file);
	bool seekable; /* else the position is 0 and lseek gives -TENON_ESPIPE */
};

struct file {
	const struct file_ops *ops;
	struct node *node;
	void *data;            /* of ops */
	struct chrdev *device; /* whose file it is, or NULL */
	_Atomic uint32_t refs;
	_Atomic uint32_t flags; /* enum open_flag without those that only matter at opening */
	bool readable, writable;
	_Atomic bool counted;  /* in node->writer_cnt, as a writer or, not writable, as a program's */
	_Atomic uint8_t flock; /* enum flock_kind; flock.c */
	struct mutex position_lock;
	uint64_t position;
};

/**
 * file_open_node - open what a node is
 * @node: the file takes a reference of its own
 * @flags: enum open_flag. Whether it may be opened so has been checked.
 *
 * Sleeps as long as a FIFO without its other end asks for.
 *
 * Return: 0 and a reference; -TENON_ENXIO: no such device, or a FIFO that nobody reads; -TENON_ENOMEM; -TENON_ENFILE;
 * -TENON_EINTR; -TENON_ETXTBSY: to write what runs as a program.
 */
int file_open_node(struct node *node, unsigned flags, struct file **file);
/* The half of it that asks nobody: @ops may be NULL, to be set before anybody uses it. */
int file_make(struct node *node, const struct file_ops *ops, unsigned flags, struct file **file);
/**
 * file_deny_writing - @file is the program of a process: as long as it is open nobody else opens or cuts it to write
 *
 * By who opened it to read; once or more. Return: 0, -TENON_ETXTBSY: it is open to be written.
 */
int file_deny_writing(struct file *file);
struct file *file_get(struct file *file);
void file_put(struct file *file); /* may sleep */

/*
 * With the position, or at @offset. Return: bytes; -TENON_EBADF: not opened for that; -TENON_ESPIPE; what the file
 * says. A negative @offset is -TENON_EINVAL.
 */
long file_read(struct file *file, struct io *io);
long file_write(struct file *file, struct io *io);
long file_read_at(struct file *file, struct io *io, int64_t offset);
long file_write_at(struct file *file, struct io *io, int64_t offset);
/* To the kernel's memory, as much as there is. Return: bytes, less than @bytes only at the end, or negative errno. */
long file_read_kernel(struct file *file, void *buf, size_t bytes, uint64_t offset);
/* Return: the new position, -TENON_EINVAL, -TENON_ESPIPE, -TENON_EOVERFLOW. */
int64_t file_seek(struct file *file, int64_t offset, int whence);
unsigned file_poll(struct file *file, struct poll_wait *wait);
int file_map_page(struct file *file, uint64_t index, bool written, struct page **page);
/* Open files in the system. */
unsigned file_count(void);

static inline bool file_nonblocking(const struct file *file)
{
	return atomic_load_explicit(&file->flags, memory_order_relaxed) & OPEN_NONBLOCK;
}

#endif
