/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Where devices see memory. Without an IOMMU that is where it is, and a device that may use memory may use all of it. */
#ifndef KERNEL_DEVICE_DMA_H
#define KERNEL_DEVICE_DMA_H

#include <stdint.h>

#include "tenon/kpi_host.h"

/* Of a page that a domain has and keeps. Return: 0, -TENON_EFAULT: an isolated domain has it no more. Thread. */
int dma_address(struct tenon_kpi_domain *d, tenon_addr address, uint64_t *bus);

#endif
