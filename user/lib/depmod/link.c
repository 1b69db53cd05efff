/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Which module needs which: from symbols to owners, an order in which users come first, and all that each needs. */
#include <errno.h>

#include "user/lib/depmod/depmod.h"

/* Make the table of exports; of two modules that export a name, the later one has it. */
static int collect_exports(struct depmod *d)
{
	size_t cap = 0;

	for (uint32_t i = 0; i < d->module_cnt; i++) {
		const struct depmod_module *m = &d->modules[i];
		const char *name = m->reader->exports.data + m->exports.first, *end = name + m->exports.cnt;

		for (; m->exports.cnt && name < end; name += strlen(name) + 1) {
			uint32_t number = names_add(&d->exported, depmod_symbol(d, name));

			if (number == NAME_NONE)
				return -ENOMEM;
			if (number >= cap) {
				uint32_t *owners = realloc(d->owners, (cap = number * 2u + 1024) * sizeof(*owners));

				if (!owners)
					return -ENOMEM;
				d->owners = owners;
			}
			d->owners[number] = i;
		}
	}
	return 0;
}

/* For each name that a thread's modules need, the module that has it. Return: NULL without memory. */
static uint32_t *find_owners(const struct depmod *d, const struct reader *r)
{
	uint32_t *owners = malloc((r->needed.cnt + 1) * sizeof(*owners));

	for (uint32_t i = 0; owners && i < r->needed.cnt; i++) {
		const char *name = names_text(&r->needed, i);
		uint32_t number;

		/* A '.' before a name is how ppc64 marks functions. */
		number = names_find(&d->exported, depmod_symbol(d, *name == '.' ? name + 1 : name));

		owners[i] = number == NAME_NONE ? DEPMOD_NO_MODULE : d->owners[number];
	}
	return owners;
}

static void tell_need(const struct depmod *d, const struct depmod_module *m, const char *symbol,
		      const struct depmod_module *owner)
{
	char path[DEPMOD_PATH_BYTES], other[DEPMOD_PATH_BYTES];

	depmod_full_path(d, m, path);
	depmod_full_path(d, owner, other);
	say(d->say, TMOD_INFO, "%s needs \"%s\": %s", path, symbol, other);
}

/* Set the direct dependencies of one module, in the order of its symbols. @seen: for each module, who saw it last. */
static int find_deps(struct depmod *d, uint32_t idx, uint32_t *seen, uint32_t *found)
{
	struct depmod_module *m = &d->modules[idx];
	const uint32_t *needs = (const uint32_t *)(const void *)m->reader->needs.data + m->needs.first;

	for (uint32_t i = 0; i < m->needs.cnt; i++) {
		uint32_t owner = m->reader->owners[needs[i]];

		if (owner == DEPMOD_NO_MODULE || seen[owner] == idx)
			continue;
		seen[owner] = idx;
		d->modules[owner].users++;
		found[m->dep_cnt++] = owner;
		if (d->request->verbose)
			tell_need(d, m, names_text(&m->reader->needed, needs[i]), &d->modules[owner]);
	}
	if (!m->dep_cnt)
		return 0;
	m->deps = malloc(m->dep_cnt * sizeof(*m->deps));
	if (!m->deps)
		return -ENOMEM;
	memcpy(m->deps, found, m->dep_cnt * sizeof(*m->deps));
	return 0;
}

static int find_all_deps(struct depmod *d, uint32_t *seen, uint32_t *found)
{
	int err = 0;

	memset(seen, 0xff, d->module_cnt * sizeof(*seen));
	for (uint32_t i = 0; i < d->module_cnt && !err; i++) {
		struct reader *r = d->modules[i].reader;

		if (!r->owners)
			r->owners = find_owners(d, r);
		err = r->owners ? find_deps(d, i, seen, found) : -ENOMEM;
	}
	return err;
}

/*
 * Give ranks: a module gets its rank when all its users have theirs. The stack makes the order the one that kmod
 * writes. @left, @stack: room for a number for each module. Return: how many got one; the others are in circles, or
 * needed by such.
 */
static uint32_t give_ranks(struct depmod *d, uint32_t *left, uint32_t *stack, uint32_t *ranked)
{
	uint32_t top = 0, rank = 0;

	for (uint32_t i = 0; i < d->module_cnt; i++) {
		left[i] = d->modules[i].users;
		if (!left[i])
			stack[top++] = i;
	}
	while (top) {
		uint32_t i = stack[--top];
		struct depmod_module *m = &d->modules[i];

		m->rank = rank;
		ranked[rank++] = i;
		for (uint32_t k = 0; k < m->dep_cnt; k++)
			if (!--left[m->deps[k]])
				stack[top++] = m->deps[k];
	}
	return rank;
}

