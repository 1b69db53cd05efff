/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What must be loaded before what, from softdeps and dependencies: policy that stops a part of it, and modules that would
 * have to be loaded before each other; and modules that are preferred to each other.
 */
#include <stdio.h>

#include "user/lib/config/config.h"
#include "user/lib/lint/lint.h"

/* Another module must be loaded first. */
struct edge {
	uint32_t from, to;
	const struct tmod_entry *entry; /* the line that says so; NULL: a dependency */
};

struct order {
	struct lint *lint;
	enum rule rule;       /* of what is found */
	const char *what;     /* it is, in words */
	struct names modules; /* that softdeps, or the lines of preference, name */
	struct buf edges;     /* of struct edge */
	uint32_t from;        /* whose dependencies are added */
	uint32_t *first;      /* edges of a module are from first[module] up to first[module + 1] */
};

/* Call @each for the modules that one needs, directly or not. */
static void each_dependency(struct lint *l, const char *name, tmod_found_fn *each, void *data)
{
	if (l->tree)
		tmod_tree_search(tmod_system_tree(l->system), TMOD_INDEX_DEP, name, false, each, data);
}

/* Take the next name off "path: path path ..."; @at: after the first path to begin with. */
static bool next_name(const char **at, char *name, size_t size)
{
	const char *p = *at + strspn(*at, " ");
	size_t len = strcspn(p, " ");
	char path[4096];

	if (!len)
		return false;
	snprintf(path, sizeof(path), "%.*s", (int)(len < sizeof(path) ? len : sizeof(path) - 1), p);
	tmod_module_name(path, name, size);
	*at = p + len;
	return true;
}

struct allowed {
	struct lint *lint;
	const struct tmod_entry *allow;
};

static int look_at_needs(void *data, const char *key, const char *value, uint32_t priority)
{
	const struct allowed *a = data;
	const char *at = value + strcspn(value, ":");
	char name[256], text[512];

	(void)key;
	(void)priority;
	for (at += *at == ':'; next_name(&at, name, sizeof(name));) {
		const struct tmod_entry *stop = tmod_config_forbids(a->lint->config, name);

		if (!stop)
			continue;
		tmod_entry_explain(stop, name, text, sizeof(text));
		lint_entry(a->lint, RULE_POLICY, TMOD_WARNING, a->allow, "%s needs %s, and %s", a->allow->name, name,
			   text);
		break;
	}
	return 1;
}

static bool is_pattern(const char *name)
{
	return name[strcspn(name, "*?[")];
}

void lint_policy(struct lint *l)
{
	for (const struct tmod_entry *e = NULL; (e = tmod_config_next(l->config, TMOD_ALLOW, e));) {
		struct allowed a = { l, e };
		const struct tmod_entry *forbid;

		if (is_pattern(e->name) || !*e->name)
			continue;
		forbid = tmod_config_find(l->config, TMOD_FORBID, e->name, NULL);
		if (forbid)
			lint_entry(l, RULE_POLICY, TMOD_WARNING, e,
				   "%s is forbidden by %s:%u, which goes before 'allow'", e->name, forbid->file,
				   forbid->line);
		else
			each_dependency(l, e->name, look_at_needs, &a);
	}
}

static void add_edge(struct order *o, uint32_t from, uint32_t to, const struct tmod_entry *entry)
{
	struct edge e = { from, to, entry };

	if (from != NAME_NONE && to != NAME_NONE)
		buf_add(&o->edges, &e, sizeof(e));
}

static void add_softdep(struct order *o, const struct tmod_entry *e)
{
	uint32_t module = names_add(&o->modules, e->name), other;
	char word[256], name[256];
	bool post = false;

	for (const char *p = e->value; *(p += strspn(p, " ")); p += strcspn(p, " ")) {
		size_t len = strcspn(p, " ");

		snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : sizeof(word) - 1), p);
		if (!strcmp(word, "pre:") || !strcmp(word, "post:")) {
			post = *word == 'p' && word[1] == 'o';
			continue;
		}
		if (!tmod_alias_name(word, name, sizeof(name)))
			continue;
		other = names_add(&o->modules, name);
		add_edge(o, post ? other : module, post ? module : other, e);
	}
}

static int add_needs(void *data, const char *key, const char *value, uint32_t priority)
{
	struct order *o = data;
	const char *at = value + strcspn(value, ":");
	char name[256];

	(void)key;
	(void)priority;
	for (at += *at == ':'; next_name(&at, name, sizeof(name));)
		add_edge(o, o->from, names_find(&o->modules, name), NULL);
	return 1;
}

