// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Bringing pages in, and copying between them and programs. No lock is held while it copies: that may fault. */
#include "kernel/mm/heap.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/page_cache_page.h"
#include "tenon/errno.h"
#include "tenon/kpi/filesystem.h"
#include "tenon/runtime.h"

/* Pages that follow each other, each with a user. */
struct step {
	struct page_cache *cache;
	uint64_t index;
	unsigned cnt;
	struct cache_page *page[CACHE_STEP];
};

static void step_drop(struct step *s)
{
	for (unsigned i = 0; i < s->cnt; i++)
		cache_drop(s->page[i]);
	s->cnt = 0;
}

/* `fill` is held. */
static int step_grab(struct step *s, unsigned cnt)
{
	for (s->cnt = 0; s->cnt < cnt; s->cnt++) {
		s->page[s->cnt] = cache_grab(s->cache, s->index + s->cnt);
		if (!s->page[s->cnt]) {
			step_drop(s);
			return -TENON_ENOMEM;
		}
	}
	return 0;
}

/* ---- where they are ---------------------------------------------------------------------------------------------- */

static uint8_t *unit_address(const struct page_cache *c, const struct cache_page *p, unsigned unit)
{
	return (uint8_t *)page_address(p->page) + unit * c->volume->unit_bytes;
}

/* One unit is at @where on the volume. What is not asked for stays as it is. */
static void place_unit(struct page_cache *c, struct cache_page *p, unsigned unit, uint64_t where, uint32_t flags)
{
	uint8_t bit = (uint8_t)(1u << unit);
	bool valid;

	spin_lock(&cache_lock);
	valid = p->valid & bit;
	spin_unlock(&cache_lock);
	if (!valid && (flags & (TENON_FILESYSTEM_HOLE | TENON_FILESYSTEM_NEW)))
		memset(unit_address(c, p, unit), 0, c->volume->unit_bytes);
	spin_lock(&cache_lock);
	if (!(flags & (TENON_FILESYSTEM_HOLE | TENON_FILESYSTEM_PACKED)))
		p->unit[unit] = (uint32_t)(where / c->volume->unit_bytes);
	else if (!valid)
		p->unit[unit] = UNIT_NONE;
	if (flags & (TENON_FILESYSTEM_HOLE | TENON_FILESYSTEM_NEW))
		p->valid |= bit;
	if (flags & TENON_FILESYSTEM_NEW)
		cache_mark(p, bit);
	spin_unlock(&cache_lock);
}

static void place(struct step *s, uint64_t offset, const struct tenon_filesystem_extent *e, uint64_t bytes)
{
	uint32_t unit_bytes = s->cache->volume->unit_bytes;

	if (e->flags & TENON_FILESYSTEM_NEW)
		cache_forget(&s->cache->volume->meta, e->offset, e->bytes);
	for (uint64_t done = 0; done < bytes; done += unit_bytes) {
		uint64_t at = offset + done;

		place_unit(s->cache, s->page[at / PAGE_BYTES - s->index], (unsigned)(at % PAGE_BYTES) / unit_bytes,
			   e->offset + done, e->flags);
	}
}

/* A volume's own: the offset is the place. */
static int locate_self(struct page_cache *c, uint64_t offset, uint64_t bytes,
		       struct tenon_filesystem_extent extent[CACHE_EXTENTS])
{
	uint64_t left = offset < c->volume->bytes ? c->volume->bytes - offset : 0;

	extent[0] = (struct tenon_filesystem_extent){ .offset = offset, .bytes = left < bytes ? left : bytes };
	extent[1] = (struct tenon_filesystem_extent){ .bytes = bytes, .flags = TENON_FILESYSTEM_HOLE };
	if (!left)
		extent[0] = extent[1];
	return left && left < bytes ? 2 : 1;
}

/* Find out where [offset, offset + bytes) of the step is. */
static int locate(struct step *s, uint64_t offset, uint64_t bytes, bool allocate)
{
	struct tenon_filesystem_extent extent[CACHE_EXTENTS];
	struct page_cache *c = s->cache;

	while (bytes) {
		int cnt =
		    c->locate ? c->locate(c, offset, bytes, allocate, extent) : locate_self(c, offset, bytes, extent);

		if (cnt <= 0)
			return cnt ? cnt : -TENON_EIO;
		for (int i = 0; i < cnt && bytes; i++) {
			uint64_t part = extent[i].bytes < bytes ? extent[i].bytes : bytes;

			if (allocate && (extent[i].flags & TENON_FILESYSTEM_HOLE))
				return -TENON_EIO;
			place(s, offset, &extent[i], part);
			offset += part;
			bytes -= part;
		}
	}
	return 0;
}

/* ---- reading from the device ------------------------------------------------------------------------------------- */

