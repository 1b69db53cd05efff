/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* One spoiled file for each reason that the ELF reader can give, in both classes. */
#include <stdlib.h>
#include <string.h>

#include "core/fmt/elf.h"
#include "tests/tap.h"
#include "tests/unit/elf_builder.h"
#include "tests/unit/elf_walk.h"

static bool is64;
static uint8_t *image;
static size_t size;

static void make_good(void)
{
	struct elfb *b = elfb_new(is64 ? EM_X86_64 : EM_ARM, is64);
	uint32_t text = elfb_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, NULL, 64, 16);
	uint32_t data = elfb_section(b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 24, 8);
	uint32_t bss = elfb_section(b, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, 4096, 32);

	elfb_section(b, ".note", SHT_NOTE, SHF_ALLOC, "abc", 4, 4);
	elfb_section(b, ".comment", SHT_PROGBITS, SHF_MERGE | SHF_STRINGS, "made by hand", 13, 1);
	elfb_section(b, ".empty", SHT_PROGBITS, SHF_ALLOC, NULL, 0, 1);
	elfb_section(b, ".null", SHT_NULL, 0, NULL, 0, 0);
	elfb_section_symbol(b, text);
	elfb_symbol(b, "constant", STB_LOCAL, STT_OBJECT, SHN_ABS, 0x1234, 0);
	elfb_symbol(b, "init_module", STB_GLOBAL, STT_FUNC, (uint16_t)text, 16, 8);
	elfb_symbol(b, "end", STB_WEAK, STT_OBJECT, (uint16_t)bss, 4096, 0);
	elfb_reloc(b, text, 20, 2, elfb_undefined(b, "printk"), -4);
	elfb_reloc(b, data, 8, 1, elfb_global(b, "table", data, 24), 0);
	image = elfb_finish(b, &size);
}

/* Fields of the file in hand, of either class: EHDR(e_type, 3) sets one, and so on. */
#define EHDR(field, value) \
	(is64 ? (void)(((Elf64_Ehdr *)(void *)image)->field = (__typeof__(((Elf64_Ehdr *)0)->field))(value)) : \
		(void)(((Elf32_Ehdr *)(void *)image)->field = (__typeof__(((Elf32_Ehdr *)0)->field))(value)))
#define SHDR_AT(idx, field, value) \
	(is64 ? (void)(((Elf64_Shdr *)elfb_shdr(image, idx))->field = (__typeof__(((Elf64_Shdr *)0)->field))(value)) : \
		(void)(((Elf32_Shdr *)elfb_shdr(image, idx))->field = (__typeof__(((Elf32_Shdr *)0)->field))(value)))
#define SHDR(name, field, value) SHDR_AT(elfb_find_section(image, name), field, value)
#define SYM_AT(idx, field, value) \
	(is64 ? (void)(((Elf64_Sym *)elfb_sym(image, idx))->field = (__typeof__(((Elf64_Sym *)0)->field))(value)) : \
		(void)(((Elf32_Sym *)elfb_sym(image, idx))->field = (__typeof__(((Elf32_Sym *)0)->field))(value)))
#define SYM(name, field, value) SYM_AT(elfb_find_symbol(image, name), field, value)
#define GET_EHDR(field) (is64 ? ((Elf64_Ehdr *)(void *)image)->field : ((Elf32_Ehdr *)(void *)image)->field)
#define GET_SHDR(name, field) \
	(is64 ? ((Elf64_Shdr *)elfb_shdr(image, elfb_find_section(image, name)))->field : \
		((Elf32_Shdr *)elfb_shdr(image, elfb_find_section(image, name)))->field)
#define RELOCS (is64 ? ".rela.text" : ".rel.text")
#define WORD (is64 ? 8u : 4u)

static void set_byte(const char *section, int64_t at, uint8_t value)
{
	size_t bytes;
	uint8_t *p = elfb_data(image, elfb_find_section(image, section), &bytes);

	p[at < 0 ? (int64_t)bytes + at : at] = value;
}

