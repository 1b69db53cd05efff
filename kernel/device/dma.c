// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/device/dma.h"

#include "kernel/arch/x86_64/paging.h"
#include "kernel/arch/x86_64/user.h"
#include "kernel/domain/domain.h"
#include "tenon/errno.h"

int dma_address(struct tenon_kpi_domain *k, tenon_addr address, uint64_t *bus)
{
	struct domain *d = domain_isolated(k);
	struct page *page;
	unsigned access;

	if (!d) {
		*bus = kernel_page(address);
		return 0;
	}
	mutex_lock(&d->space);
	page = user_table_find(d->table, address, &access);
	if (page)
		*bus = page_phys(page);
	mutex_unlock(&d->space);
	return page ? 0 : -TENON_EFAULT;
}
