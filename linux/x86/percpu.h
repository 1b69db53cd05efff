/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The window of a virtual CPU: where Linux's per-CPU variables lie in it. Linux's code reads them as %gs:offset,
 * linking the offset like an address. Nothing begins below the canary, whose place the compiler has fixed. First what
 * is named here, then the variables of the library (linux/library.mk has the same number), those that modules declare
 * (tenon/linux.h), and those that are allocated.
 */
#ifndef LINUX_X86_PERCPU_H
#define LINUX_X86_PERCPU_H

#define WINDOW_CANARY 0x28
/* In Linux 6.12 these three are the beginning of a structure of 64 bytes, struct pcpu_hot, in this order. */
#define WINDOW_CURRENT_TASK 0x40
#define WINDOW_PREEMPT_COUNT 0x48
#define WINDOW_CPU_NUMBER 0x4c
#define WINDOW_THIS_CPU_OFF 0x80
#define WINDOW_IRQ_FLAGS 0x88
#define WINDOW_NUMA_NODE 0x8c
#define WINDOW_KSTAT 0x90 /* struct kernel_stat: how many interrupts there were */
#define WINDOW_SIBLINGS 0xf0 /* a pointer to a mask of CPUs */
#define WINDOW_MEMCG 0xf8
#define WINDOW_LAST_ENTERED 0x100 /* the function of a module that was entered last, while one is watched */
#define WINDOW_LIBRARY 0x140
/* At the end of the library's: struct cpuinfo_x86, and pointers to masks of CPUs. */
#define WINDOW_CPU_INFO 0xdc00
#define WINDOW_IDLE 0xdfe8
#define WINDOW_CORES 0xdff0
#define WINDOW_DIES 0xdff8
#define WINDOW_BYTES 0x40000

/* Preemptible: Linux keeps its "need to reschedule" bit inverted, so that it is set as long as there is no need. */
#define WINDOW_PREEMPT_NONE 0x80000000u
/* Interrupts are on, as x86's flags say it. */
#define WINDOW_IRQ_ON 0x200u

/* How many CPUs there are. */
#define LINUX_CPU_CNT 4

#endif
