/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Planning to unload, in the order of kmod: softdeps that came after the module, what uses it if that is asked for, the
 * module, dependencies that nothing uses any more, softdeps that came before. What the kernel will say of references
 * after each step is foreseen, so that a plan shows all that goes.
 */
#include <errno.h>

#include "user/lib/running/state.h"
#include "user/lib/plan/command.h"
#include "user/lib/plan/plan.h"
#include "user/lib/say.h"

/* Holders of holders, softdeps of softdeps. */
#define DEPTH_MAX 200

struct unloader {
	struct tmod_plan *p;
	uint32_t request;
	unsigned int depth;
	unsigned int optional; /* within how many modules that may stay */
};

/* Why a module goes. */
struct reason {
	enum tmod_role role;
	const char *needed_by;
};

static int unload(struct unloader *u, uint32_t node, const struct reason *why);

/* The base of a node, with what the kernel says of it. */
static struct node *ask_kernel(struct tmod_plan *p, uint32_t node)
{
	struct node *n = plan_node(p, plan_node(p, node)->base);

	if (!n->asked_kernel) {
		n->loaded = module_state(n->name) != MODULE_ABSENT;
		n->refcount = n->loaded ? module_refcount(n->name) : 0;
		n->asked_kernel = true;
	}
	return n;
}

struct holder {
	const char *name;
	bool is;
};

static int is_holder(void *data, const char *name)
{
	struct holder *h = data;

	h->is |= !strcmp(name, h->name);
	return h->is;
}

/* Foresee that a module is gone, and with it its references. */
static int foresee(struct tmod_plan *p, uint32_t node)
{
	struct buf deps = { 0 };
	const uint32_t *dep;
	int err = plan_deps(p, node, &deps);

	ask_kernel(p, node)->loaded = false;
	dep = (const void *)deps.data;
	for (size_t i = 0; i < deps.len / sizeof(*dep) && !err; i++) {
		struct holder h = { plan_node(p, node)->name, false };

		module_holders(plan_node(p, dep[i])->name, is_holder, &h);
		if (h.is)
			ask_kernel(p, dep[i])->refcount--;
	}
	buf_free(&deps);
	return err;
}

/* Drop the steps from a number on, and what was foreseen of them. */
static int take_back(struct tmod_plan *p, uint32_t step_cnt)
{
	int err = 0;

	p->steps.len = step_cnt * sizeof(struct tmod_step);
	p->states.len = step_cnt * sizeof(struct step_state);
	for (uint32_t i = 0; i < plan_node_cnt(p); i++)
		plan_node(p, i)->asked_kernel = false;
	for (uint32_t i = 0; i < step_cnt && !err; i++) {
		uint32_t node = plan_add_node(p, plan_step(p, i)->name, NULL);

		err = node == NAME_NONE ? -ENOMEM : foresee(p, node);
	}
	return err;
}

static int add_step(struct unloader *u, uint32_t node, const struct reason *why, const struct tmod_entry *command)
{
	uint32_t before = plan_step_cnt(u->p) - 1;
	struct tmod_step s = {
		.action = command ? TMOD_RUN_REMOVE : TMOD_UNLOAD,
		.role = why->role,
		.name = plan_node(u->p, node)->name,
		.options = "",
		.command = command ? command->value : NULL,
		.needed_by = why->needed_by,
		.loaded = ask_kernel(u->p, node)->loaded,
	};
	bool required = !u->optional && why->role != TMOD_DEPENDENCY;

	if (command && command_is_running(u->p, TMOD_REMOVE, s.name))
		s.stopped_by = command;
	if (plan_add_step(u->p, &s, u->request, required, &before, before != UINT32_MAX) == NO_STEP)
		return -ENOMEM;
	return foresee(u->p, node);
}

/* Softdeps, the last first: each may stay, on its own. */
static int unload_optional(struct unloader *u, const struct buf *nodes, enum tmod_role role, const char *name)
{
	const uint32_t *node = (const void *)nodes->data;
	int err = 0;

	u->optional++;
	for (size_t i = nodes->len / sizeof(*node); i-- > 0 && !err;) {
		uint32_t cnt = plan_step_cnt(u->p);

		err = unload(u, node[i], &(struct reason){ role, name });
		if (err && err != -ENOMEM)
			err = take_back(u->p, cnt);
	}
	u->optional--;
	return err;
}

static int add_holder(void *data, const char *name)
{
	struct buf *names = data;

	buf_string(names, name);
	return 0;
}

