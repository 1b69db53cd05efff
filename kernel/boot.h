/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the boot loader handed over, whichever it was. */
#ifndef KERNEL_BOOT_H
#define KERNEL_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The command line, NUL-terminated. */
const char *boot_command_line(void);

/* The word NAME=VALUE of the command line: its value, cut to @size with NUL. NAME alone is an empty value. */
bool boot_option(const char *name, char *value, size_t size);

/**
 * boot_initrd - the archive that was handed over
 *
 * It is read-only and stays until boot_initrd_free(), which gives its pages back.
 *
 * Return: its address, NULL if there is none.
 */
const void *boot_initrd(size_t *bytes);
void boot_initrd_free(void);

#endif
