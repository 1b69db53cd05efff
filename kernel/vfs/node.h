/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A node is what a name leads to: a file, a directory, a link, a device. A file system instance is a tree of nodes. An
 * instance is mounted at one place, so a node has one absolute path, and no pair (mount, node) is needed anywhere.
 *
 * Locks, in the order in which they are taken:
 *   rename_lock   no directory moves while it is held (change.c)
 *   node->lock    what a directory holds; the size and pages of a file; attributes. A directory's before its child's;
 *                 of two directories in a rename the one nearer to the root first, else the lower address
 *   place_lock    parent and name of all nodes, and the mounts (place.c)
 *   locks of the file system's own
 * `ops`, `fs`, `number`, `device` and the type in `mode` never change.
 */
#ifndef KERNEL_VFS_NODE_H
#define KERNEL_VFS_NODE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/sched/lock.h"

#define NAME_BYTES_MAX 255 /* of a name, without NUL */
#define PATH_BYTES 4096 /* of a path, with NUL: Linux's PATH_MAX */

/* The numbers are Linux's; names of our own beside C's, for host programs. */
enum node_type {
	NODE_FIFO = 0010000,
	NODE_CHAR = 0020000,
	NODE_DIR = 0040000,
	NODE_BLOCK = 0060000,
	NODE_FILE = 0100000,
	NODE_LINK = 0120000,
	NODE_SOCKET = 0140000,
	NODE_TYPE = 0170000, /* mask */
	NODE_STICKY = 01000,
	NODE_SET_GID = 02000,
	NODE_SET_UID = 04000,
};

struct credentials;
struct file;
struct filesystem;
struct listing;
struct node;
struct pipe;

struct name { /* 1 to NAME_BYTES_MAX bytes, no '/', no NUL behind it */
	const char *text;
	size_t len;
};

/* What a new node shall be. */
struct node_wanted {
	uint32_t mode; /* type and permissions, the umask taken off */
	uint32_t uid, gid;
	uint32_t device;    /* of a device */
	const char *target; /* of a link */
};

/* Both directories and both nodes are locked, as far as they are directories or there. */
struct rename {
	struct node *from_dir;
	struct name from;
	struct node *node;
	struct node *to_dir;
	struct name to;
	struct node *replaced; /* what has the new name, of a fitting type, empty; or NULL */
};

/*
 * What a file system does. The caller holds the lock of every node given, unless said otherwise. A function that would
 * change something and is NULL stands for -TENON_EPERM. Names are never "." or "..".
 */
struct node_ops {
	/* Without lock. Names of this directory are about to be looked at: bring them up to date. NULL: they are. */
	void (*prepare)(struct node *dir);
	/* Return: 0 and a reference; -TENON_ENOENT, -TENON_ENOMEM. Every directory has it. */
	int (*lookup)(struct node *dir, struct name name, struct node **child);
	/*
	 * Without lock. Somebody opens this name, which is not there: have it made. Return: look again. NULL: nobody
	 * would make it.
	 */
	bool (*want)(struct node *dir, const char *name);
	/* Names that are not there yet. create gives a reference. -TENON_ENOSPC, -TENON_ENOMEM. */
	int (*create)(struct node *dir, struct name name, const struct node_wanted *wanted, struct node **child);
	int (*link)(struct node *dir, struct name name, struct node *node);
	/* @node is what @name leads to. A directory that is not empty: -TENON_ENOTEMPTY. */
	int (*unlink)(struct node *dir, struct name name, struct node *node);
	int (*rename)(const struct rename *r);
	/* Is this directory empty? For replacing one; NULL: say no. */
	bool (*empty)(struct node *dir);
	/* listing_add() what comes from position l->offset on, until that returns false. Every directory has it. */
	int (*list)(struct node *dir, struct listing *l);

	/* Without lock. Return: length of the target, cut to @size, without NUL. Every link has it. */
	long (*read_link)(struct node *node, char *buf, size_t size);
	/* Without lock. Of a link that leads to a node and not to a path, as /proc/PID/fd/1: gives a reference. */
	int (*follow)(struct node *node, struct node **target);

	/* Without lock. Set file->ops, and file->data if need be. NULL: what the type says (open.c). */
	int (*open)(struct node *node, struct file *file);
	/* Set the size of a file. NULL: none that could be set, which is no error. */
	int (*truncate)(struct node *node, uint64_t bytes);
	/* Bring attributes that are not kept in the node up to date. NULL: there are none. */
	void (*refresh)(struct node *node);
	/* Permissions, owner or times in the node have been changed: keep them. NULL: they are kept there. */
	int (*store)(struct node *node);
	/* Without lock. The last reference has gone: free it. May sleep. */
	void (*release)(struct node *node);
};

