/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Leaves flags and base registers of the CPU as nobody should, and says how it finds them. */
#include "tenon/module.h"

#define PLAIN 0x202ul /* interrupts are enabled; bit 1 is always set */

static unsigned long flags(void)
{
	return __builtin_ia32_readeflags_u64();
}

unsigned long registers_flags(void);
unsigned long registers_flags(void)
{
	return flags();
}
EXPORT_SYMBOL(registers_flags);

/* Return with flags set: nothing of this function runs after they are. */
int registers_return(unsigned long set);
__attribute__((naked)) int registers_return(unsigned long set __attribute__((unused)))
{
	__asm__("or $0x202, %rdi\n\tmov $7, %eax\n\tpush %rdi\n\tpopf\n\tret");
}
EXPORT_SYMBOL(registers_return);

/* Call the interface with flags set. Return: what it answers, the flags behind it << 32. */
unsigned long registers_gate(unsigned long set);
unsigned long registers_gate(unsigned long set)
{
	unsigned long left;
	int answer;

	__builtin_ia32_writeeflags_u64(PLAIN | set);
	answer = tenon_timer_stop(0);
	left = flags();
	__builtin_ia32_writeeflags_u64(PLAIN);
	return left << 32 | (unsigned int)answer;
}
EXPORT_SYMBOL(registers_gate);

/* With flags set, a fault. */
int registers_fault(unsigned long set);
int registers_fault(unsigned long set)
{
	__builtin_ia32_writeeflags_u64(PLAIN | set);
	__builtin_trap();
}
EXPORT_SYMBOL(registers_fault);

/* Base registers, where the CPU and the kernel let programs write them. */
int registers_set_gs(unsigned long base);
int registers_set_gs(unsigned long base)
{
	__asm__ volatile("wrgsbase %0" : : "r"(base));
	return 0;
}
EXPORT_SYMBOL(registers_set_gs);

int registers_set_fs(unsigned long base);
int registers_set_fs(unsigned long base)
{
	__asm__ volatile("wrfsbase %0" : : "r"(base));
	return 0;
}
EXPORT_SYMBOL(registers_set_fs);

static int __init registers_init(void)
{
	return 0;
}

static void __exit registers_exit(void)
{
}

module_init(registers_init);
module_exit(registers_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Sets flags and base registers");
