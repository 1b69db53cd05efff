// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Threads and the run queue: one queue for all CPUs, first come first served, a slice of time each. `lock` protects it
 * and every thread's state; it is held across a switch of stacks and given back by the thread that comes next.
 */
#include "kernel/sched/thread.h"

#include "tenon/errno.h"
#include "tenon/runtime.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/arch/x86_64/user_switch.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/sched/clockwork.h"
#include "kernel/sched/run.h"
#include "kernel/sched/timer.h"

#define SLICE_NS 4000000ull

/* The one that boots, until it has a stack of the window. */
struct thread boot_thread = { .name = "boot", .state = THREAD_RUNNING, .cpu = &cpus[0], .context = &boot_thread.user };

static struct spinlock lock = SPINLOCK_INIT(LOCK_RUN);
static struct thread *run_first, *run_last;
static struct thread_totals totals;
static _Atomic unsigned last_id;

/*
 * ---- the queue; with the lock held --------------------------------------------------------------------------------
 */

/* Somebody must look at the queue: a CPU that idles, or this one when the slice of its thread ends. */
static void find_cpu(void)
{
	struct cpu *self = cpu_current();

	if (self->current == self->idle) {
		self->reschedule = true;
		return;
	}
	for (unsigned i = 0; i < cpu_cnt; i++)
		if (atomic_load(&cpus[i].idling)) {
			atomic_store(&cpus[i].idling, false);
			apic_send(cpus[i].apic_id, APIC_FIXED | VECTOR_RESCHEDULE);
			return;
		}
	clockwork_arm(self, self->slice_end_ns);
}

static void enqueue(struct thread *t)
{
	t->state = THREAD_RUNNABLE;
	t->run_next = NULL;
	if (run_last)
		run_last->run_next = t;
	else
		run_first = t;
	run_last = t;
	totals.runnable++;
}

static struct thread *dequeue(void)
{
	struct thread *t = run_first;

	if (!t)
		return NULL;
	run_first = t->run_next;
	if (!run_first)
		run_last = NULL;
	totals.runnable--;
	return t;
}

/*
 * ---- switching; with the lock held --------------------------------------------------------------------------------
 */

/* The first thing on a stack that is gone on with. */
static void after_switch(void)
{
	struct thread *previous = cpu_current()->previous;

	if (previous->state == THREAD_DEAD) {
		stack_drop(previous->stack + STACK_BYTES);
		heap_free(previous);
		totals.threads--; /* last: where it is not counted any more, nothing of it is left */
	}
}

static void account(struct cpu *cpu, struct thread *from, struct thread *to)
{
	uint64_t now = clock_ns();

	from->run_ns += now - from->started_ns;
	to->started_ns = now;
	cpu->slice_end_ns = now + SLICE_NS;
	totals.switches++;
}

/* Let the first of the queue run; the thread that runs has a state that is not RUNNING, or goes to the queue's end. */
static void schedule(void)
{
	struct thread *self = thread_current(), *next = dequeue();
	struct cpu *cpu = self->cpu;

	cpu->reschedule = false;
	if (!next && self->state == THREAD_RUNNING)
		return;
	if (!next)
		next = cpu->idle;
	if (self->state == THREAD_RUNNING && self != cpu->idle)
		enqueue(self);
	else if (self == cpu->idle)
		self->state = THREAD_RUNNABLE; /* in no queue, but its time stands still */
	next->state = THREAD_RUNNING;
	atomic_store(&cpu->idling, false);
	account(cpu, self, next);
	if (next != cpu->idle && run_first)
		clockwork_arm(cpu, cpu->slice_end_ns);
	cpu->previous = self;
	lock.owner = next;
	user_switch(cpu, self->context, next->context);
	cpu_set_thread(cpu, next);
	switch_stacks(&self->sp, next->sp);
	after_switch();
}

void schedule_if_asked(void)
{
	if (!cpu_current()->reschedule)
		return;
	spin_lock(&lock);
	schedule();
	spin_unlock(&lock);
}

/* A timer interrupt came: has the thread's slice ended, and does anyone want it? */
void run_slice(struct cpu *cpu, uint64_t now)
{
	if (!run_first || cpu->current == cpu->idle)
		return;
	if (now >= cpu->slice_end_ns)
		cpu->reschedule = true;
	else
		clockwork_arm(cpu, cpu->slice_end_ns);
}

/* Who yields again and again while nobody wants the CPU keeps the lock from nobody, and a virtual CPU lets another go on. */
void thread_yield(void)
{
	if (!run_first) {
		cpu_pause();
		return;
	}
	spin_lock(&lock);
	schedule();
	spin_unlock(&lock);
}

/* ---- sleeping ---------------------------------------------------------------------------------------------------- */

bool run_sleep(_Atomic bool *woken, unsigned ends, uint64_t deadline_ns)
{
	struct thread *self = thread_current();
	bool was_woken;

	spin_lock(&lock);
	for (;;) {
		was_woken = atomic_exchange(woken, false);
		if (was_woken || atomic_load(&self->interrupts) & ends || clock_ns() >= deadline_ns)
			break;
		self->state = THREAD_SLEEPING;
		self->sleep_ends = ends;
		schedule();
	}
	spin_unlock(&lock);
	return was_woken;
}

void run_wake(struct thread *t, _Atomic bool *woken)
{
	spin_lock(&lock);
	if (woken)
		atomic_store(woken, true);
	if (t->state == THREAD_SLEEPING) {
		enqueue(t);
		find_cpu();
	}
	spin_unlock(&lock);
}

