// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: callback-left in bug_notify */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>

static int bug_notify(struct notifier_block *nb, unsigned long event, void *data)
{ /* here */
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = bug_notify };

static int __init bug_init(void)
{
	return register_netdevice_notifier(&notifier);
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
