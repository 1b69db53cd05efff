// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Warnings go on; accesses to a program's memory that is not there are errors. */
#include <linux/bug.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "check.h"

#define NOWHERE ((int __user *)16)

static int twice(void)
{
	return WARN_ON_ONCE(1);
}

static int __init test_init(void)
{
	char buf[8] = "abcdefg";
	int value = 7;

	check(WARN_ON(value == 7), "a warning goes on");
	check(twice() && twice(), "one that is said once, too");
	check(get_user(value, NOWHERE) == -EFAULT && !value, "a value from nowhere is an error");
	check(put_user(1, NOWHERE) == -EFAULT, "one to nowhere likewise");
	check(copy_from_user(buf, NOWHERE, 8) == 8 && !buf[0], "nothing is copied from nowhere");
	check(copy_to_user(NOWHERE, buf, 8) == 8, "nor to it");
	check(clear_user(NOWHERE, 8) == 8, "nor cleared there");
	check(get_user(value, (int __user *)-8L) == -EFAULT, "an address of the kernel's half is refused");
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of warnings and accesses");
