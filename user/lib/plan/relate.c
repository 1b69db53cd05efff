/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* How the modules of a plan are related: by the tree's dependencies and by the configuration. */
#include <errno.h>
#include <limits.h>

#include "user/lib/alias.h"
#include "user/lib/plan/plan.h"
#include "user/lib/say.h"

static void add_number(struct buf *numbers, uint32_t number)
{
	buf_add(numbers, &number, sizeof(number));
}

struct lookup {
	struct tmod_plan *p;
	const char *key; /* the word, as indexes have it */
	struct buf *nodes;
};

static int found(void *data, const struct tmod_module *m)
{
	struct lookup *l = data;
	const char *alias = m->alias ? m->alias : strcmp(m->name, l->key) ? l->key : NULL;
	uint32_t node = plan_add_node(l->p, m->name, alias);

	if (node != NAME_NONE)
		add_number(l->nodes, node);
	return node == NAME_NONE || l->nodes->failed ? -ENOMEM : 0;
}

void plan_say_missing(const struct tmod_plan *p, enum tmod_level level)
{
	char text[1024];

	if (tmod_tree_missing(tmod_system_tree(p->system), text, sizeof(text)))
		say(p->messages, level, "%s", text);
}

int plan_lookup(struct tmod_plan *p, const char *word, struct buf *nodes)
{
	char key[TMOD_ALIAS_BYTES_MAX];
	struct lookup l = { p, key, nodes };

	return tmod_alias_name(word, key, sizeof(key)) ? lookup_names(p->system, key, found, &l) : 0;
}

/*
 * The words of "pre: a b post: c". The modules are optional: what nobody knows is left out, and so is what cannot be
 * looked up because an index is damaged, which a message has reported.
 */
static int add_softdep(struct tmod_plan *p, const char *value, struct buf *pre, struct buf *post)
{
	struct buf *to = NULL;
	size_t len;

	for (; *value; value += len) {
		char word[TMOD_ALIAS_BYTES_MAX];
		int ret;

		value += strspn(value, " ");
		len = strcspn(value, " ");
		if (!len || len >= sizeof(word))
			continue;
		memcpy(word, value, len);
		word[len] = '\0';
		if (!strcmp(word, "pre:"))
			to = pre;
		else if (!strcmp(word, "post:"))
			to = post;
		else if (to && (ret = plan_lookup(p, word, to)) == -ENOMEM)
			return ret;
	}
	return 0;
}

int plan_softdeps(struct tmod_plan *p, uint32_t node, struct buf *pre, struct buf *post)
{
	const struct tmod_config *config = tmod_system_config(p->system);
	const char *names[] = { plan_node(p, node)->name, plan_node(p, node)->alias };
	const struct tmod_entry *e = NULL;
	int err = 0;

	for (size_t i = 0; i < 2 && names[i]; i++)
		while (!err && (e = tmod_config_find(config, TMOD_SOFTDEP, names[i], e)))
			err = add_softdep(p, e->value, pre, post);
	return err;
}

const struct tmod_entry *plan_command(struct tmod_plan *p, enum tmod_directive directive, uint32_t node)
{
	const struct tmod_config *config = tmod_system_config(p->system);
	const struct node *n = plan_node(p, node);
	const struct tmod_entry *e = tmod_config_find(config, directive, n->name, NULL);

	return e || !n->alias ? e : tmod_config_find(config, directive, n->alias, NULL);
}

int plan_deps(struct tmod_plan *p, uint32_t node, struct buf *deps)
{
	const char *all, *end;
	int err = plan_know(p, node);

	if (err)
		return err;
	all = plan_node(p, plan_node(p, node)->base)->info.deps;
	/* The line has first what the module needs itself: it is read from its end. */
	for (end = all ? all + strlen(all) : NULL; end > all;) {
		const char *start = end;
		char path[PATH_MAX], name[PATH_MAX];
		uint32_t dep;

		while (start > all && start[-1] != ' ')
			start--;
		if (start < end && (size_t)(end - start) < sizeof(path)) {
			memcpy(path, start, (size_t)(end - start));
			path[end - start] = '\0';
			tmod_module_name(path, name, sizeof(name));
			dep = plan_add_node(p, name, NULL);
			if (dep == NAME_NONE)
				return -ENOMEM;
			add_number(deps, dep);
		}
		end = start > all ? start - 1 : all;
	}
	return deps->failed ? -ENOMEM : 0;
}
