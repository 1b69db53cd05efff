// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Locks that come close to a wrong order and have none: trylock the other way, objects of one kind by depth, readers in a timer. */
/* log: walked 3 levels, tried, ticked */
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#define DEPTH 3

struct level {
	struct mutex lock;
	struct level *below;
};

static DEFINE_MUTEX(outer);
static DEFINE_MUTEX(inner);
static DECLARE_RWSEM(shared);
static DEFINE_SPINLOCK(counter_lock); /* the timer's, too */
static DEFINE_RWLOCK(table_lock);     /* the timer reads */
static DEFINE_SPINLOCK(clock_lock);   /* the interrupt's, too */
static struct hrtimer clock;
static int ticks, clocks, table;

static struct level *level_new(struct level *below)
{
	struct level *l = kzalloc(sizeof(*l), GFP_KERNEL);

	if (!l)
		return NULL;
	mutex_init(&l->lock);
	l->below = below;
	return l;
}

/* Each level under the one above: all are of one kind, and the nesting says that this is meant. */
static int walk(struct level *top)
{
	int cnt = 0;

	for (struct level *l = top; l; l = l->below, cnt++) /* the kernel drops a subclass with what it does */
		mutex_lock_nested(&l->lock, cnt);
	for (struct level *l = top; l; l = l->below)
		mutex_unlock(&l->lock);
	return cnt;
}

static int walk_all(void)
{
	struct level *top = NULL;
	int cnt = 0;

	for (int i = 0; i < DEPTH; i++) {
		struct level *l = level_new(top);

		if (!l)
			break;
		top = l;
	}
	for (int i = 0; i < 2; i++)
		cnt = walk(top);
	while (top) {
		struct level *below = top->below;

		kfree(top);
		top = below;
	}
	return cnt;
}

/* Against the order nobody waits. */
static bool try_all(void)
{
	bool got;

	down_read(&shared);
	mutex_lock(&outer);
	mutex_lock(&inner);
	mutex_unlock(&outer); /* not in the order in which they were taken, which is nobody's concern */
	mutex_unlock(&inner);
	up_read(&shared);
	mutex_lock(&inner);
	got = mutex_trylock(&outer);
	if (got)
		mutex_unlock(&outer);
	got = got && down_read_trylock(&shared);
	if (got)
		up_read(&shared);
	mutex_unlock(&inner);
	/* One after the other is no order. */
	mutex_lock(&inner);
	mutex_unlock(&inner);
	mutex_lock(&outer);
	mutex_unlock(&outer);
	return got;
}

static void tick(struct timer_list *t)
{
	spin_lock(&counter_lock);
	WRITE_ONCE(ticks, ticks + 1);
	spin_unlock(&counter_lock);
	read_lock(&table_lock);
	WRITE_ONCE(clocks, clocks + table);
	read_unlock(&table_lock);
	if (ticks < 3)
		mod_timer(t, jiffies + 1);
}

static DEFINE_TIMER(timer, tick);

static enum hrtimer_restart clock_tick(struct hrtimer *t)
{
	spin_lock(&clock_lock);
	WRITE_ONCE(clocks, clocks + 1);
	spin_unlock(&clock_lock);
	return HRTIMER_NORESTART;
}

static void tick_all(void)
{
	unsigned long flags;

	while (READ_ONCE(ticks) < 3 || !READ_ONCE(clocks)) {
		mutex_lock(&outer); /* the timer comes while this one is held: it is not taken after it */
		spin_lock_bh(&counter_lock);
		spin_unlock_bh(&counter_lock);
		read_lock(&table_lock);
		read_unlock(&table_lock);
		write_lock_bh(&table_lock);
		write_unlock_bh(&table_lock);
		spin_lock_irqsave(&clock_lock, flags);
		spin_unlock_irqrestore(&clock_lock, flags);
		schedule_timeout_uninterruptible(1);
		mutex_unlock(&outer);
	}
}

static int __init clean_init(void)
{
	int depth = walk_all();
	bool tried = try_all();

	mod_timer(&timer, jiffies + 1);
	hrtimer_init(&clock, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	clock.function = clock_tick;
	hrtimer_start(&clock, ms_to_ktime(1), HRTIMER_MODE_REL);
	tick_all();
	pr_info("walked %d levels, %s, ticked\n", depth, tried ? "tried" : "did not try");
	return 0;
}

static void __exit clean_exit(void)
{
	del_timer_sync(&timer);
	hrtimer_cancel(&clock);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
