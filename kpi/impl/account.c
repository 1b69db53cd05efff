/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What each module of a domain has, so that what it leaves behind is reported in few lines; and its references on itself.
 */
#include "kpi/impl/impl.h"

#define LEFT_LINES 8 /* of what one module leaves behind: one line each, the rest as a sum */

/* ---- accounts ---- */

struct account *account_find(struct kpi_domain *d, const struct tenon_module *m)
{
	struct account *a = d->accounts;

	while (a && a->module != m)
		a = a->next;
	return a;
}

struct account *account_get(struct kpi_domain *d, struct tenon_module *m)
{
	struct account *a, *made = NULL;

	kpi.host->lock(&d->lock);
	a = account_find(d, m);
	if (!a) {
		made = domain_alloc(d, sizeof(*made));
		a = made;
	}
	if (made) {
		made->domain = d;
		made->module = m;
		made->next = d->accounts;
		d->accounts = made;
	}
	if (a)
		a->users++;
	kpi.host->unlock(&d->lock);
	return a;
}

void account_put(struct account *a)
{
	struct kpi_domain *d = a->domain;
	struct account **link = &d->accounts;
	bool last;

	kpi.host->lock(&d->lock);
	last = --a->users == 0;
	if (last) {
		while (*link != a)
			link = &(*link)->next;
		*link = a->next;
	}
	kpi.host->unlock(&d->lock);
	if (last)
		domain_free(d, a, sizeof(*a));
}

static void count_owned(struct account *a, uint32_t change)
{
	kpi.host->lock(&a->domain->lock);
	a->owned += change;
	kpi.host->unlock(&a->domain->lock);
}

int account_own(struct account *a, struct tenon_owned *o)
{
	int err;

	/* Before: it may be reclaimed as soon as it is owned. */
	count_owned(a, 1);
	err = tenon_own(a->module, o);
	if (err)
		count_owned(a, -1u);
	return err;
}

bool account_disown(struct account *a, struct tenon_owned *o)
{
	bool mine = tenon_disown(kpi.core, o);

	if (mine)
		count_owned(a, -1u);
	return mine;
}

/* ---- what is left behind ---- */

static void tell_one(const struct account *a, const struct tenon_owned *o)
{
	struct tenon_place at;
	struct line l = { 0 };

	line_add(&l, "left behind: ");
	line_add(&l, o->kind);
	line_add(&l, ", ");
	line_add_number(&l, o->bytes, 10);
	line_add(&l, " bytes, asked for ");
	if (tenon_place_find(kpi.core, a->domain->pub->core, o->caller, &at)) {
		line_add(&l, "at ");
		line_add(&l, at.name);
		line_add(&l, "+0x");
		line_add_number(&l, at.offset, 16);
	} else {
		line_add(&l, "by init"); /* whose own text has gone */
	}
	line_log(&l, TENON_LOG_WARNING);
}

static void tell_rest(const struct account *a, uint32_t cnt, size_t bytes)
{
	struct line l = { 0 };

	line_add(&l, "left behind by ");
	line_add(&l, tenon_module_name(a->module));
	line_add(&l, ": ");
	line_add_number(&l, cnt, 10);
	line_add(&l, " more, ");
	line_add_number(&l, bytes, 10);
	line_add(&l, " bytes");
	line_log(&l, TENON_LOG_WARNING);
}

void account_reclaimed(struct account *a, const struct tenon_owned *o)
{
	struct kpi_domain *d = a->domain;
	uint32_t cnt, rest = 0;
	size_t bytes = 0;

	kpi.host->lock(&d->lock);
	cnt = ++a->left_cnt;
	if (cnt > LEFT_LINES)
		a->left_bytes += o->bytes;
	if (!--a->owned) {
		rest = cnt > LEFT_LINES ? cnt - LEFT_LINES : 0;
		bytes = a->left_bytes;
		a->left_cnt = 0;
		a->left_bytes = 0;
	}
	kpi.host->unlock(&d->lock);
	if (cnt <= LEFT_LINES)
		tell_one(a, o);
	if (rest)
		tell_rest(a, rest, bytes);
}

/* ---- what keeps a domain open ---- */

void domain_hold(struct kpi_domain *d)
{
	kpi.host->lock(&d->lock);
	d->live++;
	kpi.host->unlock(&d->lock);
}

void domain_drop(struct kpi_domain *d)
{
	kpi.host->lock(&d->lock);
	if (!--d->live)
		kpi.host->wake(&d->lock);
	kpi.host->unlock(&d->lock);
}
