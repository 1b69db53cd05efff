/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/object.h"
#include "tenon/fmt/elf.h"
#include "tenon/fmt/elf_x86_64.h"
#include "tenon/fmt/modtables.h"

enum {
	TEXT = 1,
	TEXT_RELA,
	DATA,
	DATA_RELA,
	RODATA,
	SEALED,
	BUILD_ID,
	MODINFO,
	VERSIONS,
	THIS,
	SYMTAB,
	STRTAB,
	SHSTRTAB,
	SECTIONS
};
enum { SYM_DATA = 1, SYM_RODATA, SYM_LOCALS };

static const char section_names[] =
    "\0.text\0.rela.text\0.data\0.rela.data\0.rodata\0.data..ro_after_init\0.note.gnu.build-id"
    "\0.modinfo\0__versions\0.gnu.linkonce.this_module\0.symtab\0.strtab\0.shstrtab";

/* Bytes that grow at their end. */
struct bytes {
	uint8_t *data;
	size_t size, cap;
};

struct object {
	struct bytes content[SECTIONS];
	Elf64_Shdr header[SECTIONS];
};

static void *add(struct bytes *b, const void *data, size_t size)
{
	void *at;

	if (b->size + size > b->cap) {
		b->cap = (b->size + size) * 2;
		b->data = realloc(b->data, b->cap);
		if (!b->data)
			abort();
	}
	at = b->data + b->size;
	if (data)
		memcpy(at, data, size);
	b->size += size;
	return at;
}

static void fill(struct bytes *b, uint8_t value, size_t size)
{
	if (size > b->size) {
		size -= b->size;
		memset(add(b, NULL, size), value, size);
	}
}

static void add_rela(struct object *o, int section, uint64_t offset, uint32_t symbol, uint32_t type, int64_t addend)
{
	Elf64_Rela r = { offset, (uint64_t)symbol << 32 | type, addend };

	add(&o->content[section], &r, sizeof(r));
}

static void make_text(struct object *o, const struct object_spec *spec)
{
	static const uint8_t call[] = { 0xe8, 0, 0, 0, 0 }, lea[] = { 0x48, 0x8d, 0x05, 0, 0, 0, 0 };
	struct bytes *text = &o->content[TEXT];
	uint32_t calls = 0, relatives = 0;

	add(text, spec->code, spec->code_bytes);
	while (calls < spec->calls || relatives < spec->relatives) {
		/* Two to one, as they stand in N relocations: half of them calls, a quarter addresses. */
		if (calls < spec->calls && (calls < 2 * relatives || relatives == spec->relatives)) {
			add_rela(o, TEXT_RELA, text->size + 1, SYM_LOCALS + 1 + calls++ % spec->import_cnt,
				 R_X86_64_PLT32, -4);
			add(text, call, sizeof(call));
		} else {
			add_rela(o, TEXT_RELA, text->size + 3, relatives++ % 2 ? SYM_DATA : SYM_RODATA, R_X86_64_PC32,
				 -4);
			add(text, lea, sizeof(lea));
		}
	}
	fill(text, 0xcc, spec->text_bytes);
}

static void make_data(struct object *o, const struct object_spec *spec)
{
	for (uint32_t i = 0; i < spec->absolutes; i++)
		add_rela(o, DATA_RELA, i * 8ull, i % 2 ? SYM_DATA : SYM_RODATA, R_X86_64_64, i % 8 * 8);
	fill(&o->content[DATA], 0, spec->absolutes * 8ull);
	fill(&o->content[DATA], 0x5a, spec->data_bytes > 64 ? spec->data_bytes : 64);
	fill(&o->content[RODATA], 0x5b, spec->rodata_bytes > 64 ? spec->rodata_bytes : 64);
	fill(&o->content[SEALED], 0x5c, spec->sealed_bytes);
}

static void add_symbol(struct object *o, const char *name, uint8_t info, uint16_t section)
{
	Elf64_Sym s = { .st_name = (uint32_t)o->content[STRTAB].size, .st_info = info, .st_shndx = section };

	if (name)
		add(&o->content[STRTAB], name, strlen(name) + 1);
	else
		s.st_name = 0;
	add(&o->content[SYMTAB], &s, sizeof(s));
}

static void make_symbols(struct object *o, const struct object_spec *spec)
{
	char entry[80];

	add(&o->content[STRTAB], "", 1);
	add_symbol(o, NULL, 0, 0);
	add_symbol(o, NULL, STT_SECTION, DATA);
	add_symbol(o, NULL, STT_SECTION, RODATA);
	snprintf(entry, sizeof(entry), "entry_%s", spec->name);
	add_symbol(o, entry, STB_GLOBAL << 4 | STT_FUNC, TEXT);
	for (uint32_t i = 0; i < spec->import_cnt; i++) {
		struct tenon_version64 v = { .crc = spec->crcs[i] };

		add_symbol(o, spec->imports[i], STB_GLOBAL << 4, SHN_UNDEF);
		snprintf(v.name, sizeof(v.name), "%s", spec->imports[i]);
		add(&o->content[VERSIONS], &v, sizeof(v));
	}
}

