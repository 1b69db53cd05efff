// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Work queues: an ordered one, an unbound one, the system's; work that frees itself, flushed and cancelled. */
/* log: in order: 0 1 2 3 4 5 6 7 */
/* log: 16 of 16 done */
/* log: queued twice, ran once */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#define ORDERED_CNT 8
#define LOOSE_CNT 16

struct job {
	struct work_struct work;
	int nth;
};

static struct workqueue_struct *ordered, *unbound;
static struct job jobs[ORDERED_CNT];
static char order[64];
static atomic_t loose = ATOMIC_INIT(0), ran = ATOMIC_INIT(0);

static void note_order(struct work_struct *work)
{
	struct job *j = container_of(work, struct job, work);

	scnprintf(order + strlen(order), sizeof(order) - strlen(order), " %d", j->nth);
}

static void free_itself(struct work_struct *work)
{
	atomic_inc(&loose);
	kfree(container_of(work, struct job, work));
}

static void run_once(struct work_struct *work)
{
	atomic_inc(&ran);
}
static DECLARE_WORK(once, run_once);

static int queue_loose(void)
{
	for (int i = 0; i < LOOSE_CNT; i++) {
		struct job *j = kmalloc(sizeof(*j), GFP_KERNEL);

		if (!j)
			return -ENOMEM;
		INIT_WORK(&j->work, free_itself);
		queue_work(i & 1 ? unbound : system_wq, &j->work);
	}
	return 0;
}

static void queue_once(void)
{
	/* Busy, so that what is queued waits. */
	for (int i = 0; i < ORDERED_CNT; i++) {
		jobs[i].nth = i;
		INIT_WORK(&jobs[i].work, note_order);
		queue_work(ordered, &jobs[i].work);
	}
	flush_workqueue(ordered);
	pr_info("in order:%s\n", order);
	queue_work(ordered, &once);
	flush_work(&once);
	if (!cancel_work_sync(&once))
		pr_info("queued twice, ran %s\n", atomic_read(&ran) == 1 ? "once" : "not once");
}

static int __init clean_init(void)
{
	int err = -ENOMEM;

	ordered = alloc_ordered_workqueue("clean_ordered", WQ_MEM_RECLAIM);
	unbound = alloc_workqueue("clean_unbound", WQ_UNBOUND, 4);
	if (!ordered || !unbound)
		goto no_queue;
	queue_once();
	err = queue_loose();
	flush_workqueue(unbound);
	flush_scheduled_work();
	if (!err) {
		pr_info("%d of %d done\n", atomic_read(&loose), LOOSE_CNT);
		return 0;
	}
no_queue:
	if (unbound)
		destroy_workqueue(unbound);
	if (ordered)
		destroy_workqueue(ordered);
	return err;
}

static void __exit clean_exit(void)
{
	destroy_workqueue(unbound);
	destroy_workqueue(ordered);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
