/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Uses a symbol for GPL-compatible modules, and is not one. */
#include "tenon/module.h"

int export_a_add(void);
static int (*volatile add)(void) = export_a_add; /* its type does not matter: it is never called */

static int __init start(void)
{
	return add == NULL;
}

module_init(start);

MODULE_LICENSE("Proprietary");
MODULE_DESCRIPTION("Uses a GPL symbol");
