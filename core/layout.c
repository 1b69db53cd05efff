/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Stage 4: which section goes into which kind of memory, at which offset, and how many bytes that makes. Sections keep
 * the order of the file. Addresses follow in plan_reserve(), sections are then copied by load_place().
 */
#include "core/string.h"

#include "core/load.h"
#include "core/personality.h"

static uint8_t section_mem(const struct elf_section *s)
{
	static const char prefix[] = ".init.";
	bool init = !strncmp(s->name, prefix, sizeof(prefix) - 1);

	if (s->flags & SHF_EXECINSTR)
		return init ? TENON_MEM_INIT_TEXT : TENON_MEM_TEXT;
	if (init)
		return TENON_MEM_INIT_DATA;
	if (!strcmp(s->name, ".data..ro_after_init"))
		return TENON_MEM_RO_AFTER_INIT;
	return s->flags & SHF_WRITE ? TENON_MEM_DATA : TENON_MEM_RODATA;
}

tenon_addr load_add(struct load *l, enum tenon_mem mem, tenon_addr size, tenon_addr align)
{
	tenon_addr offset = (l->region_size[mem] + align - 1) & ~(align - 1);

	if (l->region_align[mem] < align)
		l->region_align[mem] = (size_t)align;
	l->region_size[mem] = (size_t)(offset + size);
	return offset;
}

static void symbol_kinds(const struct load *l, uint8_t *kinds)
{
	for (uint32_t i = 0; i < l->elf.symbol_cnt; i++) {
		struct elf_symbol s;

		elf_symbol_at(&l->elf, i, &s);
		kinds[i] = s.shndx && s.shndx < l->elf.section_cnt ? l->sections[s.shndx].mem : RELOC_KIND_NONE;
	}
}

/* Room for @cnt slots in a region. */
static int add_slots(struct load *l, struct reloc_slots *slots, uint32_t cnt, enum tenon_mem mem, uint32_t slot_bytes)
{
	if (!cnt)
		return 0;
	slots->cnt = cnt;
	slots->run = load_add(l, mem, (tenon_addr)cnt * slot_bytes, 16);
	slots->of_symbol = mem_alloc(l->t, l->elf.symbol_cnt * sizeof(*slots->of_symbol));
	return slots->of_symbol ? 0 : -TENON_ENOMEM;
}

/* Reserve room for stubs and GOT entries. Nothing to do where every branch reaches and the CPU has no GOT entries. */
static int layout_slots(struct load *l)
{
	const struct tenon_host *h = l->t->host;
	const struct tenon_arch *arch = h->arch;
	bool far = !h->window_size || h->window_size > arch->branch_reach;
	size_t bytes = l->elf.symbol_cnt * (size_t)2;
	const struct load_section *relocs = NULL;
	struct reloc_need need = { 0 };
	struct reloc_job job;
	uint8_t *marks;
	int err;

	if (!arch->count)
		return 0;
	marks = mem_alloc(l->t, bytes);
	if (!marks)
		return -TENON_ENOMEM;
	need.marks = marks;
	need.kinds = marks + l->elf.symbol_cnt;
	if (far)
		symbol_kinds(l, marks + l->elf.symbol_cnt);
	while (load_next_relocs(l, &relocs, &job)) {
		need.kind = l->sections[job.section].mem;
		arch->count(&job, far, &need);
	}
	mem_free(l->t, marks, bytes);
	err = add_slots(l, &l->stubs, need.stubs, TENON_MEM_TEXT, arch->stub_bytes);
	return err ? err : add_slots(l, &l->got, need.got, TENON_MEM_RODATA, arch->got_bytes);
}

static bool is_for_loader(const struct load *l, uint32_t section)
{
	for (int i = 0; i < SPECIAL_NOT_LOADED; i++)
		if (l->special[i] == section)
			return true;
	return false;
}

/* Entries of the other form have another size: nobody may look at one before this. */
static int check_relocation_form(struct load *l)
{
	const struct load_section *relocs = NULL;
	struct reloc_job job;

	while (load_next_relocs(l, &relocs, &job))
		if ((relocs->type == SHT_RELA) != load_arch(l)->rela)
			return load_fail_at(l, TENON_R_REL_KIND, relocs, 0);
	return 0;
}

int load_layout(struct load *l)
{
	l->sections = mem_alloc(l->t, l->elf.section_cnt * sizeof(*l->sections));
	l->values = mem_alloc(l->t, l->elf.symbol_cnt * sizeof(*l->values));
	if (!l->sections || !l->values)
		return -TENON_ENOMEM;
	for (uint32_t i = 0; i < l->elf.section_cnt; i++) {
		struct load_section *out = &l->sections[i];
		struct elf_section s;

		elf_section_at(&l->elf, i, &s);
		out->mem = SECTION_NOT_LOADED;
		out->data = elf_section_data(&l->elf, &s);
		out->size = s.size;
		out->type = s.type;
		out->info = s.info;
		if (!(s.flags & SHF_ALLOC) || is_for_loader(l, i))
			continue;
		out->mem = section_mem(&s);
		out->run = load_add(l, out->mem, s.size, s.align);
	}
	/* String parameters point at text; it is as long as all the parameters at most. */
	if (load_has_params(l)) {
		l->params_bytes = strlen(l->params) + 1;
		l->params_offset = load_add(l, TENON_MEM_DATA, l->params_bytes, 1);
	}
	if (l->kind->ops->layout)
		l->kind->ops->layout(l);
	return check_relocation_form(l) ?: layout_slots(l);
}

static void place_slots(struct reloc_slots *slots, const struct arena_region *region)
{
	if (!slots->cnt)
		return;
	slots->write = arena_write(region) + slots->run;
	slots->run += arena_run(region);
}

int load_place(struct load *l)
{
	const struct arena_region *region = l->m->region;

	for (uint32_t i = 1; i < l->elf.section_cnt; i++) {
		struct load_section *sec = &l->sections[i];

		if (sec->mem == SECTION_NOT_LOADED)
			continue;
		if (!region[sec->mem].block) {
			/* An empty section in a region of no bytes: symbols may still point at it. */
			sec->run = l->t->host->window_start;
			continue;
		}
		sec->write = arena_write(&region[sec->mem]) + sec->run;
		sec->run += arena_run(&region[sec->mem]);
		if (sec->data)
			memcpy(sec->write, sec->data, (size_t)sec->size);
		else
			memset(sec->write, 0, (size_t)sec->size);
	}
	place_slots(&l->stubs, &region[TENON_MEM_TEXT]);
	place_slots(&l->got, &region[TENON_MEM_RODATA]);
	return 0;
}
