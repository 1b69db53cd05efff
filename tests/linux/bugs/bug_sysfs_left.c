// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: leak in make */
#include <linux/kobject.h>
#include <linux/module.h>

static noinline struct kobject *make(void)
{
	struct kobject *k = kobject_create_and_add("bug", kernel_kobj); /* here */

	barrier(); /* no tail call: its own frame is there to be named */
	return k;
}

static int __init bug_init(void)
{
	return make() ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
