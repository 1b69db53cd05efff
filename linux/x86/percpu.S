/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux's per-CPU variables as symbols: their values are offsets in the window. */
#include "linux/versions.h"
#include "linux/export.h"
#include "linux/x86/percpu.h"

.macro PERCPU sym, offset, suffix=
	.globl \sym
	.set \sym, \offset
	LINUX_EXPORT \sym, \suffix
.endm

#if LINUX_SINCE(6, 12)
PERCPU pcpu_hot, WINDOW_CURRENT_TASK
PERCPU const_pcpu_hot, WINDOW_CURRENT_TASK
#else
PERCPU current_task, WINDOW_CURRENT_TASK
PERCPU __preempt_count, WINDOW_PREEMPT_COUNT
PERCPU cpu_number, WINDOW_CPU_NUMBER
#endif
PERCPU this_cpu_off, WINDOW_THIS_CPU_OFF
PERCPU numa_node, WINDOW_NUMA_NODE
PERCPU kstat, WINDOW_KSTAT
PERCPU cpu_sibling_map, WINDOW_SIBLINGS
/* The library's alone. */
.globl cpuidle_devices, ksoftirqd, seg6_bpf_srh_states
.set ksoftirqd, WINDOW_IDLE
.set seg6_bpf_srh_states, WINDOW_IDLE
.set cpuidle_devices, WINDOW_IDLE
PERCPU cpu_info, WINDOW_CPU_INFO
PERCPU cpu_core_map, WINDOW_CORES
PERCPU cpu_die_map, WINDOW_DIES
PERCPU int_active_memcg, WINDOW_MEMCG, _gpl

	.section .note.GNU-stack, "", %progbits
