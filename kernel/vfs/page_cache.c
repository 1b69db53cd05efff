// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Which pages there are: found by a hash table of their volume, listed by their cache, clean and dirty ones apart, and by
 * age for reclaim. Reclaim may run with the heap's lock held, so nothing is allocated or freed under the lock here but
 * pages, and structures that it takes are kept for the next pages.
 */
#include "kernel/mm/heap.h"
#include "kernel/vfs/page_cache_page.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

struct spinlock cache_lock = SPINLOCK_INIT(LOCK_CACHE);
struct wait_queue cache_written = WAIT_QUEUE_INIT;
static struct cache_page *newest, *oldest, *spare;
static uint64_t page_cnt, dirty_cnt;

void cache_init(struct page_cache *c, struct volume *v, enum lock_rank rank)
{
	*c = (struct page_cache){ .volume = v, .block_bytes = v->unit_bytes };
	mutex_init(&c->fill, rank);
}

/* ---- lists; the lock is held ------------------------------------------------------------------------------------- */

static void list_add(struct cache_list *l, struct cache_page *p)
{
	p->next = NULL;
	p->prev = l->last;
	*(p->prev ? &p->prev->next : &l->first) = p;
	l->last = p;
	l->cnt++;
}

static void list_remove(struct cache_list *l, struct cache_page *p)
{
	*(p->prev ? &p->prev->next : &l->first) = p->next;
	*(p->next ? &p->next->prev : &l->last) = p->prev;
	l->cnt--;
}

static void age_add(struct cache_page *p)
{
	p->newer = NULL;
	p->older = newest;
	*(newest ? &newest->newer : &oldest) = p;
	newest = p;
}

static void age_remove(struct cache_page *p)
{
	*(p->newer ? &p->newer->older : &newest) = p->older;
	*(p->older ? &p->older->newer : &oldest) = p->newer;
}

static struct cache_page **bucket_of(const struct page_cache *c, uint64_t index)
{
	uint64_t hash = (index ^ (uintptr_t)c >> 6) * 0x9e3779b97f4a7c15u;

	return &c->volume->bucket[hash >> (64 - VOLUME_BUCKET_BITS)];
}

static struct cache_page *find(const struct page_cache *c, uint64_t index)
{
	struct cache_page *p = *bucket_of(c, index);

	while (p && (p->cache != c || p->index != index))
		p = p->bucket_next;
	if (p) {
		p->users++;
		p->recent = true;
	}
	return p;
}

struct cache_page *cache_find(struct page_cache *c, uint64_t index)
{
	struct cache_page *p = find(c, index);

	if (!p || p->valid == all_units(c))
		return p;
	p->users--;
	return NULL;
}

static void insert(struct page_cache *c, struct cache_page *p)
{
	struct cache_page **bucket = bucket_of(c, p->index);

	if (!c->link) {
		c->next = c->volume->caches;
		c->link = &c->volume->caches;
		if (c->next)
			c->next->link = &c->next;
		c->volume->caches = c;
	}
	p->cache = c;
	p->bucket_next = *bucket;
	*bucket = p;
	list_add(&c->clean, p);
	age_add(p);
	page_cnt++;
}

void cache_unmark(struct cache_page *p)
{
	p->dirty = 0;
	list_remove(&p->cache->dirty, p);
	list_add(&p->cache->clean, p);
	p->cache->volume->dirty_cnt--;
	dirty_cnt--;
}

void cache_mark(struct cache_page *p, uint8_t units)
{
	if (!p->cache || !units)
		return;
	if (!p->dirty) {
		list_remove(&p->cache->clean, p);
		list_add(&p->cache->dirty, p);
		p->cache->volume->dirty_cnt++;
		dirty_cnt++;
	}
	p->dirty |= units;
}

/* Nobody finds it any more. */
static void unlink_page(struct cache_page *p)
{
	struct page_cache *c = p->cache;
	struct cache_page **at = bucket_of(c, p->index);

	if (p->dirty)
		cache_unmark(p);
	while (*at != p)
		at = &(*at)->bucket_next;
	*at = p->bucket_next;
	list_remove(&c->clean, p);
	age_remove(p);
	page_cnt--;
	p->cache = NULL;
	if (c->clean.cnt || c->dirty.cnt)
		return;
	if (c->volume->next_cache == c)
		c->volume->next_cache = c->next;
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	c->link = NULL;
}

/* It has no users. */
static void give_up(struct cache_page *p)
{
	page_put(p->page);
	p->bucket_next = spare;
	spare = p;
}

/* ---- pages ------------------------------------------------------------------------------------------------------- */

static struct cache_page *take_spare(void)
{
	struct cache_page *p;

	spin_lock(&cache_lock);
	p = spare;
	if (p)
		spare = p->bucket_next;
	spin_unlock(&cache_lock);
	return p;
}

void cache_free_spare(void)
{
	struct cache_page *p;

	while ((p = take_spare()) != NULL)
		heap_free(p);
}

