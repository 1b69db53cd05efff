// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Loading and unloading, as programs ask for it. */
#include "kernel/device/device.h"
#include "kernel/domain/domain.h"
#include "kernel/log.h"
#include "kernel/module/module.h"
#include "kernel/module/record.h"
#include "kernel/policy/policy.h"
#include "kernel/process/helper.h"
#include "kernel/process/process.h"
#include "kernel/process/types.h"
#include "kernel/sched/timer.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

_Atomic uint64_t module_load_cnt;

#define WAIT_NS 30000000000ull

/* One line: who asked, and the reason. */
static void log_failure(const char *what, const struct tenon_diag *diag)
{
	struct process_info asker = { .name = "kernel" };
	char why[LOG_LINE_BYTES];

	if (task_current())
		process_info(task_current()->process, &asker);
	if (diag->reason == TENON_R_NONE) /* it was the kernel, which has said why */
		strscpy(why, "the kernel does not take it", sizeof(why));
	else
		tenon_diag_format(diag, why, sizeof(why));
	log_line(LOG_ERR, "%s, for %s (%d): %s", what, asker.name, asker.pid, why);
}

/* Why it is not loaded, as finit_module(2) of Linux has it. */
static int load_error(int err, enum tenon_reason reason)
{
	switch (reason) {
	case TENON_R_NO_MODULE_SPACE: /* to a program it is memory */
		return -TENON_ENOMEM;
	case TENON_R_SIG_MISSING:
	case TENON_R_SIG_UNKNOWN_KEY:
		return -TENON_EKEYREJECTED;
	case TENON_R_TIMEOUT:
		return -TENON_EBUSY;
	default:
		return err;
	}
}

/* @name: what it turned out to be called. */
static int load(struct tenon_domain *domain, const void *file, size_t bytes, const char *params, uint32_t flags,
		char name[TENON_NAME_BYTES])
{
	struct tenon_source source = { .size = bytes, .constant = file };
	const struct tenon_request request = {
		.source = &source,
		.domain = domain,
		.params = params,
		.flags = flags | TENON_LOAD_REF,
	};
	struct tenon_diag diag = { 0 };
	struct tenon_module *m;
	int err = tenon_load(module_core, &request, &m, &diag);

	module_views_update();
	if (err) {
		log_failure("load", &diag);
		return load_error(err, diag.reason);
	}
	atomic_fetch_add(&module_load_cnt, 1);
	if (helper_runs())
		idle_begin();
	strscpy(name, tenon_module_name(m), TENON_NAME_BYTES);
	tenon_put(m, "load");
	return 0;
}

int module_load_into(struct domain *d, const void *file, size_t bytes, const char *params)
{
	char name[TENON_NAME_BYTES];

	return load(d->kpi.core, file, bytes, params, 0, name);
}

int module_load(const void *file, size_t bytes, char *params, uint32_t flags)
{
	char name[TENON_NAME_BYTES];
	struct domain *d;
	uint32_t restarts;
	int err = domain_choose(params, &d, &restarts);

	if (err)
		return err;
	err = load(d ? d->kpi.core : module_kernel.core, file, bytes, params, flags, name);
	if (!err && restarts && restart_note(d, name, file, bytes, params, restarts))
		log_warn("%s: no memory to load it anew, should its domain die", name);
	if (d)
		domain_put(d);
	return err;
}

/* ---- unloading --------------------------------------------------------------------------------------------------- */

/* Why it is not unloaded, as delete_module(2) of Linux has it. */
static int unload_error(int err, enum tenon_reason reason)
{
	switch (reason) {
	case TENON_R_IN_USE_BY:
	case TENON_R_IN_USE_REFS:
	case TENON_R_IN_USE_THREAD:
		return -TENON_EAGAIN;
	case TENON_R_TIMEOUT: /* somebody else loads or unloads it */
		return -TENON_EBUSY;
	case TENON_R_NAME_INVALID: /* none has such a name */
		return -TENON_ENOENT;
	default:
		return err;
	}
}

int module_unload_from(struct domain *d, const char *name, module_unload_fn *unload, uint64_t wait_ns,
		       struct tenon_diag *diag)
{
	int err = unload(module_core, d ? d->kpi.core : module_kernel.core, name, clock_ns() + wait_ns, diag);

	module_views_update();
	if (!d)
		return err;
	if (!err)
		restart_forget(d, name);
	domain_put(d); /* it may have been the last that the domain was for */
	return err;
}

int module_unload(const char *name, bool wait)
{
	struct tenon_diag diag = { 0 };
	int err = policy_unload(name);

	if (err)
		return err;
	err = module_unload_from(domain_of_module(name), name, tenon_unload, wait ? WAIT_NS : PASSING_NS, &diag);
	if (!err)
		return 0;
	driver_retry(); /* what came while it was closed */
	log_failure("unload", &diag);
	return unload_error(err, diag.reason);
}
