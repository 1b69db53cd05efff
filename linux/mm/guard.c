// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guarded allocations: each ends where a page without access begins, and after it is freed its own pages have none. So an
 * access beyond the end, and any after the end of its life, traps at the instruction. Addresses are not used again; when all
 * are used up, allocations are as usual.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "linux/glue.h"
#include "linux/kernel/watch.h"

#define GUARD_BYTES (64ul << 20)
#define GUARD_PAGES (GUARD_BYTES >> PAGE_SHIFT)
#define GUARD_MAX 4096
#define FILLER 0xab
#define UNSET 0x5a /* what was never written; as an address it is none */
#define UNSET_WORD 0x5a5a5a5a5a5a5a5aul

struct guard {
	unsigned long start, size;
	unsigned int first, page_cnt; /* pages with access; one without follows */
	bool freed;
	struct trace by;
};

static arch_spinlock_t lock = __ARCH_SPIN_LOCK_UNLOCKED;
static unsigned long base;
static struct guard *guards; /* lock held, while it changes */
static u16 *of_page;         /* 1 and the index of the guard, 0: none */
static unsigned int guard_cnt, page_cnt;

int linux_guard_start(void)
{
	int err = guards ? 0 : lx_guard_reserve(GUARD_BYTES, (void **)&base);

	if (err || guards)
		return err;
	of_page = lx_alloc(GUARD_PAGES * sizeof(*of_page));
	guards = lx_alloc(GUARD_MAX * sizeof(*guards));
	return guards && of_page ? 0 : -ENOMEM;
}

static struct guard *find(unsigned long address)
{
	unsigned long page = (address - base) >> PAGE_SHIFT;

	return guards && page < GUARD_PAGES && of_page[page] ? &guards[of_page[page] - 1] : NULL;
}

static struct guard *reserve(size_t size)
{
	unsigned int pages = (unsigned int)(max_t(size_t, size, 1) + PAGE_SIZE - 1) >> PAGE_SHIFT;
	struct guard *g = NULL;

	arch_spin_lock(&lock);
	if (guard_cnt < GUARD_MAX && pages < GUARD_PAGES - page_cnt) {
		g = &guards[guard_cnt++];
		g->first = page_cnt;
		g->page_cnt = pages;
		for (unsigned int i = 0; i <= pages; i++)
			of_page[page_cnt + i] = (u16)guard_cnt;
		page_cnt += pages + 1;
	}
	arch_spin_unlock(&lock);
	return g;
}

static unsigned long first_byte(const struct guard *g)
{
	return base + ((unsigned long)g->first << PAGE_SHIFT);
}

static unsigned long last_end(const struct guard *g)
{
	return first_byte(g) + ((unsigned long)g->page_cnt << PAGE_SHIFT);
}

void *linux_guard_alloc(size_t size, size_t align, bool zero, const struct trace *t)
{
	struct guard *g = size > GUARD_BYTES / 4 ? NULL : reserve(size);

	if (!g ||
	    lx_guard_access((unsigned long)g->first << PAGE_SHIFT, (unsigned long)g->page_cnt << PAGE_SHIFT, true))
		return NULL;
	g->size = size;
	g->start = (last_end(g) - size) & ~(align - 1);
	g->by = *t;
	memset((void *)g->start, zero ? 0 : UNSET, size);
	memset((void *)first_byte(g), FILLER, g->start - first_byte(g));
	memset((void *)(g->start + size), FILLER, last_end(g) - g->start - size);
	return (void *)g->start;
}

static bool is_filler(unsigned long from, unsigned long to)
{
	return from >= to || !memchr_inv((void *)from, FILLER, to - from);
}

bool linux_guard_free(const void *p)
{
	struct guard *g = find((unsigned long)p);
	struct trace here;

	if (!g)
		return false;
	linux_trace_here(&here);
	if (g->freed) {
		linux_finding("double-free", g->start, g->size, &here);
		return true;
	}
	if (g->start != (unsigned long)p) {
		linux_finding("bad-free", (unsigned long)p, g->size, &here);
		return true;
	}
	if (!is_filler(g->start + g->size, last_end(g)))
		linux_finding("overflow", g->start, g->size, &g->by);
	else if (!is_filler(first_byte(g), g->start))
		linux_finding("underflow", g->start, g->size, &g->by);
	g->freed = true;
	lx_guard_access((unsigned long)g->first << PAGE_SHIFT, (unsigned long)g->page_cnt << PAGE_SHIFT, false);
	return true;
}

bool linux_guard_is_unset(const void *p, size_t len)
{
	const u64 *word = PTR_ALIGN(p, sizeof(u64)), *end = PTR_ALIGN_DOWN(p + len, sizeof(u64));
	const struct guard *g = find((unsigned long)p);

	if (!g || g->freed || (unsigned long)end > g->start + g->size)
		return false;
	while (word < end && *word != UNSET_WORD)
		word++;
	return word < end;
}

/* Is it what stands in memory that was never written, with an offset, perhaps, as of a member of a structure? */
bool linux_guard_from_unset(unsigned long value)
{
	return value >> 16 == UNSET_WORD >> 16;
}

bool linux_guard_size(const void *p, size_t *size)
{
	const struct guard *g = find((unsigned long)p);

	if (g)
		*size = g->size;
	return g;
}

const struct trace *linux_guard_origin(const void *p, unsigned long *offset)
{
	const struct guard *g = find((unsigned long)p);

	if (!g || g->freed)
		return NULL;
	*offset = (unsigned long)p - g->start;
	return &g->by;
}

bool linux_guard_has(const void *page)
{
	const struct guard *g = find((unsigned long)page);

	return g && !g->freed && (unsigned long)page < last_end(g);
}

const char *linux_guard_explain(unsigned long address, size_t *size, unsigned long *start)
{
	const struct guard *g = find(address);

	if (!g)
		return NULL;
	*size = g->size;
	*start = g->start;
	return g->freed && address < last_end(g) ? "use-after-free" : "overflow";
}

void linux_guard_each(void (*fn)(void *p, size_t size, const struct trace *by))
{
	for (unsigned int i = 0; i < guard_cnt; i++)
		if (guards[i].start && !guards[i].freed)
			fn((void *)guards[i].start, guards[i].size, &guards[i].by);
}
