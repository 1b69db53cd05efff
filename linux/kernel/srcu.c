// SPDX-License-Identifier: GPL-2.0-only
/*
 * SRCU: readers that may sleep are counted, per virtual CPU, in one of two sets; a grace period makes new readers use the
 * other one and waits until the sums of the old one are equal, twice (McKenney: "Sleepable RCU", and the comments of
 * Linux's srcutree.c on the barriers, which have the same names here).
 */
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/srcu.h>

#include "linux/x86/percpu.h"
#include "linux/versions.h"
#include "linux/export.h"

static DEFINE_MUTEX(lock); /* one grace period at a time */

/* Counters of a CPU's own: in 6.12 of a type that those who interrupt one another may change. */
#if LINUX_SINCE(6, 12)
#define COUNTER(c) (c).counter
#else
#define COUNTER(c) (c)
#endif

int init_srcu_struct(struct srcu_struct *s)
{
	memset(s, 0, sizeof(*s));
	s->sda = alloc_percpu(struct srcu_data);
	return s->sda ? 0 : -ENOMEM;
}
EXPORT_SYMBOL_GPL(init_srcu_struct);

void cleanup_srcu_struct(struct srcu_struct *s)
{
	free_percpu(s->sda);
	s->sda = NULL;
}
EXPORT_SYMBOL_GPL(cleanup_srcu_struct);

int __srcu_read_lock(struct srcu_struct *s)
{
	int idx = READ_ONCE(s->srcu_idx) & 1;

	this_cpu_inc(COUNTER(s->sda->srcu_lock_count[idx]));
	smp_mb(); /* B */
	return idx;
}
EXPORT_SYMBOL_GPL(__srcu_read_lock);

void __srcu_read_unlock(struct srcu_struct *s, int idx)
{
	smp_mb(); /* C */
	this_cpu_inc(COUNTER(s->sda->srcu_unlock_count[idx]));
}
EXPORT_SYMBOL_GPL(__srcu_read_unlock);

static bool has_readers(struct srcu_struct *s, int idx)
{
	unsigned long locks = 0, unlocks = 0;

	for (int cpu = 0; cpu < LINUX_CPU_CNT; cpu++)
		unlocks += READ_ONCE(COUNTER(per_cpu_ptr(s->sda, cpu)->srcu_unlock_count[idx]));
	smp_mb(); /* A */
	for (int cpu = 0; cpu < LINUX_CPU_CNT; cpu++)
		locks += READ_ONCE(COUNTER(per_cpu_ptr(s->sda, cpu)->srcu_lock_count[idx]));
	return locks != unlocks;
}

void synchronize_srcu(struct srcu_struct *s)
{
	mutex_lock(&lock);
	smp_mb(); /* E */
	for (int turn = 0; turn < 2; turn++) {
		int old = s->srcu_idx & 1;

		while (has_readers(s, old ^ 1))
			schedule_timeout_uninterruptible(1);
		WRITE_ONCE(s->srcu_idx, s->srcu_idx + 1);
		smp_mb(); /* D */
		while (has_readers(s, old))
			schedule_timeout_uninterruptible(1);
	}
	mutex_unlock(&lock);
}
EXPORT_SYMBOL_GPL(synchronize_srcu);

void synchronize_srcu_expedited(struct srcu_struct *s)
{
	synchronize_srcu(s);
}
EXPORT_SYMBOL_GPL(synchronize_srcu_expedited);
