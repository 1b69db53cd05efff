/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* How much memory a module takes. */
#include <string.h>

#include "user/lib/file.h"

/* The kernel reads these and then drops them, allocated or not. */
static bool dropped(const char *name)
{
	return !strcmp(name, ".modinfo") || !strcmp(name, "__versions") || !strncmp(name, "__version_ext_", 14);
}

void tmod_file_memory(const struct tmod_file *file, uint64_t *stays, uint64_t *init)
{
	*stays = 0;
	*init = 0;
	for (uint32_t i = 1; i < file->elf.section_cnt; i++) {
		struct elf_section s;
		uint64_t *sum;

		elf_section_at(&file->elf, i, &s);
		if (!(s.flags & SHF_ALLOC) || dropped(s.name))
			continue;
		sum = strncmp(s.name, ".init", 5) ? stays : init;
		*sum = (*sum + s.align - 1) / s.align * s.align + s.size;
	}
}
