/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The ELF header, the section header table, and access to sections. System V ABI, chapter 4. */
#include "core/string.h"

#include "core/fail.h"
#include "core/fmt/elf_internal.h"

void elf_section_at(const struct elf_file *f, uint32_t idx, struct elf_section *out)
{
	uint32_t name = elf_section_name_off(f, idx);

	if (ELF_IS64(f)) {
		const Elf64_Shdr *h = (const Elf64_Shdr *)(const void *)(f->data + f->shoff) + idx;

		*out = (struct elf_section){ NULL,
					     h->sh_type,
					     h->sh_link,
					     h->sh_info,
					     (tenon_addr)h->sh_flags,
					     (tenon_addr)h->sh_offset,
					     (tenon_addr)h->sh_size,
					     (tenon_addr)h->sh_addralign,
					     (tenon_addr)h->sh_entsize };
	} else {
		const Elf32_Shdr *h = (const Elf32_Shdr *)(const void *)(f->data + f->shoff) + idx;

		*out = (struct elf_section){ NULL,         h->sh_type, h->sh_link,      h->sh_info,   h->sh_flags,
					     h->sh_offset, h->sh_size, h->sh_addralign, h->sh_entsize };
	}
	if (!out->align)
		out->align = 1;
	if (name < f->section_names_size)
		out->name = f->section_names + name;
}

uint32_t elf_find_section(const struct elf_file *f, const char *name, struct elf_section *out)
{
	for (uint32_t i = 1; i < f->section_cnt; i++)
		if (!strcmp(elf_section_name(f, i), name)) {
			elf_section_at(f, i, out);
			return i;
		}
	return 0;
}

/* The ELF header of both classes begins and ends alike; between the two are three fields as wide as an address. */
struct header_end {
	uint32_t e_flags;
	uint16_t e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
};

static const struct header_end *header_end(const struct elf_file *f)
{
	return (const void *)(f->data + (ELF_IS64(f) ? offsetof(Elf64_Ehdr, e_flags) : offsetof(Elf32_Ehdr, e_flags)));
}

#define HOST_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)

static int check_ident(struct elf_file *f, struct tenon_diag *diag)
{
	if (f->size < EI_NIDENT)
		return fail_got(diag, TENON_R_ELF_SHORT, f->size);
	if (memcmp(f->data, "\177ELF", 4))
		return fail(diag, TENON_R_ELF_MAGIC);
	f->is64 = f->data[EI_CLASS] == ELFCLASS64;
	if ((!f->is64 && f->data[EI_CLASS] != ELFCLASS32) || f->is64 != ELF_IS64(f))
		return fail_value(diag, TENON_R_ELF_CLASS, f->data[EI_CLASS], HOST_CLASS);
	if (f->data[EI_DATA] != ELFDATA2LSB)
		return fail(diag, TENON_R_ELF_ENDIAN);
	if (f->data[EI_VERSION] != EV_CURRENT)
		return fail_got(diag, TENON_R_ELF_VERSION, f->data[EI_VERSION]);
	return 0;
}

static int check_header(struct elf_file *f, struct tenon_diag *diag)
{
	tenon_addr ehsize = ELF_IS64(f) ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	tenon_addr shentsize = ELF_IS64(f) ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	const struct header_end *end = header_end(f);
	const Elf32_Ehdr *h = (const void *)f->data;

	if (f->size < ehsize)
		return fail_got(diag, TENON_R_ELF_SHORT, f->size);
	f->machine = h->e_machine;
	f->flags = end->e_flags;
	if (h->e_version != EV_CURRENT)
		return fail_got(diag, TENON_R_ELF_VERSION, h->e_version);
	if (h->e_type != ET_REL)
		return fail_got(diag, TENON_R_ELF_TYPE, h->e_type);
	if (end->e_ehsize != ehsize)
		return fail_value(diag, TENON_R_ELF_EHSIZE, end->e_ehsize, ehsize);
	if (end->e_phnum)
		return fail(diag, TENON_R_ELF_PHDR);
	if (end->e_shentsize != shentsize)
		return fail_value(diag, TENON_R_SHDR_ENTSIZE, end->e_shentsize, shentsize);
	return 0;
}

/*
 * Find the section header table: set shoff and section_cnt. Its first header is empty: numbers that do not fit in the
 * ELF header would stand there, but with so many sections a file is refused anyway.
 */
static int find_sections(struct elf_file *f, struct tenon_diag *diag)
{
	const struct header_end *end = header_end(f);
	static const Elf64_Shdr zero;

	f->section_cnt = end->e_shnum;
	f->shoff = ELF_IS64(f) ? (tenon_addr)((const Elf64_Ehdr *)(const void *)f->data)->e_shoff :
				 ((const Elf32_Ehdr *)(const void *)f->data)->e_shoff;
	if (!f->section_cnt || f->section_cnt > ELF_SECTION_CNT_MAX)
		return fail_got(diag, TENON_R_SHDR_COUNT, f->section_cnt);
	if (f->shoff % ELF_WORD_BYTES(f))
		return fail_at(diag, TENON_R_SHDR_ALIGN, f->shoff);
	if (f->shoff < end->e_ehsize || f->shoff > f->size || (f->size - f->shoff) / end->e_shentsize < f->section_cnt)
		return fail(diag, TENON_R_SHDR_RANGE);
	return memcmp(f->data + f->shoff, &zero, end->e_shentsize) ? fail(diag, TENON_R_SHDR_NULL) : 0;
}

/* Find the table of section names. Nobody looks at a name before elf_check_sections() has seen that it ends. */
static int find_names(struct elf_file *f, struct tenon_diag *diag)
{
	uint32_t idx = header_end(f)->e_shstrndx;
	struct elf_section s;

	if (idx >= f->section_cnt)
		return fail_got(diag, TENON_R_SHSTRNDX, idx);
	elf_section_at(f, idx, &s);
	if (s.type != SHT_STRTAB)
		return fail_got(diag, TENON_R_SHSTRNDX, idx);
	diag->section = idx;
	if (!elf_in_file(f, &s))
		return fail(diag, TENON_R_SEC_RANGE);
	f->section_names = (const char *)f->data + s.offset;
	f->section_names_size = s.size;
	return 0;
}

int elf_open(struct elf_file *f, const void *data, tenon_addr size, struct tenon_diag *diag)
{
	*f = (struct elf_file){ .data = data, .size = size };
	return check_ident(f, diag)            ?:
		   check_header(f, diag)       ?:
		   find_sections(f, diag)      ?:
		   find_names(f, diag)         ?:
		   elf_check_sections(f, diag) ?:
						 elf_check_overlap(f, diag);
}
