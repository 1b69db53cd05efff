/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Memory of a plan as a whole: all regions are reserved before anything is written, and one protect call ends writing
 * for all modules of the plan.
 */
#include "core/reserve.h"

/* The host's protect returned @err. */
static int protect_failed(struct tenon_plan *p, int err)
{
	if (err == -TENON_EOWNERDEAD)
		return fail_name(p->diag, TENON_R_DOMAIN_DEAD, p->domain->name);
	return err ? fail(p->diag, TENON_R_PROTECT_FAILED) : 0;
}

/* Reserve one region and open it for writing. */
static int reserve_region(struct tenon_plan *p, struct load *l, enum tenon_mem mem)
{
	size_t size = l->region_size[mem], align = l->region_align[mem], page = p->t->host->page_size;
	struct arena_region *r = &l->m->region[mem];
	int err;

	/* Whole pages: making them read-only must not concern another module. */
	if (mem == TENON_MEM_RO_AFTER_INIT) {
		size = (size + page - 1) & ~(page - 1);
		align = align < page ? page : align;
	}
	if (!arena_alloc(l->m, mem, size, align)) {
		p->diag->got = size;
		return fail_name(p->diag, TENON_R_NO_MODULE_SPACE, p->domain->name);
	}
	/* Pages that were read-only for modules that have gone are writable again. */
	if (r->block->sealed) {
		err = protect_failed(p, arena_protect(p->t, r, TENON_ACCESS_WRITE));
		if (err)
			return err;
	}
	if (arena_open(p->t, r))
		return -TENON_ENOMEM;
	p->open_cnt++;
	return 0;
}

static int reserve(struct load *l)
{
	int err = 0;

	for (int mem = 0; mem < TENON_MEM_COUNT && !err; mem++)
		if (l->region_size[mem])
			err = reserve_region(l->plan, l, mem);
	return err;
}

int plan_reserve(struct tenon_plan *p)
{
	int err;

	core_lock(p->t);
	err = plan_each(p, reserve);
	core_unlock(p->t);
	return err;
}

int plan_protect(struct tenon_plan *p)
{
	size_t bytes = p->open_cnt * sizeof(struct tenon_range);
	struct tenon_range *ranges, *end;
	struct tenon *t = p->t;
	int err;

	if (!bytes)
		return 0;
	ranges = end = mem_alloc(t, bytes);
	if (!ranges)
		return -TENON_ENOMEM;
	core_lock(t);
	for (struct load *l = p->loads; l; l = l->next)
		for (int mem = 0; mem < TENON_MEM_COUNT; mem++)
			if (l->m->region[mem].open)
				*end++ = arena_range(&l->m->region[mem], TENON_ACCESS_KIND);
	t->stats.protect_calls++;
	err = t->host->protect(t->host->context, ranges, p->open_cnt);
	/* All together is refused, and has changed nothing: as plan_abandon() does it. */
	for (struct tenon_range *r = ranges; err && r < end; r++)
		t->host->protect(t->host->context, r, 1);
	core_unlock(t);
	mem_free(t, ranges, bytes);
	return protect_failed(p, err);
}

void plan_abandon(struct tenon_plan *p)
{
	core_lock(p->t);
	for (struct load *l = p->loads; l; l = l->next)
		for (int mem = 0; mem < TENON_MEM_COUNT; mem++)
			if (l->m->region[mem].open)
				arena_protect(p->t, &l->m->region[mem], TENON_ACCESS_KIND);
	core_unlock(p->t);
}

int load_seal(struct load *l)
{
	return protect_failed(l->plan, module_seal(l->m));
}
