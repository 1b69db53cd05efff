/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Names of the functions of modules that have gone, the last ones: a stale pointer leads to where one was. */
#ifndef KERNEL_MODULE_GONE_H
#define KERNEL_MODULE_GONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record;

void gone_add(const struct record *r);
/* "hello: gone, was at 0x... to 0x..." of the @i-th before now; false: there is none. Context: any; does not lock. */
bool gone_describe(unsigned i, char *text, size_t size);
/* "function+0x12 [module, gone]". Return: false: none of those was there. Context: any; does not lock. */
bool gone_name_address(uint64_t address, char *text, size_t size);

#endif
