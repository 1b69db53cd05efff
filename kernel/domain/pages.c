// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Pages of arenas and buffers: of the kernel's own domain in a window of its address space, of others in theirs. */
#include "kernel/arch/x86_64/paging.h"
#include "kernel/domain/domain.h"
#include "kernel/domain/primitives.h"
#include "kernel/mm/page.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

/* Pages are in a list by `owner`, with their address in `index`. They are not mapped any more: after one flush for all. */
static void give_back(struct page *list)
{
	struct page *next;

	if (list)
		tlb_flush_kernel();
	for (; list; list = next) {
		next = list->owner;
		page_put(list);
	}
}

static void kernel_decommit(tenon_addr address, size_t bytes)
{
	struct page *list = NULL, *page;

	for (tenon_addr a = address; a < address + bytes; a += PAGE_BYTES) {
		if (!kernel_mapped(a))
			continue;
		page = page_of_phys(kernel_unmap(a));
		page->owner = list;
		list = page;
	}
	give_back(list);
}

static int map_new(tenon_addr address, struct page **list)
{
	struct page *page = page_alloc(0);

	if (!page)
		return -TENON_ENOMEM;
	memset(page_address(page), 0, PAGE_BYTES);
	if (kernel_map(address, page_phys(page), PTE_WRITE | PTE_NO_EXEC)) {
		page_put(page);
		return -TENON_ENOMEM;
	}
	page->owner = *list;
	page->index = address;
	*list = page;
	return 0;
}

/* What was there stays as it is; what is made here is taken back if not all can be. */
static int kernel_commit(tenon_addr address, size_t bytes)
{
	struct page *made = NULL;
	int err = 0;

	for (tenon_addr a = address; a < address + bytes && !err; a += PAGE_BYTES)
		if (!kernel_mapped(a))
			err = map_new(a, &made);
	if (!err)
		return 0;
	for (const struct page *page = made; page; page = page->owner)
		kernel_unmap(page->index);
	give_back(made);
	return err;
}

int pages_commit(struct tenon_kpi_domain *k, tenon_addr address, size_t bytes)
{
	struct domain *d = domain_isolated(k);

	return d ? domain_memory_commit(d, address, bytes) : kernel_commit(address, bytes);
}

void pages_decommit(struct tenon_kpi_domain *k, tenon_addr address, size_t bytes)
{
	struct domain *d = domain_isolated(k);

	if (d)
		domain_memory_decommit(d, address, bytes);
	else
		kernel_decommit(address, bytes);
}
