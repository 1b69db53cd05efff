// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: thread-left in serve */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>

static int serve(void *unused)
{ /* here */
	while (!kthread_should_stop())
		msleep(1000);
	return 0;
}

static int __init bug_init(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(serve, NULL, "bug"));
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
