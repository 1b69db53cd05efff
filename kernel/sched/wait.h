/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Waiting. A *wait* is one thread that waits, a *waiter* its registration with one queue; a wait may stand in several
 * queues at once (poll). A wake-up is remembered in the wait, so one that comes between looking and sleeping is not
 * lost:
 *
 *	wait_init(&w); wait_add(&r, &w, &queue);
 *	while (!condition && !err)
 *		err = wait_sleep(&w, deadline, WAIT_SIGNAL);
 *	wait_remove(&r);
 *
 * which is what wait_event() does. Every waker makes the condition true first, and wakes then. Wake-ups may be
 * spurious.
 *
 * The same calls serve in host programs' tests, with threads of the C library behind them.
 */
#ifndef KERNEL_SCHED_WAIT_H
#define KERNEL_SCHED_WAIT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/sched/lock.h"

#define DEADLINE_NONE UINT64_MAX

/* What ends a wait besides a wake-up and its deadline. */
enum wait_mode {
	WAIT_KILL,     /* the thread is told to end (a fatal signal) */
	WAIT_SIGNAL,   /* that, or any signal that it takes */
	WAIT_DEADLINE, /* nothing: only for waits with a deadline, or whose waker is the kernel's own and sure to come */
};

struct thread;

struct wait {
	struct thread *thread;
	_Atomic bool woken;
};

struct wait_queue {
	struct spinlock lock;
	struct waiter *first, *last;
};

struct waiter {
	struct waiter *next, *prev;
	struct wait *wait;
	struct wait_queue *queue;
};

#define WAIT_QUEUE_INIT { .lock = SPINLOCK_INIT(LOCK_WAIT) }

void wait_queue_init(struct wait_queue *q);

/* For the thread that runs. */
void wait_init(struct wait *w);
void wait_add(struct waiter *r, struct wait *w, struct wait_queue *q);
/* Afterwards no waker knows of it. */
void wait_remove(struct waiter *r);

/**
 * wait_sleep - sleep until woken, and take the wake-up
 * @deadline_ns: of clock_ns(), or DEADLINE_NONE
 *
 * In a thread, interrupts on, no spin lock held.
 *
 * Return: 0 woken, -TENON_ETIMEDOUT, -TENON_EINTR by what @mode says; a wake-up counts before both.
 */
int wait_sleep(struct wait *w, uint64_t deadline_ns, enum wait_mode mode);

/*
 * No signal ends what the thread that runs waits for, or again one may: it gives back what nobody would give back later.
 * Return: how it was before.
 */
bool wait_insist(bool insist);

/* Any context. Those who wait are made runnable; this returns at once. */
void wait_wake(struct wait *w);
void wait_wake_all(struct wait_queue *q);

/* Until @condition, which may be looked at often. Value: 0, -TENON_ETIMEDOUT, -TENON_EINTR. */
#define wait_event(q, condition, deadline_ns, mode)                                                                    \
	({                                                                                                             \
		struct wait wait_;                                                                                     \
		struct waiter waiter_;                                                                                 \
		int wait_err_ = 0;                                                                                     \
		wait_init(&wait_);                                                                                     \
		wait_add(&waiter_, &wait_, (q));                                                                       \
		while (!(condition) && !wait_err_)                                                                     \
			wait_err_ = wait_sleep(&wait_, (deadline_ns), (mode));                                         \
		wait_remove(&waiter_);                                                                                 \
		wait_err_;                                                                                             \
	})

/* Sleep for nothing else. Return: -TENON_ETIMEDOUT when it is time, -TENON_EINTR by what @mode says. */
int sleep_until(uint64_t deadline_ns, enum wait_mode mode);

#endif
