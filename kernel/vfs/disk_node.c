// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Nodes of file systems that modules have: which are in memory, and what is done with names. */
#include "kernel/vfs/disk.h"

#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/vfs/place.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define FIRST_OFFSET 2 /* of the module's position 0 in a listing; 0 and 1 stand for "." and ".." */

/* ---- which are in memory ----------------------------------------------------------------------------------------- */

int disk_tables_make(struct disk *d)
{
	struct page_totals totals;

	page_totals(&totals);
	for (d->node_cnt = DISK_NODES_MIN; d->node_cnt < DISK_NODES_MAX && d->node_cnt * 4 <= totals.total;)
		d->node_cnt *= 2;
	d->bucket = heap_alloc_array(d->node_cnt, sizeof(struct disk_node *));
	d->named = heap_alloc_array(d->node_cnt, sizeof(struct disk_node *));
	d->recent = heap_alloc_array(d->node_cnt, sizeof(struct disk_node *));
	return d->bucket && d->named && d->recent ? 0 : -TENON_ENOMEM;
}

void disk_tables_free(struct disk *d)
{
	heap_free(d->bucket);
	heap_free(d->named);
	heap_free(d->recent);
}

static struct disk_node **find(struct disk *d, uint64_t number)
{
	struct disk_node **at = &d->bucket[number & (d->node_cnt - 1)];

	while (*at && (*at)->node.number != number)
		at = &(*at)->next;
	return at;
}

/* Is @n, which may be freed already, still the node of this number? */
static bool is_known(struct disk *d, uint64_t number, const struct disk_node *n)
{
	bool is;

	mutex_lock(&d->lock);
	is = *find(d, number) == n;
	mutex_unlock(&d->lock);
	return is;
}

/* One reference more, unless the last one has just gone. */
static bool get_living(struct node *node)
{
	uint32_t refs = atomic_load(&node->refs);

	while (refs && !atomic_compare_exchange_weak(&node->refs, &refs, refs + 1))
		;
	return refs;
}

static void set_attributes(struct node *node, const struct tenon_filesystem_node *is)
{
	node->mode = (node->mode & NODE_TYPE) | (is->mode & 07777);
	node->uid = is->uid;
	node->gid = is->gid;
	node->link_cnt = is->link_cnt;
	node->sector_cnt = is->sector_cnt;
	node->accessed_ns = is->accessed_ns;
	node->modified_ns = is->modified_ns;
	node->changed_ns = is->changed_ns;
	if (!node_is(node, NODE_FILE)) /* a file's is kept by its cache */
		node->size = is->bytes;
}

static bool type_valid(uint32_t mode)
{
	switch (mode & NODE_TYPE) {
	case NODE_FIFO:
	case NODE_CHAR:
	case NODE_DIR:
	case NODE_BLOCK:
	case NODE_FILE:
	case NODE_LINK:
	case NODE_SOCKET:
		return true;
	default:
		return false;
	}
}

static struct disk_node *make(struct disk *d, const struct tenon_filesystem_node *is)
{
	struct disk_node *n = heap_alloc_zeroed(sizeof(*n));

	if (!n)
		return NULL;
	node_init(&n->node, &d->fs, &disk_node_ops, is->number, is->mode);
	set_attributes(&n->node, is);
	n->node.device = is->device;
	n->node.size = is->bytes;
	cache_init(&n->cache, d->volume, LOCK_CONTENTS);
	n->cache.block_bytes = d->mount.block_bytes;
	n->cache.locate = disk_locate;
	n->cache.read = disk_read_packed;
	return n;
}

/*
 * Is one of this number in memory? Return: false: not yet; one whose last user has just gone may have pages that are still
 * to be written, so that is waited for.
 */
static bool get_known(struct disk *d, uint64_t number, struct node **node)
{
	struct disk_node *n;
	bool dying;

	do {
		mutex_lock(&d->lock);
		n = *find(d, number);
		*node = n && get_living(&n->node) ? &n->node : NULL;
		if (*node)
			n->answers++;
		dying = n && !*node;
		mutex_unlock(&d->lock);
		if (dying)
			wait_event(&d->gone, !is_known(d, number, n), DEADLINE_NONE, WAIT_DEADLINE);
	} while (dying);
	return *node;
}

