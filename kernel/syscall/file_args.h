/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What calls of the file family have in common: paths and descriptors as programs give them. */
#ifndef KERNEL_SYSCALL_FILE_ARGS_H
#define KERNEL_SYSCALL_FILE_ARGS_H

#include <stdint.h>

#include "kernel/mm/user.h"
#include "kernel/vfs/fdtable.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/fs_context.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/path.h"

#define AT_CWD (-100) /* Linux's AT_FDCWD */
#define IO_BYTES_MAX 0x7ffff000ull /* of one read or write, as Linux's */

enum { /* Linux's AT_ flags */
       AT_NO_FOLLOW = 0x100,
       AT_REMOVE_DIR = 0x200, /* unlinkat */
       AT_EFFECTIVE = 0x200,  /* faccessat2 */
       AT_FOLLOW = 0x400,     /* linkat */
       AT_EMPTY = 0x1000,
};

/* A path of the program's and where it begins. */
struct path_args {
	struct path_start start;
	char *path;     /* brief, or of the heap */
	char brief[96]; /* most paths are */
};

/**
 * path_args_begin - take a path from a program
 * @at: what relative paths begin at: a descriptor or AT_CWD
 * @flags: AT_EMPTY: @at may be any file if the path is empty
 *
 * Return: 0, then path_args_end() is due; -TENON_EFAULT, -TENON_ENAMETOOLONG, -TENON_ENOMEM, -TENON_EBADF,
 * -TENON_ENOTDIR.
 */
int path_args_begin(struct path_args *a, int at, user_addr path, unsigned flags);
void path_args_end(struct path_args *a);

/* The node that it leads to, in one. @flags: AT_NO_FOLLOW, AT_EMPTY. Return: 0 and a reference, or as path_find(). */
int path_args_node(int at, user_addr path, unsigned flags, struct node **node);

/* The file behind a descriptor of the process that runs, with a reference; NULL: -TENON_EBADF. Not if it is only a name. */
struct file *file_of(uint64_t fd);
/* The same, also if it was opened only to name it. */
struct file *file_of_any(uint64_t fd);

static inline bool file_is_name(struct file *file)
{
	return atomic_load(&file->flags) & OPEN_PATH;
}

/* F_SETFL of fcntl(2). Return: 0. */
int64_t file_change_flags(struct file *file, unsigned flags);

/* A new descriptor for a file, whose reference is taken, also on errors. Return: it, or a negative errno. */
int64_t file_give(struct file *file, int least, bool close_on_exec);

/* One piece of the program's memory. */
void io_user(struct io *io, struct io_segment *segment, user_addr at, uint64_t bytes);

#endif
