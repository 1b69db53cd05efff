// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: rwsem-held in change */
#include <linux/module.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);
static int number;

static noinline int change(int to)
{ /* here */
	down_write(&sem);
	if (number == to)
		return -EEXIST;
	number = to;
	up_write(&sem);
	return 0;
}

static int __init bug_init(void)
{
	return change(READ_ONCE(number)) == -EEXIST ? 0 : -EINVAL;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
