// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Requests are numbered; a CPU that flushes has served all that were made before. */
#include "kernel/arch/x86_64/tlb.h"

#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/log.h"
#include "kernel/platform/pc/pc.h"

#define CR4_PGE (1ull << 7)

static _Atomic uint64_t requests;

/* Also the global ones (SDM volume 3, 4.10.4.1). */
static void flush_here(void)
{
	uint64_t cr4 = read_cr4();

	write_cr4(cr4 & ~CR4_PGE);
	write_cr4(cr4);
}

void tlb_interrupt(void)
{
	uint64_t upto = atomic_load(&requests);

	flush_here();
	atomic_store(&cpu_current()->tlb_done, upto);
}

void tlb_flush_cpus(uint32_t mask)
{
	uint64_t request;
	struct cpu *self;

	ASSERT(!spin_any_held());
	interrupts_disable();
	self = cpu_current();
	request = atomic_fetch_add(&requests, 1) + 1;
	flush_here();
	for (unsigned i = 0; i < cpu_cnt; i++)
		if (&cpus[i] != self && mask >> i & 1)
			apic_send(cpus[i].apic_id, APIC_FIXED | VECTOR_TLB);
	interrupts_enable();
	for (unsigned i = 0; i < cpu_cnt; i++)
		if (&cpus[i] != self && mask >> i & 1)
			while (atomic_load(&cpus[i].tlb_done) < request)
				cpu_pause();
}

void tlb_flush_kernel(void)
{
	tlb_flush_cpus(UINT32_MAX);
}
