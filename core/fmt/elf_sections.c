/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Checking section headers one by one: place, name, flags, and what their type demands. */
#include "core/fail.h"
#include "core/fmt/elf_internal.h"

/*
 * Flags that memory may be made of. RETAIN and PURECODE ask nothing of a loader; LINK_ORDER and GROUP only of a linker.
 */
#define ALLOC_FLAGS \
	(SHF_WRITE | SHF_ALLOC | SHF_EXECINSTR | SHF_MERGE | SHF_STRINGS | SHF_INFO_LINK | SHF_LINK_ORDER | SHF_GROUP | \
	 SHF_GNU_RETAIN | SHF_ARM_PURECODE)

/* A string table that is in the file is not empty, and begins and ends with NUL. */
static int check_strings(const struct elf_file *f, const struct elf_section *s, struct tenon_diag *diag)
{
	if (!s->size)
		return fail(diag, TENON_R_STRTAB_EMPTY);
	if (f->data[s->offset])
		return fail(diag, TENON_R_STRTAB_START);
	if (f->data[s->offset + s->size - 1])
		return fail(diag, TENON_R_STRTAB_END);
	return 0;
}

/* Sections that describe the file: never in memory, and never patched. */
static bool is_table(uint32_t type)
{
	return type == SHT_SYMTAB || type == SHT_STRTAB || type == SHT_RELA || type == SHT_REL || type == SHT_GROUP ||
	       type == SHT_SYMTAB_SHNDX;
}

static bool may_be_alloc(const struct elf_file *f, uint32_t type)
{
	switch (type) {
	case SHT_PROGBITS:
	case SHT_NOBITS:
	case SHT_NOTE:
	case SHT_INIT_ARRAY:
	case SHT_FINI_ARRAY:
	case SHT_PREINIT_ARRAY:
		return true;
	case SHT_X86_64_UNWIND: /* the same number as ARM_EXIDX */
		return f->machine == EM_X86_64 || f->machine == EM_ARM;
	}
	return false;
}

static int check_alloc(const struct elf_file *f, const struct elf_section *s, struct tenon_diag *diag)
{
	if (is_table(s->type) || (s->flags & ~(tenon_addr)ALLOC_FLAGS))
		return fail_got(diag, TENON_R_SEC_FLAGS, s->flags);
	if (!may_be_alloc(f, s->type))
		return fail_got(diag, TENON_R_SEC_TYPE, s->type);
	if ((s->flags & SHF_WRITE) && (s->flags & SHF_EXECINSTR))
		return fail(diag, TENON_R_SEC_WRITE_EXEC);
	return 0;
}

/* What holds for sections of every type. */
static int check_any(const struct elf_file *f, const struct elf_section *s, struct tenon_diag *diag)
{
	if (!elf_in_file(f, s))
		return fail(diag, TENON_R_SEC_RANGE);
	if (!s->name)
		return fail_got(diag, TENON_R_SEC_NAME, elf_section_name_off(f, diag->section));
	if (s->type == SHT_NULL)
		return s->flags || s->size ? fail(diag, TENON_R_SEC_NULL) : 0;
	if (s->size > ELF_SECTION_BYTES_MAX)
		return fail(diag, TENON_R_SEC_TOO_LARGE);
	if (s->align > ELF_ALIGN_MAX || (s->align & (s->align - 1)))
		return fail_got(diag, TENON_R_SEC_ALIGN, s->align);
	if (s->link >= f->section_cnt)
		return fail_got(diag, TENON_R_SEC_LINK, s->link);
	if ((s->flags & SHF_INFO_LINK) && s->info >= f->section_cnt)
		return fail_got(diag, TENON_R_SEC_INFO, s->info);
	return s->flags & SHF_ALLOC ? check_alloc(f, s, diag) : 0;
}

/*
 * A section that is an array of @want-byte entries, at which later code points a pointer, and that needs one of type
 * @link.
 */
static int check_array(const struct elf_file *f, const struct elf_section *s, size_t want, uint32_t link,
		       struct tenon_diag *diag)
{
	struct elf_section linked;

