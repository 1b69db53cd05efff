/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Who calls, and what its arguments mean. */
#include "kpi/impl/impl.h"

struct kpi kpi; /* set once; impl.h says of each member why all domains share it */

struct caller caller_at(tenon_addr from)
{
	struct caller c = { .self = kpi.host->self(), .d = kpi.kernel, .from = from };

	c.m = tenon_current(c.self->core);
	if (c.m)
		c.d = ((struct tenon_kpi_domain *)tenon_domain_host(tenon_module_domain(c.m)))->impl;
	if (c.d->isolated)
		c.from = c.self->gate_from;
	return c;
}

/* Its code may be called by another module, which entered; so the address that called decides. */
static bool from_quarantined(const struct caller *c)
{
	struct tenon_place at;

	return tenon_place_find(kpi.core, c->d->pub->core, c->from, &at) &&
	       tenon_module_state(at.module) == TENON_QUARANTINED;
}

/*
 * Code of the kernel's own domain that is quarantined and waits, again and again, for what nobody will do any more would
 * never leave. It ends where it would sleep, as at a fault.
 */
struct caller caller_sleeping_at(tenon_addr from)
{
	struct caller c = caller_at(from);

	if (c.self->core->atomic)
		caller_fault(&c, "called what may sleep where it must not");
	if (__atomic_load_n(&c.d->reclaims_live, __ATOMIC_RELAXED) && from_quarantined(&c))
		caller_fault(&c, "waits in a module that is quarantined");
	return c;
}

void caller_fault(const struct caller *c, const char *why)
{
	kpi.host->fault(c->d->pub, why);
}

struct search {
	const struct tenon_domain *domain;
	tenon_addr address;
	struct tenon_module *found;
};

static int has_this(const struct tenon_module *m, void *arg)
{
	struct search *s = arg;

	if (tenon_module_domain(m) != s->domain || tenon_module_this(m) != s->address)
		return 0;
	s->found = (struct tenon_module *)(uintptr_t)m; /* the core's own, not constant */
	return 1;
}

struct tenon_module *caller_module(const struct caller *c, tenon_addr self)
{
	struct search s = { .domain = c->d->pub->core, .address = self };

	if (!self)
		return NULL;
	if (c->m && tenon_module_this(c->m) == self)
		return c->m;
	tenon_for_each(kpi.core, has_this, &s);
	return s.found;
}

bool is_code(const struct tenon_module *m, tenon_addr address)
{
	struct tenon_place at;

	/* Under the core's lock: init memory goes while threads that init made call us. */
	return tenon_place_find(kpi.core, tenon_module_domain(m), address, &at) && at.module == m &&
	       (at.mem == TENON_MEM_TEXT || at.mem == TENON_MEM_INIT_TEXT);
}

const struct kpi_call *callback_types(const char *table)
{
	uint32_t i = 0;

	while (strcmp(kpi_ops_table[i].name, table))
		i++;
	return kpi_ops_table[i].calls;
}
