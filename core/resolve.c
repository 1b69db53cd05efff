/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Stage 5: each undefined symbol is looked up once, however many relocations use it, and may be used only if version,
 * licence, namespace, domain and state allow. Core's lock held throughout, so that what was found stays.
 */
#include "core/string.h"

#include "core/load.h"
#include "core/module.h"
#include "core/personality.h"
#include "tenon/fmt/modtables.h"

/* The module's __versions, found by name. Open addressing; an entry is the index in the section + 1. */
struct version_map {
	const uint8_t *entries;
	uint32_t cnt, mask;
	uint32_t *slots;
	bool is64;
};

static const char *version_name(const struct version_map *v, uint32_t idx)
{
	return (const char *)v->entries + (size_t)idx * TENON_VERSION_BYTES + (v->is64 ? 8 : 4);
}

static int version_map_open(struct load *l, struct version_map *v)
{
	struct elf_section s;

	*v = (struct version_map){ .is64 = l->elf.is64 };
	if (!elf_find_section(&l->elf, "__versions", &s))
		return 0;
	if (s.size % TENON_VERSION_BYTES)
		return fail_at(l->diag, TENON_R_VERSIONS_MALFORMED, 0, s.size, s.size);
	v->entries = elf_section_data(&l->elf, &s);
	v->cnt = (uint32_t)(s.size / TENON_VERSION_BYTES);
	v->mask = 7;
	while (v->mask < v->cnt * 2)
		v->mask = v->mask * 2 + 1;
	v->slots = mem_alloc(l->t, (v->mask + 1) * sizeof(*v->slots));
	if (!v->slots)
		return fail(l->diag, TENON_R_NO_MEMORY);
	for (uint32_t i = 0; i < v->cnt; i++) {
		const char *name = version_name(v, i);
		uint32_t at;

		if (name[TENON_VERSION_BYTES - (v->is64 ? 8 : 4) - 1])
			return fail_at(l->diag, TENON_R_VERSIONS_MALFORMED, 0, (tenon_addr)i * TENON_VERSION_BYTES, 0);
		at = table_hash(name) & v->mask;
		while (v->slots[at])
			at = (at + 1) & v->mask;
		v->slots[at] = i + 1;
	}
	return 0;
}

static bool version_map_find(const struct version_map *v, const char *name, uint32_t hash, uint32_t *crc)
{
	if (!v->slots)
		return false;
	for (uint32_t at = hash & v->mask; v->slots[at]; at = (at + 1) & v->mask) {
		uint32_t idx = v->slots[at] - 1;

		if (strcmp(version_name(v, idx), name))
			continue;
		*crc = get_le32(v->entries + (size_t)idx * TENON_VERSION_BYTES);
		return true;
	}
	return false;
}

static void version_map_close(struct load *l, struct version_map *v)
{
	if (v->slots)
		mem_free(l->t, v->slots, (v->mask + 1) * sizeof(*v->slots));
}

static bool imports_namespace(const struct load *l, const char *space)
{
	for (const char *v = modinfo_get(&l->modinfo, "import_ns"); v; v = modinfo_get_next(&l->modinfo, "import_ns", v))
		if (!strcmp(v, space))
			return true;
	return false;
}

/* May this module use this export? */
static int check_allowed(struct load *l, const struct tenon_export *e)
{
	static const char consumer[] = "module:";

	if ((e->flags & TENON_EXPORT_GPL) && !l->gpl) {
		const char *licence = modinfo_get(&l->modinfo, "license");

		return fail_name(l->diag, TENON_R_LICENSE, e->name, licence ? licence : "unspecified");
	}
	if (!e->space || !e->space[0])
		return 0;
	if (!strncmp(e->space, consumer, sizeof(consumer) - 1)) {
		const char *list = e->space + sizeof(consumer) - 1;

		if (!modinfo_list_has(list, l->m->name, strlen(l->m->name)))
			return fail_name(l->diag, TENON_R_SYM_CONSUMER, e->name, list);
	} else if (!imports_namespace(l, e->space)) {
		return fail_name(l->diag, TENON_R_SYM_NAMESPACE, e->name, e->space);
	}
	return 0;
}

static int check_crc(struct load *l, const struct version_map *v, const struct tenon_export *e, uint32_t hash)
{
	uint32_t crc;
	int err;

	if (!e->crc)
		return 0;
	if ((l->flags & TENON_LOAD_IGNORE_CRC) && tenon_sig_mode(l->t) != TENON_SIG_ENFORCE) {
		l->m->taints |= TENON_TAINT_FORCED;
		return 0;
	}
	if (!version_map_find(v, e->name, hash, &crc))
		return fail_name(l->diag, TENON_R_SYM_CRC_MISSING, e->name, NULL);
	if (crc == e->crc)
		return 0;
	err = fail_name(l->diag, TENON_R_SYM_CRC, e->name, NULL);
	l->diag->got = crc;
	l->diag->want = e->crc;
	load_explain_type(l, e);
	return err;
}

