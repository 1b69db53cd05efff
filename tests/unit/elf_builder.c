/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/elf_builder.h"

/* Bytes that grow. */
struct bytes {
	uint8_t *p;
	size_t size, room;
};

struct section {
	char *name;
	Elf64_Shdr h; /* sh_offset and sh_name are set when the file is made */
	struct bytes data;
	struct bytes relocs; /* Elf64_Rela each, whatever the file will have */
};

struct symbol {
	Elf64_Sym s;
	uint32_t index; /* in the file */
};

struct elfb {
	uint16_t machine;
	bool is64, rela;
	uint32_t flags;
	struct section *sections; /* section 0 is empty */
	uint32_t section_cnt;
	struct symbol *symbols; /* symbol 0 is empty */
	uint32_t symbol_cnt;
	struct bytes strings;
};

static void *checked(void *p)
{
	if (!p) {
		fputs("elf_builder: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

/* Append @n bytes, zeroes if @from is NULL. Return: the offset they have. */
static size_t append(struct bytes *b, const void *from, size_t n)
{
	size_t at = b->size;

	if (b->size + n > b->room) {
		b->room = 2 * b->room + n;
		b->p = checked(realloc(b->p, b->room));
	}
	if (n && from)
		memcpy(b->p + at, from, n);
	else if (n)
		memset(b->p + at, 0, n);
	b->size += n;
	return at;
}

/* Room for one more; doubles at every power of two. */
static void *grow(void *array, uint32_t cnt, size_t item)
{
	return cnt & (cnt - 1) ? array : checked(realloc(array, (cnt ? 2 * (size_t)cnt : 1) * item));
}

struct elfb *elfb_new(uint16_t machine, bool is64)
{
	struct elfb *b = checked(calloc(1, sizeof(*b)));

	b->machine = machine;
	b->is64 = is64;
	b->rela = machine != EM_ARM;
	b->flags = machine == EM_ARM ? 0x05000000 : 0;
	append(&b->strings, NULL, 1);
	elfb_section(b, "", SHT_NULL, 0, NULL, 0, 0);
	elfb_symbol(b, "", STB_LOCAL, STT_NOTYPE, SHN_UNDEF, 0, 0);
	return b;
}

void elfb_flags(struct elfb *b, uint32_t e_flags)
{
	b->flags = e_flags;
}

/* The pointer is good until the next section is added. */
static struct section *add_section(struct elfb *b, const char *name, uint32_t type, uint64_t flags, const void *bytes,
				   size_t size, uint64_t align)
{
	struct section *s;

	b->sections = grow(b->sections, b->section_cnt, sizeof(*s));
	s = &b->sections[b->section_cnt];
	memset(s, 0, sizeof(*s));
	s->name = checked(strdup(name));
	s->h.sh_type = type;
	s->h.sh_flags = flags;
	s->h.sh_size = size;
	s->h.sh_addralign = align;
	if (type != SHT_NOBITS)
		append(&s->data, bytes, size);
	b->section_cnt++;
	return s;
}

uint32_t elfb_section(struct elfb *b, const char *name, uint32_t type, uint64_t flags, const void *bytes, size_t size,
		      uint64_t align)
{
	add_section(b, name, type, flags, bytes, size, align);
	return b->section_cnt - 1;
}

uint32_t elfb_symbol(struct elfb *b, const char *name, unsigned int bind, unsigned int type, uint16_t section,
		     uint64_t value, uint64_t size)
{
	struct symbol *s;

	b->symbols = grow(b->symbols, b->symbol_cnt, sizeof(*s));
	s = &b->symbols[b->symbol_cnt];
	memset(s, 0, sizeof(*s));
	s->s.st_name = *name ? (uint32_t)append(&b->strings, name, strlen(name) + 1) : 0;
	s->s.st_info = (uint8_t)(bind << 4 | type);
	s->s.st_shndx = section;
	s->s.st_value = value;
	s->s.st_size = size;
	return b->symbol_cnt++;
}

uint32_t elfb_global(struct elfb *b, const char *name, uint32_t section, uint64_t value)
{
	return elfb_symbol(b, name, STB_GLOBAL, STT_NOTYPE, (uint16_t)section, value, 0);
}

uint32_t elfb_undefined(struct elfb *b, const char *name)
{
	return elfb_symbol(b, name, STB_GLOBAL, STT_NOTYPE, SHN_UNDEF, 0, 0);
}

uint32_t elfb_section_symbol(struct elfb *b, uint32_t section)
{
	return elfb_symbol(b, "", STB_LOCAL, STT_SECTION, (uint16_t)section, 0, 0);
}

void elfb_reloc(struct elfb *b, uint32_t section, uint64_t offset, uint32_t type, uint32_t symbol, int64_t addend)
{
	Elf64_Rela r = { offset, (uint64_t)symbol << 32 | type, addend };

	append(&b->sections[section].relocs, &r, sizeof(r));
}

/* ---- making the file ---- */

static void put_reloc(struct elfb *b, struct bytes *to, const Elf64_Rela *r)
{
	uint32_t sym = b->symbols[ELF64_R_SYM(r->r_info)].index, type = ELF64_R_TYPE(r->r_info);
	Elf64_Rela r64 = { r->r_offset, (uint64_t)sym << 32 | type, r->r_addend };
	Elf32_Rela r32 = { (uint32_t)r->r_offset, sym << 8 | type, (int32_t)r->r_addend };

	if (b->is64)
		append(to, &r64, b->rela ? sizeof(Elf64_Rela) : sizeof(Elf64_Rel));
	else
		append(to, &r32, b->rela ? sizeof(Elf32_Rela) : sizeof(Elf32_Rel));
}

static void add_reloc_sections(struct elfb *b, uint32_t symtab)
{
	size_t entsize = (b->is64 ? 8 : 4) * (b->rela ? 3 : 2);

	for (uint32_t target = 1, end = b->section_cnt; target < end; target++) {
		const struct bytes *relocs = &b->sections[target].relocs;
		struct bytes entries = { 0 };
		struct section *s;
		char name[300];

		if (!relocs->size)
			continue;
		for (size_t at = 0; at < relocs->size; at += sizeof(Elf64_Rela))
			put_reloc(b, &entries, (const Elf64_Rela *)(void *)(relocs->p + at));
		snprintf(name, sizeof(name), "%s%s", b->rela ? ".rela" : ".rel", b->sections[target].name);
		s = add_section(b, name, b->rela ? SHT_RELA : SHT_REL, SHF_INFO_LINK, entries.p, entries.size,
				b->is64 ? 8 : 4);
		s->h.sh_link = symtab;
		s->h.sh_info = target;
		s->h.sh_entsize = entsize;
		free(entries.p);
	}
}

static uint32_t reloc_section_cnt(const struct elfb *b)
{
	uint32_t cnt = 0;

	for (uint32_t i = 1; i < b->section_cnt; i++)
		cnt += b->sections[i].relocs.size != 0;
	return cnt;
}

/* Give symbols of that kind their index in the file, and write them. */
static void put_symbols(struct elfb *b, bool local, struct bytes *to, uint32_t *index)
{
	for (uint32_t i = 0; i < b->symbol_cnt; i++) {
		const Elf64_Sym *s = &b->symbols[i].s;
		Elf32_Sym s32 = { s->st_name, (uint32_t)s->st_value, (uint32_t)s->st_size,
				  s->st_info, s->st_other,           s->st_shndx };

		if ((ELF_ST_BIND(s->st_info) == STB_LOCAL) != local)
			continue;
		b->symbols[i].index = (*index)++;
		if (b->is64)
			append(to, s, sizeof(*s));
		else
			append(to, &s32, sizeof(s32));
	}
}

static void add_tables(struct elfb *b)
{
	struct bytes symbols = { 0 };
	uint32_t symtab = b->section_cnt + reloc_section_cnt(b), index = 0, first_global;
	struct section *s;

	put_symbols(b, true, &symbols, &index);
	first_global = index;
	put_symbols(b, false, &symbols, &index);
	add_reloc_sections(b, symtab);
	s = add_section(b, ".symtab", SHT_SYMTAB, 0, symbols.p, symbols.size, b->is64 ? 8 : 4);
	s->h.sh_link = symtab + 1;
	s->h.sh_info = first_global;
	s->h.sh_entsize = b->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	elfb_section(b, ".strtab", SHT_STRTAB, 0, b->strings.p, b->strings.size, 1);
	free(symbols.p);
}

static void add_names(struct elfb *b)
{
	struct section *s = add_section(b, ".shstrtab", SHT_STRTAB, 0, NULL, 0, 1);

	append(&s->data, NULL, 1);
	for (uint32_t i = 1; i < b->section_cnt; i++)
		b->sections[i].h.sh_name =
		    (uint32_t)append(&s->data, b->sections[i].name, strlen(b->sections[i].name) + 1);
	s->h.sh_size = s->data.size;
}

static void pad(struct bytes *file, uint64_t align)
{
	if (align > 1)
		append(file, NULL, -file->size & (align - 1));
}

static void put_header(const struct elfb *b, struct bytes *file, uint64_t shoff)
{
	uint16_t cnt = (uint16_t)b->section_cnt;
	Elf64_Ehdr h64 = { { 0x7f, 'E', 'L', 'F', b->is64 ? ELFCLASS64 : ELFCLASS32, ELFDATA2LSB, EV_CURRENT },
			   ET_REL,
			   b->machine,
			   EV_CURRENT,
			   0,
			   0,
			   shoff,
			   b->flags,
			   sizeof(h64),
			   0,
			   0,
			   sizeof(Elf64_Shdr),
			   cnt,
			   (uint16_t)(cnt - 1) };
	Elf32_Ehdr h32 = { { 0 },
			   ET_REL,
			   b->machine,
			   EV_CURRENT,
			   0,
			   0,
			   (uint32_t)shoff,
			   b->flags,
			   sizeof(h32),
			   0,
			   0,
			   sizeof(Elf32_Shdr),
			   cnt,
			   (uint16_t)(cnt - 1) };

	memcpy(h32.e_ident, h64.e_ident, EI_NIDENT);
	memcpy(file->p, b->is64 ? (const void *)&h64 : &h32, b->is64 ? sizeof(h64) : sizeof(h32));
}

static void put_section_header(const struct elfb *b, struct bytes *file, const Elf64_Shdr *h)
{
	Elf32_Shdr h32 = { h->sh_name,
			   h->sh_type,
			   (uint32_t)h->sh_flags,
			   0,
			   (uint32_t)h->sh_offset,
			   (uint32_t)h->sh_size,
			   h->sh_link,
			   h->sh_info,
			   (uint32_t)h->sh_addralign,
			   (uint32_t)h->sh_entsize };

	if (b->is64)
		append(file, h, sizeof(*h));
	else
		append(file, &h32, sizeof(h32));
}

static void elfb_free(struct elfb *b)
{
	for (uint32_t i = 0; i < b->section_cnt; i++) {
		free(b->sections[i].name);
		free(b->sections[i].data.p);
		free(b->sections[i].relocs.p);
	}
	free(b->sections);
	free(b->symbols);
	free(b->strings.p);
	free(b);
}

uint8_t *elfb_finish(struct elfb *b, size_t *size)
{
	struct bytes file = { 0 };
	uint64_t shoff;

	add_tables(b);
	add_names(b);
	append(&file, NULL, b->is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));
	for (uint32_t i = 1; i < b->section_cnt; i++) {
		struct section *s = &b->sections[i];

		pad(&file, s->h.sh_addralign);
		s->h.sh_offset = append(&file, s->data.p, s->data.size);
	}
	pad(&file, 8);
	shoff = file.size;
	for (uint32_t i = 0; i < b->section_cnt; i++)
		put_section_header(b, &file, &b->sections[i].h);
	put_header(b, &file, shoff);
	elfb_free(b);
	*size = file.size;
	return checked(realloc(file.p, file.size));
}

/* ---- finding things in a good file ---- */

static bool image_is64(const uint8_t *image)
{
	return image[EI_CLASS] == ELFCLASS64;
}

void *elfb_shdr(uint8_t *image, uint32_t section)
{
	if (image_is64(image))
		return (Elf64_Shdr *)(void *)(image + ((Elf64_Ehdr *)(void *)image)->e_shoff) + section;
	return (Elf32_Shdr *)(void *)(image + ((Elf32_Ehdr *)(void *)image)->e_shoff) + section;
}

uint8_t *elfb_data(uint8_t *image, uint32_t section, size_t *size)
{
	void *h = elfb_shdr(image, section);

	if (image_is64(image)) {
		*size = ((Elf64_Shdr *)h)->sh_size;
		return image + ((Elf64_Shdr *)h)->sh_offset;
	}
	*size = ((Elf32_Shdr *)h)->sh_size;
	return image + ((Elf32_Shdr *)h)->sh_offset;
}

void *elfb_sym(uint8_t *image, uint32_t symbol)
{
	size_t size;
	uint8_t *p = elfb_data(image, elfb_find_section(image, ".symtab"), &size);

	return p + symbol * (image_is64(image) ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym));
}

uint32_t elfb_find_section(uint8_t *image, const char *name)
{
	uint16_t names =
	    image_is64(image) ? ((Elf64_Ehdr *)(void *)image)->e_shstrndx : ((Elf32_Ehdr *)(void *)image)->e_shstrndx;
	size_t size;
	const char *table = (const char *)elfb_data(image, names, &size);

	/* sh_name is the first field in both classes; the name table is the last section */
	for (uint32_t i = 1; i <= names; i++) {
		if (!strcmp(table + *(uint32_t *)elfb_shdr(image, i), name))
			return i;
	}
	fprintf(stderr, "elf_builder: no section %s\n", name);
	exit(1);
}

uint32_t elfb_find_symbol(uint8_t *image, const char *name)
{
	size_t size, strings_size, entsize = image_is64(image) ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	const char *strings = (const char *)elfb_data(image, elfb_find_section(image, ".strtab"), &strings_size);
	uint8_t *p = elfb_data(image, elfb_find_section(image, ".symtab"), &size);

	/* st_name is the first field in both classes */
	for (uint32_t i = 1; i < size / entsize; i++) {
		if (!strcmp(strings + *(uint32_t *)(void *)(p + i * entsize), name))
			return i;
	}
	fprintf(stderr, "elf_builder: no symbol %s\n", name);
	exit(1);
}
