// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Writing back. It needs no memory and asks no file system: every unit of a dirty page has its place on the volume. */
#include "kernel/log.h"
#include "kernel/vfs/page_cache_page.h"
#include "tenon/errno.h"

/* Take dirty pages, at most @left of them, out of the list. Return: how many. */
static unsigned take(struct page_cache *c, bool all, uint32_t *left)
{
	struct volume *v = c->volume;
	unsigned cnt = 0;

	spin_lock(&cache_lock);
	for (; cnt < VOLUME_PAGES && *left && c->dirty.first; --*left) {
		struct cache_page *p = c->dirty.first;
		uint8_t units = p->dirty;
		bool mapped = p->mapped && page_refs(p->page) > 1;

		cache_unmark(p);
		if (mapped) /* it stays dirty, as the last of the list */
			cache_mark(p, units);
		if (mapped && !all)
			continue;
		p->mapped = mapped;
		p->writing = true;
		p->users++;
		v->page[cnt] = p;
		v->units[cnt++] = units;
	}
	spin_unlock(&cache_lock);
	return cnt;
}

/* What became of the requests. What there was no memory for is dirty again. */
static void look_at_moves(struct page_cache *c, const struct cache_moves *m)
{
	struct volume *v = c->volume;
	unsigned per_unit = v->unit_bytes * PAGE_UNITS / PAGE_BYTES;

	for (unsigned i = 0; i < m->cnt; i++) {
		const struct block_move *move = &m->move[i];

		for (size_t k = move->skip; move->err && k < move->skip + move->meant; k += per_unit) {
			spin_lock(&cache_lock);
			if (move->err == -TENON_ENOMEM)
				cache_mark(v->page[k / PAGE_UNITS], (uint8_t)(1u << k % PAGE_UNITS / per_unit));
			else
				c->err = -TENON_EIO;
			spin_unlock(&cache_lock);
		}
		if (move->err)
			log_err("%s: sector %llu could not be written: error %d", v->range.bd->device.name,
				(unsigned long long)move->sector, -move->err);
	}
}

/* It may have failed since the pages were taken, while others were being written. */
static void flush_moves(struct page_cache *c, struct cache_moves *m)
{
	if (atomic_load(&c->volume->failed)) {
		spin_lock(&cache_lock);
		c->err = m->cnt ? -TENON_EIO : c->err;
		spin_unlock(&cache_lock);
	} else {
		block_transfer(c->volume->range.bd, TENON_BLKDEV_WRITE, m->move, m->cnt);
		look_at_moves(c, m);
	}
	m->cnt = 0;
}

static void write_pages(struct page_cache *c, unsigned cnt)
{
	struct volume *v = c->volume;
	struct cache_moves m = { .volume = v, .move = v->move, .room = BLOCK_BATCH };

	for (unsigned i = 0; i < cnt; i++)
		for (unsigned u = 0; u < units_in_page(c); u++)
			if (v->units[i] & 1u << u && !cache_move_add(&m, v->page[i], i, u)) {
				flush_moves(c, &m);
				cache_move_add(&m, v->page[i], i, u);
			}
	flush_moves(c, &m);
	for (unsigned i = 0; i < cnt; i++) {
		spin_lock(&cache_lock);
		v->page[i]->writing = false;
		spin_unlock(&cache_lock);
	}
	wait_wake_all(&cache_written);
	for (unsigned i = 0; i < cnt; i++)
		cache_drop(v->page[i]);
}

void cache_write_back(struct page_cache *c, bool all)
{
	uint32_t left;
	unsigned cnt;

	spin_lock(&cache_lock);
	left = c->dirty.cnt;
	spin_unlock(&cache_lock);
	while ((cnt = take(c, all, &left)) > 0)
		write_pages(c, cnt);
}
