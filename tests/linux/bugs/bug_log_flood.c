// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: log-flood in chatter */
#include <linux/kernel.h>
#include <linux/module.h>

static noinline void chatter(void)
{
	for (int i = 0; i < 1100; i++)
		pr_info("still here\n"); /* here */
}

static int __init bug_init(void)
{
	chatter();
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
