/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What policy says of a file, and how that is reported. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tenon/mod.h"

#include "user/lib/file.h"

const struct tmod_entry *tmod_config_forbids_file(const struct tmod_config *config, const char *path)
{
	char name[PATH_MAX], own[PATH_MAX];
	const struct tmod_entry *e;

	/* Without policy, the file need not be opened. */
	if (!tmod_config_next(config, TMOD_FORBID, NULL) && !tmod_config_next(config, TMOD_ALLOW, NULL))
		return NULL;
	tmod_module_name(path, name, sizeof(name));
	e = tmod_config_forbids(config, name);
	if (e || !file_own_name(path, own, sizeof(own)))
		return e;
	tmod_module_name(own, name, sizeof(name));
	return tmod_config_forbids(config, name);
}

void tmod_entry_explain(const struct tmod_entry *e, const char *name, char *text, size_t size)
{
	if (e->directive == TMOD_INSTALL || e->directive == TMOD_REMOVE)
		snprintf(text, size,
			 "%s: its %s command (%s:%u) is running, and asks for %s again; --ignore-%s would not", name,
			 e->directive == TMOD_INSTALL ? "install" : "remove", e->file, e->line, name,
			 e->directive == TMOD_INSTALL ? "install" : "remove");
	else if (e->directive == TMOD_ALIAS)
		snprintf(text, size, "%s is turned off by %s:%u", e->name, e->file, e->line);
	else if (*e->value && e->line)
		snprintf(text, size, "%s is not loaded because of %s:%u: %s", name, e->file, e->line, e->value);
	else if (*e->value)
		snprintf(text, size, "%s is not loaded because of %s: %s", name, e->file, e->value);
	else if (e->directive == TMOD_FORBID)
		snprintf(text, size, "%s is forbidden (%s:%u: forbid %s)", name, e->file, e->line, e->name);
	else
		snprintf(text, size, "%s is not among the modules that are allowed (%s:%u is the first allow)", name,
			 e->file, e->line);
}
