// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Blocks of modules in isolated domains: pages in a row, so that the kernel writes them through the direct map; the
 * domain sees them with the access of their kind. Under the core's lock, and `space` of the domain.
 */
#include "kernel/arch/x86_64/user.h"
#include "kernel/domain/domain.h"
#include "kernel/mm/page.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

static struct domain *domain_of(const struct tenon_block *b)
{
	return tenon_domain_host(b->domain);
}

static unsigned kind_access(enum tenon_mem kind)
{
	switch (kind) {
	case TENON_MEM_TEXT:
	case TENON_MEM_INIT_TEXT:
		return USER_READ | USER_EXEC;
	case TENON_MEM_RODATA:
		return USER_READ;
	default:
		return USER_READ | USER_WRITE;
	}
}

/* ---- addresses; `space` held ---- */

static bool is_free(const struct domain *d, size_t first, size_t cnt)
{
	for (size_t i = first; i < first + cnt; i++)
		if (d->block_used[i / 64] >> i % 64 & 1)
			return false;
	return true;
}

static void mark(struct domain *d, uint64_t run, size_t bytes, bool used)
{
	size_t first = (run - DOMAIN_BLOCKS) / DOMAIN_BLOCK_BYTES;

	for (size_t i = first; i < first + bytes / DOMAIN_BLOCK_BYTES; i++)
		if (used)
			d->block_used[i / 64] |= 1ull << i % 64;
		else
			d->block_used[i / 64] &= ~(1ull << i % 64);
}

/* Return: 0: there are none. */
static uint64_t find_addresses(const struct domain *d, size_t bytes)
{
	size_t cnt = bytes / DOMAIN_BLOCK_BYTES;

	for (size_t first = 0; first + cnt <= DOMAIN_BLOCK_CNT; first++)
		if (is_free(d, first, cnt))
			return DOMAIN_BLOCKS + first * DOMAIN_BLOCK_BYTES;
	return 0;
}

/* ---- pages ---- */

/* @cnt pages in a row, each with a reference of its own; NULL: there are none. */
static struct page *take_pages(size_t cnt)
{
	unsigned order = 0;
	struct page *first;

	while (1ul << order < cnt)
		order++;
	first = page_alloc(order);
	if (!first)
		return NULL;
	page_split(first);
	for (size_t i = cnt; i < 1ul << order; i++)
		page_put(first + i);
	memset(page_address(first), 0, cnt * PAGE_BYTES);
	return first;
}

int domain_memory_block_map(struct tenon_block *b)
{
	struct domain *d = domain_of(b);
	struct page *first = NULL;
	int err = -TENON_ENOMEM;

	mutex_lock(&d->space);
	b->run = find_addresses(d, b->size);
	if (b->run)
		err = domain_memory_promise_tables(d, b->run, b->run + b->size);
	if (!err)
		first = take_pages(b->size / PAGE_BYTES);
	if (first) {
		for (size_t i = 0; i < b->size / PAGE_BYTES; i++) {
			page_get(first + i); /* the core may be writing it when the domain dies and loses its own */
			user_table_map(d->table, b->run + i * PAGE_BYTES, first + i, kind_access(b->kind));
		}
		mark(d, b->run, b->size, true);
		b->host = page_address(first);
	}
	mutex_unlock(&d->space);
	return first ? 0 : -TENON_ENOMEM;
}

/* The domain may have died, and its pages have gone already. */
void domain_memory_block_unmap(struct tenon_block *b)
{
	struct domain *d = domain_of(b);

	mutex_lock(&d->space);
	user_table_unmap(d->table, b->run, b->run + b->size);
	mark(d, b->run, b->size, false);
	mutex_unlock(&d->space);
	for (size_t i = 0; i < b->size; i += PAGE_BYTES)
		page_put(page_of_address((uint8_t *)b->host + i));
}

int domain_memory_block_write(struct tenon_block *b)
{
	if (atomic_load(&domain_of(b)->dead))
		return -TENON_EOWNERDEAD;
	b->write = b->host;
	return 0;
}

/* Of pages that are free again or never were anybody's; they may have gone with the domain. */
static void make_writable(struct domain *d, uint64_t start, uint64_t end)
{
	unsigned access;

	for (uint64_t a = start; a < end; a += PAGE_BYTES) {
		struct page *page = user_table_find(d->table, a, &access);

		if (!page)
			continue;
		page_get(page);
		user_table_map(d->table, a, page, USER_READ | USER_WRITE);
	}
}

int domain_memory_block_protect(const struct tenon_range *r)
{
	struct domain *d = domain_of(r->block);
	uint64_t start = r->block->run + r->offset, end = start + r->size;

	if (atomic_load(&d->dead))
		return -TENON_EOWNERDEAD;
	mutex_lock(&d->space);
	if (r->access == TENON_ACCESS_READ)
		user_table_restrict(d->table, start, end, USER_READ);
	else if (r->access == TENON_ACCESS_WRITE)
		make_writable(d, start, end);
	else if (r->close)
		r->block->write = NULL;
	mutex_unlock(&d->space);
	return 0;
}
