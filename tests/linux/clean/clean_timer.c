// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Timers: one that repeats, one that is put off, one that lies in what it frees. */
/* log: ticked 5 times */
/* log: the late one never came */
/* log: the one of its own memory has gone */
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timer.h>

#define TICKS 5

struct own {
	struct timer_list timer;
	struct completion *gone;
};

static int ticks;
static bool late_came;
static DECLARE_COMPLETION(ticked);

static void tick(struct timer_list *t)
{
	if (++ticks < TICKS)
		mod_timer(t, jiffies + 1);
	else
		complete(&ticked);
}
static DEFINE_TIMER(ticker, tick);

static void be_late(struct timer_list *t)
{
	late_came = true;
}
static DEFINE_TIMER(late, be_late);

static void free_own(struct timer_list *t)
{
	struct own *o = from_timer(o, t, timer);
	struct completion *gone = o->gone;

	kfree(o);
	complete(gone);
}

static int __init clean_init(void)
{
	DECLARE_COMPLETION_ONSTACK(gone);
	struct own *o = kmalloc(sizeof(*o), GFP_KERNEL);

	if (!o)
		return -ENOMEM;
	timer_setup(&o->timer, free_own, 0);
	o->gone = &gone;
	mod_timer(&o->timer, jiffies + 1);
	mod_timer(&late, jiffies + 3600 * HZ);
	mod_timer(&ticker, jiffies + 1);
	wait_for_completion(&ticked);
	wait_for_completion(&gone);
	pr_info("ticked %d times\n", ticks);
	pr_info("the one of its own memory has gone\n");
	return 0;
}

static void __exit clean_exit(void)
{
	del_timer_sync(&ticker);
	if (timer_pending(&late) && del_timer(&late) && !late_came)
		pr_info("the late one never came\n");
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
