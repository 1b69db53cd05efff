// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* One spin lock and one queue for all files: such locks are few, and held long rather than often. */
#include "kernel/vfs/flock.h"

#include "kernel/sched/wait.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/node.h"
#include "tenon/errno.h"

static struct spinlock flock_lock = SPINLOCK_INIT(LOCK_LEAF);
static struct wait_queue waiting = WAIT_QUEUE_INIT;

void flock_release(struct file *file)
{
	struct node *node = file->node;
	bool had;

	if (!file->flock) /* only whoever holds the file changes it */
		return;
	spin_lock(&flock_lock);
	had = file->flock != FLOCK_NONE;
	if (file->flock == FLOCK_EXCLUSIVE)
		node->flock_exclusive = false;
	else if (had)
		node->flock_shared--;
	file->flock = FLOCK_NONE;
	spin_unlock(&flock_lock);
	if (had)
		wait_wake_all(&waiting);
}

static bool try(struct file *file, enum flock_kind kind)
{
	struct node *node = file->node;
	bool taken;

	spin_lock(&flock_lock);
	taken = file->flock == FLOCK_NONE && !node->flock_exclusive && (kind == FLOCK_SHARED || !node->flock_shared);
	if (taken) {
		file->flock = (uint8_t)kind;
		if (kind == FLOCK_EXCLUSIVE)
			node->flock_exclusive = true;
		else
			node->flock_shared++;
	}
	spin_unlock(&flock_lock);
	return taken;
}

int flock_take(struct file *file, enum flock_kind kind, bool wait)
{
	if (file->flock == kind)
		return 0;
	flock_release(file);
	if (kind == FLOCK_NONE || try(file, kind))
		return 0;
	return wait ? wait_event(&waiting, try(file, kind), DEADLINE_NONE, WAIT_SIGNAL) : -TENON_EAGAIN;
}
