// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order in which a watched module takes its own locks, as lockdep sees it: what was ever taken while another one was held
 * comes after that one, in all threads, and a lock that comes both before and after another can deadlock. And spinlocks that
 * are taken in a softirq or an interrupt, and elsewhere with these on.
 *
 * A lock stands for all of its kind: those at the same place of what is allocated at the same place. Among locks of one kind
 * it is itself, for what Linux's code says of their nesting is not compiled into modules. The module's locks are those in
 * static memory and in its allocations.
 */
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/kernel/lock_order.h"
#include "linux/kernel/watch.h"

#define ORDERS_MAX 512
#define USES_MAX 256
#define KINDS_MAX 64 /* that are followed from one lock to others */

enum context { CONTEXT_TASK, CONTEXT_SOFTIRQ, CONTEXT_IRQ, CONTEXT_CNT };

static arch_spinlock_t lock = __ARCH_SPIN_LOCK_UNLOCKED;

/*
 * @after was taken at @pc while @before was held. Lock held; new ones come at the end. Tables are allocated, for among
 * linux.ko's variables callbacks.c looks for what leads to the module.
 */
static struct order {
	unsigned long before, after, pc;
} * orders;
static unsigned int order_cnt;

/* Where a kind of spinlocks is taken: in each context, and where that context might interrupt it. Lock held, likewise. */
static struct use {
	unsigned long kind;
	struct {
		unsigned long in, on;               /* where, or 0 */
		unsigned long in_shared, on_shared; /* by readers, who do not wait for each other */
	} at[CONTEXT_CNT];
} * uses;
static unsigned int use_cnt;

int linux_locks_start(void)
{
	if (orders)
		return 0;
	uses = lx_alloc(USES_MAX * sizeof(*uses));
	orders = uses ? lx_alloc(ORDERS_MAX * sizeof(*orders)) : NULL;
	return orders ? 0 : -ENOMEM;
}

static unsigned long kind_of(const void *which)
{
	unsigned long offset, hash;
	const struct trace *by;

	if (linux_watched_data((unsigned long)which))
		return (unsigned long)which;
	by = linux_guard_origin(which, &offset);
	if (!by)
		return 0;
	hash = offset;
	for (unsigned int i = 0; i < by->cnt; i++)
		hash = (hash ^ by->pc[i]) * 0x9e3779b97f4a7c15ul;
	return hash | 1ul << 63;
}

static unsigned int context_now(void)
{
	if (in_hardirq())
		return CONTEXT_IRQ;
	return in_serving_softirq() ? CONTEXT_SOFTIRQ : CONTEXT_TASK;
}

/* ---- one after the other ---- */

/* Linux's own code may have let it go meanwhile, and its memory may be gone. All locks begin with a word that is 0 when free. */
static bool is_held(const struct lock_taken *t)
{
	unsigned int word;

	return !copy_from_kernel_nofault(&word, t->lock, sizeof(word)) && word;
}

static bool is_known(unsigned long before, unsigned long after)
{
	for (unsigned int i = 0; i < order_cnt; i++)
		if (orders[i].before == before && orders[i].after == after)
			return true;
	return false;
}

/* Return: where what leads from @from to @to begins, or 0: nothing does. */
static unsigned long way(unsigned long from, unsigned long to)
{
	struct {
		unsigned long kind, begins;
	} seen[KINDS_MAX] = { { from, 0 } };
	unsigned int cnt = 1;

	for (unsigned int i = 0; i < cnt; i++)
		for (unsigned int n = 0; n < order_cnt; n++) {
			unsigned long begins = seen[i].begins ?: orders[n].pc;
			unsigned int k = 0;

			if (orders[n].before != seen[i].kind)
				continue;
			if (orders[n].after == to)
				return begins;
			while (k < cnt && seen[k].kind != orders[n].after)
				k++;
			if (k == cnt && cnt < KINDS_MAX) {
				seen[cnt].kind = orders[n].after;
				seen[cnt++].begins = begins;
			}
		}
	return 0;
}

