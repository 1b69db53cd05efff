/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Memory of a plan as a whole: all regions are reserved before anything is written, every block is opened for writing
 * once, and one protect call ends it for all modules of the plan.
 */
#include "core/plan.h"

static struct plan_block *plan_block_for(struct tenon_plan *p, struct arena_block *b)
{
	struct plan_block *pb = p->blocks;

	while (pb && pb->block != b)
		pb = pb->next;
	if (pb)
		return pb;
	pb = mem_alloc(p->t, sizeof(*pb));
	if (!pb)
		return NULL;
	if (arena_write_begin(p->t, b)) {
		mem_free(p->t, pb, sizeof(*pb));
		return NULL;
	}
	pb->block = b;
	pb->start = b->pub.size;
	pb->next = p->blocks;
	p->blocks = pb;
	return pb;
}

/* The plan will write the region. */
static int open_region(struct tenon_plan *p, const struct arena_extent *e)
{
	struct plan_block *pb = plan_block_for(p, e->block);

	if (!pb)
		return fail(&p->diag, TENON_R_NO_MEMORY);
	if (e->offset < pb->start)
		pb->start = e->offset;
	if (e->offset + e->size > pb->end)
		pb->end = e->offset + e->size;
	return 0;
}

static int no_space(struct tenon_plan *p, const struct load *l, size_t size)
{
	int err;

	diag_module(&p->diag, l->m->name);
	err = fail_name(&p->diag, TENON_R_NO_MODULE_SPACE, p->domain->name);
	p->diag.got = size;
	return err;
}

static int reserve_load(struct tenon_plan *p, struct load *l)
{
	for (int mem = 0; mem < TENON_MEM_COUNT; mem++) {
		size_t size = l->region_size[mem];
		int err;

		if (!size || mem == TENON_MEM_RO_AFTER_INIT)
			continue;
		if (arena_alloc(p->t, p->domain, mem, size, l->region_align[mem], l->m, &l->m->region[mem]))
			return no_space(p, l, size);
		err = open_region(p, l->m->region[mem]);
		if (err)
			return err;
	}
	return 0;
}

static size_t round_up(size_t n, size_t align)
{
	return (n + align - 1) & ~(align - 1);
}

/* The host's protect returned @err. */
static int protect_failed(struct tenon_plan *p, int err)
{
	if (err == -TENON_EOWNERDEAD)
		return fail_name(&p->diag, TENON_R_DOMAIN_DEAD, p->domain->name);
	return err ? fail(&p->diag, TENON_R_PROTECT_FAILED) : 0;
}

/* Pages that were read-only for modules that have gone are writable again. */
static int unseal(struct tenon_plan *p)
{
	struct arena_block *b = p->sealed->block;

	if (!b->sealed)
		return 0;
	return protect_failed(p, arena_protect(p->t, b, p->sealed->offset, p->sealed_bytes, TENON_ACCESS_WRITE));
}

/* RO_AFTER_INIT of all modules of the plan, one behind the other. Return: bytes; *align is what their start needs. */
static size_t sealed_size(const struct tenon_plan *p, size_t *align)
{
	size_t size = 0;

	for (const struct load *l = p->loads; l; l = l->next) {
		size_t one = l->region_align[TENON_MEM_RO_AFTER_INIT];

		if (!l->region_size[TENON_MEM_RO_AFTER_INIT])
			continue;
		size = round_up(size, one) + l->region_size[TENON_MEM_RO_AFTER_INIT];
		if (one > *align)
			*align = one;
	}
	return size;
}

