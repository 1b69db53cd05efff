/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Modules asking for others, and holding on to themselves: kpi/module.def. */
#include "kpi/impl/impl.h"

int tenon_request_module(const char *name, uint64_t deadline_ns)
{
	struct caller c = caller_thread();
	uint64_t until = deadline_ns < c.self->watchdog_ns ? deadline_ns : c.self->watchdog_ns;
	const struct tenon_request req = {
		.name = name,
		.domain = c.d->pub->core,
		.deadline_ns = until ? until : 1, /* 0 would be the core's own choice */
	};
	struct tenon_diag diag = { 0 };
	char why[200];
	struct line l = { 0 };
	int err;

	if (!tenon_name_valid(name, TENON_REQUEST_BYTES))
		return -TENON_EINVAL;
	err = kpi.host->request ? kpi.host->request(&req, &diag) : tenon_load(kpi.core, &req, NULL, &diag);
	if (!err)
		return 0;
	tenon_diag_format(&diag, why, sizeof(why));
	line_add(&l, "a module asked for ");
	line_add(&l, name);
	line_add(&l, ": ");
	line_add(&l, why);
	line_log(&l, TENON_LOG_INFO);
	return err == -TENON_ENAMETOOLONG ? -TENON_ENOENT :
					    err; /* too long for a module, so an alias that nobody knows */
}

/* ---- references of a module on itself: one owned thing, which counts them; domain's lock ---- */

/* They are not the module's any more: put them for it. Return: how many there were. */
static void put_all(struct account *a)
{
	struct kpi_domain *d = a->domain;
	uint32_t cnt;

	kpi.host->lock(&d->lock);
	cnt = a->held_cnt;
	a->held_cnt = 0;
	kpi.host->unlock(&d->lock);
	while (cnt--)
		tenon_put(a->module, "reclaim");
	account_put(a);
}

static void reclaim(struct tenon_owned *o)
{
	struct account *a = (struct account *)((char *)o - offsetof(struct account, held));

	account_reclaimed(a, o);
	put_all(a);
}

/* The first of them makes it owned, with one user more of the account for all. */
static int own_held(struct caller *c, struct account *a)
{
	int err;

	a->held = (struct tenon_owned){ .kind = "reference", .caller = c->from, .reclaim = reclaim };
	err = account_own(a, &a->held);
	if (err)
		put_all(a);
	return err;
}

int tenon_module_get(struct tenon_this_module *self)
{
	struct caller c = caller_any();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct account *a = m ? account_get(c.d, m) : NULL;
	bool first;

	if (!a)
		return m ? -TENON_ENOMEM : -TENON_EFAULT;
	if (!tenon_try_get(m)) {
		account_put(a);
		return -TENON_ENODEV;
	}
	kpi.host->lock(&c.d->lock);
	first = !a->held_cnt++;
	kpi.host->unlock(&c.d->lock);
	if (first)
		return own_held(&c, a);
	account_put(a);
	return 0;
}

void tenon_module_put(struct tenon_this_module *self)
{
	struct caller c = caller_any();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct account *a = m ? account_get(c.d, m) : NULL;
	bool had = false, last = false;

	if (a) {
		kpi.host->lock(&c.d->lock);
		had = a->held_cnt;
		last = had && !--a->held_cnt;
		kpi.host->unlock(&c.d->lock);
		/* Reclaimed at this moment, it has let the account go for us. */
		if (last && account_disown(a, &a->held))
			account_put(a);
		account_put(a);
	}
	if (had)
		tenon_put(m, tenon_module_name(m));
	else
		caller_fault(&c, "put a reference that it had not taken");
}
