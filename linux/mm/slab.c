// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmalloc and its relations. Each piece has a head before it, and is aligned as Linux promises:
 * to its size, if that is a power of two, up to a page.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "linux/glue.h"
#include "linux/mm/mm.h"
#include "linux/export.h"

/* All pieces are in one list: what modules leave can be named, and what the library keeps is freed at the end. */
static struct piece pieces = { .prev = &pieces, .next = &pieces };
static arch_spinlock_t pieces_lock = __ARCH_SPIN_LOCK_UNLOCKED;

static size_t natural_align(size_t size)
{
	if (size & (size - 1) || size < PIECE_ALIGN)
		return PIECE_ALIGN;
	return size < PAGE_SIZE ? size : PAGE_SIZE;
}

/* What lx_alloc gives is zeroed already, and aligned to a head. */
static void *get(size_t size, size_t align)
{
	char *raw, *p;
	struct piece *head;

	if (size > SIZE_MAX - PAGE_SIZE - sizeof(*head))
		return NULL;
	raw = lx_alloc(size + sizeof(*head) + (align > PIECE_ALIGN ? align : 0));
	if (!raw)
		return NULL;
	p = PTR_ALIGN(raw + sizeof(*head), align);
	head = (struct piece *)p - 1;
	*head = (struct piece){ .mark = PIECE_MARK, .before = (u32)(p - raw), .size = size };
	arch_spin_lock(&pieces_lock);
	head->prev = pieces.prev;
	head->next = &pieces;
	head->prev->next = head->next->prev = head;
	arch_spin_unlock(&pieces_lock);
	return p;
}

static struct piece *head_of(const void *p)
{
	struct piece *head = (struct piece *)p - 1;

	if (head->mark != PIECE_MARK && head->mark != OBJECT_MARK)
		__builtin_trap(); /* not from here, or freed already, or what is before it was overrun */
	return head;
}

static void put(const void *p)
{
	struct piece *head;

	if (ZERO_OR_NULL_PTR(p))
		return;
	head = head_of(p);
	if (head->mark == OBJECT_MARK) {
		kmem_cache_free(head->cache, (void *)p);
		return;
	}
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

/* For who counts what memory takes. */
size_t __ksize(const void *p)
{
	return ksize(p);
}

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
