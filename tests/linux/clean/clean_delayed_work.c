// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Delayed work: one that comes, one that repeats until it is cancelled, one that is brought forward. */
/* log: came once */
/* log: brought forward */
/* log: repeated at least twice */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/workqueue.h>

static DECLARE_COMPLETION(came);
static DECLARE_COMPLETION(sooner);
static DECLARE_COMPLETION(twice);
static atomic_t repeats = ATOMIC_INIT(0);

static void come(struct work_struct *work)
{
	complete(&came);
}
static DECLARE_DELAYED_WORK(once, come);

static void come_sooner(struct work_struct *work)
{
	complete(&sooner);
}
static DECLARE_DELAYED_WORK(forward, come_sooner);

static void repeat(struct work_struct *work)
{
	if (atomic_inc_return(&repeats) == 2)
		complete(&twice);
	schedule_delayed_work(to_delayed_work(work), msecs_to_jiffies(2));
}
static DECLARE_DELAYED_WORK(repeating, repeat);

static int __init clean_init(void)
{
	schedule_delayed_work(&once, 1);
	queue_delayed_work(system_long_wq, &forward, 3600 * HZ);
	schedule_delayed_work(&repeating, 0);
	wait_for_completion(&came);
	pr_info("came once\n");
	mod_delayed_work(system_long_wq, &forward, 0);
	wait_for_completion(&sooner);
	pr_info("brought forward\n");
	wait_for_completion(&twice);
	pr_info("repeated at least twice\n");
	return 0;
}

static void __exit clean_exit(void)
{
	cancel_delayed_work_sync(&repeating);
	cancel_delayed_work_sync(&once);
	flush_delayed_work(&forward);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
