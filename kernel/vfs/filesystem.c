// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The kinds of file systems, and the list of what is mounted. Both are protected by place_lock. */
#include "kernel/vfs/filesystem.h"

#include "kernel/init.h"
#include "kernel/mm/heap.h"
#include "kernel/vfs/path.h"
#include "kernel/vfs/place.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

static const struct filesystem_type *types;
static struct filesystem *mounts;                         /* in order; the first is the root of everything */
static struct mutex mount_lock = MUTEX_INIT(LOCK_MOUNTS); /* one mounts or unmounts at a time */

void __init filesystem_type_register(struct filesystem_type *type)
{
	mutex_lock(&place_lock);
	type->next = types;
	types = type;
	mutex_unlock(&place_lock);
}

const struct filesystem_type *filesystem_type_find(const char *name)
{
	const struct filesystem_type *type;

	mutex_lock(&place_lock);
	for (type = types; type && strcmp(type->name, name); type = type->next)
		;
	mutex_unlock(&place_lock);
	return type;
}

void filesystem_init(struct filesystem *fs, const struct filesystem_type *type)
{
	static _Atomic uint32_t last;

	fs->type = type;
	fs->device = device_number(0, atomic_fetch_add(&last, 1) + 1);
}

void filesystem_hold(struct filesystem *fs)
{
	atomic_fetch_add_explicit(&fs->node_cnt, 1, memory_order_relaxed);
}

void filesystem_release(struct filesystem *fs)
{
	if (atomic_fetch_sub_explicit(&fs->node_cnt, 1, memory_order_acq_rel) == 1)
		fs->type->free(fs);
}

void filesystem_use(struct filesystem *fs)
{
	atomic_fetch_add(&fs->user_cnt, 1);
}

void filesystem_unuse(struct filesystem *fs)
{
	atomic_fetch_sub(&fs->user_cnt, 1);
}

/* ---- mounting ---------------------------------------------------------------------------------------------------- */

static void append(struct filesystem *fs)
{
	struct filesystem **end = &mounts;

	while (*end)
		end = &(*end)->next_mounted;
	fs->next_mounted = NULL;
	*end = fs;
}

/* Puts the instance on @at, or makes it the root. place_lock is held. */
static int attach(struct filesystem *fs, const char *source, unsigned flags, struct node *at)
{
	size_t len = strlen(source);

	if (fs->mounted || (at ? at->covered != NULL : mounts != NULL))
		return -TENON_EBUSY;
	fs->source = heap_alloc(len + 1);
	if (!fs->source)
		return -TENON_ENOMEM;
	memcpy(fs->source, source, len + 1);
	fs->mounted = true;
	fs->read_only = flags & MOUNT_READ_ONLY;
	fs->mountpoint = node_get(at);
	if (at) {
		at->covered = fs;
		filesystem_use(at->fs);
	}
	append(fs);
	return 0;
}

int filesystem_mount(const char *type_name, const char *source, const char *options, unsigned flags, struct node *at)
{
	const struct filesystem_type *type = filesystem_type_find(type_name);
	struct filesystem *fs;
	int err;

	if (!type)
		return -TENON_ENODEV;
	if (at && !node_is(at, NODE_DIR))
		return -TENON_ENOTDIR;
	if (at && at->transient)
		return -TENON_EINVAL;
	err = type->make(type, source, options, &fs);
	if (err)
		return err;
	mutex_lock(&mount_lock);
	if (at)
		mutex_lock(&at->lock); /* it is not removed meanwhile */
	mutex_lock(&place_lock);
	err = at && !at->link_cnt ? -TENON_ENOENT : attach(fs, source, flags, at);
	mutex_unlock(&place_lock);
	if (at)
		mutex_unlock(&at->lock);
	mutex_unlock(&mount_lock);
	if (err && type->drop)
		type->drop(fs);
	return err;
}

