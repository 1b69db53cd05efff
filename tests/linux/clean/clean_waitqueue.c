// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Waiting of each kind for a thread that makes things: for ever, with a time limit, exclusively, for a bit. */
/* log: got 1 2 3 */
/* log: timed out */
/* log: the bit is clear */
/* log: 2 exclusive waiters, woken one by one */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>

static DECLARE_WAIT_QUEUE_HEAD(made);
static DECLARE_WAIT_QUEUE_HEAD(taken);
static DECLARE_WAIT_QUEUE_HEAD(turn);
static int item, turns;
static atomic_t woken = ATOMIC_INIT(0);
static unsigned long flags;

static int make(void *data)
{
	for (int i = 1; i <= 3; i++) {
		wait_event(taken, !READ_ONCE(item));
		WRITE_ONCE(item, i);
		wake_up(&made);
	}
	msleep(2);
	clear_bit_unlock(0, &flags);
	smp_mb__after_atomic();
	wake_up_bit(&flags, 0);
	while (!kthread_should_stop())
		wait_event_interruptible_timeout(made, kthread_should_stop(), HZ);
	return 0;
}

static int take(void)
{
	int i;

	wait_event(made, READ_ONCE(item));
	i = item;
	WRITE_ONCE(item, 0);
	wake_up_all(&taken);
	return i;
}

static int wait_turn(void *data)
{
	spin_lock(&turn.lock);
	wait_event_interruptible_exclusive_locked(turn, turns);
	turns--;
	spin_unlock(&turn.lock);
	atomic_inc(&woken);
	wait_event_interruptible(made, kthread_should_stop());
	return 0;
}

static int take_turns(void)
{
	struct task_struct *waiter[2] = { kthread_run(wait_turn, NULL, "clean_wait0"), NULL };
	int err = PTR_ERR_OR_ZERO(waiter[0]);

	if (err)
		return err;
	waiter[1] = kthread_run(wait_turn, NULL, "clean_wait1");
	err = PTR_ERR_OR_ZERO(waiter[1]);
	for (int i = 0; i < 2; i++) {
		spin_lock(&turn.lock);
		turns++;
		wake_up_locked(&turn);
		spin_unlock(&turn.lock);
	}
	while (!err && atomic_read(&woken) < 2)
		msleep(1);
	kthread_stop(waiter[0]);
	if (err)
		return err;
	kthread_stop(waiter[1]);
	pr_info("%d exclusive waiters, woken one by one\n", atomic_read(&woken));
	return 0;
}

static int __init clean_init(void)
{
	struct task_struct *maker;
	int a, b, c;

	set_bit(0, &flags);
	maker = kthread_run(make, NULL, "clean_make");
	if (IS_ERR(maker))
		return PTR_ERR(maker);
	a = take();
	b = take();
	c = take();
	pr_info("got %d %d %d\n", a, b, c);
	if (!wait_event_timeout(made, false, 1))
		pr_info("timed out\n");
	if (!wait_on_bit(&flags, 0, TASK_INTERRUPTIBLE))
		pr_info("the bit is clear\n");
	kthread_stop(maker);
	return take_turns();
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
