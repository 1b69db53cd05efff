// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Spin locks, and in debug builds the record of what each thread holds. Whoever finds a lock free takes it: where CPUs
 * are a host's threads, a queue would wait for the next in it whenever that does not run.
 */
#include "kernel/sched/lock.h"

#include "kernel/arch/x86_64/insn.h"
#include "kernel/log.h"
#include "kernel/sched/held.h"
#include "kernel/sched/thread.h"

#ifdef KERNEL_DEBUG

/* With interrupts off: they take locks too, as the thread that they interrupt, and find and leave the record whole. */
void held_add(uint8_t rank, bool second, const void *lock)
{
	bool were_on = interrupts_on();
	struct thread *t;

	interrupts_disable();
	t = thread_current();
	for (unsigned i = 0; i < t->lock_cnt; i++)
		if (t->lock_rank[i] > rank || (t->lock_rank[i] == rank && !second))
			panic("lock %p of rank %u is taken while one of rank %u is held", lock, rank, t->lock_rank[i]);
	if (t->lock_cnt == sizeof(t->lock_rank))
		panic("more than %zu locks are held", sizeof(t->lock_rank));
	t->lock_rank[t->lock_cnt++] = rank;
	if (were_on)
		interrupts_enable();
}

void held_remove(uint8_t rank)
{
	bool were_on = interrupts_on();
	struct thread *t;
	unsigned i;

	interrupts_disable();
	t = thread_current();
	for (i = t->lock_cnt; i > 0 && t->lock_rank[i - 1] != rank; i--)
		;
	if (!i)
		panic("a lock of rank %u is given back, which this thread does not hold", rank);
	for (t->lock_cnt--; i <= t->lock_cnt; i++)
		t->lock_rank[i - 1] = t->lock_rank[i];
	if (were_on)
		interrupts_enable();
}

#endif

void spin_init(struct spinlock *l, enum lock_rank rank)
{
	*l = (struct spinlock)SPINLOCK_INIT((uint8_t)rank);
}

static void take(struct spinlock *l, bool second, const void *where)
{
	bool were_on = interrupts_on();
	struct thread *t;

	interrupts_disable();
	t = thread_current();
	if (l->owner == t)
		panic("spin lock %p is taken twice, first by %p", (void *)l, l->where);
	held_add(l->rank, second, l);
	if (t->spin_depth++ == 0)
		t->spin_restore = were_on;
	while (atomic_exchange_explicit(&l->taken, true, memory_order_acquire))
		while (atomic_load_explicit(&l->taken, memory_order_relaxed))
			cpu_pause();
	l->owner = t;
	l->where = where;
}

void spin_lock(struct spinlock *l)
{
	take(l, false, __builtin_return_address(0));
}

void spin_lock_second(struct spinlock *l)
{
	take(l, true, __builtin_return_address(0));
}

void spin_unlock(struct spinlock *l)
{
	struct thread *t = thread_current();

	if (l->owner != t)
		panic("spin lock %p is given back by another thread than took it", (void *)l);
	held_remove(l->rank);
	l->owner = NULL;
	atomic_store_explicit(&l->taken, false, memory_order_release);
	if (--t->spin_depth == 0 && t->spin_restore)
		interrupts_enable();
}

bool spin_any_held(void)
{
	return thread_current()->spin_depth;
}
