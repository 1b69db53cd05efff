/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The smallest profile: see include/tenon/small.h. One block for each kind of memory, one pass for each stage. */
#include "core/string.h"

#include "core/arch.h"
#include "core/fmt/elf.h"
#include "tenon/small.h"

#define NOT_LOADED 0xff

/* Where a section went. */
struct place {
	uint8_t kind;
	tenon_addr offset; /* in its block */
};

struct small_load {
	const struct tenon_host *host;
	const struct tenon_export *exports;
	size_t export_cnt;
	struct tenon_small *m;
	struct tenon_diag *diag;
	struct elf_file elf;
	tenon_addr *values; /* by symbol index; the places follow in the same allocation */
	struct place *places;
};

/* Sizes of the blocks, and what goes where. */
static void lay_out(struct small_load *l)
{
	for (uint32_t i = 0; i < l->elf.section_cnt; i++) {
		struct place *p = &l->places[i];
		struct tenon_block *b;
		struct elf_section s;

		elf_section_at(&l->elf, i, &s);
		p->kind = NOT_LOADED;
		if (!(s.flags & SHF_ALLOC))
			continue;
		p->kind = s.flags & SHF_EXECINSTR ? TENON_MEM_TEXT :
			  s.flags & SHF_WRITE     ? TENON_MEM_DATA :
						    TENON_MEM_RODATA;
		b = &l->m->block[p->kind];
		p->offset = (b->size + s.align - 1) & ~(s.align - 1);
		b->size = p->offset + s.size;
	}
}

static int map_blocks(struct small_load *l)
{
	size_t need[TENON_MEM_DATA + 1], unit = l->host->block_size;
	int err = 0;

	/* A size of 0 says that a block is not mapped. */
	for (uint8_t kind = 0; kind <= TENON_MEM_DATA; kind++) {
		need[kind] = (l->m->block[kind].size + unit - 1) / unit * unit;
		l->m->block[kind].size = 0;
	}
	for (uint8_t kind = 0; kind <= TENON_MEM_DATA && !err; kind++) {
		struct tenon_block *b = &l->m->block[kind];

		if (!need[kind])
			continue;
		b->kind = kind;
		b->size = need[kind];
		err = l->host->block_map(l->host->context, b);
		if (err)
			b->size = 0;
		else
			err = l->host->block_write(l->host->context, b);
	}
	return err;
}

