// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The vectors from VECTOR_DEVICE_FIRST on. `lock` keeps an interrupt that another CPU takes from using what is being
 * closed.
 */
#include "kernel/device/irq.h"

#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/device/iommu.h"
#include "kernel/sched/lock.h"
#include "tenon/errno.h"

#define VECTORS (VECTOR_DEVICE_LAST - VECTOR_DEVICE_FIRST + 1)

static struct spinlock lock = SPINLOCK_INIT(LOCK_LEAF);
static struct irq *irqs[VECTORS];

/* CPUs take turns, so that no one has all interrupts. */
int irq_open(struct irq *irq)
{
	static unsigned turn;
	unsigned i;

	spin_lock(&lock);
	for (i = 0; i < VECTORS && irqs[i]; i++)
		;
	if (i < VECTORS) {
		irqs[i] = irq;
		irq->apic_id = cpus[turn++ % cpu_cnt].apic_id;
		irq->vector = (uint8_t)(VECTOR_DEVICE_FIRST + i);
	}
	spin_unlock(&lock);
	return i < VECTORS ? 0 : -TENON_ENOSPC;
}

void irq_close(struct irq *irq)
{
	if (irq->remapped)
		iommu_irq_close(irq->vector);
	irq->remapped = false;
	spin_lock(&lock);
	irqs[irq->vector - VECTOR_DEVICE_FIRST] = NULL;
	irq->vector = 0;
	spin_unlock(&lock);
}

void irq_set_source(struct irq *irq, uint16_t source)
{
	irq->remapped = true;
	iommu_irq_open(irq->vector, source, irq->apic_id, false);
}

/* Behind an IOMMU it names the entry there, which has the number of the vector: VT-d 3.0, 5.1.5.2. */
uint64_t irq_message_address(const struct irq *irq)
{
	return 0xfee00000ull | (irq->remapped ? (uint64_t)irq->vector << 5 | 1 << 4 : (uint64_t)irq->apic_id << 12);
}

uint32_t irq_message_data(const struct irq *irq)
{
	return irq->remapped ? 0 : irq->vector; /* fixed delivery, edge */
}

/* One that comes after it was closed was on its way before, and means nothing. */
bool irq_interrupt(uint8_t vector)
{
	struct irq *irq;

	if (vector < VECTOR_DEVICE_FIRST || vector > VECTOR_DEVICE_LAST)
		return false;
	spin_lock(&lock);
	irq = irqs[vector - VECTOR_DEVICE_FIRST];
	if (irq) {
		atomic_fetch_add_explicit(&irq->edges, 1, memory_order_release);
		irq->fn(irq);
	}
	spin_unlock(&lock);
	return true;
}
