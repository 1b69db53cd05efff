/* SPDX-License-Identifier: GPL-2.0-only */
/* In which order a watched module takes its locks (lock_order.c), told by what it calls to take them (lock_calls.c). */
#ifndef LINUX_KERNEL_LOCK_ORDER_H
#define LINUX_KERNEL_LOCK_ORDER_H

/* How a lock is taken. */
#define LOCK_SLEEPS 1u     /* a mutex or semaphore; else it spins */
#define LOCK_SHARED 2u     /* for reading, with others */
#define LOCK_TRIED 4u      /* only if it was free: so nobody waits for it */
#define LOCK_NO_SOFTIRQ 8u /* softirqs are off from then on */
#define LOCK_NO_IRQ 16u    /* interrupts, too */

#define LOCKS_TAKEN_MAX 8

/* What a task has of the module's locks, or waits for. */
struct locks_taken {
	unsigned int cnt;
	struct lock_taken {
		const void *lock;
		unsigned int how, context;
	} at[LOCKS_TAKEN_MAX];
};

/* Return: 0 or a negative errno value. */
int linux_locks_start(void);
/* The current task takes it from now on, called at @pc. */
void linux_lock_wanted(const void *lock, unsigned int how, unsigned long pc);
/* ... no longer has it, or did not get it. */
void linux_lock_dropped(const void *lock);

#endif
