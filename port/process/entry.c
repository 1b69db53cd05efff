/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Entries into modules, of either kind of domain. What a domain can set of a thread's state ends at its border: entered
 * from another domain a module finds none, what it acquired during the entry goes when it returns, and the outer domain
 * has its own back.
 */
#include <string.h>
#ifdef __x86_64__
#include <asm/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "port/process/child.h"
#include "tenon/kpi.h"
#include "tenon/linux.h"

/* What modules set by way of the interface. */
struct cpu {
	uint64_t vcpu_set, base;
	uint32_t vcpu;
};

void thread_set_base(struct process_thread *self, const struct process_domain *d, uint64_t base)
{
	self->base = base;
	if (d->child || self->cpu_base == base)
		return;
	self->cpu_base = base;
#ifdef __x86_64__
	syscall(SYS_arch_prctl, ARCH_SET_GS, base);
#endif
}

static struct cpu enter_domain(struct process_thread *self, const struct process_domain *d)
{
	struct cpu outer = { self->vcpu_set, self->base, self->vcpu };

	if (self->inside != d) {
		self->vcpu_set = 0;
		thread_set_base(self, d, 0);
	}
	return outer;
}

/* The frame is still there: who releases must be known. */
static void leave_domain(struct process_thread *self, const struct process_domain *to, const struct cpu *outer)
{
	bool border = self->inside != to;

	if (self->vcpu_set && (border || !outer->vcpu_set))
		tenon_vcpu_release();
	if (!border)
		return;
	self->vcpu_set = outer->vcpu_set;
	self->vcpu = outer->vcpu;
	thread_set_base(self, to ? to : self->inside, outer->base);
}

/* Run a function of a module whose frame has been pushed. Return: as process_upcall. */
static int run(struct process_thread *self, struct process_domain *d, const struct process_code *code,
	       const uint64_t args[KPI_ARGS_MAX], int64_t *result, char why[64])
{
	struct process_domain *from = self->inside;
	struct cpu outer = enter_domain(self, d);
	int err;

	self->inside = d;
	err = d->child ? child_call(d, code, args, result, why) : guard_call(d->h, code, args, result, why);
	leave_domain(self, from, &outer);
	self->inside = from;
	return err;
}

int entry_call(void *context, struct tenon_module *m, uint64_t address, uint64_t arg, int64_t *result, char why[64])
{
	const struct process_code code = { .module = m, .address = address };
	const uint64_t args[KPI_ARGS_MAX] = { arg };

	return run(thread_self(context), tenon_domain_host(tenon_module_domain(m)), &code, args, result, why) ? -TENON_EFAULT : 0;
}

/* What a function of @m must be called by: Linux's own only by linux.ko. */
static uint64_t called_by(struct process_host *h, struct tenon_module *m)
{
	const char *kind = tenon_module_kind(m);
	struct tenon_export e;

	/* The letter alone decides for most: this is on the way of every call. */
	if (kind[0] != 'l' || strcmp(kind, "linux") || tenon_lookup(h->core, tenon_module_domain(m), TENON_LINUX_CALL, &e))
		return 0;
	return e.value;
}

int process_upcall(struct process_host *h, const struct process_code *given, const uint64_t args[KPI_ARGS_MAX],
		   int64_t *result, char why[64])
{
	struct process_code code = *given;
	struct process_domain *d = tenon_domain_host(tenon_module_domain(code.module));
	struct process_thread *self = thread_self(h);
	int err;

	if (!code.by)
		code.by = called_by(h, code.module);
	if (!tenon_enter(&self->core, code.module))
		return tenon_enter_error(&self->core);
	err = run(self, d, &code, args, result, why);
	if (!err && !d->child)
		*result = kpi_result(code.type, *result);
	tenon_leave(&self->core);
	if (err == -TENON_EFAULT && !d->child)
		quarantine(h, code.module, why);
	return err;
}
