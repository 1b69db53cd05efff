/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The host where there is nothing but a C library, as for an emulated CPU: no search for files, no verifier. Those
 * functions are NULL in the contract, and the core says so when they are needed. It has no interface functions either,
 * so its modules are those that need none.
 */
#include "port/process/child.h"
#include "tenon/kpi.h"

int native_init(struct process_host *h, const struct process_options *o)
{
	(void)h, (void)o;
	return 0;
}

int native_policy(struct process_host *h)
{
	(void)h;
	return 0;
}

int process_request(struct process_host *h, const struct tenon_request *req, struct tenon_diag *diag)
{
	return tenon_load(h->core, req, NULL, diag);
}

void native_exit(struct process_host *h)
{
	(void)h;
}

bool trap_fix_kernel(struct process_host *h, const siginfo_t *info, void *context)
{
	(void)h, (void)info, (void)context;
	return false;
}
