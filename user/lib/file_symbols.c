/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The symbols of a module file with their checksums: exports, imports, the versions of imports (core/fmt/modver.h). */
#include <errno.h>
#include <string.h>

#include "core/fmt/modver.h"
#include "user/lib/file.h"
#include "user/lib/names.h"

typedef int each_fn(void *data, const struct tmod_symbol *symbol);

/* The bytes of a section; none if there is no such. Return: 0 or an error of image_need(). */
static int find_bytes(struct tmod_file *f, const char *name, const uint8_t **data, size_t *size)
{
	struct elf_section s;

	*data = NULL;
	*size = 0;
	if (!elf_find_section(&f->elf, name, &s) || s.type == SHT_NOBITS)
		return 0;
	*data = f->image.data + s.offset;
	*size = s.size;
	return image_need(&f->image, s.offset, s.size);
}

/* A module that has both forms means the extended one. */
static int find_versions(struct tmod_file *f, struct modver *v)
{
	const uint8_t *names;
	int err;

	*v = (struct modver){ 0 };
	err = find_bytes(f, "__version_ext_crcs", &v->entries, &v->size);
	if (err)
		return err;
	if (v->entries) {
		err = find_bytes(f, "__version_ext_names", &names, &v->names_size);
		v->names = (const char *)names;
		return err;
	}
	v->word_bytes = ELF_WORD_BYTES(&f->elf);
	return find_bytes(f, "__versions", &v->entries, &v->size);
}

static int each_version(struct tmod_file *f, each_fn *each, void *data)
{
	struct modver table;
	int err = find_versions(f, &table);
	struct tmod_symbol s = { 0 };
	const char *name;

	while (!err && (err = modver_next(&table, &name, &s.crc)) > 0) {
		s.name = *name == '.' ? name + 1 : name; /* how ppc64 marks functions */
		err = each(data, &s);
	}
	return err;
}

/* The checksum that a symbol __crc_NAME stands for: its value, or four bytes at its place in a section. */
static int read_crc(struct tmod_file *f, const struct elf_symbol *sym, uint32_t *crc)
{
	struct elf_section s;
	int err;

	*crc = (uint32_t)sym->value;
	if (sym->shndx == SHN_ABS || sym->shndx == SHN_UNDEF)
		return 0;
	if (sym->shndx >= f->elf.section_cnt)
		return -ENOEXEC;
	elf_section_at(&f->elf, sym->shndx, &s);
	if (s.type == SHT_NOBITS || sym->value > s.size || s.size - sym->value < sizeof(*crc))
		return -ENOEXEC;
	err = image_need(&f->image, s.offset + sym->value, sizeof(*crc));
	if (!err)
		memcpy(crc, f->image.data + s.offset + sym->value, sizeof(*crc));
	return err;
}

/* Without checksums the names of exports stand in a section, one after the other. */
static int each_export_string(struct tmod_file *f, each_fn *each, void *data)
{
	struct elf_section s;
	const char *text, *end;
	int err;

	if (!elf_find_section(&f->elf, "__ksymtab_strings", &s) || s.type == SHT_NOBITS || !s.size)
		return 0;
	err = image_need(&f->image, s.offset, s.size);
	text = (const char *)f->image.data + s.offset;
	end = text + s.size;
	if (!err && end[-1])
		err = -ENOEXEC;
	for (; !err && text < end; text += strlen(text) + 1) {
		struct tmod_symbol symbol = { .name = text };

		if (*text)
			err = each(data, &symbol);
	}
	return err;
}

static int each_export(struct tmod_file *f, each_fn *each, void *data)
{
	bool found = false;
	int err = image_symbols(&f->image, &f->elf, true);

	for (uint32_t i = 1; !err && i < f->elf.symbol_cnt; i++) {
		struct tmod_symbol symbol = { 0 };
		struct elf_symbol s;

		elf_symbol_at(&f->elf, i, &s);
		if (s.name_off >= f->elf.strings_size)
			return -ENOEXEC;
		symbol.name = elf_symbol_name(&f->elf, &s);
		if (strncmp(symbol.name, "__crc_", 6))
			continue;
		if (!image_symbol_bytes(&f->elf, &s))
			return -ENOEXEC;
		symbol.name += 6;
		found = true;
		err = read_crc(f, &s, &symbol.crc) ?: each(data, &symbol);
	}
	return err || found ? err : each_export_string(f, each, data);
}

/* The checksums by name, to find one for each import. */
struct crcs {
	struct names names;
	struct buf crcs; /* of each name, in order */
	struct buf used; /* a byte for each name */
};

static int read_crcs(void *data, const struct tmod_symbol *s)
{
	struct crcs *c = data;
	uint32_t known = c->names.cnt, number = names_add(&c->names, s->name);

	if (number == known) {
		buf_add(&c->crcs, &s->crc, sizeof(s->crc));
		buf_char(&c->used, 0);
	}
	return number == NAME_NONE || c->crcs.failed || c->used.failed ? -ENOMEM : 0;
}

static uint32_t crc_at(const struct crcs *c, uint32_t number)
{
	return ((const uint32_t *)(const void *)c->crcs.data)[number];
}

static int each_undefined(struct tmod_file *f, struct crcs *crcs, each_fn *each, void *data)
{
	struct elf_section table;
	int err = image_symbols(&f->image, &f->elf, false);

	if (err || !f->elf.symtab)
		return err;
	elf_section_at(&f->elf, f->elf.symtab, &table);
	for (uint32_t i = (uint32_t)table.info; !err && i < f->elf.symbol_cnt; i++) {
		struct tmod_symbol symbol = { 0 };
		struct elf_symbol s;
		uint32_t number;

		elf_symbol_at(&f->elf, i, &s);
		if (s.name_off >= f->elf.strings_size)
			return -ENOEXEC;
		symbol.name = elf_symbol_name(&f->elf, &s);
		if (s.shndx != SHN_UNDEF || !*symbol.name || s.bind == STB_LOCAL)
			continue;
		if (!image_symbol_bytes(&f->elf, &s))
			return -ENOEXEC;
		symbol.weak = s.bind == STB_WEAK;
		number = names_find(&crcs->names, symbol.name);
		if (number != NAME_NONE) {
			symbol.crc = crc_at(crcs, number);
			crcs->used.data[number] = 1;
		}
		err = each(data, &symbol);
	}
	return err;
}

static int each_import(struct tmod_file *f, each_fn *each, void *data)
{
	struct crcs crcs = { 0 };
	int err = each_version(f, read_crcs, &crcs);

	if (!err)
		err = each_undefined(f, &crcs, each, data);
	for (uint32_t i = 0; !err && i < crcs.names.cnt; i++) {
		struct tmod_symbol symbol = { .name = names_text(&crcs.names, i), .crc = crc_at(&crcs, i) };

		if (!crcs.used.data[i])
			err = each(data, &symbol);
	}
	names_free(&crcs.names);
	buf_free(&crcs.crcs);
	buf_free(&crcs.used);
	return err;
}

int tmod_file_symbols(struct tmod_file *f, enum tmod_symbol_kind kind, each_fn *each, void *data)
{
	switch (kind) {
	case TMOD_EXPORTS:
		return each_export(f, each, data);
	case TMOD_IMPORTS:
		return each_import(f, each, data);
	case TMOD_VERSIONS:
		return each_version(f, each, data);
	}
	return -EINVAL;
}
