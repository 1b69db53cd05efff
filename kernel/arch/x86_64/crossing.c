// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/arch/x86_64/crossing.h"

#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/arch/x86_64/user_switch.h"
#include "kernel/init.h"
#include "kernel/mm/user.h"
#include "kernel/sched/thread.h"
#include "tenon/runtime.h"

_Noreturn void crossing_leave(void)
{
	__asm__ volatile("movq %0, %%rsp; xorl %%edi, %%edi; jmp crossing_return" : : "r"(thread_current()->entry_sp));
	__builtin_unreachable();
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
void __init crossing_write_gate(uint8_t *at, uint32_t index)
{
	static const uint8_t code[] = { 0x49, 0x89, 0xca, 0xb8, 0, 0, 0, 0, 0x0f, 0x05, 0xc3 };

	_Static_assert(sizeof(code) <= CROSSING_GATE_BYTES, "a gate has room");
	memcpy(at, code, sizeof(code));
	memcpy(at + 4, &index, 4);
}

/* mov %r10, %rcx; call *%rax; mov %rax, %rdi; mov $CROSSING_DONE, %eax; syscall */
void __init crossing_write_entry(uint8_t *at)
{
	static const uint8_t code[] = { 0x4c, 0x89, 0xd1, 0xff, 0xd0, 0x48, 0x89, 0xc7,
					0xb8, 0xff, 0xff, 0xff, 0x7f, 0x0f, 0x05 };

	_Static_assert(sizeof(code) <= CROSSING_ENTRY_BYTES && CROSSING_DONE == 0x7fffffff, "the entry has room");
	memcpy(at, code, sizeof(code));
}
