/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What can be done with paths, as the system calls have it. Paths are in the kernel's memory. All may sleep; no lock is
 * held by the caller. Errors of walks are path_find()'s; -TENON_EROFS where the instance is read-only.
 */
#ifndef KERNEL_VFS_VFS_H
#define KERNEL_VFS_VFS_H

#include <stdint.h>

#include "kernel/vfs/path.h"

struct fdtable;
struct file;
struct fs_context;

/* Once, in a thread, before anything else here: an empty root, and what /dev, /proc and /sys will be. */
void vfs_init(void);

/**
 * vfs_prepare - put the initrd into the root, mount /dev, and make what the first process begins with
 * @files: descriptors 0 to 2 are /dev/console
 *
 * Once, in a thread, after terminal_start(). What cannot be had ends the boot, so nothing is undone on errors.
 *
 * Return: 0; -TENON_ENOENT: there is no initrd; -TENON_EBADMSG: it is damaged; -TENON_ENOSPC, -TENON_ENOMEM.
 */
int vfs_prepare(struct fdtable **files, struct fs_context **fs);

/**
 * vfs_open - open or make a file
 * @flags: enum open_flag
 * @mode: permissions of a file that is made, the umask already taken off
 *
 * Return: 0 and a reference; -TENON_EEXIST (exclusive), -TENON_EISDIR (to write), -TENON_ENOTDIR, -TENON_ELOOP (a link
 * that is not to be followed), those of file_open_node().
 */
int vfs_open(const struct path_start *start, const char *path, unsigned flags, uint32_t mode, struct file **file);
/* The same for a node that was found; makes nothing. */
int vfs_open_node(struct node *node, unsigned flags, struct file **file);

/* A directory, device, FIFO, link: everything but opening. -TENON_EEXIST. */
int vfs_make(const struct path_start *start, const char *path, struct node_wanted *wanted);
int vfs_link(struct node *node, const struct path_start *start, const char *path);
/*
 * @directory: rmdir, else unlink. -TENON_ENOTEMPTY, -TENON_EBUSY: something is mounted there, -TENON_EISDIR,
 * -TENON_ENOTDIR.
 */
int vfs_remove(const struct path_start *start, const char *path, bool directory);

enum { RENAME_KEEP = 1 }; /* Linux's RENAME_NOREPLACE */
int vfs_rename(const struct path_start *from_start, const char *from, const struct path_start *to_start, const char *to,
	       unsigned flags);

/* -TENON_ETXTBSY: a program that runs. */
int vfs_truncate(struct node *node, uint64_t bytes);

#endif
