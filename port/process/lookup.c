/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Which module an address belongs to, asked under the core's lock, since modules and their regions come and go. */
#include <stdio.h>

#include "port/process/internal.h"

struct search {
	const struct tenon_domain *domain;
	uint64_t address;
	struct place *place;
	const struct tenon_module *found;
};

static int has_this(const struct tenon_module *m, void *arg)
{
	struct search *s = arg;

	if (tenon_module_domain(m) != s->domain || tenon_module_this(m) != s->address)
		return 0;
	s->found = m;
	return 1;
}

struct tenon_module *lookup_this(struct process_domain *d, uint64_t this_module)
{
	struct search s = { .domain = d->core, .address = this_module };

	if (this_module)
		tenon_for_each(d->h->core, has_this, &s);
	return (struct tenon_module *)(uintptr_t)s.found; /* the core's own, not constant */
}

static int has_address(const struct tenon_module *m, void *arg)
{
	struct search *s = arg;
	struct tenon_module_info info;

	if (tenon_module_domain(m) != s->domain)
		return 0;
	tenon_module_info(m, &info);
	for (int mem = 0; mem < TENON_MEM_COUNT; mem++) {
		uint64_t offset = s->address - info.address[mem];

		if (offset >= info.size[mem])
			continue;
		s->place->module = m;
		s->place->mem = (enum tenon_mem)mem;
		s->place->offset = offset;
		s->place->size = info.size[mem];
		snprintf(s->place->name, sizeof(s->place->name), "%s", info.name);
		return 1;
	}
	return 0;
}

bool lookup_place(struct process_domain *d, uint64_t address, struct place *place)
{
	struct search s = { .domain = d->core, .address = address, .place = place };

	return tenon_for_each(d->h->core, has_address, &s);
}
