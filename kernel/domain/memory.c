// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Memory of isolated domains. A page is mapped in the domain's own table, and the kernel reaches it through the direct
 * map: it never follows an address of the domain's with the CPU. `space`, a mutex below the core's lock, protects the
 * table: a page that is found stays until it is given back.
 *
 * Page tables are promised for each 2 MiB that has ever been touched, so mapping a page cannot fail for want of one.
 */
#include "kernel/arch/x86_64/user.h"
#include "kernel/domain/domain.h"
#include "kernel/log.h"
#include "kernel/mm/page.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define TABLE_SPAN (2ul << 20)
#define UPPER_TABLES 4 /* the root, one of 512 GiB, two of 1 GiB */
#define TURN_BYTES (1ul << 20)

/* ---- page tables ------------------------------------------------------------------------------------------------- */

/* `space` held. Return: 0, -TENON_ENOMEM. */
int domain_memory_promise_tables(struct domain *d, uint64_t start, uint64_t end)
{
	for (uint64_t slot = start / TABLE_SPAN; slot * TABLE_SPAN < end; slot++) {
		if (d->tables[slot / 64] >> slot % 64 & 1)
			continue;
		if (page_commit(1))
			return -TENON_ENOMEM; /* promises that were made stay, and are used the next time */
		d->tables[slot / 64] |= 1ull << slot % 64;
		d->table_cnt++;
	}
	return 0;
}

int domain_memory_make(struct domain *d)
{
	int err = page_commit(UPPER_TABLES);

	mutex_init(&d->space, LOCK_DOMAIN);
	if (err)
		return err;
	d->table = user_table_make();
	if (!d->table) {
		page_uncommit(UPPER_TABLES);
		return -TENON_ENOMEM;
	}
	err = domain_memory_promise_tables(d, DOMAIN_GATES, DOMAIN_GATES + PAGE_BYTES);
	if (err) {
		domain_memory_free(d);
		return err;
	}
	page_get(gates_page());
	user_table_map(d->table, DOMAIN_GATES, gates_page(), USER_READ | USER_EXEC);
	return 0;
}

void domain_memory_empty(struct domain *d)
{
	mutex_lock(&d->space);
	user_table_unmap(d->table, 0, DOMAIN_END);
	memset(d->block_used, 0, sizeof(d->block_used));
	mutex_unlock(&d->space);
}

void domain_memory_free(struct domain *d)
{
	if (!d->table)
		return;
	domain_memory_empty(d);
	user_table_free(d->table);
	page_uncommit(UPPER_TABLES + d->table_cnt);
	d->table = NULL;
}

/* ---- pages ------------------------------------------------------------------------------------------------------- */

/* A zeroed page at @address, whose table is promised. `space` held. Return: NULL: no memory. */
static struct page *map_new(struct domain *d, uint64_t address)
{
	struct page *page = page_alloc(0);

	if (!page)
		return NULL;
	memset(page_address(page), 0, PAGE_BYTES);
	user_table_map(d->table, address & ~(PAGE_BYTES - 1), page, USER_READ | USER_WRITE);
	return page;
}

/* Take what commit number @index made. `space` held. */
static void undo_commit(struct domain *d, uint64_t start, uint64_t end, uint64_t index)
{
	unsigned access;

	for (uint64_t a = start; a < end; a += PAGE_BYTES) {
		struct page *page = user_table_find(d->table, a, &access);

		if (page && page->index == index)
			user_table_unmap(d->table, a, a + PAGE_BYTES);
	}
}

/*
 * `space` held, and others have their turn after each piece: a module may ask for much at once, and who waits for `space` may
 * have the core's lock.
 */
static int commit(struct domain *d, uint64_t start, uint64_t end)
{
	uint64_t index = ++d->commits;
	unsigned access;

	if (domain_memory_promise_tables(d, start, end))
		return -TENON_ENOMEM;
	for (uint64_t a = start; a < end; a += PAGE_BYTES) {
		struct page *page;

		if (!(a % TURN_BYTES)) {
			mutex_unlock(&d->space);
			mutex_lock(&d->space);
		}
		page = user_table_find(d->table, a, &access) ? NULL : map_new(d, a);
		if (page) {
			page->index = index;
		} else if (!user_table_find(d->table, a, &access)) {
			undo_commit(d, start, a, index);
			return -TENON_ENOMEM;
		}
	}
	return 0;
}

