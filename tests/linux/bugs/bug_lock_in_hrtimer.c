// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: lock-irq in bug_read */
/* Softirqs are off while bug_read holds its lock, and the timer is an interrupt. */
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);
static struct hrtimer timer;
static int ticks;

static enum hrtimer_restart bug_tick(struct hrtimer *t)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	ticks++;
	spin_unlock_irqrestore(&lock, flags);
	return HRTIMER_NORESTART;
}

static ssize_t bug_read(struct file *f, char __user *to, size_t len, loff_t *at)
{
	spin_lock_bh(&lock); /* here */
	ticks = 0;
	spin_unlock_bh(&lock);
	return 0;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .read = bug_read };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops };

static int __init bug_init(void)
{
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = bug_tick;
	hrtimer_start(&timer, ns_to_ktime(10000), HRTIMER_MODE_REL);
	while (!READ_ONCE(ticks))
		schedule_timeout_uninterruptible(1);
	return misc_register(&device);
}

static void __exit bug_exit(void)
{
	misc_deregister(&device);
	hrtimer_cancel(&timer);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
