/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a module imports and exports, read here a second time and in another way, against the kernel's own list. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/debian/t0.h"
#include "tenon/fmt/modtables.h"

void result_wrong(struct result *r, const char *fmt, ...)
{
	va_list ap;

	if (r->why[0])
		return;
	va_start(ap, fmt);
	vsnprintf(r->why, sizeof(r->why), fmt, ap);
	va_end(ap);
}

static bool is_export_of(const struct symver *s, const struct load *l)
{
	return s && strcmp(s->module, "vmlinux") && symver_of(s, l->m->name);
}

void facts_record(struct symvers *sv, const struct load *l)
{
	const Elf64_Sym *syms = (const void *)l->elf.symbols;

	for (uint32_t i = 1; i < l->elf.symbol_cnt; i++) {
		struct symver *s;

		if (ELF_ST_BIND(syms[i].st_info) == STB_LOCAL || !syms[i].st_shndx ||
		    syms[i].st_shndx >= l->elf.section_cnt)
			continue;
		s = symvers_find(sv, l->elf.strings + syms[i].st_name);
		if (is_export_of(s, l))
			s->address = l->sections[syms[i].st_shndx].run + syms[i].st_value;
	}
}

/* Every export that the core read is one of the list, with the same checksum, licence and namespace, at its symbol. */
static void check_exports(const struct symvers *sv, const struct load *l, struct result *r)
{
	for (uint32_t i = 0; i < l->m->export_cnt; i++) {
		const struct tenon_export *e = &l->m->exports[i];
		struct symver *s = symvers_find(sv, e->name);

		if (!is_export_of(s, l))
			result_wrong(r, "export %s: not this module's in Module.symvers", e->name);
		else if (e->crc != s->crc)
			result_wrong(r, "export %s: checksum %#x, Module.symvers has %#x", e->name, e->crc, s->crc);
		else if (!(e->flags & TENON_EXPORT_GPL) != !s->gpl)
			result_wrong(r, "export %s: licence", e->name);
		else if (strcmp(e->space ? e->space : "", s->space))
			result_wrong(r, "export %s: namespace", e->name);
		else if (e->value != s->address)
			result_wrong(r, "export %s: %#llx, its symbol is at %#llx", e->name,
				     (unsigned long long)e->value, (unsigned long long)s->address);
		else if (s->seen)
			result_wrong(r, "export %s: twice", e->name);
		if (s)
			s->seen = true;
	}
	r->exports = l->m->export_cnt;
}

/* Every checksum that the module carries is the list's. */
static void check_versions(const struct symvers *sv, const struct load *l, struct result *r)
{
	const struct tenon_version64 *v;
	struct elf_section s;

	if (!elf_find_section(&l->elf, "__versions", &s))
		return;
	v = elf_section_data(&l->elf, &s);
	for (; r->versions < s.size / sizeof(*v); r->versions++, v++) {
		const struct symver *known = symvers_find(sv, v->name);

		if (!known)
			result_wrong(r, "version of %s: not in Module.symvers", v->name);
		else if (known->crc != (uint32_t)v->crc)
			result_wrong(r, "version of %s: %#llx, Module.symvers has %#x", v->name,
				     (unsigned long long)v->crc, known->crc);
	}
}

/* Every undefined symbol got the address that its provider has. */
static void check_imports(const struct symvers *sv, const struct load *l, struct result *r)
{
	const Elf64_Sym *syms = (const void *)l->elf.symbols;

	for (uint32_t i = 1; i < l->elf.symbol_cnt; i++) {
		const char *name = l->elf.strings + syms[i].st_name;
		const struct symver *s;

		if (syms[i].st_shndx)
			continue;
		s = symvers_find(sv, name);
		r->imports++;
		if (l->values[i] != (s ? s->address : 0) || (!l->values[i] && ELF_ST_BIND(syms[i].st_info) != STB_WEAK))
			result_wrong(r, "import %s: bound to %#llx, is at %#llx", name,
				     (unsigned long long)l->values[i], (unsigned long long)(s ? s->address : 0));
	}
}

void facts_check(const struct symvers *sv, const struct load *l, struct result *r)
{
	check_exports(sv, l, r);
	check_versions(sv, l, r);
	check_imports(sv, l, r);
}