int domain_memory_commit(struct domain *d, uint64_t address, size_t bytes)
{
	int err;

	mutex_lock(&d->space);
	err = commit(d, address, address + bytes);
	mutex_unlock(&d->space);
	return err;
}

int domain_memory_map_device(struct domain *d, uint64_t address, uint64_t phys, size_t bytes)
{
	int err;

	mutex_lock(&d->space);
	err = domain_memory_promise_tables(d, address, address + bytes);
	for (size_t off = 0; !err && off < bytes; off += PAGE_BYTES)
		user_table_map_device(d->table, address + off, phys + off);
	mutex_unlock(&d->space);
	return err;
}

void domain_memory_decommit(struct domain *d, uint64_t address, size_t bytes)
{
	mutex_lock(&d->space);
	user_table_unmap(d->table, address, address + bytes);
	mutex_unlock(&d->space);
}

/* ---- copies ------------------------------------------------------------------------------------------------------ */

/* For what calls pass. */
static bool is_scratch(uint64_t a)
{
	return a >= DOMAIN_STACKS && a < DOMAIN_STACKS + DOMAIN_SLOT_CNT * DOMAIN_SLOT_BYTES &&
	       a % DOMAIN_SLOT_BYTES >= DOMAIN_SLOT_BYTES - DOMAIN_SCRATCH_BYTES;
}

/* Pages that are there when they are first written to from here: also those of the heap, which tenon_alloc clears. */
static bool comes_by_writing(uint64_t a)
{
	return is_scratch(a) || (a >= DOMAIN_HEAP && a < DOMAIN_PAGES);
}

/* Where the kernel sees the byte at @address; NULL: the domain may not do that there. `space` held. */
static uint8_t *view(struct domain *d, uint64_t address, unsigned wanted)
{
	unsigned access = 0;
	struct page *page = user_table_find(d->table, address, &access);

	if (!page && wanted == USER_WRITE && comes_by_writing(address) &&
	    !domain_memory_promise_tables(d, address, address + 1)) {
		page = map_new(d, address);
		access = USER_READ | USER_WRITE;
	}
	return page && access & wanted ? (uint8_t *)page_address(page) + address % PAGE_BYTES : NULL;
}

bool domain_memory_fault(struct domain *d, uint64_t address)
{
	unsigned access;
	bool there = false;

	if (!is_scratch(address))
		return false;
	mutex_lock(&d->space);
	if (!user_table_find(d->table, address, &access))
		there = view(d, address, USER_WRITE);
	mutex_unlock(&d->space);
	return there;
}

/* How much of the rest lies in the same page. */
static size_t part_of(uint64_t address, size_t rest)
{
	size_t part = PAGE_BYTES - address % PAGE_BYTES;

	return part < rest ? part : rest;
}

static int copy(struct domain *d, uint64_t address, void *in, const void *out, size_t bytes)
{
	size_t done = 0, part;
	uint8_t *at;

	if (address >= DOMAIN_END || bytes > DOMAIN_END - address)
		return -TENON_EFAULT;
	mutex_lock(&d->space);
	for (; done < bytes; done += part) {
		part = part_of(address + done, bytes - done);
		at = view(d, address + done, in ? USER_READ : USER_WRITE);
		if (!at)
			break;
		if (in)
			memcpy((uint8_t *)in + done, at, part);
		else
			memcpy(at, (const uint8_t *)out + done, part);
	}
	mutex_unlock(&d->space);
	return done < bytes ? -TENON_EFAULT : 0;
}

int domain_memory_copy_in(struct tenon_kpi_domain *k, void *to, tenon_addr from, size_t bytes)
{
	return copy((struct domain *)k, from, to, NULL, bytes);
}

int domain_memory_copy_out(struct tenon_kpi_domain *k, tenon_addr to, const void *from, size_t bytes)
{
	return copy((struct domain *)k, to, NULL, from, bytes);
}

int domain_memory_write_text(struct domain *d, uint64_t address, const void *code, size_t bytes,
			     void (*store)(uint8_t *to, const void *from, size_t bytes))
{
	size_t done = 0, part;
	uint8_t *at;

	mutex_lock(&d->space);
	for (; done < bytes; done += part) {
		part = part_of(address + done, bytes - done);
		at = view(d, address + done, USER_READ);
		if (!at)
			break;
		store(at, (const uint8_t *)code + done, part);
	}
	user_table_flush(d->table);
	mutex_unlock(&d->space);
	return done < bytes ? -TENON_EFAULT : 0;
}
