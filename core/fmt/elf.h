/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Reading a relocatable ELF file that nobody vouches for.
 *
 * elf_open() checks the header and every section header; after it, each section's bytes are inside the file (or
 * NOBITS), no two overlap, names are in range, links are valid for their type, and string tables are terminated.
 * elf_check_symbols() does the same for each symbol. No memory is allocated and the file is not changed. Offsets are
 * only ever turned into pointers here.
 */
#ifndef CORE_FMT_ELF_H
#define CORE_FMT_ELF_H

#include <stdbool.h>
#include <stddef.h>

#include "tenon/diag.h"
#include "tenon/addr.h"
#include "tenon/fmt/elf.h"

#define ELF_SECTION_CNT_MAX 65000u
#define ELF_SYMBOL_CNT_MAX (16u << 20)
#define ELF_SECTION_BYTES_MAX (1ull << 30)
#define ELF_IMAGE_BYTES_MAX (512ull << 20) /* of all sections that are loaded, together */
#define ELF_ALIGN_MAX (1u << 21)

/* One section header, the same for both classes. */
struct elf_section {
	const char *name;
	uint32_t type, link, info;
	tenon_addr flags;
	tenon_addr offset, size;   /* bytes in the file; NOBITS has no bytes there */
	tenon_addr align, entsize; /* align is at least 1 */
};

struct elf_symbol {
	uint32_t name_off; /* in the string table */
	uint8_t bind, type;
	uint16_t shndx;
	tenon_addr value, size;
};

/*
 * A host with 32-bit addresses runs no 64-bit modules: there the class is fixed, and code for the other is left out.
 */
#if UINTPTR_MAX > 0xffffffffu
#define ELF_IS64(f) ((f)->is64)
#else
#define ELF_IS64(f) ((void)(f), false)
#endif
#define ELF_WORD_BYTES(f) (ELF_IS64(f) ? 8u : 4u)

struct elf_file {
	const uint8_t *data; /* the caller's, aligned to 8 bytes */
	tenon_addr size;
	bool is64;
	uint16_t machine;
	uint32_t flags;
	uint32_t section_cnt;
	tenon_addr shoff;
	const char *section_names;
	tenon_addr section_names_size;
	uint32_t symtab; /* section index; 0: the file has no symbol table */
	const uint8_t *symbols;
	uint32_t symbol_cnt;
	const char *strings; /* of the symbol table */
	tenon_addr strings_size;
};

/**
 * elf_open - check a file and get ready to read it
 * @f: filled in; refers to @data, which stays the caller's
 * @data, @size: the whole file; @data aligned to 8 bytes
 *
 * Return: 0, or -TENON_ENOEXEC with one of the ELF_, SHDR_, SHSTRNDX, SEC_, STRTAB_, SYMTAB_, SYM_COUNT,
 * REL_TARGET or IMAGE_TOO_LARGE reasons; @f is then of no use. Context: any.
 */
int elf_open(struct elf_file *f, const void *data, tenon_addr size, struct tenon_diag *diag);

/** elf_section_at - decode header @idx, which must be below section_cnt. */
void elf_section_at(const struct elf_file *f, uint32_t idx, struct elf_section *out);

/* sh_name; not in struct elf_section, where it is a pointer already, or NULL if it is outside the name table. */
static inline uint32_t elf_section_name_off(const struct elf_file *f, uint32_t idx)
{
	const void *table = f->data + f->shoff;

	return ELF_IS64(f) ? ((const Elf64_Shdr *)table)[idx].sh_name : ((const Elf32_Shdr *)table)[idx].sh_name;
}

/** elf_section_name - name of a checked section @idx, without decoding the rest of its header. */
static inline const char *elf_section_name(const struct elf_file *f, uint32_t idx)
{
	return f->section_names + elf_section_name_off(f, idx);
}

/** elf_find_section - index of the first section with that name, 0 if none. */
uint32_t elf_find_section(const struct elf_file *f, const char *name, struct elf_section *out);

/** elf_section_data - the bytes of a section of an opened file; NULL if it has none. */
static inline const void *elf_section_data(const struct elf_file *f, const struct elf_section *s)
{
	return s->type == SHT_NOBITS || s->type == SHT_NULL ? NULL : f->data + s->offset;
}

/**
 * elf_check_symbols - check every symbol. Return: 0, or -TENON_ENOEXEC with a SYM_ reason or SYMTAB_MISSING. Context:
 * any.
 */
int elf_check_symbols(const struct elf_file *f, struct tenon_diag *diag);

/** elf_symbol_at - decode symbol @idx, which must be below symbol_cnt. */
static inline void elf_symbol_at(const struct elf_file *f, uint32_t idx, struct elf_symbol *out)
{
	if (ELF_IS64(f)) {
		const Elf64_Sym *s = (const Elf64_Sym *)(const void *)f->symbols + idx;

		*out = (struct elf_symbol){ s->st_name,  ELF_ST_BIND(s->st_info), ELF_ST_TYPE(s->st_info),
					    s->st_shndx, (tenon_addr)s->st_value, (tenon_addr)s->st_size };
	} else {
		const Elf32_Sym *s = (const Elf32_Sym *)(const void *)f->symbols + idx;

		*out = (struct elf_symbol){
			s->st_name, ELF_ST_BIND(s->st_info), ELF_ST_TYPE(s->st_info), s->st_shndx, s->st_value,
			s->st_size
		};
	}
}

/** elf_symbol_name - name of a checked symbol, NUL-terminated, never NULL. */
static inline const char *elf_symbol_name(const struct elf_file *f, const struct elf_symbol *s)
{
	return f->strings + s->name_off;
}

#endif
