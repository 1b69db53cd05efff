// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/mm/user_space.h"

#include "kernel/arch/x86_64/user.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/node.h"
#include "tenon/errno.h"

int space_promise(struct user_space *s)
{
	uint64_t needed = 1 + areas_tables(&s->areas) + areas_charged(&s->areas, 0, USER_END);

	if (needed > s->promised && page_commit(needed - s->promised))
		return -TENON_ENOMEM;
	if (needed < s->promised)
		page_uncommit(s->promised - needed);
	s->promised = needed;
	return 0;
}

struct user_space *space_make(void)
{
	struct user_space *s = heap_alloc_zeroed(sizeof(*s));

	if (!s)
		return NULL;
	mutex_init(&s->lock, LOCK_SPACE);
	atomic_init(&s->refs, 1);
	if (space_promise(s))
		goto err;
	s->table = user_table_make();
	if (!s->table)
		goto err_promise;
	return s;
err_promise:
	page_uncommit(s->promised);
err:
	heap_free(s);
	return NULL;
}

struct user_space *space_get(struct user_space *s)
{
	atomic_fetch_add(&s->refs, 1);
	return s;
}

void space_put(struct user_space *s)
{
	if (atomic_fetch_sub(&s->refs, 1) != 1)
		return;
	user_table_unmap(s->table, 0, USER_END);
	user_table_free(s->table);
	areas_clear(&s->areas);
	page_uncommit(s->promised);
	heap_free(s);
}

static bool is_shared(const struct user_area *a)
{
	return a->flags & AREA_SHARED;
}

static int copy_to(struct user_space *to, struct user_space *from)
{
	int err = areas_copy(&to->areas, &from->areas);

	if (!err)
		err = space_promise(to);
	if (err)
		return err;
	for (unsigned i = 0; i < from->areas.cnt; i++) {
		const struct user_area *a = &from->areas.area[i];

		user_table_copy(to->table, from->table, a->start, a->end, is_shared(a));
	}
	user_table_flush(from->table);
	to->brk_start = from->brk_start;
	to->brk = from->brk;
	to->arg_start = from->arg_start;
	to->arg_end = from->arg_end;
	to->env_start = from->env_start;
	to->env_end = from->env_end;
	return 0;
}

int space_fork(struct user_space *from, struct user_space **copy)
{
	struct user_space *to = space_make();
	int err;

	if (!to)
		return -TENON_ENOMEM;
	mutex_lock(&from->lock);
	err = copy_to(to, from);
	mutex_unlock(&from->lock);
	if (err)
		space_put(to);
	else
		*copy = to;
	return err;
}

/* Takes out what is in [start, end), whose room was reserved. */
static void take_out(struct user_space *s, uint64_t start, uint64_t end)
{
	user_table_unmap(s->table, start, end);
	areas_remove(&s->areas, start, end);
}

static int map_locked(struct user_space *s, struct user_area *where, bool replace)
{
	uint64_t bytes = where->end - where->start;
	int err = areas_reserve(&s->areas, 4);

	if (err)
		return err;
	if (!where->start) {
		where->start = areas_gap(&s->areas, bytes, USER_START, USER_MMAP_TOP, USER_STACK_GUARD);
		if (!where->start)
			return -TENON_ENOMEM;
		where->end = where->start + bytes;
	} else if (!replace && areas_used(&s->areas, where->start, where->end)) {
		return -TENON_EEXIST;
	}
	take_out(s, where->start, where->end);
	if (where->file)
		atomic_store(&where->file->node->mapped, true);
	areas_insert(&s->areas, where);
	err = space_promise(s);
	if (!err)
		return 0;
	/* The caller keeps its file. */
	if (where->file)
		file_get(where->file);
	areas_remove(&s->areas, where->start, where->end);
	space_promise(s);
	return err;
}

int space_map(struct user_space *s, struct user_area *where, bool replace)
{
	int err;

	mutex_lock(&s->lock);
	err = map_locked(s, where, replace);
	mutex_unlock(&s->lock);
	return err;
}

int space_unmap(struct user_space *s, uint64_t start, uint64_t end)
{
	int err;

	mutex_lock(&s->lock);
	err = areas_reserve(&s->areas, 1);
	if (!err) {
		take_out(s, start, end);
		space_promise(s);
	}
	mutex_unlock(&s->lock);
	return err;
}