static int by_from(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static void add_cycle(struct order *o, const struct edge *const *path, uint32_t cnt)
{
	const struct tmod_entry *entry = NULL;
	char text[512];
	size_t len = (size_t)snprintf(text, 64, "%s", names_text(&o->modules, path[0]->from));

	len = len < 64 ? len : 63;
	for (uint32_t i = 0; i < cnt; i++) {
		if (!entry && path[i]->entry)
			entry = path[i]->entry;
		if (len + 64 < sizeof(text))
			len += (size_t)snprintf(text + len, sizeof(text) - len, " after %.50s",
						names_text(&o->modules, path[i]->to));
	}
	if (entry)
		lint_entry(o->lint, o->rule, TMOD_WARNING, entry, "%s: %s", o->what, text);
}

/*
 * Depth first from one module. @path: the edges that led here; @at: the next edge of each module; @depth: 1 + how many edges
 * led to a module that is on the way, 0: not met yet, UINT32_MAX: done with.
 */
static void walk(struct order *o, const struct edge **path, uint32_t *at, uint32_t *depth, uint32_t module)
{
	const struct edge *edges = (const struct edge *)(void *)o->edges.data;
	uint32_t cnt = 0;

	depth[module] = 1;
	for (;;) {
		const struct edge *e = &edges[at[module]];

		if (at[module] == o->first[module + 1]) {
			depth[module] = UINT32_MAX;
			if (!cnt)
				return;
			module = path[--cnt]->from;
			continue;
		}
		at[module]++;
		if (depth[e->to] == UINT32_MAX)
			continue;
		path[cnt] = e;
		if (depth[e->to]) {
			add_cycle(o, path + depth[e->to] - 1, cnt + 2 - depth[e->to]);
			continue;
		}
		module = e->to;
		depth[module] = ++cnt + 1;
	}
}

/* The edges of each module side by side; then walk from each that was not met before. */
static void find_cycles(struct order *o)
{
	uint32_t cnt = o->modules.cnt, edge_cnt = (uint32_t)(o->edges.len / sizeof(struct edge));
	const struct edge *edges = (const struct edge *)(void *)o->edges.data, **path = calloc(cnt + 1, sizeof(*path));
	uint32_t *at = calloc(cnt + 1, sizeof(*at)), *depth = calloc(cnt + 1, sizeof(*depth));

	o->first = calloc(cnt + 1, sizeof(*o->first));
	if (path && at && depth && o->first) {
		if (edge_cnt)
			qsort(o->edges.data, edge_cnt, sizeof(*edges), by_from);
		for (uint32_t i = 0; i < edge_cnt; i++)
			o->first[edges[i].from + 1]++;
		for (uint32_t i = 0; i < cnt; i++)
			o->first[i + 1] += o->first[i];
		memcpy(at, o->first, cnt * sizeof(*at));
		for (uint32_t i = 0; i < cnt; i++)
			if (!depth[i])
				walk(o, path, at, depth, i);
	} else {
		o->lint->failed = true;
	}
	free(path);
	free(at);
	free(depth);
	free(o->first);
}

static void finish(struct order *o)
{
	o->lint->failed |= o->modules.text.failed || o->edges.failed;
	if (!o->lint->failed && o->edges.len)
		find_cycles(o);
	names_free(&o->modules);
	buf_free(&o->edges);
}

void lint_cycles(struct lint *l)
{
	struct order o = { .lint = l, .rule = RULE_CYCLE, .what = "modules that wait for each other" };

	for (const struct tmod_entry *e = NULL; (e = tmod_config_next(l->config, TMOD_SOFTDEP, e));)
		add_softdep(&o, e);
	for (o.from = 0; o.from < o.modules.cnt; o.from++)
		each_dependency(l, names_text(&o.modules, o.from), add_needs, &o);
	finish(&o);
}

/* A preference that has no effect, because the preferred module is never loaded for an alias. */
static void look_at_preferred(struct lint *l, const struct tmod_entry *e)
{
	const struct tmod_entry *stop = tmod_config_forbids(l->config, e->name);
	char text[512];

	if (stop) {
		tmod_entry_explain(stop, e->name, text, sizeof(text));
		lint_entry(l, RULE_POLICY, TMOD_WARNING, e, "%s cannot be preferred: %s", e->name, text);
		return;
	}
	stop = tmod_config_find(l->config, TMOD_BLACKLIST, e->name, NULL);
	if (stop)
		lint_entry(l, RULE_POLICY, TMOD_WARNING, e, "%s cannot be preferred: it is blacklisted (%s:%u)",
			   e->name, stop->file, stop->line);
}

void lint_preferences(struct lint *l)
{
	struct order o = { .lint = l, .rule = RULE_POLICY, .what = "modules that are preferred to each other" };

	for (const struct tmod_entry *e = NULL; (e = tmod_config_next(l->config, TMOD_PREFER, e));) {
		if (!is_pattern(e->name))
			look_at_preferred(l, e);
		if (!is_pattern(e->name) && !is_pattern(prefer_other(e)))
			add_edge(&o, names_add(&o.modules, prefer_other(e)), names_add(&o.modules, e->name), e);
	}
	finish(&o);
}
