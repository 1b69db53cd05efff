/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* refs: who uses a module, what it uses, what it owns. */
#include <stdio.h>
#include <string.h>

#include "core/fmt/modname.h"
#include "port/process/shell/shell.h"

#define OWNED_LINES 1000 /* of what a module owns, which may be hundreds of thousands of things: they are printed under a lock */

struct tenon_module *module_get(struct shell *s, const struct args *a, const char *given)
{
	struct tenon_diag diag = { .reason = TENON_R_NOT_LOADED };
	struct tenon_module *m;

	snprintf(diag.module, sizeof(diag.module), "%s", given);
	modname_fold_text(diag.module);
	m = tenon_get(s->core, NULL, diag.module);
	if (!m)
		say_diag(s, a, NULL, &diag);
	return m;
}

struct names {
	const struct tenon_module *m;
	struct shell *s;
	size_t cnt; /* printed */
};

static int print_name(const struct tenon_module *m, void *arg)
{
	struct names *n = arg;

	printf("%s %s", n->cnt++ ? "," : "", tenon_module_name(m));
	return 0;
}

/* Under the list's lock, so that none of the users goes meanwhile. */
static int print_users(const struct tenon_module *m, void *arg)
{
	struct names *n = arg;

	if (m != n->m)
		return 0;
	tenon_for_each_user(n->s->core, m, print_name, n);
	return 1;
}

/* Imports of one provider come scattered; print a provider when it is met for the first time. */
struct provider {
	const struct tenon_module *owner;
	const struct tenon_export *first;
};

static int find_first(const struct tenon_export *e, void *arg)
{
	struct provider *p = arg;

	if (e->owner != p->owner)
		return 0;
	p->first = e;
	return 1;
}

static int print_provider(const struct tenon_export *e, void *arg)
{
	struct names *n = arg;
	struct provider p = { .owner = e->owner };

	tenon_for_each_import(n->m, find_first, &p);
	if (e->owner && p.first == e)
		print_name(e->owner, n);
	return 0;
}

struct owned {
	struct shell *s;
	const struct tenon_module *m;
	uint32_t cnt; /* printed */
};

/* The core's lock is held. What is in no module is the text of its init, which has gone. */
static int print_owned(const struct tenon_owned *o, void *arg)
{
	struct owned *all = arg;
	struct tenon_module_info at;

	if (tenon_find_address(all->s->core, tenon_module_domain(all->m), o->caller) == all->m) {
		tenon_module_info(all->m, &at);
		printf("  %-12s %8zu bytes, acquired at %s+%#llx\n", o->kind, o->bytes, at.name,
		       (unsigned long long)(o->caller - at.address[TENON_MEM_TEXT]));
	} else {
		printf("  %-12s %8zu bytes, acquired by init\n", o->kind, o->bytes);
	}
	return ++all->cnt == OWNED_LINES;
}

static void print_end(size_t cnt)
{
	puts(cnt ? "" : " nothing");
}

int cmd_refs(struct shell *s, const struct args *a)
{
	struct tenon_module_info info;
	struct tenon_module *m;
	struct names n;
	struct owned owned;

	if (a->cnt != 2)
		return say_usage(a);
	m = module_get(s, a, a->word[1]);
	if (!m)
		return 1;
	tenon_module_info(m, &info);
	/* One reference is ours, for the moment. */
	printf("%s: %s in domain %s (%s), %u references%s\n", info.name, tenon_state_name(info.state), info.domain,
	       domain_kind_name(info.domain_kind), info.refs - 1, info.saturated ? ", count broken" : "");
	fputs("used by:", stdout);
	n = (struct names){ .m = m, .s = s };
	tenon_for_each(s->core, print_users, &n);
	print_end(n.cnt);
	fputs("uses:", stdout);
	n.cnt = 0;
	tenon_for_each_import(m, print_provider, &n);
	print_end(n.cnt);
	printf("owns: %u objects, %zu bytes\n", info.owned_cnt, info.owned_bytes);
	owned = (struct owned){ .s = s, .m = m };
	if (tenon_for_each_owned(s->core, m, print_owned, &owned) && info.owned_cnt > owned.cnt)
		printf("  and %u more\n", info.owned_cnt - owned.cnt);
	tenon_put(m, a->word[0]);
	return 0;
}
