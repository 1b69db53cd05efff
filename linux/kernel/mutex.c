// SPDX-License-Identifier: GPL-2.0-only
/* Mutexes. The owner word is Linux's: the task that has it, or 0. Who waits gives the virtual CPU back. */
#include <linux/mutex.h>
#include <linux/sched.h>

#include "linux/glue.h"
#include "linux/export.h"

void __mutex_init(struct mutex *lock, const char *name, struct lock_class_key *key)
{
	(void)name, (void)key;
	atomic_long_set(&lock->owner, 0);
	raw_spin_lock_init(&lock->wait_lock);
	INIT_LIST_HEAD(&lock->wait_list);
	osq_lock_init(&lock->osq);
}
EXPORT_SYMBOL(__mutex_init);

int mutex_trylock(struct mutex *lock)
{
	long none = 0;

	return atomic_long_try_cmpxchg_acquire(&lock->owner, &none, (long)current);
}
EXPORT_SYMBOL(mutex_trylock);

void mutex_lock(struct mutex *lock)
{
	while (!mutex_trylock(lock))
		lx_wait();
}
EXPORT_SYMBOL(mutex_lock);

/* No signal reaches Linux code here. */
int mutex_lock_interruptible(struct mutex *lock)
{
	mutex_lock(lock);
	return 0;
}
EXPORT_SYMBOL(mutex_lock_interruptible);

int mutex_lock_killable(struct mutex *lock)
{
	mutex_lock(lock);
	return 0;
}
EXPORT_SYMBOL(mutex_lock_killable);

void mutex_unlock(struct mutex *lock)
{
	atomic_long_set_release(&lock->owner, 0);
	lx_wake();
}
EXPORT_SYMBOL(mutex_unlock);

bool mutex_is_locked(struct mutex *lock)
{
	return atomic_long_read(&lock->owner);
}
EXPORT_SYMBOL(mutex_is_locked);
