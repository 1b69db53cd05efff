// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/arch/x86_64/crossing.h"

#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/arch/x86_64/user_switch.h"
#include "kernel/mm/user.h"
#include "kernel/sched/thread.h"
#include "tenon/runtime.h"

static void selectors_save(struct crossing *x)
{
	__asm__ volatile("movw %%ds, %0; movw %%es, %1; movw %%fs, %2; movw %%gs, %3"
			 : "=m"(x->ds), "=m"(x->es), "=m"(x->fs), "=m"(x->gs));
}

/* What a program had: a selector of the table that is the same for all, or none. */
static void selectors_load(const struct crossing *x)
{
	__asm__ volatile("movw %0, %%ds; movw %1, %%es; movw %2, %%fs; movw %3, %%gs"
			 :
			 : "m"(x->ds), "m"(x->es), "m"(x->fs), "m"(x->gs));
}

void crossing_begin(struct crossing *x, struct user_table *table, uint64_t gs_base)
{
	struct thread *t = thread_current();
	struct user_context *c = &t->user;

	x->table = c->table;
	x->fs_base = c->fs_base;
	x->gs_base = c->gs_base;
	x->fpu_closed = c->fpu_closed;
	x->outer_entry_sp = t->entry_sp;
	interrupts_disable();
	selectors_save(x);
	selectors_clear();
	user_table_load(t->cpu, c->table, table);
	c->table = table;
	c->fs_base = 0;
	c->gs_base = gs_base;
	user_bases_load(c);
	if (!c->fpu_closed)
		fpu_close();
	c->fpu_closed = true;
	x->entry_sp = &t->entry_sp;
	cpu_entry_stacks(t->cpu, &x->tss_sp, &x->syscall_sp);
}

void crossing_end(struct crossing *x)
{
	struct thread *t = thread_current();
	struct user_context *c = &t->user;

	user_table_load(t->cpu, c->table, x->table);
	c->table = x->table;
	c->fs_base = x->fs_base;
	c->gs_base = x->gs_base;
	selectors_load(x);
	user_bases_load(c);
	c->fpu_closed = x->fpu_closed;
	if (!c->fpu_closed)
		fpu_open();
	t->entry_sp = x->outer_entry_sp;
	cpu_set_entry_stack(t->cpu, t);
	interrupts_enable();
}

uint64_t crossing_peek(uint64_t address)
{
	uint64_t word = 0;

	if (address >= USER_END - 8)
		return 0;
	__asm__ volatile("stac\n1:\tmovq (%1), %0\n2:\tclac\n" EXCEPTION_ASM("1b", "2b")
			 : "+r"(word)
			 : "r"(address)
			 : "rdx", "memory");
	return word;
}

/* mov %rcx, %r10; mov $index, %eax; syscall; ret. SYSCALL takes rcx and r11 for itself. */
void crossing_write_gate(uint8_t *at, uint32_t index)
{
	static const uint8_t code[] = { 0x49, 0x89, 0xca, 0xb8, 0, 0, 0, 0, 0x0f, 0x05, 0xc3 };

	_Static_assert(sizeof(code) <= CROSSING_GATE_BYTES, "a gate has room");
	memcpy(at, code, sizeof(code));
	memcpy(at + 4, &index, 4);
}

/* mov %r10, %rcx; call *%rax; mov %rax, %rdi; mov $CROSSING_DONE, %eax; syscall */
void crossing_write_entry(uint8_t *at)
{
	static const uint8_t code[] = { 0x4c, 0x89, 0xd1, 0xff, 0xd0, 0x48, 0x89, 0xc7,
					0xb8, 0xff, 0xff, 0xff, 0x7f, 0x0f, 0x05 };

	_Static_assert(sizeof(code) <= CROSSING_ENTRY_BYTES && CROSSING_DONE == 0x7fffffff, "the entry has room");
	memcpy(at, code, sizeof(code));
}
