/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Stage 5: each undefined symbol is looked up once, however many relocations use it, and may be used only if version,
 * licence, namespace, domain and state allow. Core's lock held throughout, so that what was found stays.
 */
#include "core/string.h"

#include "core/load.h"
#include "core/module.h"
#include "core/personality.h"
#include "core/symbols.h"
#include "tenon/fmt/modtables.h"

/* The module's __versions, found by name. Open addressing; an entry is the index in the section + 1. */
struct versions {
	const uint8_t *entries;
	uint32_t cnt, mask;
	uint32_t *slots;
	uint32_t name_off; /* bytes: an entry is the checksum, as wide as a word, and the name */
};

static const char *version_name(const struct versions *v, uint32_t idx)
{
	return (const char *)v->entries + (size_t)idx * TENON_VERSION_BYTES + v->name_off;
}

static int version_map_open(struct load *l, struct versions *v)
{
	const struct load_section *sec = load_special(l, SPECIAL_VERSIONS);

	v->name_off = ELF_WORD_BYTES(&l->elf);
	if (!sec->size)
		return 0;
	if (sec->size % TENON_VERSION_BYTES)
		return fail_at(l->diag, TENON_R_VERSIONS_MALFORMED, sec->size);
	v->entries = sec->data;
	v->cnt = (uint32_t)(sec->size / TENON_VERSION_BYTES);
	v->mask = 7;
	while (v->mask < v->cnt * 2)
		v->mask = v->mask * 2 + 1;
	v->slots = mem_alloc(l->t, (v->mask + 1) * sizeof(*v->slots));
	if (!v->slots)
		return fail(l->diag, TENON_R_NO_MEMORY);
	for (uint32_t i = 0; i < v->cnt; i++) {
		const char *name = version_name(v, i);
		uint32_t at;

		if (name[TENON_VERSION_BYTES - v->name_off - 1])
			return fail_at(l->diag, TENON_R_VERSIONS_MALFORMED, (tenon_addr)i * TENON_VERSION_BYTES);
		at = table_hash(name) & v->mask;
		while (v->slots[at])
			at = (at + 1) & v->mask;
		v->slots[at] = i + 1;
	}
	return 0;
}

static bool version_map_find(const struct versions *v, const char *name, uint32_t hash, uint32_t *crc)
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

		return fail_names(l->diag, TENON_R_LICENSE, e->name, licence ? licence : "unspecified");
	}
	if (!e->space || !e->space[0])
		return 0;
	if (!strncmp(e->space, consumer, sizeof(consumer) - 1)) {
		const char *list = e->space + sizeof(consumer) - 1;

		if (!modinfo_list_has(list, l->m->name, strlen(l->m->name)))
			return fail_names(l->diag, TENON_R_SYM_CONSUMER, e->name, list);
	} else if (!imports_namespace(l, e->space)) {
		return fail_names(l->diag, TENON_R_SYM_NAMESPACE, e->name, e->space);
	}
	return 0;
}

int load_check_crc(struct load *l, const struct versions *v, const struct tenon_export *e, uint32_t hash)
{
	uint32_t crc;
	int err;

	if (!e->crc)
		return 0;
	if (load_forced(l, TENON_LOAD_IGNORE_CRC))
		return 0;
	if (!version_map_find(v, e->name, hash, &crc))
		return fail_name(l->diag, TENON_R_SYM_CRC_MISSING, e->name);
	if (crc == e->crc)
		return 0;
	err = fail_name(l->diag, TENON_R_SYM_CRC, e->name);
	l->diag->got = crc;
	l->diag->want = e->crc;
	if (l->t->types)
		l->t->types->explain(l, e);
	return err;
}

/* A module of this plan may be used before it is live; so may one that this plan's init functions brought in. */
static bool owner_usable(const struct load *l, const struct tenon_module *owner)
{
	return owner->state == TENON_LIVE || (owner->plan == l->plan && owner->state != TENON_GOING);
}

static int undefined(struct load *l, const char *name)
{
	int err = fail_name(l->diag, TENON_R_SYM_UNDEFINED, name);

	for (struct tenon_domain *d = l->t->domains; d; d = d->next) {
		const struct tenon_export *e = l->kind->ops->find(d, name, table_hash(name));

		if (e)
			return fail_names(l->diag, TENON_R_SYM_DOMAIN, name, export_owner_name(e));
	}
	load_need_path(l, l->diag->other);
	return err;
}

static int bind(struct load *l, const struct tenon_export *e, tenon_addr *value)
{
	const struct tenon_host *h = l->t->host;

	*value = e->value;
	if ((e->flags & TENON_EXPORT_INTERFACE) && h->bind && h->bind(h->context, l->m->domain, e, value))
		return fail_name(l->diag, TENON_R_BIND_REFUSED, e->name);
	if (e->owner && e->owner->bind_mark != l->t->bind_serial) {
		e->owner->bind_mark = l->t->bind_serial;
		e->owner->users++;
	}
	l->m->imports[l->m->import_cnt++] = e;
	return 0;
}

int load_bind(struct load *l, const struct versions *v, const char *name, bool weak, tenon_addr *value)
{
	uint32_t hash = table_hash(name);
	const struct tenon_export *e = (v ? l->kind->ops->find : export_find)(l->m->domain, name, hash);
	int err = 0;

	*value = 0;
	if (!e)
		return weak ? 0 : undefined(l, name);
	if (e->owner && !owner_usable(l, e->owner))
		return fail_names(l->diag, TENON_R_SYM_LEAVING, name, e->owner->name);
	if (v)
		err = load_check_crc(l, v, e, hash) ?: check_allowed(l, e);
	return err ?: bind(l, e, value);
}

/* The address of a symbol that the module defines. */
static tenon_addr defined(const struct load *l, const struct elf_symbol *s)
{
	if (s->shndx == SHN_ABS)
		return s->value;
	if (l->sections[s->shndx].mem == SECTION_NOT_LOADED)
		return RELOC_DISCARDED;
	return l->sections[s->shndx].run + s->value;
}

/* Room for all that it imports. */
static int alloc_imports(struct load *l)
{
	uint32_t cnt = l->kind->ops->extra_imports;
	struct elf_symbol s;

	for (uint32_t i = 1; i < l->elf.symbol_cnt; i++) {
		elf_symbol_at(&l->elf, i, &s);
		cnt += s.shndx == SHN_UNDEF;
	}
	if (!cnt)
		return 0;
	l->m->import_cap = cnt;
	l->m->imports = mem_alloc(l->t, cnt * sizeof(*l->m->imports));
	return l->m->imports ? 0 : fail(l->diag, TENON_R_NO_MEMORY);
}

int load_resolve(struct load *l)
{
	struct versions versions = { 0 };
	struct elf_symbol s;
	int err = alloc_imports(l);

	l->t->bind_serial++;
	if (!err)
		err = version_map_open(l, &versions);
	/* Symbol 0, which is undefined too, stands for "no symbol": its value is 0. */
	for (uint32_t i = 1; i < l->elf.symbol_cnt && !err; i++) {
		elf_symbol_at(&l->elf, i, &s);
		if (s.shndx == SHN_UNDEF)
			err = load_bind(l, &versions, elf_symbol_name(&l->elf, &s), s.bind == STB_WEAK, &l->values[i]);
		else
			l->values[i] = defined(l, &s);
	}
	if (!err && l->kind->ops->resolve)
		err = l->kind->ops->resolve(l, &versions);
	mem_free(l->t, versions.slots, (versions.mask + (size_t)1) * sizeof(*versions.slots));
	return err;
}
