/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The host where there is nothing but a C library, as for an emulated CPU: one domain, no search for files, no
 * verifier. The functions that it leaves out are NULL in the contract, and the core says so when they are asked for.
 */
#include "port/process/child.h"

int native_init(struct process_host *h, const struct process_options *o)
{
	(void)h, (void)o;
	return 0;
}

void native_exit(struct process_host *h)
{
	(void)h;
}

int process_isolate(struct process_host *h, const char *name, struct tenon_domain **out)
{
	(void)h, (void)name, (void)out;
	return -TENON_ENOSYS;
}

int child_need(struct process_domain *d)
{
	(void)d;
	return -TENON_ENOSYS;
}

int child_map(struct process_domain *d, uint64_t run, size_t size, int prot)
{
	(void)d, (void)run, (void)size, (void)prot;
	return -TENON_ENOSYS;
}

int child_protect(struct process_domain *d, uint64_t run, size_t size, int prot)
{
	(void)d, (void)run, (void)size, (void)prot;
	return -TENON_ENOSYS;
}

bool child_unmap(struct process_domain *d, uint64_t run, size_t size)
{
	(void)d, (void)run, (void)size;
	return false;
}

int child_call(struct process_domain *d, struct tenon_module *m, uint64_t address, const uint64_t args[KPI_ARGS_MAX],
	       int64_t *result, char why[64])
{
	(void)d, (void)m, (void)address, (void)args, (void)result, (void)why;
	return -TENON_ENOSYS;
}

int child_upcall(struct process_domain *d, const struct process_code *code, const uint64_t args[KPI_ARGS_MAX],
		 int64_t *result, char why[64])
{
	(void)d, (void)code, (void)args, (void)result, (void)why;
	return -TENON_ENOSYS;
}
