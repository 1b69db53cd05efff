/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What stands between devices and memory, where the machine has it (platform/pc/vtd.c): a device reaches the pages that
 * were mapped for it and no others, at the addresses where they are, and raises the interrupts that it was given. What it
 * tries beyond that does not happen, and is in the log.
 *
 * A device is named by its source: bus << 8 | slot << 3 | function.
 */
#ifndef KERNEL_DEVICE_IOMMU_H
#define KERNEL_DEVICE_IOMMU_H

#include <stdbool.h>
#include <stdint.h>

/* Once, in a thread, before any interrupt of a device or of the old ones is routed. */
void iommu_init(void);
/* Is there one? It does not change after iommu_init(). Any context. */
bool iommu_active(void);
/* Does it stand before this device, or, @bridge, before those behind this bridge? Any context. */
bool iommu_covers(uint16_t source, bool bridge);

/**
 * iommu_open - a device may use memory: none, as long as nothing is mapped
 * Return: 0, also if it may already; -TENON_ENOMEM; -TENON_ENOSPC: too many devices do. Thread.
 */
int iommu_open(uint16_t source);
/* It reaches nothing more when this returns, whatever was mapped. Also of one that may not. Thread. */
void iommu_close(uint16_t source);
/**
 * iommu_map - let a device use a page
 * @phys: of the page; what is mapped several times is unmapped as often
 * @writes: it may write it, too, until it is unmapped altogether
 * Return: 0, -TENON_ENODEV: it is not open; -TENON_ENOMEM. Thread.
 */
int iommu_map(uint16_t source, uint64_t phys, bool writes);
/* It uses the page no more once iommu_flush() has returned. */
void iommu_unmap(uint16_t source, uint64_t phys);
/* Thread. */
void iommu_flush(uint16_t source);

/*
 * A vector belongs to one source: whatever others send for it is refused. @nmi: it arrives as an NMI at all CPUs. Any
 * context.
 */
void iommu_irq_open(uint8_t vector, uint16_t source, uint32_t apic_id, bool nmi);
void iommu_irq_close(uint8_t vector);
/* The source of the old interrupts' controller. */
uint16_t iommu_ioapic_source(void);

#endif
