/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What both kinds of module do alike. */
#ifndef CORE_PERSONALITY_COMMON_H
#define CORE_PERSONALITY_COMMON_H

#include "core/load.h"

/* Word number @idx at @p, as wide as the module's pointers. */
static inline tenon_addr personality_word(const struct load *l, const uint8_t *p, uint32_t idx)
{
	return ELF_IS64(&l->elf) ? (tenon_addr)get_le64(p + 8 * idx) : get_le32(p + 4 * idx);
}

/* init and exit lie in the module's text. Return: 0 or INIT_ADDRESS. */
int personality_check_entries(struct load *l);

#endif
