/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Linux's network asks of parts that are not there, by answer (linux/x86/answers.h): programs of BPF, which nobody can
 * load, control groups with limits of their own, multipath TCP, segment routing, labels of security, io_uring.
 */
#include "linux/export.h"
#include "linux/x86/answers.h"

#define ENOPROTOOPT 92
#define EOPNOTSUPP 95
#define ENOENT 2
#define EINVAL 22

	.text

	.balign 16
NAMES_GPL bpf_prog_put, bpf_prog_add, bpf_prog_sub, bpf_prog_inc, bpf_log, btf_type_by_id, register_btf_kfunc_id_set
NAMES_HERE bpf_sk_storage_free, bpf_sk_storage_clone, bpf_sk_reuseport_detach, bpf_iter_reg_target, bpf_iter_unreg_target
NAMES_HERE cgroup_sk_alloc, cgroup_sk_clone, cgroup_sk_free, mem_cgroup_sk_alloc, mem_cgroup_sk_free
NAMES_HERE mptcp_init, mptcpv6_init, mptcp_seq_show, io_is_uring_fops, gfp_pfmemalloc_allowed, kallsyms_show_value
NAMES_HERE calipso_init, calipso_exit, calipso_validate, ioam6_init, ioam6_exit, seg6_init, seg6_exit, seg6_icmp_srh
NAMES_HERE find_vm_area, set_memory_ro, set_memory_rw, bpf_prog_has_kfunc_call, cipso_v4_validate, rcu_softirq_qs, unix_bpf_build_proto, is_module_address
NAMES_HERE bpf_dev_bound_netdev_unregister, bpf_mem_alloc_init, tcx_uninstall, register_xfrm_state_bpf
NAMES_HERE mptcp_active_detect_blackhole, set_memory_rox, bpf_token_put
NAMES rdmacg_register_device, rdmacg_unregister_device, rdmacg_try_charge, rdmacg_uncharge
	ANSWER 0
	.balign 16
NAMES_GPL bpf_prog_get_type_dev
	ANSWER -EINVAL
	.balign 16
NAMES bpf_prog_get_type_path
	ANSWER -ENOENT

	.section .note.GNU-stack, "", %progbits