/* @made goes into the table unless there is one already. */
static bool insert(struct disk *d, struct disk_node *made, struct node **old)
{
	struct disk_node **at;

	mutex_lock(&d->lock);
	at = find(d, made->node.number);
	if (!*at) {
		*at = made;
		made->answers = 1;
		*old = d->recent[d->recent_at] ? &d->recent[d->recent_at]->node : NULL;
		node_get(&made->node);
		d->recent[d->recent_at] = made;
		made->recent_at = d->recent_at;
		d->recent_at = (d->recent_at + 1) & (d->node_cnt - 1);
		made = NULL;
	}
	mutex_unlock(&d->lock);
	return !made;
}

static int get_or_make(struct disk *d, const struct tenon_filesystem_node *is, struct node **node)
{
	struct node *old = NULL;
	struct disk_node *made;

	while (!get_known(d, is->number, node)) {
		made = make(d, is);
		if (!made) {
			disk_forget_recent(d, NULL);
			made = make(d, is);
		}
		if (!made)
			return -TENON_ENOMEM;
		if (insert(d, made, &old)) {
			*node = &made->node;
			node_put(old);
			break;
		}
		filesystem_release(&d->fs); /* another thread was here first */
		heap_free(made);
	}
	return 0;
}

/* These answers of the module's lead to nothing any more. */
static void forget(struct disk *d, uint64_t number, uint64_t answers)
{
	disk_ask(d, DISK_FORGET, number, answers, 0, 0, 0);
}

/* An answer that no node is made of. */
static int refuse(struct disk *d, uint64_t number, int err)
{
	if (d->mount.traits & TENON_FILESYSTEM_COUNTS)
		forget(d, number, 1);
	return err;
}

int disk_node_get(struct disk *d, const struct tenon_filesystem_node *is, struct node **out)
{
	struct node *node;
	int err = type_valid(is->mode) && is->bytes <= INT64_MAX ? get_or_make(d, is, &node) : -TENON_EUCLEAN;

	if (err)
		return refuse(d, is->number, err);
	if ((node->mode & NODE_TYPE) != (is->mode & NODE_TYPE)) {
		node_put(node);
		err = -TENON_EUCLEAN;
	}
	if (!err)
		*out = node;
	return err;
}

void disk_forget_recent(struct disk *d, struct node *wanted)
{
	uint32_t first = wanted ? ((struct disk_node *)wanted)->recent_at : 0;
	uint32_t end = wanted ? first + 1 : d->node_cnt;

	for (uint32_t i = first; i < end; i++) {
		struct disk_node *n;

		mutex_lock(&d->lock);
		n = d->recent[i];
		if (n && (!wanted || &n->node == wanted))
			d->recent[i] = NULL;
		else
			n = NULL;
		mutex_unlock(&d->lock);
		node_put(n ? &n->node : NULL);
	}
}

bool disk_changes(struct disk *d)
{
	bool changes = false;

	mutex_lock(&d->lock);
	for (uint32_t i = 0; i < d->node_cnt; i++)
		for (struct disk_node *n = d->bucket[i]; n; n = n->next)
			changes |= atomic_load(&n->node.writer_cnt) > 0 || !n->node.link_cnt;
	mutex_unlock(&d->lock);
	return changes;
}

/* It is not found by its name any more. The instance's lock is held. */
static void take_named(struct disk_node *n)
{
	if (!n->named_link)
		return;
	*n->named_link = n->named_next;
	if (n->named_next)
		n->named_next->named_link = n->named_link;
	n->named_link = NULL;
}

static void release(struct node *node)
{
	struct disk_node *n = (struct disk_node *)node, **at;
	struct disk *d = disk_of(node);

	if (node->link_cnt) {
		mutex_lock(&d->volume->flush);
		cache_write_back(&n->cache, true);
		mutex_unlock(&d->volume->flush);
	}
	cache_cut(&n->cache, 0);
	/* Whoever has all caches written must not be looking at this one. */
	mutex_lock(&d->volume->flush);
	mutex_unlock(&d->volume->flush);
	mutex_lock(&d->lock);
	for (at = find(d, node->number); *at != n; at = &(*at)->next)
		;
	*at = n->next;
	take_named(n);
	mutex_unlock(&d->lock);
	wait_wake_all(&d->gone);
	if (d->mount.traits & TENON_FILESYSTEM_COUNTS || (!node->link_cnt && !d->fs.read_only))
		forget(d, node->number, n->answers);
	heap_free(n);
}

