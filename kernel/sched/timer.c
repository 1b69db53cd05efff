// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Timers, in a pairing heap for each CPU (Fredman, Sedgewick, Sleator, Tarjan: The Pairing Heap, 1986): setting one
 * takes constant time, the first one out logarithmic, amortised. A CPU's timer_lock protects its heap.
 */
#include "kernel/sched/timer.h"

#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/sched/clockwork.h"
#include "kernel/sched/run.h"

#define ARM_MIN_NS 1000
#define ARM_MAX_NS NS_PER_SECOND

void clockwork_arm(struct cpu *cpu, uint64_t deadline_ns)
{
	uint64_t now, wait;

	if (deadline_ns >= cpu->armed_ns)
		return;
	now = clock_ns();
	wait = deadline_ns > now ? deadline_ns - now : 0;
	if (wait > ARM_MAX_NS)
		wait = ARM_MAX_NS;
	if (wait < ARM_MIN_NS)
		wait = ARM_MIN_NS;
	cpu->armed_ns = now + wait;
	apic_timer_arm(wait);
}

/* ---- the heap ---------------------------------------------------------------------------------------------------- */

static struct timer *meld(struct timer *a, struct timer *b)
{
	struct timer *first = a, *other = b;

	if (!a || !b)
		return a ? a : b;
	if (b->deadline_ns < a->deadline_ns) {
		first = b;
		other = a;
	}
	other->prev = first;
	other->sibling = first->child;
	if (other->sibling)
		other->sibling->prev = other;
	first->child = other;
	return first;
}

/* All of a list of siblings into one: in pairs from the left, then together. Return: without prev and sibling. */
static struct timer *meld_siblings(struct timer *t)
{
	struct timer *pairs = NULL, *all = NULL;

	while (t) {
		struct timer *a = t, *b = t->sibling;

		t = b ? b->sibling : NULL;
		a->sibling = NULL;
		if (b)
			b->sibling = NULL;
		a = meld(a, b);
		a->sibling = pairs;
		pairs = a;
	}
	while (pairs) {
		struct timer *next = pairs->sibling;

		pairs->sibling = NULL;
		all = meld(all, pairs);
		pairs = next;
	}
	if (all)
		all->prev = NULL;
	return all;
}

static void take_out(struct cpu *cpu, struct timer *t)
{
	struct timer *children = meld_siblings(t->child);

	if (cpu->timers == t) {
		cpu->timers = children;
	} else {
		if (t->prev->child == t)
			t->prev->child = t->sibling;
		else
			t->prev->sibling = t->sibling;
		if (t->sibling)
			t->sibling->prev = t->prev;
		cpu->timers = meld(cpu->timers, children);
	}
	t->child = t->sibling = t->prev = NULL;
	__atomic_store_n(&t->cpu, NULL, __ATOMIC_RELEASE);
}

/* ---- what others call -------------------------------------------------------------------------------------------- */

void timer_set(struct timer *t, uint64_t deadline_ns, void (*fn)(struct timer *t))
{
	bool were_on = interrupts_on();
	struct cpu *cpu;

	interrupts_disable();
	cpu = cpu_current();
	spin_lock(&cpu->timer_lock);
	t->deadline_ns = deadline_ns;
	t->fn = fn;
	t->child = t->sibling = t->prev = NULL;
	__atomic_store_n(&t->cpu, cpu, __ATOMIC_RELEASE);
	cpu->timers = meld(cpu->timers, t);
	if (cpu->timers == t)
		clockwork_arm(cpu, deadline_ns);
	spin_unlock(&cpu->timer_lock);
	if (were_on)
		interrupts_enable();
}

/*
 * The CPU is read without its lock, so it is compared again with it. A function that runs may set its timer again: look
 * until neither is so.
 */
bool timer_cancel(struct timer *t)
{
	bool was_set = false;

	for (unsigned i = 0; i < cpu_cnt; i++) {
		struct cpu *cpu = &cpus[i];
		bool running;

		do {
			spin_lock(&cpu->timer_lock);
			if (__atomic_load_n(&t->cpu, __ATOMIC_ACQUIRE) == cpu) {
				take_out(cpu, t);
				was_set = true;
			}
			running = cpu->timer_running == t;
			spin_unlock(&cpu->timer_lock);
			if (running)
				cpu_pause();
		} while (running);
	}
	return was_set;
}

void timer_interrupt(void)
{
	struct cpu *cpu = cpu_current();
	uint64_t now = clock_ns();
	struct timer *t;

	cpu->armed_ns = UINT64_MAX;
	spin_lock(&cpu->timer_lock);
	while ((t = cpu->timers) && t->deadline_ns <= now) {
		void (*fn)(struct timer * t) = t->fn;

		take_out(cpu, t);
		cpu->timer_running = t;
		spin_unlock(&cpu->timer_lock);
		fn(t);
		spin_lock(&cpu->timer_lock);
		cpu->timer_running = NULL;
		now = clock_ns();
	}
	if (t)
		clockwork_arm(cpu, t->deadline_ns);
	spin_unlock(&cpu->timer_lock);
	run_slice(cpu, now);
}
