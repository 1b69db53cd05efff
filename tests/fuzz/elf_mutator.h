/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Changing an ELF file where it hurts: blind changes rarely make two fields disagree by one, or a sum wrap around.
 * Include it in a target whose input is an ELF file; libFuzzer then uses it instead of its own mutation.
 */
#ifndef TESTS_FUZZ_ELF_MUTATOR_H
#define TESTS_FUZZ_ELF_MUTATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tenon/fmt/elf.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

static uint32_t elf_mutator_state;

static uint32_t elf_mutator_random(uint32_t limit)
{
	elf_mutator_state = elf_mutator_state * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)elf_mutator_state * limit >> 32);
}

static uint64_t elf_mutator_read(const uint8_t *p, size_t width)
{
	uint64_t v = 0;

	memcpy(&v, p, width);
	return v;
}

/* A value that is near what the checks compare with. @like: the same field elsewhere, or any other word. */
static uint64_t elf_mutator_value(uint64_t old, uint64_t like, size_t size)
{
	uint64_t near = elf_mutator_random(3) - 1u;

	switch (elf_mutator_random(8)) {
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
		return elf_mutator_random(64);
	case 6:
		return 1ull << elf_mutator_random(64);
	default:
		return near - 1;
	}
}

/* Where the words to change are: the section headers, or the bytes of one section. false: the file has none such. */
static bool elf_mutator_area(const uint8_t *data, size_t size, uint64_t *at, uint64_t *bytes)
{
	bool is64 = data[EI_CLASS] == ELFCLASS64;
	const uint64_t header = is64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	const size_t word = is64 ? 8 : 4;
	uint64_t shoff = elf_mutator_read(data + (is64 ? 40 : 32), word); /* e_shoff */

	if (shoff >= size || size - shoff < 2 * header)
		return false;
	*at = shoff;
	*bytes = size - shoff;
	if (elf_mutator_random(2))
		return true;
	/* sh_offset and sh_size of a section */
	*at = shoff + header * elf_mutator_random((uint32_t)((size - shoff) / header));
	*bytes = elf_mutator_read(data + *at + (is64 ? 32 : 20), word);
	*at = elf_mutator_read(data + *at + (is64 ? 24 : 16), word);
	return *at < size && *bytes <= size - *at && *bytes >= word;
}

static void elf_mutator_change(uint8_t *data, size_t size, uint64_t at, uint64_t bytes)
{
	size_t width = 1u << elf_mutator_random(4); /* 1, 2, 4 or 8 bytes */
	uint64_t words = bytes / width, value;
	uint8_t *p, *like;

	if (!words)
		return;
	p = data + at + width * elf_mutator_random((uint32_t)words);
	like = data + at + width * elf_mutator_random((uint32_t)words);
	value = elf_mutator_value(elf_mutator_read(p, width), elf_mutator_read(like, width), size);
	memcpy(p, &value, width);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	uint64_t at, bytes;

	elf_mutator_state = seed;
	if (size < sizeof(Elf64_Ehdr) || !elf_mutator_random(3))
		return LLVMFuzzerMutate(data, size, max_size);
	for (uint32_t n = elf_mutator_random(4) + 1; n--;) {
		if (elf_mutator_area(data, size, &at, &bytes))
			elf_mutator_change(data, size, at, bytes);
	}
	return size;
}

#endif
