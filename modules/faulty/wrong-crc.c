/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Was built when export_a_double was another function: its checksum comes from old.symvers. */
#include "tenon/module.h"

int export_a_double(int n);

static int __init start(void)
{
	return export_a_double(0);
}

module_init(start);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Has a wrong checksum for export_a_double");
