/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Changing live instructions: kpi/text.def. */
#include "kpi/impl/impl.h"

/* What the core is asked under its lock. */
struct permission {
	const struct tenon_module *self, *target;
};

static int is_target(const struct tenon_module *user, void *arg)
{
	return user == ((struct permission *)arg)->target;
}

static int depends(const struct tenon_module *m, void *arg)
{
	struct permission *p = arg;

	return m == p->self && tenon_for_each_user(kpi.core, m, is_target, p);
}

/* Is @target the caller, or does it depend on it? */
static bool may_write(const struct tenon_module *self, const struct tenon_module *target)
{
	struct permission p = { .self = self, .target = target };

	return self == target || tenon_for_each(kpi.core, depends, &p);
}

int tenon_text_write(struct tenon_this_module *self, void *address, const void *code, size_t len)
{
	struct caller c = caller_thread();
	struct tenon_module *m = caller_module(&c, (tenon_addr)self);
	struct tenon_place at;

	if (!m)
		return -TENON_EFAULT;
	if (len > TENON_TEXT_BYTES || !tenon_place_find(kpi.core, c.d->pub->core, (tenon_addr)address, &at) ||
	    len > at.size - at.offset || at.mem == TENON_MEM_DATA || at.mem == TENON_MEM_INIT_DATA)
		return -TENON_EINVAL;
	if (!may_write(m, at.module))
		return -TENON_EPERM;
	return kpi.host->write_text(c.d->pub, (tenon_addr)address, code, len);
}
