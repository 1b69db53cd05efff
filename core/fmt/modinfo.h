/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* .modinfo: key=value strings, each ended by NUL. Layout in include/tenon/fmt/modtables.h. */
#ifndef CORE_FMT_MODINFO_H
#define CORE_FMT_MODINFO_H

#include <stdbool.h>
#include <stddef.h>

#include "tenon/diag.h"

struct modinfo {
	const char *data;
	size_t size; /* bytes */
};

/** modinfo_check - every string is terminated and has a '='. Return: 0 or -TENON_ENOEXEC (MODINFO_MALFORMED). */
int modinfo_check(const struct modinfo *mi, struct tenon_diag *diag);

/**
 * modinfo_next - step through all entries
 * @at: in: the entry before, NULL for the first; out: the entry, "key=value"
 * @value: points after the '='
 *
 * Return: bytes of the key, 0 at the end.
 */
size_t modinfo_next(const struct modinfo *mi, const char **at, const char **value);

/** modinfo_get_next - value of the first entry with that key, after the one with value @value if not NULL; or NULL. */
const char *modinfo_get_next(const struct modinfo *mi, const char *key, const char *value);

/** modinfo_get - value of the first entry with that key, or NULL. */
static inline const char *modinfo_get(const struct modinfo *mi, const char *key)
{
	return modinfo_get_next(mi, key, NULL);
}

/**
 * modinfo_list_next - step through a comma-separated list such as `depends`
 * @at: in and out, the position; start with the value
 * @len: bytes of the item returned
 *
 * Return: the item (not terminated), NULL at the end. Empty items are skipped.
 */
const char *modinfo_list_next(const char **at, size_t *len);

/** modinfo_list_has - is @item, of @len bytes, in a comma-separated list? */
bool modinfo_list_has(const char *list, const char *item, size_t len);

/**
 * modinfo_consumers - of the namespace of an export for named modules only: their list; NULL: a namespace to import.
 */
const char *modinfo_consumers(const char *space);

/** modinfo_is_consumer - is @module, with '_' for '-', in such a list? An item may end in '*', for any rest. */
bool modinfo_is_consumer(const char *list, const char *module);

#endif
