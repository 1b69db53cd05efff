/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Modules that need each other: which they are, and each cycle of them as a line. They are the strongly connected
 * components of the graph of direct dependencies (Tarjan 1972), found without recursion, for a tree may hold a chain of
 * any length.
 */
#include <errno.h>

#include "user/lib/depmod/record.h"

/* A few modules can have cycles without number. The first are enough to mend the tree. */
#define CYCLES_SHOWN 100
#define STEPS_MAX    1000000u

struct graph {
	const struct depmod *d;
	uint32_t *number;    /* of a module: when it was found, from 1; 0: not yet */
	uint32_t *low;       /* the lowest number that it reaches */
	uint32_t *edge;      /* the next of its dependencies to follow */
	uint32_t *path;      /* from the module that was begun with to the one at hand */
	uint32_t *open;      /* those found whose component is not yet known */
	uint32_t *component; /* 0: not known; or the number of its component */
	uint32_t path_cnt, open_cnt, found_cnt, component_cnt;
};

static bool needs_itself(const struct depmod_module *m, uint32_t idx)
{
	for (uint32_t k = 0; k < m->dep_cnt; k++)
		if (m->deps[k] == idx)
			return true;
	return false;
}

/* The component whose first module is @idx is complete: take it off the open ones. Return: does it hold a cycle? */
static bool close_component(struct graph *g, uint32_t idx)
{
	uint32_t cnt = 0, member;

	g->component_cnt++;
	do {
		member = g->open[--g->open_cnt];
		g->component[member] = g->component_cnt;
		cnt++;
	} while (member != idx);
	return cnt > 1 || needs_itself(&g->d->modules[idx], idx);
}

static void enter(struct graph *g, uint32_t idx)
{
	g->number[idx] = g->low[idx] = ++g->found_cnt;
	g->edge[idx] = 0;
	g->path[g->path_cnt++] = g->open[g->open_cnt++] = idx;
}

/* All that can be reached from a module. @cyclic: set for each component that holds a cycle */
static void find_components(struct graph *g, uint32_t start, bool *cyclic)
{
	enter(g, start);
	while (g->path_cnt) {
		uint32_t idx = g->path[g->path_cnt - 1];
		const struct depmod_module *m = &g->d->modules[idx];

		if (g->edge[idx] < m->dep_cnt) {
			uint32_t dep = m->deps[g->edge[idx]++];

			if (!g->number[dep])
				enter(g, dep);
			else if (!g->component[dep] && g->number[dep] < g->low[idx])
				g->low[idx] = g->number[dep];
			continue;
		}
		g->path_cnt--;
		if (g->path_cnt && g->low[idx] < g->low[g->path[g->path_cnt - 1]])
			g->low[g->path[g->path_cnt - 1]] = g->low[idx];
		if (g->low[idx] == g->number[idx] && close_component(g, idx))
			cyclic[g->component_cnt] = true;
	}
}

static void tell_cycle(const struct graph *g)
{
	struct buf text = { 0 };

	for (uint32_t i = 0; i < g->path_cnt; i++) {
		buf_text(&text, g->d->modules[g->path[i]].name);
		buf_text(&text, " -> ");
	}
	buf_string(&text, g->d->modules[g->path[0]].name);
	if (!text.failed)
		say(g->d->say, TMOD_ERROR, "Cycle detected: %s", text.data);
	buf_free(&text);
}

/*
 * Report each cycle in which @start is the first module in their order, so that each is reported once. What is on the path is
 * marked in @open. Return: false when enough has been reported.
 */
static bool tell_cycles_from(struct graph *g, uint32_t start, uint32_t *told, uint32_t *steps)
{
	g->path[0] = start;
	g->path_cnt = 1;
	g->edge[start] = 0;
	while (g->path_cnt) {
		uint32_t idx = g->path[g->path_cnt - 1], dep;
		const struct depmod_module *m = &g->d->modules[idx];

		if (g->edge[idx] == m->dep_cnt) {
			g->open[idx] = false;
			g->path_cnt--;
			continue;
		}
		dep = m->deps[g->edge[idx]++];
		if (++*steps > STEPS_MAX)
			return false;
		if (dep == start) {
			tell_cycle(g);
			if (++*told == CYCLES_SHOWN)
				return false;
		} else if (dep > start && !g->open[dep] && g->component[dep] == g->component[start]) {
			g->open[dep] = true;
			g->edge[dep] = 0;
			g->path[g->path_cnt++] = dep;
		}
	}
	return true;
}

static void tell_cycles(struct graph *g, uint32_t member_cnt)
{
	uint32_t told = 0, steps = 0;
	bool all = true;

	memset(g->open, 0, g->d->module_cnt * sizeof(*g->open));
	for (uint32_t i = 0; i < g->d->module_cnt && all; i++)
		if (g->d->modules[i].cyclic)
			all = tell_cycles_from(g, i, &told, &steps);
	if (!all)
		say(g->d->say, TMOD_ERROR, "There are more cycles, which are not shown.");
	say(g->d->say, TMOD_ERROR, "Found %u modules in dependency cycles!", member_cnt);
}

int depmod_find_cycles(struct depmod *d)
{
	uint32_t cnt = d->module_cnt, member_cnt = 0;
	uint32_t *room = calloc((size_t)cnt * 6 + 1, sizeof(*room));
	bool *cyclic = calloc((size_t)cnt + 1, sizeof(*cyclic));
	struct graph g = {
		.d = d,
		.number = room,
		.low = room + cnt,
		.edge = room + 2 * cnt,
		.path = room + 3 * cnt,
		.open = room + 4 * cnt,
		.component = room + 5 * cnt,
	};
	int err = room && cyclic ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < cnt && !err; i++)
		if (!g.number[i])
			find_components(&g, i, cyclic);
	for (uint32_t i = 0; i < cnt && !err; i++) {
		d->modules[i].cyclic = cyclic[g.component[i]];
		member_cnt += d->modules[i].cyclic;
	}
	if (!err)
		tell_cycles(&g, member_cnt);
	free(room);
	free(cyclic);
	return err;
}

void depmod_drop_cycles(struct depmod *d)
{
	uint32_t cnt = 0;

	for (uint32_t i = 0; i < d->module_cnt; i++) {
		struct depmod_module *m = &d->modules[i];

		free(m->deps);
		m->deps = NULL;
		m->dep_cnt = m->all_cnt = m->users = 0;
		if (!m->cyclic)
			d->modules[cnt++] = *m;
	}
	d->module_cnt = cnt;
	for (unsigned int i = 0; i < d->reader_cnt; i++) {
		free(d->readers[i].owners);
		d->readers[i].owners = NULL;
	}
	if (d->record) {
		free(d->record->reader.owners);
		d->record->reader.owners = NULL;
		d->record->same_modules = false;
	}
	names_free(&d->exported);
	free(d->owners);
	d->owners = NULL;
}
