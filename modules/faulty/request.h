/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Modules whose init requests a module and returns the result. Who includes this defines OTHER, the name that is
 * requested. A request for itself, or a cycle of requests, must be detected at once, not by a deadline.
 */
#include "tenon/module.h"

static int __init request_init(void)
{
	int err = tenon_request_module(OTHER, tenon_clock_ns() + 5000000000ull);

	pr_notice("asked for %s: %d\n", OTHER, err);
	return err;
}

static void __exit request_exit(void)
{
}

module_init(request_init);
module_exit(request_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Requests a module");
