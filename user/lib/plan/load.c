/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Planning to load: for every module asked for, its dependencies, each with its softdeps around it, then the module
 * with its own. A softdep is planned as a module that was asked for, but may fail. The order is that of kmod.
 */
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

#include "user/lib/running/state.h"
#include "user/lib/plan/load.h"
#include "user/lib/plan/prefer.h"
#include "user/lib/say.h"

/* Softdeps of softdeps of softdeps. */
#define DEPTH_MAX 200

static int visit(struct planner *l, uint32_t node, const struct reason *why);

static int visit_all(struct planner *l, const struct buf *nodes, const struct reason *why)
{
	const uint32_t *node = (const void *)nodes->data;
	int err = 0;

	for (size_t i = 0; i < nodes->len / sizeof(*node) && !err; i++)
		err = visit(l, node[i], why);
	return err;
}

/* The module between its softdeps. */
static int append_with_softdeps(struct planner *l, uint32_t node, const struct reason *why)
{
	const char *name = plan_node(l->p, node)->name;
	struct buf pre = { 0 }, post = { 0 };
	int err = plan_softdeps(l->p, node, &pre, &post);

	if (!err)
		err = visit_all(l, &pre, &(struct reason){ TMOD_SOFT_PRE, name, NO_STEP });
	if (!err)
		err = load_append(l, node, why, &pre);
	if (!err)
		err = visit_all(l, &post,
				&(struct reason){ TMOD_SOFT_POST, name,
						  plan_node(l->p, plan_node(l->p, node)->base)->step });
	buf_free(&pre);
	buf_free(&post);
	return err;
}

/* What the request itself requires: the module and its dependencies, before a softdep comes to one of them. */
static void mark_required(struct planner *l, uint32_t node, const struct buf *deps)
{
	const uint32_t *dep = (const void *)deps->data;

	plan_node(l->p, node)->required = l->mark;
	for (size_t i = 0; i < deps->len / sizeof(*dep); i++)
		plan_node(l->p, dep[i])->required = l->mark;
}

/* What is loaded or built in wants nothing any more, unless all is to be shown as if it were not. */
static bool is_there(struct tmod_plan *p, uint32_t node)
{
	const struct node *base = plan_node(p, plan_node(p, node)->base);

	if (p->flags & TMOD_LOADED_TOO || plan_know(p, node))
		return false;
	return base->info.builtin || module_state(base->name) == MODULE_LIVE;
}

/* Plan a module with all that it needs, once for a request. */
static int visit(struct planner *l, uint32_t node, const struct reason *why)
{
	const struct reason dep_reason = { TMOD_DEPENDENCY, plan_node(l->p, node)->name, NO_STEP };
	bool softdeps = !(l->p->flags & TMOD_NO_SOFTDEPS) && !is_there(l->p, node);
	struct buf deps = { 0 };
	const uint32_t *dep;
	int err;

	if (plan_node(l->p, node)->visited == l->mark)
		return 0;
	plan_node(l->p, node)->visited = l->mark;
	if (++l->depth > DEPTH_MAX) {
		say(l->p->messages, TMOD_ERROR, "softdeps of softdeps, more than %d deep; the last is %s", DEPTH_MAX,
		    plan_node(l->p, node)->name);
		return -ELOOP;
	}
	err = plan_deps(l->p, node, &deps);
	if (!err && why->role == TMOD_ASKED)
		mark_required(l, node, &deps);
	dep = (const void *)deps.data;
	for (size_t i = 0; i < deps.len / sizeof(*dep) && !err; i++)
		err =
		    softdeps ? append_with_softdeps(l, dep[i], &dep_reason) : load_append(l, dep[i], &dep_reason, NULL);
	buf_free(&deps);
	/*
	 * Without its commands, a module comes without its softdeps too: commands and softdeps may stand for each
	 * other.
	 */
	if (!err && (!softdeps || (node == l->asked && l->p->flags & TMOD_NO_COMMANDS)))
		err = load_append(l, node, why, NULL);
	else if (!err)
		err = append_with_softdeps(l, node, why);
	l->depth--;
	return err;
}

