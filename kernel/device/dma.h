/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Where devices see memory. Without an IOMMU that is where it is, and a device that may use memory may use all of it. */
#ifndef KERNEL_DEVICE_DMA_H
#define KERNEL_DEVICE_DMA_H

#include <stdint.h>

#include "tenon/kpi_host.h"

/* Of a page of a domain that is committed and stays so. Thread. */
uint64_t dma_address(struct tenon_kpi_domain *d, tenon_addr address);

#endif