/* Return: where the other order was seen first, or 0. */
static unsigned long add_order(unsigned long before, unsigned long after, unsigned long pc)
{
	unsigned long other = 0;

	arch_spin_lock(&lock);
	if (!is_known(before, after)) {
		other = way(after, before);
		if (order_cnt < ORDERS_MAX)
			orders[order_cnt++] = (struct order){ before, after, pc };
	}
	arch_spin_unlock(&lock);
	return other;
}

static void report(const char *kind, const void *which, unsigned long other)
{
	struct trace t;

	linux_trace_here(&t);
	linux_finding_against(kind, (unsigned long)which, &t, other);
}

static void look_at_order(const struct locks_taken *taken, const void *which, unsigned long kind, unsigned int context,
			  unsigned long pc)
{
	for (unsigned int i = 0; i < taken->cnt; i++) {
		const struct lock_taken *t = &taken->at[i];
		unsigned long before = kind_of(t->lock), other;

		if (t->context != context || t->lock == which || !before || !is_held(t))
			continue;
		other = before == kind ? add_order((unsigned long)t->lock, (unsigned long)which, pc) :
					 add_order(before, kind, pc);
		if (other)
			report("lock-order", which, other);
	}
}

/* ---- in interrupts and elsewhere ---- */

static struct use *use_of(unsigned long kind)
{
	for (unsigned int i = 0; i < use_cnt; i++)
		if (uses[i].kind == kind)
			return &uses[i];
	if (use_cnt == USES_MAX)
		return NULL;
	uses[use_cnt].kind = kind;
	return &uses[use_cnt++];
}

/* What interrupts @context waits for ever for a lock that was taken there with it on. Return: the other place, or 0. */
static unsigned long note_use(struct use *u, unsigned int context, unsigned int how, unsigned long pc)
{
	unsigned long other = 0;
	bool shared = how & LOCK_SHARED;

	if (context != CONTEXT_TASK && !(how & LOCK_TRIED)) {
		other = u->at[context].on ?: shared ? 0 : u->at[context].on_shared;
		*(shared ? &u->at[context].in_shared : &u->at[context].in) = pc;
	}
	for (unsigned int c = context + 1; c < CONTEXT_CNT; c++) {
		if (irqs_disabled() || how & LOCK_NO_IRQ ||
		    (c == CONTEXT_SOFTIRQ && (softirq_count() || how & LOCK_NO_SOFTIRQ)))
			continue;
		other = other ?: u->at[c].in ?: shared ? 0 : u->at[c].in_shared;
		*(shared ? &u->at[c].on_shared : &u->at[c].on) = pc;
	}
	return other;
}

static void look_at_use(const void *which, unsigned long kind, unsigned int context, unsigned int how, unsigned long pc)
{
	unsigned long other = 0;
	struct use *u;

	arch_spin_lock(&lock);
	u = use_of(kind);
	if (u)
		other = note_use(u, context, how, pc);
	arch_spin_unlock(&lock);
	if (other)
		report("lock-irq", which, other);
}

/* ---- what the calls tell ---- */

void linux_lock_wanted(const void *which, unsigned int how, unsigned long pc)
{
	struct locks_taken *taken = &linux_task_of(current)->locks;
	unsigned int context = context_now();
	unsigned long kind;

	if (!linux_watched(pc))
		return;
	kind = kind_of(which);
	if (!kind)
		return;
	if (!(how & LOCK_TRIED))
		look_at_order(taken, which, kind, context, pc);
	if (!(how & LOCK_SLEEPS))
		look_at_use(which, kind, context, how, pc);
	if (taken->cnt < LOCKS_TAKEN_MAX)
		taken->at[taken->cnt++] = (struct lock_taken){ which, how, context };
}

void linux_lock_dropped(const void *which)
{
	struct locks_taken *taken = &linux_task_of(current)->locks;
	unsigned int i = taken->cnt;

	while (i && taken->at[i - 1].lock != which)
		i--;
	if (!i)
		return;
	taken->cnt--;
	memmove(&taken->at[i - 1], &taken->at[i], (taken->cnt - (i - 1)) * sizeof(taken->at[0]));
}