static int unload_holders(struct unloader *u, const char *name)
{
	struct buf names = { 0 };
	int err = 0;

	module_holders(name, add_holder, &names);
	for (const char *holder = names.data; holder < names.data + names.len && !err; holder += strlen(holder) + 1) {
		uint32_t node = plan_add_node(u->p, holder, NULL);

		err = node == NAME_NONE ? -ENOMEM : unload(u, node, &(struct reason){ TMOD_HOLDER, name });
	}
	if (names.failed)
		err = -ENOMEM;
	buf_free(&names);
	return err;
}

static bool is_unused(struct tmod_plan *p, uint32_t node)
{
	const struct node *n = ask_kernel(p, node);

	return n->loaded && !n->refcount;
}

/* A dependency that nothing uses any more, after its softdeps that came after it. @pre: gets those that came before. */
static int unload_dep(struct unloader *u, uint32_t dep, const char *name, struct buf *pre)
{
	bool softdeps = !(u->p->flags & TMOD_NO_SOFTDEPS) && plan_node(u->p, dep)->visited != u->request + 1;
	const char *own_name = plan_node(u->p, dep)->name;
	struct buf post = { 0 };
	int err = softdeps ? plan_softdeps(u->p, dep, pre, &post) : 0;

	plan_node(u->p, dep)->visited = u->request + 1;
	if (!err)
		err = unload_optional(u, &post, TMOD_SOFT_POST, own_name);
	if (!err && is_unused(u->p, dep))
		err = add_step(u, dep, &(struct reason){ TMOD_DEPENDENCY, name }, NULL);
	buf_free(&post);
	return err;
}

/* Dependencies that nothing uses any more; when one goes, another may be free. */
static int unload_deps(struct unloader *u, uint32_t node, const char *name)
{
	struct buf deps = { 0 }, pre = { 0 };
	const uint32_t *dep;
	int err = plan_deps(u->p, node, &deps);
	bool again = !err;

	dep = (const void *)deps.data;
	while (again) {
		again = false;
		for (size_t i = 0; i < deps.len / sizeof(*dep) && !err; i++) {
			if (!is_unused(u->p, dep[i]))
				continue;
			err = unload_dep(u, dep[i], name, &pre);
			again = !err;
		}
	}
	/* After all of them, as kmod does with those of the module itself. */
	if (!err)
		err = unload_optional(u, &pre, TMOD_SOFT_PRE, name);
	buf_free(&pre);
	buf_free(&deps);
	return err;
}

static enum tmod_level level_of(const struct unloader *u)
{
	if (u->optional)
		return TMOD_INFO;
	return u->p->flags & TMOD_GO_ON ? TMOD_WARNING : TMOD_FATAL;
}

/* May it go? Return: 1: it is not there, which is no error; 0; or a negative errno value after a message. */
static int check_loaded(struct unloader *u, uint32_t node, const struct reason *why)
{
	const struct node *n = ask_kernel(u->p, node);
	int err;

	if (n->loaded)
		return 0;
	err = plan_know(u->p, node);
	n = ask_kernel(u->p, node);
	if (err || (n->info.builtin && why->role != TMOD_ASKED))
		return err ? err : 1;
	if (n->info.builtin) {
		say(u->p->messages, level_of(u), "Module %s is builtin.", n->name);
		return -ENOENT;
	}
	if (!(u->p->flags & TMOD_FIRST_TIME) || why->role != TMOD_ASKED)
		return 1;
	say(u->p->messages, level_of(u), "Module %s is not in kernel.", n->name);
	return -ENOENT;
}

/* What uses a module, as far as the kernel shows it. */
static void say_users(const struct unloader *u, const char *name)
{
	char text[4096], *line, *rest;

	if (!u->p->messages->say || u->optional)
		return;
	tmod_why_failed(u->p->system, TMOD_DELETE, name, NULL, -EWOULDBLOCK, text, sizeof(text));
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		say(u->p->messages, TMOD_ERROR, "%s", line);
}

/* What came after a dependency may need the module itself, and then has to go before it. */
static int unload_softdeps_of_deps(struct unloader *u, uint32_t node, const char *name)
{
	struct buf deps = { 0 };
	int err = plan_deps(u->p, node, &deps);

	for (size_t i = 0; i < deps.len / sizeof(uint32_t) && !err; i++) {
		uint32_t dep = ((const uint32_t *)(const void *)deps.data)[i];
		struct buf pre = { 0 }, post = { 0 }, holders = { 0 };

		err = plan_softdeps(u->p, dep, &pre, &post);
		for (size_t k = 0; k < post.len / sizeof(uint32_t); k++) {
			const uint32_t *softdep = (const uint32_t *)(const void *)post.data + k;
			struct holder h = { plan_node(u->p, *softdep)->name, false };

			module_holders(name, is_holder, &h);
			if (h.is)
				buf_add(&holders, softdep, sizeof(*softdep));
		}
		if (!err)
			err = holders.failed ? -ENOMEM :
					       unload_optional(u, &holders, TMOD_SOFT_POST, plan_node(u->p, dep)->name);
		buf_free(&pre);
		buf_free(&post);
		buf_free(&holders);
	}
	buf_free(&deps);
	return err;
}

