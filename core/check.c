/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Stage 3: is it a module, for this CPU and this kernel, and what does it say of itself? */
#include "core/string.h"

#include "core/fmt/license.h"
#include "core/load.h"
#include "core/personality.h"
#include "core/request.h"

static int check_machine(struct load *l)
{
	const struct tenon_arch *arch = load_arch(l);

	if (l->elf.machine != arch->machine)
		return fail_value(l->diag, TENON_R_ELF_MACHINE, l->elf.machine, arch->machine);
	if (ELF_IS64(&l->elf) != arch->is64)
		return fail_value(l->diag, TENON_R_ELF_CLASS, ELF_IS64(&l->elf) ? ELFCLASS64 : ELFCLASS32,
				  arch->is64 ? ELFCLASS64 : ELFCLASS32);
	return arch->check_flags ? arch->check_flags(l->elf.flags, l->diag) : 0;
}

static int find_special(struct load *l)
{
	static const char *const names[SPECIAL_CNT] = {
		[SPECIAL_MODINFO] = ".modinfo",
		[SPECIAL_VERSIONS] = "__versions",
		[SPECIAL_VERSION_EXT_CRCS] = "__version_ext_crcs",
		[SPECIAL_VERSION_EXT_NAMES] = "__version_ext_names",
		[SPECIAL_KSYMTAB] = "__ksymtab",
		[SPECIAL_KSYMTAB_GPL] = "__ksymtab_gpl",
		[SPECIAL_KCRCTAB] = "__kcrctab",
		[SPECIAL_KCRCTAB_GPL] = "__kcrctab_gpl",
		[SPECIAL_KFLAGSTAB] = "__kflagstab",
		[SPECIAL_PARAM] = "__param",
		[SPECIAL_THIS_MODULE] = ".gnu.linkonce.this_module",
		[SPECIAL_BUILD_ID] = ".note.gnu.build-id",
	};
	struct elf_section s;

	for (uint32_t i = 1; i < l->elf.section_cnt; i++) {
		elf_section_at(&l->elf, i, &s);
		if (!s.name[0] ||
		    !strchr("_gmn", s.name[1])) /* the second letters of all these names; few others have them */
			continue;
		for (size_t n = 0; n < SPECIAL_CNT; n++) {
			if (strcmp(s.name, names[n]))
				continue;
			l->diag->section = i;
			if (l->special[n])
				return fail_name(l->diag, TENON_R_SEC_DUPLICATE, s.name);
			if (s.type != (n == SPECIAL_BUILD_ID ? SHT_NOTE : SHT_PROGBITS))
				return fail_name(l->diag, TENON_R_SEC_SPECIAL, s.name);
			/* The others must be in memory to be read. */
			if (n < SPECIAL_NOT_LOADED || s.flags & SHF_ALLOC)
				l->special[n] = (uint16_t)i;
		}
	}
	l->diag->section = 0;
	elf_section_at(&l->elf, l->special[SPECIAL_MODINFO], &s);
	l->modinfo = (struct modinfo){ elf_section_data(&l->elf, &s), (size_t)s.size };
	return 0;
}

/* What the file calls itself, which must be what was asked for, if that had a name. */
static int check_name(struct load *l)
{
	const char *name = modinfo_get(&l->modinfo, "name");
	char called[TENON_NAME_BYTES];
	int err;

	if (!name || !name[0])
		return fail(l->diag, TENON_R_NAME_MISSING);
	err = plan_name(called, name, strlen(name), l->diag);
	if (err)
		return err;
	if (l->m->name[0])
		return strcmp(l->m->name, called) ? fail_name(l->diag, TENON_R_NAME_MISMATCH, name) : 0;
	diag_copy(l->m->name_text, sizeof(l->m->name_text), called);
	return 0;
}

static int check_vermagic(struct load *l)
{
	const char *vermagic = modinfo_get(&l->modinfo, "vermagic");

	if (!l->kind->vermagic)
		return 0;
	if (vermagic && !strcmp(vermagic, l->kind->vermagic))
		return 0;
	if (load_forced(l, TENON_LOAD_IGNORE_VERMAGIC))
		return 0;
	if (!vermagic)
		return fail(l->diag, TENON_R_VERMAGIC_MISSING);
	return fail_names(l->diag, TENON_R_VERMAGIC, vermagic, l->kind->vermagic);
}

/* What distinguishes files of the same name: the build id if there is one, else all the content. FNV-1a. */
static size_t content_hash(const struct load *l)
{
	const uint8_t *p = l->file;
	size_t size = l->content_size;
	struct elf_section s;
	size_t h = (size_t)0xcbf29ce484222325ull;

	elf_section_at(&l->elf, l->special[SPECIAL_BUILD_ID], &s);
	if (s.size) {
		p = elf_section_data(&l->elf, &s);
		size = (size_t)s.size;
	}
	for (size_t i = 0; i < size; i++)
		h = (h ^ p[i]) * (size_t)0x100000001b3ull;
	return h;
}

/* Which kind of module it is. */
static int find_kind(struct load *l)
{
	for (uint32_t i = 0; i < l->t->kind_cnt; i++)
		if (l->t->kinds[i].ops->recognise(l)) {
			l->kind = &l->t->kinds[i];
			l->m->personality = l->kind->ops;
			return 0;
		}
	return fail(l->diag, TENON_R_NO_PERSONALITY);
}

/* A licence that is not GPL-compatible, free as it may be, taints: the author must learn it before a symbol is missed. */
static void check_license(struct load *l)
{
	l->license = modinfo_get(&l->modinfo, "license") ?: "unspecified";
	l->gpl = license_is_gpl(l->license);
	if (l->gpl)
		return;
	l->m->taints |= TENON_TAINT_PROPRIETARY;
	core_log(l->t, TENON_LOG_WARNING, l->m->name, "tainted: licence is not GPL-compatible: ", l->license);
}

int load_check(struct load *l)
{
	int err = elf_open(&l->elf, l->file, l->content_size, l->diag) ?:
		      check_machine(l)                                 ?:
		      elf_check_symbols(&l->elf, l->diag)              ?:
		      find_special(l)                                  ?:
		      modinfo_check(&l->modinfo, l->diag)              ?:
		      find_kind(l)                                     ?:
		      check_name(l)                                    ?:
									 check_vermagic(l);

	if (err)
		return err;
	/* Said here and not where it was found out: now there is a name to say it of. */
	if (l->m->taints & TENON_TAINT_UNSIGNED)
		core_log(l->t, TENON_LOG_WARNING, l->m->name, "not signed by a trusted key", "");
	check_license(l);
	l->m->content_hash = content_hash(l);
	return 0;
}
