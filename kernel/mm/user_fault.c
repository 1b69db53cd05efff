// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Page faults in user space: a page comes when it is touched, and is copied when it is written to while others have it.
 *
 * A private page of the space's own was allocated from its promise (PAGE_PROMISED). With one reference it is nobody
 * else's: only a fork of this space, under its lock, adds one.
 */
#include "kernel/arch/x86_64/user.h"
#include "kernel/mm/page.h"
#include "kernel/mm/user_space.h"
#include "kernel/process/signal.h"
#include "kernel/vfs/file.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

/* Linux's si_code values. */
enum { SEGV_MAPERR = 1, SEGV_ACCERR = 2, BUS_ADRERR = 2 };

_Static_assert((int)AREA_READ == USER_READ && (int)AREA_WRITE == USER_WRITE && (int)AREA_EXEC == USER_EXEC,
	       "one encoding");

static struct page *zero_page; /* what is read of zeroed memory that is not promised */

int space_init(void)
{
	zero_page = page_alloc(0);
	if (!zero_page)
		return -TENON_ENOMEM;
	memset(page_address(zero_page), 0, PAGE_BYTES);
	return 0;
}

/* Let the stack above @addr reach down to it. */
static struct user_area *grow_stack(struct user_space *s, uint64_t addr)
{
	unsigned i = areas_index(&s->areas, addr);
	struct user_area *a = &s->areas.area[i];
	uint64_t old = a->start, floor = i ? s->areas.area[i - 1].end + USER_STACK_GUARD : 0;

	if (i == s->areas.cnt || !(a->flags & AREA_STACK) || a->end - addr > USER_STACK_MAX)
		return NULL;
	if (addr < floor)
		return NULL;
	a->start = addr & ~(USER_PAGE - 1);
	if (!space_promise(s))
		return a;
	a->start = old;
	return NULL;
}

static struct page *own_page(const struct page *contents)
{
	struct page *page = page_alloc_promised();

	if (contents)
		memcpy(page_address(page), page_address(contents), PAGE_BYTES);
	else
		memset(page_address(page), 0, PAGE_BYTES);
	return page;
}

static bool is_own(const struct page *page)
{
	return page->state == PAGE_PROMISED && page_refs(page) == 1;
}

/* Give a private area its own writable page at @addr instead of @contents, or of zeros. */
static void map_own(struct user_space *s, const struct user_area *a, uint64_t addr, const struct page *contents)
{
	user_table_map(s->table, addr, own_page(contents), a->access);
}

/* @written: through this mapping, so that its file must have room for it. */
static int file_page(const struct user_area *a, uint64_t addr, bool written, struct page **page)
{
	return file_map_page(a->file, (a->offset + (addr - a->start)) / PAGE_BYTES, written, page);
}

/* A page that is not there. */
static int bring(struct user_space *s, const struct user_area *a, uint64_t addr, bool write)
{
	bool shared = a->flags & AREA_SHARED;
	struct page *page;

	if (!a->file) {
		if (a->flags & AREA_CHARGED) {
			map_own(s, a, addr, NULL);
			return 0;
		}
		page_get(zero_page);
		user_table_map(s->table, addr, zero_page, a->access & ~USER_WRITE);
		return 0;
	}
	if (file_page(a, addr, write && shared, &page))
		return -TENON_ENXIO;
	if (write && !shared) {
		map_own(s, a, addr, page);
		page_put(page);
		return 0;
	}
	user_table_map(s->table, addr, page, shared && write ? a->access : a->access & ~USER_WRITE);
	return 0;
}

/* A page that is there, with fewer rights than the area has. */
static int upgrade(struct user_space *s, const struct user_area *a, uint64_t addr, struct page *page, bool write)
{
	bool shared = a->flags & AREA_SHARED, writable = shared ? write : is_own(page);

	if (write && !writable) {
		map_own(s, a, addr, page);
		return 0;
	}
	if (!write || !shared)
		page_get(page);
	else if (file_page(a, addr, true, &page))
		return -TENON_ENXIO;
	user_table_map(s->table, addr, page, writable ? a->access : a->access & ~USER_WRITE);
	return 0;
}

static bool allows(const struct user_area *a, unsigned access)
{
	/* The CPU has no pages that can be written or executed but not read. */
	return access == USER_READ ? a->access != 0 : a->access & access;
}

static int fault_locked(struct user_space *s, uint64_t addr, unsigned access, int *code)
{
	struct user_area *a = areas_find(&s->areas, addr);
	struct page *page;
	unsigned mapped;

	if (!a)
		a = grow_stack(s, addr);
	if (!a) {
		*code = SEGV_MAPERR;
		return SIGNAL_SEGV;
	}
	if (!allows(a, access)) {
		*code = SEGV_ACCERR;
		return SIGNAL_SEGV;
	}
	addr &= ~(USER_PAGE - 1);
	page = user_table_find(s->table, addr, &mapped);
	if (page && mapped & access)
		return 0; /* another thread was here first */
	if (page ? upgrade(s, a, addr, page, access == USER_WRITE) : bring(s, a, addr, access == USER_WRITE)) {
		*code = BUS_ADRERR;
		return SIGNAL_BUS;
	}
	return 0;
}

int space_fault(struct user_space *s, uint64_t addr, unsigned access, int *code)
{
	int signo;

	mutex_lock(&s->lock);
	signo = fault_locked(s, addr, access, code);
	mutex_unlock(&s->lock);
	return signo;
}

/* Move bytes between @buf and the space, page by page. @access: USER_READ: to @buf; USER_WRITE: from it, or zeros. */
static size_t transfer(struct user_space *s, uint64_t addr, void *buf, size_t bytes, unsigned access)
{
	size_t done = 0;
	int code;

	mutex_lock(&s->lock);
	while (done < bytes && user_range_valid(addr + done, 1) && !fault_locked(s, addr + done, access, &code)) {
		size_t off = (addr + done) % PAGE_BYTES, part = PAGE_BYTES - off;
		unsigned mapped;
		char *page = page_address(user_table_find(s->table, (addr + done) & ~(USER_PAGE - 1), &mapped));

		if (part > bytes - done)
			part = bytes - done;
		if (access == USER_READ)
			memcpy((char *)buf + done, page + off, part);
		else if (buf)
			memcpy(page + off, (const char *)buf + done, part);
		else
			memset(page + off, 0, part);
		done += part;
	}
	mutex_unlock(&s->lock);
	return done;
}

size_t space_peek(struct user_space *s, uint64_t addr, void *buf, size_t bytes)
{
	return transfer(s, addr, buf, bytes, USER_READ);
}

int space_poke(struct user_space *s, uint64_t addr, const void *bytes, size_t cnt)
{
	return transfer(s, addr, (void *)(uintptr_t)bytes, cnt, USER_WRITE) == cnt ? 0 : -TENON_EFAULT;
}
