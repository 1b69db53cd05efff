/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What a module's file says of its imports, found by name: the versions it was built with, and the namespaces it uses.
 */
#ifndef CORE_VERSIONS_H
#define CORE_VERSIONS_H

#include "core/load.h"

/* Names with a value each; the first entry of a name counts. */
struct name_map {
	struct named {
		const char *name;
		uint32_t value;
	} * items;
	size_t cap;
	uint32_t cnt;
	struct table by_name;
};

struct versions {
	const uint8_t *next; /* in __versions: what is likely to be asked for next */
	uint32_t left;       /* entries from there on, 0 when something else was asked for: then the table answers */
	bool tabled;         /* crcs has been filled */
	struct name_map crcs, spaces;
};

/* Room for @cap names in a zeroed map. Return: 0 or NO_MEMORY. Then add at most as many. */
int name_map_open(struct load *l, struct name_map *map, size_t cap);
void name_map_add(struct load *l, struct name_map *map, const char *name, uint32_t value);

/* __versions. Return: 0 or NO_MEMORY. */
int versions_read(struct load *l, struct name_map *map);

/* Read them, into @v, which is zeroed. Return: 0 or VERSIONS_MALFORMED, NO_MEMORY; to be closed in any case. */
int versions_open(struct load *l, struct versions *v);
void versions_close(struct load *l, struct versions *v);

/*
 * The checksum that the module was built with; @hash is table_hash() of the name. Return: 1 with *@crc, 0 if it says
 * none, or a negative errno: VERSIONS_MALFORMED, NO_MEMORY.
 */
int versions_find(struct load *l, struct versions *v, const char *name, uint32_t hash, uint32_t *crc);
/* Does the module import that namespace? */
bool versions_has_space(const struct load *l, const struct versions *v, const char *space);

#endif
