/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Looking at modules, their memory and the core's counters. Nothing here changes anything. */
#include "core/context.h"
#include "core/personality.h"
#include "core/module.h"

const char *tenon_state_name(enum tenon_module_state s)
{
	static const char *const names[] = { "unformed", "coming", "live", "going", "quarantined" };

	return s <= TENON_QUARANTINED ? names[s] : "?";
}

const char *tenon_module_name(const struct tenon_module *m)
{
	return m->name;
}

struct tenon_domain *tenon_module_domain(const struct tenon_module *m)
{
	return m->domain;
}

const char *tenon_module_caller(const struct tenon_module *m)
{
	return m->personality->caller;
}

enum tenon_module_state tenon_module_state(const struct tenon_module *m)
{
	return __atomic_load_n(&m->state, __ATOMIC_ACQUIRE);
}

tenon_addr tenon_module_this(const struct tenon_module *m)
{
	return m->this_module;
}

void tenon_module_info(const struct tenon_module *m, struct tenon_module_info *out)
{
	uint32_t refs = module_refs(m);

	/* One by one: an initialiser would read all of *m first, as if it could lie in *out. */
	*out = (struct tenon_module_info){ 0 };
	out->name = m->name;
	out->domain = m->domain->name;
	out->domain_kind = m->domain->kind;
	out->state = tenon_module_state(m);
	out->refs = refs & REFS_COUNT;
	out->users = m->users;
	out->taints = m->taints;
	out->saturated = refs & REFS_SATURATED;
	out->export_cnt = m->export_cnt;
	out->import_cnt = m->import_cnt;
	out->owned_cnt = m->owned_cnt;
	out->owned_bytes = m->owned_bytes;
	out->init = m->init;
	out->exit = m->exit;
	for (int mem = 0; mem < TENON_MEM_COUNT; mem++) {
		if (!m->region[mem].block)
			continue;
		out->size[mem] = m->region[mem].size;
		out->address[mem] = arena_run(&m->region[mem]);
	}
}

int tenon_for_each(struct tenon *t, int (*fn)(const struct tenon_module *m, void *arg), void *arg)
{
	int ret = 0;

	core_lock(t);
	for (const struct tenon_module *m = t->newest; m && !ret; m = m->older)
		ret = fn(m, arg);
	core_unlock(t);
	return ret;
}

int tenon_for_each_user(struct tenon *t, const struct tenon_module *m,
			int (*fn)(const struct tenon_module *user, void *arg), void *arg)
{
	int ret = 0;

	for (const struct tenon_module *user = t->newest; user && !ret; user = user->older)
		if (module_uses(user, m))
			ret = fn(user, arg);
	return ret;
}

int tenon_for_each_import(const struct tenon_module *m, int (*fn)(const struct tenon_export *e, void *arg), void *arg)
{
	int ret = 0;

	for (uint32_t i = 0; i < m->import_cnt && !ret; i++)
		ret = fn(m->imports[i], arg);
	return ret;
}

/* Its regions and the gaps between them. */
static int each_in_block(const struct arena_block *b, int (*fn)(const struct tenon_region *r, void *arg), void *arg)
{
	const struct arena_region *r = b->first;
	struct tenon_region out = { .block = &b->pub };
	int ret = 0;

	for (; out.offset < b->pub.size && !ret; out.offset += out.size) {
		out.module = NULL;
		out.size = (r ? r->offset : b->pub.size) - out.offset;
		if (!out.size) {
			out.module = r->module;
			out.size = r->size;
			r = r->next;
		}
		ret = fn(&out, arg);
	}
	return ret;
}

static int each_in_domain(const struct tenon_domain *d, int (*fn)(const struct tenon_region *r, void *arg), void *arg)
{
	for (int mem = 0; mem < TENON_MEM_COUNT; mem++) {
		for (const struct arena_block *b = d->arena.blocks[mem]; b; b = b->next) {
			int ret = each_in_block(b, fn, arg);

			if (ret)
				return ret;
		}
	}
	return 0;
}

int tenon_for_each_region(struct tenon *t, int (*fn)(const struct tenon_region *r, void *arg), void *arg)
{
	int ret = 0;

	core_lock(t);
	for (const struct tenon_domain *d = t->domains; d && !ret; d = d->next)
		ret = each_in_domain(d, fn, arg);
	core_unlock(t);
	return ret;
}

const struct tenon_module *tenon_find_address(struct tenon *t, struct tenon_domain *d, tenon_addr address)
{
	(void)t;
	for (int mem = 0; mem < TENON_MEM_COUNT; mem++)
		for (const struct arena_block *b = d->arena.blocks[mem]; b; b = b->next)
			for (const struct arena_region *r = b->first; r && address - b->pub.run < b->pub.size;
			     r = r->next)
				if (address - b->pub.run - r->offset < r->size)
					return r->module;
	return NULL;
}

void tenon_stats(struct tenon *t, struct tenon_stats *out)
{
	core_lock(t);
	*out = t->stats;
	core_unlock(t);
	out->heap_bytes = atomic_load_explicit(&t->heap_bytes, memory_order_relaxed);
	out->heap_peak_bytes = atomic_load_explicit(&t->heap_peak_bytes, memory_order_relaxed);
}
