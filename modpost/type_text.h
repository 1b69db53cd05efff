/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A C type as one line of text, from its DWARF. Equal text, equal interface:
 *
 *     s32(struct point{0 s32 x;4 s32 y;}:8*,char const*,u64[2]*,...)
 *
 * Integers are named by sign and bits, so that only what a caller can notice counts. Typedefs are looked through,
 * parameter names left out. A structure, union or enumeration is written out on its first occurrence (offset, type and
 * name of each member, then its size) and named by its tag afterwards, which also ends cycles; one without a
 * definition is its tag alone. Qualifiers and '*' follow what they apply to.
 */
#ifndef MODPOST_TYPE_TEXT_H
#define MODPOST_TYPE_TEXT_H

#include <elfutils/libdw.h>

/**
 * type_text - the type of a function or variable
 * @path, @symbol: the object and the name, for messages
 * @entry: its entry in the debugging information
 *
 * Return: the text, from the heap. Ends the program if it is no C type, or too large to be an interface.
 */
char *type_text(const char *path, const char *symbol, Dwarf_Die *entry);

#endif