/* A dependency that is still in @left, or DEPMOD_NO_MODULE. */
static uint32_t next_left(const struct depmod *d, const uint32_t *left, uint32_t idx)
{
	const struct depmod_module *m = &d->modules[idx];

	for (uint32_t k = 0; k < m->dep_cnt; k++)
		if (left[m->deps[k]])
			return m->deps[k];
	return DEPMOD_NO_MODULE;
}

static void tell_circle(const struct depmod *d, const uint32_t *left, uint32_t start)
{
	struct buf text = { 0 };
	uint32_t at = start;

	do {
		buf_text(&text, d->modules[at].name);
		buf_text(&text, " -> ");
		at = next_left(d, left, at);
	} while (at != start);
	buf_string(&text, d->modules[start].name);
	if (!text.failed)
		say(d->say, TMOD_ERROR, "Cycle detected: %s", text.data);
	buf_free(&text);
}

/* Name circles among the modules that have users left. */
static void tell_circles(const struct depmod *d, uint32_t *left, uint32_t *seen)
{
	uint32_t cnt = 0;

	/* Drop those that are only needed by a circle, so that from each that stays a dependency leads on. */
	for (bool again = true; again;) {
		again = false;
		for (uint32_t i = 0; i < d->module_cnt; i++) {
			if (left[i] && next_left(d, left, i) == DEPMOD_NO_MODULE) {
				left[i] = 0;
				again = true;
			}
		}
	}
	memset(seen, 0xff, d->module_cnt * sizeof(*seen));
	for (uint32_t i = 0; i < d->module_cnt; i++) {
		uint32_t at = i;

		cnt += left[i] != 0;
		while (left[i] && seen[at] == UINT32_MAX) {
			seen[at] = i;
			at = next_left(d, left, at);
		}
		if (left[i] && seen[at] == i)
			tell_circle(d, left, at);
	}
	say(d->say, TMOD_ERROR, "Found %u modules in dependency cycles!", cnt);
}

/* Add what the dependencies need, and sort all by rank. Dependencies have been completed before. */
static int complete(struct depmod *d, uint32_t idx, uint32_t *seen, uint32_t *found)
{
	struct depmod_module *m = &d->modules[idx];
	uint32_t cnt = 0, *all;

	for (uint32_t i = 0; i < m->dep_cnt; i++) {
		const struct depmod_module *dep = &d->modules[m->deps[i]];

		if (seen[m->deps[i]] != idx)
			found[cnt++] = dep->rank;
		seen[m->deps[i]] = idx;
		for (uint32_t k = 0; k < dep->all_cnt; k++) {
			if (seen[dep->deps[k]] != idx)
				found[cnt++] = d->modules[dep->deps[k]].rank;
			seen[dep->deps[k]] = idx;
		}
	}
	m->all_cnt = cnt;
	if (!cnt)
		return 0;
	all = realloc(m->deps, cnt * sizeof(*all));
	if (!all)
		return -ENOMEM;
	m->deps = all;
	memcpy(all, found, cnt * sizeof(*all));
	return 0;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static int complete_all(struct depmod *d, const uint32_t *ranked, uint32_t *seen, uint32_t *found)
{
	int err = 0;

	memset(seen, 0xff, d->module_cnt * sizeof(*seen));
	for (uint32_t rank = d->module_cnt; rank-- > 0 && !err;) {
		struct depmod_module *m = &d->modules[ranked[rank]];

		err = complete(d, ranked[rank], seen, found);
		if (err || !m->all_cnt)
			continue;
		qsort(m->deps, m->all_cnt, sizeof(*m->deps), by_number);
		for (uint32_t i = 0; i < m->all_cnt; i++)
			m->deps[i] = ranked[m->deps[i]];
	}
	return err;
}

int depmod_link(struct depmod *d)
{
	uint32_t *room = malloc((d->module_cnt * 3u + 1) * sizeof(*room));
	uint32_t *seen = room, *found = room + d->module_cnt, *ranked = found + d->module_cnt;
	int err = room ? collect_exports(d) : -ENOMEM;

	if (!err)
		err = find_all_deps(d, seen, found);
	if (!err && give_ranks(d, seen, found, ranked) < d->module_cnt) {
		tell_circles(d, seen, found);
		err = -ELOOP;
	}
	if (!err)
		err = complete_all(d, ranked, seen, found);
	free(room);
	return err;
}
