/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Translations that CPUs still have after an entry of a page table has changed. Whoever takes one away waits for the
 * CPUs that may have it; these answer to an interrupt. So a waiter has interrupts on and holds no spin lock: else two
 * of them, or a CPU that spins for the lock, would wait for each other.
 */
#ifndef KERNEL_ARCH_X86_64_TLB_H
#define KERNEL_ARCH_X86_64_TLB_H

#include <stdint.h>

/* The CPUs in @mask (bit: index; the one that runs is done at once) have no translation from before. */
void tlb_flush_cpus(uint32_t mask);
void tlb_interrupt(void);

#endif
