/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Needs a symbol of cycle_b, which needs one of this module: neither can come first. */
#include "tenon/module.h"

int cycle_a_value(void);
int cycle_b_value(void);

int cycle_a_value(void)
{
	return 1;
}
EXPORT_SYMBOL(cycle_a_value);

static int __init cycle_a_init(void)
{
	return cycle_b_value() - 1;
}

static void __exit cycle_a_exit(void)
{
}

module_init(cycle_a_init);
module_exit(cycle_a_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Depends on cycle_b, which depends on it");
