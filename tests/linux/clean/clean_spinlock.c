// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Spinlocks against a timer and a tasklet: with interrupts off, with softirqs off, tried; and a rwlock. */
/* log: nothing was lost */
/* log: readers share, writers do not */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

static DEFINE_SPINLOCK(lock);
static DEFINE_RWLOCK(rwlock);
static unsigned long total, by_timer, by_tasklet;

static void add_one(struct tasklet_struct *t)
{
	spin_lock(&lock);
	total++;
	by_tasklet++;
	spin_unlock(&lock);
}
static DECLARE_TASKLET(tasklet, add_one);

static void tick(struct timer_list *t)
{
	unsigned long flags;
	void *p;

	spin_lock_irqsave(&lock, flags);
	total++;
	by_timer++;
	p = kmalloc(32, GFP_ATOMIC);
	spin_unlock_irqrestore(&lock, flags);
	kfree(p);
	tasklet_schedule(&tasklet);
	mod_timer(t, jiffies + 1);
}
static DEFINE_TIMER(timer, tick);

static int __init clean_init(void)
{
	unsigned long mine = 0;

	mod_timer(&timer, jiffies + 1);
	for (int i = 0; i < 200; i++) {
		spin_lock_bh(&lock);
		total++;
		spin_unlock_bh(&lock);
		spin_lock_irq(&lock);
		total++;
		spin_unlock_irq(&lock);
		mine += 2;
		if (!(i % 20))
			usleep_range(500, 1000);
	}
	del_timer_sync(&timer);
	tasklet_kill(&tasklet);
	if (total == mine + by_timer + by_tasklet && !spin_is_locked(&lock))
		pr_info("nothing was lost\n");
	read_lock(&rwlock);
	if (read_trylock(&rwlock)) {
		if (!write_trylock(&rwlock))
			pr_info("readers share, writers do not\n");
		read_unlock(&rwlock);
	}
	read_unlock(&rwlock);
	write_lock_irq(&rwlock);
	write_unlock_irq(&rwlock);
	return 0;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
