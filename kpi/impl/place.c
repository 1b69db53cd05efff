/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Which module an address belongs to, asked under the core's lock, since modules and their regions come and go. */
#include "tenon/kpi_host.h"
#include "tenon/runtime.h"

struct search {
	const struct tenon_domain *domain;
	tenon_addr address;
	struct tenon_place *place;
};

static int has_address(const struct tenon_module *m, void *arg)
{
	struct search *s = arg;
	struct tenon_module_info info;

	if (tenon_module_domain(m) != s->domain)
		return 0;
	tenon_module_info(m, &info);
	for (int mem = 0; mem < TENON_MEM_COUNT; mem++) {
		tenon_addr offset = s->address - info.address[mem];

		if (offset >= info.size[mem])
			continue;
		s->place->module = m;
		s->place->mem = (enum tenon_mem)mem;
		s->place->offset = offset;
		s->place->size = info.size[mem];
		memcpy(s->place->name, info.name, strlen(info.name) + 1); /* at most TENON_NAME_BYTES, says core.h */
		return 1;
	}
	return 0;
}

bool tenon_place_find(struct tenon *t, const struct tenon_domain *d, tenon_addr address, struct tenon_place *place)
{
	struct search s = { .domain = d, .address = address, .place = place };

	return tenon_for_each(t, has_address, &s);
}
