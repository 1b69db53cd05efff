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
#include "linux/kernel/watch.h"
#include "linux/mm/mm.h"
#include "linux/mm/noprof.h"
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

/* Linux aligns small pieces to 8 bytes only, but for powers of two: that way their end is nearest to what traps. */
static size_t promised_align(size_t size, size_t align)
{
	return align == PIECE_ALIGN && size != PIECE_ALIGN ? ARCH_KMALLOC_MINALIGN : align;
}

/*
 * ---- small ones, from chunks: to call the host for each would take longer than what most of Linux does with them ----
 */

#define CHUNK_BYTES (256ul << 10)
#define CLASS_SHIFT 6 /* the smallest are of 64 bytes */
#define CLASS_CNT 7

struct chunk {
	struct chunk *next;
	unsigned long pad; /* what follows is aligned to a head */
};

/* pieces_lock held */
static struct chunk *chunks;
static size_t chunk_used = CHUNK_BYTES;
static void *free_of_class[CLASS_CNT];

static void *take_small(unsigned int class)
{
	void *p = free_of_class[class];

	if (p) {
		free_of_class[class] = *(void **)p;
	} else if ((1ul << (class + CLASS_SHIFT)) <= CHUNK_BYTES - chunk_used) {
		p = (char *)chunks + chunk_used;
		chunk_used += 1ul << (class + CLASS_SHIFT);
	}
	return p;
}

/* What is left of the chunk before is not used: less than the largest of the small ones. */
static void *get_small(unsigned int class)
{
	struct chunk *more = NULL;
	void *p;

	for (;;) {
		arch_spin_lock(&pieces_lock);
		if (more) {
			more->next = chunks;
			chunks = more;
			chunk_used = sizeof(*more);
		}
		p = take_small(class);
		arch_spin_unlock(&pieces_lock);
		if (p)
			return memset(p, 0, 1ul << (class + CLASS_SHIFT));
		more = lx_alloc(CHUNK_BYTES);
		if (!more)
			return NULL;
	}
}

/* Memory, zeroed and aligned to a head. @class: as in struct piece. */
static void *get_raw(size_t bytes, unsigned int *class)
{
	*class = bytes <= 1ul << CLASS_SHIFT ? 1 : (unsigned int)fls64(bytes - 1) - CLASS_SHIFT + 1;
	if (*class <= CLASS_CNT)
		return get_small(*class - 1);
	*class = 0;
	return lx_alloc(bytes);
}

static void put_raw(void *raw, unsigned int class)
{
	if (!class) {
		lx_free(raw);
		return;
	}
	arch_spin_lock(&pieces_lock);
	*(void **)raw = free_of_class[class - 1];
	free_of_class[class - 1] = raw;
	arch_spin_unlock(&pieces_lock);
}

/* ---- pieces ---- */

/* Zeroed in any case, but for a module that is watched: it must ask for that. */
static void *get(size_t size, size_t align, gfp_t gfp)
{
	char *raw, *p;
	struct piece *head;
	struct trace here;
	unsigned int class;

	if (size > SIZE_MAX - PAGE_SIZE - sizeof(*head))
		return NULL;
	here.cnt = 0;
	if (linux_watching) {
		linux_trace_here(&here);
		if (linux_watch_fails(&here))
			return NULL;
		p = here.cnt ? linux_guard_alloc(size, promised_align(size, align), gfp & __GFP_ZERO, &here) : NULL;
		if (p)
			return p;
	}
	raw = get_raw(size + sizeof(*head) + (align > PIECE_ALIGN ? align : 0), &class);
	if (!raw) {
		if (linux_watching)
			linux_watch_exhausted(size, &here);
		return NULL;
	}
	p = PTR_ALIGN(raw + sizeof(*head), align);
	head = (struct piece *)p - 1;
	*head = (struct piece){ .mark = PIECE_MARK, .before = (u16)(p - raw), .class = (u16) class, .size = size };
	arch_spin_lock(&pieces_lock);
	head->prev = pieces.prev;
	head->next = &pieces;
	head->prev->next = head->next->prev = head;
	arch_spin_unlock(&pieces_lock);
	if (linux_watching)
		linux_track(p, size, &here);
	return p;
}

static struct piece *head_of(const void *p)
{
	struct piece *head = (struct piece *)p - 1;

	if (head->mark == PIECE_MARK || head->mark == OBJECT_MARK)
		return head;
	linux_watch_bad_free(p);
	__builtin_trap(); /* not from here, or freed already, or what is before it was overrun */
}

static void put(const void *p)
{
	struct piece *head;

	if (ZERO_OR_NULL_PTR(p) || linux_guard_free(p))
		return;
	head = head_of(p);
	if (head->mark == OBJECT_MARK) {
		kmem_cache_free(head->cache, (void *)p);
		return;
	}
	if (linux_watching)
		linux_untrack(p);
	head->mark = 0;
	arch_spin_lock(&pieces_lock);
	head->prev->next = head->next;
	head->next->prev = head->prev;
	arch_spin_unlock(&pieces_lock);
	put_raw((char *)p - head->before, head->class);
}