int filesystem_remount(struct node *root, unsigned flags)
{
	if (root != root->fs->root)
		return -TENON_EINVAL;
	root->fs->read_only = flags & MOUNT_READ_ONLY;
	return 0;
}

/* place_lock is held. The caller then drops the mount's reference to where it was. */
static struct node *detach(struct filesystem *fs)
{
	struct filesystem **link = &mounts;
	struct node *at = fs->mountpoint;

	while (*link != fs)
		link = &(*link)->next_mounted;
	*link = fs->next_mounted;
	at->covered = NULL;
	filesystem_unuse(at->fs);
	fs->mountpoint = NULL;
	fs->mounted = false;
	heap_free(fs->source);
	fs->source = NULL;
	return at;
}

int filesystem_unmount(struct node *root, bool lazy)
{
	struct filesystem *fs = root->fs;
	struct node *at = NULL;
	int err = 0;

	mutex_lock(&mount_lock);
	mutex_lock(&place_lock);
	if (root != fs->root || !fs->mounted)
		err = -TENON_EINVAL;
	else if (!fs->mountpoint || (!lazy && atomic_load(&fs->user_cnt)))
		err = -TENON_EBUSY;
	else
		at = detach(fs);
	mutex_unlock(&place_lock);
	mutex_unlock(&mount_lock);
	if (err)
		return err;
	node_put(at);
	if (fs->type->drop)
		fs->type->drop(fs);
	return 0;
}

struct node *filesystem_root(void)
{
	struct node *root = NULL;

	mutex_lock(&place_lock);
	if (mounts)
		root = place_top(mounts->root);
	node_get(root);
	mutex_unlock(&place_lock);
	return root;
}

/* ---- what /proc shows -------------------------------------------------------------------------------------------- */

void filesystem_show_types(struct text *t)
{
	const struct filesystem_type *type;

	mutex_lock(&place_lock);
	for (type = types; type; type = type->next)
		text_printf(t, "%s\t%s\n", type->needs_device ? "" : "nodev", type->name);
	mutex_unlock(&place_lock);
}

/* The instance after @index others, with a reference to its root; NULL: there are not so many. */
static struct node *mount_at(unsigned index, struct text *source)
{
	struct filesystem *fs;
	struct node *root = NULL;

	mutex_lock(&place_lock);
	for (fs = mounts; fs && index; fs = fs->next_mounted)
		index--;
	if (fs) {
		root = node_get(fs->root);
		text_add_escaped(source, fs->source);
	}
	mutex_unlock(&place_lock);
	return root;
}

void filesystem_show_mounts(struct text *t, struct node *from)
{
	char *buf = heap_alloc(PATH_BYTES);
	struct node *root;
	char *path;
	unsigned i;

	if (!buf) {
		t->failed = true;
		return;
	}
	for (i = 0; (root = mount_at(i, t)) != NULL; i++) {
		path = path_of(root, from, buf, PATH_BYTES);
		text_add(t, " ", 1);
		text_add_escaped(t, path ? path : "(too long)");
		text_printf(t, " %s %s,relatime", root->fs->type->name, root->fs->read_only ? "ro" : "rw");
		if (root->fs->type->show_options)
			root->fs->type->show_options(root->fs, t);
		text_printf(t, " 0 0\n");
		node_put(root);
	}
	heap_free(buf);
}

/* ---- nodes without names ----------------------------------------------------------------------------------------- */

static void nameless_free(struct node *node)
{
	heap_free(node);
}

struct node *node_make_nameless(struct filesystem *fs, uint32_t mode)
{
	static const struct node_ops ops = { .release = nameless_free };
	static _Atomic uint64_t last_number;
	struct node *node = heap_alloc_zeroed(sizeof(*node));

	if (node)
		node_init(node, fs, &ops, atomic_fetch_add(&last_number, 1) + 1, mode);
	return node;
}

void filesystem_never_free(struct filesystem *fs)
{
	(void)fs; /* it is not of the heap */
}
