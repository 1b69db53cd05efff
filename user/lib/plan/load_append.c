/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The step that loads one module: its parameters, its file or command, and what it has to wait for. */
#include <errno.h>
#include <limits.h>

#include "user/lib/running/state.h"
#include "user/lib/plan/command.h"
#include "user/lib/plan/load.h"
#include "user/lib/say.h"
#include "user/lib/tree.h"

/* Parameters as the configuration has them, then those of the request. Return: NULL: no memory. */
static const char *options_of(struct planner *l, uint32_t node)
{
	const struct tmod_config *config = tmod_system_config(l->p->system);
	const struct node *n = plan_node(l->p, node);
	const struct tmod_entry *e = NULL;
	struct buf text = { 0 };
	const char *options;

	while ((e = tmod_config_next(config, TMOD_OPTIONS, e))) {
		if (strcmp(e->name, n->name) && (!n->alias || strcmp(e->name, n->alias)))
			continue;
		buf_text(&text, text.len ? " " : "");
		buf_text(&text, e->value);
	}
	if (node == l->asked && l->options && *l->options) {
		buf_text(&text, text.len ? " " : "");
		buf_text(&text, l->options);
	}
	options = !text.len ? "" : text.failed ? NULL : arena_copy(&l->p->strings, text.data, text.len);
	buf_free(&text);
	return options;
}

/* Return: false: no memory, or the path is too long. */
static bool path_of(struct planner *l, const struct node *base, const char **path)
{
	char text[PATH_MAX];

	*path = base->file;
	if (base->file || !base->info.path)
		return true;
	if (!tree_path(tmod_system_tree(l->p->system), base->info.path, base->info.path_len, text, sizeof(text)))
		return false;
	*path = arena_copy(&l->p->strings, text, strlen(text));
	return *path;
}

/* Two modules that need each other: one of them is planned before what it needs. */
static int check_circle(struct planner *l, uint32_t node, const struct buf *deps)
{
	const uint32_t *dep = (const void *)deps->data;
	uint32_t base = plan_node(l->p, node)->base;
	int err = 0;

	for (size_t i = 0; i < deps->len / sizeof(*dep) && !err; i++) {
		struct buf theirs = { 0 };
		const uint32_t *their;

		if (plan_node(l->p, dep[i])->step != NO_STEP)
			continue;
		err = plan_deps(l->p, dep[i], &theirs);
		their = (const void *)theirs.data;
		for (size_t j = 0; j < theirs.len / sizeof(*their) && !err; j++)
			if (their[j] == base || dep[i] == base)
				err = -ELOOP;
		buf_free(&theirs);
	}
	if (err == -ELOOP)
		say(l->p->messages, TMOD_ERROR,
		    "%s/modules.dep.bin: module %s and what it needs need each other; run depmod "
		    "to see the cycle",
		    tmod_tree_dir(tmod_system_tree(l->p->system)), plan_node(l->p, node)->name);
	return err;
}

/* The steps that a module has to wait for: those of its dependencies, and the one that it was given. */
static int collect_after(struct planner *l, uint32_t node, const struct reason *why, const struct buf *pre,
			 struct buf *after)
{
	struct buf nodes = { 0 };
	const uint32_t *number;
	int err = plan_deps(l->p, node, &nodes);

	if (!err)
		err = check_circle(l, node, &nodes);
	if (pre && pre->len)
		buf_add(&nodes, pre->data, pre->len);
	number = (const void *)nodes.data;
	for (size_t i = 0; i < nodes.len / sizeof(*number); i++) {
		uint32_t step = plan_node(l->p, plan_node(l->p, number[i])->base)->step;

		if (step != NO_STEP)
			buf_add(after, &step, sizeof(step));
	}
	if (why->after != NO_STEP)
		buf_add(after, &why->after, sizeof(why->after));
	if (nodes.failed || after->failed)
		err = -ENOMEM;
	buf_free(&nodes);
	return err;
}

/* Is there something to do? What is loaded or built in has a step only if it is wanted so. */
static bool needs_step(const struct planner *l, const struct tmod_step *s)
{
	if (!s->loaded && !s->builtin)
		return true;
	return l->p->flags & TMOD_LOADED_TOO || (l->p->flags & TMOD_FIRST_TIME && s->role == TMOD_ASKED);
}

int load_append(struct planner *l, uint32_t node, const struct reason *why, const struct buf *pre)
{
	bool required = plan_node(l->p, node)->required == l->mark;
	uint32_t base = plan_node(l->p, node)->base, number;
	const struct tmod_config *config = tmod_system_config(l->p->system);
	const struct tmod_entry *command = NULL;
	const struct node *n = plan_node(l->p, node);
	struct buf after = { 0 };
	struct tmod_step s = { .action = TMOD_LOAD, .role = why->role, .name = n->name, .needed_by = why->needed_by };
	int err;

	number = plan_node(l->p, base)->step;
	if (number != NO_STEP && !(l->p->flags & TMOD_REPEATS))
		return plan_add_want(l->p, number, l->request, required);
	err = plan_know(l->p, node);
	if (err)
		return err;
	s.builtin = plan_node(l->p, base)->info.builtin;
	s.loaded = !s.builtin && module_state(s.name) == MODULE_LIVE;
	if (!needs_step(l, &s))
		return 0;
	if (node != l->asked || !(l->p->flags & TMOD_NO_COMMANDS))
		command = plan_command(l->p, TMOD_INSTALL, node);
	if (command) {
		s.action = TMOD_RUN_INSTALL;
		s.command = command->value;
	}
	s.options = options_of(l, node);
	if (!s.options || !path_of(l, plan_node(l->p, base), &s.path))
		return -ENOMEM;
	if (!s.loaded && !s.builtin)
		s.stopped_by = s.path ? tmod_config_forbids_file(config, s.path) : tmod_config_forbids(config, s.name);
	if (command && !s.stopped_by && command_is_running(l->p, TMOD_INSTALL, s.name))
		s.stopped_by = command;
	if (!s.path && !s.builtin && !s.command)
		s.stopped_by = s.stopped_by ?: tmod_config_turned_off(config, s.name, plan_node(l->p, node)->alias);
	err = collect_after(l, node, why, pre, &after);
	if (!err) {
		number = plan_add_step(l->p, &s, l->request, required, (const void *)after.data,
				       after.len / sizeof(uint32_t));
		err = number == NO_STEP ? -ENOMEM : 0;
		plan_node(l->p, base)->step = number;
	}
	buf_free(&after);
	return err;
}
