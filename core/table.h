/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A hash table of things with a name: exports and modules. Open addressing, linear probing, no tombstones.
 * An item is anything that begins with its name (const char *). The core's lock protects it.
 */
#ifndef CORE_TABLE_H
#define CORE_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct tenon;

struct table_slot {
	uint32_t hash;
	const void *item; /* NULL: free */
};

struct table {
	struct table_slot *slots;
	uint32_t mask; /* slots - 1; slots is a power of two, or 0 slots and mask 0 */
	uint32_t cnt;
};

/* Of a name, with the instance's key. */
uint32_t table_hash(const struct tenon *t, const char *name);

/* Make room for @items in all; if the table has some already, with the core's lock. Return: 0 or -TENON_ENOMEM. */
int table_reserve(struct tenon *t, struct table *tab, size_t items);
/* Add an item whose name is not in the table; @hash is table_hash() of it. Return: 0 or -TENON_ENOMEM. */
int table_add(struct tenon *t, struct table *tab, const void *item, uint32_t hash);
/* Remove exactly this item; it is in the table. */
void table_remove(const struct tenon *t, struct table *tab, const void *item);
/* Find by name; @hash is table_hash() of it. NULL if it is not there. */
const void *table_find(const struct table *tab, const char *name, uint32_t hash);
/* Free the slots, the table having no use any more; items are not touched. Without the core's lock. */
void table_free(struct tenon *t, struct table *tab);

#endif