	if (s->entsize != want)
		return fail_value(diag, TENON_R_SEC_ENTSIZE, s->entsize, want);
	if (s->size % want)
		return fail_got(diag, TENON_R_SEC_SIZE_MULTIPLE, s->size);
	if (s->offset % ELF_WORD_BYTES(f))
		return fail(diag, TENON_R_SEC_OFFSET_ALIGN);
	elf_section_at(f, s->link, &linked);
	return linked.type != link ? fail_got(diag, TENON_R_SEC_LINK, s->link) : 0;
}

static int check_symtab(struct elf_file *f, const struct elf_section *s, struct tenon_diag *diag)
{
	size_t entsize = ELF_IS64(f) ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	int err;

	if (f->symtab)
		return fail(diag, TENON_R_SYMTAB_DUPLICATE);
	err = check_array(f, s, entsize, SHT_STRTAB, diag);
	if (err)
		return err;
	if (s->size / entsize > ELF_SYMBOL_CNT_MAX)
		return fail_value(diag, TENON_R_SYM_COUNT, s->size / entsize, ELF_SYMBOL_CNT_MAX);
	if (s->info > s->size / entsize)
		return fail_got(diag, TENON_R_SYMTAB_INFO, s->info);
	f->symtab = diag->section;
	return 0;
}

static int check_relocs(const struct elf_file *f, const struct elf_section *s, struct tenon_diag *diag)
{
	size_t entsize = ELF_WORD_BYTES(f) * (s->type == SHT_RELA ? 3 : 2);
	struct elf_section target;
	int err = check_array(f, s, entsize, SHT_SYMTAB, diag);

	if (err)
		return err;
	if (!s->info || s->info >= f->section_cnt)
		return fail_got(diag, TENON_R_SEC_INFO, s->info);
	elf_section_at(f, s->info, &target);
	if (is_table(target.type))
		return fail_got(diag, TENON_R_SEC_INFO, s->info);
	if (target.type == SHT_NOBITS || target.type == SHT_NULL)
		return fail(diag, TENON_R_REL_TARGET);
	return 0;
}

static int check_section(struct elf_file *f, const struct elf_section *s, struct tenon_diag *diag)
{
	int err = check_any(f, s, diag);

	if (err)
		return err;
	switch (s->type) {
	case SHT_STRTAB:
		return check_strings(f, s, diag);
	case SHT_SYMTAB:
		return check_symtab(f, s, diag);
	case SHT_RELA:
	case SHT_REL:
		return check_relocs(f, s, diag);
	}
	/*
	 * What has INFO_LINK says how to treat another section: a new form of relocations, for one. Not to be ignored.
	 */
	if ((s->flags & SHF_INFO_LINK) && !is_table(s->type) && !may_be_alloc(f, s->type))
		return fail_got(diag, TENON_R_SEC_TYPE, s->type);
	return 0;
}

/* All sections have been checked: their offsets can be made pointers. */
static void find_symbols(struct elf_file *f)
{
	struct elf_section s;

	elf_section_at(f, f->symtab, &s);
	f->symbols = f->data + s.offset;
	f->symbol_cnt = (uint32_t)(s.size / s.entsize);
	elf_section_at(f, s.link, &s);
	f->strings = (const char *)f->data + s.offset;
	f->strings_size = s.size;
}

int elf_check_sections(struct elf_file *f, struct tenon_diag *diag)
{
	tenon_addr image = 0; /* cannot wrap, not even in 32 bits: it is compared after each section */

	for (uint32_t i = 1; i < f->section_cnt; i++) {
		struct elf_section s;
		int err;

		elf_section_at(f, i, &s);
		diag->section = i; /* what is wrong is wrong with it */
		err = check_section(f, &s, diag);
		if (err)
			return err;
		if (s.flags & SHF_ALLOC)
			image += s.size + s.align - 1;
		if (image > ELF_IMAGE_BYTES_MAX)
			return fail(diag, TENON_R_IMAGE_TOO_LARGE);
	}
	diag->section = 0;
	if (f->symtab)
		find_symbols(f);
	return 0;
}
