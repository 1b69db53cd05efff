/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Entries into modules, of either kind of domain. What a domain can set of a thread's state ends at its border: entered
 * from another domain a module finds none, what it acquired during the entry goes when it returns, and the outer domain
 * has its own back.
 */
#ifdef __x86_64__
#include <asm/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "port/process/child.h"
#include "tenon/kpi.h"

void entry_set_base(struct tenon_kpi_thread *t, tenon_addr base)
{
	struct process_thread *self = thread_self(process_host_here);
	const struct process_domain *d = (const struct process_domain *)t->domain;

	self->base = base;
	if ((d && d->child) || self->cpu_base == base)
		return;
	self->cpu_base = base;
#ifdef __x86_64__
	syscall(SYS_arch_prctl, ARCH_SET_GS, base);
#endif
}

/* Run a function of a module whose frame has been pushed. Return: as process_upcall. */
static int run(struct process_thread *self, struct process_domain *d, const struct process_code *code,
	       const uint64_t args[KPI_ARGS_MAX], int64_t *result, char why[64])
{
	struct tenon_kpi_entry entry;
	int err;

	tenon_kpi_enter(&self->kpi, &d->kpi, UINT64_MAX, &entry); /* the domain's monitor is the watchdog */
	err = d->child ? child_call(d, code, args, result, why) : guard_call(d->h, code, args, result, why);
	tenon_kpi_leave(&self->kpi, &entry);
	return err;
}

int entry_call(void *context, struct tenon_module *m, uint64_t address, uint64_t arg, int64_t *result, char why[64])
{
	const struct process_code code = { .module = m, .address = address };
	const uint64_t args[KPI_ARGS_MAX] = { arg };

	return run(thread_self(context), tenon_domain_host(tenon_module_domain(m)), &code, args, result, why) ?
		   -TENON_EFAULT :
		   0;
}

/* What a function of @m must be called through, if its kind of module has such a thing: 0: it is called itself. */
static uint64_t called_by(struct process_host *h, struct tenon_module *m)
{
	const char *caller = tenon_module_caller(m);
	struct tenon_export e;

	return caller && !tenon_lookup(h->core, tenon_module_domain(m), caller, &e) ? e.value : 0;
}

/* With the frame pushed. */
static int upcall(struct process_domain *d, const struct process_code *given, const uint64_t args[KPI_ARGS_MAX],
		  int64_t *result, char why[64])
{
	struct process_code code = *given;
	int err;

	if (!code.by)
		code.by = called_by(d->h, code.module);
	err = run(thread_self(d->h), d, &code, args, result, why);
	if (err == -TENON_EFAULT && !d->child)
		quarantine(d->h, code.module, why);
	return err;
}

int entry_upcall(struct tenon_kpi_domain *d, const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX],
		 int64_t *result)
{
	const struct process_code given = { .module = code->module, .address = code->address, .type = code->type };
	char why[64];

	return upcall((struct process_domain *)d, &given, args, result, why);
}

int process_upcall(struct process_host *h, const struct process_code *code, const uint64_t args[KPI_ARGS_MAX],
		   int64_t *result, char why[64])
{
	struct process_domain *d = tenon_domain_host(tenon_module_domain(code->module));
	struct tenon_thread *self = thread_record(h);
	int err;

	if (!tenon_enter(self, code->module))
		return tenon_enter_error(self);
	err = upcall(d, code, args, result, why);
	if (!err && !d->child)
		*result = tenon_kpi_result(code->type, *result);
	tenon_leave(self); /* after that module and domain may go */
	return err;
}
