/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Linux's own modules, as a distribution ships them. Where init and exit are stands in struct module, whose layout
 * differs from kernel to kernel; but both are put there by relocations against init_module and cleanup_module, so the
 * fields that these relocate are read, checked, and called, whichever field they are. All else about them is linux.ko's
 * business: it gets the addresses of the special sections, and sets parameters, calls init and exit
 * (include/tenon/linux.h).
 */
#include "core/string.h"

#include "core/fmt/modver.h"
#include "core/param.h"
#include "core/personality.h"
#include "core/personality/common.h"
#include "core/personality/percpu.h"
#include "core/symbols.h"
#include "core/versions.h"
#include "tenon/linux.h"

#define LINUX_PARAM_BYTES 40 /* of struct kernel_param of a 64-bit CPU, which begins with a pointer to the name */

/* Is the module started and stopped by its base, linux.ko? */
static bool by_base(const struct load *l)
{
	return l->kind->base && !l->m->no_start;
}

static bool linux_recognise(const struct load *l)
{
	struct elf_section s;
	const char *vermagic = modinfo_get(&l->modinfo, "vermagic");

	return vermagic && strncmp(vermagic, "tenon-", 6) && elf_find_section(&l->elf, ".gnu.linkonce.this_module", &s);
}

/*
 * linux.ko, which is native, exports for Linux's own modules with this before the namespace. Nothing is loaded as low as
 * its per-CPU offsets.
 */
static void linux_claim_export(struct tenon_export *e)
{
	static const char prefix[] = "linux:";
	bool percpu = percpu_has(e->owner, e->value);

	if (!strncmp(e->space, prefix, sizeof(prefix) - 1)) {
		e->space += sizeof(prefix) - 1;
		e->flags |= TENON_EXPORT_LINUX;
		percpu = e->value && e->value < TENON_LINUX_PERCPU_END;
	}
	if (percpu)
		e->flags |= TENON_EXPORT_PERCPU;
}

/* Where names may be longer than 55 bytes. A module that has both forms means this one. */
static int read_extended_versions(struct load *l, struct name_map *map)
{
	const struct load_section *crcs = load_special(l, SPECIAL_VERSION_EXT_CRCS);
	const struct load_section *names = load_special(l, SPECIAL_VERSION_EXT_NAMES);
	struct modver table = { .entries = crcs->data,
				.size = (size_t)crcs->size,
				.names = names->data,
				.names_size = (size_t)names->size };

	const char *name;
	uint32_t crc;
	int err;

	if (crcs->size % sizeof(uint32_t))
		return load_fail_at(l, TENON_R_VERSIONS_MALFORMED, crcs, crcs->size);
	err = name_map_open(l, map, (size_t)(crcs->size / sizeof(uint32_t)));
	while (!err && modver_next(&table, &name, &crc) > 0)
		name_map_add(l, map, name, crc);
	/* What is left is an entry without a name. */
	return err ?: table.size ? load_fail_at(l, TENON_R_VERSIONS_MALFORMED, names, names->size) : 0;
}

static int linux_versions(struct load *l, struct name_map *map)
{
	return l->special[SPECIAL_VERSION_EXT_CRCS] ? read_extended_versions(l, map) : versions_read(l, map);
}

static void linux_layout(struct load *l)
{
	if (by_base(l))
		l->descriptor_offset = load_add(l, TENON_MEM_DATA, sizeof(struct tenon_linux_module), 8);
}

/*
 * What linux.ko exports to be called instead of init and exit. And the version of the structures that all share with
 * it: nobody imports module_layout, but its checksum must be right.
 */
static int linux_resolve(struct load *l, struct versions *v)
{
	static const char layout[] = "module_layout";
	uint32_t hash = table_hash(l->t, layout);
	const struct tenon_export *e = export_find_linux(l->m->domain, layout, hash);
	int err = e ? load_check_crc(l, v, e, hash) : 0;

	if (err || !by_base(l))
		return err;
	return load_bind(l, NULL, "tenon_linux_start", false, &l->m->start)   ?:
		   load_bind(l, NULL, "tenon_linux_stop", false, &l->m->stop) ?:
										percpu_link(l);
}

/*
 * What the field of the module section holds that is relocated against the symbol @name; 0 if none is. The field and
 * not the symbol, because an addend makes them differ.
 */
