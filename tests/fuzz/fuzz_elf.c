/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Open any bytes as an ELF object and read all of it. */
#include <stddef.h>
#include <stdint.h>

#include "tests/fuzz/elf_mutator.h"
#include "tests/unit/elf_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	elf_walk(data, size); /* libFuzzer's copy is as long as it says, and aligned */
	return 0;
}
