// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Making, linking, removing and renaming: checks that are the same for every file system, and the order of locks. */
#include "kernel/policy/policy.h"
#include "kernel/process/process.h"
#include "kernel/process/shared.h"
#include "kernel/vfs/place.h"
#include "kernel/vfs/vfs.h"
#include "tenon/errno.h"

/* One rename at a time: so "is this below that?" stays true while locks are taken by it. */
static struct mutex rename_lock = MUTEX_INIT(LOCK_MOUNTS);

/* May names be put into this directory, or taken out? Its lock is held. */
static int may_change(struct node *dir)
{
	return dir->link_cnt ? node_permission(dir, MAY_WRITE | MAY_EXECUTE, false) : -TENON_ENOENT;
}

/* In a directory like /tmp only its owner and the file's may take a name away. */
static int may_take_away(struct node *dir, struct node *node)
{
	if ((dir->mode & NODE_STICKY) && node_owned(dir) && node_owned(node))
		return -TENON_EPERM;
	return 0;
}

/* Find the directory of a name that changes. A policy allows it: @more is TENON_POLICY_DEVICE or 0. */
static int find_parent(const struct path_start *start, const char *path, unsigned more, struct path_last *last)
{
	int err = path_find_parent(start, path, last);

	if (err || last->kind != LAST_NAME)
		return err;
	err = policy_change(last->dir, &last->name, more);
	if (err)
		node_put(last->dir);
	return err;
}

/* Find the directory for a new name, with its lock held: end_new_name(). */
static int begin_new_name(const struct path_start *start, const char *path, bool slash_allowed, unsigned more,
			  struct path_last *last)
{
	struct node *there;
	int err = find_parent(start, path, more, last);

	if (err)
		return err;
	mutex_lock(&last->dir->lock);
	err = -TENON_EEXIST;
	if (last->kind == LAST_NAME) {
		err = path_lookup_locked(last->dir, last->name, &there);
		if (!err) {
			node_put(there);
			err = -TENON_EEXIST;
		} else if (err == -TENON_ENOENT) {
			err = last->slash && !slash_allowed ? -TENON_ENOENT : may_change(last->dir);
		}
	}
	if (err) {
		mutex_unlock(&last->dir->lock);
		node_put(last->dir);
	}
	return err;
}

static void end_new_name(struct path_last *last)
{
	mutex_unlock(&last->dir->lock);
	node_put(last->dir);
}

static bool is_device(uint32_t mode)
{
	return (mode & NODE_TYPE) == NODE_CHAR || (mode & NODE_TYPE) == NODE_BLOCK;
}

int vfs_make(const struct path_start *start, const char *path, struct node_wanted *wanted)
{
	struct path_last last;
	struct node *node;
	uint32_t type = wanted->mode & NODE_TYPE;
	unsigned more = type == NODE_CHAR || type == NODE_BLOCK ? TENON_POLICY_DEVICE : 0;
	int err = begin_new_name(start, path, type == NODE_DIR, more, &last);

	if (err)
		return err;
	err = -TENON_EPERM;
	node_inherit_group(last.dir, wanted);
	if (last.dir->ops->create && (!is_device(wanted->mode) || !process_credentials()->fsuid))
		err = last.dir->ops->create(last.dir, last.name, wanted, &node);
	end_new_name(&last);
	if (!err)
		node_put(node);
	return err;
}

int vfs_link(struct node *node, const struct path_start *start, const char *path)
{
	struct path_last last;
	int err;

	err = policy_open(node, TENON_POLICY_READ | TENON_POLICY_WRITE); /* as whoever opens it by the new name */
	if (!err)
		err = begin_new_name(start, path, false, 0, &last);
	if (err)
		return err;
	if (last.dir->fs != node->fs) {
		err = -TENON_EXDEV;
	} else if (node_is(node, NODE_DIR) || !last.dir->ops->link) {
		err = -TENON_EPERM;
	} else {
		mutex_lock_second(&node->lock);
		/* What has no name any more does not get one again: its pages may be on their way out. */
		err = node->link_cnt ? last.dir->ops->link(last.dir, last.name, node) : -TENON_ENOENT;
		mutex_unlock(&node->lock);
	}
	end_new_name(&last);
	return err;
}

/* Is something mounted on it? Its lock is held, so that nothing will be. */
static bool covered(struct node *node)
{
	return __atomic_load_n(&node->covered, __ATOMIC_ACQUIRE) != NULL;
}

/* Gives a reference to what it found, also on errors. The directory's lock is held. */
static int remove_locked(struct path_last *last, bool directory, struct node **found)
{
	struct node *dir = last->dir, *node;
	int err = path_lookup_locked(dir, last->name, &node);

	if (err)
		return err;
	*found = node;
	if (last->slash && !directory)
		return node_is(node, NODE_DIR) ? -TENON_EISDIR : -TENON_ENOTDIR;
	err = may_change(dir);
	if (!err)
		err = may_take_away(dir, node);
	if (!err && directory != node_is(node, NODE_DIR))
		err = directory ? -TENON_ENOTDIR : -TENON_EISDIR;
	if (!err && !dir->ops->unlink)
		err = -TENON_EPERM;
	if (!err) {
		mutex_lock_second(&node->lock);
		err = covered(node) ? -TENON_EBUSY : dir->ops->unlink(dir, last->name, node);
		mutex_unlock(&node->lock);
	}
	return err;
}

