// SPDX-License-Identifier: GPL-2.0-only
/*
 * Caches: objects of one size, which may have a constructor. They lie in pages of the cache's own, which have a structure:
 * Linux looks there for the node of an object.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "linux/kernel/watch.h"
#include "linux/mm/mm.h"
#include "linux/mm/noprof.h"
#include "linux/export.h"

#define RUN_OBJECTS 8 /* to have in one run of pages, if they are small */
#define RUN_ORDER_MAX 3

struct kmem_cache {
	struct list_head in_all;
	raw_spinlock_t lock;
	struct piece *free; /* lock held */
	unsigned long used;
	struct list_head runs; /* their first pages */
	const char *name;
	unsigned int size, align, order, stride;
	unsigned int promised_align; /* which is less than align, sometimes */
	bool watched;                /* its objects are guarded if the watched module asks for them */
	void (*ctor)(void *object);
};

static LIST_HEAD(all);
static DEFINE_RAW_SPINLOCK(all_lock);

/* The module's own, and what stands for a file in /proc. */
static bool is_watched(const char *name)
{
	struct trace t = { 0 };

	if (linux_watching)
		linux_trace_here(&t);
	return t.cnt || !strcmp(name, "proc_dir_entry");
}

static struct kmem_cache *create(const char *name, unsigned int size, unsigned int align, slab_flags_t flags,
				 void (*ctor)(void *object))
{
	struct kmem_cache *c = kzalloc(sizeof(*c), GFP_KERNEL);
	unsigned long irq;

	if (!c)
		return NULL;
	if (flags & SLAB_HWCACHE_ALIGN)
		align = max_t(unsigned int, align, L1_CACHE_BYTES);
	raw_spin_lock_init(&c->lock);
	INIT_LIST_HEAD(&c->runs);
	c->name = kstrdup(name, GFP_KERNEL);
	c->size = size;
	c->promised_align = max_t(unsigned int, align, ARCH_SLAB_MINALIGN);
	c->align = max_t(unsigned int, align, PIECE_ALIGN);
	c->stride = ALIGN(size + (unsigned int)sizeof(struct piece), c->align);
	c->order = (unsigned int)get_order(c->stride + c->align);
	c->order = max_t(unsigned int, c->order,
			 min_t(unsigned int, (unsigned int)get_order(c->stride * RUN_OBJECTS), RUN_ORDER_MAX));
	c->ctor = ctor;
	c->watched = !(flags & SLAB_TYPESAFE_BY_RCU) && is_watched(name);
	if (!c->name) {
		kfree(c);
		return NULL;
	}
	raw_spin_lock_irqsave(&all_lock, irq);
	list_add(&c->in_all, &all);
	raw_spin_unlock_irqrestore(&all_lock, irq);
	return c;
}

#if LINUX_SINCE(6, 12)
struct kmem_cache *__kmem_cache_create_args(const char *name, unsigned int size, struct kmem_cache_args *args,
					    slab_flags_t flags)
{
	return create(name, size, args->align, flags, args->ctor);
}
EXPORT_SYMBOL(__kmem_cache_create_args);
#else
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align, slab_flags_t flags,
				     void (*ctor)(void *object))
{
	return create(name, size, align, flags, ctor);
}
EXPORT_SYMBOL(kmem_cache_create);

struct kmem_cache *kmem_cache_create_usercopy(const char *name, unsigned int size, unsigned int align,
					      slab_flags_t flags, unsigned int from, unsigned int bytes,
					      void (*ctor)(void *object))
{
	(void)from, (void)bytes;
	return create(name, size, align, flags, ctor);
}
EXPORT_SYMBOL(kmem_cache_create_usercopy);
#endif

bool slab_is_available(void)
{
	return true;
}

void kmem_cache_destroy(struct kmem_cache *c)
{
	struct page *page, *next;
	unsigned long irq;

	if (!c)
		return;
	raw_spin_lock_irqsave(&all_lock, irq);
	list_del(&c->in_all);
	raw_spin_unlock_irqrestore(&all_lock, irq);
	if (c->used)
		_printk(KERN_ERR "BUG: cache %s is destroyed with %lu objects in use\n", c->name, c->used);
	list_for_each_entry_safe(page, next, &c->runs, lru)
		__free_pages(page, c->order);
	kfree(c->name);
	kfree(c);
}
EXPORT_SYMBOL(kmem_cache_destroy);

unsigned int kmem_cache_size(struct kmem_cache *c)
{
	return c->size;
}
EXPORT_SYMBOL(kmem_cache_size);

int kmem_cache_shrink(struct kmem_cache *c)
{
	return !list_empty(&c->runs);
}
EXPORT_SYMBOL(kmem_cache_shrink);

static char *first_object(const struct kmem_cache *c, struct page *run)
{
	return PTR_ALIGN((char *)page_address(run) + sizeof(struct piece), c->align);
}

