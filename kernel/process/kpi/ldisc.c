// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Line disciplines of modules: kpi/ldisc.def. */
#include "kernel/process/discipline.h"
#include "kpi/impl/offer.h"

#define NUMBER_MAX 255 /* c_line of struct termios is a byte */

static struct offer *ldiscs; /* devices' lock */

static const struct offer_type ldisc_type = {
	.object = OFFER_OBJECT("ldisc"), .list = &ldiscs, .op_cnt = LDISC_OP_CNT, .optional = LDISC_RECEIVE
};

tenon_handle tenon_ldisc_register(struct tenon_this_module *self, uint32_t number, const struct tenon_ldisc_ops *ops,
				  void *ctx)
{
	char name[OFFER_NAME_BYTES];

	_Static_assert(sizeof(*ops) == LDISC_OP_CNT * sizeof(tenon_addr), "callbacks and enum agree");
	if (!number || number > NUMBER_MAX)
		return (tenon_handle)-TENON_EINVAL;
	tenon_snprintf(name, sizeof(name), "%u", number);
	return offer_register(self, &ldisc_type, name, ops, ctx);
}

int tenon_ldisc_unregister(tenon_handle ldisc)
{
	return offer_unregister(&ldisc_type, ldisc);
}

/* ---- the terminal's side ----------------------------------------------------------------------------------------- */

long kpi_ldisc_call(struct ldisc_line *l, enum ldisc_op op, const void *in, size_t len, void *out, size_t room)
{
	uint64_t args[KPI_ARGS_MAX] = { 0, (uintptr_t)&l->step, (uintptr_t)in, len, (uintptr_t)out, room };
	int64_t result;

	if (!l->by->ops[op])
		return 0;
	l->step.size = sizeof(l->step);
	l->step.used = 0;
	if (offer_call(l->by, op, callback_type("tenon_ldisc_ops", op), args, &result) || result > (int64_t)room ||
	    result < -4095 || l->step.used > len)
		return -TENON_EIO;
	return (long)result;
}

long kpi_ldisc_open(struct ldisc_line *l, const char *number)
{
	long err;

	l->by = offer_hold(&ldisc_type, number);
	if (!l->by)
		return -TENON_ENOENT;
	err = kpi_ldisc_call(l, LDISC_OPEN, NULL, 0, NULL, 0);
	if (err)
		offer_drop(l->by);
	return err;
}

void kpi_ldisc_close(struct ldisc_line *l)
{
	kpi_ldisc_call(l, LDISC_CLOSE, NULL, 0, NULL, 0);
	offer_drop(l->by);
}
