// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Registers of devices and tables of the firmware, in a window of their own. */
#include "kernel/arch/x86_64/paging.h"
#include "kernel/mm/heap.h"
#include "kernel/sched/lock.h"

struct device_mapping {
	struct device_mapping *next;
	phys_addr first, end;
	uint64_t address;
};

static struct spinlock lock = SPINLOCK_INIT(LOCK_DEVICE); /* of what changes of the two below */
static struct device_mapping *mappings;                   /* none ever goes, so it is walked without */
static uint64_t next_free = DEVICES_START;

static volatile uint8_t *find(phys_addr first, phys_addr end)
{
	for (struct device_mapping *m = __atomic_load_n(&mappings, __ATOMIC_ACQUIRE); m; m = m->next)
		if (first >= m->first && end <= m->end)
			return (volatile uint8_t *)(m->address + (first - m->first));
	return NULL;
}

/* Addresses for it, and pages behind them. Return: 0: there is not enough of them. */
static uint64_t map_new(phys_addr first, phys_addr end)
{
	uint64_t start;

	spin_lock(&lock);
	start = end - first > DEVICES_START + DEVICES_BYTES - next_free ? 0 : next_free;
	if (start)
		next_free += end - first;
	spin_unlock(&lock);
	for (phys_addr p = first; start && p < end; p += PAGE_BYTES)
		if (kernel_map(start + (p - first), p, PTE_WRITE | PTE_NO_EXEC | PTE_CACHE_OFF | PTE_WRITE_THROUGH))
			return 0;
	return start;
}

volatile void *device_map(phys_addr phys, size_t bytes)
{
	phys_addr first = phys & ~(PAGE_BYTES - 1), end = (phys + bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
	volatile uint8_t *found = find(first, end);
	struct device_mapping *m;

	if (found)
		return found + (phys - first);
	m = heap_alloc(sizeof(*m));
	if (!m)
		return NULL;
	*m = (struct device_mapping){ .first = first, .end = end, .address = map_new(first, end) };
	if (!m->address) {
		heap_free(m);
		return NULL;
	}
	spin_lock(&lock);
	m->next = mappings;
	__atomic_store_n(&mappings, m, __ATOMIC_RELEASE);
	spin_unlock(&lock);
	return (volatile void *)(m->address + (phys - first));
}
