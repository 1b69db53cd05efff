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

/* What is needed of the ELF header, the same for both classes. */
struct header {
	uint32_t e_version;
	uint16_t e_type, e_ehsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
	tenon_addr e_shoff;
};

#define COPY_HEADER(in)                                                                                                \
	((struct header){ (in)->e_version, (in)->e_type, (in)->e_ehsize, (in)->e_phnum, (in)->e_shentsize,             \
			  (in)->e_shnum, (in)->e_shstrndx, (tenon_addr)(in)->e_shoff })

/* Check e_ident, and read the rest. */
static int read_header(struct elf_file *f, struct header *h, struct tenon_diag *diag)
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
	if (f->size < (ELF_IS64(f) ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)))
		return fail_value(diag, TENON_R_ELF_SHORT, f->size, ELF_IS64(f) ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));
	if (ELF_IS64(f)) {
		const Elf64_Ehdr *in = (const void *)f->data;

		*h = COPY_HEADER(in);
		f->machine = in->e_machine;
		f->flags = in->e_flags;
	} else {
		const Elf32_Ehdr *in = (const void *)f->data;

		*h = COPY_HEADER(in);
		f->machine = in->e_machine;
		f->flags = in->e_flags;
	}
	return 0;
}

static int check_header(const struct elf_file *f, const struct header *h, struct tenon_diag *diag)
{
	size_t ehsize = ELF_IS64(f) ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	size_t shentsize = ELF_IS64(f) ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);

	if (h->e_version != EV_CURRENT)
		return fail_value(diag, TENON_R_ELF_VERSION, h->e_version, EV_CURRENT);
	if (h->e_type != ET_REL)
		return fail_value(diag, TENON_R_ELF_TYPE, h->e_type, ET_REL);
	if (h->e_ehsize != ehsize)
		return fail_value(diag, TENON_R_ELF_EHSIZE, h->e_ehsize, ehsize);
	if (h->e_phnum)
		return fail_value(diag, TENON_R_ELF_PHDR, h->e_phnum, 0);
	if (h->e_shentsize != shentsize)
		return fail_value(diag, TENON_R_SHDR_ENTSIZE, h->e_shentsize, shentsize);
	return 0;
}

/* Section 0 is empty, but for the numbers that do not fit in the ELF header: the section count and e_shstrndx. */
static bool section_0_is_null(const struct elf_file *f, const struct header *h)
{
	static const Elf64_Shdr zero;
	size_t size = ELF_IS64(f) ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	union {
		Elf64_Shdr h64;
		Elf32_Shdr h32;
	} u = { .h64 = zero };

	memcpy(&u, f->data + f->shoff, size);
	if (!h->e_shnum && ELF_IS64(f))
		u.h64.sh_size = 0;
	else if (!h->e_shnum)
		u.h32.sh_size = 0;
	if (h->e_shstrndx == SHN_XINDEX && ELF_IS64(f))
		u.h64.sh_link = 0;
	else if (h->e_shstrndx == SHN_XINDEX)
		u.h32.sh_link = 0;
	return !memcmp(&u, &zero, size);
}

/* Find the section header table: set shoff and section_cnt, and check section 0. */
static int find_sections(struct elf_file *f, const struct header *h, struct tenon_diag *diag)
{
	tenon_addr cnt = h->e_shnum;
	struct elf_section s0;

	if (!cnt && !h->e_shoff)
		return fail_value(diag, TENON_R_SHDR_COUNT, 0, ELF_SECTION_CNT_MAX);
	if (h->e_shoff % (ELF_IS64(f) ? 8 : 4))
		return fail_at(diag, TENON_R_SHDR_ALIGN, 0, h->e_shoff, 0);
	if (h->e_shoff < h->e_ehsize || h->e_shoff > f->size || f->size - h->e_shoff < h->e_shentsize)
		return fail_at(diag, TENON_R_SHDR_RANGE, 0, h->e_shoff, f->size);
	f->shoff = h->e_shoff;
	elf_section_at(f, 0, &s0);
	if (!cnt)
		cnt = s0.size;
	if (!cnt || cnt > ELF_SECTION_CNT_MAX)
		return fail_value(diag, TENON_R_SHDR_COUNT, cnt, ELF_SECTION_CNT_MAX);
	if ((f->size - f->shoff) / h->e_shentsize < cnt)
		return fail_at(diag, TENON_R_SHDR_RANGE, 0, h->e_shoff, f->size);
	f->section_cnt = (uint32_t)cnt;
	return section_0_is_null(f, h) ? 0 : fail(diag, TENON_R_SHDR_NULL);
}

/* Find the table of section names. */
static int find_names(struct elf_file *f, const struct header *h, struct tenon_diag *diag)
{
	struct elf_section s;
	uint32_t idx = h->e_shstrndx;
	int err;

	if (idx == SHN_XINDEX) {
		elf_section_at(f, 0, &s);
		idx = s.link;
	}
	if (!idx || idx >= f->section_cnt)
		return fail_value(diag, TENON_R_SHSTRNDX, idx, f->section_cnt);
	elf_section_at(f, idx, &s);
	if (s.type != SHT_STRTAB)
		return fail_value(diag, TENON_R_SHSTRNDX, idx, f->section_cnt);
	if (!elf_in_file(f, &s))
		return fail_section(diag, TENON_R_SEC_RANGE, idx, s.offset, s.size);
	err = elf_check_strings(f, idx, &s, diag);
	if (err)
		return err;
	f->section_names = (const char *)f->data + s.offset;
	f->section_names_size = s.size;
	return 0;
}

int elf_open(struct elf_file *f, const void *data, tenon_addr size, struct tenon_diag *diag)
{
	struct header h = { 0 };
	int err;

	*f = (struct elf_file){ .data = data, .size = size };
	err = read_header(f, &h, diag);
	if (!err)
		err = check_header(f, &h, diag);
	if (!err)
		err = find_sections(f, &h, diag);
	if (!err)
		err = find_names(f, &h, diag);
	if (!err)
		err = elf_check_sections(f, diag);
	if (!err)
		err = elf_check_overlap(f, diag);
	return err;
}
