/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * File systems that modules have on volumes (kpi/filesystem.def). The module is asked by numbers and answers with
 * numbers; nodes, their locks and places, and all pages are the kernel's. What it answers is checked: a module that lies
 * spoils its own volume.
 *
 * Nodes that were used last are kept (`recent`), with their pages, until others come, memory for one is lacking, or the
 * file system is unmounted. They are found by name without asking the module.
 */
#ifndef KERNEL_VFS_DISK_H
#define KERNEL_VFS_DISK_H

#include <stdint.h>

#include "kernel/sched/wait.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/node.h"
#include "kernel/vfs/volume.h"
#include "tenon/kpi/filesystem.h"

enum disk_op { /* the order of struct tenon_filesystem_ops */
	       DISK_MOUNT,
	       DISK_UNMOUNT,
	       DISK_SYNC,
	       DISK_USAGE,
	       DISK_NODE,
	       DISK_LOOKUP,
	       DISK_LIST,
	       DISK_READ_LINK,
	       DISK_EXTENTS,
	       DISK_CHANGE,
	       DISK_CREATE,
	       DISK_LINK,
	       DISK_UNLINK,
	       DISK_RENAME,
	       DISK_FORGET,
	       DISK_READ,
	       DISK_OP_CNT
};

struct disk_kind;

struct disk_kind_ops {
	/* Keep the module from going. Return: false: it is going. place_lock is held. */
	bool (*hold)(void *owner);
	void (*unhold)(void *held);
	/* Ask it. The arguments are those of the callback. Return: 0 with *result, or a negative errno. */
	int (*call)(void *owner, enum disk_op op, const uint64_t args[6], int64_t *result);
	/* Give it a handle of the volume, and take it away. */
	int (*volume_begin)(void *owner, struct volume *v, uint64_t *handle);
	void (*volume_end)(void *owner, uint64_t handle);
};

/**
 * disk_kind_register - offer a kind of file system
 * @held: for unhold(); stays until then
 * @owner: until disk_kind_unregister() has returned
 * @can_write: it has all that takes
 *
 * Return: 0, -TENON_EEXIST, -TENON_ENOMEM.
 */
int disk_kind_register(const char *name, bool can_write, const struct disk_kind_ops *ops, void *owner, void *held,
		       struct disk_kind **out);
/* Nothing is asked of the owner afterwards. What is mounted answers -TENON_EIO. */
void disk_kind_unregister(struct disk_kind *kind);

/* ---- between the files of this ---- */

#define DISK_NODES_MAX 16384 /* that are kept because they were used; fewer where memory is small */
#define DISK_NODES_MIN 128

struct disk_kind {
	struct filesystem_type type; /* must be first */
	char name[TENON_FILESYSTEM_NAME_BYTES];
	const struct disk_kind_ops *ops;
	void *held;
	bool can_write;
	_Atomic uint32_t refs; /* the owner, and instances */
	struct spinlock lock;  /* the next two */
	void *owner;           /* NULL: it has gone */
	unsigned calls;        /* that run */
	struct wait_queue idle;
};

struct disk {
	struct filesystem fs; /* must be first */
	struct disk_kind *kind;
	struct volume *volume;
	uint64_t handle;                     /* of the volume, for the module */
	struct tenon_filesystem_mount mount; /* what it said */
	struct mutex lock;                   /* the rest */
	/* Each of @node_cnt, a power of two. */
	uint32_t node_cnt;
	struct disk_node **bucket; /* by number */
	struct disk_node **named;  /* by directory and name: a lookup that finds it there asks nobody */
	struct disk_node **recent; /* a reference each */
	uint32_t recent_at;
	struct wait_queue gone; /* a node is */
};

struct disk_node {
	struct node node;       /* must be first */
	uint64_t answers;       /* of the module's that named it; the instance's lock, as what follows */
	struct disk_node *next; /* of the bucket */
	struct disk_node *named_next, **named_link; /* NULL: it is not there */
	uint32_t recent_at;                         /* if it is there */
	struct page_cache cache;                    /* of a file */
	_Atomic bool stale;                         /* the module knows better what its attributes are */
};

static inline struct disk *disk_of(const struct node *node)
{
	return (struct disk *)node->fs;
}

/* Ask the module: its result, at most as many bytes as it had room for, or a negative errno. The first argument is the instance. */
int64_t disk_ask(struct disk *d, enum disk_op op, uint64_t a, uint64_t b, uint64_t c, uint64_t e, uint64_t f);
/* What it answered cannot be. Return: -TENON_EUCLEAN. */
int disk_lied(struct disk *d, const char *what);
#define DISK_POINTER(p) ((uint64_t)(uintptr_t)(p))

/**
 * disk_node_get - the node that the module says this is
 * Return: 0 and a reference; -TENON_EUCLEAN: that cannot be; -TENON_ENOMEM.
 */
int disk_node_get(struct disk *d, const struct tenon_filesystem_node *is, struct node **node);
/* The tables of nodes of an instance. Return: 0 or -TENON_ENOMEM. */
int disk_tables_make(struct disk *d);
void disk_tables_free(struct disk *d);
/* Drop the nodes that are only kept because they were used; @node: this one; NULL: all. */
void disk_forget_recent(struct disk *d, struct node *node);
/* Push size, permissions, owner and times to the module. The node's lock is held. */
int disk_store(struct node *node);
/* Has the module what was stored? The same. */
int disk_check(struct node *node);
void disk_refresh(struct node *node);

extern const struct node_ops disk_node_ops;

int disk_open(struct node *node, struct file *file);
int disk_truncate(struct node *node, uint64_t bytes);
int disk_locate(struct page_cache *c, uint64_t offset, uint64_t bytes, bool allocate,
		struct tenon_filesystem_extent *extent);
int disk_read_packed(struct page_cache *c, uint64_t offset, void *to, size_t bytes);
/* Is a file open to be written, or has one no name any more, so that it is given back when it is closed? */
bool disk_changes(struct disk *d);
int disk_sync(struct filesystem *fs);

#endif
