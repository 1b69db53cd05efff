// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* mremap: a mapping changes its size in place, or goes elsewhere with its pages. */
#include "kernel/arch/x86_64/user.h"
#include "kernel/mm/page.h"
#include "kernel/mm/user_space.h"
#include "kernel/vfs/file.h"
#include "tenon/errno.h"

/* Change the area that ends at @end to end at @new_end, where nothing is. */
static int grow(struct user_space *s, uint64_t end, uint64_t new_end)
{
	struct user_area more = *areas_find(&s->areas, end - 1);
	int err;

	more.offset += end - more.start;
	more.start = end;
	more.end = new_end;
	more.flags &= (uint8_t)~AREA_STACK;
	if (more.file)
		file_get(more.file);
	areas_insert(&s->areas, &more);
	err = space_promise(s);
	if (err) {
		areas_remove(&s->areas, end, new_end);
		space_promise(s);
	}
	return err;
}

/* The mapping [start, start + old_bytes) with all its pages is at @to afterwards, where nothing is. */
static int move(struct user_space *s, uint64_t start, uint64_t old_bytes, uint64_t bytes, uint64_t to)
{
	struct user_area a = *areas_find(&s->areas, start);
	uint64_t kept = old_bytes < bytes ? old_bytes : bytes;
	int err;

	a.offset += start - a.start;
	a.start = to;
	a.end = to + bytes;
	a.flags &= (uint8_t)~AREA_STACK;
	if (a.file)
		file_get(a.file);
	areas_insert(&s->areas, &a);
	err = space_promise(s);
	if (err) {
		areas_remove(&s->areas, to, to + bytes);
		space_promise(s);
		return err;
	}
	for (uint64_t off = 0; off < kept; off += USER_PAGE) {
		unsigned access;
		struct page *page = user_table_find(s->table, start + off, &access);

		if (!page)
			continue;
		page_get(page);
		user_table_map(s->table, to + off, page, access);
	}
	user_table_unmap(s->table, start, start + old_bytes);
	areas_remove(&s->areas, start, start + old_bytes);
	return space_promise(s);
}

static int remap_locked(struct user_space *s, uint64_t start, uint64_t old_bytes, uint64_t bytes, uint64_t to,
			bool may_move, uint64_t *result)
{
	const struct user_area *a;
	int err = areas_reserve(&s->areas, 6);

	if (err)
		return err;
	a = areas_find(&s->areas, start);
	if (!a || a->end - start < old_bytes)
		return -TENON_EFAULT;
	*result = start;
	if (!to && bytes <= old_bytes) {
		user_table_unmap(s->table, start + bytes, start + old_bytes);
		areas_remove(&s->areas, start + bytes, start + old_bytes);
		return space_promise(s);
	}
	if (!to && a->end == start + old_bytes && user_range_valid(start, bytes) &&
	    !areas_used(&s->areas, a->end, start + bytes))
		return grow(s, start + old_bytes, start + bytes);
	if (!may_move)
		return -TENON_ENOMEM;
	if (to) {
		user_table_unmap(s->table, to, to + bytes);
		areas_remove(&s->areas, to, to + bytes);
	} else {
		to = areas_gap(&s->areas, bytes, USER_START, USER_MMAP_TOP, USER_STACK_GUARD);
		if (!to)
			return -TENON_ENOMEM;
	}
	*result = to;
	return move(s, start, old_bytes, bytes, to);
}

int space_remap(struct user_space *s, uint64_t start, uint64_t old_bytes, uint64_t bytes, uint64_t to, bool may_move,
		uint64_t *result)
{
	int err;

	mutex_lock(&s->lock);
	err = remap_locked(s, start, old_bytes, bytes, to, may_move, result);
	mutex_unlock(&s->lock);
	return err;
}
