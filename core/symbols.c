/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Export tables: one of the interface, which binds in every domain, and one for each domain. A name is exported at
 * most once where it can be seen.
 */
#include "core/personality.h"
#include "core/symbols.h"

const struct tenon_export *export_find(struct tenon_domain *d, const char *name, uint32_t hash)
{
	const struct tenon_export *e = table_find(&d->t->interface, name, hash);

	return e ? e : table_find(&d->exports, name, hash);
}

const struct tenon_export *export_find_linux(struct tenon_domain *d, const char *name, uint32_t hash)
{
	const struct tenon_export *e = table_find(&d->linux_exports, name, hash);

	if (e)
		return e;
	e = table_find(&d->exports, name, hash);
	return e && !e->owner ? e : NULL;
}

const char *export_owner_name(const struct tenon_export *e)
{
	return e->owner ? e->owner->name : "the kernel";
}

/* The table for @e. */
static struct table *table_of(struct tenon *t, struct tenon_domain *d, const struct tenon_export *e)
{
	if (!d)
		return &t->interface;
	return e->flags & TENON_EXPORT_LINUX ? &d->linux_exports : &d->exports;
}

/* The export of the same name that some module would see besides @e, or NULL. */
static const struct tenon_export *find_duplicate(struct tenon *t, struct tenon_domain *d, const struct tenon_export *e,
						 uint32_t hash)
{
	const struct tenon_export *old;

	if (d && e->flags & TENON_EXPORT_LINUX)
		return table_find(&d->linux_exports, e->name, hash);
	if (d)
		return export_find(d, e->name, hash);
	old = table_find(&t->interface, e->name, hash);
	for (d = t->domains; d && !old; d = d->next)
		old = table_find(&d->exports, e->name, hash);
	return old;
}

int exports_add(struct tenon *t, struct tenon_domain *d, const struct tenon_export *table, size_t cnt,
		struct tenon_diag *diag)
{
	int err = 0;

	for (size_t i = 0; i < cnt; i++) {
		const struct tenon_export *e = &table[i];
		uint32_t hash = table_hash(t, e->name);
		const struct tenon_export *old = find_duplicate(t, d, e, hash);

		if (!e->value && !(e->flags & TENON_EXPORT_PERCPU))
			err = fail_name(diag, TENON_R_EXPORT_NULL, e->name);
		else if (old)
			err = fail_names(diag, TENON_R_EXPORT_DUPLICATE, e->name, export_owner_name(old));
		else if (table_add(t, table_of(t, d, e), e, hash))
			err = fail(diag, TENON_R_NO_MEMORY);
		if (err) {
			exports_remove(t, d, table, i);
			break;
		}
	}
	return err;
}

void exports_remove(struct tenon *t, struct tenon_domain *d, const struct tenon_export *table, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		table_remove(t, table_of(t, d, &table[i]), &table[i]);
}

int tenon_provide(struct tenon *t, struct tenon_domain *d, const struct tenon_export *table, size_t cnt,
		  struct tenon_diag *diag)
{
	struct tenon_diag unused = { 0 };
	int err;

	core_lock(t);
	err = exports_add(t, d, table, cnt, diag ? diag : &unused);
	core_unlock(t);
	return err;
}

int tenon_lookup(struct tenon *t, struct tenon_domain *d, const char *name, struct tenon_export *out)
{
	uint32_t hash = table_hash(t, name);
	const struct tenon_export *e;
	int err = -TENON_ENOENT;

	core_lock(t);
	e = export_find(d, name, hash);
	for (uint32_t i = 0; i < t->kind_cnt && !e; i++)
		e = t->kinds[i].ops->find(d, name, hash);
	if (e) {
		*out = *e;
		err = e->owner && e->owner->state != TENON_LIVE ? -TENON_EAGAIN : 0;
	}
	core_unlock(t);
	return err;
}

int tenon_for_each_export(struct tenon *t, struct tenon_domain *d, int (*fn)(const struct tenon_export *e, void *arg),
			  void *arg)
{
	const struct table *tabs[] = { &t->interface, &d->exports, &d->linux_exports };
	int ret = 0;

	core_lock(t);
	for (size_t n = 0; n < 3; n++)
		for (uint32_t i = 0; tabs[n]->slots && i <= tabs[n]->mask && !ret; i++)
			if (tabs[n]->slots[i].item)
				ret = fn(tabs[n]->slots[i].item, arg);
	core_unlock(t);
	return ret;
}
