/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Uses a symbol that is exported for export_b only. */
#include "tenon/module.h"

void export_a_reset(void);
static void (*volatile reset)(void) = export_a_reset;

static int __init start(void)
{
	return reset == NULL;
}

module_init(start);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Uses a symbol that is for another module");
