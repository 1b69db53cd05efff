/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the boot loader handed over, whichever it was. */
#ifndef KERNEL_BOOT_H
#define KERNEL_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/mm/page.h"

/* The command line, NUL-terminated. */
const char *boot_command_line(void);

/* The word NAME=VALUE of the command line: its value, cut to @size with NUL. NAME alone is an empty value. */
bool boot_option(const char *name, char *value, size_t size);
/* Its number, or @otherwise if there is no such word, or no number in it. */
uint64_t boot_number(const char *name, uint64_t otherwise);

/**
 * boot_initrd - the archive that was handed over
 *
 * It is read-only and stays until boot_initrd_free(), which gives its pages back.
 *
 * Return: its address, NULL if there is none.
 */
const void *boot_initrd(size_t *bytes);
void boot_initrd_free(void);

/* ---- while booting ---------------------------------------------------------------------------------------------- */

struct phys_range {
	phys_addr start, end;
};

/* Reads what PVH (@magic 0) or multiboot2 left at @info, which is not needed afterwards. */
void boot_read(uint32_t magic, phys_addr info);
/* Physical, or 0: not given. */
phys_addr boot_rsdp(void);

/* All memory but the kernel's image, as whole pages, sorted. */
const struct phys_range *boot_ram(unsigned *cnt);
/* Of that, what nothing is in; boot_take() makes it less. */
const struct phys_range *boot_free_ram(unsigned *cnt);

/* Take pages for good, before there is page_alloc(). What is in them is not defined. A machine too small stops here. */
phys_addr boot_take(size_t bytes);
phys_addr boot_take_table(void); /* a zeroed page */

/* Only the image for tests has it: what happens there instead of starting the first program. Does not return. */
__attribute__((weak)) void boot_tests(void);

#endif
