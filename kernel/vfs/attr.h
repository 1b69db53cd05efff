/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Trees of small files that show what the kernel has, and take what it is told: /sys, and what in /proc is not about a
 * process. Who has an object makes a directory for it, puts files into it, and removes the directory when it goes.
 *
 * A file's contents are made as a whole when it is read from its beginning; what is written comes as a whole too.
 */
#ifndef KERNEL_VFS_ATTR_H
#define KERNEL_VFS_ATTR_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/node.h"

struct text;

#define ATTR_STORE_BYTES 4096 /* longer ones are refused with -TENON_EINVAL */

struct attr { /* of many objects; never goes */
	const char *name;
	uint32_t mode; /* permissions */
	/* Write to @t. Return: 0 or a negative errno for who reads. NULL: cannot be read. May sleep. */
	int (*show)(struct text *t, void *data);
	/* @text has @len bytes and a NUL behind. Return: 0 or a negative errno. NULL: cannot be written. May sleep. */
	int (*store)(const char *text, size_t len, void *data);
};

/**
 * attr_filesystem_make - an empty tree, as the only instance of a kind
 * @type: its make function gives @fs out again; registered here
 * @root_ops: of the root directory; NULL: those of every directory here
 *
 * Return: 0 or -TENON_ENOMEM.
 */
int attr_filesystem_make(struct filesystem_type *type, const struct node_ops *root_ops, struct filesystem **fs);

/*
 * Put something into a directory. Return: 0; -TENON_EEXIST: the name is there; -TENON_ENOENT: the directory was
 * removed;
 * -TENON_ENOMEM. attr_dir gives a reference to it, for node_put().
 */
int attr_dir(struct node *parent, const char *name, struct node **dir);
/* One with operations of its own, which has ramfs_lookup, ramfs_dir_list and ramfs_release among them. */
int attr_dir_of(struct node *parent, const char *name, const struct node_ops *ops, struct node **dir);
int attr_file(struct node *dir, const struct attr *attr, void *data);
int attr_link(struct node *dir, const char *name, const char *target);

/**
 * attr_remove - take a name away, with all that is below it
 *
 * Afterwards none of its functions runs, and none will be called, though the files may still be open. Not from within
 * one of them. Nothing happens if there is no such name.
 */
void attr_remove(struct node *dir, const char *name);

/* The directory of that name, with a reference. Return: 0, -TENON_ENOENT. */
int attr_find(struct node *dir, const char *name, struct node **found);

/* /sys: sysfs's root, with module, bus, devices, class in it. */
struct node *sysfs_root(void);
void sysfs_init(void);
/* /proc. */
struct node *procfs_root(void);
void procfs_init(void);

#endif
