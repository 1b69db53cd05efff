// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The bookkeeping of an address space against a model that is too simple to be wrong: an array with an entry for each
 * page. Random changes; after each one the two must agree on everything that can be asked.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel/mm/user_areas.h"
#include "kernel/vfs/file.h"
#include "tenon/errno.h"
#include "tests/kernel/host.h"
#include "tests/tap.h"

enum { PAGES = 96, FILES = 3 };

struct model_page {
	bool used;
	struct file *file;
	uint64_t offset;
	uint8_t access, flags, access_max;
};

static struct file files[FILES];
static struct model_page model[PAGES];
static struct user_areas areas;
static const uint64_t base = 0x7fff00000000 - 40 * USER_PAGE; /* across tables of every level but the root */

struct file *file_get(struct file *file)
{
	file->refs++;
	return file;
}

void file_put(struct file *file)
{
	file->refs--;
}

static uint64_t addr_of(unsigned page)
{
	return base + page * USER_PAGE;
}

static bool same_page(const struct user_area *a, uint64_t addr, const struct model_page *m)
{
	if (!a || !m->used)
		return !a && !m->used;
	return a->file == m->file && (!a->file || a->offset + (addr - a->start) == m->offset) &&
	       a->access == m->access && a->flags == m->flags && a->access_max == m->access_max;
}

/* Sorted, not empty, not touching when they could be one, with a reference for each. */
static bool is_sound(void)
{
	unsigned refs = 0, held = 0;

	for (unsigned i = 0; i < areas.cnt; i++) {
		const struct user_area *a = &areas.area[i], *b = a + 1;

		refs += a->file != NULL;
		if (a->start >= a->end || a->start % USER_PAGE || a->end % USER_PAGE)
			return false;
		if (i + 1 == areas.cnt)
			continue;
		if (a->end > b->start)
			return false;
		if (a->end == b->start && a->file == b->file && a->access == b->access && a->flags == b->flags &&
		    a->access_max == b->access_max && (!a->file || b->offset - a->offset == a->end - a->start))
			return false;
	}
	for (unsigned i = 0; i < FILES; i++)
		held += files[i].refs;
	return refs == held;
}

static uint64_t model_charged(void)
{
	uint64_t cnt = 0;

	for (unsigned i = 0; i < PAGES; i++)
		cnt += model[i].used && model[i].flags & AREA_CHARGED;
	return cnt;
}

/* Tables that have at least one page: 2 MiB, 1 GiB and 512 GiB. */
static uint64_t model_tables(void)
{
	uint64_t cnt = 0;

	for (unsigned shift = 21; shift <= 39; shift += 9) {
		uint64_t last = 0;

		for (unsigned i = 0; i < PAGES; i++) {
			if (!model[i].used || addr_of(i) >> shift == last)
				continue;
			last = addr_of(i) >> shift;
			cnt++;
		}
	}
	return cnt;
}

static uint64_t model_gap(uint64_t pages, unsigned low, unsigned high)
{
	unsigned free_cnt = 0;

	for (unsigned i = high; i-- > low;) {
		free_cnt = model[i].used ? 0 : free_cnt + 1;
		if (free_cnt == pages)
			return addr_of(i);
	}
	return 0;
}

static bool agrees(void)
{
	unsigned start = (unsigned)rand() % PAGES, end = start + 1 + (unsigned)rand() % (PAGES - start);
	bool used = false, covered = true;

	for (unsigned i = 0; i < PAGES; i++)
		if (!same_page(areas_find(&areas, addr_of(i) + 123), addr_of(i), &model[i]))
			return false;
	for (unsigned i = start; i < end; i++) {
		used |= model[i].used;
		covered &= model[i].used;
	}
	return is_sound() && areas_used(&areas, addr_of(start), addr_of(end)) == used &&
	       areas_cover(&areas, addr_of(start), addr_of(end)) == covered &&
	       areas_charged(&areas, 0, addr_of(PAGES)) == model_charged() && areas_tables(&areas) == model_tables() &&
	       areas_gap(&areas, (end - start) * USER_PAGE, base, addr_of(PAGES), 0) ==
		   model_gap(end - start, 0, PAGES);
}

