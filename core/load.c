/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The load context: made, freed, looked into. */
#include "core/string.h"

#include "core/load.h"
#include "core/personality.h"

void load_close_found(struct load *l)
{
	if (l->found.close)
		l->found.close(&l->found);
	l->found.close = NULL;
}

void load_free(struct load *l)
{
	struct tenon *t = l->t;

	load_close_found(l);
	if (l->file_is_copy)
		t->host->free(t->host->context, l->file, l->file_size);
	mem_free(t, l->sections, l->elf.section_cnt * sizeof(*l->sections));
	mem_free(t, l->values, l->elf.symbol_cnt * sizeof(*l->values));
	mem_free(t, l->stubs.of_symbol, l->elf.symbol_cnt * sizeof(*l->stubs.of_symbol));
	mem_free(t, l->got.of_symbol, l->elf.symbol_cnt * sizeof(*l->got.of_symbol));
	mem_free(t, l, sizeof(*l));
}

const struct load_section *load_special(const struct load *l, enum special which)
{
	return &l->sections[l->special[which]];
}

int load_fail_at(const struct load *l, enum tenon_reason reason, const struct load_section *sec, tenon_addr offset)
{
	l->diag->section = (uint32_t)(sec - l->sections);
	return fail_at(l->diag, reason, offset);
}

bool load_next_relocs(struct load *l, const struct load_section **relocs, struct reloc_job *job)
{
	const struct load_section *at = *relocs ? *relocs + 1 : l->sections, *target;

	for (; at < l->sections + l->elf.section_cnt; at++) {
		if ((at->type != SHT_REL && at->type != SHT_RELA) || !at->size)
			continue;
		target = &l->sections[at->info];
		if (target->mem == SECTION_NOT_LOADED)
			continue;
		job->entries = at->data;
		job->cnt = (size_t)at->size / (ELF_WORD_BYTES(&l->elf) * (at->type == SHT_RELA ? 3 : 2));
		job->section = at->info;
		job->write = target->write;
		job->run = target->run;
		job->size = target->size;
		job->values = l->values;
		job->symbol_cnt = l->elf.symbol_cnt;
		job->stubs = &l->stubs;
		job->got = &l->got;
		job->diag = l->diag;
		*relocs = at;
		return true;
	}
	return false;
}

bool load_forced(const struct load *l, enum tenon_load_flags what)
{
	if (!(l->flags & what) || tenon_sig_mode(l->t) == TENON_SIG_ENFORCE)
		return false;
	if (!(l->m->taints & TENON_TAINT_FORCED))
		core_log(l->t, TENON_LOG_WARNING, l->m->name, "tainted: loaded by force", "");
	l->m->taints |= TENON_TAINT_FORCED;
	return true;
}

uint8_t *load_write_ptr(const struct load *l, tenon_addr run, size_t size)
{
	uint8_t *p = NULL;

	for (uint32_t mem = 0; mem < TENON_MEM_COUNT && !p; mem++)
		p = arena_at(&l->m->region[mem], run, size);
	return p;
}

const char *load_string(const struct load *l, tenon_addr run)
{
	/* Only where the domain cannot write: other modules of it may be running and change the string under us. */
	for (uint32_t mem = TENON_MEM_TEXT; mem <= TENON_MEM_RODATA; mem++) {
		const struct arena_region *r = &l->m->region[mem];
		const uint8_t *p = arena_at(r, run, 1);
		size_t left = p ? (size_t)(arena_write(r) + r->size - p) : 0;

		if (p && memchr(p, 0, left < TENON_SYMBOL_BYTES ? left : TENON_SYMBOL_BYTES))
			return (const char *)p;
	}
	return NULL;
}

void load_need_path(const struct load *l)
{
	for (; l; l = l->needed_by)
		diag_list(l->diag->other, l->m->name);
}
