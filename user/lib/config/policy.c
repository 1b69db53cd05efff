/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* `forbid` and `allow`: which modules may be loaded at all. `prefer` and `fallback`: which first, for one alias. */
#include <fnmatch.h>
#include <string.h>

#include "user/lib/config/config.h"

const struct tmod_entry *tmod_config_forbids(const struct tmod_config *config, const char *name)
{
	const struct tmod_entry *forbid = tmod_config_find(config, TMOD_FORBID, name, NULL), *allow = NULL;

	if (forbid)
		return forbid;
	if (tmod_config_find(config, TMOD_ALLOW, name, NULL))
		return NULL;
	/* One that is not understood might have allowed it, which is what its reader must know. */
	while ((allow = tmod_config_next(config, TMOD_ALLOW, allow)))
		if (*allow->value)
			return allow;
	return tmod_config_next(config, TMOD_ALLOW, NULL);
}

/* Does a `prefer` say that @name is loaded rather than @other? */
static bool says(const struct tmod_entry *e, const char *name, const char *other)
{
	return !fnmatch(e->name, name, 0) && !fnmatch(prefer_other(e), other, 0);
}

const struct tmod_entry *tmod_config_prefers(const struct tmod_config *config, const char *name, const char *other)
{
	const struct tmod_entry *e = NULL;

	if (tmod_config_find(config, TMOD_BLACKLIST, name, NULL))
		return NULL;
	while ((e = tmod_config_next(config, TMOD_PREFER, e))) {
		bool prefers = says(e, name, other);

		/* Patterns that match both both ways say nothing of the two. */
		if (prefers != says(e, other, name))
			return prefers ? e : NULL;
	}
	e = tmod_config_find(config, TMOD_FALLBACK, other, NULL);
	return e && !tmod_config_find(config, TMOD_FALLBACK, name, NULL) ? e : NULL;
}

const struct tmod_entry *tmod_config_turned_off(const struct tmod_config *config, const char *name, const char *alias)
{
	const struct tmod_entry *e = NULL;

	if (!alias || strcmp(name, "off"))
		return NULL;
	while ((e = tmod_config_next(config, TMOD_ALIAS, e)))
		if (!strcmp(e->name, alias) && !strcmp(e->value, name))
			return e;
	return NULL;
}
