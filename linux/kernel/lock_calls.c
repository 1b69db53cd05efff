// SPDX-License-Identifier: GPL-2.0-only
/* What modules get for Linux's functions that take locks (library/locks.h): these, with a note of what a watched module takes. */
#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

#include "linux/kernel/lock_order.h"
#include "linux/kernel/watch.h"

#define CALLER ((unsigned long)__builtin_return_address(0))
#define WANTS(lock, how)                                                                                               \
	if (unlikely(linux_watching))                                                                                  \
	linux_lock_wanted(lock, how, CALLER)
#define DROPS(lock)                                                                                                    \
	if (unlikely(linux_watching))                                                                                  \
	linux_lock_dropped(lock)

/* The prototypes are Linux's own. */
#define WATCHED(name) typeof(name) watched_##name

#define TAKES(name, lock_t, how)                                                                                       \
	WATCHED(name);                                                                                                 \
	void watched_##name(lock_t *lock)                                                                              \
	{                                                                                                              \
		WANTS(lock, how);                                                                                      \
		name(lock);                                                                                            \
	}

#define SAVES(name, lock_t, how)                                                                                       \
	WATCHED(name);                                                                                                 \
	unsigned long watched_##name(lock_t *lock)                                                                     \
	{                                                                                                              \
		WANTS(lock, how);                                                                                      \
		return name(lock);                                                                                     \
	}

/* 0: it has been taken. */
#define MAY_FAIL(name, lock_t, how)                                                                                    \
	WATCHED(name);                                                                                                 \
	int watched_##name(lock_t *lock)                                                                               \
	{                                                                                                              \
		int err;                                                                                               \
                                                                                                                       \
		WANTS(lock, how);                                                                                      \
		err = name(lock);                                                                                      \
		if (err)                                                                                               \
			DROPS(lock);                                                                                   \
		return err;                                                                                            \
	}

/* 1: it has been taken. Nothing was waited for. */
#define TRIES(name, lock_t, how)                                                                                       \
	WATCHED(name);                                                                                                 \
	int watched_##name(lock_t *lock)                                                                               \
	{                                                                                                              \
		int done = name(lock);                                                                                 \
                                                                                                                       \
		if (done)                                                                                              \
			WANTS(lock, (how) | LOCK_TRIED);                                                               \
		return done;                                                                                           \
	}

#define GIVES(name, lock_t)                                                                                            \
	WATCHED(name);                                                                                                 \
	void watched_##name(lock_t *lock)                                                                              \
	{                                                                                                              \
		DROPS(lock);                                                                                           \
		name(lock);                                                                                            \
	}

#define RESTORES(name, lock_t)                                                                                         \
	WATCHED(name);                                                                                                 \
	void watched_##name(lock_t *lock, unsigned long flags)                                                         \
	{                                                                                                              \
		DROPS(lock);                                                                                           \
		name(lock, flags);                                                                                     \
	}

// clang-format off
TAKES(mutex_lock, struct mutex, LOCK_SLEEPS)
TAKES(mutex_lock_io, struct mutex, LOCK_SLEEPS)
MAY_FAIL(mutex_lock_interruptible, struct mutex, LOCK_SLEEPS)
MAY_FAIL(mutex_lock_killable, struct mutex, LOCK_SLEEPS)
TRIES(mutex_trylock, struct mutex, LOCK_SLEEPS)
GIVES(mutex_unlock, struct mutex)

TAKES(down_read, struct rw_semaphore, LOCK_SLEEPS | LOCK_SHARED)
MAY_FAIL(down_read_interruptible, struct rw_semaphore, LOCK_SLEEPS | LOCK_SHARED)
MAY_FAIL(down_read_killable, struct rw_semaphore, LOCK_SLEEPS | LOCK_SHARED)
TRIES(down_read_trylock, struct rw_semaphore, LOCK_SLEEPS | LOCK_SHARED)
GIVES(up_read, struct rw_semaphore)
TAKES(down_write, struct rw_semaphore, LOCK_SLEEPS)
MAY_FAIL(down_write_killable, struct rw_semaphore, LOCK_SLEEPS)
TRIES(down_write_trylock, struct rw_semaphore, LOCK_SLEEPS)
GIVES(up_write, struct rw_semaphore)

TAKES(_raw_spin_lock, raw_spinlock_t, 0)
TAKES(_raw_spin_lock_bh, raw_spinlock_t, LOCK_NO_SOFTIRQ)
TAKES(_raw_spin_lock_irq, raw_spinlock_t, LOCK_NO_SOFTIRQ | LOCK_NO_IRQ)
SAVES(_raw_spin_lock_irqsave, raw_spinlock_t, LOCK_NO_SOFTIRQ | LOCK_NO_IRQ)
TRIES(_raw_spin_trylock, raw_spinlock_t, 0)
TRIES(_raw_spin_trylock_bh, raw_spinlock_t, LOCK_NO_SOFTIRQ)
GIVES(_raw_spin_unlock, raw_spinlock_t)
GIVES(_raw_spin_unlock_bh, raw_spinlock_t)
GIVES(_raw_spin_unlock_irq, raw_spinlock_t)
RESTORES(_raw_spin_unlock_irqrestore, raw_spinlock_t)

#ifndef CONFIG_PREEMPT_RT /* which has other functions for these, for spinlocks and for mutexes: they are not looked at */
TAKES(_raw_read_lock, rwlock_t, LOCK_SHARED)
TAKES(_raw_read_lock_bh, rwlock_t, LOCK_SHARED | LOCK_NO_SOFTIRQ)
TAKES(_raw_read_lock_irq, rwlock_t, LOCK_SHARED | LOCK_NO_SOFTIRQ | LOCK_NO_IRQ)
SAVES(_raw_read_lock_irqsave, rwlock_t, LOCK_SHARED | LOCK_NO_SOFTIRQ | LOCK_NO_IRQ)
TRIES(_raw_read_trylock, rwlock_t, LOCK_SHARED)
GIVES(_raw_read_unlock, rwlock_t)
GIVES(_raw_read_unlock_bh, rwlock_t)
GIVES(_raw_read_unlock_irq, rwlock_t)
RESTORES(_raw_read_unlock_irqrestore, rwlock_t)
TAKES(_raw_write_lock, rwlock_t, 0)
TAKES(_raw_write_lock_bh, rwlock_t, LOCK_NO_SOFTIRQ)
TAKES(_raw_write_lock_irq, rwlock_t, LOCK_NO_SOFTIRQ | LOCK_NO_IRQ)
SAVES(_raw_write_lock_irqsave, rwlock_t, LOCK_NO_SOFTIRQ | LOCK_NO_IRQ)
TRIES(_raw_write_trylock, rwlock_t, 0)
GIVES(_raw_write_unlock, rwlock_t)
GIVES(_raw_write_unlock_bh, rwlock_t)
GIVES(_raw_write_unlock_irq, rwlock_t)
RESTORES(_raw_write_unlock_irqrestore, rwlock_t)
// clang-format on

/* Not made of the one above: it has a name for lockdep, which is not there. */
WATCHED(_raw_write_lock_nested);
void watched__raw_write_lock_nested(rwlock_t *lock, int subclass)
{
	WANTS(lock, 0);
	_raw_write_lock_nested(lock, subclass);
}
#endif
