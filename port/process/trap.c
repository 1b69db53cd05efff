/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Traps in modules, in the words of kpi/trap.def, on x86-64: for the functions that modules registered. */
#define _GNU_SOURCE
#include <signal.h>
#include <ucontext.h>

#include "port/process/child.h"
#include "tenon/kpi.h"

bool trap_fix_isolated(struct channel_end *e)
{
	struct channel *shared = e->shared;
	struct tenon_trap trap = { .size = sizeof(trap), .reg_cnt = 16 };

	if (!tenon_kpi_trap_x86_64(&trap, shared->args[1], shared->args[0], shared->address))
		return false;
	for (int i = 0; i < 16; i++)
		trap.reg[i] = shared->reg[i];
	trap.pc = shared->reg[DOMAIN_REG_PC];
	trap.flags = shared->reg[DOMAIN_REG_FLAGS];
	if (!tenon_kpi_trap_fix(&e->child->domain.kpi, &trap))
		return false;
	for (int i = 0; i < 16; i++)
		shared->reg[i] = trap.reg[i];
	shared->reg[DOMAIN_REG_PC] = trap.pc;
	shared->reg[DOMAIN_REG_FLAGS] = trap.flags;
	return true;
}

/* DWARF's number of a register to the signal frame's. */
static const int greg[] = { REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP,
			    REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15 };

bool trap_fix_kernel(struct process_host *h, const siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct tenon_trap trap = { .size = sizeof(trap), .reg_cnt = 16 };

	if (!tenon_kpi_trap_x86_64(&trap, (uint64_t)regs[REG_TRAPNO], (uint64_t)regs[REG_ERR],
				   (uintptr_t)info->si_addr))
		return false;
	for (int i = 0; i < 16; i++)
		trap.reg[i] = (unsigned long)regs[greg[i]];
	trap.pc = (unsigned long)regs[REG_RIP];
	trap.flags = (unsigned long)regs[REG_EFL];
	if (!tenon_kpi_trap_fix(&h->kernel.kpi, &trap))
		return false;
	for (int i = 0; i < 16; i++)
		regs[greg[i]] = (greg_t)trap.reg[i];
	regs[REG_RIP] = (greg_t)trap.pc;
	regs[REG_EFL] = (greg_t)trap.flags;
	return true;
}
