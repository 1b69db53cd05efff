/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Which ranges of an address space are in use, for what: the bookkeeping behind mmap, munmap, mprotect and brk. It
 * knows nothing of page tables.
 *
 * A sorted array of areas that do not overlap; neighbours that could be one are one. Finding is a binary search,
 * changing moves the rest of the array, which is what AREAS_MAX bounds. Every change first makes room (areas_reserve),
 * then cannot fail.
 *
 * Lock: the address space's.
 */
#ifndef KERNEL_MM_USER_AREAS_H
#define KERNEL_MM_USER_AREAS_H

#include <stdbool.h>
#include <stdint.h>

struct file;

#define USER_PAGE 4096ull

enum { AREAS_MAX = 4096 };

/* Access, with mmap's PROT_ values. */
enum { AREA_READ = 1, AREA_WRITE = 2, AREA_EXEC = 4 };

enum {
	AREA_SHARED = 1,  /* stores are seen by others who map the file */
	AREA_CHARGED = 2, /* every page is promised, whether it is there yet or not: private and once writable */
	AREA_STACK = 4,   /* grows downwards when touched below */
};

struct user_area {
	uint64_t start, end; /* multiples of USER_PAGE */
	struct file *file;   /* NULL: zeroed memory; the area holds a reference */
	uint64_t offset;     /* bytes, in the file, of start */
	uint8_t access, flags;
	uint8_t access_max; /* what mprotect may ask for: a file opened for reading is not written through a map */
};

struct user_areas {
	struct user_area *area;
	uint32_t cnt, capacity;
};

/* Give back all areas, and what they hold. */
void areas_clear(struct user_areas *areas);

/**
 * areas_reserve - make sure that @more areas can be added
 *
 * One removal, protection or insertion adds at most two.
 *
 * Return: 0 or -TENON_ENOMEM, also when AREAS_MAX would be passed.
 */
int areas_reserve(struct user_areas *areas, unsigned more);

/* The index of the first area that ends above @addr; cnt if none does. */
unsigned areas_index(const struct user_areas *areas, uint64_t addr);
/* The area that contains @addr, or NULL. */
struct user_area *areas_find(const struct user_areas *areas, uint64_t addr);
/* Does an area intersect [start, end)? */
bool areas_used(const struct user_areas *areas, uint64_t start, uint64_t end);
/* Is every byte of [start, end) in an area? */
bool areas_cover(const struct user_areas *areas, uint64_t start, uint64_t end);

/**
 * areas_gap - the highest free range of @bytes in [low, high)
 * @guard: bytes kept free on both sides of a stack
 *
 * Return: its start, or 0.
 */
uint64_t areas_gap(const struct user_areas *areas, uint64_t bytes, uint64_t low, uint64_t high, uint64_t guard);

/* Adds an area where none is; takes the caller's reference on its file. Needs room for one. */
void areas_insert(struct user_areas *areas, const struct user_area *area);
/* Nothing is in [start, end) afterwards. Needs room for one. */
void areas_remove(struct user_areas *areas, uint64_t start, uint64_t end);

/**
 * areas_protect - change the access of what lies in [start, end)
 * @charge: private areas that become writable are charged from now on
 *
 * Needs room for two.
 */
void areas_protect(struct user_areas *areas, uint64_t start, uint64_t end, uint8_t access);
/* Pages that areas_protect() would newly charge. */
uint64_t areas_protect_charge(const struct user_areas *areas, uint64_t start, uint64_t end, uint8_t access);
/* Is all of [start, end) allowed to get @access? */
bool areas_may_protect(const struct user_areas *areas, uint64_t start, uint64_t end, uint8_t access);

/**
 * areas_copy - all areas of @from, with references of their own
 * @to: empty
 *
 * Return: 0 or -TENON_ENOMEM.
 */
int areas_copy(struct user_areas *to, const struct user_areas *from);

/* Pages of [start, end) that are charged. */
uint64_t areas_charged(const struct user_areas *areas, uint64_t start, uint64_t end);
/* Page tables below the root that mapping every page of all areas takes. */
uint64_t areas_tables(const struct user_areas *areas);
/* Bytes of all areas. */
uint64_t areas_bytes(const struct user_areas *areas);

#endif
