// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/device/dma.h"

#include "kernel/arch/x86_64/paging.h"
#include "kernel/arch/x86_64/user.h"
#include "kernel/domain/domain.h"
#include "kernel/log.h"

uint64_t dma_address(struct tenon_kpi_domain *k, tenon_addr address)
{
	struct domain *d = domain_isolated(k);
	struct page *page;
	unsigned access;

	if (!d)
		return kernel_page(address);
	mutex_lock(&d->space);
	page = user_table_find(d->table, address, &access);
	mutex_unlock(&d->space);
	ASSERT(page);
	return page_phys(page);
}
