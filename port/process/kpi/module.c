/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Modules asking for others, and holding on to themselves: kpi/module.def. */
#include "port/process/kpi/object.h"

int tenon_request_module(const char *name, uint64_t deadline_ns)
{
	struct caller c = kpi_caller();
	struct tenon_diag diag = { 0 };
	const struct tenon_request req = {
		.name = name,
		.domain = c.domain->core,
		.deadline_ns = deadline_ns ? deadline_ns : 1, /* 0 would be the core's own choice */
	};
	char line[512];
	int err = tenon_load(c.h->core, &req, NULL, &diag);

	if (err) {
		tenon_diag_format(&diag, line, sizeof(line));
		process_log(c.h, TENON_LOG_INFO, "a module asked for %s: %s", name, line);
	}
	return err;
}

int tenon_module_get(struct tenon_this_module *self)
{
	struct caller c = kpi_caller();
	struct tenon_module *m = kpi_module(&c, self);

	return m && tenon_try_get(m) ? 0 : -TENON_ENODEV;
}

void tenon_module_put(struct tenon_this_module *self)
{
	struct caller c = kpi_caller();
	struct tenon_module *m = kpi_module(&c, self);

	if (m)
		tenon_put(m, tenon_module_name(m));
}
