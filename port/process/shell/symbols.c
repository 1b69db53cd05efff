/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* exports, imports. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/shell/shell.h"

/* Entries and their names stay where they are only under the core's lock: what is printed is made under it. */
struct lines {
	char **line;
	size_t cnt, cap;
	const char *pattern; /* NULL: all */
};

/* Whose it is: "module", or "module@domain" where that is not the kernel's domain. */
static void provider(const struct tenon_export *e, char *text, size_t size)
{
	struct tenon_domain *d = e->owner ? tenon_module_domain(e->owner) : NULL;
	bool isolated = d && tenon_domain_kind(d) == TENON_DOMAIN_ISOLATED;

	snprintf(text, size, "%s%s%s", e->owner ? tenon_module_name(e->owner) : "kernel", isolated ? "@" : "",
		 isolated ? tenon_domain_name(d) : "");
}

static int add_line(const struct tenon_export *e, void *arg)
{
	struct lines *l = arg;
	char text[TENON_SYMBOL_BYTES + 256], by[2 * TENON_NAME_BYTES];

	if (l->pattern && fnmatch(l->pattern, e->name, 0))
		return 0;
	if (l->cnt == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		char **line = realloc(l->line, cap * sizeof(*line));

		if (!line)
			return 1;
		l->line = line;
		l->cap = cap;
	}
	provider(e, by, sizeof(by));
	snprintf(text, sizeof(text), "%-36s %#14llx %08x %s%s%s%s%s", e->name, (unsigned long long)e->value, e->crc, by,
		 e->flags & TENON_EXPORT_GPL ? " gpl" : "", e->flags & TENON_EXPORT_INTERFACE ? " interface" : "",
		 e->space && e->space[0] ? " " : "", e->space ? e->space : "");
	l->line[l->cnt] = strdup(text);
	if (!l->line[l->cnt])
		return 1;
	l->cnt++;
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_sorted(struct lines *l)
{
	if (l->cnt)
		qsort(l->line, l->cnt, sizeof(*l->line), by_text);
	/* What the kernel exports is met once in each domain. */
	for (size_t i = 0; i < l->cnt; i++)
		if (!i || strcmp(l->line[i], l->line[i - 1]))
			puts(l->line[i]);
	for (size_t i = 0; i < l->cnt; i++)
		free(l->line[i]);
	free(l->line);
}

int cmd_exports(struct shell *s, const struct args *a)
{
	struct lines l = { .pattern = a->cnt == 2 ? a->word[1] : NULL };
	size_t cnt;

	if (a->cnt > 2)
		return say_usage(a);
	for (size_t i = 0; i < s->domain_cnt; i++)
		tenon_for_each_export(s->core, s->domains[i], add_line, &l);
	cnt = l.cnt;
	print_sorted(&l);
	if (l.pattern && !cnt)
		return say(a, "nothing is exported that matches '%s'; `exports` lists all, '*' stands for anything",
			   l.pattern);
	return 0;
}

int cmd_imports(struct shell *s, const struct args *a)
{
	struct lines l = { 0 };
	struct tenon_module *m;

	if (a->cnt != 2)
		return say_usage(a);
	m = module_get(s, a, a->word[1]);
	if (!m)
		return 1;
	tenon_for_each_import(m, add_line, &l);
	tenon_put(m, a->word[0]);
	print_sorted(&l);
	return 0;
}
