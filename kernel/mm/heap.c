// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The heap: a class for each power of two from 16 to 2048, whose pages are cut into objects of that size; larger
 * objects are blocks of pages. struct page says what a page is cut into; those with free objects stand in a list of
 * their class. A page that empties goes back at once, so that what is left over can be counted exactly. One lock for
 * all.
 */
#include "kernel/mm/heap.h"

#include "tenon/runtime.h"
#include "kernel/log.h"
#include "kernel/mm/page.h"
#include "kernel/sched/lock.h"

#define SMALLEST_SHIFT 4
#define LARGEST_SHIFT 11
#define CLASS_CNT (LARGEST_SHIFT - SMALLEST_SHIFT + 1)
#define CLASS_LARGE 0xff
#define NONE 0xffff
#define FREED 0xdb /* debug builds: in objects that are not used */

static struct spinlock lock = SPINLOCK_INIT(LOCK_HEAP);
static struct page *partial[CLASS_CNT];
static struct heap_totals totals;

static unsigned class_of(size_t bytes)
{
	return bytes <= 1ul << SMALLEST_SHIFT ? 0 : 64 - SMALLEST_SHIFT - (unsigned)__builtin_clzl(bytes - 1);
}

static size_t class_bytes(unsigned class)
{
	return 1ul << (class + SMALLEST_SHIFT);
}

static unsigned order_of(size_t bytes)
{
	unsigned order = 0;

	while (bytes > PAGE_BYTES << order)
		order++;
	return order;
}

/* What the object takes; @page is the one that it begins in. */
static size_t object_bytes(const struct page *page)
{
	return page->heap_class == CLASS_LARGE ? PAGE_BYTES << page->order : class_bytes(page->heap_class);
}

/*
 * ---- pages of a class; with the lock held -------------------------------------------------------------------------
 */

static void partial_add(struct page *page)
{
	page->prev = NULL;
	page->next = partial[page->heap_class];
	if (page->next)
		page->next->prev = page;
	partial[page->heap_class] = page;
}

static void partial_remove(struct page *page)
{
	if (page->next)
		page->next->prev = page->prev;
	if (page->prev)
		page->prev->next = page->next;
	else
		partial[page->heap_class] = page->next;
}

/* A free object begins with the number of the next one in its page. */
static uint16_t *object_at(const struct page *page, uint16_t number)
{
	return (uint16_t *)((char *)page_address(page) + number * class_bytes(page->heap_class));
}

static struct page *page_cut(unsigned class)
{
	struct page *page = page_alloc(0);
	uint16_t cnt = (uint16_t)(PAGE_BYTES / class_bytes(class));

	if (!page)
		return NULL;
	page->heap_class = (uint8_t) class;
	page->heap_used = 0;
	page->heap_free = 0;
#ifdef KERNEL_DEBUG
	memset(page_address(page), FREED, PAGE_BYTES);
#endif
	for (uint16_t i = 0; i < cnt; i++)
		*object_at(page, i) = i + 1 < cnt ? (uint16_t)(i + 1) : NONE;
	partial_add(page);
	totals.pages++;
	return page;
}

/* Was anything written to the object while it was free? */
static void check_freed(const uint16_t *object, size_t bytes)
{
#ifdef KERNEL_DEBUG
	const uint8_t *byte = (const uint8_t *)object;

	for (size_t i = sizeof(*object); i < bytes; i++)
		if (byte[i] != FREED)
			panic("a heap object of %zu bytes at %p was written to after it was freed", bytes,
			      (const void *)object);
#else
	(void)object;
	(void)bytes;
#endif
}

static void *small_alloc(unsigned class)
{
	struct page *page = partial[class];
	uint16_t *object;

	if (!page)
		page = page_cut(class);
	if (!page)
		return NULL;
	object = object_at(page, page->heap_free);
	page->heap_free = *object;
	page->heap_used++;
	if (page->heap_free == NONE)
		partial_remove(page);
	check_freed(object, class_bytes(class));
	return object;
}

static void small_free(struct page *page, void *object)
{
	size_t bytes = class_bytes(page->heap_class);
	bool was_full = page->heap_free == NONE;

	if ((uint64_t)object % bytes)
		panic("%p is not the start of a heap object", object);
#ifdef KERNEL_DEBUG
	memset(object, FREED, bytes);
#endif
	*(uint16_t *)object = page->heap_free;
	page->heap_free = (uint16_t)((uint64_t)object % PAGE_BYTES / bytes);
	if (was_full)
		partial_add(page);
	if (--page->heap_used == 0) {
		partial_remove(page);
		page->heap_class = 0;
		totals.pages--;
		page_put(page);
	}
}

/* ---- what others call -------------------------------------------------------------------------------------------- */

void *heap_alloc(size_t bytes)
{
	struct page *page;
	void *object;

	if (bytes > HEAP_BYTES_MAX || page_fails())
		return NULL;
	spin_lock(&lock);
	if (bytes <= class_bytes(CLASS_CNT - 1)) {
		object = small_alloc(class_of(bytes));
		bytes = class_bytes(class_of(bytes));
	} else {
		page = page_alloc(order_of(bytes));
		if (page) {
			page->heap_class = CLASS_LARGE;
			bytes = PAGE_BYTES << page->order;
			totals.pages += 1ul << page->order;
		}
		object = page ? page_address(page) : NULL;
	}
	if (object) {
		totals.objects++;
		totals.bytes += bytes;
	}
	spin_unlock(&lock);
	return object;
}

void *heap_alloc_zeroed(size_t bytes)
{
	void *object = heap_alloc(bytes);

	return object ? memset(object, 0, bytes) : NULL;
}

void *heap_alloc_array(size_t cnt, size_t bytes)
{
	size_t product;

	return __builtin_mul_overflow(cnt, bytes, &product) ? NULL : heap_alloc_zeroed(product);
}

void heap_free(void *object)
{
	struct page *page;

	if (!object)
		return;
	page = page_of_address(object);
	if (!page || page->state != PAGE_USED)
		panic("%p is not in the heap", object);
	spin_lock(&lock);
	totals.objects--;
	totals.bytes -= object_bytes(page);
	if (page->heap_class == CLASS_LARGE) {
		totals.pages -= 1ul << page->order;
		page_put(page);
	} else {
		small_free(page, object);
	}
	spin_unlock(&lock);
}

void *heap_resize(void *object, size_t bytes)
{
	size_t old = object ? object_bytes(page_of_address(object)) : 0;
	void *moved;

	if (object && bytes <= old && bytes > old / 2)
		return object;
	moved = heap_alloc(bytes);
	if (moved && object) {
		memcpy(moved, object, bytes < old ? bytes : old);
		heap_free(object);
	}
	return moved;
}

void heap_totals(struct heap_totals *t)
{
	spin_lock(&lock);
	*t = totals;
	spin_unlock(&lock);
}
