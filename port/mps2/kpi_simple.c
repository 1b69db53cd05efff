/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Clock, random numbers, and modules: kpi/clock.def, random.def, module.def. There is no calendar on this board. */
#include "port/mps2/board.h"
#include "port/mps2/kpi.h"
#include "tenon/runtime.h"

uint64_t tenon_clock_ns(void)
{
	return clock_ns();
}

int tenon_random(void *data, size_t len)
{
	int err;

	if (len > TENON_RANDOM_BYTES)
		return -TENON_EINVAL;
	err = board_random(data, len);
	return err ? err : (int)len;
}

int tenon_request_module(const char *name, uint64_t deadline_ns)
{
	const struct tenon_request req = { .name = name, .domain = mps2_kernel, .deadline_ns = deadline_ns };

	kpi_thread_context("tenon_request_module");
	if (strnlen(name, TENON_REQUEST_BYTES) == TENON_REQUEST_BYTES)
		return -TENON_EINVAL;
	return tenon_load(mps2_core, &req, NULL, NULL);
}

int tenon_module_get(struct tenon_this_module *self)
{
	struct tenon_module *m = kpi_module(self);

	if (!m)
		return -TENON_EFAULT;
	return tenon_try_get(m) ? 0 : -TENON_ENODEV;
}

void tenon_module_put(struct tenon_this_module *self)
{
	struct tenon_module *m = kpi_module(self);

	if (!m)
		mps2_panic(NULL, "tenon_module_put: not a module");
	tenon_put(m, "tenon_module_put");
}
