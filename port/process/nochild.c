/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Isolated domains where the host has none. process_isolate() says so; the others are never reached. */
#include "port/process/child.h"

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
