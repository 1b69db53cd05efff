// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/device/dma.h"

#include "kernel/arch/x86_64/paging.h"

uint64_t dma_address(struct tenon_kpi_domain *d, tenon_addr address)
{
	(void)d;
	return direct_phys((const void *)address);
}