static void each_in(struct kmem_cache *c, void (*fn)(const void *p, size_t size, void *arg), void *arg)
{
	struct page *run;
	unsigned long flags;

	raw_spin_lock_irqsave(&c->lock, flags);
	list_for_each_entry(run, &c->runs, lru) {
		const char *end = (char *)page_address(run) + (PAGE_SIZE << c->order);

		for (char *at = first_object(c, run); at + c->size <= end; at += c->stride)
			if (((struct piece *)at - 1)->mark == OBJECT_MARK)
				fn(at, c->size, arg);
	}
	raw_spin_unlock_irqrestore(&c->lock, flags);
}

void linux_objects_each(void (*fn)(const void *p, size_t size, void *arg), void *arg)
{
	struct kmem_cache *c;
	unsigned long flags;

	raw_spin_lock_irqsave(&all_lock, flags);
	list_for_each_entry(c, &all, in_all)
		if (strcmp(c->name,
			   "kernfs_node_cache")) /* files are looked for by name, and hashes look like addresses */
			each_in(c, fn, arg);
	raw_spin_unlock_irqrestore(&all_lock, flags);
}

/* One more run of pages, all of whose objects are free. */
static bool grow(struct kmem_cache *c, gfp_t gfp)
{
	struct page *page = linux_pages_take(gfp & ~(__GFP_ZERO | __GFP_COMP), c->order);
	char *at, *end;
	unsigned long flags;

	if (!page)
		return false;
	at = first_object(c, page);
	end = (char *)page_address(page) + (PAGE_SIZE << c->order);
	raw_spin_lock_irqsave(&c->lock, flags);
	list_add(&page->lru, &c->runs);
	for (; at + c->size <= end; at += c->stride) {
		struct piece *piece = (struct piece *)at - 1;

		*piece = (struct piece){ .cache = c, .next_free = c->free, .size = c->size };
		c->free = piece;
	}
	raw_spin_unlock_irqrestore(&c->lock, flags);
	return true;
}

static void *alloc_guarded(struct kmem_cache *c, gfp_t gfp)
{
	struct trace t;
	void *p;

	linux_trace_here(&t);
	p = t.cnt ? linux_guard_alloc(c->size, c->promised_align, gfp & __GFP_ZERO, &t) : NULL;
	if (p && c->ctor)
		c->ctor(p);
	return p;
}

void *kmem_cache_alloc(struct kmem_cache *c, gfp_t gfp)
{
	struct piece *piece;
	unsigned long flags;

	if (linux_watching && c->watched) {
		void *p = alloc_guarded(c, gfp);

		if (p)
			return p;
	}
	do {
		raw_spin_lock_irqsave(&c->lock, flags);
		piece = c->free;
		if (piece) {
			c->free = piece->next_free;
			c->used++;
		}
		raw_spin_unlock_irqrestore(&c->lock, flags);
	} while (!piece && grow(c, gfp));
	if (!piece)
		return NULL;
	piece->mark = OBJECT_MARK;
	if (gfp & __GFP_ZERO)
		memset(piece + 1, 0, c->size);
	if (c->ctor)
		c->ctor(piece + 1);
	return piece + 1;
}
EXPORT_SYMBOL(kmem_cache_alloc);

void *kmem_cache_alloc_node(struct kmem_cache *c, gfp_t gfp, int node)
{
	(void)node;
	return kmem_cache_alloc(c, gfp);
}
EXPORT_SYMBOL(kmem_cache_alloc_node);

void *kmem_cache_alloc_lru(struct kmem_cache *c, struct list_lru *lru, gfp_t gfp)
{
	(void)lru;
	return kmem_cache_alloc(c, gfp);
}
EXPORT_SYMBOL(kmem_cache_alloc_lru);

void kmem_cache_free(struct kmem_cache *c, void *p)
{
	struct piece *piece = (struct piece *)p - 1;
	unsigned long flags;

	if (!p || linux_guard_free(p))
		return;
	if (piece->mark != OBJECT_MARK || piece->cache != c)
		__builtin_trap(); /* not from this cache, or freed already, or what is before it was overrun */
	piece->mark = 0;
	raw_spin_lock_irqsave(&c->lock, flags);
	piece->next_free = c->free;
	c->free = piece;
	c->used--;
	raw_spin_unlock_irqrestore(&c->lock, flags);
}
EXPORT_SYMBOL(kmem_cache_free);

/* All or none. */
int kmem_cache_alloc_bulk(struct kmem_cache *c, gfp_t gfp, size_t cnt, void **objects)
{
	for (size_t i = 0; i < cnt; i++) {
		objects[i] = kmem_cache_alloc(c, gfp);
		if (!objects[i]) {
			kmem_cache_free_bulk(c, i, objects);
			return 0;
		}
	}
	return (int)cnt;
}
EXPORT_SYMBOL(kmem_cache_alloc_bulk);

void kmem_cache_free_bulk(struct kmem_cache *c, size_t cnt, void **objects)
{
	for (size_t i = 0; i < cnt; i++) {
		if (c)
			kmem_cache_free(c, objects[i]);
		else
			kfree(objects[i]);
	}
}
EXPORT_SYMBOL(kmem_cache_free_bulk);
