/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "core/fmt/elf.h"
#include "tenon/errno.h"
#include "tests/unit/elf_walk.h"

static volatile uint64_t sink; /* what is read must not be optimised away */

static void promise(bool kept)
{
	if (!kept)
		abort();
}

/* A section's bytes are its own: mark them in a map of the file, which nobody may have marked before. */
static void walk_section(const struct elf_file *f, const struct elf_section *s, uint8_t *taken)
{
	const uint8_t *bytes = elf_section_data(f, s);

	promise(s->name && strlen(s->name) < f->section_names_size);
	promise(s->type == SHT_NULL || (s->align && s->link < f->section_cnt));
	for (uint64_t i = 0; bytes && i < s->size; i++) {
		sink += bytes[i];
		promise(!taken[bytes - f->data + i]++);
	}
}

static void walk_relocs(const struct elf_file *f, const struct elf_section *s)
{
	const uint8_t *bytes = elf_section_data(f, s);
	size_t entsize = (f->is64 ? 8 : 4) * (s->type == SHT_RELA ? 3 : 2);
	struct elf_section target;

	promise(s->link == f->symtab && s->info && s->info < f->section_cnt && s->entsize == entsize);
	elf_section_at(f, s->info, &target);
	promise(elf_section_data(f, &target) && (uintptr_t)bytes % (f->is64 ? 8 : 4) == 0);
	/* Both kinds begin with offset and info: an access that is misaligned stops here. */
	for (uint64_t i = 0; i < s->size; i += entsize)
		sink += f->is64 ? ((const Elf64_Rel *)(const void *)(bytes + i))->r_info :
				  ((const Elf32_Rel *)(const void *)(bytes + i))->r_info;
}

static void walk_symbols(const struct elf_file *f)
{
	for (uint32_t i = 0; i < f->symbol_cnt; i++) {
		struct elf_section in;
		struct elf_symbol s;

		elf_symbol_at(f, i, &s);
		promise(s.name_off < f->strings_size && strlen(elf_symbol_name(f, &s)) < f->strings_size - s.name_off);
		if (s.shndx == SHN_UNDEF || s.shndx == SHN_ABS)
			continue;
		promise(s.shndx < f->section_cnt);
		elf_section_at(f, s.shndx, &in);
		promise(s.value <= in.size || (in.flags & SHF_COMPRESSED) ||
			(s.bind == STB_LOCAL && s.type == STT_NOTYPE && !s.size));
	}
}

static void walk_all(const struct elf_file *f)
{
	uint8_t *taken = calloc(1, f->size);

	promise(taken);
	for (uint32_t i = 1; i < f->section_cnt; i++) {
		struct elf_section s, found;

		elf_section_at(f, i, &s);
		walk_section(f, &s, taken);
		promise(elf_find_section(f, s.name, &found) <= i);
		if (s.type == SHT_REL || s.type == SHT_RELA)
			walk_relocs(f, &s);
	}
	free(taken);
}

int elf_walk(const uint8_t *data, size_t size)
{
	struct tenon_diag diag = { 0 };
	struct elf_file f;
	int err = elf_open(&f, data, size, &diag);

	if (!err) {
		walk_all(&f);
		err = elf_check_symbols(&f, &diag);
		if (!err)
			walk_symbols(&f);
	}
	promise(err == (diag.reason ? -TENON_ENOEXEC : 0));
	return diag.reason;
}
