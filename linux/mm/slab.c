// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmalloc and its relations, and caches of objects. Each piece has a head before it, and is aligned as Linux promises:
 * to its size, if that is a power of two, up to a page.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "linux/glue.h"
#include "linux/export.h"

#define HEAD_MARK 0x6c616d6bu
#define ALIGN_MIN 16

/* All pieces are in one list: what modules leave can be named, and what the library keeps is freed at the end. */
struct head {
	struct head *prev, *next;
	size_t size; /* that was asked for */
	u32 before;  /* bytes from what lx_alloc gave to the piece */
	u32 mark;
} __aligned(ALIGN_MIN);

static struct head pieces = { .prev = &pieces, .next = &pieces };
static arch_spinlock_t pieces_lock = __ARCH_SPIN_LOCK_UNLOCKED;

static size_t natural_align(size_t size)
{
	if (size & (size - 1) || size < ALIGN_MIN)
		return ALIGN_MIN;
	return size < PAGE_SIZE ? size : PAGE_SIZE;
}

/* What lx_alloc gives is zeroed already, and aligned to a head. */
static void *get(size_t size, size_t align)
{
	char *raw, *p;
	struct head *head;

	if (size > SIZE_MAX - PAGE_SIZE - sizeof(*head))
		return NULL;
	raw = lx_alloc(size + sizeof(*head) + (align > ALIGN_MIN ? align : 0));
	if (!raw)
		return NULL;
	p = PTR_ALIGN(raw + sizeof(*head), align);
	head = (struct head *)p - 1;
	*head = (struct head){ .mark = HEAD_MARK, .before = (u32)(p - raw), .size = size };
	arch_spin_lock(&pieces_lock);
	head->prev = pieces.prev;
	head->next = &pieces;
	head->prev->next = head->next->prev = head;
	arch_spin_unlock(&pieces_lock);
	return p;
}

static struct head *head_of(const void *p)
{
	struct head *head = (struct head *)p - 1;

	if (head->mark != HEAD_MARK)
		__builtin_trap(); /* not from here, or freed already, or what is before it was overrun */
	return head;
}

static void put(const void *p)
{
	struct head *head;

	if (ZERO_OR_NULL_PTR(p))
		return;
	head = head_of(p);
	head->mark = 0;
	arch_spin_lock(&pieces_lock);
	head->prev->next = head->next;
	head->next->prev = head->prev;
	arch_spin_unlock(&pieces_lock);
	lx_free((char *)p - head->before);
}

void linux_memory_free(void)
{
	while (pieces.next != &pieces)
		put(pieces.next + 1);
}

/* ---- kmalloc ---- */

/* Linux's inline kmalloc takes a cache from here only to hand it to kmalloc_trace. */
struct kmem_cache *kmalloc_caches[NR_KMALLOC_TYPES][KMALLOC_SHIFT_HIGH + 1];
EXPORT_SYMBOL(kmalloc_caches);

void *__kmalloc(size_t size, gfp_t flags)
{
	(void)flags;
	return size ? get(size, natural_align(size)) : ZERO_SIZE_PTR;
}
EXPORT_SYMBOL(__kmalloc);

void *__kmalloc_node(size_t size, gfp_t flags, int node)
{
	(void)node;
	return __kmalloc(size, flags);
}
EXPORT_SYMBOL(__kmalloc_node);

void *__kmalloc_node_track_caller(size_t size, gfp_t flags, int node, unsigned long caller)
{
	(void)node, (void)caller;
	return __kmalloc(size, flags);
}
EXPORT_SYMBOL(__kmalloc_node_track_caller);

void *kmalloc_trace(struct kmem_cache *cache, gfp_t flags, size_t size)
{
	(void)cache;
	return __kmalloc(size, flags);
}
EXPORT_SYMBOL(kmalloc_trace);

void *kmalloc_node_trace(struct kmem_cache *cache, gfp_t flags, int node, size_t size)
{
	(void)cache, (void)node;
	return __kmalloc(size, flags);
}
EXPORT_SYMBOL(kmalloc_node_trace);

void *kmalloc_large(size_t size, gfp_t flags)
{
	(void)flags;
	return get(size, PAGE_SIZE);
}
EXPORT_SYMBOL(kmalloc_large);

void *kmalloc_large_node(size_t size, gfp_t flags, int node)
{
	(void)node;
	return kmalloc_large(size, flags);
}
EXPORT_SYMBOL(kmalloc_large_node);

void kfree(const void *p)
{
	put(p);
}
EXPORT_SYMBOL(kfree);

