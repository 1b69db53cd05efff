/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* From a path to a node, and back. */
#ifndef KERNEL_VFS_PATH_H
#define KERNEL_VFS_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/vfs/node.h"

#define PATH_LINKS_MAX 40 /* followed in one walk, as Linux's */

/* Where a walk begins and what it cannot leave. References are the holder's. */
struct path_start {
	struct node *root;
	struct node *at; /* for paths that do not begin with '/' */
};

enum {
	PATH_FOLLOW = 1, /* a link at the end, too */
	PATH_EMPTY = 2,  /* "" is `at` itself: AT_EMPTY_PATH */
};

/**
 * path_find - the node that a path leads to
 * @path: in the kernel's memory
 *
 * A path that ends with '/' must lead to a directory, and follows a link there. Every directory on the way must allow
 * searching.
 *
 * Return: 0 and a reference; -TENON_ENOENT, -TENON_ENOTDIR, -TENON_EACCES, -TENON_ELOOP (over 40 links),
 * -TENON_ENAMETOOLONG (a name over 255 bytes, or a path over 4095 with a link put in), -TENON_ENOMEM.
 */
int path_find(const struct path_start *start, const char *path, unsigned flags, struct node **node);

/* The directory in which the last name of a path is, and that name: for making, removing and renaming. */
struct path_last {
	struct node *dir; /* a reference */
	char text[NAME_BYTES_MAX + 1];
	struct name name;                                           /* in text */
	bool slash;                                                 /* one came behind it: it must be a directory */
	enum { LAST_NAME, LAST_DOT, LAST_DOT_DOT, LAST_ROOT } kind; /* the others have no name */
};

/* Return: as path_find. The last name need not be there. */
int path_find_parent(const struct path_start *start, const char *path, struct path_last *last);

/**
 * path_lookup - one name in a directory: with permission, and through to what is mounted there
 * @name: not "." or ".."
 *
 * Return: 0 and a reference, or a negative errno.
 */
int path_lookup(struct node *dir, struct name name, struct node **node);
/* The same, with dir->lock held by the caller, and without what is mounted there. */
int path_lookup_locked(struct node *dir, struct name name, struct node **node);

/**
 * path_of - the absolute path of a node as seen from @root
 * @size: of @buf, at most PATH_BYTES are used
 *
 * A node that has no name any more has " (deleted)" behind its last one. What cannot be reached from @root begins with
 * "(unreachable)".
 *
 * Return: where in @buf it begins, NUL-terminated, or NULL: it does not fit.
 */
char *path_of(struct node *node, struct node *root, char *buf, size_t size);
/* Can it be reached from @root, and does it have a name? What getcwd asks. */
bool path_reachable(struct node *node, struct node *root);

#endif
