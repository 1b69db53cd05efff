/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Structures that several families take from programs and give to them. */
#ifndef KERNEL_SYSCALL_COPY_H
#define KERNEL_SYSCALL_COPY_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/mm/user.h"

struct time_spec { /* struct timespec; of timeval the second is in microseconds */
	int64_t s, ns;
};

/**
 * copy_versioned_in - a structure that grew over time, with its size given
 * @known: bytes of @dst, which is zeroed
 * @least: its first size
 *
 * Return: 0; -TENON_EINVAL: too small; -TENON_E2BIG: not zero beyond what is known; -TENON_EFAULT.
 */
int copy_versioned_in(void *dst, size_t known, user_addr src, uint64_t bytes, size_t least);

/*
 * A struct timespec as nanoseconds, cut to INT64_MAX: added to the time it stays in the future, so that what a program repeats
 * does not repeat at once and for ever. Return: 0, -TENON_EFAULT, -TENON_EINVAL.
 */
int time_in(user_addr src, uint64_t *ns);
int time_out(user_addr dst, uint64_t ns);
/* The same of a struct timeval. */
int timeval_in(user_addr src, uint64_t *ns);
int timeval_out(user_addr dst, uint64_t ns);

/* A struct rusage with this time on a CPU. Return: 0 or -TENON_EFAULT. */
int rusage_out(user_addr dst, uint64_t run_ns);

#endif
