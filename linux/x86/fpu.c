// SPDX-License-Identifier: GPL-2.0-only
/*
 * Vector registers for Linux code. In a process they are the thread's own, so there is nothing to save: callers keep none across
 * a call. In a kernel's own domain they hold what a program left there, and that kernel saves nothing: it stops here.
 */
#include <linux/preempt.h>
#include <linux/sched.h>
#include <asm/fpu/api.h>

#include "linux/kernel/kernel.h"
#include "linux/export.h"

#define CS_PRIVILEGE 3

void kernel_fpu_begin_mask(unsigned int mask)
{
	unsigned long cs;

	(void)mask;
	__asm__("mov %%cs, %0" : "=r"(cs));
	if (!(cs & CS_PRIVILEGE))
		linux_stub_hit(__func__);
	preempt_disable();
}
EXPORT_SYMBOL_GPL(kernel_fpu_begin_mask);

void kernel_fpu_end(void)
{
	preempt_enable();
}
EXPORT_SYMBOL_GPL(kernel_fpu_end);
