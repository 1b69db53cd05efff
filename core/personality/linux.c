/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Linux's own modules, as a distribution ships them. Where init and exit are stands in struct module, whose layout
 * differs from kernel to kernel; but both are put there by relocations against init_module and cleanup_module, so
 * those are read instead. All else about them is linux.ko's business.
 */
#include "core/string.h"

#include "core/personality.h"
#include "core/personality/common.h"

static bool linux_recognise(const struct load *l)
{
	struct elf_section s;
	const char *vermagic = modinfo_get(&l->modinfo, "vermagic");

	return vermagic && strncmp(vermagic, "tenon-", 6) && elf_find_section(&l->elf, ".gnu.linkonce.this_module", &s);
}

static bool linux_discard(const struct elf_section *s)
{
	return personality_discard(s);
}

/* Run address of the symbol @name among those that relocate the module section, 0 if there is none. */
static uint64_t module_section_symbol(const struct load *l, uint32_t this_idx, const char *name)
{
	for (uint32_t i = 1; i < l->elf.section_cnt; i++) {
		const Elf64_Rela *rela;
		struct elf_section s;

		elf_section_at(&l->elf, i, &s);
		if (s.type != SHT_RELA || s.info != this_idx || !l->elf.is64)
			continue;
		rela = elf_section_data(&l->elf, &s);
		for (uint64_t n = 0; n < s.size / sizeof(*rela); n++) {
			struct elf_symbol sym;

			elf_symbol_at(&l->elf, ELF64_R_SYM(rela[n].r_info), &sym);
			if (!strcmp(elf_symbol_name(&l->elf, &sym), name))
				return l->values[ELF64_R_SYM(rela[n].r_info)];
		}
	}
	return 0;
}

static int linux_after_relocate(struct load *l)
{
	struct elf_section s;
	uint32_t idx = elf_find_section(&l->elf, ".gnu.linkonce.this_module", &s);

	l->m->this_module = l->sections[idx].run;
	l->m->init = module_section_symbol(l, idx, "init_module");
	l->m->exit = module_section_symbol(l, idx, "cleanup_module");
	return personality_check_entries(l);
}

/* Their parameters are set by functions of linux.ko, which does not have any yet. */
static int linux_params(struct load *l)
{
	if (l->params && l->params[0])
		return fail_name(l->diag, TENON_R_PARAM_SYNTAX, "not supported for Linux modules yet", NULL);
	return 0;
}

const struct tenon_personality tenon_linux = {
	.name = "linux",
	.recognise = linux_recognise,
	.discard = linux_discard,
	.after_relocate = linux_after_relocate,
	.params = linux_params,
	.start = personality_start,
	.stop = personality_stop,
};
