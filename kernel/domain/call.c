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
#define RED_ZONE_BYTES 128

static bool stack_is_short(void)
{
	const uint8_t *here = __builtin_frame_address(0);

	return here - thread_current()->stack < CALL_STACK_BYTES;
}

/* ---- slots ------------------------------------------------------------------------------------------------------- */

static bool take_free_slot(struct domain *d, uint32_t *slot)
{
	uint64_t free = atomic_load(&d->slots);

	while (free)
		if (atomic_compare_exchange_weak(&d->slots, &free, free & (free - 1))) {
			*slot = (uint32_t)__builtin_ctzll(free);
			return true;
		}
	return false;
}

static uint64_t slot_start(uint32_t slot)
{
	return DOMAIN_STACKS + slot * DOMAIN_SLOT_BYTES;
}

static uint64_t slot_scratch(uint32_t slot)
{
	return slot_start(slot) + DOMAIN_SLOT_BYTES - DOMAIN_SCRATCH_BYTES;
}

static void give_slot(struct domain *d, uint32_t slot)
{
	if (!atomic_fetch_or(&d->slots, 1ull << slot))
		wait_wake_all(&domains_changed);
}

/* The stack lies below the scratch memory, and below it nothing: what runs over its end faults. */
static int make_stack(struct domain *d, uint32_t slot)
{
	int err;

	if (atomic_load_explicit(&d->slots_ready, memory_order_relaxed) >> slot & 1)
		return 0;
	err = domain_memory_commit(d, slot_scratch(slot) - DOMAIN_STACK_BYTES, DOMAIN_STACK_BYTES);
	if (!err)
		atomic_fetch_or(&d->slots_ready, 1ull << slot);
	return err;
}

static int take_slot(struct domain *d, uint64_t deadline_ns, uint32_t *slot)
{
	int err = 0;

	if (!take_free_slot(d, slot))
		err = wait_event(&domains_changed, atomic_load(&d->dead) || take_free_slot(d, slot), deadline_ns,
				 WAIT_KILL);
	if (err)
		return err;
	if (atomic_load(&d->dead))
		return -TENON_EOWNERDEAD; /* a slot that was taken is not needed any more either */
	err = make_stack(d, *slot);
	if (err)
		give_slot(d, *slot);
	return err;
}

/* ---- going there ------------------------------------------------------------------------------------------------- */

static int64_t cross(struct module_thread *self, struct level *l, uint64_t address, const uint64_t args[KPI_ARGS_MAX])
{
	struct domain *d = l->domain;
	bool has_base = self->has_base;
	int64_t err = -TENON_EOWNERDEAD;

	crossing_begin(&l->crossing, d->table, self->kpi.vcpu_window);
	self->level = l;
	l->tick = atomic_load(&domains_tick);
	self->has_base = false; /* what it gets inside ends there */
	/* Whoever kills it sees this CPU in its table's mask, or this sees that it is dead. */
	if (!atomic_load(&d->dead))
		err = crossing_run(&l->crossing, args, address, (l->stack - RED_ZONE_BYTES) & ~15ull, DOMAIN_GATES);
	self->level = l->outer;
	self->has_base = has_base;
	crossing_end(&l->crossing);
	return err;
}

/* Does an argument lead to memory that is to be copied? */
static bool needs_copies(const struct kpi_call *type)
{
	for (unsigned i = 0; i < type->argc; i++)
		if (type->arg[i].kind != KPI_VALUE && type->arg[i].kind != KPI_POINTER)
			return true;
	return false;
}

/* With a slot. What arguments point to is put into the domain, and got back. */
static int call_with_copies(struct module_thread *self, struct level *l, const struct tenon_kpi_code *code,
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
		err = (int)cross(self, l, code->address, passed);
	if (!err)
		*result = tenon_kpi_args_out(&scratch, code->type, args, passed, l->result);
	return err;
}

static int call_there(struct module_thread *self, struct level *l, const struct tenon_kpi_code *code,
		      const uint64_t args[KPI_ARGS_MAX], int64_t *result)
{
	int err;

	if (code->type && needs_copies(code->type)) {
		err = call_with_copies(self, l, code, args, result);
	} else {
		err = (int)cross(self, l, code->address, args);
		if (!err)
			*result = tenon_kpi_result(code->type, l->result);
	}
	return err && atomic_load(&l->domain->dead) ? -TENON_EOWNERDEAD : err;
}

static int call_isolated(struct domain *d, const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX],
			 int64_t *result, char why[64])
{
	struct module_thread *self = module_thread();
	struct level *outer = self->level;
	struct tenon_kpi_entry entry;
	struct level l; /* of which crossing_begin() sets the largest part */
	bool nested = outer && outer->domain == d;
	int err = 0;

	l.outer = outer;
	l.domain = d;
	l.module = code->module;
	l.own = self->kpi.task && !outer;
	l.ticks = 0;
	l.scratch_used = nested ? outer->scratch_used : 0;
	atomic_fetch_add(&d->inside, 1);
	atomic_fetch_add_explicit(&d->crossings, 1, memory_order_relaxed);
	tenon_kpi_enter(&self->kpi, &d->kpi, l.own ? UINT64_MAX : clock_ns() + domain_wait_ns, &entry);
	if (nested) {
		l.slot = outer->slot;
		l.stack = outer->stack;
	} else {
		err = take_slot(d, self->kpi.watchdog_ns, &l.slot);
		l.stack = slot_scratch(l.slot);
	}
	if (!err) {
		err = call_there(self, &l, code, args, result);
		if (!nested)
			give_slot(d, l.slot);
	}
	tenon_kpi_leave(&self->kpi, &entry);
	if (err == -TENON_EOWNERDEAD)
		domain_why(d, why);
	else if (err)
		tenon_snprintf(why, 64, "could not be called: error %d", -err);
	domain_left(d);
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

int domain_call(struct tenon_kpi_domain *k, const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX],
		int64_t *result, char why[64])
{
	struct domain *d = domain_isolated(k);

	if (stack_is_short()) {
		strscpy(why, "calls are nested too deeply", 64);
		return -TENON_ELOOP;
	}
	return d ? call_isolated(d, code, args, result, why) : call_kernel(k, code, args, result, why);
}

int domain_upcall(struct tenon_kpi_domain *k, const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX],
		  int64_t *result)
{
	char why[64];
	int err = domain_call(k, code, args, result, why);

	if (err == -TENON_EFAULT && !domain_isolated(k))
		domain_quarantine(code->module, why);
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