static void insert(unsigned start, unsigned end)
{
	uint8_t access = (uint8_t)(rand() % 8), flags = rand() % 3 ? 0 : AREA_SHARED;
	struct file *file = rand() % 2 ? &files[rand() % FILES] : NULL;
	struct user_area a = {
		.start = addr_of(start),
		.end = addr_of(end),
		.file = file,
		.offset = (uint64_t)(start % 5) * 16 * USER_PAGE,
		.access = access,
		.access_max = 7,
		.flags = flags               ? flags :
			 access & AREA_WRITE ? AREA_CHARGED :
					       0,
	};

	/* Neighbours in memory are often neighbours in the file. */
	if (rand() % 2)
		a.offset = start * USER_PAGE;
	if (file)
		file_get(file);
	areas_remove(&areas, a.start, a.end);
	areas_insert(&areas, &a);
	for (unsigned i = start; i < end; i++)
		model[i] = (struct model_page){ true, file, a.offset + (i - start) * USER_PAGE, access, a.flags, 7 };
}

static bool protect(unsigned start, unsigned end)
{
	uint8_t access = (uint8_t)(rand() % 8);
	uint64_t charge = 0;
	bool good;

	for (unsigned i = start; i < end; i++) {
		if (!model[i].used)
			continue;
		model[i].access = access;
		if (!(access & AREA_WRITE) || model[i].flags & (AREA_SHARED | AREA_CHARGED))
			continue;
		model[i].flags |= AREA_CHARGED;
		charge++;
	}
	good = areas_protect_charge(&areas, addr_of(start), addr_of(end), access) == charge;
	areas_protect(&areas, addr_of(start), addr_of(end), access);
	return good;
}

static bool change(void)
{
	unsigned start = (unsigned)rand() % PAGES,
		 end = start + 1 + (unsigned)rand() % (PAGES - start < 20 ? PAGES - start : 20);

	if (areas_reserve(&areas, 4))
		return false;
	switch (rand() % 3) {
	case 0:
		insert(start, end);
		return true;
	case 1:
		areas_remove(&areas, addr_of(start), addr_of(end));
		memset(&model[start], 0, (end - start) * sizeof(*model));
		return true;
	}
	return protect(start, end);
}

static void test_model(void)
{
	bool good = true;
	unsigned i = 0;

	srand(1);
	for (; i < 20000 && good; i++)
		good = change() && agrees();
	ok(good, "20000 random changes agree with the model (%u did)", i);

	struct user_areas copy = { 0 };
	ok(areas_copy(&copy, &areas) == 0 && copy.cnt == areas.cnt, "a copy");
	areas_clear(&areas);
	ok(areas_bytes(&copy) > 0, "... that stays when the first one goes");
	areas_clear(&copy);
	ok(files[0].refs == 0 && files[1].refs == 0 && files[2].refs == 0, "no reference is left");
	ok(host_allocations() == 0, "no memory is left");
}

static void test_limits(void)
{
	int err = 0;

	for (unsigned i = 0; !err && i < 2 * AREAS_MAX; i++) {
		struct user_area a = { .start = i * 2 * USER_PAGE, .end = (i * 2 + 1) * USER_PAGE };

		err = areas_reserve(&areas, 1);
		if (!err)
			areas_insert(&areas, &a);
	}
	ok(err == -TENON_ENOMEM && areas.cnt == AREAS_MAX, "no more than AREAS_MAX");
	ok(areas_reserve(&areas, 0) == 0, "... and what needs none still works");
	areas_clear(&areas);
	host_fail_allocation(1);
	ok(areas_reserve(&areas, 1) == -TENON_ENOMEM && areas.cnt == 0, "no memory is told");
	host_fail_allocation(0);
}

static void test_stack_guard(void)
{
	const uint64_t top = 0x40000000, guard = 16 * USER_PAGE;
	struct user_area stack = { .start = top - 4 * USER_PAGE, .end = top, .flags = AREA_STACK };

	areas_reserve(&areas, 4);
	areas_insert(&areas, &stack);
	ok(areas_gap(&areas, USER_PAGE, USER_PAGE, top, guard) == stack.start - guard - USER_PAGE,
	   "nothing is put right below a stack");
	ok(areas_gap(&areas, USER_PAGE, USER_PAGE, top + 64 * USER_PAGE, guard) == top + 63 * USER_PAGE,
	   "... above it is room");
	areas_clear(&areas);
	ok(areas_gap(&areas, 4 * USER_PAGE, USER_PAGE, 4 * USER_PAGE, 0) == 0, "a range that is too small has no gap");
	ok(areas_gap(&areas, 3 * USER_PAGE, USER_PAGE, 4 * USER_PAGE, 0) == USER_PAGE, "... one that just fits has");
}

int main(void)
{
	test_model();
	test_limits();
	test_stack_guard();
	return tap_done();
}
