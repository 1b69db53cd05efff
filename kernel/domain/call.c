// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Calls of modules' functions. Into the kernel's own domain under a guard; into an isolated one by going there: the
 * thread takes a slot of the domain's stacks, and a nested call goes on below the outer one.
 *
 * Kernel stacks are small and each nested call takes some of one: a thread that has less left than a call can need
 * goes no deeper.
 */
#include "kernel/arch/x86_64/guard.h"
#include "kernel/domain/domain.h"
#include "kernel/log.h"
#include "kernel/module/module.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define CALL_STACK_BYTES 5120 /* what the kernel does between two calls, interrupts and a fault's report */
/* The same for an isolated domain, which comes as deep as it can and chooses what is done there. */
#define NESTED_STACK_BYTES 6144
#define RED_ZONE_BYTES 128

static bool stack_is_short(void)
{
	return thread_stack_left() < (thread_current()->module.level ? NESTED_STACK_BYTES : CALL_STACK_BYTES);
}

/* ---- slots ------------------------------------------------------------------------------------------------------- */

/* The stack lies below the scratch memory, and below it nothing: what runs over its end faults. */
static inline uint64_t slot_scratch(unsigned slot)
{
	_Static_assert(DOMAIN_STACKS % (DOMAIN_SLOT_CNT * DOMAIN_SLOT_BYTES) == 0, "no bit of one is of the other");
	return slot * DOMAIN_SLOT_BYTES | DOMAIN_STACKS | (DOMAIN_SLOT_BYTES - DOMAIN_SCRATCH_BYTES);
}

/* Return: -1: there is none. */
static inline __attribute__((always_inline)) int take_free_slot(struct domain *d)
{
	uint64_t free, bit;
	int slot;

	while ((free = atomic_load(&d->slots))) {
		slot = __builtin_ctzll(free);
		bit = 1ull << slot;
		if (__builtin_expect((atomic_fetch_and(&d->slots, ~bit) & bit) != 0, 1))
			return slot;
	}
	return -1;
}

/* Whoever buries the domain waits for all of them, or has given up until they are there. */
static inline void give_slot(struct domain *d, unsigned slot)
{
	atomic_fetch_or(&d->slots, 1ull << slot);
	if (__builtin_expect(atomic_load(&d->slot_waiters), 0))
		domains_sweep();
}

static inline bool slot_is_ready(struct domain *d, int slot)
{
	return atomic_load(&d->slots_ready) >> slot & 1;
}

static int make_stack(struct domain *d, unsigned slot)
{
	int err = domain_memory_commit(d, slot_scratch(slot) - DOMAIN_STACK_BYTES, DOMAIN_STACK_BYTES);

	if (!err)
		atomic_fetch_or(&d->slots_ready, 1ull << slot);
	return err;
}

static int wait_for_slot(struct domain *d, uint64_t deadline_ns)
{
	int slot = -1, err;

	atomic_fetch_add(&d->slot_waiters, 1);
	err = wait_event(&domains_changed, atomic_load(&d->dead) || (slot = take_free_slot(d)) >= 0, deadline_ns,
			 WAIT_KILL);
	atomic_fetch_sub(&d->slot_waiters, 1);
	return slot >= 0 ? slot : err ? err : -TENON_EOWNERDEAD;
}

/* @slot: taken, or -1. Return: as take_slot(). */
static int prepare_slot(struct domain *d, struct thread *t, int slot)
{
	int err;

	if (slot < 0)
		slot = wait_for_slot(d, t->module.kpi.watchdog_ns);
	if (slot < 0 || slot_is_ready(d, slot))
		return slot;
	err = make_stack(d, (unsigned)slot);
	if (!err)
		return slot;
	give_slot(d, (unsigned)slot);
	return err;
}

/* Return: a slot with a stack; -TENON_EOWNERDEAD, -TENON_ENOMEM, or what ended the wait for one. */
static inline __attribute__((always_inline)) int take_slot(struct domain *d, struct thread *t)
{
	int slot = take_free_slot(d);

	return __builtin_expect(slot >= 0 && slot_is_ready(d, slot), 1) ? slot : prepare_slot(d, t, slot);
}

/* ---- going there ------------------------------------------------------------------------------------------------- */

static inline bool is_nested(const struct level *l)
{
	return l->outer && l->outer->domain == l->domain;
}

/* @stack: where the function's begins. Return: 0, or -TENON_EOWNERDEAD. */
static inline __attribute__((always_inline)) int cross(struct thread *t, struct domain *d, struct level *l,
						       uint64_t address, uint64_t stack,
						       const uint64_t args[KPI_ARGS_MAX], int64_t *result)
{
	t->module.level = l;
	l->tick = atomic_load(&domains_tick);
	interrupts_disable();
	crossing_begin(&l->crossing, t, d->table, t->module.kpi.vcpu.window);
	/* Whoever kills it finds that this CPU has its table, or this sees that it is dead. */
	if (__builtin_expect(!atomic_load(&d->dead), 1))
		*result = crossing_run(args, address, stack, &t->entry_sp, t->cpu->entry);
	crossing_end(&l->crossing, t);
	interrupts_enable();
	t->module.level = l->outer;
	return __builtin_expect(atomic_load(&d->dead), 0) ? -TENON_EOWNERDEAD : 0;
}

