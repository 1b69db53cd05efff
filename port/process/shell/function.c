/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Functions that modules export: finding one by name. */
#include <stdio.h>
#include <string.h>

#include "port/process/shell/shell.h"

/* Is @address in what the module may execute? */
static bool is_function(const struct tenon_module *m, uint64_t address)
{
	struct tenon_module_info info;

	tenon_module_info(m, &info);
	return address - info.address[TENON_MEM_TEXT] < info.size[TENON_MEM_TEXT];
}

static int offer(const struct tenon_export *e, void *arg)
{
	closest_offer(arg, e->name);
	return 0;
}

static int not_exported(struct shell *s, const struct args *a, const char *name)
{
	struct closest c;

	closest_begin(&c, name);
	for (size_t i = 0; i < s->domain_cnt; i++)
		tenon_for_each_export(s->core, s->domains[i], offer, &c);
	if (c.name[0])
		return say(a, "%s: no loaded module exports that; did you mean %s?", name, c.name);
	return say(a, "%s: no loaded module exports that; `exports` lists what there is", name);
}

int function_find(struct shell *s, const struct args *a, const char *name, const struct tenon_domain *only,
		  struct process_code *code)
{
	struct tenon_export e = { 0 };
	int err = -TENON_ENOENT;

	for (size_t i = 0; i < s->domain_cnt && err; i++)
		if (!only || s->domains[i] == only)
			err = tenon_lookup(s->core, s->domains[i], name, &e);
	if (err)
		return not_exported(s, a, name);
	if (!e.owner)
		return say(a, "%s is the kernel's own; call takes functions of modules", name);
	if (!is_function(e.owner, e.value))
		return say(a, "%s is data; call takes functions", name);
	if (!tenon_try_get(e.owner))
		return say(a, "%s: its module is being unloaded; load it again", name);
	code->module = e.owner;
	code->address = e.value;
	return 0;
}
