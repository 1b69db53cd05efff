/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The kernel's heap: objects of any size up to HEAP_BYTES_MAX. Small ones share pages with others of like size; large
 * ones have pages of their own. Aligned to the next power of two of their size up to a page, and to at least 16.
 *
 * Any context, also with spin locks held and interrupts off. What fails returns NULL, and says nothing.
 */
#ifndef KERNEL_MM_HEAP_H
#define KERNEL_MM_HEAP_H

#include <stddef.h>
#include <stdint.h>

#define HEAP_BYTES_MAX (16ul << 20)

/* Contents undefined; debug builds fill it with a pattern. */
void *heap_alloc(size_t bytes);
void *heap_alloc_zeroed(size_t bytes);
/* @cnt * @bytes, zeroed; NULL also when the product is too large. */
void *heap_alloc_array(size_t cnt, size_t bytes);

/**
 * heap_resize - change the size of an object, which may move
 * @object: or NULL: a new one
 *
 * Return: the object, with as much of its contents as fits; or NULL, and @object is as it was.
 */
void *heap_resize(void *object, size_t bytes);

/* NULL is let pass. */
void heap_free(void *object);

struct heap_totals {
	uint64_t objects; /* that are there now */
	uint64_t bytes;   /* of them, rounded up to what they take */
	uint64_t pages;   /* that the heap has */
};

void heap_totals(struct heap_totals *totals);

#endif
