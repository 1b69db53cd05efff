/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Kinds of file systems, their instances, and where these are mounted. */
#ifndef KERNEL_VFS_FILESYSTEM_H
#define KERNEL_VFS_FILESYSTEM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct filesystem;
struct node;
struct text;

struct filesystem_type {
	const char *name; /* as mount -t says it */
	bool needs_device; /* else "nodev" in /proc/filesystems */
	/* Make an instance with a root. @options: what mount -o gave, may be empty. Gives a reference. */
	int (*make)(const struct filesystem_type *type, const char *source, const char *options, struct filesystem **fs);
	/* Options as /proc/mounts shows them, each with a comma in front. NULL: none. */
	void (*show_options)(struct filesystem *fs, struct text *t);
	/* Nobody uses it any more: free it with all its nodes. NULL: there is one instance, which stays. */
	void (*free)(struct filesystem *fs);
	const struct filesystem_type *next; /* of all; place_lock */
};

struct filesystem_usage { /* for statfs(2) */
	uint64_t magic; /* Linux's number of the kind */
	uint64_t blocks, blocks_free, nodes, nodes_free; /* of 4096 bytes */
};

struct filesystem {
	const struct filesystem_type *type;
	struct node *root; /* not counted among its users */
	uint32_t device; /* st_dev: no two instances have the same */
	bool read_only; /* place_lock to change it */
	_Atomic uint32_t users; /* references to nodes of it from outside: open files, directories, mounts on it */
	void (*usage)(struct filesystem *fs, struct filesystem_usage *u);
	void *data; /* the kind's own */

	/* Where it is mounted; place_lock. */
	struct node *mountpoint; /* with a reference; NULL: nowhere, or it is the root of everything */
	char *source; /* what mount was told */
	bool mounted;
	struct filesystem *next_mounted; /* in order of mounting */
};

/* Adds a kind; it stays. Not twice. */
void filesystem_type_register(struct filesystem_type *type);
/* The kind with this name, or NULL. */
const struct filesystem_type *filesystem_type_find(const char *name);

/* A number for a new instance's `device`. */
uint32_t filesystem_device_number(void);

enum { MOUNT_READ_ONLY = 1 };

/**
 * filesystem_mount - make an instance, or take the only one, and mount it
 * @at: a directory; NULL: the root of everything, which has none yet
 *
 * Return: 0; -TENON_ENODEV: no such kind; -TENON_ENOTDIR; -TENON_EBUSY: the only instance is mounted elsewhere, or @at is
 * the root of an instance that is covered already; -TENON_EINVAL: a directory that is made anew at each lookup;
 * what the kind's make returns.
 */
int filesystem_mount(const char *type, const char *source, const char *options, unsigned flags, struct node *at);

/* Return: 0, or -TENON_EINVAL: @root is not the root of what is mounted. */
int filesystem_remount(struct node *root, unsigned flags);

/**
 * filesystem_unmount - take away what is mounted with this root
 * @lazy: also while it is used; its memory goes with the last user
 *
 * Return: 0; -TENON_EINVAL: not a root of what is mounted; -TENON_EBUSY: used, or the root of everything.
 */
int filesystem_unmount(struct node *root, bool lazy);

/* The root of everything; a reference. */
struct node *filesystem_root(void);

/* What /proc/filesystems and /proc/mounts show; @from: paths as seen from this root. */
void filesystem_show_types(struct text *t);
void filesystem_show_mounts(struct text *t, struct node *from);

#endif
