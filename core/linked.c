/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a host may keep of a module's file: sections, symbols, .modinfo. */
#include "core/load.h"

static const struct load *load_of(const struct tenon_linked *l)
{
	return (const struct load *)l;
}

bool tenon_linked_section(const struct tenon_linked *linked, uint32_t *at, struct tenon_linked_section *out)
{
	const struct load *l = load_of(linked);

	while (*at < l->elf.section_cnt) {
		const struct load_section *sec = &l->sections[*at];

		if (sec->mem != SECTION_NOT_LOADED)
			*out = (struct tenon_linked_section){ elf_section_name(&l->elf, *at), sec->run, sec->size,
							      sec->mem };
		++*at;
		if (sec->mem != SECTION_NOT_LOADED)
			return true;
	}
	return false;
}

bool tenon_linked_symbol(const struct tenon_linked *linked, uint32_t *at, struct tenon_linked_symbol *out)
{
	const struct load *l = load_of(linked);
	struct elf_symbol sym;

	while (*at < l->elf.symbol_cnt) {
		uint32_t idx = (*at)++;

		elf_symbol_at(&l->elf, idx, &sym);
		if (!sym.shndx || sym.shndx >= l->elf.section_cnt || !sym.name_off ||
		    l->sections[sym.shndx].mem == SECTION_NOT_LOADED)
			continue;
		*out = (struct tenon_linked_symbol){ elf_symbol_name(&l->elf, &sym), l->values[idx], sym.size, sym.bind,
						     sym.type };
		return true;
	}
	return false;
}

const char *tenon_linked_info(const struct tenon_linked *l, const char *key)
{
	return modinfo_get(&load_of(l)->modinfo, key);
}

const void *tenon_linked_bytes(const struct tenon_linked *l, tenon_addr run, size_t size)
{
	return load_write_ptr(load_of(l), run, size);
}

void *tenon_module_kept(const struct tenon_module *m)
{
	return m->kept;
}

int load_tell_host(struct load *l)
{
	const struct tenon_host *h = l->t->host;

	return h->linked ? h->linked(h->context, l->m, (const struct tenon_linked *)l, &l->m->kept) : 0;
}
