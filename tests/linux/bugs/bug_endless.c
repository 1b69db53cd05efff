// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: stuck in wait_for_ever */
#include <linux/module.h>

static int ready;

static noinline void wait_for_ever(void)
{ /* here */
	while (!READ_ONCE(ready))
		cpu_relax();
}

static int __init bug_init(void)
{
	wait_for_ever();
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