/* A module of this plan may be used before it is live; so may one that this plan's init functions brought in. */
static bool owner_usable(const struct load *l, const struct tenon_module *owner)
{
	return owner->state == TENON_LIVE || (owner->plan == l->plan && owner->state != TENON_GOING);
}

static int undefined(struct load *l, const char *name)
{
	int err = fail_name(l->diag, TENON_R_SYM_UNDEFINED, name, NULL);

	for (struct tenon_domain *d = l->t->domains; d; d = d->next) {
		bool is_linux = l->kind->ops->export_flags & TENON_EXPORT_LINUX;
		const struct tenon_export *e = table_find(is_linux ? &d->linux_exports : &d->exports, name, table_hash(name));

		if (e)
			return fail_name(l->diag, TENON_R_SYM_DOMAIN, name, e->owner ? e->owner->name : "the kernel");
	}
	load_need_path(l, l->diag->other);
	return err;
}

static int bind(struct load *l, const struct tenon_export *e, tenon_addr *value)
{
	const struct tenon_host *h = l->t->host;

	*value = e->value;
	if ((e->flags & TENON_EXPORT_INTERFACE) && h->bind && h->bind(h->context, l->m->domain, e, value))
		return fail_name(l->diag, TENON_R_BIND_REFUSED, e->name, NULL);
	if (e->owner && e->owner->bind_mark != l->t->bind_serial) {
		e->owner->bind_mark = l->t->bind_serial;
		e->owner->users++;
	}
	l->m->imports[l->m->import_cnt++] = e;
	return 0;
}

static const struct tenon_export *find(const struct load *l, const char *name, uint32_t hash)
{
	bool is_linux = l->kind->ops->export_flags & TENON_EXPORT_LINUX;

	return is_linux ? export_find_linux(l->m->domain, name, hash) : export_find(l->m->domain, name, hash);
}

/* A function of the base, which is native: bound like an import, but not asked for by the file. */
static int resolve_base(struct load *l, const char *name, tenon_addr *value)
{
	const struct tenon_export *e = export_find(l->m->domain, name, table_hash(name));

	if (!e)
		return undefined(l, name);
	if (e->owner && !owner_usable(l, e->owner))
		return fail_name(l->diag, TENON_R_SYM_LEAVING, name, e->owner->name);
	return bind(l, e, value);
}

static int resolve_one(struct load *l, const struct version_map *v, const struct elf_symbol *s, tenon_addr *value)
{
	const char *name = elf_symbol_name(&l->elf, s);
	uint32_t hash = table_hash(name);
	const struct tenon_export *e = find(l, name, hash);
	int err;

	if (!e) {
		*value = 0;
		return s->bind == STB_WEAK ? 0 : undefined(l, name);
	}
	if (e->owner && !owner_usable(l, e->owner))
		return fail_name(l->diag, TENON_R_SYM_LEAVING, name, e->owner->name);
	err = check_crc(l, v, e, hash);
	if (!err)
		err = check_allowed(l, e);
	return err ? err : bind(l, e, value);
}

/* Symbol 0, which is undefined too, stands for "no symbol": its value is 0. */
/* Nobody imports it, but its checksum must be right. */
static int check_layout(struct load *l, const struct version_map *v)
{
	const char *name = l->kind->ops->layout_symbol;
	uint32_t hash = name ? table_hash(name) : 0;
	const struct tenon_export *e = name ? find(l, name, hash) : NULL;

	return e ? check_crc(l, v, e, hash) : 0;
}

int load_resolve(struct load *l)
{
	struct version_map versions;
	struct elf_symbol s;
	uint32_t cnt = load_by_base(l) ? 2 : 0;
	int err;

	for (uint32_t i = 1; i < l->elf.symbol_cnt; i++) {
		elf_symbol_at(&l->elf, i, &s);
		cnt += s.shndx == SHN_UNDEF;
	}
	if (cnt) {
		l->m->imports = mem_alloc(l->t, cnt * sizeof(*l->m->imports));
		if (!l->m->imports)
			return fail(l->diag, TENON_R_NO_MEMORY);
		l->m->import_cap = cnt;
	}
	l->t->bind_serial++;
	err = version_map_open(l, &versions);
	for (uint32_t i = 1; i < l->elf.symbol_cnt && !err; i++) {
		elf_symbol_at(&l->elf, i, &s);
		if (s.shndx == SHN_UNDEF)
			err = resolve_one(l, &versions, &s, &l->values[i]);
	}
	if (!err)
		err = check_layout(l, &versions);
	version_map_close(l, &versions);
	if (!err && load_by_base(l))
		err = resolve_base(l, l->kind->ops->start_by, &l->m->start_by);
	if (!err && load_by_base(l))
		err = resolve_base(l, l->kind->ops->stop_by, &l->m->stop_by);
	return err;
}
