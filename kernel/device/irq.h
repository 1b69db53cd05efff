/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Interrupts of devices. They never run a driver: each edge is counted, and who waits is woken. Edges are messages (MSI), so
 * there is nothing to acknowledge at the device, and nothing to mask but a storm.
 */
#ifndef KERNEL_DEVICE_IRQ_H
#define KERNEL_DEVICE_IRQ_H

#include <stdbool.h>
#include <stdint.h>

struct irq {
	uint8_t vector;         /* 0: none */
	bool remapped;          /* messages go through the IOMMU */
	uint32_t apic_id;       /* of the CPU that takes it */
	_Atomic uint64_t edges; /* since it was opened */
	void (*fn)(struct irq
		       *irq); /* wakes who waits for another: in the interrupt, with a lock of rank LOCK_LEAF held */
};

/**
 * irq_open - a vector for edges to come by
 * @irq: zeroed but for @fn; stays in place until irq_close() has returned
 *
 * Return: 0, -TENON_ENOSPC: all vectors are in use. Any context.
 */
int irq_open(struct irq *irq);
/* No interrupt touches it afterwards. What raises it has been stopped before. */
void irq_close(struct irq *irq);
/* The IOMMU (iommu.h) stands before the device: only what this one sends raises it. Before what follows; any context. */
void irq_set_source(struct irq *irq, uint16_t source);
/* Where a device writes what, to raise it (SDM volume 3, 11.11). */
uint64_t irq_message_address(const struct irq *irq);
uint32_t irq_message_data(const struct irq *irq);
/* Of the trap: is @vector one of ours, and handled? Interrupts are off. */
bool irq_interrupt(uint8_t vector);

#endif