static void make_facts(struct object *o, const struct object_spec *spec)
{
	/* Size and ABI, no init, no exit, the name. */
	uint32_t this[20] = { sizeof(this), TENON_MODULE_ABI };
	uint32_t note[8] = { 4, 16, 3, 0x00554e47 };
	char text[256];

	snprintf((char *)(this + 6), TENON_MODULE_NAME_BYTES, "%s", spec->name);
	add(&o->content[THIS], this, sizeof(this));
	for (const char *c = spec->name; *c; c++)
		note[4] = note[4] * 31 + (unsigned char)*c;
	add(&o->content[BUILD_ID], note, sizeof(note));
	add(&o->content[MODINFO], text,
	    (size_t)snprintf(text, sizeof(text), "license=GPL%cname=%s%cvermagic=%s", 0, spec->name, 0,
			     OBJECT_VERMAGIC) +
		1);
	add(&o->content[MODINFO], "depends=", 8);
	add(&o->content[MODINFO], spec->depends ? spec->depends : "", spec->depends ? strlen(spec->depends) + 1 : 1);
	add(&o->content[SHSTRTAB], section_names, sizeof(section_names));
}

#define RELA(section) { 0, SHT_RELA, SHF_INFO_LINK, 0, 0, 0, SYMTAB, section, 8, sizeof(Elf64_Rela) }
#define LOADED(flags, align) { 0, SHT_PROGBITS, SHF_ALLOC | (flags), 0, 0, 0, 0, 0, align, 0 }

static void make_headers(struct object *o)
{
	static const Elf64_Shdr headers[SECTIONS] = {
		[TEXT] = LOADED(SHF_EXECINSTR, 16),
		[TEXT_RELA] = RELA(TEXT),
		[DATA] = LOADED(SHF_WRITE, 8),
		[DATA_RELA] = RELA(DATA),
		[RODATA] = LOADED(0, 8),
		[SEALED] = LOADED(SHF_WRITE, 8),
		[BUILD_ID] = { .sh_type = SHT_NOTE, .sh_flags = SHF_ALLOC, .sh_addralign = 4 },
		[MODINFO] = LOADED(0, 1),
		[VERSIONS] = LOADED(0, 8),
		[THIS] = LOADED(SHF_WRITE, 8),
		[SYMTAB] = { .sh_type = SHT_SYMTAB,
			     .sh_link = STRTAB,
			     .sh_info = SYM_LOCALS,
			     .sh_addralign = 8,
			     .sh_entsize = 24 },
		[STRTAB] = { .sh_type = SHT_STRTAB, .sh_addralign = 1 },
		[SHSTRTAB] = { .sh_type = SHT_STRTAB, .sh_addralign = 1 },
	};
	uint64_t offset = sizeof(Elf64_Ehdr);
	uint32_t name = 1;

	memcpy(o->header, headers, sizeof(headers));
	for (int i = 1; i < SECTIONS; i++) {
		o->header[i].sh_name = name;
		name += (uint32_t)strlen(section_names + name) + 1;
		offset = (offset + 15) & ~15ull;
		o->header[i].sh_offset = offset;
		o->header[i].sh_size = o->content[i].size;
		offset += o->content[i].size;
	}
}

static void *join(struct object *o, size_t *size)
{
	uint64_t shoff = (o->header[SHSTRTAB].sh_offset + o->header[SHSTRTAB].sh_size + 15) & ~15ull;
	Elf64_Ehdr header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			      .e_type = ET_REL,
			      .e_machine = EM_X86_64,
			      .e_version = EV_CURRENT,
			      .e_shoff = shoff,
			      .e_ehsize = sizeof(header),
			      .e_shentsize = sizeof(Elf64_Shdr),
			      .e_shnum = SECTIONS,
			      .e_shstrndx = SHSTRTAB };
	uint8_t *file;

	*size = shoff + sizeof(o->header);
	file = calloc(1, *size);
	if (!file)
		abort();
	memcpy(file, &header, sizeof(header));
	for (int i = 1; i < SECTIONS; i++) {
		if (o->content[i].size)
			memcpy(file + o->header[i].sh_offset, o->content[i].data, o->content[i].size);
		free(o->content[i].data);
	}
	memcpy(file + shoff, o->header, sizeof(o->header));
	return file;
}

void *object_make(const struct object_spec *spec, size_t *size)
{
	struct object o = { 0 };

	make_text(&o, spec);
	make_data(&o, spec);
	make_symbols(&o, spec);
	make_facts(&o, spec);
	make_headers(&o);
	return join(&o, size);
}

void object_import_name(char name[32], uint32_t idx)
{
	snprintf(name, 32, "kernel_subsystem_fn%05u", idx % 100000);
}
