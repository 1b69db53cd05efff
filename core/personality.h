/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * How a kind of module plugs in. Both kinds are ELF with .modinfo, __versions and ksymtab sections; they differ in
 * how they are recognised, which sections are for the loader alone, and how init, exit and parameters are found.
 */
#ifndef CORE_PERSONALITY_H
#define CORE_PERSONALITY_H

#include "core/load.h"

struct tenon_personality {
	const char *name;
	uint32_t export_flags; /* of every export of such a module, enum tenon_export_flags */
	/*
	 * If these modules have a base (tenon_accept), what it exports to be called instead of init and exit, with the
	 * address of the module's descriptor: descriptor_bytes in its data, filled in by after_relocate. Else NULL.
	 */
	const char *start_by, *stop_by;
	size_t descriptor_bytes;
	/* Stands in __versions for the structures that all share with the base, which may export it. Or NULL. */
	const char *layout_symbol;
	/* Is this file of this kind? After elf_open and elf_check_symbols. */
	bool (*recognise)(const struct load *l);
	/* Is this ALLOC section only for the loader, not for memory? */
	bool (*discard)(const struct elf_section *s);
	/* Addresses are final, nothing is protected yet: find init, exit, the module section. */
	int (*after_relocate)(struct load *l);
	/* Set the parameters from l->params. */
	int (*params)(struct load *l);
	/* Run init or exit in the module's domain. Return: 0 if the call came back, its value in *result. */
	int (*start)(struct tenon_module *m, int64_t *result, char why[64]);
	int (*stop)(struct tenon_module *m, int64_t *result, char why[64]);
};

#endif
