/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The type of each export as one line of text, from the object's DWARF. Equal text, equal interface:
 *
 *     s32(struct point{0 s32 x;4 s32 y;}:8*,char const*,u64[2]*,...)
 *
 * Integers are named by sign and bits, so that only what a caller can notice counts. Typedefs are looked through,
 * parameter names left out. A structure, union or enumeration is written out where it is met first (offset, type and
 * name of each member, then its size) and named by its tag afterwards, which also ends cycles; one without a
 * definition is its tag alone. Qualifiers and '*' stand behind what they apply to.
 */
#ifndef MODPOST_TYPES_H
#define MODPOST_TYPES_H

#include "modpost/object.h"

/** types_read - fill in type and crc of every export that has none. Ends the program if an export has no type information. */
void types_read(struct object *o);

/** types_crc - the checksum of such a text: CRC-32 (IEEE 802.3, reflected) of its bytes without the NUL. */
uint32_t types_crc(const char *text);

#endif