size_t ksize(const void *p)
{
	return ZERO_OR_NULL_PTR(p) ? 0 : head_of(p)->size;
}
EXPORT_SYMBOL(ksize);

void kfree_sensitive(const void *p)
{
	memzero_explicit((void *)p, ksize(p));
	put(p);
}
EXPORT_SYMBOL(kfree_sensitive);

void *krealloc(const void *p, size_t size, gfp_t flags)
{
	size_t old = ksize(p);
	void *new = __kmalloc(size, flags);

	if (!size || new) {
		memcpy(new, p, old < size ? old : size);
		put(p);
	}
	return new;
}
EXPORT_SYMBOL(krealloc);

/* ---- larger pieces, whole pages ---- */

void *vmalloc(unsigned long size)
{
	return get(size, PAGE_SIZE);
}
EXPORT_SYMBOL(vmalloc);

void *vmalloc_node(unsigned long size, int node)
{
	(void)node;
	return vmalloc(size);
}
EXPORT_SYMBOL(vmalloc_node);

void *vzalloc_node(unsigned long size, int node)
{
	(void)node;
	return get(size, PAGE_SIZE);
}
EXPORT_SYMBOL(vzalloc_node);

void *vzalloc(unsigned long size)
{
	return get(size, PAGE_SIZE);
}
EXPORT_SYMBOL(vzalloc);

void *__vmalloc(unsigned long size, gfp_t flags)
{
	(void)flags;
	return vmalloc(size);
}
EXPORT_SYMBOL(__vmalloc);

void *__vmalloc_node(unsigned long size, unsigned long align, gfp_t flags, int node, const void *caller)
{
	(void)flags, (void)node, (void)caller;
	return align > PAGE_SIZE ? NULL : vmalloc(size);
}
EXPORT_SYMBOL_GPL(__vmalloc_node);

void *__vmalloc_node_range(unsigned long size, unsigned long align, unsigned long start, unsigned long end, gfp_t flags,
			   pgprot_t access, unsigned long options, int node, const void *caller)
{
	(void)start, (void)end, (void)access, (void)options;
	return __vmalloc_node(size, align, flags, node, caller);
}

void vfree(const void *p)
{
	put(p);
}
EXPORT_SYMBOL(vfree);


/* ---- caches: objects of one size, which may have a constructor ---- */

struct kmem_cache {
	const char *name;
	unsigned int size, align;
	void (*ctor)(void *object);
};

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align, slab_flags_t flags,
				     void (*ctor)(void *object))
{
	struct kmem_cache *c = __kmalloc(sizeof(*c), 0);

	(void)flags;
	if (c)
		*c = (struct kmem_cache){ name, size, align > ALIGN_MIN ? align : ALIGN_MIN, ctor };
	return c;
}
EXPORT_SYMBOL(kmem_cache_create);

struct kmem_cache *kmem_cache_create_usercopy(const char *name, unsigned int size, unsigned int align, slab_flags_t flags,
					      unsigned int from, unsigned int bytes, void (*ctor)(void *object))
{
	(void)from, (void)bytes;
	return kmem_cache_create(name, size, align, flags, ctor);
}
EXPORT_SYMBOL(kmem_cache_create_usercopy);

bool slab_is_available(void)
{
	return true;
}

void kmem_cache_destroy(struct kmem_cache *c)
{
	put(c);
}
EXPORT_SYMBOL(kmem_cache_destroy);

unsigned int kmem_cache_size(struct kmem_cache *c)
{
	return c->size;
}
EXPORT_SYMBOL(kmem_cache_size);

void *kmem_cache_alloc(struct kmem_cache *c, gfp_t flags)
{
	void *p = get(c->size, c->align);

	(void)flags;
	if (p && c->ctor)
		c->ctor(p);
	return p;
}
EXPORT_SYMBOL(kmem_cache_alloc);

void *kmem_cache_alloc_node(struct kmem_cache *c, gfp_t flags, int node)
{
	(void)node;
	return kmem_cache_alloc(c, flags);
}
EXPORT_SYMBOL(kmem_cache_alloc_node);

void *kmem_cache_alloc_lru(struct kmem_cache *c, struct list_lru *lru, gfp_t flags)
{
	(void)lru;
	return kmem_cache_alloc(c, flags);
}
EXPORT_SYMBOL(kmem_cache_alloc_lru);

void kmem_cache_free(struct kmem_cache *c, void *p)
{
	(void)c;
	put(p);
}
EXPORT_SYMBOL(kmem_cache_free);
