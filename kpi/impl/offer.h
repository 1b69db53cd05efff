/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a module offers the kernel by a name, at most one of each name: a list of each type for all domains, under the devices' lock. */
#ifndef KPI_IMPL_OFFER_H
#define KPI_IMPL_OFFER_H

#include "kpi/impl/impl.h"

#define OFFER_NAME_BYTES 16
#define OFFER_OPS_MAX 4

struct offer {
	struct object object;
	struct offer *next; /* devices' lock */
	char name[OFFER_NAME_BYTES];
	uint64_t ctx;
	tenon_addr ops[OFFER_OPS_MAX];
};

struct offer_type {
	struct object_type object; /* must be first */
	struct offer **list;       /* devices' lock */
	unsigned op_cnt, optional; /* callbacks; those before `optional` may be missing */
};

#define OFFER_OBJECT(what) { .name = (what), .size = sizeof(struct offer), .cancel = offer_cancel }

/**
 * offer_register - as a module calls it
 * @ops: the structure of callbacks: type->op_cnt of them
 *
 * Return: the handle; -TENON_EEXIST, -TENON_EFAULT, -TENON_EINVAL: no name, or no function of the module; -TENON_ENOMEM. Thread.
 */
tenon_handle offer_register(struct tenon_this_module *self, const struct offer_type *type, const char *name,
			    const void *ops, void *ctx);
int offer_unregister(const struct offer_type *type, tenon_handle handle);
void offer_cancel(struct object *o);

/* By its name, as its user and with its module held, until offer_drop(). NULL: nobody offers it. */
struct offer *offer_hold(const struct offer_type *type, const char *name);
void offer_drop(struct offer *o);
/* Call one of its callbacks; its context becomes args[0]. @type: of the callback. Return: as tenon_kpi_upcall(). */
int offer_call(const struct offer *o, unsigned op, const struct kpi_call *type, uint64_t args[KPI_ARGS_MAX],
	       int64_t *result);

#endif