static int protect_locked(struct user_space *s, uint64_t start, uint64_t end, uint8_t access)
{
	uint64_t charge = areas_protect_charge(&s->areas, start, end, access);
	int err;

	if (!areas_cover(&s->areas, start, end))
		return -TENON_ENOMEM;
	if (!areas_may_protect(&s->areas, start, end, access))
		return -TENON_EACCES;
	err = areas_reserve(&s->areas, 2);
	if (!err)
		err = page_commit(charge);
	if (err)
		return err;
	s->promised += charge;
	areas_protect(&s->areas, start, end, access);
	user_table_restrict(s->table, start, end, access);
	return 0;
}

int space_protect(struct user_space *s, uint64_t start, uint64_t end, uint8_t access)
{
	int err;

	mutex_lock(&s->lock);
	err = protect_locked(s, start, end, access);
	mutex_unlock(&s->lock);
	return err;
}

static bool move_brk(struct user_space *s, uint64_t brk)
{
	uint64_t old_end = (s->brk + USER_PAGE - 1) & ~(USER_PAGE - 1), end = (brk + USER_PAGE - 1) & ~(USER_PAGE - 1);
	struct user_area heap = { .start = old_end,
				  .end = end,
				  .access = AREA_READ | AREA_WRITE,
				  .access_max = AREA_READ | AREA_WRITE | AREA_EXEC,
				  .flags = AREA_CHARGED };

	if (brk < s->brk_start || brk > USER_MMAP_TOP)
		return false;
	if (end > old_end)
		return !map_locked(s, &heap, false);
	if (end < old_end) {
		if (areas_reserve(&s->areas, 1))
			return false;
		take_out(s, end, old_end);
		space_promise(s);
	}
	return true;
}

uint64_t space_set_brk(struct user_space *s, uint64_t brk)
{
	uint64_t now;

	mutex_lock(&s->lock);
	if (move_brk(s, brk))
		s->brk = brk;
	now = s->brk;
	mutex_unlock(&s->lock);
	return now;
}

int space_forget(struct user_space *s, uint64_t start, uint64_t end)
{
	int err = 0;

	mutex_lock(&s->lock);
	if (areas_cover(&s->areas, start, end))
		user_table_unmap(s->table, start, end);
	else
		err = -TENON_ENOMEM;
	mutex_unlock(&s->lock);
	return err;
}

void space_forget_file(struct user_space *s, const struct node *node, uint64_t offset)
{
	mutex_lock(&s->lock);
	for (unsigned i = 0; i < s->areas.cnt; i++) {
		const struct user_area *a = &s->areas.area[i];
		uint64_t from = is_shared(a) ? offset & ~(USER_PAGE - 1) : (offset + USER_PAGE - 1) & ~(USER_PAGE - 1);

		from = from > a->offset ? from - a->offset : 0;
		if (a->file && a->file->node == node && from < a->end - a->start)
			user_table_unmap(s->table, a->start + from, a->end);
	}
	mutex_unlock(&s->lock);
}

bool space_covers(struct user_space *s, uint64_t start, uint64_t end)
{
	bool covers;

	mutex_lock(&s->lock);
	covers = areas_cover(&s->areas, start, end);
	mutex_unlock(&s->lock);
	return covers;
}

struct file *space_shared_file(struct user_space *s, uint64_t *start, uint64_t end)
{
	struct file *file = NULL;

	mutex_lock(&s->lock);
	for (unsigned i = areas_index(&s->areas, *start); !file && i < s->areas.cnt && s->areas.area[i].start < end;
	     i++) {
		const struct user_area *a = &s->areas.area[i];

		*start = a->end;
		if (a->file && is_shared(a))
			file = file_get(a->file);
	}
	mutex_unlock(&s->lock);
	return file;
}

struct user_place space_place(struct user_space *s, user_addr addr)
{
	struct user_place place = { s, addr };
	const struct user_area *a;

	mutex_lock(&s->lock);
	a = areas_find(&s->areas, addr);
	if (a && a->file && is_shared(a))
		place = (struct user_place){ a->file->node, a->offset + (addr - a->start) };
	mutex_unlock(&s->lock);
	return place;
}
