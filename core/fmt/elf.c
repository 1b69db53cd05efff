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

		*out = (struct elf_section){ NULL, h->sh_type, h->sh_link, h->sh_info, (tenon_addr)h->sh_flags,
					     (tenon_addr)h->sh_offset, (tenon_addr)h->sh_size, (tenon_addr)h->sh_addralign,
					     (tenon_addr)h->sh_entsize };
	} else {
		const Elf32_Shdr *h = (const Elf32_Shdr *)(const void *)(f->data + f->shoff) + idx;

		*out = (struct elf_section){ NULL, h->sh_type, h->sh_link, h->sh_info, h->sh_flags,
					     h->sh_offset, h->sh_size, h->sh_addralign, h->sh_entsize };
	}
	if (!out->align)
		out->align = 1;
	if (name < f->section_names_size)
		out->name = f->section_names + name;
}

uint32_t elf_find_section(const struct elf_file *f, const char *name, struct elf_section *out)
{
	for (uint32_t i = 1; i < f->section_cnt; i++) {
		elf_section_at(f, i, out);
		if (!strcmp(out->name, name))
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

static int check_ident(struct elf_file *f, struct tenon_diag *diag)
{
	if (f->size < EI_NIDENT)
		return fail_value(diag, TENON_R_ELF_SHORT, f->size, EI_NIDENT);
	if (memcmp(f->data, "\177ELF", 4))
		return fail(diag, TENON_R_ELF_MAGIC);
	if (f->data[EI_CLASS] != ELFCLASS32 && f->data[EI_CLASS] != ELFCLASS64)
		return fail_value(diag, TENON_R_ELF_CLASS, f->data[EI_CLASS], ELFCLASS64);
	if (f->data[EI_DATA] != ELFDATA2LSB)
		return fail_value(diag, TENON_R_ELF_ENDIAN, f->data[EI_DATA], ELFDATA2LSB);
	if (f->data[EI_VERSION] != EV_CURRENT)
		return fail_value(diag, TENON_R_ELF_VERSION, f->data[EI_VERSION], EV_CURRENT);
	f->is64 = f->data[EI_CLASS] == ELFCLASS64;
	if (f->is64 != ELF_IS64(f))
		return fail_value(diag, TENON_R_ELF_CLASS, ELFCLASS64, ELFCLASS32);
	return 0;
}

static int check_header(struct elf_file *f, struct tenon_diag *diag)
{
	tenon_addr ehsize = ELF_IS64(f) ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	tenon_addr shentsize = ELF_IS64(f) ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	const struct header_end *end = header_end(f);
	const Elf32_Ehdr *h = (const void *)f->data;

	if (f->size < ehsize)
		return fail_value(diag, TENON_R_ELF_SHORT, f->size, ehsize);
	f->machine = h->e_machine;
	f->flags = end->e_flags;
	if (h->e_version != EV_CURRENT)
		return fail_value(diag, TENON_R_ELF_VERSION, h->e_version, EV_CURRENT);
	if (h->e_type != ET_REL)
		return fail_value(diag, TENON_R_ELF_TYPE, h->e_type, ET_REL);
	if (end->e_ehsize != ehsize)
		return fail_value(diag, TENON_R_ELF_EHSIZE, end->e_ehsize, ehsize);
	if (end->e_phnum)
		return fail_value(diag, TENON_R_ELF_PHDR, end->e_phnum, 0);
	if (end->e_shentsize != shentsize)
		return fail_value(diag, TENON_R_SHDR_ENTSIZE, end->e_shentsize, shentsize);
	return 0;
}

/* Section 0 is empty, but for the numbers that do not fit in the ELF header: the section count and e_shstrndx. */
static bool section_0_is_null(const struct elf_file *f)
{
	const uint32_t *word = (const void *)(f->data + f->shoff);
	const struct header_end *end = header_end(f);
	/* where sh_size begins, and sh_link, which follows it */
	uint32_t size_at = ELF_IS64(f) ? offsetof(Elf64_Shdr, sh_size) / 4 : offsetof(Elf32_Shdr, sh_size) / 4;
	uint32_t link_at = ELF_IS64(f) ? offsetof(Elf64_Shdr, sh_link) / 4 : offsetof(Elf32_Shdr, sh_link) / 4;

	for (uint32_t i = 0; i < end->e_shentsize / 4u; i++) {
		bool cnt = i >= size_at && i < link_at && !end->e_shnum;
		bool names = i == link_at && end->e_shstrndx == SHN_XINDEX;

		if (word[i] && !cnt && !names)
			return false;
	}
	return true;
}

/* Find the section header table: set shoff and section_cnt, and check section 0. */
static int find_sections(struct elf_file *f, struct tenon_diag *diag)
{
	const struct header_end *end = header_end(f);
	tenon_addr cnt = end->e_shnum;
	struct elf_section s0;

	f->shoff = ELF_IS64(f) ? (tenon_addr)((const Elf64_Ehdr *)(const void *)f->data)->e_shoff :
				 ((const Elf32_Ehdr *)(const void *)f->data)->e_shoff;
	if (!cnt && !f->shoff)
		return fail_value(diag, TENON_R_SHDR_COUNT, 0, ELF_SECTION_CNT_MAX);
	if (f->shoff % (ELF_IS64(f) ? 8 : 4))
		return fail_at(diag, TENON_R_SHDR_ALIGN, f->shoff, 0);
	if (f->shoff < end->e_ehsize || f->shoff > f->size || f->size - f->shoff < end->e_shentsize)
		return fail_at(diag, TENON_R_SHDR_RANGE, f->shoff, f->size);
	elf_section_at(f, 0, &s0);
	if (!cnt)
		cnt = s0.size;
	if (!cnt || cnt > ELF_SECTION_CNT_MAX)
		return fail_value(diag, TENON_R_SHDR_COUNT, cnt, ELF_SECTION_CNT_MAX);
	if ((f->size - f->shoff) / end->e_shentsize < cnt)
		return fail_at(diag, TENON_R_SHDR_RANGE, f->shoff, f->size);
	f->section_cnt = (uint32_t)cnt;
	return section_0_is_null(f) ? 0 : fail(diag, TENON_R_SHDR_NULL);
}

/* Find the table of section names. */
static int find_names(struct elf_file *f, struct tenon_diag *diag)
{
	uint32_t idx = header_end(f)->e_shstrndx;
	struct elf_section s;
	int err;

	if (idx == SHN_XINDEX) {
		elf_section_at(f, 0, &s);
		idx = s.link;
	}
	if (idx < f->section_cnt)
		elf_section_at(f, idx, &s);
	if (!idx || idx >= f->section_cnt || s.type != SHT_STRTAB)
		return fail_value(diag, TENON_R_SHSTRNDX, idx, f->section_cnt);
	diag->section = idx;
	if (!elf_in_file(f, &s))
		return fail_value(diag, TENON_R_SEC_RANGE, s.offset, s.size);
	err = elf_check_strings(f, &s, diag);
	f->section_names = (const char *)f->data + s.offset;
	f->section_names_size = s.size;
	return err;
}

int elf_open(struct elf_file *f, const void *data, tenon_addr size, struct tenon_diag *diag)
{
	int err;

	*f = (struct elf_file){ .data = data, .size = size };
	err = check_ident(f, diag);
	if (!err)
		err = check_header(f, diag);
	if (!err)
		err = find_sections(f, diag);
	if (!err)
		err = find_names(f, diag);
	if (!err)
		err = elf_check_sections(f, diag);
	if (!err)
		err = elf_check_overlap(f, diag);
	return err;
}
