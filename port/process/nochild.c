/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Where there are no isolated domains: process_isolate() says so, and no other function here is ever reached. */
#include "port/process/child.h"

int process_isolate(struct process_host *h, const char *name, struct tenon_domain **out)
{
	(void)h, (void)name, (void)out;
	return -TENON_ENOSYS;
}

int process_domain_close(struct process_host *h, struct tenon_domain *d)
{
	(void)h, (void)d;
	return -TENON_EINVAL;
}

void process_settle(struct process_host *h)
{
	quarantine_settle(h);
}

int process_domain_kill(struct process_host *h, struct tenon_domain *d)
{
	(void)h, (void)d;
	return -TENON_EINVAL;
}

int process_domain_pid(const struct tenon_domain *d)
{
	(void)d;
	return 0;
}

void child_close_all(struct process_host *h)
{
	(void)h;
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

int child_sync_code(struct process_domain *d)
{
	(void)d;
	return -TENON_ENOSYS;
}

int child_call(struct process_domain *d, const struct process_code *code, const uint64_t args[KPI_ARGS_MAX],
	       int64_t *result, char why[64])
{
	(void)d, (void)code, (void)args, (void)result, (void)why;
	return -TENON_ENOSYS;
}

void child_kill(struct child *c, const char *why)
{
	(void)c, (void)why;
}
