/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What both kinds of module do alike. */
#ifndef CORE_PERSONALITY_COMMON_H
#define CORE_PERSONALITY_COMMON_H

#include "core/load.h"

/* A little-endian word of 4 or 8 bytes. */
static inline tenon_addr personality_word(const uint8_t *p, uint32_t bytes)
{
	return bytes == 8 ? (tenon_addr)get_le64(p) : get_le32(p);
}

/* .modinfo and __versions are for the loader alone. */
bool personality_discard(const struct elf_section *s);
/* init and exit lie in the module's text. Return: 0 or INIT_ADDRESS. */
int personality_check_entries(struct load *l);
/* Call init or exit, or the base's functions for them, through the host, if there is one. */
int personality_start(struct tenon_module *m, int64_t *result, char why[64]);
int personality_stop(struct tenon_module *m, int64_t *result, char why[64]);

#endif
