/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the files of the ELF reader share. */
#ifndef CORE_FMT_ELF_INTERNAL_H
#define CORE_FMT_ELF_INTERNAL_H

#include "core/fmt/elf.h"

/* Are the section's bytes inside the file? NOBITS and NULL sections have none. */
static inline bool elf_in_file(const struct elf_file *f, const struct elf_section *s)
{
	return s->type == SHT_NOBITS || s->type == SHT_NULL || (s->offset <= f->size && f->size - s->offset >= s->size);
}

/* sh_type, without decoding the whole header; so the two that follow. */
static inline uint32_t elf_section_type(const struct elf_file *f, uint32_t idx)
{
	const void *table = f->data + f->shoff;

	return ELF_IS64(f) ? ((const Elf64_Shdr *)table)[idx].sh_type : ((const Elf32_Shdr *)table)[idx].sh_type;
}

static inline tenon_addr elf_section_offset(const struct elf_file *f, uint32_t idx)
{
	const void *table = f->data + f->shoff;

	return (tenon_addr)(ELF_IS64(f) ? ((const Elf64_Shdr *)table)[idx].sh_offset :
					  ((const Elf32_Shdr *)table)[idx].sh_offset);
}

static inline tenon_addr elf_section_size(const struct elf_file *f, uint32_t idx)
{
	const void *table = f->data + f->shoff;

	return (tenon_addr)(ELF_IS64(f) ? ((const Elf64_Shdr *)table)[idx].sh_size :
					  ((const Elf32_Shdr *)table)[idx].sh_size);
}

/* Check all sections but section 0, one by one, and find the symbol table. The header and name table are good. */
int elf_check_sections(struct elf_file *f, struct tenon_diag *diag);

/* Check that no two sections share bytes of the file with each other or with the headers. All are in the file. */
int elf_check_overlap(const struct elf_file *f, struct tenon_diag *diag);

#endif
