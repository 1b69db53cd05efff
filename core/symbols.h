/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef CORE_SYMBOLS_H
#define CORE_SYMBOLS_H

#include "core/context.h"

/*
 * Add @cnt exports to @d, or to the interface if @d is NULL; all or none. The table must stay until it is removed.
 * Return: 0, -TENON_ENOEXEC (EXPORT_NULL), -TENON_EEXIST (EXPORT_DUPLICATE, naming both) or -TENON_ENOMEM. Core's lock
 * held, as for removing.
 */
int exports_add(struct tenon *t, struct tenon_domain *d, const struct tenon_export *table, size_t cnt,
		struct tenon_diag *diag);
void exports_remove(struct tenon *t, struct tenon_domain *d, const struct tenon_export *table, size_t cnt);

/* An export as @d sees it: the interface first, then its own; @hash is table_hash() of it. Core's lock held. */
const struct tenon_export *export_find(struct tenon_domain *d, const char *name, uint32_t hash);
/* An export as a Linux module of @d sees it: those for Linux modules, then what the kernel itself gave to @d. */
const struct tenon_export *export_find_linux(struct tenon_domain *d, const char *name, uint32_t hash);

/* Who provides it, for a diagnosis. */
const char *export_owner_name(const struct tenon_export *e);

#endif
