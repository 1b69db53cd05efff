/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Are the modules that lines name in the tree? That one is not is a mistake only if there is one with almost the same
 * name: configuration is written for more than one kernel.
 */
#include <stdio.h>

#include "user/lib/config/config.h"
#include "user/lib/lint/lint.h"

#define NAME_BYTES_MAX 256

struct modules {
	struct lint *lint;
	struct near *near; /* made for the first that is unknown */
};

static int found(void *data, const char *key, const char *value, uint32_t priority)
{
	(void)data;
	(void)key;
	(void)value;
	(void)priority;
	return 1;
}

static bool is_in(const struct modules *m, enum tmod_index index, const char *name)
{
	return tmod_tree_search(tmod_system_tree(m->lint->system), index, name, false, found, NULL) == 1;
}

static const char *nearest(struct modules *m, const char *name)
{
	if (!m->near)
		m->near = near_open(tmod_system_tree(m->lint->system));
	m->lint->failed |= !m->near;
	return m->near ? near_find(m->near, name) : NULL;
}

/* @name: of an entry, as it stands there. */
static void look_at_name(struct modules *m, const struct tmod_entry *e, const char *name)
{
	bool command = e->directive == TMOD_INSTALL || e->directive == TMOD_REMOVE;
	const char *near;

	if (name[strcspn(name, "*?[#")] || is_in(m, TMOD_INDEX_DEP, name))
		return;
	if (is_in(m, TMOD_INDEX_BUILTIN, name)) {
		if (name == e->name && (e->directive == TMOD_OPTIONS || e->directive == TMOD_BLACKLIST))
			lint_entry(m->lint, RULE_BUILTIN, TMOD_NOTICE, e,
				   "%s is part of this kernel: the line has no effect%s", name,
				   e->directive == TMOD_OPTIONS ?
				       "; its parameters are set on the kernel's command line" :
				       "");
		return;
	}
	/* A word of its own may have a command. */
	if (tmod_config_find(m->lint->config, TMOD_INSTALL, name, NULL) && !command)
		return;
	near = nearest(m, name);
	if (near)
		lint_entry(m->lint, RULE_UNKNOWN_MODULE, TMOD_WARNING, e, "there is no module %s; did you mean %s?",
			   name, near);
	else if (!command)
		lint_entry(m->lint, RULE_UNKNOWN_MODULE, TMOD_NOTICE, e, "this kernel has no module %s", name);
}

/* The words of "pre: a b post: c", of "a b", of one name. */
static void look_at_words(struct modules *m, const struct tmod_entry *e)
{
	char word[NAME_BYTES_MAX], name[NAME_BYTES_MAX];

	/* A comment has been reported. */
	for (const char *p = e->value; *(p += strspn(p, " ")) && *p != '#'; p += strcspn(p, " ")) {
		size_t len = strcspn(p, " ");

		if (len >= sizeof(word) || p[len - 1] == ':')
			continue;
		memcpy(word, p, len);
		word[len] = '\0';
		if (tmod_alias_name(word, name, sizeof(name)))
			look_at_name(m, e, name);
	}
}

void lint_modules(struct lint *l)
{
	struct modules m = { .lint = l };

	for (int d = 0; d < TMOD_DIRECTIVE_CNT; d++) {
		for (const struct tmod_entry *e = NULL; (e = tmod_config_next(l->config, (enum tmod_directive)d, e));) {
			if (d != TMOD_ALIAS && *e->name)
				look_at_name(&m, e, e->name);
			if (d == TMOD_PREFER)
				look_at_name(&m, e, prefer_other(e));
			if (d == TMOD_SOFTDEP || d == TMOD_WEAKDEP || (d == TMOD_ALIAS && strcmp(e->value, "off")))
				look_at_words(&m, e);
		}
	}
	near_close(m.near);
}
