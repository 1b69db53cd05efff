/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The scheduler's inside, for wait queues, timers, the boot and interrupts. */
#ifndef KERNEL_SCHED_RUN_H
#define KERNEL_SCHED_RUN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct cpu;
struct thread;

/**
 * run_sleep - sleep until @woken, until one of the interrupts @ends, or until @deadline_ns has passed
 *
 * Looks at them under the lock under which run_wake() acts, so nothing is missed. Takes a wake-up, clearing @woken.
 *
 * Return: whether it was woken.
 */
bool run_sleep(_Atomic bool *woken, unsigned ends, uint64_t deadline_ns);
/* Set @woken, if given, and make @t look again. Any context. */
void run_wake(struct thread *t, _Atomic bool *woken);

/* The thread that boots @cpu goes on as @t, which was made for it and never started, in @then. It will idle. */
_Noreturn void run_become_idle(struct cpu *cpu, struct thread *t, void (*then)(void));
/* What an idle thread does once its CPU is ready. */
_Noreturn void run_idle(void);

/* Look at the slice of the thread that runs on @cpu, this one; interrupts off. */
void run_slice(struct cpu *cpu, uint64_t now);

/* stack.c: a stack, mapped, its highest byte + 1; NULL: no memory. May sleep. */
uint8_t *stack_make(void);
/* Any context; it may be on it that this is called. Kept for the next one. */
void stack_drop(uint8_t *top);
/* Give back what is kept. May sleep. */
void stacks_trim(void);
/* Are so many kept that it is time to? */
bool stacks_many(void);
/* Of all that are mapped, used or kept. */
uint64_t stacks_bytes(void);

#endif
