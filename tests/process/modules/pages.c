/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Has memory of every kind, says where it is, and writes where one tells it to. */
#include "tenon/module.h"

static int after_init __ro_after_init = 1;
static int data;
static const int constant = 3;
static int __initdata init_data = 4;

int pages_write(unsigned long address);
int pages_write(unsigned long address)
{
	*(volatile int *)address = 5;
	return 0;
}
EXPORT_SYMBOL(pages_write);

int pages_read(unsigned long address);
int pages_read(unsigned long address)
{
	return *(volatile int *)address;
}
EXPORT_SYMBOL(pages_read);

/* Run what is at an address. */
int pages_call(unsigned long address);
int pages_call(unsigned long address)
{
	((void (*)(void))address)();
	return 0;
}
EXPORT_SYMBOL(pages_call);

static int __init pages_init(void)
{
	after_init++;
	data = init_data;
	pr_info("after_init=%#lx data=%#lx constant=%#lx text=%#lx init_text=%#lx init_data=%#lx\n",
		(unsigned long)&after_init, (unsigned long)&data, (unsigned long)&constant, (unsigned long)pages_write,
		(unsigned long)pages_init, (unsigned long)&init_data);
	return 0;
}

static void __exit pages_exit(void)
{
}

module_init(pages_init);
module_exit(pages_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Has memory of every kind");
