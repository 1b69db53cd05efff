/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* New processes and new tasks. */
#ifndef KERNEL_PROCESS_FORK_H
#define KERNEL_PROCESS_FORK_H

#include <stdint.h>

/* Linux's clone flags. */
#define CLONE_VM 0x100ull
#define CLONE_FS 0x200ull
#define CLONE_FILES 0x400ull
#define CLONE_SIGHAND 0x800ull
#define CLONE_VFORK 0x4000ull
#define CLONE_THREAD 0x10000ull
#define CLONE_SYSVSEM 0x40000ull
#define CLONE_SETTLS 0x80000ull
#define CLONE_PARENT_SETTID 0x100000ull
#define CLONE_CHILD_CLEARTID 0x200000ull
#define CLONE_DETACHED 0x400000ull
#define CLONE_CHILD_SETTID 0x1000000ull
#define CLONE_CLEAR_SIGHAND 0x100000000ull

struct clone_request {
	uint64_t flags; /* CLONE_, without the signal */
	int exit_signal;
	uint64_t stack; /* its top; 0: the caller's */
	uint64_t tls;
	uint64_t parent_tid, child_tid; /* addresses */
};

/**
 * process_clone - fork, vfork, a new thread: what clone(2) makes
 *
 * Three kinds, as programs use them: nothing shared (fork), the address space until exec or exit (CLONE_VM with
 * CLONE_VFORK), everything (CLONE_THREAD with VM, FS, FILES, SIGHAND). Others are -TENON_EINVAL.
 *
 * Return: the new id; -TENON_EAGAIN: too many tasks; -TENON_ENOMEM; -TENON_EINVAL; -TENON_EFAULT.
 */
int64_t process_clone(const struct clone_request *r);

#endif
