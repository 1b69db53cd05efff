// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* References, times and permissions of nodes. */
#include "kernel/vfs/node.h"

#include "kernel/process/process.h"
#include "kernel/sched/timer.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/place.h"
#include "tenon/errno.h"

static uint64_t now_ns(void)
{
	return (uint64_t)clock_boot_time_ns() + clock_ns();
}

void node_init(struct node *node, struct filesystem *fs, const struct node_ops *ops, uint64_t number, uint32_t mode)
{
	uint64_t now = now_ns();

	node->ops = ops;
	node->fs = fs;
	mutex_init(&node->lock, LOCK_NODE);
	atomic_init(&node->refs, 1);
	node->number = number;
	node->mode = mode;
	node->link_cnt = 1;
	node->accessed_ns = node->modified_ns = node->changed_ns = now;
	filesystem_hold(fs);
}

struct node *node_get(struct node *node)
{
	if (node)
		atomic_fetch_add_explicit(&node->refs, 1, memory_order_relaxed);
	return node;
}

void node_put(struct node *node)
{
	/* The last reference to a node may hold the last one to its parent, and so on up. */
	while (node && atomic_fetch_sub_explicit(&node->refs, 1, memory_order_acq_rel) == 1) {
		struct node *parent = node->parent;
		struct filesystem *fs = node->fs;

		node_get(parent);
		place_clear(node);
		node->ops->release(node);
		filesystem_release(fs);
		node = parent;
	}
}

void node_touch_modified(struct node *node)
{
	node->modified_ns = node->changed_ns = now_ns();
}

void node_touch_changed(struct node *node)
{
	node->changed_ns = now_ns();
}

void node_touch_written(struct node *node)
{
	node_touch_modified(node);
	if (process_credentials()->fsuid)
		node_drop_set_id(node);
}

static bool in_group(const struct credentials *c, uint32_t gid, bool real)
{
	uint32_t i;

	if (gid == (real ? c->gid : c->fsgid))
		return true;
	for (i = 0; i < c->group_cnt; i++)
		if (c->groups[i] == gid)
			return true;
	return false;
}

int node_permission(struct node *node, unsigned wanted, bool real)
{
	const struct credentials *c = process_credentials();
	uint32_t type = node->mode & NODE_TYPE;
	uint32_t uid = real ? c->uid : c->fsuid;
	uint32_t mode = node->mode;

	if ((wanted & MAY_WRITE) && node->fs->read_only && (type == NODE_FILE || type == NODE_DIR || type == NODE_LINK))
		return -TENON_EROFS;
	if ((wanted & MAY_EXECUTE) && type == NODE_FILE && (node->fs->flags & MOUNT_NO_EXECUTE))
		return -TENON_EACCES;
	if (uid == 0) /* root may do all but run what nobody may run */
		return (wanted & MAY_EXECUTE) && type == NODE_FILE && !(mode & 0111) ? -TENON_EACCES : 0;
	if (uid == node->uid)
		mode >>= 6;
	else if (in_group(c, node->gid, real))
		mode >>= 3;
	return (mode & wanted) == wanted ? 0 : -TENON_EACCES;
}

bool node_in_group(uint32_t gid)
{
	return in_group(process_credentials(), gid, false);
}

void node_drop_set_id(struct node *node)
{
	bool executable = node->mode & 0010; /* else the bit means something else */

	node->mode &= ~(uint32_t)NODE_SET_UID;
	if (executable || (process_credentials()->fsuid && !node_in_group(node->gid)))
		node->mode &= ~(uint32_t)NODE_SET_GID;
}

void node_inherit_group(const struct node *dir, struct node_wanted *wanted)
{
	if (!(dir->mode & NODE_SET_GID))
		return;
	wanted->gid = dir->gid;
	if ((wanted->mode & NODE_TYPE) == NODE_DIR)
		wanted->mode |= NODE_SET_GID;
}

int node_owned(struct node *node)
{
	uint32_t uid = process_credentials()->fsuid;

	return uid == 0 || uid == node->uid ? 0 : -TENON_EPERM;
}
