/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* For the scheduler: a CPU goes over from one thread's program to another's. */
#ifndef KERNEL_ARCH_X86_64_USER_SWITCH_H
#define KERNEL_ARCH_X86_64_USER_SWITCH_H

struct cpu;
struct user_context;

/* Interrupts off, on @cpu. */
void user_switch(struct cpu *cpu, struct user_context *from, struct user_context *to);

#endif
