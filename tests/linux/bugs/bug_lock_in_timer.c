// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: lock-irq in bug_tick */
/* The timer may run while bug_read holds its lock. */
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

static DEFINE_SPINLOCK(lock);
static int ticks;

static void bug_tick(struct timer_list *t)
{
	spin_lock(&lock); /* here */
	ticks++;
	spin_unlock(&lock);
}

static DEFINE_TIMER(timer, bug_tick);

static ssize_t bug_read(struct file *f, char __user *to, size_t len, loff_t *at)
{
	spin_lock(&lock);
	ticks = 0;
	spin_unlock(&lock);
	mod_timer(&timer, jiffies + 1);
	return 0;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .read = bug_read };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops };

static int __init bug_init(void)
{
	return misc_register(&device);
}

static void __exit bug_exit(void)
{
	misc_deregister(&device);
	del_timer_sync(&timer);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