struct node {
	const struct node_ops *ops;
	struct filesystem *fs;
	struct mutex lock;
	_Atomic uint32_t refs;
	uint32_t link_cnt;                             /* names that lead here; lock */
	uint32_t mode, uid, gid;                       /* lock */
	uint32_t device;                               /* of a device: device_number() */
	bool transient;                                /* made for each lookup: nothing can be mounted on it */
	uint64_t number;                               /* st_ino */
	uint64_t size;                                 /* bytes; lock */
	uint64_t sector_cnt;                           /* that it takes on a device; lock */
	uint64_t accessed_ns, modified_ns, changed_ns; /* since 1970; lock */

	struct node
	    *parent; /* of a directory that is not its instance's root: where it is, with a reference; of another
			      * node: where it was made or found, until that name is taken away; place_lock */
	char *name;  /* there; place_lock */
	struct filesystem *covered; /* mounted on this directory; place_lock */

	_Atomic bool mapped;        /* a program has mapped it, and may still */
	_Atomic int32_t writer_cnt; /* of a file: open to be written, or, below 0, files of programs that run */
	struct pipe *pipe;          /* of a FIFO that is open; lock */
	bool flock_exclusive;       /* these two: flock.c */
	uint32_t flock_shared;
};

static inline bool node_is(const struct node *node, enum node_type type)
{
	return (node->mode & NODE_TYPE) == type;
}

/* As Linux's programs have it: 12 bits for the major number, 20 for the minor one. */
static inline uint32_t device_number(uint32_t major, uint32_t minor)
{
	return (minor & 0xff) | (major & 0xfff) << 8 | (minor & 0xfff00) << 12;
}

static inline uint32_t device_major(uint32_t device)
{
	return device >> 8 & 0xfff;
}

static inline uint32_t device_minor(uint32_t device)
{
	return (device & 0xff) | (device >> 12 & 0xfff00);
}

/**
 * node_init - a zeroed node of @fs, with one reference for the caller and no place yet
 * @number: unique in the instance
 */
void node_init(struct node *node, struct filesystem *fs, const struct node_ops *ops, uint64_t number, uint32_t mode);
struct node *node_get(struct node *node); /* NULL is no node: nothing is done */
void node_put(struct node *node);         /* may sleep; no lock of nodes or places held */

/* Set times to now; with the lock held, or before anyone else knows the node. */
void node_touch_modified(struct node *node);
void node_touch_changed(struct node *node);
/* What a file contains has been changed by the process that runs: with its times, what setuid(2) is about. */
void node_touch_written(struct node *node);
/* It has another owner, or contents: it gives nobody its owner's rights any more. Its lock is held. */
void node_drop_set_id(struct node *node);

enum { MAY_EXECUTE = 1, MAY_WRITE = 2, MAY_READ = 4 };

/**
 * node_permission - may the process that runs do this?
 * @wanted: MAY_ bits
 * @real: with its real user and group, as access(2) asks
 *
 * Return: 0, -TENON_EACCES, or -TENON_EROFS: writing to what is mounted read-only, unless it is a device or a FIFO.
 */
int node_permission(struct node *node, unsigned wanted, bool real);
/* May the process change owner, mode or times: does it own the node, or is it root? Return: 0 or -TENON_EPERM. */
int node_owned(struct node *node);
/* Is the process that runs in this group? */
bool node_in_group(uint32_t gid);
/* What is made in a directory that has the set-group-id bit gets its group. The directory's lock is held. */
void node_inherit_group(const struct node *dir, struct node_wanted *wanted);

/* ---- lists of names ---------------------------------------------------------------------------------------------- */

/*
 * A position in a directory is a number that the file system chooses, from 2 on, so that a name that stays is listed
 * once whatever happens to the others. 0 is the beginning; "." and ".." come first and are not the file system's.
 */
struct listing {
	uint64_t offset; /* position of the next name */
	bool (*add)(struct listing *l, struct name name, uint64_t number, uint32_t mode);
	void *data; /* the caller's */
	bool full;  /* the last name did not fit */
};

/* Return: false: it does not fit; stop. The next position, @next, is kept only for what fitted. */
static inline bool listing_add(struct listing *l, const char *text, size_t len, uint64_t number, uint32_t mode,
			       uint64_t next)
{
	l->full = !l->add(l, (struct name){ text, len }, number, mode);
	if (l->full)
		return false;
	l->offset = next;
	return true;
}

#endif