static void expect(enum tenon_reason want, const char *what)
{
	enum tenon_reason got = (enum tenon_reason)elf_walk(image, size);

	if (!ok(got == want, "%d bit, %s: %s", is64 ? 64 : 32, tenon_reason_name(want), what))
		diag("got %s", tenon_reason_name(got));
	free(image);
}

/* Make a good file, spoil it, and expect that reason. */
#define CASE(reason, what, ...) \
	do { \
		make_good(); \
		__VA_ARGS__; \
		expect(TENON_R_##reason, what); \
	} while (0)

static void test_header(void)
{
	CASE(NONE, "as built", );
	CASE(ELF_SHORT, "no bytes", size = 0);
	CASE(ELF_SHORT, "15 bytes", size = 15);
	CASE(ELF_SHORT, "one byte less than a header", size = (is64 ? 64 : 52) - 1);
	CASE(ELF_MAGIC, "magic", image[3] = 'f');
	CASE(ELF_CLASS, "class 0", image[EI_CLASS] = 0);
	CASE(ELF_CLASS, "class 3", image[EI_CLASS] = 3);
	CASE(ELF_ENDIAN, "big-endian", image[EI_DATA] = 2);
	CASE(ELF_VERSION, "version in e_ident", image[EI_VERSION] = 2);
	CASE(ELF_VERSION, "e_version", EHDR(e_version, 0));
	CASE(ELF_TYPE, "executable", EHDR(e_type, 2));
	CASE(ELF_TYPE, "shared object", EHDR(e_type, 3));
	CASE(ELF_EHSIZE, "smaller", EHDR(e_ehsize, 40));
	CASE(ELF_PHDR, "one program header", EHDR(e_phnum, 1));
	CASE(SHDR_ENTSIZE, "0", EHDR(e_shentsize, 0));
	CASE(SHDR_ENTSIZE, "smaller", EHDR(e_shentsize, 39));
	CASE(SHDR_ENTSIZE, "larger", EHDR(e_shentsize, 65));
	CASE(SHDR_ALIGN, "e_shoff", EHDR(e_shoff, GET_EHDR(e_shoff) - 2));
	CASE(SHDR_RANGE, "e_shoff 0", EHDR(e_shoff, 0));
	CASE(SHDR_RANGE, "e_shoff in the header", EHDR(e_shoff, 16));
	CASE(SHDR_RANGE, "e_shoff at the end", EHDR(e_shoff, (size + 7) & ~7ull));
	CASE(SHDR_RANGE, "e_shoff near the top", EHDR(e_shoff, -8ll));
	CASE(SHDR_RANGE, "one section too many", EHDR(e_shnum, GET_EHDR(e_shnum) + 1));
	CASE(SHDR_COUNT, "no table", (EHDR(e_shnum, 0), EHDR(e_shoff, 0)));
	CASE(SHDR_COUNT, "0 in section 0 too", EHDR(e_shnum, 0));
	CASE(SHDR_COUNT, "65535", EHDR(e_shnum, 0xffff));
	CASE(SHDR_COUNT, "2^32-1 in section 0", (EHDR(e_shnum, 0), SHDR_AT(0, sh_size, 0xffffffff)));
	CASE(SHDR_COUNT, "65000 in section 0", (EHDR(e_shnum, 0), SHDR_AT(0, sh_size, 65000)));
	CASE(SHDR_COUNT, "count in section 0", (SHDR_AT(0, sh_size, GET_EHDR(e_shnum)), EHDR(e_shnum, 0)));
	CASE(SHDR_NULL, "e_shstrndx in section 0",
	     (SHDR_AT(0, sh_link, GET_EHDR(e_shstrndx)), EHDR(e_shstrndx, SHN_XINDEX)));
	CASE(SHDR_NULL, "sh_size although e_shnum is set", SHDR_AT(0, sh_size, 1));
	CASE(SHDR_NULL, "sh_link although e_shstrndx is set", SHDR_AT(0, sh_link, 1));
	CASE(SHDR_NULL, "type", SHDR_AT(0, sh_type, SHT_PROGBITS));
	CASE(SHDR_NULL, "flags", SHDR_AT(0, sh_flags, SHF_ALLOC));
	CASE(SHDR_NULL, "e_phnum in sh_info", SHDR_AT(0, sh_info, 1));
	CASE(SHSTRNDX, "0", EHDR(e_shstrndx, 0));
	CASE(SHSTRNDX, "section count", EHDR(e_shstrndx, GET_EHDR(e_shnum)));
	CASE(SHSTRNDX, "reserved", EHDR(e_shstrndx, SHN_ABS));
	CASE(SHSTRNDX, "not a string table", EHDR(e_shstrndx, 1));
	CASE(SHSTRNDX, "0 in section 0", EHDR(e_shstrndx, SHN_XINDEX));
}

static void test_any_section(void)
{
	CASE(SEC_RANGE, "starts behind the end", SHDR(".text", sh_offset, size + 1));
	CASE(SEC_RANGE, "ends behind the end", SHDR(".text", sh_size, size - GET_SHDR(".text", sh_offset) + 1));
	CASE(SEC_RANGE, "offset + size wraps", SHDR(".text", sh_size, -(int64_t)GET_SHDR(".text", sh_offset)));
	CASE(SEC_RANGE, "empty, behind the end", SHDR(".empty", sh_offset, size + 1));
	CASE(SEC_RANGE, "name table", SHDR(".shstrtab", sh_offset, size));
	CASE(SEC_RANGE, "symbol table", SHDR(".symtab", sh_offset, (size + 8) & ~7ull));
	CASE(SEC_RANGE, "string table", SHDR(".strtab", sh_size, size));
	CASE(NONE, "offset of .bss does not matter", SHDR(".bss", sh_offset, -1));
	CASE(SEC_NULL, "flags", SHDR(".null", sh_flags, SHF_ALLOC));
	CASE(SEC_NULL, "size", SHDR(".null", sh_size, 1));
	CASE(SEC_ALIGN, "not a power of two", SHDR(".text", sh_addralign, 24));
	CASE(SEC_ALIGN, "too large", SHDR(".text", sh_addralign, ELF_ALIGN_MAX * 2));
	CASE(NONE, "alignment 0", SHDR(".text", sh_addralign, 0));
	CASE(SEC_NAME, "at the end of the table", SHDR(".text", sh_name, GET_SHDR(".shstrtab", sh_size)));
	CASE(SEC_NAME, "near the top", SHDR(".text", sh_name, 0xffffffff));
	CASE(SEC_LINK, "section count", SHDR(".text", sh_link, GET_EHDR(e_shnum)));
	CASE(SEC_INFO, "INFO_LINK, section count",
	     (SHDR(".text", sh_flags, SHF_INFO_LINK), SHDR(".text", sh_info, GET_EHDR(e_shnum))));
	CASE(SEC_TOO_LARGE, ".bss", SHDR(".bss", sh_size, ELF_SECTION_BYTES_MAX + 1));
	CASE(IMAGE_TOO_LARGE, ".bss is at the limit, with the others", SHDR(".bss", sh_size, ELF_SECTION_BYTES_MAX));
	CASE(SEC_NAME, "of an empty table", SHDR(".shstrtab", sh_size, 0));
	CASE(STRTAB_START, "names", set_byte(".shstrtab", 0, 'x'));
	CASE(STRTAB_END, "names", set_byte(".shstrtab", -1, 'x'));
	CASE(STRTAB_EMPTY, "symbols", SHDR(".strtab", sh_size, 0));
	CASE(STRTAB_START, "symbols", set_byte(".strtab", 0, 'x'));
	CASE(STRTAB_END, "symbols", set_byte(".strtab", -1, 'x'));
}

static void test_flags_and_types(void)
{
	CASE(SEC_WRITE_EXEC, "text", SHDR(".text", sh_flags, SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR));
	CASE(NONE, "writable and executable, but not for memory",
	     SHDR(".comment", sh_flags, SHF_WRITE | SHF_EXECINSTR));
	CASE(SEC_FLAGS, "TLS", SHDR(".data", sh_flags, SHF_ALLOC | SHF_WRITE | SHF_TLS));
	CASE(SEC_FLAGS, "compressed", SHDR(".data", sh_flags, SHF_ALLOC | SHF_COMPRESSED));
	CASE(NONE, "compressed, but not for memory", SHDR(".comment", sh_flags, SHF_COMPRESSED));
	CASE(SEC_FLAGS, "unknown", SHDR(".data", sh_flags, SHF_ALLOC | 0x80000000u));
	CASE(NONE, "unknown, but not for memory", SHDR(".comment", sh_flags, 0x80000000u));
	CASE(NONE, "retain", SHDR(".data", sh_flags, SHF_ALLOC | SHF_GNU_RETAIN));
	CASE(SEC_FLAGS, "string table for memory", SHDR(".strtab", sh_flags, SHF_ALLOC));
	CASE(SEC_FLAGS, "symbol table for memory", SHDR(".symtab", sh_flags, SHF_ALLOC));
	CASE(SEC_FLAGS, "relocations for memory", SHDR(RELOCS, sh_flags, SHF_ALLOC));
	CASE(SEC_FLAGS, "group for memory", SHDR(".data", sh_type, SHT_GROUP));
	CASE(SEC_TYPE, "dynamic section", SHDR(".note", sh_type, 6));
	CASE(SEC_TYPE, "unknown", SHDR(".note", sh_type, 0x60001234));
	CASE(NONE, "unknown, but not for memory", SHDR(".comment", sh_type, 0x60001234));
	CASE(SEC_TYPE, "relocations of an unknown form", {
		SHDR(".comment", sh_type, 0x40000014);
		SHDR(".comment", sh_flags, SHF_INFO_LINK);
		SHDR(".comment", sh_info, 1);
	});
	CASE(NONE, "group", SHDR(".comment", sh_type, SHT_GROUP));
	CASE(NONE, "unwind table of this machine", SHDR(".note", sh_type, SHT_X86_64_UNWIND));
	CASE(SEC_TYPE, "unwind table of another machine",
	     (SHDR(".note", sh_type, SHT_X86_64_UNWIND), EHDR(e_machine, EM_RISCV)));
}

static void test_tables(void)
{
	CASE(SEC_ENTSIZE, "symbols, 0", SHDR(".symtab", sh_entsize, 0));
	CASE(SEC_ENTSIZE, "symbols, 12", SHDR(".symtab", sh_entsize, 12));
	CASE(SEC_ENTSIZE, "relocations, 0", SHDR(RELOCS, sh_entsize, 0));
	CASE(SEC_ENTSIZE, "relocations of the other kind", SHDR(RELOCS, sh_type, is64 ? SHT_REL : SHT_RELA));
	CASE(SEC_SIZE_MULTIPLE, "symbols", SHDR(".symtab", sh_size, GET_SHDR(".symtab", sh_size) - 1));
	CASE(SEC_SIZE_MULTIPLE, "relocations", SHDR(RELOCS, sh_size, GET_SHDR(RELOCS, sh_size) - 1));
	CASE(SEC_OFFSET_ALIGN, "symbols", SHDR(".symtab", sh_offset, GET_SHDR(".symtab", sh_offset) - WORD / 2));
	CASE(SEC_OFFSET_ALIGN, "relocations", SHDR(RELOCS, sh_offset, GET_SHDR(RELOCS, sh_offset) + WORD / 2));
	CASE(SEC_LINK, "symbols without string table", SHDR(".symtab", sh_link, 1));
	CASE(SEC_LINK, "symbols, 0", SHDR(".symtab", sh_link, 0));
	CASE(SEC_LINK, "symbols, section count", SHDR(".symtab", sh_link, GET_EHDR(e_shnum)));
	CASE(SYMTAB_INFO, "behind the last", SHDR(".symtab", sh_info, 8));
	CASE(SYMTAB_DUPLICATE, "two", {
		SHDR(".comment", sh_type, SHT_SYMTAB);
		SHDR(".comment", sh_entsize, is64 ? 24 : 16);
		SHDR(".comment", sh_size, 0);
		SHDR(".comment", sh_offset, 64);
		SHDR(".comment", sh_link, elfb_find_section(image, ".strtab"));
	});
	CASE(SEC_LINK, "relocations without symbol table", SHDR(RELOCS, sh_link, 0));
	CASE(SEC_LINK, "relocations, a string table", SHDR(RELOCS, sh_link, elfb_find_section(image, ".strtab")));
	CASE(SEC_INFO, "relocations of nothing", (SHDR(RELOCS, sh_info, 0), SHDR(RELOCS, sh_flags, 0)));
	CASE(SEC_INFO, "relocations, section count",
	     (SHDR(RELOCS, sh_info, GET_EHDR(e_shnum)), SHDR(RELOCS, sh_flags, 0)));
	CASE(SEC_INFO, "relocations of themselves", SHDR(RELOCS, sh_info, elfb_find_section(image, RELOCS)));
	CASE(SEC_INFO, "relocations of the symbol table", SHDR(RELOCS, sh_info, elfb_find_section(image, ".symtab")));
	CASE(NONE, "relocations without INFO_LINK", SHDR(RELOCS, sh_flags, 0));
	CASE(REL_TARGET, ".bss", SHDR(RELOCS, sh_info, elfb_find_section(image, ".bss")));
	CASE(REL_TARGET, "null section", SHDR(RELOCS, sh_info, elfb_find_section(image, ".null")));
}

static void test_overlap(void)
{
	CASE(SEC_OVERLAP, "with the ELF header", SHDR(".text", sh_offset, WORD));
	CASE(SEC_OVERLAP, "same place", SHDR(".text", sh_offset, GET_SHDR(".data", sh_offset)));
	CASE(SEC_OVERLAP, "by one byte", SHDR(".text", sh_size, 65));
	CASE(NONE, "touching", SHDR(".text", sh_size, 64));
	CASE(SEC_OVERLAP, "with the section headers", SHDR(".comment", sh_offset, GET_EHDR(e_shoff)));
	CASE(SEC_OVERLAP, "around the section headers",
	     (SHDR(".comment", sh_offset, GET_EHDR(e_shoff) - 1), SHDR(".comment", sh_size, 2)));
	CASE(SEC_OVERLAP, "two string tables in one", {
		SHDR(".strtab", sh_offset, GET_SHDR(".shstrtab", sh_offset));
		SHDR(".strtab", sh_size, GET_SHDR(".shstrtab", sh_size));
	});
	CASE(NONE, "empty section inside another", SHDR(".empty", sh_offset, GET_SHDR(".text", sh_offset) + 1));
}

static void test_symbols(void)
{
	CASE(SYMTAB_MISSING, "none", {
		SHDR(".symtab", sh_type, SHT_PROGBITS);
		SHDR(RELOCS, sh_type, SHT_PROGBITS);
		SHDR(is64 ? ".rela.data" : ".rel.data", sh_type, SHT_PROGBITS);
	});
	CASE(SYM_NULL, "no symbol at all", (SHDR(".symtab", sh_size, 0), SHDR(".symtab", sh_info, 0)));
	CASE(SYM_NULL, "name", SYM_AT(0, st_name, 1));
	CASE(SYM_NULL, "size, the last field of one class", SYM_AT(0, st_size, 1));
	CASE(SYM_NULL, "section, the last field of the other", SYM_AT(0, st_shndx, 1));
	CASE(SYM_NAME, "at the end of the table", SYM("table", st_name, GET_SHDR(".strtab", sh_size)));
	CASE(SYM_NAME, "near the top", SYM("table", st_name, 0xffffffff));
	CASE(SYM_SECTION, "section count", SYM("table", st_shndx, GET_EHDR(e_shnum)));
	CASE(SYM_SECTION, "LORESERVE", SYM("table", st_shndx, SHN_LORESERVE));
	CASE(SYM_SECTION, "XINDEX", SYM("table", st_shndx, SHN_XINDEX));
	CASE(SYM_COMMON, "section", SYM("table", st_shndx, SHN_COMMON));
	CASE(SYM_COMMON, "type", SYM("table", st_info, STB_GLOBAL << 4 | STT_COMMON));
	CASE(SYM_VALUE, "behind the end", SYM("table", st_value, 25));
	CASE(SYM_VALUE, "near the top", SYM("table", st_value, -1));
	CASE(SYM_VALUE, ".bss", SYM("end", st_value, 4097));
	CASE(SYM_VALUE, "behind the end, local but an object", {
		SYM("table", st_value, 25);
		SYM("table", st_info, STB_LOCAL << 4 | STT_OBJECT);
	});
	CASE(NONE, "behind the end, a section anchor", {
		SYM("table", st_value, 4096);
		SYM("table", st_size, 0);
		SYM("table", st_info, STB_LOCAL << 4 | STT_NOTYPE);
	});
	CASE(NONE, "behind the end, but of a compressed section", {
		SHDR(".comment", sh_flags, SHF_COMPRESSED);
		SYM("table", st_shndx, elfb_find_section(image, ".comment"));
	});
	CASE(NONE, "absolute, any value", SYM("constant", st_value, -1));
	CASE(SYM_TYPE, "TLS", SYM("table", st_info, STB_GLOBAL << 4 | STT_TLS));
	CASE(SYM_TYPE, "IFUNC", SYM("table", st_info, STB_GLOBAL << 4 | STT_GNU_IFUNC));
	CASE(SYM_TYPE, "15", SYM("table", st_info, STB_GLOBAL << 4 | 15));
	CASE(SYM_BINDING, "GNU unique", SYM("table", st_info, 10 << 4 | STT_OBJECT));
	CASE(SYM_BINDING, "3", SYM("printk", st_info, 3 << 4));
}

/* A symbol table of @cnt symbols, all zero, behind the rest of the file. Return: the reason elf_open() gives. */
static enum tenon_reason open_with_symbols(size_t cnt)
{
	size_t bytes = cnt * (is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym)), at = 64 << 10;
	uint8_t *big = calloc(1, at + bytes); /* pages that are never touched take no memory */
	struct tenon_diag why = { 0 };
	struct elf_file f;

	make_good();
	memcpy(big, image, size);
	free(image);
	image = big;
	SHDR(".symtab", sh_offset, at);
	SHDR(".symtab", sh_size, bytes);
	elf_open(&f, image, at + bytes, &why);
	free(image);
	return why.reason;
}

