/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A process's descriptors: small numbers that lead to open files. Its tasks share it; its lock is a mutex. */
#ifndef KERNEL_VFS_FDTABLE_H
#define KERNEL_VFS_FDTABLE_H

#include <stdbool.h>

struct fdtable;
struct file;

#define FDTABLE_MAX 1024 /* descriptors; the limit RLIMIT_NOFILE */

/* An empty one, with one reference. NULL: no memory. */
struct fdtable *fdtable_make(void);
/* One with the same files, for fork. NULL: no memory. */
struct fdtable *fdtable_copy(struct fdtable *table);
struct fdtable *fdtable_get(struct fdtable *table); /* for clone(CLONE_FILES) */
void fdtable_put(struct fdtable *table);            /* the last one closes everything; may sleep */
void fdtable_close_on_exec(struct fdtable *table);

/* The file behind @fd, with a reference for file_put(); NULL: there is none. */
struct file *fdtable_file(struct fdtable *table, int fd);

/**
 * fdtable_add - the smallest free descriptor from @least on
 * @file: the table takes a reference of its own
 *
 * Return: it; -TENON_EMFILE, -TENON_ENOMEM, -TENON_EINVAL: @least is no descriptor.
 */
int fdtable_add(struct fdtable *table, struct file *file, int least, bool close_on_exec);
/* Puts @file at @fd, closing what is there. Return: @fd, -TENON_EBADF: no such number, -TENON_ENOMEM. */
int fdtable_replace(struct fdtable *table, int fd, struct file *file, bool close_on_exec);
/* Return: 0 or -TENON_EBADF. */
int fdtable_close(struct fdtable *table, int fd);
/* Return: 0 or 1, or -TENON_EBADF. */
int fdtable_is_close_on_exec(struct fdtable *table, int fd);
int fdtable_set_close_on_exec(struct fdtable *table, int fd, bool close_on_exec);
/* The smallest descriptor in use from @fd on, or -1. For listing. */
int fdtable_next(struct fdtable *table, int fd);

#endif