struct cache_page *cache_grab(struct page_cache *c, uint64_t index)
{
	struct cache_page *p, *made;
	struct page *page;

	spin_lock(&cache_lock);
	p = find(c, index);
	spin_unlock(&cache_lock);
	if (p)
		return p;
	page = page_alloc(0);
	made = page ? take_spare() : NULL;
	if (page && !made)
		made = heap_alloc(sizeof(*made));
	if (!made) {
		if (page)
			page_put(page);
		return NULL;
	}
	*made = (struct cache_page){ .index = index, .page = page, .users = 1, .recent = true };
	spin_lock(&cache_lock);
	insert(c, made); /* `fill` is held: nobody else has made it */
	spin_unlock(&cache_lock);
	return made;
}

void cache_drop(struct cache_page *p)
{
	spin_lock(&cache_lock);
	if (!--p->users && !p->cache)
		give_up(p);
	spin_unlock(&cache_lock);
}

void cache_set_dirty(struct cache_page *p, uint8_t units)
{
	spin_lock(&cache_lock);
	cache_mark(p, units);
	spin_unlock(&cache_lock);
}

static bool is_written(const struct cache_page *p)
{
	bool is;

	spin_lock(&cache_lock);
	is = !p->writing;
	spin_unlock(&cache_lock);
	return is;
}

/* The first page in the list from @index on; taken away, if it is not just being written: then one user more. */
static struct cache_page *cut_one(struct cache_list *l, uint64_t index)
{
	struct cache_page *p = l->first, *next;

	for (; p; p = next) {
		next = p->next;
		if (p->index < index)
			continue;
		if (p->writing) {
			p->users++;
			return p;
		}
		unlink_page(p);
		if (!p->users)
			give_up(p);
	}
	return NULL;
}

void cache_forget(struct page_cache *c, uint64_t offset, uint64_t bytes)
{
	for (uint64_t end = offset + bytes; offset < end;) {
		size_t in_page = offset % PAGE_BYTES;
		size_t part = end - offset < PAGE_BYTES - in_page ? end - offset : PAGE_BYTES - in_page;
		uint8_t units = units_between(c, in_page, in_page + part);
		struct cache_page *p;

		spin_lock(&cache_lock);
		p = find(c, offset / PAGE_BYTES);
		if (p) {
			p->valid &= (uint8_t)~units;
			if (p->dirty && !(p->dirty & ~units))
				cache_unmark(p);
			else
				p->dirty &= (uint8_t)~units;
		}
		spin_unlock(&cache_lock);
		if (p) {
			wait_event(&cache_written, is_written(p), DEADLINE_NONE, WAIT_DEADLINE);
			cache_drop(p);
		}
		offset += part;
	}
}

void cache_cut(struct page_cache *c, uint64_t bytes)
{
	uint64_t end = (bytes + c->block_bytes - 1) & ~(uint64_t)(c->block_bytes - 1);
	struct cache_page *busy;

	do {
		spin_lock(&cache_lock);
		busy = cut_one(&c->clean, (end + PAGE_BYTES - 1) / PAGE_BYTES);
		if (!busy)
			busy = cut_one(&c->dirty, (end + PAGE_BYTES - 1) / PAGE_BYTES);
		spin_unlock(&cache_lock);
		if (busy) {
			wait_event(&cache_written, is_written(busy), DEADLINE_NONE, WAIT_DEADLINE);
			cache_drop(busy);
		}
	} while (busy);
	if (end % PAGE_BYTES) /* blocks of the last page that are not the file's any more */
		cache_forget(c, end, PAGE_BYTES - end % PAGE_BYTES);
}

int cache_error(struct page_cache *c)
{
	int err;

	spin_lock(&cache_lock);
	err = c->err;
	c->err = 0;
	spin_unlock(&cache_lock);
	return err;
}

void cache_totals(uint64_t *pages, uint64_t *dirty)
{
	spin_lock(&cache_lock);
	*pages = page_cnt;
	*dirty = dirty_cnt;
	spin_unlock(&cache_lock);
}

/* ---- reclaim ----------------------------------------------------------------------------------------------------- */

/*
 * From the oldest page on; what was used since it was looked at last is young again. Twice round, then nothing is left
 * that could go.
 */
uint64_t cache_reclaim(uint64_t wanted)
{
	uint64_t taken = 0;

	spin_lock(&cache_lock);
	for (uint64_t left = 2 * page_cnt; left && taken < wanted && oldest; left--) {
		struct cache_page *p = oldest;
		bool stays = p->users || p->dirty || p->writing || page_refs(p->page) > 1;

		if (stays || p->recent) {
			p->recent = false;
			age_remove(p);
			age_add(p);
			continue;
		}
		unlink_page(p);
		give_up(p);
		taken++;
	}
	spin_unlock(&cache_lock);
	return taken;
}
