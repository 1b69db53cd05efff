/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Names of the kernel's functions, for messages. */
#ifndef KERNEL_SYMBOLS_H
#define KERNEL_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

/* The function that @address is in and how far, or NULL. Any context. */
const char *symbol_find(uint64_t address, uint64_t *offset);

/* "function+0x12", with " [module]" behind if it is one's; or the number alone. Any context. */
void symbol_name_address(uint64_t address, char *text, size_t size);

/* Call @fn for each but those that only booting needed, in the order of addresses. */
void symbol_each(void (*fn)(const char *name, uint64_t address, void *arg), void *arg);

/* Write the calls that led to here to the console: from the frame that @frame_pointer is of, after @address itself. */
void backtrace_print(uint64_t address, uint64_t frame_pointer);
/* The first of them, to the log. Interrupts on, no lock held. */
void backtrace_log(uint64_t address, uint64_t frame_pointer);

#endif
