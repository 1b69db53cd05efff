// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Programs' registers that the kernel leaves alone while they are in it, and the way into a program. */
#include "kernel/arch/x86_64/user.h"

#include "tenon/runtime.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/fpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/arch/x86_64/user_switch.h"
#include "kernel/arch/x86_64/user_table.h"

_Noreturn void user_enter_frame(struct user_frame *frame);

struct user_frame *user_frame(void)
{
	return (struct user_frame *)(thread_current()->stack + STACK_BYTES - 16) - 1;
}

_Noreturn void user_enter(const struct user_frame *frame)
{
	struct user_frame *f = user_frame();

	*f = *frame;
	trap_leave(f);
	user_enter_frame(f);
}

static void user_bases_load(const struct user_context *c)
{
	write_msr(MSR_FS_BASE, c->fs_base);
	write_msr(MSR_GS_BASE, c->gs_base);
}

void user_switch(struct cpu *cpu, struct user_context *from, struct user_context *to)
{
	if (from->fpu_closed)
		fpu_open();
	if (from->fpu)
		fpu_save(from->fpu);
	if (from->fpu_closed || to->fpu_closed)
		selectors_clear(); /* a domain's are seen by nobody else, and none by a domain */
	if (from->table != to->table)
		user_table_load(cpu, to->table, user_table_root(to->table));
	if (to->table || to->gs_base)
		user_bases_load(to);
	if (to->fpu)
		fpu_restore(to->fpu);
	if (to->fpu_closed)
		fpu_close();
}

void user_set_table(struct user_table *table)
{
	struct thread *t = thread_current();

	interrupts_disable();
	user_table_load(t->cpu, table, user_table_root(table));
	t->context->table = table;
	if (table) /* a switch loads them only for a thread that had one already: a new thread has what the last one left */
		user_bases_load(t->context);
	interrupts_enable();
}

uint64_t user_fs_base(void)
{
	return thread_current()->context->fs_base;
}

uint64_t user_gs_base(void)
{
	return thread_current()->context->gs_base;
}

/* In one step with a switch, which loads what stands in the context. */
static void set_base(uint64_t *saved, uint32_t msr, uint64_t base)
{
	interrupts_disable();
	*saved = base;
	write_msr(msr, base);
	interrupts_enable();
}

void user_set_fs_base(uint64_t base)
{
	set_base(&thread_current()->context->fs_base, MSR_FS_BASE, base);
}

void user_set_gs_base(uint64_t base)
{
	set_base(&thread_current()->context->gs_base, MSR_GS_BASE, base);
}
