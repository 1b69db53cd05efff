// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Starting the other CPUs, one after the other (SDM volume 3, 9.4.4), and stopping them in a panic. */
#include "tenon/runtime.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/boot.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/sched/run.h"
#include "kernel/sched/timer.h"

#define START_PAGE 0x8000ull
#define STARTUPS_MAX 100000 /* never needed */
#define STARTUP_EVERY_NS 1000000ull

extern const char cpu_start_code[], cpu_start_code_end[];
extern uint64_t cpu_start_root, cpu_start_stack, cpu_start_entry, cpu_start_jump;

/* The variable in the copy of the code. */
static uint64_t __init *in_page(const uint64_t *variable)
{
	return (uint64_t *)((char *)direct_address(START_PAGE) + ((const char *)variable - cpu_start_code));
}

/* The first C on a new CPU, on its idle thread's stack. */
static _Noreturn void __init cpu_begin(void)
{
	struct cpu *cpu = cpu_current();

	cpu_init(cpu);
	write_cr3(kernel_root);
	cpu_set_thread(cpu, cpu->idle);
	apic_init_cpu();
	atomic_store(&cpu->online, true);
	run_idle();
}

/* The identity map that it starts with: one large page for the code, and the kernel's half. */
static phys_addr __init make_start_root(struct page **pages)
{
	uint64_t *table[3];

	for (unsigned i = 0; i < 3; i++) {
		pages[i] = page_alloc(0);
		if (!pages[i])
			panic("this machine has too little memory");
		table[i] = page_address(pages[i]);
		memset(table[i], 0, PAGE_BYTES);
	}
	memcpy(table[0], direct_address(kernel_root), PAGE_BYTES);
	table[0][0] = page_phys(pages[1]) | PTE_PRESENT | PTE_WRITE;
	table[1][0] = page_phys(pages[2]) | PTE_PRESENT | PTE_WRITE;
	table[2][0] = PTE_PRESENT | PTE_LARGE;
	return page_phys(pages[0]);
}

/*
 * STARTUP counts only once the CPU has done its INIT, which in an emulator is when the host lets it run; a CPU that
 * runs takes no notice of it. So it is sent until the CPU answers. What ends that is how often it was sent, each time by
 * a CPU that ran, and not the clock: a host that stops the machine, or moves it, lets the counter jump by any amount.
 */
static bool __init start(struct cpu *cpu, struct thread *idle)
{
	uint64_t next;

	idle->cpu = cpu;
	idle->state = THREAD_RUNNING;
	idle->spin_depth = 0;
	idle->lock_cnt = 0;
	cpu->idle = idle;
	*(volatile uint32_t *)in_page(&cpu_start_jump) = 0;
	*in_page(&cpu_start_stack) = (uint64_t)idle->stack + STACK_BYTES - 24;
	apic_send(cpu->apic_id, APIC_INIT);
	clock_delay_ns(200000);
	for (unsigned i = 0; i < STARTUPS_MAX && !atomic_load(&cpu->online); i++) {
		apic_send(cpu->apic_id, APIC_STARTUP | START_PAGE >> PAGE_SHIFT);
		next = clock_ns() + STARTUP_EVERY_NS;
		while (!atomic_load(&cpu->online) && clock_ns() < next)
			cpu_pause();
	}
	return atomic_load(&cpu->online);
}

void __init cpus_start(void)
{
	struct page *pages[3];

	if (acpi.cpu_cnt < 2)
		return;
	memcpy(direct_address(START_PAGE), cpu_start_code, (size_t)(cpu_start_code_end - cpu_start_code));
	*in_page(&cpu_start_root) = make_start_root(pages);
	*in_page(&cpu_start_entry) = (uint64_t)cpu_begin;
	for (unsigned i = 0; i < acpi.cpu_cnt; i++) {
		struct cpu *cpu = &cpus[cpu_cnt];
		struct thread *idle;

		if (acpi.apic_id[i] == apic_id())
			continue;
		cpu_number(cpu, cpu_cnt);
		cpu->apic_id = acpi.apic_id[i];
		cpu_make_stacks(cpu);
		if (thread_make("idle", NULL, NULL, &idle))
			panic("this machine has too little memory");
		if (!start(cpu, idle))
			panic("CPU %u with APIC %u did not start: it %s", cpu_cnt, cpu->apic_id,
			      *(volatile uint32_t *)in_page(&cpu_start_jump) ? "began, and did not come to the kernel" :
									       "executes nothing");
		cpu_cnt++;
	}
	for (unsigned i = 0; i < 3; i++)
		page_put(pages[i]);
}

void cpus_stop_others(void)
{
	interrupts_disable();
	for (unsigned i = 0; i < cpu_cnt; i++)
		if (&cpus[i] != cpu_current())
			apic_send(cpus[i].apic_id, APIC_NMI);
}
