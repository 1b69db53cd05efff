/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Which parts of a file the ELF reader looks at, so that they are there when it does. */
#include <errno.h>
#include <string.h>

#include "tenon/core.h"
#include "user/lib/image.h"

/* What is needed of the header to find the rest. elf_open() judges it. */
struct table {
	uint64_t off;
	uint32_t entsize, cnt, names;
};

static bool read_header(const struct image *img, struct table *t)
{
	if (img->size >= sizeof(Elf64_Ehdr) && img->data[EI_CLASS] == ELFCLASS64) {
		const Elf64_Ehdr *h = (const void *)img->data;

		*t = (struct table){ h->e_shoff, sizeof(Elf64_Shdr), h->e_shnum, h->e_shstrndx };
		return true;
	}
	if (img->size >= sizeof(Elf32_Ehdr) && img->data[EI_CLASS] == ELFCLASS32) {
		const Elf32_Ehdr *h = (const void *)img->data;

		*t = (struct table){ h->e_shoff, sizeof(Elf32_Shdr), h->e_shnum, h->e_shstrndx };
		return true;
	}
	return false;
}

struct place {
	uint32_t type, info;
	uint64_t off, size, entsize;
};

/* A section, whose header has been read. */
static struct place section(const struct image *img, const struct table *t, uint32_t idx)
{
	const uint8_t *at = img->data + t->off + (uint64_t)idx * t->entsize;

	if (t->entsize == sizeof(Elf64_Shdr)) {
		Elf64_Shdr h;

		memcpy(&h, at, sizeof(h));
		return (struct place){ h.sh_type, h.sh_info, h.sh_offset, h.sh_size, h.sh_entsize };
	} else {
		Elf32_Shdr h;

		memcpy(&h, at, sizeof(h));
		return (struct place){ h.sh_type, h.sh_info, h.sh_offset, h.sh_size, h.sh_entsize };
	}
}

/*
 * Linkers write the symbols, their names, the sections' names and then the section headers, at the end of the file. So
 * much before the headers is read with them, which is less work than asking for each.
 */
#define BEFORE_HEADERS_BYTES (2u << 10)

/* Read the headers, and with them what comes before and after, unless this is much. */
static int read_headers(struct image *img, const struct table *t)
{
	uint64_t size = (uint64_t)t->cnt * t->entsize;
	uint64_t off = t->off < BEFORE_HEADERS_BYTES ? 0 : t->off - BEFORE_HEADERS_BYTES;

	if (img->size - t->off - size > BEFORE_HEADERS_BYTES)
		return image_need(img, t->off, size);
	return image_need(img, off, img->size - off);
}

/*
 * Read a string table's ends, or all of it, and the global symbols with it, if it is the one after the symbol table:
 * they will be asked for.
 */
static int read_strings(struct image *img, const struct place *p, const struct place *symbols)
{
	uint64_t first = symbols->off + symbols->info * symbols->entsize, end = p->off + p->size;

	if (symbols->off + symbols->size == p->off && first >= symbols->off && first <= p->off)
		return image_need(img, first, end - first);
	return image_need(img, p->off, 1) ?: image_need(img, end - 1, 1);
}

/* Section headers, section names, and the ends of other string tables. What is out of range is named by elf_open(). */
static int read_tables(struct image *img, const struct table *t)
{
	struct place symbols = { 0 };
	int err = read_headers(img, t);

	for (uint32_t i = 0; !err && i < t->cnt; i++) {
		struct place p = section(img, t, i);

		if (p.type == SHT_SYMTAB)
			symbols = p;
		if (p.type != SHT_STRTAB || !p.size || p.off >= img->size || p.size > img->size - p.off)
			continue;
		err = i == t->names ? image_need(img, p.off, p.size) : read_strings(img, &p, &symbols);
	}
	return err;
}

int image_elf(struct image *img, struct elf_file *elf, struct tenon_diag *diag)
{
	struct table t;
	int err = 0;

	*diag = (struct tenon_diag){ 0 };
	if (img->fd >= 0 && read_header(img, &t)) {
		/* Counts that do not fit in the header stand in section 0: rare enough to read all. */
		if (t.off > img->size || (uint64_t)t.cnt * t.entsize > img->size - t.off)
			t.cnt = 0;
		err = t.cnt && t.names < t.cnt ? read_tables(img, &t) : image_need(img, 0, img->size);
	}
	return err ? err : elf_open(elf, img->data, img->size, diag);
}

size_t image_symbol_bytes(const struct elf_file *elf, const struct elf_symbol *s)
{
	uint64_t left = elf->strings_size - s->name_off;
	const char *name = elf_symbol_name(elf, s);
	const char *end = memchr(name, '\0', left < TENON_SYMBOL_BYTES ? left : TENON_SYMBOL_BYTES);

	return end ? (size_t)(end + 1 - name) : 0;
}

int image_symbols(struct image *img, const struct elf_file *elf, bool all)
{
	struct elf_section symbols, strings;
	uint64_t first;

	if (!elf->symtab)
		return 0;
	elf_section_at(elf, elf->symtab, &symbols);
	elf_section_at(elf, symbols.link, &strings);
	first = all ? 0 : symbols.info * symbols.entsize;
	/* Linkers write one after the other. */
	if (symbols.offset + symbols.size == strings.offset)
		return image_need(img, symbols.offset + first, symbols.size - first + strings.size);
	return image_need(img, symbols.offset + first, symbols.size - first) ?:
		   image_need(img, strings.offset, strings.size);
}

int image_modinfo(struct image *img, const struct elf_file *elf, struct modinfo *info)
{
	struct elf_section s;

	if (!elf_find_section(elf, ".modinfo", &s))
		s.type = SHT_NULL;
	return image_modinfo_section(img, &s, info);
}

int image_modinfo_section(struct image *img, const struct elf_section *s, struct modinfo *info)
{
	int err;

	*info = (struct modinfo){ 0 };
	if (s->type == SHT_NOBITS || s->type == SHT_NULL)
		return -ENOENT;
	err = image_need(img, s->offset, s->size);
	*info = (struct modinfo){ (const char *)img->data + s->offset, s->size };
	if (err || !s->size || !info->data[s->size - 1])
		return err;
	img->modinfo.len = 0;
	buf_add(&img->modinfo, info->data, s->size);
	buf_char(&img->modinfo, '\0');
	*info = (struct modinfo){ img->modinfo.data, img->modinfo.len };
	return img->modinfo.failed ? -ENOMEM : 0;
}

bool image_info_next(const struct modinfo *mi, const char **at, struct tmod_info *out)
{
	const char *end = mi->data + mi->size, *entry = *at ? *at + strlen(*at) + 1 : mi->data, *equals;

	while (entry < end && !*entry)
		entry++;
	if (entry >= end)
		return false;
	*at = entry;
	equals = strchr(entry, '=');
	out->key = entry;
	out->key_len = equals ? (size_t)(equals - entry) : strlen(entry);
	out->value = equals ? equals + 1 : entry + out->key_len;
	out->value_len = strlen(out->value);
	return true;
}