bool cache_move_add(struct cache_moves *m, const struct cache_page *p, unsigned position, unsigned unit)
{
	struct volume *v = m->volume;
	size_t unit_bytes = v->unit_bytes,
	       index = position * PAGE_UNITS + unit * (unit_bytes * PAGE_UNITS / PAGE_BYTES);
	uint64_t sector = v->range.first + p->unit[unit] * (uint64_t)unit_bytes / TENON_BLKDEV_SECTOR_BYTES;
	struct block_move *last = m->cnt ? &m->move[m->cnt - 1] : NULL;
	bool follows = last && last->skip + last->meant == index &&
		       last->sector + last->bytes / TENON_BLKDEV_SECTOR_BYTES == sector;
	size_t pages = last ? (last->start + last->bytes + PAGE_BYTES - 1) / PAGE_BYTES : 0;

	if (follows && (unit || pages < v->range.bd->config.segment_max)) {
		if (!unit)
			last->page[pages] = p->page;
	} else {
		if (m->cnt == m->room)
			return false;
		last = &m->move[m->cnt++];
		*last = (struct block_move){
			.sector = sector, .start = unit * unit_bytes, .page = { p->page }, .skip = index
		};
	}
	last->bytes += unit_bytes;
	last->meant += unit_bytes * PAGE_UNITS / PAGE_BYTES;
	return true;
}

/* Make what was read known; zeros come after @size. Return: why some of it could not be. */
static int read_moves(struct step *s, struct cache_moves *m, uint64_t size)
{
	struct page_cache *c = s->cache;
	unsigned per_unit = c->volume->unit_bytes * PAGE_UNITS / PAGE_BYTES;
	int err = 0;

	block_transfer(c->volume->range.bd, TENON_BLKDEV_READ, m->move, m->cnt);
	for (unsigned i = 0; i < m->cnt; i++) {
		const struct block_move *move = &m->move[i];

		err = move->err ? move->err : err;
		for (size_t k = move->skip; !move->err && k < move->skip + move->meant; k += per_unit) {
			struct cache_page *p = s->page[k / PAGE_UNITS];
			unsigned unit = (unsigned)(k % PAGE_UNITS) / per_unit;
			uint64_t start = p->index * PAGE_BYTES + unit * c->volume->unit_bytes;
			uint64_t keep = size > start ? size - start : 0;

			if (keep < c->volume->unit_bytes)
				memset(unit_address(c, p, unit) + keep, 0, c->volume->unit_bytes - keep);
			spin_lock(&cache_lock);
			p->valid |= (uint8_t)(1u << unit);
			spin_unlock(&cache_lock);
		}
	}
	m->cnt = 0;
	return err;
}

/* Read what is wanted and not valid; @wanted: units of each page. */
static int read_units(struct step *s, const uint8_t wanted[CACHE_STEP], uint64_t size)
{
	struct cache_moves m = { .volume = s->cache->volume, .room = CACHE_STEP };
	int err = 0;

	m.move = heap_alloc(m.room * sizeof(*m.move));
	if (!m.move)
		return -TENON_ENOMEM;
	for (unsigned i = 0; i < s->cnt && !err; i++)
		for (unsigned u = 0; u < units_in_page(s->cache) && !err; u++) {
			if (s->page[i]->valid & 1u << u || !(wanted[i] & 1u << u))
				continue;
			if (!cache_move_add(&m, s->page[i], i, u)) {
				err = read_moves(s, &m, size);
				if (!err)
					cache_move_add(&m, s->page[i], i, u);
			}
		}
	if (m.cnt && !err)
		err = read_moves(s, &m, size);
	heap_free(m.move);
	return err;
}

/* ---- asking for what is nowhere on the device as it is ----------------------------------------------------------- */

static bool is_packed(const struct cache_page *p, unsigned unit)
{
	return !(p->valid & 1u << unit) && p->unit[unit] == UNIT_NONE;
}

/* Units [first, end) of a page; zeros come after @size. */
static int ask_units(struct page_cache *c, struct cache_page *p, unsigned first, unsigned end, uint64_t size)
{
	uint32_t unit_bytes = c->volume->unit_bytes;
	uint64_t start = p->index * PAGE_BYTES + first * unit_bytes, room = (end - first) * unit_bytes;
	uint64_t bytes = size <= start ? 0 : size - start < room ? size - start : room;
	int err = bytes ? c->read(c, start, unit_address(c, p, first), bytes) : 0;

	if (err)
		return err;
	memset(unit_address(c, p, first) + bytes, 0, room - bytes);
	spin_lock(&cache_lock);
	p->valid |= (uint8_t)((1u << end) - (1u << first));
	spin_unlock(&cache_lock);
	return 0;
}

