/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Best fit within the first block that has room: regions of one kind are alike in size, and a module that is loaded
 * again finds the hole that it left.
 */
#include "core/context.h"
#include "core/module.h"

/*
 * Find the smallest gap of @b in which r->size bytes fit, aligned, and put @r there: offset, prev and next, not yet in
 * the list. Return: whether there is one. Also corrects b->largest.
 */
static bool best_fit(struct arena_block *b, struct arena_region *r, size_t align)
{
	struct arena_region *prev = NULL, *next = b->first;
	size_t best = SIZE_MAX, largest = 0;

	for (;; prev = next, next = next->next) {
		size_t at = arena_end(prev), gap = (next ? next->offset : b->pub.size) - at;
		size_t pad = (size_t)(-(b->pub.run + at) & (align - 1));

		if (gap > largest)
			largest = gap;
		if (gap >= r->size + pad && gap < best) {
			best = gap;
			r->offset = at + pad;
			r->prev = prev;
			r->next = next;
		}
		if (!next)
			break;
	}
	b->largest = largest;
	return best != SIZE_MAX;
}

/* Room for @size bytes. The host maps it, and gives memory for its description, with the lock held. */
static struct arena_block *block_new(struct tenon_domain *d, enum tenon_mem kind, size_t size)
{
	struct tenon *t = d->t;
	struct arena_block *b = mem_alloc(t, sizeof(*b)), **link = &d->arena.blocks[kind];
	size_t small = d->kind == TENON_DOMAIN_ISOLATED ? t->host->isolated_block_size : 0;
	size_t unit = small ? small : t->host->block_size;

	if (!b)
		return NULL;
	b->pub.domain = d;
	b->pub.kind = kind;
	b->pub.size = (size + unit - 1) / unit * unit;
	if (t->host->block_map(t->host->context, &b->pub)) {
		mem_free_later(t, b, sizeof(*b));
		return NULL;
	}
	/* Last in the list: the first blocks stay full, the last ones empty and go. */
	while (*link)
		link = &(*link)->next;
	*link = b;
	t->stats.block_cnt++;
	t->stats.block_bytes += b->pub.size;
	return b;
}

static void block_delete(struct tenon *t, struct arena_block *b)
{
	struct arena_block **link = &b->pub.domain->arena.blocks[b->pub.kind];

	while (*link != b)
		link = &(*link)->next;
	*link = b->next;
	t->stats.block_cnt--;
	t->stats.block_bytes -= b->pub.size;
	t->host->block_unmap(t->host->context, &b->pub);
	mem_free_later(t, b, sizeof(*b));
}

void arena_free(struct tenon *t, struct arena_region *r)
{
	struct arena_block *b = r->block;
	size_t gap;

	if (!b)
		return;
	gap = (r->next ? r->next->offset : b->pub.size) - arena_end(r->prev);
	if (gap > b->largest)
		b->largest = gap;
	*(r->prev ? &r->prev->next : &b->first) = r->next;
	if (r->next)
		r->next->prev = r->prev;
	r->block = NULL;
	b->used -= r->size;
	t->stats.used_bytes -= r->size;
	/* An open region counts as used, so a block that goes is not open. */
	if (!b->used)
		block_delete(t, b);
}

bool arena_alloc(struct tenon_module *m, enum tenon_mem kind, size_t size, size_t align)
{
	struct arena_region *r = &m->region[kind];
	struct tenon *t = m->t;
	struct arena_block *b = m->domain->arena.blocks[kind];

	r->module = m;
	r->size = size;
	while (b && (b->largest < size || !best_fit(b, r, align)))
		b = b->next;
	if (!b) {
		b = block_new(m->domain, kind, align > t->host->page_size ? size + align : size);
		if (!b || !best_fit(b, r, align))
			return false;
	}
	r->block = b;
	*(r->prev ? &r->prev->next : &b->first) = r;
	if (r->next)
		r->next->prev = r;
	b->used += size;
	t->stats.used_bytes += size;
	return true;
}

uint8_t *arena_at(const struct arena_region *r, tenon_addr run, size_t size)
{
	tenon_addr offset = r->block ? run - arena_run(r) : 0;

	return r->block && offset <= r->size && r->size - offset >= size ? arena_write(r) + offset : NULL;
}

int arena_open(struct tenon *t, struct arena_region *r)
{
	struct tenon_block *b = &r->block->pub;
	int err = 0;

	if (!b->write) {
		err = t->host->block_write(t->host->context, b);
		t->stats.write_opens++;
	}
	r->open = !err;
	r->block->writers += r->open;
	return err;
}

struct tenon_range arena_range(struct arena_region *r, enum tenon_access access)
{
	struct tenon_range range = { &r->block->pub, r->offset, r->size, access, false };

	if (access == TENON_ACCESS_KIND) {
		r->open = false;
		range.close = !--r->block->writers;
	}
	return range;
}

int arena_protect(struct tenon *t, struct arena_region *r, enum tenon_access access)
{
	struct tenon_range range = arena_range(r, access);

	t->stats.protect_calls++;
	return t->host->protect(t->host->context, &range, 1);
}
