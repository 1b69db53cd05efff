// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Exceptions that functions of modules fix: kpi/trap.def. */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/domain/trap.h"
#include "tenon/kpi.h"
#include "tenon/kpi_host.h"
#include "tenon/runtime.h"

/* The registers in DWARF's order, as kpi/trap.def has them. */
static void registers(struct trap_frame *f, uint64_t *reg[16])
{
	uint64_t *const order[16] = { &f->rax, &f->rdx, &f->rcx, &f->rbx, &f->rsi, &f->rdi, &f->rbp, &f->rsp,
				      &f->r8,  &f->r9,  &f->r10, &f->r11, &f->r12, &f->r13, &f->r14, &f->r15 };

	memcpy(reg, order, sizeof(order));
}

bool domain_trap_fix(struct tenon_kpi_domain *k, struct trap_frame *f, uint64_t address, uint64_t start, uint64_t end)
{
	struct tenon_trap trap = { .size = sizeof(trap), .reg_cnt = 16, .pc = f->rip, .flags = f->rflags };
	uint64_t *reg[16];

	if (!tenon_kpi_trap_x86_64(&trap, f->vector, f->error, address))
		return false;
	registers(f, reg);
	for (unsigned i = 0; i < 16; i++)
		trap.reg[i] = *reg[i];
	if (!tenon_kpi_trap_fix(k, &trap) || trap.pc - start >= end - start)
		return false;
	for (unsigned i = 0; i < 16; i++)
		*reg[i] = trap.reg[i];
	f->rip = trap.pc;
	f->rflags = (trap.flags & RFLAGS_USER) | RFLAGS_IF | 2;
	return true;
}
