/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Changing an ELF file where it hurts: blind changes rarely make two fields disagree by one, or a sum wrap around.
 */
#ifndef TESTS_FUZZ_ELF_DAMAGE_H
#define TESTS_FUZZ_ELF_DAMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tenon/fmt/elf.h"

static uint32_t elf_damage_state;

static uint32_t elf_damage_random(uint32_t limit)
{
	elf_damage_state = elf_damage_state * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)elf_damage_state * limit >> 32);
}

static uint64_t elf_damage_read(const uint8_t *p, size_t width)
{
	uint64_t v = 0;

	memcpy(&v, p, width);
	return v;
}

/* A value that is near what the checks compare with. @like: the same field elsewhere, or any other word. */
static uint64_t elf_damage_value(uint64_t old, uint64_t like, size_t size)
{
	uint64_t near = elf_damage_random(3) - 1u;

	switch (elf_damage_random(8)) {
	case 0:
		return old + near;
	case 1:
		return like + near;
	case 2:
		return like - old + near;
	case 3:
		return size - like + near;
	case 4:
		return -like + near;
	case 5:
		return elf_damage_random(64);
	case 6:
		return 1ull << elf_damage_random(64);
	default:
		return near - 1;
	}
}

/* Where fields of a section header are, bytes from its beginning. */
struct elf_damage_class {
	size_t word, header, shoff, flags, offset, bytes, info;
};

static uint64_t elf_damage_flags(const struct elf_damage_class *c, const uint8_t *header)
{
	return elf_damage_read(header + c->flags, c->word);
}

/* Does a loader look into it? Debugging information is most of a file, and changes nothing. */
static bool elf_damage_matters(const struct elf_damage_class *c, const uint8_t *headers, uint32_t nr, uint32_t cnt)
{
	const uint8_t *header = headers + nr * c->header;
	uint64_t type = elf_damage_read(header + 4, 4), target = elf_damage_read(header + c->info, 4);

	if (type == SHT_RELA || type == SHT_REL)
		return target < cnt && elf_damage_flags(c, headers + target * c->header) & SHF_ALLOC;
	return elf_damage_flags(c, header) & SHF_ALLOC || type == SHT_SYMTAB || type == SHT_STRTAB;
}

/* Where the words to change are: the section headers, or the bytes of one section. false: the file has none such. */
static bool elf_damage_area(const uint8_t *data, size_t size, uint64_t *at, uint64_t *bytes)
{
	static const struct elf_damage_class classes[] = { { 4, sizeof(Elf32_Shdr), 32, 8, 16, 20, 28 },
							   { 8, sizeof(Elf64_Shdr), 40, 8, 24, 32, 44 } };
	const struct elf_damage_class *c = &classes[data[EI_CLASS] == ELFCLASS64];
	uint64_t shoff = elf_damage_read(data + c->shoff, c->word);
	uint32_t cnt, nr, tries = 8;

	if (shoff >= size || size - shoff < 2 * c->header)
		return false;
	*at = shoff;
	*bytes = size - shoff;
	if (elf_damage_random(2))
		return true;
	cnt = (uint32_t)((size - shoff) / c->header);
	do
		nr = elf_damage_random(cnt);
	while (!elf_damage_matters(c, data + shoff, nr, cnt) && --tries);
	*at = elf_damage_read(data + shoff + nr * c->header + c->offset, c->word);
	*bytes = elf_damage_read(data + shoff + nr * c->header + c->bytes, c->word);
	return *at < size && *bytes <= size - *at && *bytes >= c->word;
}

static void elf_damage_change(uint8_t *data, size_t size, uint64_t at, uint64_t bytes)
{
	size_t width = 1u << elf_damage_random(4); /* 1, 2, 4 or 8 bytes */
	uint64_t words = bytes / width, value;
	uint8_t *p, *like;

	if (!words)
		return;
	p = data + at + width * elf_damage_random((uint32_t)words);
	like = data + at + width * elf_damage_random((uint32_t)words);
	value = elf_damage_value(elf_damage_read(p, width), elf_damage_read(like, width), size);
	memcpy(p, &value, width);
}

/* Change up to four words of a file of at least an ELF header; what becomes of it depends on @seed alone. */
static void elf_damage(uint8_t *data, size_t size, uint32_t seed)
{
	uint64_t at, bytes;

	elf_damage_state = seed;
	for (uint32_t n = elf_damage_random(4) + 1; n--;) {
		if (elf_damage_area(data, size, &at, &bytes))
			elf_damage_change(data, size, at, bytes);
	}
}

#endif
