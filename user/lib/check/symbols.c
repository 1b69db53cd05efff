/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Are the symbols that a module needs there, the same as when it was built, and open to it? */
#include <stdio.h>

#include "core/fmt/license.h"
#include "user/lib/check/check.h"
#include "user/lib/say.h"

static void collect_spaces(struct check *c)
{
	for (const char *s = check_info(c, "import_ns"); s; s = modinfo_get_next(&c->file->info, "import_ns", s))
		c->failed |= names_add(&c->spaces, s) == NAME_NONE;
}

/* A namespace is imported; or it is a list of the modules that may use the symbol, whatever they import. */
static void check_space(struct check *c, const char *name, const char *from, const char *space)
{
	const char *consumers = modinfo_consumers(space);

	if (consumers && !modinfo_is_consumer(consumers, c->name))
		check_problem(c, TMOD_PROBLEM_NAMESPACE, name,
			      "%s: %s exports it to some modules only, not to %s; to these: %s", name, from, c->name,
			      consumers);
	if (!consumers && names_find(&c->spaces, space) == NAME_NONE)
		check_problem(c, TMOD_PROBLEM_NAMESPACE, name,
			      "%s: it is in the namespace %s, which the module does not import", name, space);
}

static void check_import(struct check *c, const char *name, const struct import *i, bool gpl)
{
	char from[160] = "the kernel";

	if (i->provider)
		snprintf(from, sizeof(from), "module %s", i->provider);
	if (!i->exported) {
		if (!i->weak && c->listed)
			check_problem(c, TMOD_PROBLEM_SYMBOL, name, "%s: nothing exports it", name);
		return;
	}
	if (i->crc && i->kernel_crc && i->crc != i->kernel_crc)
		check_problem(c, TMOD_PROBLEM_CRC, name, "%s: it is built for checksum 0x%08x, that of %s is 0x%08x",
			      name, i->crc, from, i->kernel_crc);
	if (i->gpl_only && !gpl)
		check_problem(c, TMOD_PROBLEM_LICENSE, name, "%s: %s exports it to modules under the GPL only", name,
			      from);
	if (*i->space)
		check_space(c, name, from, i->space);
}

/* Without Module.symvers a symbol may be there that no other module uses. */
static void say_unknown(struct check *c)
{
	size_t cnt = 0;

	for (uint32_t i = 0; i < c->names.cnt; i++)
		cnt += !import_at(c, i)->exported && !import_at(c, i)->weak;
	say(c->messages, cnt ? TMOD_WARNING : TMOD_INFO,
	    "there is no Module.symvers of %s (it comes with the kernel's headers), so namespaces and licenses of "
	    "symbols are not checked%s",
	    c->release, cnt ? ", nor whether the kernel exports what no module of it uses" : "");
	for (uint32_t i = 0; i < c->names.cnt; i++)
		if (!import_at(c, i)->exported && !import_at(c, i)->weak)
			say(c->messages, TMOD_WARNING, "%s: no module of %s exports or uses it",
			    names_text(&c->names, i), c->release);
}

/* A module that was built elsewhere has symbols that Module.symvers does not know. */
static void say_not_listed(struct check *c)
{
	const struct import *first = NULL;
	const char *name = NULL;
	size_t cnt = 0;

	for (uint32_t i = c->names.cnt; i--;) {
		if (!import_at(c, i)->exported || import_at(c, i)->listed)
			continue;
		first = import_at(c, i);
		name = names_text(&c->names, i);
		cnt++;
	}
	if (cnt)
		say(c->messages, TMOD_WARNING,
		    "%zu symbols are not in Module.symvers, such as %s of module %s: their namespaces and licenses are "
		    "not checked",
		    cnt, name, first->provider ? first->provider : "?");
}

void check_symbols(struct check *c)
{
	bool gpl = license_is_gpl(check_info(c, "license"));
	bool kernel_has = c->reference.known && strstr(c->reference.vermagic, " modversions ");

	if (kernel_has && c->names.cnt && !check_has_checksums(c))
		check_problem(c, TMOD_PROBLEM_CRC, "", "it has no checksums of symbols, which the kernel compares");
	collect_spaces(c);
	for (uint32_t i = 0; i < c->names.cnt; i++)
		check_import(c, names_text(&c->names, i), import_at(c, i), gpl);
	if (c->listed)
		say_not_listed(c);
	else
		say_unknown(c);
}

static int count(void *data, const char *key, const char *value, uint32_t priority)
{
	(void)data;
	(void)key;
	(void)value;
	(void)priority;
	return 0;
}

void check_depends(struct check *c)
{
	struct tmod_tree *tree = tmod_system_tree(c->system);
	const char *at = check_info(c, "depends"), *item;
	size_t len;

	if (!at || tmod_tree_load(tree, TMOD_INDEX_DEP))
		return;
	while ((item = modinfo_list_next(&at, &len))) {
		char word[256], name[256];

		snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : sizeof(word) - 1), item);
		tmod_module_name(word, name, sizeof(name));
		if (tmod_tree_search(tree, TMOD_INDEX_DEP, name, false, count, NULL) <= 0 &&
		    tmod_tree_search(tree, TMOD_INDEX_BUILTIN, name, false, count, NULL) <= 0)
			check_problem(c, TMOD_PROBLEM_DEPENDENCY, name, CHECK_NO_DEPENDENCY, name, c->dir);
	}
}
