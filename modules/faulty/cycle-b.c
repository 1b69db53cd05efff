/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Needs a symbol of cycle_a, which needs one of this module: neither can come first. */
#include "tenon/module.h"

int cycle_a_value(void);
int cycle_b_value(void);

int cycle_b_value(void)
{
	return 1;
}
EXPORT_SYMBOL(cycle_b_value);

static int __init cycle_b_init(void)
{
	return cycle_a_value() - 1;
}

static void __exit cycle_b_exit(void)
{
}

module_init(cycle_b_init);
module_exit(cycle_b_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Depends on cycle_a, which depends on it");
