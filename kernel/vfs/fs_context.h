/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the tasks of a process share about paths: root, current directory, umask. */
#ifndef KERNEL_VFS_FS_CONTEXT_H
#define KERNEL_VFS_FS_CONTEXT_H

#include <stdatomic.h>
#include <stdint.h>

#include "kernel/sched/lock.h"
#include "kernel/vfs/path.h"

struct fs_context {
	_Atomic uint32_t refs;
	_Atomic uint32_t umask;
	struct mutex lock; /* protects the two, which are referenced and used */
	struct node *root, *cwd;
};

/* A context at the root of everything with umask 022; NULL: no memory. */
struct fs_context *fs_context_make(void);
/* One like it, for fork. NULL: no memory. */
struct fs_context *fs_context_copy(struct fs_context *fs);
struct fs_context *fs_context_get(struct fs_context *fs); /* for clone(CLONE_FS) */
void fs_context_put(struct fs_context *fs);               /* may sleep */

/* Where walks of this context begin now; with references for path_start_put(). */
void fs_context_start(struct fs_context *fs, struct path_start *start);
void path_start_put(struct path_start *start);

/* @dir: a directory, for which the context takes a reference. */
void fs_context_set_cwd(struct fs_context *fs, struct node *dir);
void fs_context_set_root(struct fs_context *fs, struct node *dir);

#endif
