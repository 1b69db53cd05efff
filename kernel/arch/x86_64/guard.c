// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/arch/x86_64/guard.h"

#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/boot.h"
#include "kernel/domain/trap.h"
#include "kernel/log.h"
#include "kernel/module/module.h"
#include "kernel/sched/thread.h"
#include "kernel/symbols.h"
#include "tenon/runtime.h"

int64_t guard_enter(struct guard *g, uint64_t address, const uint64_t args[6]);
extern const char guard_leave[];

int64_t guard_call(uint64_t address, const uint64_t args[6], char why[GUARD_WHY_BYTES])
{
	struct thread *self = thread_current();
	struct guard g = { .outer = self->guard, .why = why };
	int64_t result;

	why[0] = '\0';
	self->guard = &g;
	result = guard_enter(&g, address, args);
	self->guard = g.outer;
	return result;
}

/* The word of the command line that makes a module's fault as bad as one of the kernel's, which it may be. */
static bool fault_panics(void)
{
	return boot_option("fault_panics", NULL, 0);
}

_Noreturn void guard_raise(const char *why)
{
	struct guard *g = thread_current()->guard;

	ASSERT(g);
	if (fault_panics())
		panic("a module of the kernel's own domain: %s", why);
	strscpy(g->why, why, GUARD_WHY_BYTES);
	__asm__ volatile("movq %0, %%rsp; xorl %%eax, %%eax; jmp guard_leave" : : "r"(g->sp) : "memory");
	__builtin_unreachable();
}

static bool in_modules(uint64_t address)
{
	return address - MODULES_START < MODULES_END - MODULES_START;
}

/* A jump to nowhere has left the address behind the call on the stack. */
static bool came_from_module(const struct trap_frame *f)
{
	return f->rip == read_cr2() && in_modules(*(const uint64_t *)f->rsp);
}

/* Linux's modules touch memory that may not be there, and mark warnings by an instruction. */
static bool fixed(struct trap_frame *f)
{
	uint64_t address = read_cr2();
	bool goes_on;

	interrupts_enable();
	goes_on = domain_trap_fix(&module_kernel, f, address, MODULES_START, MODULES_END);
	interrupts_disable();
	return goes_on;
}

bool guard_fault(struct trap_frame *f, const char *what)
{
	struct thread *self = thread_current();
	struct guard *g = self->guard;
	char place[GUARD_WHY_BYTES];

	if (!g || self->spin_depth || !(f->rflags & RFLAGS_IF))
		return false;
	if (!in_modules(f->rip) && !(f->vector == TRAP_PAGE && came_from_module(f)))
		return false;
	if (fixed(f))
		return true;
	if (fault_panics())
		return false;
	symbol_name_address(f->rip, place, sizeof(place));
	tenon_snprintf(g->why, GUARD_WHY_BYTES, "%s in %s", what, place);
	interrupts_enable();
	log_err("%s", what);
	backtrace_log(f->rip, f->rbp);
	interrupts_disable();
	f->rax = 0;
	f->rip = (uint64_t)guard_leave;
	f->rsp = g->sp;
	f->rflags = RFLAGS_IF | 2;
	return true;
}
