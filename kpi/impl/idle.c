/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Asking a module whether it may go: kpi/idle.def. */
#include "kpi/impl/impl.h"

struct idle {
	struct object object;
	tenon_addr fn;
	uint64_t arg;
	bool gone; /* domain's lock */
};

static void withdraw(struct idle *i)
{
	struct kpi_domain *d = i->object.domain;
	struct account *a = i->object.account;

	kpi.host->lock(&d->lock);
	i->gone = true;
	if (a->idle == i)
		a->idle = NULL;
	kpi.host->unlock(&d->lock);
}

static void cancel(struct object *o)
{
	withdraw((struct idle *)o);
}

static const struct object_type idle_type = { .name = "idle", .size = sizeof(struct idle), .cancel = cancel };

tenon_handle tenon_idle_register(struct tenon_this_module *self, tenon_idle_fn *fn, void *arg)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	tenon_handle handle;
	struct idle *i;
	bool first;

	if (!m)
		return (tenon_handle)-TENON_EFAULT;
	if (!is_code(m, (tenon_addr)fn))
		return (tenon_handle)-TENON_EINVAL;
	i = object_new(&c, &idle_type, m, 0);
	if (!i)
		return (tenon_handle)-TENON_ENOMEM;
	i->fn = (tenon_addr)fn;
	i->arg = (uintptr_t)arg;
	handle = object_publish_held(&i->object);
	if ((long)handle < 0)
		return handle;
	kpi.host->lock(&c.d->lock);
	first = !i->object.account->idle;
	if (first && !i->gone)
		i->object.account->idle = i;
	kpi.host->unlock(&c.d->lock);
	return object_settle(&i->object, handle, first ? 0 : -TENON_EEXIST);
}

int tenon_idle_unregister(tenon_handle idle)
{
	struct caller c = caller_thread();
	struct idle *i = object_get(c.d, idle, &idle_type);

	if (!i)
		return -TENON_EBADF;
	withdraw(i);
	return object_give_back(&i->object);
}

/* ---- the kernel's side ------------------------------------------------------------------------------------------- */

bool tenon_kpi_may_go(struct tenon_module *m)
{
	struct kpi_domain *d = ((struct tenon_kpi_domain *)tenon_domain_host(tenon_module_domain(m)))->impl;
	struct tenon_kpi_code code = { .module = m, .type = callback_type("tenon_idle_fn", 0) };
	uint64_t args[KPI_ARGS_MAX] = { 0 };
	struct tenon_thread *self = kpi.host->self()->core;
	const struct account *a;
	bool entered = false;
	int64_t result;

	kpi.host->lock(&d->lock);
	a = account_find(d, m);
	if (a && a->idle) {
		code.address = a->idle->fn;
		args[0] = a->idle->arg;
		/* Under the lock, so that whoever withdraws it sees that a thread is inside. */
		entered = tenon_enter_unnoticed(self, m);
	}
	kpi.host->unlock(&d->lock);
	if (!code.address)
		return true;
	return entered && !upcall_entered(&code, args, &result) && !result;
}
