/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Exports a name that the example export_a exports already: whichever is loaded second must be refused. */
#include "tenon/module.h"

int export_a_double(int n);

int export_a_double(int n)
{
	return n;
}
EXPORT_SYMBOL(export_a_double);

static void __exit duplicate_exit(void)
{
}

module_exit(duplicate_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Exports what export_a exports");
