// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: lock-order in bug_read */
/* Each pair has one order, and all three have none. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(a);
static DEFINE_RWLOCK(b);
static DEFINE_SPINLOCK(c);

static __poll_t bug_poll(struct file *f, struct poll_table_struct *wait)
{
	unsigned long flags;

	spin_lock_irqsave(&a, flags);
	write_lock(&b);
	write_unlock(&b);
	spin_unlock_irqrestore(&a, flags);
	read_lock_irq(&b);
	spin_lock(&c);
	spin_unlock(&c);
	read_unlock_irq(&b);
	return 0;
}

static ssize_t bug_read(struct file *f, char __user *to, size_t len, loff_t *at)
{
	spin_lock_bh(&c);
	spin_lock(&a); /* here */
	spin_unlock(&a);
	spin_unlock_bh(&c);
	return 0;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .poll = bug_poll, .read = bug_read };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops };
module_misc_device(device);

MODULE_LICENSE("GPL");
