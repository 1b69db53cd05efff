/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Its init obtains a number of things, gives nothing back and then returns what its parameter says: an error, or a positive
 * number, which init must not. Everything must be as it was before.
 */
#include "tenon/module.h"

static unsigned int after = 3; /* how many things to obtain first */
module_param(after, uint, 0444);
static int result = -TENON_EIO; /* what init returns */
module_param(result, int, 0444);

static void expired(void *unused)
{
	(void)unused;
}

static int obtain(unsigned int i)
{
	switch (i % 3) {
	case 0:
		return tenon_alloc(THIS_MODULE, 64) ? 0 : -TENON_ENOMEM;
	case 1:
		return tenon_handle_error(tenon_timer_create(THIS_MODULE, expired, NULL));
	default:
		return tenon_handle_error(tenon_mutex_create(THIS_MODULE));
	}
}

static int __init init_fails_init(void)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < after; i++)
		err = obtain(i);
	return err ? err : result;
}

static void __exit init_fails_exit(void)
{
	pr_err("exit was called\n"); /* it must not be, after an init that failed */
}

module_init(init_fails_init);
module_exit(init_fails_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Its init fails");
