// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/mm/user_areas.h"

#include "kernel/mm/heap.h"
#include "kernel/vfs/file.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

static void hold(const struct user_area *a)
{
	if (a->file)
		file_get(a->file);
}

static void release(const struct user_area *a)
{
	if (a->file)
		file_put(a->file);
}

void areas_clear(struct user_areas *areas)
{
	for (unsigned i = 0; i < areas->cnt; i++)
		release(&areas->area[i]);
	heap_free(areas->area);
	*areas = (struct user_areas){ 0 };
}

int areas_reserve(struct user_areas *areas, unsigned more)
{
	unsigned capacity = areas->capacity ? areas->capacity : 16;
	struct user_area *area;

	if (more > AREAS_MAX - areas->cnt)
		return -TENON_ENOMEM;
	if (areas->cnt + more <= areas->capacity)
		return 0;
	while (capacity < areas->cnt + more)
		capacity *= 2;
	area = heap_resize(areas->area, capacity * sizeof(*area));
	if (!area)
		return -TENON_ENOMEM;
	areas->area = area;
	areas->capacity = capacity;
	return 0;
}

unsigned areas_index(const struct user_areas *areas, uint64_t addr)
{
	unsigned low = 0, high = areas->cnt;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (areas->area[middle].end > addr)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct user_area *areas_find(const struct user_areas *areas, uint64_t addr)
{
	unsigned i = areas_index(areas, addr);

	return i < areas->cnt && areas->area[i].start <= addr ? &areas->area[i] : NULL;
}

bool areas_used(const struct user_areas *areas, uint64_t start, uint64_t end)
{
	unsigned i = areas_index(areas, start);

	return i < areas->cnt && areas->area[i].start < end;
}

bool areas_cover(const struct user_areas *areas, uint64_t start, uint64_t end)
{
	for (unsigned i = areas_index(areas, start); start < end; i++) {
		if (i == areas->cnt || areas->area[i].start > start)
			return false;
		start = areas->area[i].end;
	}
	return true;
}

uint64_t areas_gap(const struct user_areas *areas, uint64_t bytes, uint64_t low, uint64_t high, uint64_t guard)
{
	/* Downwards from high: the gap that ends at `end` begins where the next lower area ends. */
	uint64_t end = high;
	unsigned i = areas_index(areas, high);

	/* An area that reaches over high shortens the first gap. */
	if (i < areas->cnt && areas->area[i].start < high)
		end = areas->area[i].start;
	for (;;) {
		bool above_stack = i && (areas->area[i - 1].flags & AREA_STACK);
		uint64_t floor = i ? areas->area[i - 1].end + (above_stack ? guard : 0) : 0;

		if (i < areas->cnt && (areas->area[i].flags & AREA_STACK) && areas->area[i].start == end)
			end = end > guard ? end - guard : 0;
		if (floor < low)
			floor = low;
		if (end > floor && end - floor >= bytes)
			return end - bytes;
		if (!i || areas->area[i - 1].end <= low)
			return 0;
		end = areas->area[--i].start;
	}
}

/* Can @b, which begins where @a ends, be the same area? */
static bool continues(const struct user_area *a, const struct user_area *b)
{
	return a->end == b->start && a->file == b->file && a->access == b->access && a->flags == b->flags &&
	       a->access_max == b->access_max && (!a->file || a->offset + (a->end - a->start) == b->offset);
}

static void open_slot(struct user_areas *areas, unsigned i)
{
	memmove(&areas->area[i + 1], &areas->area[i], (areas->cnt - i) * sizeof(*areas->area));
	areas->cnt++;
}

static void close_slots(struct user_areas *areas, unsigned first, unsigned cnt)
{
	if (!cnt)
		return;
	memmove(&areas->area[first], &areas->area[first + cnt], (areas->cnt - first - cnt) * sizeof(*areas->area));
	areas->cnt -= cnt;
}

/* Make area @i and the one behind it one, if they can be. */
static void join(struct user_areas *areas, unsigned i)
{
	if (i + 1 >= areas->cnt || !continues(&areas->area[i], &areas->area[i + 1]))
		return;
	areas->area[i].end = areas->area[i + 1].end;
	release(&areas->area[i + 1]);
	close_slots(areas, i + 1, 1);
}

/* Let no area lie across @addr. Return: the index of the first area from @addr on. */
static unsigned split(struct user_areas *areas, uint64_t addr)
{
	unsigned i = areas_index(areas, addr);
	struct user_area *a = &areas->area[i];

	if (i == areas->cnt || a->start >= addr)
		return i;
	open_slot(areas, i);
	hold(a);
	a[1].start = addr;
	a[1].offset += addr - a->start;
	a->end = addr;
	/* Only the lower part still grows. */
	a[1].flags &= (uint8_t)~AREA_STACK;
	return i + 1;
}

void areas_insert(struct user_areas *areas, const struct user_area *area)
{
	unsigned i = areas_index(areas, area->start);

	open_slot(areas, i);
	areas->area[i] = *area;
	join(areas, i);
	if (i)
		join(areas, i - 1);
}

void areas_remove(struct user_areas *areas, uint64_t start, uint64_t end)
{
	unsigned first = split(areas, start), behind = split(areas, end);

	for (unsigned i = first; i < behind; i++)
		release(&areas->area[i]);
	close_slots(areas, first, behind - first);
}

static bool becomes_charged(const struct user_area *a, uint8_t access)
{
	return (access & AREA_WRITE) && !(a->flags & (AREA_SHARED | AREA_CHARGED));
}

void areas_protect(struct user_areas *areas, uint64_t start, uint64_t end, uint8_t access)
{
	unsigned first = split(areas, start), behind = split(areas, end);

	for (unsigned i = first; i < behind; i++) {
		struct user_area *a = &areas->area[i];

		if (becomes_charged(a, access))
			a->flags |= AREA_CHARGED;
		a->access = access;
	}
	/* From behind, so that the indexes before stay right. */
	for (unsigned i = behind; i-- > (first ? first - 1 : 0);)
		join(areas, i);
}

uint64_t areas_protect_charge(const struct user_areas *areas, uint64_t start, uint64_t end, uint8_t access)
{
	uint64_t pages = 0;

	for (unsigned i = areas_index(areas, start); i < areas->cnt && areas->area[i].start < end; i++) {
		const struct user_area *a = &areas->area[i];
		uint64_t from = a->start > start ? a->start : start, to = a->end < end ? a->end : end;

		if (becomes_charged(a, access))
			pages += (to - from) / USER_PAGE;
	}
	return pages;
}

bool areas_may_protect(const struct user_areas *areas, uint64_t start, uint64_t end, uint8_t access)
{
	for (unsigned i = areas_index(areas, start); i < areas->cnt && areas->area[i].start < end; i++)
		if (access & ~areas->area[i].access_max)
			return false;
	return true;
}

int areas_copy(struct user_areas *to, const struct user_areas *from)
{
	int err = areas_reserve(to, from->cnt);

	if (err)
		return err;
	if (from->cnt)
		memcpy(to->area, from->area, from->cnt * sizeof(*to->area));
	to->cnt = from->cnt;
	for (unsigned i = 0; i < to->cnt; i++)
		hold(&to->area[i]);
	return 0;
}

uint64_t areas_charged(const struct user_areas *areas, uint64_t start, uint64_t end)
{
	uint64_t pages = 0;

	for (unsigned i = areas_index(areas, start); i < areas->cnt && areas->area[i].start < end; i++) {
		const struct user_area *a = &areas->area[i];
		uint64_t from = a->start > start ? a->start : start, to = a->end < end ? a->end : end;

		if (a->flags & AREA_CHARGED)
			pages += (to - from) / USER_PAGE;
	}
	return pages;
}

/* Tables of one level, each of which maps 2^@shift bytes, that are touched. */
static uint64_t tables_of_level(const struct user_areas *areas, unsigned shift)
{
	uint64_t cnt = 0, next = 0; /* the first table that is not counted yet */

	for (unsigned i = 0; i < areas->cnt; i++) {
		uint64_t first = areas->area[i].start >> shift, last = (areas->area[i].end - 1) >> shift;

		if (first < next)
			first = next;
		if (last >= first)
			cnt += last - first + 1;
		if (last >= next)
			next = last + 1;
	}
	return cnt;
}

uint64_t areas_tables(const struct user_areas *areas)
{
	return tables_of_level(areas, 21) + tables_of_level(areas, 30) + tables_of_level(areas, 39);
}

uint64_t areas_bytes(const struct user_areas *areas)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < areas->cnt; i++)
		bytes += areas->area[i].end - areas->area[i].start;
	return bytes;
}