/* The step of the module itself, unless it went as a dependency of what used it. */
static int unload_itself(struct unloader *u, uint32_t node, const struct reason *why, const struct tmod_entry *command)
{
	const struct node *n = ask_kernel(u->p, node);

	if (!command && !n->loaded)
		return 0;
	if (!command && n->refcount > 0 && !(u->p->flags & TMOD_WAIT)) {
		say(u->p->messages, level_of(u), "Module %s is in use.", n->name);
		say_users(u, n->name);
		return -EBUSY;
	}
	return add_step(u, node, why, command);
}

static int unload(struct unloader *u, uint32_t node, const struct reason *why)
{
	bool plain = u->p->flags & TMOD_NO_COMMANDS && why->role == TMOD_ASKED;
	const char *name = plan_node(u->p, node)->name;
	struct buf pre = { 0 }, post = { 0 };
	const struct tmod_entry *command = plain ? NULL : plan_command(u->p, TMOD_REMOVE, node);
	int err = 0;

	if (!command)
		err = check_loaded(u, node, why);
	if (err)
		return err > 0 ? 0 : err;
	if (plan_node(u->p, node)->visited == u->request + 1)
		return 0;
	plan_node(u->p, node)->visited = u->request + 1;
	if (u->depth == DEPTH_MAX) {
		say(u->p->messages, level_of(u), "holders or softdeps, more than %d deep; the last is %s", DEPTH_MAX,
		    name);
		return -ELOOP;
	}
	u->depth++;
	if (!plain && !(u->p->flags & TMOD_NO_SOFTDEPS))
		err = plan_softdeps(u->p, node, &pre, &post);
	if (!err)
		err = unload_optional(u, &post, TMOD_SOFT_POST, name);
	if (!err && u->p->flags & TMOD_HOLDERS && (why->role == TMOD_ASKED || why->role == TMOD_HOLDER))
		err = unload_holders(u, name);
	if (!err && !command && !(u->p->flags & TMOD_NO_SOFTDEPS) && ask_kernel(u->p, node)->refcount > 0)
		err = unload_softdeps_of_deps(u, node, name);
	if (!err)
		err = unload_itself(u, node, why, command);
	if (!err)
		err = unload_deps(u, node, name);
	if (!err)
		err = unload_optional(u, &pre, TMOD_SOFT_PRE, name);
	u->depth--;
	buf_free(&pre);
	buf_free(&post);
	return err;
}

/* Return: 0, 1: it cannot be done, which is reported, or a negative errno value. */
static int plan_word(struct tmod_plan *p, const char *word, uint32_t number)
{
	struct unloader u = { .p = p };
	uint32_t cnt = plan_step_cnt(p);
	struct buf nodes = { 0 };
	const uint32_t *node;
	int ret = plan_lookup(p, word, &nodes);

	if (!ret) {
		say(p->messages, level_of(&u), "Module %s not found.", word);
		plan_say_missing(p, level_of(&u));
		ret = -ENOENT;
	}
	node = (const void *)nodes.data;
	for (size_t i = 0; i < nodes.len / sizeof(*node) && ret >= 0; i++) {
		u.request = plan_add_request(p, plan_node(p, node[i])->name, number);
		ret = u.request == NAME_NONE ? -ENOMEM : unload(&u, node[i], &(struct reason){ TMOD_ASKED, NULL });
	}
	buf_free(&nodes);
	if (ret >= 0 || ret == -ENOMEM)
		return ret < 0 ? ret : 0;
	return take_back(p, cnt) ?: 1;
}

int tmod_plan_unload(struct tmod_system *system, const char *const *words, size_t cnt, unsigned int flags,
		     struct tmod_plan **plan)
{
	struct tmod_plan *p;
	int failed = 0, err;

	if (!tmod_system_config(system))
		return -ENOMEM;
	err = plan_open(system, flags, &p);
	if (err)
		return err;
	p->unloads = true;
	for (size_t i = 0; i < cnt && err >= 0 && (!failed || flags & TMOD_GO_ON); i++) {
		err = plan_word(p, words[i], (uint32_t)i);
		failed += err > 0;
	}
	if (err < 0) {
		tmod_plan_close(p);
		return err;
	}
	plan_finish(p);
	*plan = p;
	return failed;
}
