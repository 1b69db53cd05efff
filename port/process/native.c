/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The parts of the contract that need libraries. */
#include <stdio.h>

#include "port/process/child.h"
#include "tenon/mod.h"

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

/* `forbid` and `allow` of the configuration, for every module of every plan, whoever asks and from wherever it comes. */
static int allow(void *context, const struct tenon_module *m, char why[64])
{
	const struct process_host *h = context;
	const struct tmod_entry *e = tmod_config_forbids(h->config, tenon_module_name(m));

	if (!e)
		return 0;
	snprintf(why, 64, "%s:%u", e->file, e->line);
	return -TENON_EPERM;
}

int native_policy(struct process_host *h)
{
	return h->config ? tenon_set_policy(h->core, allow, h) : 0;
}

void native_exit(struct process_host *h)
{
	find_free(h->modules);
	tmod_config_close(h->config);
	trust_free(h->trust);
}
