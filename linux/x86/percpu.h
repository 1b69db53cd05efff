/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The window of a virtual CPU: where Linux's own per-CPU variables lie in it. Linux's modules read them as %gs:offset,
 * linking the offset like an address. Nothing begins below the canary, whose place the compiler has fixed.
 */
#ifndef LINUX_X86_PERCPU_H
#define LINUX_X86_PERCPU_H

#define WINDOW_CANARY 0x28
#define WINDOW_CURRENT_TASK 0x40
#define WINDOW_THIS_CPU_OFF 0x48
#define WINDOW_PREEMPT_COUNT 0x50
#define WINDOW_CPU_NUMBER 0x54
#define WINDOW_BYTES 4096

/* Preemptible: Linux keeps its "need to reschedule" bit inverted, so that it is set as long as there is no need. */
#define WINDOW_PREEMPT_NONE 0x80000000u

#endif