static int ask_packed(struct step *s, uint64_t size)
{
	unsigned cnt = units_in_page(s->cache);
	int err = 0;

	for (unsigned i = 0; i < s->cnt; i++)
		for (unsigned first = 0, end; first < cnt && !err; first = end) {
			end = first + 1;
			if (!is_packed(s->page[i], first))
				continue;
			while (end < cnt && is_packed(s->page[i], end))
				end++;
			err = ask_units(s->cache, s->page[i], first, end, size);
		}
	return err;
}

/* All of the step is there afterwards. `fill` is held. */
static int step_fill(struct step *s, uint64_t size)
{
	uint8_t wanted[CACHE_STEP];
	unsigned first = CACHE_STEP, end = 0;
	int err;

	for (unsigned i = 0; i < s->cnt; i++) {
		wanted[i] = all_units(s->cache);
		if (s->page[i]->valid != wanted[i]) {
			first = first < i ? first : i;
			end = i + 1;
		}
	}
	if (first >= end)
		return 0;
	err = locate(s, (s->index + first) * PAGE_BYTES, (end - first) * PAGE_BYTES, false);
	if (!err)
		err = ask_packed(s, size);
	return err ? err : read_units(s, wanted, size);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* As many of the @cnt pages as are there already. */
static bool step_find(struct step *s, unsigned cnt)
{
	spin_lock(&cache_lock);
	for (s->cnt = 0; s->cnt < cnt; s->cnt++) {
		s->page[s->cnt] = cache_find(s->cache, s->index + s->cnt);
		if (!s->page[s->cnt])
			break;
	}
	spin_unlock(&cache_lock);
	return s->cnt;
}

/* Is the page before it there? Then the file is being read from its beginning to its end. */
static bool goes_on(const struct step *s)
{
	struct step before = { .cache = s->cache, .index = s->index - 1 };
	bool is = !s->index || step_find(&before, 1);

	step_drop(&before);
	return is;
}

static int step_read(struct step *s, unsigned cnt, uint64_t size)
{
	uint64_t left = (size - s->index * PAGE_BYTES + PAGE_BYTES - 1) / PAGE_BYTES;
	int err;

	if (step_find(s, cnt))
		return 0;
	mutex_lock(&s->cache->fill);
	if (goes_on(s))
		cnt = left < CACHE_STEP ? (unsigned)left : CACHE_STEP;
	err = step_grab(s, cnt);
	if (err && cnt > 1)
		err = step_grab(s, 1);
	if (!err)
		err = step_fill(s, size);
	mutex_unlock(&s->cache->fill);
	if (err)
		step_drop(s);
	return err;
}

static unsigned pages_of(uint64_t offset, size_t bytes)
{
	uint64_t cnt = (offset + bytes + PAGE_BYTES - 1) / PAGE_BYTES - offset / PAGE_BYTES;

	return cnt < CACHE_STEP ? (unsigned)cnt : CACHE_STEP;
}

int cache_read(struct page_cache *c, struct io *io, uint64_t offset, size_t bytes, uint64_t size, size_t *done)
{
	int err = 0;

	*done = 0;
	while (*done < bytes && !err) {
		struct step s = { .cache = c, .index = (offset + *done) / PAGE_BYTES };

		err = step_read(&s, pages_of(offset + *done, bytes - *done), size);
		for (unsigned i = 0; i < s.cnt && *done < bytes && !err; i++) {
			size_t in_page = (offset + *done) % PAGE_BYTES, room = PAGE_BYTES - in_page;
			size_t part = bytes - *done < room ? bytes - *done : room;

			err = io_put(io, (char *)page_address(s.page[i]->page) + in_page, part);
			*done += err ? 0 : part;
		}
		step_drop(&s);
	}
	return err;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* Have room for [offset, offset + bytes) of the step on the volume. */
static int allocate(struct step *s, uint64_t offset, size_t bytes)
{
	uint64_t block = s->cache->block_bytes, start = offset & ~(block - 1);
	uint64_t end = (offset + bytes + block - 1) & ~(block - 1);
	bool missing = false;

	for (uint64_t at = start; at < end; at += s->cache->volume->unit_bytes) {
		const struct cache_page *p = s->page[at / PAGE_BYTES - s->index];
		unsigned unit = (unsigned)(at % PAGE_BYTES) / s->cache->volume->unit_bytes;

		missing |= !(p->valid & 1u << unit) || p->unit[unit] == UNIT_NONE;
	}
	return missing ? locate(s, start, end - start, true) : 0;
}

/* Of units that are written in part the rest is read; those that are written as a whole are zeros until then. */
static int prepare(struct step *s, uint64_t offset, size_t bytes, uint64_t size)
{
	uint32_t unit_bytes = s->cache->volume->unit_bytes;
	uint8_t wanted[CACHE_STEP] = { 0 };
	int err = allocate(s, offset, bytes);

	if (err)
		return err;
	for (uint64_t at = offset & ~(uint64_t)(unit_bytes - 1); at < offset + bytes; at += unit_bytes) {
		unsigned i = (unsigned)(at / PAGE_BYTES - s->index), unit = (unsigned)(at % PAGE_BYTES) / unit_bytes;
		bool whole = at >= offset && at + unit_bytes <= offset + bytes;

		if (s->page[i]->valid & 1u << unit)
			continue;
		if (!whole) {
			wanted[i] |= (uint8_t)(1u << unit);
			err = 1;
			continue;
		}
		memset(unit_address(s->cache, s->page[i], unit), 0, unit_bytes);
		spin_lock(&cache_lock);
		s->page[i]->valid |= (uint8_t)(1u << unit);
		spin_unlock(&cache_lock);
	}
	return err ? read_units(s, wanted, size) : 0;
}

static int step_write(struct step *s, uint64_t offset, size_t bytes, uint64_t size)
{
	int err;

	mutex_lock(&s->cache->fill);
	err = step_grab(s, pages_of(offset, bytes));
	if (!err)
		err = prepare(s, offset, bytes, size);
	mutex_unlock(&s->cache->fill);
	if (err)
		step_drop(s);
	return err;
}

int cache_write(struct page_cache *c, struct io *io, uint64_t offset, size_t bytes, uint64_t size, size_t *done)
{
	int err = 0;

	*done = 0;
	while (*done < bytes && !err) {
		struct step s = { .cache = c, .index = (offset + *done) / PAGE_BYTES };
		size_t room = (size_t)((s.index + CACHE_STEP) * PAGE_BYTES - (offset + *done));
		size_t part_end = *done + (bytes - *done < room ? bytes - *done : room);

		err = step_write(&s, offset + *done, part_end - *done, size);
		if (err == -TENON_ENOSPC) { /* some of it may have found room */
			part_end = *done + c->block_bytes - (offset + *done) % c->block_bytes;
			part_end = part_end < bytes ? part_end : bytes;
			err = step_write(&s, offset + *done, part_end - *done, size);
		}
		for (unsigned i = 0; i < s.cnt && *done < part_end && !err; i++) {
			size_t in_page = (offset + *done) % PAGE_BYTES;
			size_t left = part_end - *done;
			size_t part = left < PAGE_BYTES - in_page ? left : PAGE_BYTES - in_page;

			err = io_take(io, (char *)page_address(s.page[i]->page) + in_page, part);
			cache_set_dirty(s.page[i], units_between(c, in_page, in_page + part));
			*done += err ? 0 : part;
		}
		step_drop(&s);
	}
	return err;
}

/* ---- mapping, and the end of a file ------------------------------------------------------------------------------ */

/* Units that are known to be somewhere on the volume. */
static uint8_t placed(const struct page_cache *c, const struct cache_page *p)
{
	uint8_t units = 0;

	for (unsigned u = 0; u < units_in_page(c); u++)
		if (p->valid & 1u << u && p->unit[u] != UNIT_NONE)
			units |= (uint8_t)(1u << u);
	return units;
}

int cache_map(struct page_cache *c, uint64_t index, bool written, uint64_t size, struct page **page)
{
	struct step s = { .cache = c, .index = index };
	uint64_t start = index * PAGE_BYTES, left = size - start;
	int err = step_grab(&s, 1);

	if (err)
		return err;
	err = step_fill(&s, size);
	if (!err && written)
		err = allocate(&s, start, left < PAGE_BYTES ? (size_t)left : PAGE_BYTES);
	if (!err) {
		*page = s.page[0]->page;
		page_get(*page);
		spin_lock(&cache_lock);
		if (written) {
			s.page[0]->mapped = true;
			cache_mark(s.page[0], placed(c, s.page[0]));
		}
		spin_unlock(&cache_lock);
	}
	step_drop(&s);
	return err;
}

int cache_zero_tail(struct page_cache *c, uint64_t offset)
{
	struct step s = { .cache = c, .index = offset / PAGE_BYTES };
	size_t in_page = offset % PAGE_BYTES;
	int err = in_page ? step_grab(&s, 1) : 0;

	if (err || !in_page)
		return err;
	err = step_fill(&s, offset);
	if (!err) {
		memset((char *)page_address(s.page[0]->page) + in_page, 0, PAGE_BYTES - in_page);
		cache_set_dirty(s.page[0], units_between(c, in_page, PAGE_BYTES) & placed(c, s.page[0]));
	}
	step_drop(&s);
	return err;
}