/* ---- attributes -------------------------------------------------------------------------------------------------- */

void disk_refresh(struct node *node)
{
	struct tenon_filesystem_node is = { .size = sizeof(is) };

	if (!disk_ask(disk_of(node), DISK_NODE, node->number, DISK_POINTER(&is), 0, 0, 0))
		set_attributes(node, &is);
}

static void refresh(struct node *node)
{
	if (atomic_exchange(&((struct disk_node *)node)->stale, false))
		disk_refresh(node);
}

int disk_store(struct node *node)
{
	struct tenon_filesystem_node to = { .size = sizeof(to),
					    .mode = node->mode,
					    .uid = node->uid,
					    .gid = node->gid,
					    .link_cnt = node->link_cnt,
					    .number = node->number,
					    .bytes = node->size,
					    .accessed_ns = node->accessed_ns,
					    .modified_ns = node->modified_ns,
					    .changed_ns = node->changed_ns };

	return (int)disk_ask(disk_of(node), DISK_CHANGE, DISK_POINTER(&to), 0, 0, 0, 0);
}

int disk_check(struct node *node)
{
	struct tenon_filesystem_node is = { .size = sizeof(is) };
	int err;

	if (atomic_load(&disk_of(node)->volume->failed))
		return -TENON_EIO;
	err = (int)disk_ask(disk_of(node), DISK_NODE, node->number, DISK_POINTER(&is), 0, 0, 0);
	if (!err && (is.number != node->number || (is.mode & NODE_TYPE) != (node->mode & NODE_TYPE) ||
		     !is.link_cnt != !node->link_cnt || (!node_is(node, NODE_DIR) && is.link_cnt != node->link_cnt) ||
		     (node_is(node, NODE_FILE) && is.bytes != node->size)))
		err = disk_lied(disk_of(node), "a node is not what was stored");
	return err;
}

static int store(struct node *node)
{
	int err = disk_store(node);

	atomic_store(&((struct disk_node *)node)->stale, true); /* it may have kept less than was to be, or nothing */
	return err ? err : disk_check(node);
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

static uint32_t name_slot(const struct disk *d, const struct node *dir, struct name name)
{
	uint32_t hash = (uint32_t)dir->number * 0x9e3779b1u;

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (uint8_t)name.text[i]) * 16777619u;
	return (hash ^ hash >> 15) & (d->node_cnt - 1);
}

/* From now on it may be found there, as long as that is its place. */
static void set_named(struct node *dir, struct name name, struct node *node)
{
	struct disk_node *n = (struct disk_node *)node;
	struct disk *d = disk_of(dir);
	struct disk_node **slot = &d->named[name_slot(d, dir, name)];

	mutex_lock(&d->lock);
	take_named(n);
	n->named_next = *slot;
	n->named_link = slot;
	if (*slot)
		(*slot)->named_link = &n->named_next;
	*slot = n;
	mutex_unlock(&d->lock);
}

/* The node whose place this is, if it is remembered; the directory's lock is held, so its place stays. */
static struct node *find_named(struct node *dir, struct name name)
{
	struct disk *d = disk_of(dir);
	struct disk_node *n;

	mutex_lock(&place_lock);
	mutex_lock(&d->lock);
	n = d->named[name_slot(d, dir, name)];
	while (n && !(n->node.parent == dir && !strncmp(n->node.name, name.text, name.len) && !n->node.name[name.len]))
		n = n->named_next;
	if (n && !(n->node.link_cnt && get_living(&n->node)))
		n = NULL;
	mutex_unlock(&d->lock);
	mutex_unlock(&place_lock);
	return n ? &n->node : NULL;
}

