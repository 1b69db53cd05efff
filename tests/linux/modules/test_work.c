// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Work queues: at once, later, in order, cancelled, flushed. */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "check.h"

#define STEPS 20

struct step {
	struct work_struct work;
	int number;
};

static DECLARE_COMPLETION(done);
static struct step steps[STEPS];
static int seen, in_order = 1;
static atomic_t runs;

static void run(struct work_struct *work)
{
	atomic_inc(&runs);
	complete(&done);
}

static void run_step(struct work_struct *work)
{
	struct step *s = container_of(work, struct step, work);

	if (s->number != seen++)
		in_order = 0;
}

static DECLARE_WORK(work, run);
static DECLARE_DELAYED_WORK(later, run);

static void test_system(void)
{
	check(schedule_work(&work), "work is queued");
	wait_for_completion(&done);
	flush_work(&work);
	check(atomic_read(&runs) == 1 && !work_pending(&work), "it runs once");
	check(schedule_work_on(1, &work), "work is queued for a CPU");
	flush_work(&work);
	wait_for_completion(&done);
}

static void test_delayed(void)
{
	unsigned long before = jiffies;

	atomic_set(&runs, 0);
	schedule_delayed_work(&later, 3);
	check(!schedule_delayed_work(&later, 3), "delayed work that waits is not queued twice");
	wait_for_completion(&done);
	check(time_after_eq(jiffies, before + 3), "it does not run too early");
	schedule_delayed_work(&later, 100 * HZ);
	check(cancel_delayed_work_sync(&later) && atomic_read(&runs) == 1, "what is cancelled does not run");
	schedule_delayed_work(&later, 100 * HZ);
	check(flush_delayed_work(&later) && atomic_read(&runs) == 2, "what is flushed runs at once");
}

static void test_ordered(void)
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("test_ordered", WQ_MEM_RECLAIM);
	int i;

	if (!wq)
		return;
	for (i = 0; i < STEPS; i++) {
		INIT_WORK(&steps[i].work, run_step);
		steps[i].number = i;
		queue_work(wq, &steps[i].work);
	}
	flush_workqueue(wq);
	check(seen == STEPS && in_order, "an ordered queue keeps the order");
	destroy_workqueue(wq);
}

static int __init test_init(void)
{
	test_system();
	test_delayed();
	test_ordered();
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of work queues");