static void test_symbol_limit(void)
{
	ok(open_with_symbols(ELF_SYMBOL_CNT_MAX) == TENON_R_NONE, "as many symbols as allowed");
	ok(open_with_symbols(ELF_SYMBOL_CNT_MAX + 1ul) == TENON_R_SYM_COUNT, "one more");
}

static void test_truncated(void)
{
	size_t accepted = 0;

	make_good();
	for (size_t n = 0; n < size; n++) {
		uint8_t *cut = malloc(n ? n : 1);

		memcpy(cut, image, n);
		accepted += elf_walk(cut, n) == TENON_R_NONE;
		free(cut);
	}
	/* the section headers are last: nothing can be missing */
	ok(accepted == 0, "%d bit: cut off at each of %zu lengths", is64 ? 64 : 32, size);
	free(image);
}

static void test_flipped(void)
{
	size_t refused = 0, tried = 0;

	make_good();
	for (size_t i = 0; i < size; i++) {
		static const uint8_t flips[] = { 0x01, 0x80, 0xff };

		for (size_t k = 0; k < sizeof(flips); k++) {
			image[i] ^= flips[k];
			refused += elf_walk(image, size) != TENON_R_NONE;
			image[i] ^= flips[k];
			tried++;
		}
	}
	ok(refused > tried / 4 && refused < tried, "%d bit: %zu of %zu single-byte changes refused, none read outside",
	   is64 ? 64 : 32, refused, tried);
	ok(elf_walk(image, size) == TENON_R_NONE, "%d bit: and the file is as it was", is64 ? 64 : 32);
	free(image);
}

int main(void)
{
	for (int class = 0; class < 2; class ++) {
		is64 = class;
		test_header();
		test_any_section();
		test_flags_and_types();
		test_tables();
		test_overlap();
		test_symbols();
		test_truncated();
		test_flipped();
	}
	is64 = false;
	test_symbol_limit();
	return tap_done();
}