static const struct tenon_export *find_export(const struct small_load *l, const char *name)
{
	size_t low = 0, high = l->export_cnt;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = strcmp(name, l->exports[mid].name);

		if (!order)
			return &l->exports[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* Copy the sections and give every symbol its value. */
static int place_and_resolve(struct small_load *l)
{
	for (uint32_t i = 1; i < l->elf.section_cnt; i++) {
		const struct place *p = &l->places[i];
		struct elf_section s;

		elf_section_at(&l->elf, i, &s);
		/* Blocks are mapped zero-filled, as NOBITS sections need to be. */
		if (p->kind != NOT_LOADED && s.type != SHT_NOBITS)
			memcpy(l->m->block[p->kind].write + p->offset, elf_section_data(&l->elf, &s), s.size);
	}
	for (uint32_t i = 1; i < l->elf.symbol_cnt; i++) {
		const struct tenon_export *e;
		const struct place *p;
		struct elf_symbol s;
		const char *name;

		elf_symbol_at(&l->elf, i, &s);
		name = elf_symbol_name(&l->elf, &s);
		l->values[i] = s.value;
		if (s.shndx == SHN_ABS)
			continue;
		if (s.shndx == SHN_UNDEF) {
			e = find_export(l, name);
			if (!e && s.bind != STB_WEAK)
				return fail_name(l->diag, TENON_R_SYM_UNDEFINED, name);
			l->values[i] = e ? e->value : 0;
			continue;
		}
		p = &l->places[s.shndx];
		l->values[i] = RELOC_DISCARDED;
		if (p->kind == NOT_LOADED)
			continue;
		l->values[i] = l->m->block[p->kind].run + p->offset + s.value;
		if (!strcmp(name, "init_module"))
			l->m->init = l->values[i];
		else if (!strcmp(name, "cleanup_module"))
			l->m->exit = l->values[i];
	}
	return 0;
}

/* No stubs and no GOT: code and exports are within reach of each other in a system that small, or it is refused. */
static int relocate_all(struct small_load *l)
{
	const struct tenon_arch *arch = l->host->arch;
	struct reloc_slots none = { 0 };

	for (uint32_t i = 1; i < l->elf.section_cnt; i++) {
		const struct place *p;
		struct elf_section s;
		struct reloc_job job = { .values = l->values,
					 .symbol_cnt = l->elf.symbol_cnt,
					 .stubs = &none,
					 .got = &none,
					 .diag = l->diag };
		int err;

		elf_section_at(&l->elf, i, &s);
		p = &l->places[s.info];
		if ((s.type != SHT_REL && s.type != SHT_RELA) || p->kind == NOT_LOADED)
			continue;
		if ((s.type == SHT_RELA) != arch->rela)
			return fail(l->diag, TENON_R_REL_KIND);
		job.entries = elf_section_data(&l->elf, &s);
		job.cnt = s.size / s.entsize;
		job.section = s.info;
		job.write = l->m->block[p->kind].write + p->offset;
		job.run = l->m->block[p->kind].run + p->offset;
		elf_section_at(&l->elf, s.info, &s);
		job.size = s.size;
		err = arch->relocate(&job);
		if (err)
			return err;
	}
	return 0;
}

static int protect_all(struct small_load *l)
{
	struct tenon_range ranges[TENON_MEM_DATA + 1];
	size_t cnt = 0;

	for (uint8_t kind = 0; kind <= TENON_MEM_DATA; kind++)
		if (l->m->block[kind].size)
			ranges[cnt++] = (struct tenon_range){ &l->m->block[kind], 0, l->m->block[kind].size,
							      TENON_ACCESS_KIND, true };
	return l->host->protect(l->host->context, ranges, cnt);
}

static int link_object(struct small_load *l)
{
	int err;

	lay_out(l);
	err = map_blocks(l);
	if (!err)
		err = place_and_resolve(l);
	if (!err)
		err = relocate_all(l);
	return err ? err : protect_all(l);
}

int tenon_small_load(const struct tenon_host *host, const void *image, size_t size, const struct tenon_export *exports,
		     size_t cnt, struct tenon_small *out, struct tenon_diag *diag)
{
	struct small_load l = { .host = host, .exports = exports, .export_cnt = cnt, .m = out, .diag = diag };
	size_t bytes;
	int err = elf_open(&l.elf, image, size, diag);

	if (!err)
		err = elf_check_symbols(&l.elf, diag);
	if (!err && (l.elf.machine != host->arch->machine || l.elf.is64 != host->arch->is64))
		err = fail_value(diag, TENON_R_ELF_MACHINE, l.elf.machine, host->arch->machine);
	if (!err && host->arch->check_flags)
		err = host->arch->check_flags(l.elf.flags, diag);
	if (err)
		return err;
	bytes = l.elf.symbol_cnt * sizeof(*l.values) + l.elf.section_cnt * sizeof(*l.places);
	l.values = host->alloc(host->context, bytes);
	if (!l.values)
		return fail(diag, TENON_R_NO_MEMORY);
	l.values[0] = 0;
	l.places = (struct place *)(l.values + l.elf.symbol_cnt);
	memset(out, 0, sizeof(*out));
	err = link_object(&l);
	host->free(host->context, l.values, bytes);
	if (err)
		tenon_small_unload(host, out);
	return err;
}

void tenon_small_unload(const struct tenon_host *host, struct tenon_small *m)
{
	for (uint8_t kind = 0; kind <= TENON_MEM_DATA; kind++)
		if (m->block[kind].size)
			host->block_unmap(host->context, &m->block[kind]);
}
