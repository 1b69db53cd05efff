/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "user/lib/running/force.h"
#include "tenon/mod.h"

/* The kernel finds a section only if its header says that it belongs in memory. */
static void hide_section(const struct image *img, const struct elf_file *elf, uint32_t idx)
{
	if (elf->is64) {
		Elf64_Shdr *h = (void *)(img->data + elf->shoff + (uint64_t)idx * sizeof(*h));

		h->sh_flags &= ~(uint64_t)SHF_ALLOC;
	} else {
		Elf32_Shdr *h = (void *)(img->data + elf->shoff + (uint64_t)idx * sizeof(*h));

		h->sh_flags &= ~(uint32_t)SHF_ALLOC;
	}
}

int force_image(struct image *img, unsigned int flags)
{
	static const char *const versions[] = { "__versions", "__version_ext_crcs", "__version_ext_names" };
	struct tenon_diag diag;
	struct elf_section section;
	struct modinfo info;
	struct elf_file elf;
	const char *value;

	if (elf_open(&elf, img->data, img->size, &diag))
		return -ENOEXEC;
	if (flags & TMOD_FORCE_VERMAGIC) {
		if (image_modinfo(img, &elf, &info))
			return -ENOEXEC;
		value = modinfo_get(&info, "vermagic");
		/* What was read may be a copy. */
		if (value && elf_find_section(&elf, ".modinfo", &section))
			memset(img->data + section.offset + (value - info.data) - strlen("vermagic="), 0,
			       strlen("vermagic=") + strlen(value));
	}
	for (size_t i = 0; flags & TMOD_FORCE_MODVERSION && i < sizeof(versions) / sizeof(versions[0]); i++) {
		uint32_t idx = elf_find_section(&elf, versions[i], &section);

		if (idx)
			hide_section(img, &elf, idx);
	}
	return 0;
}
