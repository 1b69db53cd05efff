/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Use all of a file that elf_open() accepted, the way the core and the tools do. For tests and fuzzing. */
#ifndef TESTS_UNIT_ELF_WALK_H
#define TESTS_UNIT_ELF_WALK_H

#include <stddef.h>
#include <stdint.h>

/*
 * Open @data (@size bytes, as allocated, so that a sanitizer sees any read outside), check its symbols, then read every
 * byte, name, symbol and relocation, and abort if what elf.h promises does not hold. Return: the reason for which the
 * file was refused (enum tenon_reason), 0 if it was good.
 */
int elf_walk(const uint8_t *data, size_t size);

#endif
