// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Page tables of programs, without a program: what is mapped is found, and everything comes back. */
#include "test.h"

#include "kernel/arch/x86_64/user.h"
#include "kernel/mm/page.h"

#define TABLE_PAGES 64
#define BASE 0x40000000ull
#define STEP 0x200000ull /* a table each */
#define CNT 16

static uint64_t free_pages(void)
{
	struct page_totals t;

	page_totals(&t);
	return t.free;
}

static void map_some(struct user_table *t)
{
	for (unsigned i = 0; i < CNT; i++)
		user_table_map(t, BASE + i * STEP, page_alloc(0),
			       i % 2 ? USER_READ | USER_WRITE : USER_READ | USER_EXEC);
}

static void copying(struct user_table *from)
{
	struct user_table *to = user_table_make();
	unsigned access, cow = 0, same = 0;

	user_table_copy(to, from, BASE, BASE + CNT * STEP, false);
	user_table_flush(from);
	for (unsigned i = 0; i < CNT; i++) {
		struct page *a = user_table_find(from, BASE + i * STEP, &access);

		cow += !(access & USER_WRITE);
		same += a == user_table_find(to, BASE + i * STEP, &access) && page_refs(a) == 2;
		cow += !(access & USER_WRITE);
	}
	ok(same == CNT && user_table_pages(to) == CNT, "a copy has the same pages");
	ok(cow == 2 * CNT, "neither may write to them");
	user_table_unmap(to, 0, BASE + CNT * STEP);
	user_table_free(to);
	ok(page_refs(user_table_find(from, BASE, &access)) == 1, "they stay the first one's");
}

void test_tables(void)
{
	struct user_table *t;
	uint64_t before;
	unsigned access = 0;
	struct page *page;

	ok(page_commit(TABLE_PAGES) == 0, "tables are promised");
	t = user_table_make();
	before = free_pages();
	map_some(t);
	ok(user_table_find(t, BASE + STEP, &access) && access == (USER_READ | USER_WRITE),
	   "a page is found as it was mapped");
	ok(!user_table_find(t, BASE + 4096, &access), "none where none is");
	copying(t);

	page = user_table_find(t, BASE + STEP, &access);
	user_table_restrict(t, BASE + STEP, BASE + STEP + 4096, 0);
	ok(user_table_find(t, BASE + STEP, &access) == page && access == 0, "a page without any right stays");

	user_table_unmap(t, BASE, BASE + 4096);
	ok(user_table_pages(t) == CNT - 1, "one is unmapped");
	user_table_unmap(t, 0, 0x00007ffffffff000ull);
	ok(user_table_pages(t) == 0 && free_pages() == before, "with the rest its tables go");
	user_table_free(t);
	page_uncommit(TABLE_PAGES);
}
