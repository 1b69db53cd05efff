// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Names of a directory in memory: an array of slots, whose index is the position for listing, and a hash table over it.
 * A name keeps its slot as long as it is there, so a listing that goes on later finds it once. Everything but growing
 * takes constant time.
 */
#include "kernel/mm/heap.h"
#include "kernel/vfs/ramfs.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

struct entry {
	struct entry *next; /* of the bucket */
	struct node *node;  /* a reference */
	uint32_t hash, slot;
	uint16_t len;
	char text[];
};

#define FREE_NONE UINT32_MAX
#define FIRST_OFFSET 2 /* of slot 0; 0 and 1 stand for "." and ".." */

enum { CAPACITY_FIRST = 8, CAPACITY_MAX = 1 << 18 };

static uint32_t hash_of(struct name name)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	size_t i;

	for (i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.text[i]) * 16777619u;
	return hash;
}

static bool same(const struct entry *e, uint32_t hash, struct name name)
{
	return e->hash == hash && e->len == name.len && !memcmp(e->text, name.text, name.len);
}

static uint64_t array_bytes(uint32_t capacity)
{
	return (uint64_t)capacity * (sizeof(uintptr_t) + sizeof(struct entry *));
}

static uint64_t entry_bytes(const struct entry *e)
{
	return sizeof(*e) + e->len;
}

static struct entry *slot_entry(const struct ramfs_dir *d, uint32_t slot)
{
	return d->slot[slot] & 1 ? NULL : (struct entry *)d->slot[slot];
}

void ramfs_dir_init(struct ramfs_node *n)
{
	n->dir = (struct ramfs_dir){ .first_free = FREE_NONE };
}

void ramfs_dir_free(struct ramfs_node *n)
{
	ramfs_uncharge(ramfs_of(&n->node), array_bytes(n->dir.capacity));
	heap_free(n->dir.slot);
	heap_free(n->dir.bucket);
}

/* Where the pointer to the entry is; it points to NULL if there is none. The capacity is not 0. */
static struct entry **find(struct ramfs_dir *d, struct name name)
{
	uint32_t hash = hash_of(name);
	struct entry **at = &d->bucket[hash & (d->capacity - 1)];

	while (*at && !same(*at, hash, name))
		at = &(*at)->next;
	return at;
}

struct node *ramfs_dir_find(struct ramfs_node *n, struct name name)
{
	struct entry *e = n->dir.capacity ? *find(&n->dir, name) : NULL;

	return e ? e->node : NULL;
}

static int grow(struct ramfs_node *n)
{
	struct ramfs_dir *d = &n->dir;
	uint32_t capacity = d->capacity ? d->capacity * 2 : CAPACITY_FIRST;
	uint64_t more = array_bytes(capacity) - array_bytes(d->capacity);
	struct entry **bucket = NULL, *e;
	uintptr_t *slot = NULL;
	uint32_t i;

	if (capacity > CAPACITY_MAX || ramfs_charge(ramfs_of(&n->node), more))
		return -TENON_ENOSPC;
	bucket = heap_alloc_array(capacity, sizeof(*bucket));
	slot = bucket ? heap_resize(d->slot, capacity * sizeof(*slot)) : NULL;
	if (!slot) {
		heap_free(bucket);
		ramfs_uncharge(ramfs_of(&n->node), more);
		return -TENON_ENOMEM;
	}
	heap_free(d->bucket);
	d->bucket = bucket;
	d->slot = slot;
	d->capacity = capacity;
	for (i = 0; i < d->high; i++) {
		e = slot_entry(d, i);
		if (e) {
			e->next = bucket[e->hash & (capacity - 1)];
			bucket[e->hash & (capacity - 1)] = e;
		}
	}
	return 0;
}

static uint32_t take_slot(struct ramfs_dir *d)
{
	uint32_t slot = d->first_free;

	if (slot == FREE_NONE)
		return d->high++;
	d->first_free = (uint32_t)(d->slot[slot] >> 1);
	return slot;
}

int ramfs_dir_add(struct ramfs_node *n, struct name name, struct node *node)
{
	struct ramfs_dir *d = &n->dir;
	struct entry *e;
	int err;

	if (d->cnt == d->capacity) {
		err = grow(n);
		if (err)
			return err;
	}
	e = heap_alloc(sizeof(*e) + name.len);
	if (!e)
		return -TENON_ENOMEM;
	e->len = (uint16_t)name.len;
	err = ramfs_charge(ramfs_of(&n->node), entry_bytes(e));
	if (err) {
		heap_free(e);
		return err;
	}
	memcpy(e->text, name.text, name.len);
	e->hash = hash_of(name);
	e->node = node_get(node);
	e->slot = take_slot(d);
	e->next = d->bucket[e->hash & (d->capacity - 1)];
	d->bucket[e->hash & (d->capacity - 1)] = e;
	d->slot[e->slot] = (uintptr_t)e;
	d->cnt++;
	return 0;
}

struct node *ramfs_dir_remove(struct ramfs_node *n, struct name name)
{
	struct ramfs_dir *d = &n->dir;
	struct entry **at = find(d, name);
	struct entry *e = *at;
	struct node *node = e->node;

	*at = e->next;
	d->slot[e->slot] = (uintptr_t)d->first_free << 1 | 1;
	d->first_free = e->slot;
	d->cnt--;
	ramfs_uncharge(ramfs_of(&n->node), entry_bytes(e));
	heap_free(e);
	if (!d->cnt) {
		d->high = 0;
		d->first_free = FREE_NONE;
	}
	return node;
}

struct node *ramfs_dir_swap(struct ramfs_node *n, struct name name, struct node *node)
{
	struct entry *e = *find(&n->dir, name);
	struct node *old = e->node;

	e->node = node_get(node);
	return old;
}

struct node *ramfs_dir_any(struct ramfs_node *n, struct name *name)
{
	struct ramfs_dir *d = &n->dir;
	struct entry *e;
	uint32_t i;

	if (!d->cnt)
		return NULL;
	for (i = d->high; !(e = slot_entry(d, i - 1)); i--)
		;
	*name = (struct name){ e->text, e->len };
	return e->node;
}

int ramfs_dir_list(struct node *dir, struct listing *l)
{
	struct ramfs_dir *d = &((struct ramfs_node *)dir)->dir;
	struct entry *e;
	uint64_t i;

	for (i = l->offset - FIRST_OFFSET; i < d->high; i++) {
		e = slot_entry(d, (uint32_t)i);
		if (e && !listing_add(l, e->text, e->len, e->node->number, e->node->mode, i + FIRST_OFFSET + 1))
			break;
	}
	return 0;
}
