/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Stage 4: which section goes into which kind of memory, at which offset, and how many bytes that makes. Sections keep
 * the order of the file. Addresses follow in plan_reserve(), sections are then copied by load_place().
 */
#include "core/string.h"

#include "core/load.h"
#include "core/personality.h"

#define IMAGE_BYTES_MAX (512ull << 20)

static bool starts_with(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static uint8_t section_mem(const struct elf_section *s)
{
	bool init = starts_with(s->name, ".init.");

	if (s->flags & SHF_EXECINSTR)
		return init ? TENON_MEM_INIT_TEXT : TENON_MEM_TEXT;
	if (init)
		return TENON_MEM_INIT_DATA;
	if (!strcmp(s->name, ".data..ro_after_init"))
		return TENON_MEM_RO_AFTER_INIT;
	return s->flags & SHF_WRITE ? TENON_MEM_DATA : TENON_MEM_RODATA;
}

/* Add @size bytes to a region. Return: their offset. */
static tenon_addr region_add(struct load *l, enum tenon_mem mem, tenon_addr size, tenon_addr align)
{
	tenon_addr offset = (l->region_size[mem] + align - 1) & ~(align - 1);

	if (l->region_align[mem] < align)
		l->region_align[mem] = (size_t)align;
	l->region_size[mem] = (size_t)(offset + size);
	return offset;
}

/* What the relocations of the section may need in stubs and GOT entries. */
static void count_relocs(struct load *l, const struct elf_section *rs, bool far, struct reloc_need *need)
{
	struct reloc_job job = {
		.entries = elf_section_data(&l->elf, rs),
		.cnt = (size_t)(rs->size / rs->entsize),
		.symbol_cnt = l->elf.symbol_cnt,
	};

	need->kind = l->sections[rs->info].mem;
	load_arch(l)->count(&job, far, need);
}

static bool is_reloc_table(const struct load *l, const struct elf_section *s)
{
	return (s->type == SHT_REL || s->type == SHT_RELA) && s->size && l->sections[s->info].mem != SECTION_NOT_LOADED;
}

static void symbol_kinds(const struct load *l, uint8_t *kinds)
{
	for (uint32_t i = 0; i < l->elf.symbol_cnt; i++) {
		struct elf_symbol s;

		elf_symbol_at(&l->elf, i, &s);
		kinds[i] = s.shndx && s.shndx < l->elf.section_cnt ? l->sections[s.shndx].mem : RELOC_KIND_NONE;
	}
}

/* Reserve room for stubs and GOT entries. Nothing to do where every branch reaches and the CPU has no GOT entries. */
static int layout_slots(struct load *l)
{
	const struct tenon_host *h = l->t->host;
	const struct tenon_arch *arch = h->arch;
	bool far = !h->window_size || h->window_size > arch->branch_reach;
	size_t bytes = l->elf.symbol_cnt * (size_t)2;
	uint8_t *marks;
	struct reloc_need need = { 0 };

	if (!arch->count)
		return 0;
	marks = mem_alloc(l->t, bytes);
	if (!marks)
		return fail(l->diag, TENON_R_NO_MEMORY);
	need.marks = marks;
	need.kinds = marks + l->elf.symbol_cnt;
	if (far)
		symbol_kinds(l, marks + l->elf.symbol_cnt);
	for (uint32_t i = 1; i < l->elf.section_cnt; i++) {
		struct elf_section s;

		elf_section_at(&l->elf, i, &s);
		if (is_reloc_table(l, &s))
			count_relocs(l, &s, far, &need);
	}
	mem_free(l->t, marks, bytes);
	if (need.stubs) {
		l->stubs.cnt = need.stubs;
		l->stub_of = l->stubs.of_symbol = mem_alloc(l->t, l->elf.symbol_cnt * sizeof(uint32_t));
		l->stubs_offset = region_add(l, TENON_MEM_TEXT, (tenon_addr)need.stubs * arch->stub_bytes, 16);
	}
	if (need.got) {
		l->got.cnt = need.got;
		l->got_of = l->got.of_symbol = mem_alloc(l->t, l->elf.symbol_cnt * sizeof(uint32_t));
		l->got_offset = region_add(l, TENON_MEM_RODATA, (tenon_addr)need.got * arch->got_bytes, 16);
	}
	if ((need.stubs && !l->stub_of) || (need.got && !l->got_of))
		return fail(l->diag, TENON_R_NO_MEMORY);
	return 0;
}

int load_layout(struct load *l)
{
	tenon_addr total = 0;

	l->sections = mem_alloc(l->t, l->elf.section_cnt * sizeof(*l->sections));
	l->values = mem_alloc(l->t, l->elf.symbol_cnt * sizeof(*l->values));
	if (!l->sections || !l->values)
		return fail(l->diag, TENON_R_NO_MEMORY);
	for (uint32_t i = 0; i < l->elf.section_cnt; i++) {
		struct load_section *out = &l->sections[i];
		struct elf_section s;

		elf_section_at(&l->elf, i, &s);
		out->mem = SECTION_NOT_LOADED;
		out->size = s.size;
		if (!(s.flags & SHF_ALLOC) || l->kind->ops->discard(&s))
			continue;
		total += s.size + s.align;
		if (total > IMAGE_BYTES_MAX)
			return fail(l->diag, TENON_R_IMAGE_TOO_LARGE);
		out->mem = section_mem(&s);
		out->offset = region_add(l, out->mem, s.size, s.align);
	}
	/* String parameters point at text; it is as long as all the parameters at most. */
	if (l->params && l->params[0]) {
		l->params_bytes = strlen(l->params) + 1;
		l->params_offset = region_add(l, TENON_MEM_DATA, l->params_bytes, 1);
	}
	if (load_by_base(l))
		l->descriptor_offset = region_add(l, TENON_MEM_DATA, l->kind->ops->descriptor_bytes, 8);
	return layout_slots(l);
}

int load_place(struct load *l)
{
	struct arena_extent **region = l->m->region;

	for (uint32_t i = 1; i < l->elf.section_cnt; i++) {
		struct load_section *sec = &l->sections[i];
		struct elf_section s;

		if (sec->mem == SECTION_NOT_LOADED)
			continue;
		if (!region[sec->mem]) {
			/* An empty section in a region of no bytes: symbols may still point at it. */
			sec->run = l->t->host->window_start;
			continue;
		}
		elf_section_at(&l->elf, i, &s);
		sec->run = arena_run(region[sec->mem]) + sec->offset;
		sec->write = arena_write(region[sec->mem]) + sec->offset;
		if (s.type == SHT_NOBITS)
			memset(sec->write, 0, (size_t)s.size);
		else
			memcpy(sec->write, elf_section_data(&l->elf, &s), (size_t)s.size);
	}
	if (l->stubs.cnt) {
		l->stubs.write = arena_write(region[TENON_MEM_TEXT]) + l->stubs_offset;
		l->stubs.run = arena_run(region[TENON_MEM_TEXT]) + l->stubs_offset;
	}
	if (l->got.cnt) {
		l->got.write = arena_write(region[TENON_MEM_RODATA]) + l->got_offset;
		l->got.run = arena_run(region[TENON_MEM_RODATA]) + l->got_offset;
	}
	return 0;
}
