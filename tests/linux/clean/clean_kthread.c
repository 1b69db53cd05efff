// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Threads: one that is stopped, one that is parked, one that ends by itself, and a worker. */
/* log: one ended by itself with 7 */
/* log: parked and back */
/* log: 3 works done by the worker */
/* log: stopped with 0 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/task.h>

static struct task_struct *looping;
static atomic_t done = ATOMIC_INIT(0);

static int loop(void *data)
{
	while (!kthread_should_stop()) {
		if (kthread_should_park())
			kthread_parkme();
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop() && !kthread_should_park())
			schedule_timeout(HZ);
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

static int end_by_itself(void *data)
{
	complete(data);
	return 7;
}

static int start_ending(void)
{
	DECLARE_COMPLETION_ONSTACK(ending);
	struct task_struct *t = kthread_create(end_by_itself, &ending, "clean_end");

	if (IS_ERR(t))
		return PTR_ERR(t);
	get_task_struct(t);
	wake_up_process(t);
	wait_for_completion(&ending);
	pr_info("one ended by itself with %d\n", kthread_stop(t));
	put_task_struct(t);
	return 0;
}

static void work(struct kthread_work *w)
{
	atomic_inc(&done);
}

static int use_worker(void)
{
	struct kthread_worker *worker = kthread_create_worker(0, "clean_worker");
	struct kthread_work works[3];

	if (IS_ERR(worker))
		return PTR_ERR(worker);
	for (size_t i = 0; i < ARRAY_SIZE(works); i++) {
		kthread_init_work(&works[i], work);
		kthread_queue_work(worker, &works[i]);
	}
	kthread_flush_worker(worker);
	kthread_destroy_worker(worker);
	pr_info("%d works done by the worker\n", atomic_read(&done));
	return 0;
}

static int __init clean_init(void)
{
	int err = start_ending() ?: use_worker();

	if (err)
		return err;
	looping = kthread_run(loop, NULL, "clean_loop");
	if (IS_ERR(looping))
		return PTR_ERR(looping);
	if (!kthread_park(looping)) {
		kthread_unpark(looping);
		pr_info("parked and back\n");
	}
	return 0;
}

static void __exit clean_exit(void)
{
	pr_info("stopped with %d\n", kthread_stop(looping));
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
