/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The file system in memory: "tmpfs", of which the root is an instance. Inside the directory: its nodes, the pages of
 * its files (ramfs_file.c) and the names of its directories (ramfs_dir.c).
 *
 * What an instance may take is limited in bytes: pages, the pages that find them, nodes, names. Beyond that is ENOSPC.
 */
#ifndef KERNEL_VFS_RAMFS_H
#define KERNEL_VFS_RAMFS_H

#include "kernel/vfs/file.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/node.h"

#define RAMFS_FILE_BYTES_MAX (1ull << 42)

extern struct filesystem_type ramfs_type;

/**
 * ramfs_make - an instance with an empty root directory
 * @limit_bytes: what it may take
 * @root_ops: of the root; NULL: those of every directory here
 *
 * Return: 0 or -TENON_ENOMEM.
 */
int ramfs_make(const struct filesystem_type *type, uint64_t limit_bytes, const struct node_ops *root_ops,
	       struct filesystem **fs);

/*
 * ---- inside the directory -------------------------------------------------------------------------------------------
 */

struct ramfs {
	struct filesystem fs;
	uint64_t limit_bytes;
	_Atomic uint64_t used_bytes;
	_Atomic uint64_t last_number;
};

struct ramfs_dir {             /* the node's lock */
	uintptr_t *slot;       /* a struct entry, or 2 * next free slot + 1 */
	struct entry **bucket; /* of the hash table, as many as slots */
	uint32_t capacity;     /* 0 or a power of two */
	uint32_t high;         /* slots from here on were never used */
	uint32_t first_free;   /* below high; FREE_NONE: none */
	uint32_t cnt;
};

struct ramfs_pages {
	struct mutex lock; /* of the tree and of node->size; taken under the lock of an address space, by its faults */
	void *root;        /* levels of 512 pointers, the lowest to struct page; NULL where nothing was written */
	unsigned levels;
};

struct ramfs_node {
	struct node node;
	union {
		struct ramfs_dir dir;
		struct ramfs_pages pages;
		char *target;
	};
};

static inline struct ramfs *ramfs_of(const struct node *node)
{
	return (struct ramfs *)node->fs;
}

/*
 * A directory without a name, for file systems that have their names in memory but operations of their own. These have
 * ramfs_lookup, ramfs_dir_list and ramfs_release among them.
 */
int ramfs_make_dir(struct filesystem *fs, const struct node_ops *ops, uint32_t mode, struct node **dir);
int ramfs_make_link(struct filesystem *fs, const char *target, struct node **link);
int ramfs_lookup(struct node *dir, struct name name, struct node **child);
void ramfs_release(struct node *node);
uint64_t ramfs_number(struct filesystem *fs); /* for a node that is not ramfs's own */

/* Take @bytes of the limit. Return: 0 or -TENON_ENOSPC. */
int ramfs_charge(struct ramfs *fs, uint64_t bytes);
void ramfs_uncharge(struct ramfs *fs, uint64_t bytes);

void ramfs_pages_init(struct ramfs_node *n);
/* Nobody uses the file any more. */
void ramfs_pages_free(struct ramfs_node *n);
int ramfs_truncate(struct node *node, uint64_t bytes);
extern const struct file_ops ramfs_file_ops;

/* Directories; with the directory's lock held. */
void ramfs_dir_init(struct ramfs_node *n);
void ramfs_dir_free(struct ramfs_node *n);
struct node *ramfs_dir_find(struct ramfs_node *n, struct name name); /* without reference */
/* Takes a reference to @node. Return: 0, -TENON_ENOMEM, -TENON_ENOSPC. */
int ramfs_dir_add(struct ramfs_node *n, struct name name, struct node *node);
/* The name must be there; gives back its reference. */
struct node *ramfs_dir_remove(struct ramfs_node *n, struct name name);
/* The name, which must be there, leads to @node, for which it takes a reference; gives back that to the old node. */
struct node *ramfs_dir_swap(struct ramfs_node *n, struct name name, struct node *node);
/* One of its nodes, without reference, and its name; NULL: it is empty. */
struct node *ramfs_dir_any(struct ramfs_node *n, struct name *name);
int ramfs_dir_list(struct node *dir, struct listing *l);

#endif
