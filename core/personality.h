/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * How a kind of module plugs in. Both kinds are ELF with .modinfo, __versions and ksymtab sections; they differ in
 * how they are recognised and how init, exit and parameters are found.
 */
#ifndef CORE_PERSONALITY_H
#define CORE_PERSONALITY_H

#include "core/load.h"

struct versions;
struct name_map;

struct tenon_personality {
	const char *name;
	uint32_t export_flags;  /* of every export of such a module, enum tenon_export_flags */
	const char *caller;     /* export of the base that a host calls functions through; NULL: it calls them itself */
	uint32_t extra_imports; /* at most so many besides its undefined symbols: see resolve */
	uint16_t
	    absolute_exports; /* the machine where export tables hold addresses, as wide as a word, not distances */
	/* The checksums of its imports, by name. Return: 0 or VERSIONS_MALFORMED, NO_MEMORY. */
	int (*versions)(struct load *l, struct name_map *map);
	/* An export, of a module of any kind, has been read: change what its namespace means to this kind. Or NULL. */
	void (*claim_export)(struct tenon_export *e);
	/* An export as modules of this kind in @d see it. Core's lock held. */
	const struct tenon_export *(*find)(struct tenon_domain *d, const char *name, uint32_t hash);
	/* Is this file of this kind? After elf_open and elf_check_symbols. */
	bool (*recognise)(const struct load *l);
	/* The sections have their places: reserve what else goes into the module's memory. Or NULL. */
	void (*layout)(struct load *l);
	/* The undefined symbols are bound: bind what the file does not name. Core's lock held. Or NULL. */
	int (*resolve)(struct load *l, struct versions *v);
	/*
	 * Addresses are final, nothing is protected yet: find init, exit, what is called for them, the module section.
	 */
	int (*after_relocate)(struct load *l);
	/* Set the parameters from l->params. */
	int (*params)(struct load *l);
};

#endif
