/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <string.h>

#include "tests/debian/t0.h"

struct linked {
	const uint8_t *data;
	size_t size;
	const Elf64_Shdr *sections;
	int cnt;
	const char *names;
};

/* A linker's output is trusted as far as its headers go. */
static bool linked_open(struct linked *k, const void *out, size_t size)
{
	const Elf64_Ehdr *header = out;

	*k = (struct linked){ .data = out, .size = size };
	if (size < sizeof(*header) ||
	    memcmp(header->e_ident,
		   "\x7f"
		   "ELF",
		   4) ||
	    header->e_shoff > size || header->e_shnum > (size - header->e_shoff) / sizeof(Elf64_Shdr) ||
	    header->e_shstrndx >= header->e_shnum)
		return false;
	k->sections = (const void *)(k->data + header->e_shoff);
	k->cnt = header->e_shnum;
	k->names = (const char *)k->data + k->sections[header->e_shstrndx].sh_offset;
	return true;
}

static const Elf64_Shdr *linked_find(const struct linked *k, const char *name)
{
	for (int i = 1; i < k->cnt; i++)
		if (!strcmp(k->names + k->sections[i].sh_name, name))
			return &k->sections[i];
	return NULL;
}

/* Linkers drop the build id that comes in; nothing in it is relocated. */
static bool to_compare(const struct load *l, uint32_t idx, struct elf_section *s)
{
	elf_section_at(&l->elf, idx, s);
	return l->sections[idx].mem != SECTION_NOT_LOADED && s->size && strcmp(s->name, ".note.gnu.build-id");
}

static bool section_equal(const struct load *l, const struct linked *k, uint32_t idx, struct result *r)
{
	const struct load_section *ours = &l->sections[idx];
	const Elf64_Shdr *theirs;
	struct elf_section s;

	if (!to_compare(l, idx, &s))
		return true;
	r->sections++;
	r->bytes += s.size;
	theirs = linked_find(k, s.name);
	if (!theirs || theirs->sh_addr != ours->run || theirs->sh_size != s.size) {
		result_wrong(r, "%s: %#llx bytes at %#llx, the linker has %#llx at %#llx", s.name,
			     (unsigned long long)s.size, (unsigned long long)ours->run,
			     (unsigned long long)(theirs ? theirs->sh_size : 0),
			     (unsigned long long)(theirs ? theirs->sh_addr : 0));
		return false;
	}
	for (uint64_t i = 0; i < s.size; i++) {
		uint8_t want = theirs->sh_type == SHT_NOBITS ? 0 : k->data[theirs->sh_offset + i];

		if (ours->write[i] == want)
			continue;
		result_wrong(r, "%s+%#llx: %#x, the linker has %#x", s.name, (unsigned long long)i, ours->write[i],
			     want);
		return false;
	}
	return true;
}

bool compare_image(const struct load *l, const void *out, size_t out_size, struct result *r)
{
	struct linked k;
	bool equal = linked_open(&k, out, out_size);

	if (!equal)
		result_wrong(r, "the linker's output is not an ELF file");
	r->sections = 0;
	r->bytes = 0;
	for (uint32_t i = 1; equal && i < l->elf.section_cnt; i++)
		equal = section_equal(l, &k, i, r);
	return equal;
}

/* The byte at @place, counted over all sections that are compared. */
static uint8_t *image_byte(const struct load *l, uint64_t place)
{
	struct elf_section s;

	for (uint32_t i = 1; i < l->elf.section_cnt; i++) {
		if (!to_compare(l, i, &s))
			continue;
		if (place < s.size)
			return l->sections[i].write + place;
		place -= s.size;
	}
	return NULL;
}

void compare_flip(const struct load *l, const void *out, size_t out_size, uint64_t seed, struct result *r)
{
	struct result scratch = { 0 };
	uint8_t *byte = r->bytes ? image_byte(l, (seed >> 3) % r->bytes) : NULL;

	if (!byte)
		return;
	*byte ^= (uint8_t)(1u << (seed & 7));
	r->flips++;
	r->flips_seen += !compare_image(l, out, out_size, &scratch);
	*byte ^= (uint8_t)(1u << (seed & 7));
}
