/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Names of the kernel's functions, for messages. */
#ifndef KERNEL_SYMBOLS_H
#define KERNEL_SYMBOLS_H

#include <stdint.h>

/* The function that @address is in and how far, or NULL. Any context. */
const char *symbol_find(uint64_t address, uint64_t *offset);

/* Write the calls that led to here to the console: from the frame that @frame_pointer is of, after @address itself. */
void backtrace_print(uint64_t address, uint64_t frame_pointer);

#endif
