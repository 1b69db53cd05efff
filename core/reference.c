/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Reference counts. One word holds the count and two flags, so that "is it still used?" and "no one may use it any
 * more" are one atomic step. The count saturates: a put too many, or a get too many, pins the module and is logged.
 */
#include "core/context.h"
#include "core/fail.h"
#include "core/reference.h"

bool tenon_try_get(struct tenon_module *m)
{
	uint32_t now = atomic_load_explicit(&m->refs, memory_order_relaxed), next;

	do {
		if (now & REFS_CLOSED)
			return false;
		if (now & REFS_SATURATED)
			return true;
		next = (now & REFS_COUNT) == REFS_COUNT ? REFS_SATURATED : now + 1;
	} while (!atomic_compare_exchange_weak_explicit(&m->refs, &now, next, memory_order_acquire,
							memory_order_relaxed));
	return true;
}

void tenon_put(struct tenon_module *m, const char *who)
{
	uint32_t now = atomic_load_explicit(&m->refs, memory_order_relaxed), next;

	do {
		if (now & REFS_SATURATED)
			return;
		next = now & REFS_COUNT ? now - 1 : now | REFS_SATURATED;
	} while (!atomic_compare_exchange_weak_explicit(&m->refs, &now, next, memory_order_release,
							memory_order_relaxed));
	if (next & REFS_SATURATED)
		core_log(m->t, TENON_LOG_ERR, m->name, "stays: reference put more often than taken, last by ", who);
}

struct tenon_module *tenon_get(struct tenon *t, struct tenon_domain *d, const char *name)
{
	struct tenon_module *m;

	core_lock(t);
	m = module_find(t, d, name);
	if (m && (m->state != TENON_LIVE || !tenon_try_get(m)))
		m = NULL;
	core_unlock(t);
	return m;
}

int module_check_refs(const struct tenon_module *m, struct tenon_diag *diag)
{
	uint32_t refs = module_refs(m);

	if (refs & REFS_SATURATED)
		return fail(diag, TENON_R_REF_SATURATED);
	refs &= REFS_COUNT;
	return refs ? fail_got(diag, TENON_R_IN_USE_REFS, refs) : 0;
}

bool module_close(struct tenon_module *m)
{
	uint32_t none = 0;

	if (!atomic_compare_exchange_strong_explicit(&m->refs, &none, REFS_CLOSED, memory_order_acquire,
						     memory_order_relaxed))
		return false;
	m->gate.closed = true;
	return true;
}

void module_shut(struct tenon_module *m)
{
	m->gate.closed = true;
	atomic_fetch_or_explicit(&m->refs, REFS_CLOSED, memory_order_relaxed);
}

void module_reopen(struct tenon_module *m)
{
	m->gate.closed = false;
	atomic_fetch_and_explicit(&m->refs, ~REFS_CLOSED, memory_order_release);
}

/* ---- since when nobody has entered ---- */

bool tenon_enter_slowly(struct tenon_thread *self, struct tenon_module *m)
{
	__atomic_store_n(&m->gate.unused, false, __ATOMIC_RELAXED);
	if (!__atomic_load_n(&m->gate.closed, __ATOMIC_RELAXED))
		return true;
	tenon_leave(self);
	return false;
}

void tenon_mark_unused(struct tenon_module *m)
{
	__atomic_store_n(&m->gate.unused, true, __ATOMIC_RELAXED);
}

bool tenon_is_unused(const struct tenon_module *m)
{
	return __atomic_load_n(&m->gate.unused, __ATOMIC_RELAXED);
}
