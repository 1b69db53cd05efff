// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The watchdog: the old timer sends every CPU an NMI about 18 times a second. A CPU that was in the kernel with
 * interrupts off at each of so many in a row, and took no interrupt between them, is stuck. Counted in NMIs that came,
 * not in time, so that a machine whose host is busy is not blamed.
 *
 * An NMI comes at any instruction, with any lock held: it does not print, wait or fault. What it finds out it lets the
 * interrupted code do, by changing where that goes on.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/console.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/platform/pc/pc.h"

#define STUCK_NMIS 180 /* 10 s */
#define KERNEL_CODE 8

enum { PIT_CHANNEL_0 = 0x40, PIT_COMMAND = 0x43, PIT_RATE_GENERATOR = 0x34 };

/* Goes on in the interrupted place's stead, on its stack. rax has where it was. */
static _Noreturn void stuck(void)
{
	panic("this CPU was stuck in the kernel with interrupts off");
}

static void go_on_in(struct trap_frame *f, void (*fn)(void))
{
	/* As if the interrupted place had called it, for the backtrace; never returned to. */
	f->rsp = (f->rsp & ~15ull) - 256 - 8;
	*(uint64_t *)f->rsp = f->rip;
	f->rip = (uint64_t)fn;
	f->cs = KERNEL_CODE;
	f->rflags &= ~(RFLAGS_IF | RFLAGS_TF);
}

void watchdog_nmi(struct trap_frame *f)
{
	struct cpu *cpu = cpu_current();
	uint64_t interrupts = atomic_load_explicit(&cpu->interrupts, memory_order_relaxed);

	if (panic_running() && !panic_is_here()) {
		f->rip = (uint64_t)machine_halt;
		f->cs = KERNEL_CODE;
		f->ss = 0;
		f->rsp = (uint64_t)cpu->current->stack + STACK_BYTES - 24;
		f->rflags = 2;
		return;
	}
	if (f->cs & 3 || f->rflags & RFLAGS_IF || interrupts != cpu->watchdog_seen) {
		cpu->watchdog_seen = interrupts;
		cpu->watchdog_cnt = 0;
		return;
	}
	if (++cpu->watchdog_cnt == STUCK_NMIS)
		go_on_in(f, stuck);
}

void __init watchdog_init(void)
{
	port_out8(PIT_COMMAND, PIT_RATE_GENERATOR);
	port_out8(PIT_CHANNEL_0, 0); /* 65536 of 1193182 in a second */
	port_out8(PIT_CHANNEL_0, 0);
	apic_route_isa_nmi(0);
}
