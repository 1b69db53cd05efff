/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the events of modules refer to, for a tracer and for programs of BPF to be called by. There is neither, no event can
 * be switched on, and so none of these is ever called: each names itself and stops.
 */
#include "linux/versions.h"
#include "linux/export.h"
#include "linux/x86/function.h"

.macro NEVER sym, suffix=
	.text
FUNCTION \sym
	lea .Lname_\sym(%rip), %rdi
	jmp linux_stub_hit
	.size \sym, . - \sym
	.pushsection .rodata.str1.1, "aMS", %progbits, 1
.Lname_\sym: .asciz "\sym"
	.popsection
LINUX_EXPORT \sym, \suffix
.endm

.irp sym, __trace_trigger_soft_disabled, perf_trace_buf_alloc, perf_trace_run_bpf_submit, trace_event_buffer_commit, trace_event_buffer_reserve
NEVER \sym, _gpl
.endr
.irp sym, trace_event_raw_init, trace_event_reg, trace_handle_return, trace_output_call, trace_print_bitmask_seq
NEVER \sym, _gpl
.endr
.irp cnt, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
NEVER bpf_trace_run\cnt, _gpl
.endr
.irp sym, trace_event_printf, trace_print_array_seq, trace_print_flags_seq, trace_print_hex_seq, trace_print_symbols_seq, trace_raw_output_prep
NEVER \sym
.endr

/* Events of Linux's own that modules raise, too: switched off, nobody is called. */
.macro POINT name, suffix=
	.bss
	.balign 32
	.globl __tracepoint_\name, __SCK__tp_func_\name
	.type __tracepoint_\name, %object
	.type __SCK__tp_func_\name, %object
__tracepoint_\name:
	.skip 80
__SCK__tp_func_\name:
	.skip 16
	.text
FUNCTION __SCT__tp_func_\name
	ret
	.size __SCT__tp_func_\name, . - __SCT__tp_func_\name
LINUX_EXPORT __tracepoint_\name, \suffix
LINUX_EXPORT __SCK__tp_func_\name, \suffix
LINUX_EXPORT __SCT__tp_func_\name, \suffix
.endm

.irp name, block_bio_complete, block_bio_remap, block_rq_insert, block_rq_remap, block_split, block_unplug, wbc_writepage
POINT \name, _gpl
.endr
.irp name, br_fdb_add, br_fdb_external_learn_add, br_fdb_update, fdb_delete, devlink_hwmsg, kfree_skb, napi_poll, xdp_bulk_tx, xdp_exception
POINT \name, _gpl
.endr
.irp name, devlink_trap_report
POINT \name, _gpl
.endr
#if LINUX_SINCE(6, 12)
.irp name, sk_data_ready, br_mdb_full
POINT \name, _gpl
.endr
#endif
.irp name, dma_fence_emit, dma_fence_signaled, read_msr, write_msr
POINT \name
.endr

	.section .note.GNU-stack, "", %progbits
