/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Best fit within the first block that has room: regions of one kind are alike in size, and a module that is loaded
 * again finds the hole that it left.
 */
#include "core/context.h"
#include "core/module.h"

static size_t padding(const struct arena_extent *e, size_t align)
{
	tenon_addr run = e->block->pub.run + e->offset;

	return (size_t)(-run & (align - 1));
}

/* The smallest free extent of @b that takes @size aligned; also corrects b->largest. */
static struct arena_extent *best_fit(struct arena_block *b, size_t size, size_t align)
{
	struct arena_extent *best = NULL;
	size_t largest = 0;

	for (struct arena_extent *e = b->extents; e; e = e->next) {
		if (e->module)
			continue;
		if (e->size > largest)
			largest = e->size;
		if (e->size >= size + padding(e, align) && (!best || e->size < best->size))
			best = e;
	}
	b->largest = largest;
	return best;
}

static struct arena_block *block_new(struct tenon_domain *d, enum tenon_mem kind, size_t size)
{
	struct tenon *t = d->t;
	struct arena_block *b = mem_alloc(t, sizeof(*b)), **link = &d->arena.blocks[kind];
	struct arena_extent *e = mem_alloc(t, sizeof(*e));
	size_t small = d->kind == TENON_DOMAIN_ISOLATED ? t->host->isolated_block_size : 0;
	size_t unit = small ? small : t->host->block_size;

	if (!b || !e)
		goto err;
	b->pub.domain = d;
	b->pub.kind = kind;
	b->pub.size = (size + unit - 1) / unit * unit;
	if (t->host->block_map(t->host->context, &b->pub))
		goto err;
	e->block = b;
	e->size = b->pub.size;
	b->extents = e;
	b->largest = e->size;
	/* Last in the list: the first blocks stay full, the last ones empty and go. */
	while (*link)
		link = &(*link)->next;
	*link = b;
	t->stats.block_cnt++;
	t->stats.block_bytes += b->pub.size;
	return b;
err:
	mem_free(t, e, sizeof(*e));
	mem_free(t, b, sizeof(*b));
	return NULL;
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
	mem_free(t, b->extents, sizeof(*b->extents));
	mem_free(t, b, sizeof(*b));
}

/* Join @e with the free extent behind it. */
static void join(struct tenon *t, struct arena_extent *e)
{
	struct arena_extent *gone = e->next;

	e->size += gone->size;
	e->next = gone->next;
	if (e->next)
		e->next->prev = e;
	mem_free(t, gone, sizeof(*gone));
}

void arena_free(struct tenon *t, struct arena_extent *e)
{
	struct arena_block *b;

	if (!e)
		return;
	b = e->block;
	b->used -= e->size;
	t->stats.used_bytes -= e->size;
	e->module = NULL;
	if (e->next && !e->next->module)
		join(t, e);
	if (e->prev && !e->prev->module) {
		e = e->prev;
		join(t, e);
	}
	if (e->size > b->largest)
		b->largest = e->size;
	if (!b->used && !b->writers)
		block_delete(t, b);
}

/*
 * Cut a used extent in two, the first of which keeps @size bytes. Return: the second; NULL: no memory, @e has been
 * freed.
 */
static struct arena_extent *split(struct tenon *t, struct arena_extent *e, size_t size)
{
	struct arena_extent *rest = mem_alloc(t, sizeof(*rest));

	if (!rest) {
		arena_free(t, e);
		return NULL;
	}
	*rest = *e;
	rest->prev = e;
	rest->offset += size;
	rest->size -= size;
	if (e->next)
		e->next->prev = rest;
	e->next = rest;
	e->size = size;
	return rest;
}

struct arena_extent *arena_alloc(struct tenon_module *m, enum tenon_mem kind, size_t size, size_t align)
{
	struct arena_extent *e = NULL, *spare;
	struct tenon *t = m->t;
	struct arena_block *b;
	size_t pad;

	for (b = m->domain->arena.blocks[kind]; b && !e; b = b->next)
		if (b->largest >= size)
			e = best_fit(b, size, align);
	if (!e) {
		b = block_new(m->domain, kind, align > t->host->page_size ? size + align : size);
		e = b ? best_fit(b, size, align) : NULL;
	}
	if (!e)
		return NULL;
	/* Take all of it, and give back what is too much on both sides. */
	e->module = m;
	e->block->used += e->size;
	t->stats.used_bytes += e->size;
	pad = padding(e, align);
	if (pad) {
		spare = e;
		e = split(t, e, pad);
		if (!e)
			return NULL;
		arena_free(t, spare);
	}
	if (e->size > size) {
		spare = split(t, e, size);
		if (!spare)
			return NULL;
		arena_free(t, spare);
	}
	return e;
}

uint8_t *arena_at(const struct arena_extent *e, tenon_addr run, size_t size)
{
	tenon_addr offset = e ? run - arena_run(e) : 0;

	return e && offset <= e->size && e->size - offset >= size ? arena_write(e) + offset : NULL;
}

int arena_write_begin(struct tenon *t, struct arena_block *b)
{
	int err = 0;

	if (!b->pub.write) {
		err = t->host->block_write(t->host->context, &b->pub);
		t->stats.write_opens++;
	}
	if (!err)
		b->writers++;
	return err;
}

struct tenon_range arena_range(const struct arena_extent *e, enum tenon_access access)
{
	return (struct tenon_range){ &e->block->pub, e->offset, e->size, access,
				     access == TENON_ACCESS_KIND && e->block->writers == 1 };
}

int arena_protect(struct tenon *t, const struct arena_extent *e, enum tenon_access access)
{
	struct tenon_range range = arena_range(e, access);

	t->stats.protect_calls++;
	return t->host->protect(t->host->context, &range, 1);
}

void arena_write_end(struct tenon *t, struct arena_block *b)
{
	if (!--b->writers && !b->used)
		block_delete(t, b);
}