static int lookup(struct node *dir, struct name name, struct node **child)
{
	struct tenon_filesystem_node is = { .size = sizeof(is) };
	struct disk *d = disk_of(dir);
	struct node *node;
	int err;

	*child = find_named(dir, name);
	if (*child)
		return 0;
	err = (int)disk_ask(d, DISK_LOOKUP, dir->number, DISK_POINTER(name.text), name.len, DISK_POINTER(&is), 0);
	if (err)
		return err;
	/* It may lie: no directory is found in itself, above itself, or in two places. */
	if (is.number == dir->number || is.number == d->mount.root)
		return refuse(d, is.number, disk_lied(d, "a directory is in itself"));
	err = disk_node_get(d, &is, &node);
	if (!err && node_is(node, NODE_DIR) && node->parent && node->parent != dir) {
		node_put(node);
		err = disk_lied(d, "a directory is in two places");
	}
	if (err)
		return err;
	set_named(dir, name, node);
	*child = node;
	return 0;
}

/* The name, and behind a NUL the target of a link. */
static char *text_of(struct name name, const char *target, size_t *len)
{
	size_t target_len = target ? strlen(target) + 1 : 0;
	char *text = heap_alloc(name.len + target_len);

	*len = name.len + target_len;
	if (!text)
		return NULL;
	memcpy(text, name.text, name.len);
	if (target) {
		text[name.len] = '\0';
		memcpy(text + name.len + 1, target, target_len - 1);
	}
	return text;
}

static int create(struct node *dir, struct name name, const struct node_wanted *wanted, struct node **child)
{
	struct tenon_filesystem_node is = { .size = sizeof(is),
					    .mode = wanted->mode,
					    .uid = wanted->uid,
					    .gid = wanted->gid,
					    .device = wanted->device };
	bool link = (wanted->mode & NODE_TYPE) == NODE_LINK;
	struct disk *d = disk_of(dir);
	struct node *node;
	size_t len;
	char *text = text_of(name, link ? wanted->target : NULL, &len);
	int err;

	if (!text)
		return -TENON_ENOMEM;
	node_touch_modified(dir);
	is.accessed_ns = is.modified_ns = is.changed_ns = dir->modified_ns;
	err = (int)disk_ask(d, DISK_CREATE, dir->number, DISK_POINTER(text), len, DISK_POINTER(&is), 0);
	heap_free(text);
	disk_refresh(dir);
	if (!err)
		err = disk_node_get(d, &is, &node);
	if (err)
		return err;
	/* One that was there before is not new. */
	err = node->parent || node == dir || (is.mode ^ wanted->mode) & NODE_TYPE ||
		      (node_is(node, NODE_FILE) && is.bytes) ?
		  disk_lied(d, "what is new was there before") :
		  place_set(node, dir, name);
	if (err) {
		node_put(node);
		return err;
	}
	set_named(dir, name, node);
	*child = node;
	return 0;
}

static int link(struct node *dir, struct name name, struct node *node)
{
	int err =
	    (int)disk_ask(disk_of(dir), DISK_LINK, dir->number, DISK_POINTER(name.text), name.len, node->number, 0);

	disk_refresh(dir);
	disk_refresh(node);
	return err;
}

/* A name of it has gone. What has none is not kept. */
static void lose_name(struct node *dir, struct name name, struct node *node)
{
	if (node_is(node, NODE_DIR)) {
		disk_refresh(node);
	} else {
		node->link_cnt -= node->link_cnt != 0;
		node_touch_changed(node);
	}
	if (!node->link_cnt)
		disk_forget_recent(disk_of(node), node);
	else if (!node_is(node, NODE_DIR))
		disk_check(node);
	if (!node_is(node, NODE_DIR))
		place_lose(node, dir, name);
}

static int unlink(struct node *dir, struct name name, struct node *node)
{
	int err =
	    (int)disk_ask(disk_of(dir), DISK_UNLINK, dir->number, DISK_POINTER(name.text), name.len, node->number, 0);

	if (err)
		return err;
	lose_name(dir, name, node);
	if (node_is(node, NODE_DIR))
		disk_refresh(dir);
	else
		node_touch_modified(dir);
	return 0;
}

