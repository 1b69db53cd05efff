// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: sleep-in-atomic in pause */
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/module.h>

static noinline void pause(void)
{
	unsigned long flags;

	local_irq_save(flags);
	msleep(1); /* here */
	local_irq_restore(flags);
}

static int __init bug_init(void)
{
	pause();
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
