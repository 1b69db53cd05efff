// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What another process has, for whoever looks at it from outside: with references, for it may end at any time. */
#include "kernel/process/shared.h"

#include "kernel/mm/user_space.h"
#include "kernel/process/process.h"
#include "kernel/process/types.h"
#include "kernel/vfs/fdtable.h"
#include "kernel/vfs/fs_context.h"
#include "kernel/vfs/node.h"

struct fdtable *process_files_get(struct process *p)
{
	struct fdtable *files;

	spin_lock(&process_lock);
	files = p->files ? fdtable_get(p->files) : NULL;
	spin_unlock(&process_lock);
	return files;
}

struct fs_context *process_fs_get(struct process *p)
{
	struct fs_context *fs;

	spin_lock(&process_lock);
	fs = p->fs ? fs_context_get(p->fs) : NULL;
	spin_unlock(&process_lock);
	return fs;
}

struct user_space *process_space_get(struct process *p)
{
	struct user_space *space;

	spin_lock(&process_lock);
	space = p->space ? space_get(p->space) : NULL;
	spin_unlock(&process_lock);
	return space;
}

void processes_file_resized(const struct node *node, uint64_t before, uint64_t now)
{
	struct process *p = before != now && atomic_load(&node->mapped) ? process_next(0) : NULL;

	while (p) {
		struct user_space *space = process_space_get(p);
		int pid = process_pid(p);

		if (space) {
			space_forget_file(space, node, before < now ? before : now);
			space_put(space);
		}
		process_put(p);
		p = process_next(pid);
	}
}