static int rename(const struct rename *r)
{
	struct tenon_filesystem_rename what = { .size = sizeof(what),
						.from_len = (uint32_t)r->from.len,
						.from_dir = r->from_dir->number,
						.to_dir = r->to_dir->number,
						.number = r->node->number,
						.replaced = r->replaced ? r->replaced->number : 0 };
	char *names = heap_alloc(r->from.len + r->to.len);
	int err = names ? 0 : -TENON_ENOMEM;

	if (err)
		return err;
	memcpy(names, r->from.text, r->from.len);
	memcpy(names + r->from.len, r->to.text, r->to.len);
	err = place_set(r->node, r->to_dir, r->to);
	if (!err) {
		err = (int)disk_ask(disk_of(r->node), DISK_RENAME, DISK_POINTER(&what), DISK_POINTER(names),
				    r->from.len + r->to.len, 0, 0);
		if (err)
			place_set(r->node, r->from_dir, r->from);
	}
	heap_free(names);
	if (err)
		return err;
	set_named(r->to_dir, r->to, r->node);
	if (r->replaced)
		lose_name(r->to_dir, r->to, r->replaced);
	disk_refresh(r->node);
	disk_refresh(r->from_dir);
	if (r->to_dir != r->from_dir)
		disk_refresh(r->to_dir);
	return 0;
}

/* The module says whether it is when it is to be taken away or replaced. */
static bool empty(struct node *dir)
{
	(void)dir;
	return true;
}

static bool entry_valid(const struct tenon_filesystem_entry *e, const char *name, size_t left, uint64_t position)
{
	bool dots = name[0] == '.' && (e->name_len == 1 || (e->name_len == 2 && name[1] == '.'));

	return e->name_len && e->name_len <= NAME_BYTES_MAX && e->name_len <= left && e->next > position && !dots &&
	       !memchr(name, '/', e->name_len) && !memchr(name, '\0', e->name_len);
}

/* Return: 1: go on after them; 0: the list is full; -TENON_EUCLEAN, also if there is none: then it would go on for ever. */
static int list_entries(struct listing *l, const char *entries, size_t len)
{
	if (len < sizeof(struct tenon_filesystem_entry))
		return -TENON_EUCLEAN;
	for (size_t at = 0; at + sizeof(struct tenon_filesystem_entry) <= len;) {
		const struct tenon_filesystem_entry *e = (const void *)(entries + at);
		const char *name = (const char *)(e + 1);

		at += sizeof(*e);
		if (!entry_valid(e, name, len - at, l->offset - FIRST_OFFSET))
			return -TENON_EUCLEAN;
		if (!listing_add(l, name, e->name_len, e->number, e->mode, e->next + FIRST_OFFSET))
			return 0;
		at += (e->name_len + 7) & ~7ul;
	}
	return 1;
}

static int list(struct node *dir, struct listing *l)
{
	char *entries = heap_alloc(TENON_FILESYSTEM_IO_BYTES);
	int64_t len = entries ? 1 : -TENON_ENOMEM;
	int go_on = 1;

	while (len > 0 && go_on > 0) {
		len = disk_ask(disk_of(dir), DISK_LIST, dir->number, l->offset - FIRST_OFFSET, DISK_POINTER(entries),
			       TENON_FILESYSTEM_IO_BYTES, 0);
		if (len > 0)
			go_on = list_entries(l, entries, (size_t)len);
	}
	heap_free(entries);
	return len < 0 ? (int)len : go_on < 0 ? go_on : 0;
}

static long read_link(struct node *node, char *buf, size_t size)
{
	return (long)disk_ask(disk_of(node), DISK_READ_LINK, node->number, DISK_POINTER(buf),
			      size < TENON_FILESYSTEM_IO_BYTES ? size : TENON_FILESYSTEM_IO_BYTES, 0, 0);
}

const struct node_ops disk_node_ops = {
	.lookup = lookup,
	.create = create,
	.link = link,
	.unlink = unlink,
	.rename = rename,
	.empty = empty,
	.list = list,
	.read_link = read_link,
	.open = disk_open,
	.truncate = disk_truncate,
	.refresh = refresh,
	.store = store,
	.release = release,
};
