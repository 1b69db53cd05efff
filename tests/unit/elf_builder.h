/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Makes relocatable ELF files in memory, good ones, for tests to load as they are or after spoiling a field.
 *
 *     struct elfb *b = elfb_new(EM_X86_64, true);
 *     uint32_t text = elfb_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, code, sizeof(code), 16);
 *     uint32_t printk = elfb_undefined(b, "printk");
 *     elfb_global(b, "init_module", text, 0);
 *     elfb_reloc(b, text, 1, R_X86_64_PLT32, printk, -4);
 *     uint8_t *image = elfb_finish(b, &size);
 *
 * Running out of memory ends the test program.
 */
#ifndef TESTS_UNIT_ELF_BUILDER_H
#define TESTS_UNIT_ELF_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tenon/fmt/elf.h"

struct elfb;

/* Entries are REL for ARM, RELA for all others; e_flags is EABI version 5 for ARM, 0 for all others. */
struct elfb *elfb_new(uint16_t machine, bool is64);
void elfb_flags(struct elfb *b, uint32_t e_flags);

/*
 * Add a section. @bytes NULL: @size bytes of zero (or none, for NOBITS). Return: its index in the file, from 1 on in
 * the order of the calls. Behind them come the relocation sections, then .symtab, .strtab and .shstrtab.
 */
uint32_t elfb_section(struct elfb *b, const char *name, uint32_t type, uint64_t flags, const void *bytes, size_t size,
		      uint64_t align);

/*
 * Add a symbol. @section may be SHN_UNDEF, SHN_ABS and so on. Return: a handle for elfb_reloc, which is not the index
 * in the file, because local symbols come first there.
 */
uint32_t elfb_symbol(struct elfb *b, const char *name, unsigned int bind, unsigned int type, uint16_t section,
		     uint64_t value, uint64_t size);
uint32_t elfb_global(struct elfb *b, const char *name, uint32_t section, uint64_t value); /* type NOTYPE, size 0 */
uint32_t elfb_undefined(struct elfb *b, const char *name);
uint32_t elfb_section_symbol(struct elfb *b, uint32_t section);

/* Patch @section. The first relocation of a section makes its relocation section. REL has no room for @addend. */
void elfb_reloc(struct elfb *b, uint32_t section, uint64_t offset, uint32_t type, uint32_t symbol, int64_t addend);

/* Make the file and free the builder. Return: exactly *@size bytes, to be freed by the caller. */
uint8_t *elfb_finish(struct elfb *b, size_t *size);

/* ---- finding the place to spoil in a good file ---- */

/* Index of the first section with that name, of the first symbol with that name. It must be there. */
uint32_t elfb_find_section(uint8_t *image, const char *name);
uint32_t elfb_find_symbol(uint8_t *image, const char *name);
/* Elf64_Shdr or Elf32_Shdr number @section; Elf64_Sym or Elf32_Sym number @symbol. */
void *elfb_shdr(uint8_t *image, uint32_t section);
void *elfb_sym(uint8_t *image, uint32_t symbol);
/* What a section has in the file, and how much. */
uint8_t *elfb_data(uint8_t *image, uint32_t section, size_t *size);

#endif