void linux_pieces_each(void (*fn)(const void *p, size_t size, void *arg), void *arg)
{
	arch_spin_lock(&pieces_lock);
	for (const struct piece *head = pieces.next; head != &pieces; head = head->next)
		fn(head + 1, head->size, arg);
	arch_spin_unlock(&pieces_lock);
}

void linux_memory_free(void)
{
	while (pieces.next != &pieces)
		put(pieces.next + 1);
	for (struct chunk *c = chunks, *next; c; c = next) {
		next = c->next;
		lx_free(c);
	}
}

/* ---- kmalloc ---- */

/* Linux's inline kmalloc takes a cache from here only to hand it to kmalloc_trace. */
struct kmem_cache *kmalloc_caches[NR_KMALLOC_TYPES][KMALLOC_SHIFT_HIGH + 1];
EXPORT_SYMBOL(kmalloc_caches);

void *__kmalloc(size_t size, gfp_t flags)
{
	if (gfpflags_allow_blocking(flags))
		linux_watch_sleep();
	return size ? get(size, natural_align(size), flags) : ZERO_SIZE_PTR;
}
EXPORT_SYMBOL(__kmalloc);

/* Pieces of all sets of caches are from here. */
#if LINUX_SINCE(6, 12)
#define SIZE DECL_BUCKET_PARAMS(size, set)
#else
#define SIZE size_t size
#endif

void *__kmalloc_node(SIZE, gfp_t flags, int node)
{
	(void)node;
	return __kmalloc(size, flags);
}
EXPORT_SYMBOL(__kmalloc_node);

void *__kmalloc_node_track_caller(SIZE, gfp_t flags, int node, unsigned long caller)
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
	return get(size, PAGE_SIZE, flags);
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

size_t kmalloc_size_roundup(size_t size)
{
	return size; /* a piece has the size that was asked for */
}
EXPORT_SYMBOL(kmalloc_size_roundup);

size_t ksize(const void *p)
{
	size_t size;

	if (linux_guard_size(p, &size))
		return size;
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

#if LINUX_SINCE(6, 12)
kmem_buckets *kmem_buckets_create(const char *name, slab_flags_t flags, unsigned int offset, unsigned int bytes,
				  void (*ctor)(void *))
{
	(void)name, (void)flags, (void)offset, (void)bytes, (void)ctor;
	return ZERO_SIZE_PTR; /* it is only handed back, to ask for a piece */
}
EXPORT_SYMBOL(kmem_buckets_create);

/* No memory is accounted. */
bool kmem_cache_charge(void *p, gfp_t flags)
{
	(void)p, (void)flags;
	return true;
}
EXPORT_SYMBOL(kmem_cache_charge);
#endif

/* ---- larger pieces, whole pages ---- */

void *vmalloc(unsigned long size)
{
	return get(size, PAGE_SIZE, GFP_KERNEL);
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
	return get(size, PAGE_SIZE, GFP_KERNEL | __GFP_ZERO);
}
EXPORT_SYMBOL(vzalloc_node);

void *vzalloc(unsigned long size)
{
	return get(size, PAGE_SIZE, GFP_KERNEL | __GFP_ZERO);
}
EXPORT_SYMBOL(vzalloc);

void *__vmalloc(unsigned long size, gfp_t flags)
{
	return get(size, PAGE_SIZE, flags);
}
EXPORT_SYMBOL(__vmalloc);

void *__vmalloc_node(unsigned long size, unsigned long align, gfp_t flags, int node, const void *caller)
{
	(void)node, (void)caller;
	return align > PAGE_SIZE ? NULL : __vmalloc(size, flags);
}

void *__vmalloc_node_range(unsigned long size, unsigned long align, unsigned long start, unsigned long end, gfp_t flags,
			   pgprot_t access, unsigned long options, int node, const void *caller)
{
	(void)start, (void)end, (void)access, (void)options;
	return __vmalloc_node(size, align, flags, node, caller);
}

#if LINUX_SINCE(6, 12)
void *vrealloc_noprof(const void *p, size_t size, gfp_t flags)
{
	size_t old = ksize(p);
	void *new = size ? __vmalloc(size, flags) : NULL;

	if (!size || new) {
		if (new)
			memcpy(new, p, old < size ? old : size);
		put(p);
	}
	return new;
}
EXPORT_SYMBOL(vrealloc_noprof);
#endif

void vfree(const void *p)
{
	put(p);
}
EXPORT_SYMBOL(vfree);

/* Nothing that frees memory sleeps. */
void vfree_atomic(const void *p)
{
	vfree(p);
}
