/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Time and timers. */
#ifndef KERNEL_SCHED_TIMER_H
#define KERNEL_SCHED_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_SECOND 1000000000ull

/* Nanoseconds since boot; never goes back. Any context. */
uint64_t clock_ns(void);
/* Nanoseconds since 1970 at clock_ns() 0: add clock_ns() for the time of day. clock_set_boot_time() sets the time. */
int64_t clock_boot_time_ns(void);
void clock_set_boot_time(int64_t ns);

struct cpu;

/* Belongs to whoever set it, zeroed at first. Its memory stays until timer_cancel() returned or it has run. */
struct timer {
	uint64_t deadline_ns;
	void (*fn)(struct timer *t);
	struct timer *child, *sibling, *prev; /* in a pairing heap; prev: parent or the sibling before */
	struct cpu *cpu;                      /* where it is set; NULL: not set */
};

/**
 * timer_set - call @fn once at @deadline_ns
 *
 * @fn is called in an interrupt, interrupts off; it may wake, and set the timer again. @t must not be set. Any context.
 */
void timer_set(struct timer *t, uint64_t deadline_ns, void (*fn)(struct timer *t));

/**
 * timer_cancel - the timer is not set, and its function does not run on another CPU, afterwards
 *
 * Not with a lock held that the function takes.
 *
 * Return: whether it was set, so its function was not called.
 */
bool timer_cancel(struct timer *t);

#endif
