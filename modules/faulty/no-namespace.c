/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Uses a symbol of namespace EXPORT_A and does not say so. */
#include "tenon/module.h"

unsigned int export_a_calls(void);

static int __init start(void)
{
	return export_a_calls() > 1000;
}

module_init(start);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Does not import a namespace");
