/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* All but modinfo_check() rely on what it checked: strings end inside the section, keys are not empty. */
#include "core/string.h"

#include "core/fail.h"
#include "core/fmt/modinfo.h"
#include "core/fmt/modname.h"

/* The first entry at or after @pos, or NULL. */
static const char *entry_from(const struct modinfo *mi, const char *pos)
{
	const char *end = mi->data + mi->size;

	while (pos < end && !*pos)
		pos++;
	return pos < end ? pos : NULL;
}

static const char *after(const char *string)
{
	return string + strlen(string) + 1;
}

int modinfo_check(const struct modinfo *mi, struct tenon_diag *diag)
{
	if (mi->size && mi->data[mi->size - 1])
		return fail_at(diag, TENON_R_MODINFO_MALFORMED, mi->size - 1);
	if (!mi->size)
		return 0;
	for (const char *s = entry_from(mi, mi->data); s; s = entry_from(mi, after(s))) {
		if (*s == '=' || !strchr(s, '='))
			return fail_at(diag, TENON_R_MODINFO_MALFORMED, (tenon_addr)(s - mi->data));
	}
	return 0;
}

size_t modinfo_next(const struct modinfo *mi, const char **at, const char **value)
{
	const char *entry = mi->size ? entry_from(mi, *at ? after(*at) : mi->data) : NULL;
	const char *equals;

	if (!entry)
		return 0;
	equals = strchr(entry, '=');
	*at = entry;
	*value = equals + 1;
	return (size_t)(equals - entry);
}

const char *modinfo_get_next(const struct modinfo *mi, const char *key, const char *value)
{
	size_t len = strlen(key);
	const char *s = value ? after(value) : mi->data;

	while ((s = mi->size ? entry_from(mi, s) : NULL)) {
		if (!strncmp(s, key, len) && s[len] == '=')
			return s + len + 1;
		s = after(s);
	}
	return NULL;
}

const char *modinfo_list_next(const char **at, size_t *len)
{
	const char *item = *at;
	size_t n = 0;

	while (*item == ',')
		item++;
	while (item[n] && item[n] != ',')
		n++;
	*at = item + n;
	*len = n;
	return n ? item : NULL;
}

bool modinfo_list_has(const char *list, const char *item, size_t len)
{
	const char *other;
	size_t n;

	while ((other = modinfo_list_next(&list, &n)))
		if (n == len && !memcmp(other, item, n))
			return true;
	return false;
}

const char *modinfo_consumers(const char *space)
{
	static const char prefix[] = "module:";

	return strncmp(space, prefix, sizeof(prefix) - 1) ? NULL : space + sizeof(prefix) - 1;
}

bool modinfo_is_consumer(const char *list, const char *module)
{
	const char *item;
	size_t len, same;

	while ((item = modinfo_list_next(&list, &len))) {
		bool rest = item[len - 1] == '*';

		len -= rest;
		for (same = 0; same < len && module[same] == modname_fold(item[same]); same++)
			;
		if (same == len && (rest || !module[len]))
			return true;
	}
	return false;
}
