/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What modules have obtained from the kernel: recorded by the bindings that hand it out, taken back at unload. */
#include "core/string.h"

#include "core/context.h"
#include "core/fail.h"
#include "core/owner.h"

static void unlink_owned(struct tenon_owned *o)
{
	*o->prev = o->next;
	if (o->next)
		o->next->prev = o->prev;
	o->module->owned_cnt--;
	o->module->owned_bytes -= o->bytes;
	o->module = NULL;
}

int tenon_own(struct tenon_module *m, struct tenon_owned *o)
{
	int err = -TENON_ENODEV;

	core_lock(m->t);
	if (m->state != TENON_QUARANTINED) {
		o->module = m;
		o->next = m->owned;
		o->prev = &m->owned;
		if (o->next)
			o->next->prev = &o->next;
		m->owned = o;
		m->owned_cnt++;
		m->owned_bytes += o->bytes;
		err = 0;
	}
	core_unlock(m->t);
	return err;
}

bool tenon_disown(struct tenon *t, struct tenon_owned *o)
{
	bool mine;

	core_lock(t);
	mine = o->module != NULL;
	if (mine)
		unlink_owned(o);
	core_unlock(t);
	return mine;
}

int tenon_for_each_owned(struct tenon *t, const struct tenon_module *m,
			 int (*fn)(const struct tenon_owned *o, void *arg), void *arg)
{
	int ret = 0;

	core_lock(t);
	for (const struct tenon_owned *o = m->owned; o && !ret; o = o->next)
		ret = fn(o, arg);
	core_unlock(t);
	return ret;
}

uint32_t module_reclaim(struct tenon_module *m, char kinds[TENON_DIAG_NAME_BYTES])
{
	uint32_t cnt = 0;
	struct tenon_owned *o;

	for (;;) {
		core_lock(m->t);
		o = m->owned;
		if (o)
			unlink_owned(o);
		core_unlock(m->t);
		if (!o)
			return cnt;
		cnt++;
		if (!strstr(kinds, o->kind))
			diag_list(kinds, o->kind);
		o->reclaim(o);
	}
}
