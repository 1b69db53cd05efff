/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The graph of what is loaded, and of a plan. */
#include <string.h>

#include "user/tools/graph.h"
#include "user/tools/loaded.h"

static void add_edge(struct graph *g, const char *from, const char *to, const char *kind)
{
	json_t *edge = json_object();

	json_put(edge, "from", json_text(from));
	json_put(edge, "to", json_text(to));
	json_put(edge, "kind", json_text(kind));
	json_add(g->edges, edge);
}

static void add_node(struct graph *g, const char *name, const char *state, json_t *bytes)
{
	json_t *node = json_object();

	json_put(node, "name", json_text(name));
	json_put(node, "state", json_text(state));
	json_put(node, "memory_bytes", bytes);
	json_add(g->nodes, node);
}

static int add_loaded(void *data, const struct tmod_loaded *m)
{
	struct graph *g = data;

	add_node(g, m->name, "loaded", json_integer((json_int_t)m->size));
	for (const char *const *holder = m->holders; *holder; holder++)
		add_edge(g, *holder, m->name, "dependency");
	return 0;
}

int graph_loaded(struct graph *g)
{
	return tmod_loaded_each(add_loaded, g);
}

/* Does a list "a,b-c" of .modinfo have a module? */
static bool lists(const struct tmod_info *info, const char *name)
{
	const char *end = info->value + info->value_len, *word = info->value;

	while (word < end) {
		const char *comma = memchr(word, ',', (size_t)(end - word));
		size_t len = (size_t)((comma ? comma : end) - word);
		char text[256], plain[256];

		if (len < sizeof(text)) {
			memcpy(text, word, len);
			text[len] = '\0';
			tmod_module_name(text, plain, sizeof(plain));
			if (!strcmp(plain, name))
				return true;
		}
		word += len + 1;
	}
	return false;
}

/* Does the file say that it depends on a module? */
static bool depends(const struct tmod_file *file, const char *name)
{
	struct tmod_info info;
	const char *at = NULL;

	while (file && tmod_file_info(file, &at, &info))
		if (info.key_len == 7 && !memcmp(info.key, "depends", 7) && lists(&info, name))
			return true;
	return false;
}

/* A plan's steps come after all that they need, directly or not; the file says what directly. */
static void add_step(struct graph *g, const struct tmod_step *steps, const struct tmod_step *s)
{
	const char *state = s->stopped_by ? "stopped" : s->builtin ? "builtin" : s->loaded ? "loaded" : "planned";
	struct tmod_file *file = NULL;
	uint64_t stays = 0, init;
	char text[256];

	if (s->path && !tmod_file_open(s->path, &file, text, sizeof(text)))
		tmod_file_memory(file, &stays, &init);
	add_node(g, s->name, s->action == TMOD_RUN_INSTALL && !s->stopped_by ? "install" : state,
		 file ? json_integer((json_int_t)stays) : json_null());
	for (uint32_t i = 0; i < s->after_cnt; i++) {
		const struct tmod_step *before = &steps[s->after[i]];

		if (depends(file, before->name))
			add_edge(g, s->name, before->name, "dependency");
		else if (before->role == TMOD_SOFT_PRE)
			add_edge(g, s->name, before->name, "softdep-pre");
	}
	if (s->role == TMOD_SOFT_POST)
		add_edge(g, s->needed_by, s->name, "softdep-post");
	tmod_file_close(file);
}

int graph_plan(struct graph *g, struct tmod_system *system, const char *const *words, size_t cnt)
{
	const struct tmod_step *steps;
	struct tmod_plan *plan;
	size_t step_cnt;
	int err = tmod_plan_load(system, words, cnt, NULL, TMOD_LOADED_TOO, &plan);

	if (err < 0)
		return err;
	steps = tmod_plan_steps(plan, &step_cnt);
	for (size_t i = 0; i < step_cnt; i++)
		add_step(g, steps, &steps[i]);
	tmod_plan_close(plan);
	return 0;
}