static tenon_addr module_section_field(const struct load *l, const struct load_section *this, const char *name)
{
	uint32_t this_idx = (uint32_t)(this - l->sections);

	for (uint32_t i = 1; i < l->elf.section_cnt; i++) {
		const struct load_section *s = &l->sections[i];
		const Elf64_Rela *rela = (const void *)s->data;

		if (s->type != SHT_RELA || s->info != this_idx || !l->elf.is64)
			continue;
		for (tenon_addr n = 0; n < s->size / sizeof(*rela); n++) {
			struct elf_symbol sym;

			/*
			 * Its index and place have been checked, for it has been applied; unless there was nothing to
			 * apply.
			 */
			elf_symbol_at(&l->elf, ELF64_R_SYM(rela[n].r_info), &sym);
			if (!strcmp(elf_symbol_name(&l->elf, &sym), name) && this->size >= 8 &&
			    rela[n].r_offset <= this->size - 8)
				return (tenon_addr)get_le64(this->write + rela[n].r_offset);
		}
	}
	return 0;
}

static const char *const described[TENON_LINUX_SECTION_CNT] = {
	[TENON_LINUX_PARAM] = "__param",           [TENON_LINUX_EX_TABLE] = "__ex_table",
	[TENON_LINUX_BUG_TABLE] = "__bug_table",   [TENON_LINUX_SRCU] = "___srcu_struct_ptrs",
	[TENON_LINUX_JUMP_TABLE] = "__jump_table", [TENON_LINUX_PERCPU] = PERCPU_SECTION,
};

/* Return: which of them has this name, -1: none. */
static int described_as(const char *name)
{
	int n = TENON_LINUX_SECTION_CNT - 1;

	/* Most names differ in their second letters. */
	while (n >= 0 && (name[0] != described[n][0] || name[1] != described[n][1] || strcmp(name, described[n])))
		n--;
	return n;
}

/* Describe the module to linux.ko. */
static void describe(struct load *l)
{
	const struct arena_region *data = &l->m->region[TENON_MEM_DATA];
	struct tenon_linux_module out = { .size = sizeof(out),
					  .percpu = l->m->percpu,
					  .module = l->m->this_module,
					  .init = l->m->init,
					  .exit = l->m->exit };

	for (uint32_t i = l->elf.section_cnt - 1; i; i--) { /* of two with one name the first counts */
		const struct load_section *sec = &l->sections[i];
		int n = sec->mem != SECTION_NOT_LOADED && sec->size ? described_as(elf_section_name(&l->elf, i)) : -1;

		if (n >= 0) {
			out.section[n].address = sec->run;
			out.section[n].bytes = sec->size;
		}
	}
	if (l->params_bytes) {
		memcpy(arena_write(data) + l->params_offset, l->params, l->params_bytes);
		out.params = arena_run(data) + l->params_offset;
	}
	memcpy(arena_write(data) + l->descriptor_offset, &out, sizeof(out));
	l->m->descriptor = arena_run(data) + l->descriptor_offset;
}

static int linux_after_relocate(struct load *l)
{
	const struct load_section *this = load_special(l, SPECIAL_THIS_MODULE);

	/* Of one that is not loaded nobody has checked the relocations. */
	if (!this->size)
		return fail_value(l->diag, TENON_R_THIS_MODULE, 0, 0);
	l->m->this_module = this->run;
	l->m->init = module_section_field(l, this, "init_module");
	l->m->exit = module_section_field(l, this, "cleanup_module");
	if (by_base(l)) {
		describe(l);
	} else {
		l->m->start = l->m->init;
		l->m->stop = l->m->exit;
	}
	return personality_check_entries(l);
}

/* linux.ko sets parameters, by the functions that the module names for each. Here only their names are checked. */
static int linux_params(struct load *l)
{
	if (!l->params || !l->params[0])
		return 0;
	if (!by_base(l))
		return fail_name(l->diag, TENON_R_PARAM_SYNTAX, "a module that is only linked has none set");
	return param_check_names(l, LINUX_PARAM_BYTES);
}

const struct tenon_personality tenon_linux = {
	.name = "linux",
	.export_flags = TENON_EXPORT_LINUX,
	.caller = TENON_LINUX_CALL,
	.extra_imports = 2,
	.absolute_exports = EM_RISCV, /* Linux sets HAVE_ARCH_PREL32_RELOCATIONS for the other CPUs */
	.versions = linux_versions,
	.claim_export = linux_claim_export,
	.find = export_find_linux,
	.recognise = linux_recognise,
	.layout = linux_layout,
	.resolve = linux_resolve,
	.after_relocate = linux_after_relocate,
	.params = linux_params,
};
