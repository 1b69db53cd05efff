/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Linux's inlined code calls through pv_ops with the convention that only rax changes: the interrupt flag, which is a
 * word of the window, and the release of a spin lock.
 */
#include "linux/x86/function.h"
#include "linux/x86/percpu.h"

	.text

FUNCTION linux_irq_save
	movl %gs:WINDOW_IRQ_FLAGS, %eax
	ret

FUNCTION linux_irq_disable
	movl $0, %gs:WINDOW_IRQ_FLAGS
	ret

FUNCTION linux_irq_enable
	movl $WINDOW_IRQ_ON, %gs:WINDOW_IRQ_FLAGS
	ret

FUNCTION linux_spin_unlock
	movb $0, (%rdi)
	ret

FUNCTION linux_vcpu_is_preempted
	xorl %eax, %eax
	ret

	.section .note.GNU-stack, "", %progbits
