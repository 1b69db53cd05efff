// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: leak in bug_init */
#include <linux/module.h>
#include <linux/percpu.h>

static unsigned long __percpu *counters;

static int __init bug_init(void)
{
	counters = alloc_percpu(unsigned long); /* here */
	if (!counters)
		return -ENOMEM;
	this_cpu_inc(*counters);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
