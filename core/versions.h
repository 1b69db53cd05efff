/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a module's file says of its imports, found by name: the versions it was built with, and the namespaces it uses. */
#ifndef CORE_VERSIONS_H
#define CORE_VERSIONS_H

#include "core/load.h"

/* Names with a value each; the first entry of a name counts. */
struct name_map {
	struct named {
		const char *name;
		uint32_t value;
	} *items;
	size_t cap;
	uint32_t cnt;
	struct table by_name;
};

struct versions {
	struct name_map crcs, spaces;
};

/* Read them, into @v, which is zeroed. Return: 0 or VERSIONS_MALFORMED, NO_MEMORY; to be closed in any case. */
int versions_open(struct load *l, struct versions *v);
void versions_close(struct load *l, struct versions *v);

/* The checksum that the module was built with; @hash is table_hash() of the name. Return: whether it says one. */
bool versions_find(const struct versions *v, const char *name, uint32_t hash, uint32_t *crc);
/* Does the module import that namespace? */
bool versions_has_space(const struct load *l, const struct versions *v, const char *space);

#endif
