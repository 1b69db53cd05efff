/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Was built when tenon_sleep_until took a number of milliseconds: old-interface.symvers says so. */
#include "tenon/module.h"

static int __init old_interface_init(void)
{
	return tenon_sleep_until(0);
}

module_init(old_interface_init);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Was built for an older interface");
