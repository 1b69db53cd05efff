/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Stage 5: each undefined symbol is looked up once, however many relocations use it, and may be used only if version,
 * licence, namespace, domain and state allow. The core's lock is held from the first to the last, so that what was found
 * stays, and bind_serial tells which providers have been counted.
 */
#include "core/string.h"

#include "core/load.h"
#include "core/module.h"
#include "core/personality.h"
#include "core/symbols.h"
#include "core/versions.h"

/* May this module use this export? */
static int check_allowed(struct load *l, const struct versions *v, const struct tenon_export *e)
{
	const char *consumers;

	if ((e->flags & TENON_EXPORT_GPL) && !l->gpl)
		return fail_names(l->diag, TENON_R_LICENSE, e->name, l->license);
	if (!e->space || !e->space[0])
		return 0;
	consumers = modinfo_consumers(e->space);
	if (consumers)
		return modinfo_is_consumer(consumers, l->m->name) ?
			   0 :
			   fail_names(l->diag, TENON_R_SYM_CONSUMER, e->name, consumers);
	if (!versions_has_space(l, v, e->space))
		return fail_names(l->diag, TENON_R_SYM_NAMESPACE, e->name, e->space);
	return 0;
}

int load_check_crc(struct load *l, struct versions *v, const struct tenon_export *e, uint32_t hash)
{
	uint32_t crc;
	int err;

	if (!e->crc)
		return 0;
	if (load_forced(l, TENON_LOAD_IGNORE_CRC))
		return 0;
	err = versions_find(l, v, e->name, hash, &crc);
	if (err < 0)
		return err;
	if (!err)
		return fail_name(l->diag, TENON_R_SYM_CRC_MISSING, e->name);
	if (crc == e->crc)
		return 0;
	fail_name(l->diag, TENON_R_SYM_CRC, e->name);
	if (l->t->types)
		l->t->types->explain(l, e);
	return fail_value(l->diag, TENON_R_SYM_CRC, crc, e->crc);
}

/* A module of this plan may be used before it is live; so may one that this plan's init functions brought in. */
static bool owner_usable(const struct load *l, const struct tenon_module *owner)
{
	return owner->state == TENON_LIVE || (owner->plan == l->plan && owner->state != TENON_GOING);
}

static int undefined(struct load *l, const char *name, uint32_t hash)
{
	int err = fail_name(l->diag, TENON_R_SYM_UNDEFINED, name);

	for (struct tenon_domain *d = l->t->domains; d; d = d->next) {
		const struct tenon_export *e = l->kind->ops->find(d, name, hash);

		if (e)
			return fail_names(l->diag, TENON_R_SYM_DOMAIN, name, export_owner_name(e));
	}
	load_need_path(l);
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

int load_bind(struct load *l, struct versions *v, const char *name, bool weak, tenon_addr *value)
{
	uint32_t hash = table_hash(l->t, name);
	const struct tenon_export *e = (v ? l->kind->ops->find : export_find)(l->m->domain, name, hash);
	int err = 0;

	*value = 0;
	if (!e)
		return weak ? 0 : undefined(l, name, hash);
	if (e->owner && !owner_usable(l, e->owner))
		return fail_names(l->diag, TENON_R_SYM_LEAVING, name, e->owner->name);
	if (v)
		err = load_check_crc(l, v, e, hash) ?: check_allowed(l, v, e);
	return err ?: bind(l, e, value);
}

/* An undefined symbol. Its name is looked at as far as names go: many symbols may share a long one. */
static int resolve_import(struct load *l, struct versions *v, const struct elf_symbol *s, tenon_addr *value)
{
	const char *name = elf_symbol_name(&l->elf, s);
	tenon_addr left = l->elf.strings_size - s->name_off;

	if (!memchr(name, 0, left < TENON_SYMBOL_BYTES ? (size_t)left : TENON_SYMBOL_BYTES)) {
		l->diag->want = TENON_SYMBOL_BYTES - 1;
		return fail_name(l->diag, TENON_R_SYM_NAME_LONG, name);
	}
	return load_bind(l, v, name, s->bind == STB_WEAK, value);
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
	return l->m->imports ? 0 : -TENON_ENOMEM;
}

int load_resolve(struct load *l)
{
	struct versions versions = { 0 };
	struct elf_symbol s;
	int err = alloc_imports(l) ?: versions_open(l, &versions);

	core_lock(l->t);
	l->t->bind_serial++;
	/* Symbol 0, which is undefined too, stands for "no symbol": its value is 0. */
	for (uint32_t i = 1; i < l->elf.symbol_cnt && !err; i++) {
		elf_symbol_at(&l->elf, i, &s);
		if (s.shndx == SHN_UNDEF)
			err = resolve_import(l, &versions, &s, &l->values[i]);
		else
			l->values[i] = defined(l, &s);
	}
	if (!err && l->kind->ops->resolve)
		err = l->kind->ops->resolve(l, &versions);
	core_unlock(l->t);
	versions_close(l, &versions);
	return err;
}
