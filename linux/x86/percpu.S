/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux's per-CPU variables as symbols: their values are offsets in the window. */
#include "linux/export.h"
#include "linux/x86/percpu.h"

.macro PERCPU sym, offset
	.globl \sym
	.set \sym, \offset
	LINUX_EXPORT \sym
.endm

PERCPU current_task, WINDOW_CURRENT_TASK
PERCPU this_cpu_off, WINDOW_THIS_CPU_OFF
PERCPU __preempt_count, WINDOW_PREEMPT_COUNT
PERCPU cpu_number, WINDOW_CPU_NUMBER
PERCPU numa_node, WINDOW_NUMA_NODE
PERCPU kstat, WINDOW_KSTAT

	.section .note.GNU-stack, "", %progbits
