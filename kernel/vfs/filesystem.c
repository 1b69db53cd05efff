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

int (*filesystem_request)(const char *name);

/* Where the kind with this name stands, or the end of the list. place_lock is held. */
static const struct filesystem_type **find(const char *name)
{
	const struct filesystem_type **at = &types;

	while (*at && strcmp((*at)->name, name))
		at = (const struct filesystem_type **)&(*at)->next;
	return at;
}

int filesystem_type_register(struct filesystem_type *type)
{
	bool there;

	mutex_lock(&place_lock);
	there = *find(type->name);
	if (!there) {
		type->next = types;
		types = type;
	}
	mutex_unlock(&place_lock);
	return there ? -TENON_EEXIST : 0;
}

void filesystem_type_unregister(struct filesystem_type *type)
{
	mutex_lock(&place_lock);
	*find(type->name) = type->next;
	mutex_unlock(&place_lock);
}

static const struct filesystem_type *type_get(const char *name)
{
	const struct filesystem_type *type;

	mutex_lock(&place_lock);
	type = *find(name);
	if (type && type->hold && !type->hold(type))
		type = NULL;
	mutex_unlock(&place_lock);
	return type;
}

static void type_put(const struct filesystem_type *type)
{
	if (type->unhold)
		type->unhold(type);
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
	fs->flags = (uint8_t)flags;
	fs->mountpoint = node_get(at);
	if (at) {
		at->covered = fs;
		filesystem_use(at->fs);
	}
	append(fs);
	return 0;
}

/* Nobody makes a directory of it, or removes it, meanwhile. */
static int mount_made(struct filesystem *fs, const char *source, unsigned flags, struct node *at)
{
	int err;

	mutex_lock(&mount_lock);
	if (at)
		mutex_lock(&at->lock);
	mutex_lock(&place_lock);
	err = at && !at->link_cnt ? -TENON_ENOENT : attach(fs, source, flags, at);
	mutex_unlock(&place_lock);
	if (at)
		mutex_unlock(&at->lock);
	mutex_unlock(&mount_lock);
	return err;
}

/* The kind, loaded if it has to be, for type_put(). */
static const struct filesystem_type *type_need(const char *name)
{
	const struct filesystem_type *type = type_get(name);

	if (!type && filesystem_request && !filesystem_request(name))
		type = type_get(name);
	return type;
}

static int make(const struct filesystem_type *type, const char *source, const char *options, unsigned flags,
		struct filesystem **fs)
{
	int err = type->make(type, source, options, fs);

	if (err || (flags & MOUNT_READ_ONLY) || !type->set_read_only)
		return err;
	err = type->set_read_only(*fs, false);
	if (err)
		type->drop(*fs);
	return err;
}

int filesystem_mount(const char *type_name, const char *source, const char *options, unsigned flags, struct node *at)
{
	const struct filesystem_type *type = type_need(type_name);
	struct filesystem *fs;
	int err = 0;

	if (!type)
		return -TENON_ENODEV;
	if (at && !node_is(at, NODE_DIR))
		err = -TENON_ENOTDIR;
	else if (at && at->transient)
		err = -TENON_EINVAL;
	if (!err)
		err = make(type, source, options, flags, &fs);
	if (!err) {
		err = mount_made(fs, source, flags, at);
		if (err && type->drop)
			type->drop(fs);
	}
	type_put(type);
	return err;
}

int filesystem_remount(struct node *root, unsigned flags)
{
	struct filesystem *fs = root->fs;
	bool read_only = flags & MOUNT_READ_ONLY;
	int err = 0;

	if (root != fs->root)
		return -TENON_EINVAL;
	if (fs->type->set_read_only && read_only != fs->read_only)
		err = fs->type->set_read_only(fs, read_only);
	if (!err) {
		fs->read_only = read_only;
		fs->flags = (uint8_t)flags;
	}
	return err;
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

int filesystem_sync_all(void)
{
	struct text nothing = { .failed = true };
	struct node *root;
	int err = 0;

	for (unsigned i = 0; (root = mount_at(i, &nothing)) != NULL; i++) {
		int failed = root->fs->type->sync ? root->fs->type->sync(root->fs) : 0;

		err = err ? err : failed;
		node_put(root);
	}
	return err;
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
		text_printf(t, " %s %s%s%s,relatime", root->fs->type->name, root->fs->read_only ? "ro" : "rw",
			    root->fs->flags & MOUNT_NO_DEVICES ? ",nodev" : "",
			    root->fs->flags & MOUNT_NO_EXECUTE ? ",noexec" : "");
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