/* Whole pages for them, cut up. A piece reaches to the start of the next; the last one to the end of its page. */
static int reserve_sealed(struct tenon_plan *p)
{
	size_t align = p->t->host->page_size, size = round_up(sealed_size(p, &align), p->t->host->page_size), end = 0;
	struct arena_extent *piece = NULL;
	int err;

	if (!size)
		return 0;
	p->sealed_bytes = size;
	for (struct load *l = p->loads; l; l = l->next) {
		size_t start, one = l->region_align[TENON_MEM_RO_AFTER_INIT];

		if (!l->region_size[TENON_MEM_RO_AFTER_INIT])
			continue;
		start = round_up(end, one);
		end = start + l->region_size[TENON_MEM_RO_AFTER_INIT];
		if (!piece) {
			if (arena_alloc(p->t, p->domain, TENON_MEM_RO_AFTER_INIT, size, align, l->m, &piece))
				return no_space(p, l, size);
			p->sealed = piece;
		} else if (arena_cut(p->t, piece, p->sealed->offset + start - piece->offset, l->m, &piece)) {
			return fail(&p->diag, TENON_R_NO_MEMORY);
		}
		l->m->region[TENON_MEM_RO_AFTER_INIT] = piece;
	}
	err = unseal(p);
	for (struct load *l = p->loads; l && !err; l = l->next)
		if (l->m->region[TENON_MEM_RO_AFTER_INIT])
			err = open_region(p, l->m->region[TENON_MEM_RO_AFTER_INIT]);
	return err;
}

int plan_reserve(struct tenon_plan *p)
{
	int err = 0;

	core_lock(p->t);
	for (struct load *l = p->loads; l && !err; l = l->next)
		err = reserve_load(p, l);
	if (!err)
		err = reserve_sealed(p);
	core_unlock(p->t);
	return err;
}

static uint32_t count_blocks(const struct tenon_plan *p)
{
	uint32_t cnt = 0;

	for (const struct plan_block *pb = p->blocks; pb; pb = pb->next)
		cnt++;
	return cnt;
}

static void drop_blocks(struct tenon_plan *p)
{
	struct plan_block *pb;

	while ((pb = p->blocks)) {
		p->blocks = pb->next;
		arena_write_end(p->t, pb->block);
		mem_free(p->t, pb, sizeof(*pb));
	}
}

int plan_protect(struct tenon_plan *p)
{
	struct tenon *t = p->t;
	uint32_t cnt = count_blocks(p), i = 0;
	struct tenon_range *ranges;
	int err;

	if (!cnt)
		return 0;
	ranges = mem_alloc(t, cnt * sizeof(*ranges));
	if (!ranges)
		return fail(&p->diag, TENON_R_NO_MEMORY);
	core_lock(t);
	for (struct plan_block *pb = p->blocks; pb; pb = pb->next)
		ranges[i++] = (struct tenon_range){ &pb->block->pub, pb->start, pb->end - pb->start, TENON_ACCESS_KIND,
						    pb->block->writers == 1 };
	t->stats.protect_calls++;
	err = t->host->protect(t->host->context, ranges, cnt);
	if (!err)
		drop_blocks(p);
	core_unlock(t);
	mem_free(t, ranges, cnt * sizeof(*ranges));
	return protect_failed(p, err);
}

/* Likewise when the plan has failed: one by one, needing no memory, and whatever the host says. */
void plan_abandon_blocks(struct tenon_plan *p)
{
	core_lock(p->t);
	for (struct plan_block *pb = p->blocks; pb; pb = pb->next)
		arena_protect(p->t, pb->block, pb->start, pb->end - pb->start, TENON_ACCESS_KIND);
	drop_blocks(p);
	core_unlock(p->t);
}

/* Make whole pages of RO_AFTER_INIT read-only. */
static int seal(struct tenon *t, struct arena_block *b, size_t offset, size_t size)
{
	b->sealed = true;
	return arena_protect(t, b, offset, size, TENON_ACCESS_READ);
}

/* Make what was writable until now read-only, and give up what only init needed. */
int plan_seal(struct tenon_plan *p)
{
	int err = p->sealed ? seal(p->t, p->sealed->block, p->sealed->offset, p->sealed_bytes) : 0;

	if (err)
		return protect_failed(p, err);
	for (struct load *l = p->loads; l; l = l->next)
		module_free_memory(l->m, true);
	return 0;
}

/* All pages that it has a part of: the inits of those that have the rest have run too. */
void plan_seal_one(struct tenon_module *m)
{
	const struct arena_extent *e = m->region[TENON_MEM_RO_AFTER_INIT];
	size_t page = m->t->host->page_size, start, end;

	if (e) {
		start = e->offset & ~(page - 1);
		end = round_up(e->offset + e->size, page);
		if (seal(m->t, e->block, start, end - start))
			core_log(m->t, TENON_LOG_ERR, m->name, ": its data could not be made read-only", NULL);
	}
	module_free_memory(m, true);
}
