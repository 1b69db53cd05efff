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
	const char *name;     /* as mount -t says it */
	bool needs_device;    /* else "nodev" in /proc/filesystems */
	const char *nameless; /* nodes of it that have no name are shown as NAMELESS:[number]; or NULL */
	/* Make an instance with a root. @options: what mount -o gave, may be empty. Gives a reference. */
	int (*make)(const struct filesystem_type *type, const char *source, const char *options,
		    struct filesystem **fs);
	/* Options as /proc/mounts shows them, each with a comma in front. NULL: none. */
	void (*show_options)(struct filesystem *fs, struct text *t);
	/* What is written is from now on refused, or no longer. NULL: that makes no difference to it. */
	int (*set_read_only)(struct filesystem *fs, bool read_only);
	/* Write what is in memory to the device. NULL: there is none. */
	int (*sync)(struct filesystem *fs);
	/* Somebody begins to use the kind, which may go; place_lock is held. Return: false: it is going. NULL: it stays. */
	bool (*hold)(const struct filesystem_type *type);
	void (*unhold)(const struct filesystem_type *type);
	/*
	 * It is not mounted any more: drop its root and all that is below. What is still open goes with its last user.
	 * NULL: there is one instance, which stays.
	 */
	void (*drop)(struct filesystem *fs);
	/* Its last node has gone: free it. */
	void (*free)(struct filesystem *fs);
	const struct filesystem_type *next; /* of all; place_lock */
};

struct filesystem_usage {                                /* for statfs(2) */
	uint64_t magic;                                  /* Linux's number of the kind */
	uint64_t blocks, blocks_free, nodes, nodes_free; /* of block_bytes */
	uint64_t blocks_reserved;                        /* of those that are free, for root */
	uint32_t block_bytes;                            /* 0: 4096 */
	uint32_t name_max;                               /* 0: NAME_BYTES_MAX */
};

struct filesystem {
	const struct filesystem_type *type;
	struct node *root;
	uint32_t device; /* st_dev: no two instances have the same */
	_Atomic bool read_only;
	uint8_t flags;             /* MOUNT_ ones; whether it is read-only now says the member of that name */
	_Atomic uint32_t node_cnt; /* that are in memory */
	_Atomic uint32_t user_cnt; /* open files, roots and current directories, instances mounted on it: it is busy */
	void (*usage)(struct filesystem *fs, struct filesystem_usage *u);

	/* Where it is mounted; place_lock. */
	struct node *mountpoint; /* with a reference; NULL: nowhere, or it is the root of everything */
	char *source;            /* what mount was given */
	bool mounted;
	struct filesystem *next_mounted; /* in order of mounting */
};

/* Adds a kind. Return: 0, or -TENON_EEXIST: there is one of this name. */
int filesystem_type_register(struct filesystem_type *type);
/* Takes it away again; who holds it may still use it. */
void filesystem_type_unregister(struct filesystem_type *type);
/* Have a kind that there is not loaded. Return: 0: look again. NULL: nobody would. */
extern int (*filesystem_request)(const char *name);

/* A zeroed instance gets its kind and a device number. */
void filesystem_init(struct filesystem *fs, const struct filesystem_type *type);

/* Of node_init() and node_put(): an instance lives as long as its nodes. */
void filesystem_hold(struct filesystem *fs);
void filesystem_release(struct filesystem *fs);

/* Somebody uses a node for longer than a system call; umount refuses. */
void filesystem_use(struct filesystem *fs);
void filesystem_unuse(struct filesystem *fs);

enum { /* as Linux has them in mount(2) and statfs(2) */
       MOUNT_READ_ONLY = 1,
       MOUNT_NO_DEVICES = 4,
       MOUNT_NO_EXECUTE = 8,
       MOUNT_FLAGS = MOUNT_READ_ONLY | MOUNT_NO_DEVICES | MOUNT_NO_EXECUTE,
};

/**
 * filesystem_mount - make an instance, or take the only one, and mount it
 * @at: a directory; NULL: the root of everything, which has none yet
 *
 * Return: 0; -TENON_ENODEV: no such kind; -TENON_ENOTDIR; -TENON_EBUSY: the only instance is mounted elsewhere, or @at
 * is the root of an instance that is covered already; -TENON_EINVAL: a directory that is made anew at each lookup;
 * what the kind's make returns.
 */
int filesystem_mount(const char *type, const char *source, const char *options, unsigned flags, struct node *at);

/* Return: 0; -TENON_EINVAL: @root is not the root of what is mounted; what the kind's set_read_only returns. */
int filesystem_remount(struct node *root, unsigned flags);

/**
 * filesystem_unmount - take away what is mounted with this root
 * @lazy: also while it is used: open files stay as they are, what has no other user than its name goes
 *
 * Return: 0; -TENON_EINVAL: not a root of what is mounted; -TENON_EBUSY: used, or the root of everything.
 */
int filesystem_unmount(struct node *root, bool lazy);

/* All that are mounted. Return: 0 or the first error. */
int filesystem_sync_all(void);

/* The root of everything; a reference. */
struct node *filesystem_root(void);

/* What /proc/filesystems and /proc/mounts show; @from: paths as seen from this root. */
void filesystem_show_types(struct text *t);
void filesystem_show_mounts(struct text *t, struct node *from);

/* A node that no name leads to, of an instance that never goes. Return: a reference, or NULL: no memory. */
struct node *node_make_nameless(struct filesystem *fs, uint32_t mode);
/* For the kind of such an instance. */
void filesystem_never_free(struct filesystem *fs);

#endif
