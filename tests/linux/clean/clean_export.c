// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Exports functions and data to others: clean_import. */
#include "clean_export.h"
#include <linux/module.h>

int clean_step = 3;
EXPORT_SYMBOL(clean_step);

int clean_next(int n)
{
	return n + clean_step;
}
EXPORT_SYMBOL_GPL(clean_next);

int clean_apart(int n)
{
	return -n;
}
EXPORT_SYMBOL_NS_GPL(clean_apart, CLEAN);

static int __init clean_init(void)
{
	return 0;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
