// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: wild-access in scribble */
#include <linux/module.h>
#include <linux/sched.h>

static noinline void scribble(unsigned long *at)
{
	for (int i = 0; i < 512; i++)
		WRITE_ONCE(at[i], 0x6b6b6b6b6b6b6b6b); /* here */
}

static int __init bug_init(void)
{
	scribble((unsigned long *)((unsigned long)schedule & PAGE_MASK)); /* linux.ko's own text */
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
