/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Checking every symbol. A module has hundreds of them on average and a large driver tens of thousands, so there is
 * one short loop for each ELF class, and the diagnosis is made apart from it.
 *
 * sh_info, the index of the first global symbol, and st_size are not checked against the symbols: tools have written
 * them wrong, and nothing may rely on them.
 */
#include "core/string.h"

#include "core/fail.h"
#include "core/fmt/elf_internal.h"

#define TYPES (1u << STT_NOTYPE | 1u << STT_OBJECT | 1u << STT_FUNC | 1u << STT_SECTION | 1u << STT_FILE)

/* So that all other reserved indices are too large, SHN_XINDEX with them: nobody needs it. */
_Static_assert(ELF_SECTION_CNT_MAX < SHN_LORESERVE, "a section could have a reserved index");

static inline tenon_addr section_size(const struct elf_file *f, uint32_t idx)
{
	const void *table = f->data + f->shoff;

	return ELF_IS64(f) ? (tenon_addr)((const Elf64_Shdr *)table)[idx].sh_size :
			     ((const Elf32_Shdr *)table)[idx].sh_size;
}

/* Symbols of a compressed section mean places in what it was. Seldom asked. */
static __attribute__((noinline)) bool is_compressed(const struct elf_file *f, uint32_t idx)
{
	struct elf_section s;

	elf_section_at(f, idx, &s);
	return s.flags & SHF_COMPRESSED;
}

/*
 * GCC counts from a section anchor, a local label without type or size, where many objects lie within reach of one
 * offset (on riscv64 every 4 KiB): the last anchor may lie after the last object. Nothing is at a label but what an
 * address made of it, with an addend, names; whatever the core itself follows is checked as an address.
 */
static inline bool is_anchor(const struct elf_symbol *s)
{
	return s->bind == STB_LOCAL && s->type == STT_NOTYPE && !s->size;
}

/* 0 or the first thing that is wrong with symbol @s, which is not symbol 0, and the value that is. */
static inline enum tenon_reason symbol_fault(const struct elf_file *f, const struct elf_symbol *s, tenon_addr *got)
{
	*got = s->name_off;
	if (s->name_off >= f->strings_size)
		return TENON_R_SYM_NAME;
	*got = s->bind;
	if (s->bind > STB_WEAK)
		return TENON_R_SYM_BINDING;
	*got = s->type;
	if (s->shndx == SHN_COMMON || s->type == STT_COMMON)
		return TENON_R_SYM_COMMON;
	if (!(TYPES >> s->type & 1))
		return TENON_R_SYM_TYPE;
	if (s->shndx == SHN_UNDEF || s->shndx == SHN_ABS)
		return TENON_R_NONE;
	*got = s->shndx;
	if (s->shndx >= f->section_cnt)
		return TENON_R_SYM_SECTION;
	*got = s->value;
	if (s->value <= section_size(f, s->shndx) || is_anchor(s) || is_compressed(f, s->shndx))
		return TENON_R_NONE;
	return TENON_R_SYM_VALUE;
}

static int report(const struct elf_file *f, uint32_t idx, enum tenon_reason reason, tenon_addr got,
		  struct tenon_diag *diag)
{
	struct elf_symbol s;

	elf_symbol_at(f, idx, &s);
	diag->section = s.shndx;
	fail_name(diag, reason, reason == TENON_R_SYM_NAME ? "" : elf_symbol_name(f, &s));
	return fail_value(diag, reason, got, idx);
}

static inline __attribute__((always_inline)) int check_all(const struct elf_file *file, bool is64,
							   struct tenon_diag *diag)
{
	struct elf_file f = *file; /* so that the compiler knows is64, and that no store changes the rest */

	f.is64 = is64;
	for (uint32_t i = 1; i < f.symbol_cnt; i++) {
		enum tenon_reason reason;
		struct elf_symbol s;
		tenon_addr got;

		elf_symbol_at(&f, i, &s);
		reason = symbol_fault(&f, &s, &got);
		if (reason)
			return report(file, i, reason, got, diag);
	}
	return 0;
}

int elf_check_symbols(const struct elf_file *f, struct tenon_diag *diag)
{
	static const Elf64_Sym zero;

	if (!f->symtab)
		return fail(diag, TENON_R_SYMTAB_MISSING);
	if (!f->symbol_cnt || memcmp(f->symbols, &zero, ELF_IS64(f) ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym)))
		return fail(diag, TENON_R_SYM_NULL);
	return ELF_IS64(f) ? check_all(f, true, diag) : check_all(f, false, diag);
}
