/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Reads memory of the program that loads it, which has not asked it for anything. */
#include "tenon/module.h"

static unsigned long address;
module_param(address, ulong, 0444);
MODULE_PARM_DESC(address, "in the program");

static int __init pry_init(void)
{
	char byte;

	return (int)tenon_program_read(address, &byte, 1);
}

module_init(pry_init);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Reads memory that is none of its business");
MODULE_AUTHOR("The Tenon authors");
