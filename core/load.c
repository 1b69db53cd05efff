/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The load context: made, freed, looked into. */
#include "core/string.h"

#include "core/load.h"
#include "core/personality.h"

void load_free(struct load *l)
{
	struct tenon *t = l->t;

	if (l->file_is_copy)
		t->host->free(t->host->context, l->file, l->file_size);
	mem_free(t, l->sections, l->elf.section_cnt * sizeof(*l->sections));
	mem_free(t, l->values, l->elf.symbol_cnt * sizeof(*l->values));
	mem_free(t, l->stub_of, l->elf.symbol_cnt * sizeof(*l->stub_of));
	mem_free(t, l->got_of, l->elf.symbol_cnt * sizeof(*l->got_of));
	mem_free(t, l, sizeof(*l));
}

const struct load_section *load_find(const struct load *l, const char *name, struct elf_section *out)
{
	uint32_t idx = elf_find_section(&l->elf, name, out);

	return idx && l->sections[idx].mem != SECTION_NOT_LOADED ? &l->sections[idx] : NULL;
}

bool load_by_base(const struct load *l)
{
	return l->kind->base && l->kind->ops->start_by && !l->m->no_start;
}

uint8_t *load_write_ptr(const struct load *l, tenon_addr run, size_t size)
{
	for (uint32_t mem = 0; mem < TENON_MEM_COUNT; mem++) {
		const struct arena_extent *e = l->m->region[mem];

		if (e && run >= arena_run(e) && run - arena_run(e) <= e->size && e->size - (run - arena_run(e)) >= size)
			return arena_write(e) + (run - arena_run(e));
	}
	return NULL;
}

const char *load_string(const struct load *l, tenon_addr run)
{
	for (uint32_t mem = 0; mem < TENON_MEM_COUNT; mem++) {
		const struct arena_extent *e = l->m->region[mem];
		tenon_addr offset;

		if (!e || run < arena_run(e))
			continue;
		offset = run - arena_run(e);
		if (offset < e->size && memchr(arena_write(e) + offset, 0, (size_t)(e->size - offset)))
			return (const char *)arena_write(e) + offset;
	}
	return NULL;
}

void load_need_path(const struct load *l, char *buf, size_t size)
{
	buf[0] = 0;
	for (; l; l = l->needed_by) {
		diag_append(buf, size, l->m->name);
		if (l->needed_by)
			diag_append(buf, size, ", ");
	}
}
