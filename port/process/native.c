/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The parts of the contract that need libraries. */
#include "port/process/child.h"

int native_init(struct process_host *h, const struct process_options *o)
{
	int err = find_init(h, o);

	if (!err)
		err = trust_load(o, &h->trust);
	h->tenon.find = find_module;
	h->tenon.verify = trust_verify;
	h->tenon.bind = bind_export;
	return err;
}

void native_exit(struct process_host *h)
{
	find_free(h->modules);
	trust_free(h->trust);
}