static bool blacklisted(struct tmod_plan *p, const struct node *n)
{
	const struct tmod_entry *e = NULL;

	if (!n->alias && !(p->flags & TMOD_USE_BLACKLIST))
		return false;
	while ((e = tmod_config_find(tmod_system_config(p->system), TMOD_BLACKLIST, n->name, e)))
		if (!strcmp(e->name, n->name))
			return true;
	return false;
}

static int request_module(struct tmod_plan *p, uint32_t node, const char *options, uint32_t word)
{
	struct planner l = { .p = p, .options = options, .asked = node };
	struct reason why = { TMOD_ASKED, NULL, NO_STEP };

	if (blacklisted(p, plan_node(p, node)))
		return 0;
	l.request = plan_add_request(p, plan_node(p, node)->name, word);
	if (l.request == NAME_NONE)
		return -ENOMEM;
	l.mark = l.request + 1;
	return prefer_link(p, l.request) ?: visit(&l, node, &why);
}

static bool is_path(const char *word)
{
	return *word == '/' || !strncmp(word, "./", 2) || !strncmp(word, "../", 3);
}

/* The node of a file, which takes the place of the one in the tree. */
static int add_file(struct tmod_plan *p, const char *path, struct buf *nodes)
{
	char name[PATH_MAX];
	struct stat st;
	uint32_t node;

	if (stat(path, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	tmod_module_name(path, name, sizeof(name));
	node = plan_add_node(p, name, NULL);
	if (node == NAME_NONE)
		return -ENOMEM;
	plan_node(p, node)->file = arena_copy(&p->strings, path, strlen(path));
	buf_add(nodes, &node, sizeof(node));
	return plan_node(p, node)->file && !nodes->failed ? 0 : -ENOMEM;
}

static void say_unknown(const struct tmod_plan *p, const char *word, enum tmod_level level)
{
	say(p->messages, level, "Module %s not found in directory %s", word,
	    tmod_tree_dir(tmod_system_tree(p->system)));
	plan_say_missing(p, level);
}

/* Return: 0, -ENOENT after a message: nobody knows the word, or another error. */
static int plan_word(struct tmod_plan *p, const char *word, const char *options, uint32_t number)
{
	enum tmod_level level = p->flags & TMOD_GO_ON ? TMOD_WARNING : TMOD_FATAL;
	struct buf nodes = { 0 };
	const uint32_t *node;
	int ret;

	if (is_path(word)) {
		ret = add_file(p, word, &nodes);
		if (ret && ret != -ENOMEM) {
			say(p->messages, level, "Module file %s: %s", word, strerror(-ret));
			ret = -ENOENT;
		}
	} else {
		ret = plan_lookup(p, word, &nodes);
		if (!ret) {
			say_unknown(p, word, level);
			ret = -ENOENT;
		}
	}
	node = (const void *)nodes.data;
	for (size_t i = 0; i < nodes.len / sizeof(*node) && ret >= 0; i++)
		ret = request_module(p, node[i], options, number);
	buf_free(&nodes);
	return ret < 0 ? ret : 0;
}

int tmod_plan_load(struct tmod_system *system, const char *const *words, size_t cnt, const char *options,
		   unsigned int flags, struct tmod_plan **plan)
{
	struct tmod_plan *p = NULL;
	int unknown = 0, err;

	if (!tmod_system_config(system))
		return -ENOMEM;
	err = plan_open(system, flags, &p);
	for (size_t i = 0; i < cnt && !err; i++) {
		err = plan_word(p, words[i], options, (uint32_t)i);
		if (err == -ENOENT && flags & TMOD_GO_ON) {
			unknown++;
			err = 0;
		}
	}
	if (err) {
		tmod_plan_close(p);
		return err;
	}
	plan_finish(p);
	*plan = p;
	return unknown;
}