int vfs_remove(const struct path_start *start, const char *path, bool directory)
{
	struct path_last last;
	struct node *node = NULL;
	int err = find_parent(start, path, 0, &last);

	if (err)
		return err;
	if (last.kind == LAST_NAME) {
		mutex_lock(&last.dir->lock);
		err = remove_locked(&last, directory, &node);
		mutex_unlock(&last.dir->lock);
		node_put(node);
	} else if (!directory) {
		err = -TENON_EISDIR;
	} else {
		err = last.kind == LAST_DOT     ? -TENON_EINVAL :
		      last.kind == LAST_DOT_DOT ? -TENON_ENOTEMPTY :
						  -TENON_EBUSY;
	}
	node_put(last.dir);
	return err;
}

/* ---- renaming ---------------------------------------------------------------------------------------------------- */

static void lock_two(struct node *a, struct node *b)
{
	struct node *first = a < b ? a : b;

	if (a == b) {
		mutex_lock(&a->lock);
		return;
	}
	if (place_below(a, b))
		first = b;
	else if (place_below(b, a))
		first = a;
	mutex_lock(&first->lock);
	mutex_lock_second(first == a ? &b->lock : &a->lock);
}

static void unlock_two(struct node *a, struct node *b)
{
	mutex_unlock(&a->lock);
	if (a != b)
		mutex_unlock(&b->lock);
}

/* What is wrong with it, whoever asks for it. Directories are locked, the two nodes are not. */
static int check_names(const struct rename *r, unsigned flags, bool slash)
{
	if (r->replaced && flags & RENAME_KEEP)
		return -TENON_EEXIST;
	if (slash && !node_is(r->node, NODE_DIR))
		return -TENON_ENOTDIR;
	if (node_is(r->node, NODE_DIR) && place_below(r->to_dir, r->node))
		return -TENON_EINVAL;
	return r->replaced && place_below(r->from_dir, r->replaced) ? -TENON_ENOTEMPTY : 0;
}

static int check_rename(const struct rename *r)
{
	bool dir = node_is(r->node, NODE_DIR);
	int err = may_change(r->from_dir);

	if (!err)
		err = may_take_away(r->from_dir, r->node);
	if (!err)
		err = may_change(r->to_dir);
	if (!err && r->replaced)
		err = may_take_away(r->to_dir, r->replaced);
	if (!err && r->replaced && dir != node_is(r->replaced, NODE_DIR))
		err = dir ? -TENON_ENOTDIR : -TENON_EISDIR;
	if (!err && !r->to_dir->ops->rename)
		err = -TENON_EPERM;
	if (!err && dir && r->from_dir != r->to_dir) /* its ".." changes */
		err = node_permission(r->node, MAY_WRITE, false);
	return err;
}

/* With the nodes' own locks too. */
static int rename_nodes(const struct rename *r)
{
	struct node *a = r->node, *b = r->replaced;
	int err = 0;

	mutex_lock_second(&a->lock);
	if (b)
		mutex_lock_second(&b->lock);
	if (covered(a) || (b && covered(b)))
		err = -TENON_EBUSY;
	else if (b && node_is(b, NODE_DIR) && !(b->ops->empty && b->ops->empty(b)))
		err = -TENON_ENOTEMPTY;
	else
		err = r->to_dir->ops->rename(r);
	if (b)
		mutex_unlock(&b->lock);
	mutex_unlock(&a->lock);
	return err;
}

/* Both directories are locked. Gives references to what it found, also on errors. */
static int rename_locked(struct rename *r, unsigned flags, bool slash)
{
	int err = path_lookup_locked(r->from_dir, r->from, &r->node);

	if (err) {
		r->node = NULL;
		return err;
	}
	err = path_lookup_locked(r->to_dir, r->to, &r->replaced);
	if (err) {
		r->replaced = NULL;
		if (err != -TENON_ENOENT)
			return err;
	}
	err = check_names(r, flags, slash);
	if (err || r->node == r->replaced) /* two names of one file: both stay */
		return err;
	err = check_rename(r);
	return err ? err : rename_nodes(r);
}

static int rename_between(struct path_last *from, struct path_last *to, unsigned flags)
{
	struct rename r = { .from_dir = from->dir, .from = from->name, .to_dir = to->dir, .to = to->name };
	int err;

	if (from->dir->fs != to->dir->fs)
		return -TENON_EXDEV;
	if (from->kind != LAST_NAME || to->kind != LAST_NAME)
		return from->kind == LAST_NAME && flags & RENAME_KEEP ? -TENON_EEXIST : -TENON_EBUSY;
	mutex_lock(&rename_lock);
	lock_two(from->dir, to->dir);
	err = rename_locked(&r, flags, from->slash || to->slash);
	unlock_two(from->dir, to->dir);
	mutex_unlock(&rename_lock);
	node_put(r.node);
	node_put(r.replaced);
	return err;
}

int vfs_rename(const struct path_start *from_start, const char *from, const struct path_start *to_start, const char *to,
	       unsigned flags)
{
	struct path_last from_last, to_last;
	/* As whoever opens it by the new name. */
	int err = find_parent(from_start, from, TENON_POLICY_READ | TENON_POLICY_WRITE, &from_last);

	if (err)
		return err;
	err = find_parent(to_start, to, 0, &to_last);
	if (!err) {
		err = rename_between(&from_last, &to_last, flags);
		node_put(to_last.dir);
	}
	node_put(from_last.dir);
	return err;
}

int vfs_truncate(struct node *node, uint64_t bytes)
{
	uint64_t before, now;
	int err = 0;

	mutex_lock(&node->lock);
	before = node->size;
	if (atomic_load(&node->writer_cnt) < 0)
		err = -TENON_ETXTBSY;
	else if (node->ops->truncate)
		err = node->ops->truncate(node, bytes);
	now = node->size;
	mutex_unlock(&node->lock);
	processes_file_resized(node, before, now);
	return err;
}