/* What arguments point to is put into the domain, and got back. */
static int cross_with_copies(struct thread *t, struct level *l, uint64_t stack, const struct tenon_kpi_code *code,
			     const uint64_t args[KPI_ARGS_MAX], int64_t *result)
{
	struct tenon_kpi_scratch scratch = {
		.domain = &l->domain->kpi,
		.address = slot_scratch(l->slot),
		.bytes = DOMAIN_SCRATCH_BYTES,
		.used = l->scratch_used,
	};
	uint64_t passed[KPI_ARGS_MAX];
	int err = tenon_kpi_args_in(&scratch, code->type, args, passed);

	l->scratch_used = scratch.used;
	if (!err)
		err = cross(t, l->domain, l, code->address, stack, passed, result);
	if (!err)
		*result = tenon_kpi_args_out(&scratch, code->type, args, passed, *result);
	return err && atomic_load(&l->domain->dead) ? -TENON_EOWNERDEAD : err;
}

/* From inside of a domain, perhaps this one, where there is a stack already; or with something to copy. */
static __attribute__((noinline)) int call_slowly(struct thread *t, struct level *l, const struct tenon_kpi_code *code,
						 const uint64_t args[KPI_ARGS_MAX], int64_t *result)
{
	int slot, err;

	if (is_nested(l)) {
		l->slot = l->outer->slot;
		l->scratch_used = l->outer->scratch_used;
		return cross_with_copies(t, l, (l->outer->stack - RED_ZONE_BYTES) & ~15ull, code, args, result);
	}
	slot = take_slot(l->domain, t);
	if (slot < 0)
		return slot;
	l->slot = (unsigned)slot;
	err = cross_with_copies(t, l, slot_scratch(l->slot), code, args, result);
	give_slot(l->domain, l->slot);
	return err;
}

/* The thread is known to the core. */
static inline int call_isolated(struct domain *d, const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX],
				int64_t *result)
{
	struct thread *t = thread_current();
	struct module_thread *self = &t->module;
	struct tenon_kpi_entry entry;
	struct level l; /* of which crossing_begin() sets the largest part */
	int err;

	l.outer = self->level;
	l.domain = d;
	l.module = code->module;
	l.own = self->kpi.task && !l.outer;
	l.ticks = 0;
	l.scratch_used = 0; /* a call from inside goes on from there */
	tenon_kpi_enter(&self->kpi, &d->kpi, l.own ? UINT64_MAX : atomic_load(&domains_until_ns), &entry);
	if (__builtin_expect(l.outer || (code->type && code->type->copies), 0)) {
		err = call_slowly(t, &l, code, args, result);
	} else {
		err = take_slot(d, t);
		if (__builtin_expect(err >= 0, 1)) {
			l.slot = (unsigned)err;
			err = cross(t, d, &l, code->address, slot_scratch(l.slot), args, result);
			give_slot(d, l.slot);
		}
	}
	tenon_kpi_leave(&self->kpi, &entry);
	atomic_fetch_add_explicit(&d->crossings, 1, memory_order_relaxed);
	return err;
}

static int call_kernel(struct tenon_kpi_domain *d, const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX],
		       int64_t *result, char why[64])
{
	struct tenon_kpi_thread *self = &module_thread()->kpi;
	uint32_t depth = self->core->depth;
	struct tenon_kpi_entry entry;

	tenon_kpi_enter(self, d, UINT64_MAX, &entry);
	*result = guard_call(code->address, args, why);
	self->core->depth = depth; /* frames above are those of calls that will never return */
	tenon_kpi_leave(self, &entry);
	return why[0] ? -TENON_EFAULT : 0;
}

static int upcall_kernel(struct tenon_kpi_domain *k, const struct tenon_kpi_code *code,
			 const uint64_t args[KPI_ARGS_MAX], int64_t *result)
{
	char why[64];
	int err = call_kernel(k, code, args, result, why);

	if (err == -TENON_EFAULT)
		domain_quarantine(code->module, why);
	return err;
}

/* Without a canary: it has no array. */
__attribute__((no_stack_protector)) int domain_upcall(struct tenon_kpi_domain *k, const struct tenon_kpi_code *code,
						      const uint64_t args[KPI_ARGS_MAX], int64_t *result)
{
	if (stack_is_short())
		return -TENON_ELOOP;
	if (k == &module_kernel)
		return upcall_kernel(k, code, args, result);
	return call_isolated((struct domain *)k, code, args, result);
}

int domain_call(struct tenon_kpi_domain *k, const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX],
		int64_t *result, char why[64])
{
	struct domain *d = domain_isolated(k);
	int err = stack_is_short() ? -TENON_ELOOP :
		  d                ? domain_upcall(k, code, args, result) :
				     call_kernel(k, code, args, result, why);

	if (err == -TENON_ELOOP)
		strscpy(why, "calls are nested too deeply", 64);
	else if (err == -TENON_EOWNERDEAD)
		domain_why(d, why);
	else if (err && d)
		tenon_snprintf(why, 64, "could not be called: error %d", -err);
	return err;
}

void domain_fault(struct tenon_kpi_domain *k, const char *why)
{
	struct domain *d = domain_isolated(k);

	if (d)
		domain_kill(d, why);
	else
		guard_raise(why);
}
