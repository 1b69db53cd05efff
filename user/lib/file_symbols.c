/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The symbols of a module file with their checksums: exports, imports, __versions (tenon/fmt/modtables.h). */
#include <errno.h>
#include <string.h>

#include "user/lib/file.h"
#include "user/lib/names.h"
#include "tenon/fmt/modtables.h"

typedef int each_fn(void *data, const struct tmod_symbol *symbol);

/* The table __versions; empty if there is none. */
struct versions {
	const uint8_t *data;
	size_t cnt, entry_bytes, crc_bytes;
};

static int find_versions(struct tmod_file *f, struct versions *v)
{
	struct elf_section s;

	*v = (struct versions){ 0 };
	if (!elf_find_section(&f->elf, "__versions", &s) || s.type == SHT_NOBITS)
		return 0;
	v->data = f->image.data + s.offset;
	v->entry_bytes = f->elf.is64 ? sizeof(struct tenon_version64) : sizeof(struct tenon_version32);
	v->crc_bytes = f->elf.is64 ? 8 : 4;
	v->cnt = s.size / v->entry_bytes;
	return image_need(&f->image, s.offset, s.size);
}

/* Return: 0, or -ENOEXEC if the name is not terminated. A '.' before a name is how ppc64 marks functions. */
static int version_at(const struct versions *v, size_t i, struct tmod_symbol *out)
{
	const uint8_t *entry = v->data + i * v->entry_bytes;
	const char *name = (const char *)entry + v->crc_bytes;
	uint64_t wide;

	if (!memchr(name, '\0', v->entry_bytes - v->crc_bytes))
		return -ENOEXEC;
	*out = (struct tmod_symbol){ .name = *name == '.' ? name + 1 : name };
	if (v->crc_bytes == sizeof(wide)) {
		memcpy(&wide, entry, sizeof(wide));
		out->crc = (uint32_t)wide;
	} else {
		memcpy(&out->crc, entry, sizeof(out->crc));
	}
	return 0;
}

static int each_version(struct tmod_file *f, each_fn *each, void *data)
{
	struct versions v;
	int err = find_versions(f, &v);

	for (size_t i = 0; !err && i < v.cnt; i++) {
		struct tmod_symbol s;

		err = version_at(&v, i, &s) ?: each(data, &s);
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
		if (!image_symbol_fits(&f->elf, &s))
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
		if (!image_symbol_fits(&f->elf, &s))
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
