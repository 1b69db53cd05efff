/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Needs a function that nobody exports. */
#include "tenon/module.h"

int nobody_exports_this(void);

static int __init start(void)
{
	return nobody_exports_this();
}

module_init(start);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Needs a symbol that does not exist");
