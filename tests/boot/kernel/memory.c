// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Pages and the heap: promises, exhaustion, and many objects at once whose contents stay theirs. */
#include "test.h"

#include "tenon/errno.h"
#include "tenon/runtime.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"

#define OBJECTS 1000

static uint64_t free_pages(void)
{
	struct page_totals t;

	page_totals(&t);
	return t.free;
}

static void exhaust(void)
{
	struct page *list = NULL, *page;
	uint64_t cnt = 0, before = free_pages();

	while ((page = page_alloc(0))) {
		page->owner = list;
		list = page;
		cnt++;
	}
	ok(cnt == before && free_pages() == 0, "every page can be had: %llu", (unsigned long long)cnt);
	ok(!heap_alloc(64) || !heap_alloc(4096), "then the heap says so");
	ok(page_commit(1) == -TENON_ENOMEM, "and nothing more is promised");
	while (list) {
		page = list;
		list = page->owner;
		page_put(page);
	}
	page = page_alloc(PAGE_ORDER_MAX);
	ok(page, "what comes back is one piece again");
	page_put(page);
}

static void promises(void)
{
	struct page_totals t;
	struct page *page[8];

	page_totals(&t);
	ok(page_commit(t.total) == -TENON_ENOMEM, "more than there is cannot be promised");
	ok(page_commit(t.total - t.promised) == 0, "all that is left can");
	ok(!page_alloc(0), "then it is not given to others");
	for (unsigned i = 0; i < 8; i++)
		page[i] = page_alloc_promised();
	for (unsigned i = 0; i < 8; i++)
		page_put(page[i]);
	ok(!page_alloc(0), "a promise lasts longer than its page");
	page_uncommit(t.total - t.promised);
}

/* Each object is filled with its number, and looked at before it goes. */
static void fill_heap(void)
{
	static uint8_t *object[OBJECTS];
	static uint32_t size[OBJECTS];
	uint32_t random = 1, bad = 0, moved = 0;

	for (unsigned round = 0; round < 20 * OBJECTS; round++) {
		uint32_t i = pseudo_random(&random) % OBJECTS;

		for (uint32_t b = 0; object[i] && b < size[i]; b++)
			bad += object[i][b] != (uint8_t)i;
		if (object[i] && pseudo_random(&random) % 4 == 0) {
			uint32_t bytes = 1 + pseudo_random(&random) % 6000;
			uint8_t *new = heap_resize(object[i], bytes);

			moved += new != object[i];
			object[i] = new;
			for (uint32_t b = 0; b < bytes && b < size[i]; b++)
				bad += object[i][b] != (uint8_t)i;
			size[i] = bytes;
			memset(object[i], (uint8_t)i, bytes);
			continue;
		}
		heap_free(object[i]);
		size[i] = 1 + pseudo_random(&random) % (i % 10 ? 500 : 9000);
		object[i] = heap_alloc(size[i]);
		bad += (uint64_t)object[i] % 16 != 0;
		memset(object[i], (uint8_t)i, size[i]);
	}
	for (unsigned i = 0; i < OBJECTS; i++) {
		heap_free(object[i]);
		object[i] = NULL;
	}
	ok(!bad, "objects keep their contents");
	ok(moved, "some have moved");
	ok(!heap_alloc(HEAP_BYTES_MAX + 1) && !heap_alloc_array(SIZE_MAX / 2, 4), "sizes that are none are refused");
}

void test_memory(void)
{
	promises();
	exhaust();
	fill_heap();
}
