// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Loading and unloading, as programs ask for it. */
#include "kernel/log.h"
#include "kernel/module/module.h"
#include "kernel/sched/timer.h"
#include "tenon/errno.h"

#define WAIT_NS 30000000000ull
#define PASSING_NS 1000000000ull /* threads that only pass through have left by then */

/* One line with the reason; who asked is before it. */
static void log_failure(const char *what, const struct tenon_diag *diag)
{
	char why[LOG_LINE_BYTES];

	tenon_diag_format(diag, why, sizeof(why));
	log_line(LOG_ERR, "%s: %s", what, why);
}

int module_load(const void *file, size_t bytes, const char *params, uint32_t flags)
{
	struct tenon_source source = { .size = bytes, .constant = file };
	const struct tenon_request request = {
		.source = &source,
		.domain = module_kernel.core,
		.params = params,
		.flags = flags,
	};
	struct tenon_diag diag = { 0 };
	int err = tenon_load(module_core, &request, NULL, &diag);

	if (err)
		log_failure("load", &diag);
	return err;
}

/* Why it is not unloaded, as delete_module(2) of Linux has it. */
static int unload_error(int err, enum tenon_reason reason)
{
	switch (reason) {
	case TENON_R_IN_USE_BY:
	case TENON_R_IN_USE_REFS:
	case TENON_R_IN_USE_THREAD:
		return -TENON_EAGAIN;
	case TENON_R_NAME_INVALID: /* none has such a name */
		return -TENON_ENOENT;
	default:
		return err;
	}
}

int module_unload(const char *name, bool wait)
{
	struct tenon_diag diag = { 0 };
	uint64_t deadline_ns = clock_ns() + (wait ? WAIT_NS : PASSING_NS);
	int err = tenon_unload(module_core, module_kernel.core, name, deadline_ns, &diag);

	if (!err)
		return 0;
	log_failure("unload", &diag);
	return unload_error(err, diag.reason);
}
