// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: null-access in run */
#include <linux/kernel.h>
#include <linux/module.h>

struct actions {
	int (*start)(void);
	int (*stop)(void);
};

static int nothing(void)
{
	return 0;
}

static struct actions actions = { .stop = nothing };

static noinline int run(struct actions *a)
{
	return READ_ONCE(a->start)() + 1; /* here */
}

static int __init bug_init(void)
{
	return run(&actions) == 1 ? 0 : -EINVAL;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
