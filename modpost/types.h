/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The types of a module's exports, and their checksums. */
#ifndef MODPOST_TYPES_H
#define MODPOST_TYPES_H

#include "modpost/object.h"

/** types_read - fill in type (type_text.h) and crc of every export. Ends the program if one has no type information. */
void types_read(struct object *o);

/** types_crc - the checksum of a type's text: CRC-32 (IEEE 802.3, reflected) of its bytes without the NUL. */
uint32_t types_crc(const char *text);

#endif
