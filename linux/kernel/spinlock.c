// SPDX-License-Identifier: GPL-2.0-only
/*
 * Spinlocks. Linux builds its modules so that all locking and unlocking is a call: what is in
 * the lock word is ours. Interrupts are what callbacks of the kernel are here; they run on threads, so that there is
 * nothing to switch off.
 */
#include <linux/preempt.h>
#include <linux/spinlock.h>

#include "linux/glue.h"
#include "linux/export.h"

static bool take(raw_spinlock_t *lock)
{
	return !atomic_xchg_acquire(&lock->raw_lock.val, 1);
}

/* The holder runs on another virtual CPU, whose thread may have to be let run. */
void __lockfunc _raw_spin_lock(raw_spinlock_t *lock)
{
	preempt_disable();
	while (!take(lock))
		lx_relax();
}
EXPORT_SYMBOL(_raw_spin_lock);

int __lockfunc _raw_spin_trylock(raw_spinlock_t *lock)
{
	preempt_disable();
	if (take(lock))
		return 1;
	preempt_enable_no_resched();
	return 0;
}
EXPORT_SYMBOL(_raw_spin_trylock);

void __lockfunc _raw_spin_unlock(raw_spinlock_t *lock)
{
	atomic_set_release(&lock->raw_lock.val, 0);
	preempt_enable_no_resched();
}
EXPORT_SYMBOL(_raw_spin_unlock);

unsigned long __lockfunc _raw_spin_lock_irqsave(raw_spinlock_t *lock)
{
	_raw_spin_lock(lock);
	return 0;
}
EXPORT_SYMBOL(_raw_spin_lock_irqsave);

void __lockfunc _raw_spin_unlock_irqrestore(raw_spinlock_t *lock, unsigned long flags)
{
	(void)flags;
	_raw_spin_unlock(lock);
}
EXPORT_SYMBOL(_raw_spin_unlock_irqrestore);

void __lockfunc _raw_spin_lock_irq(raw_spinlock_t *lock)
{
	_raw_spin_lock(lock);
}
EXPORT_SYMBOL(_raw_spin_lock_irq);

void __lockfunc _raw_spin_unlock_irq(raw_spinlock_t *lock)
{
	_raw_spin_unlock(lock);
}
EXPORT_SYMBOL(_raw_spin_unlock_irq);

void __lockfunc _raw_spin_lock_bh(raw_spinlock_t *lock)
{
	_raw_spin_lock(lock);
}
EXPORT_SYMBOL(_raw_spin_lock_bh);

void __lockfunc _raw_spin_unlock_bh(raw_spinlock_t *lock)
{
	_raw_spin_unlock(lock);
}
EXPORT_SYMBOL(_raw_spin_unlock_bh);