void thread_interrupt(struct thread *t, unsigned what)
{
	atomic_fetch_or(&t->interrupts, what);
	spin_lock(&lock);
	if (t->state == THREAD_SLEEPING && t->sleep_ends & what) {
		enqueue(t);
		find_cpu();
	} else if (t->state == THREAD_RUNNING && t != thread_current()) {
		apic_send(t->cpu->apic_id, APIC_FIXED | VECTOR_RESCHEDULE);
	}
	spin_unlock(&lock);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

/* Called by thread_entry (entry.S) on the new stack; the lock is held by whoever switched to it. */
_Noreturn void thread_begin(void);
_Noreturn void thread_begin(void)
{
	struct thread *self = thread_current();

	after_switch();
	spin_unlock(&lock);
	self->fn(self->arg);
	thread_exit();
}

extern const char thread_entry[];

/* The stack of a thread that has not run: switch_stacks() finds six registers and thread_entry on it. */
static void prepare_stack(struct thread *t)
{
	uint64_t *top = (uint64_t *)(t->stack + STACK_BYTES);
	uint64_t *sp = (uint64_t *)((uint8_t *)top - 16 - sizeof(struct user_frame)) - 2;

	top[-1] = (uint64_t)t;
	top[-2] = 0; /* where system calls come in: not from a domain */
	t->entry_sp = (uint64_t)(top - 2);
	*--sp = (uint64_t)thread_entry;
	for (unsigned i = 0; i < 6; i++)
		*--sp = 0;
	t->sp = (uint64_t)sp;
}

int thread_make(const char *name, void (*fn)(void *arg), void *arg, struct thread **thread)
{
	struct thread *t = heap_alloc_zeroed(sizeof(*t));
	uint8_t *top;

	if (stacks_many())
		stacks_trim();
	top = t ? stack_make() : NULL;
	if (!top) {
		heap_free(t);
		return -TENON_ENOMEM;
	}
	strscpy(t->name, name, sizeof(t->name));
	t->id = atomic_fetch_add(&last_id, 1) + 1;
	t->stack = top - STACK_BYTES;
	t->context = &t->user;
	t->state = THREAD_NEW;
	t->fn = fn;
	t->arg = arg;
	t->cpu = &cpus[0];
	t->spin_depth = 1;
	t->spin_restore = true;
	t->lock_cnt = 1;
	t->lock_rank[0] = LOCK_RUN;
	prepare_stack(t);
	spin_lock(&lock);
	totals.threads++;
	spin_unlock(&lock);
	*thread = t;
	return 0;
}

void thread_start(struct thread *t)
{
	spin_lock(&lock);
	ASSERT(t->state == THREAD_NEW);
	enqueue(t);
	find_cpu();
	spin_unlock(&lock);
}

void thread_drop(struct thread *t)
{
	ASSERT(t->state == THREAD_NEW);
	stack_drop(t->stack + STACK_BYTES);
	heap_free(t);
	spin_lock(&lock);
	totals.threads--;
	spin_unlock(&lock);
}

_Noreturn void thread_exit(void)
{
	struct thread *self = thread_current();

#ifdef KERNEL_DEBUG
	if (self->lock_cnt)
		panic("thread %s ends while it holds a lock of rank %u", self->name, self->lock_rank[0]);
#endif
	module_thread_end();
	spin_lock(&lock);
	self->state = THREAD_DEAD;
	schedule();
	panic("a thread that has ended runs");
}

/* ---- CPUs -------------------------------------------------------------------------------------------------------- */

_Noreturn void run_become_idle(struct cpu *cpu, struct thread *t, void (*then)(void))
{
	t->fn = NULL;
	t->state = THREAD_RUNNING;
	t->cpu = cpu;
	t->spin_depth = 0;
	t->lock_cnt = 0;
	cpu->idle = t;
	cpu_set_thread(cpu, t);
	__asm__ volatile("movq %0, %%rsp; xorl %%ebp, %%ebp; call *%1; ud2"
			 :
			 : "r"((uint64_t)t->stack + STACK_BYTES - 16), "r"(then)
			 : "memory");
	__builtin_unreachable();
}

_Noreturn void run_idle(void)
{
	struct cpu *cpu = cpu_current(); /* an idle thread stays where it is */

	spin_lock(&lock);
	totals.cpus++;
	totals.threads--; /* those that idle are not counted */
	spin_unlock(&lock);
	for (;;) {
		interrupts_disable();
		spin_lock(&lock);
		if (run_first)
			schedule();
		atomic_store(&cpu->idling, !run_first);
		spin_unlock(&lock);
		if (atomic_load(&cpu->idling))
			__asm__ volatile("sti; hlt" : : : "memory");
		else
			interrupts_enable();
	}
}

uint64_t thread_run_ns(const struct thread *t)
{
	return t->run_ns + (t->state == THREAD_RUNNING ? clock_ns() - t->started_ns : 0);
}

void thread_totals(struct thread_totals *t)
{
	spin_lock(&lock);
	*t = totals;
	t->idle_ns = 0;
	t->stacks_bytes = stacks_bytes();
	for (unsigned i = 0; i < cpu_cnt; i++)
		if (cpus[i].idle)
			t->idle_ns += thread_run_ns(cpus[i].idle);
	spin_unlock(&lock);
}
