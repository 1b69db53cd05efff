/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Include it in a target whose input is an ELF file; libFuzzer then damages it as such two times in three. */
#ifndef TESTS_FUZZ_ELF_MUTATOR_H
#define TESTS_FUZZ_ELF_MUTATOR_H

#include "tests/fuzz/elf_damage.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	if (size < sizeof(Elf64_Ehdr) || !(seed % 3))
		return LLVMFuzzerMutate(data, size, max_size);
	elf_damage(data, size, seed);
	return size;
}

#endif
