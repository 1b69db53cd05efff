// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Completions: on the stack and not, with a time limit, for all, used again. */
/* log: nothing yet */
/* log: done in time */
/* log: all 3 were let go */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/workqueue.h>

struct job {
	struct work_struct work;
	struct completion done;
};

static DECLARE_COMPLETION(gate);
static DECLARE_COMPLETION(passed);

static void do_job(struct work_struct *work)
{
	complete(&container_of(work, struct job, work)->done);
}

static int pass(void *data)
{
	wait_for_completion(&gate);
	complete(&passed);
	return 0;
}

static int open_gate(void)
{
	int waiting = 0;

	for (; waiting < 3; waiting++)
		if (IS_ERR(kthread_run(pass, NULL, "clean_pass%d", waiting)))
			break;
	complete_all(&gate);
	for (int i = 0; i < waiting; i++)
		wait_for_completion(&passed);
	if (waiting < 3)
		return -ENOMEM;
	pr_info("all 3 were let go\n");
	return 0;
}

static int __init clean_init(void)
{
	struct job job;

	init_completion(&job.done);
	INIT_WORK_ONSTACK(&job.work, do_job);
	if (!try_wait_for_completion(&job.done) && !wait_for_completion_timeout(&job.done, 1))
		pr_info("nothing yet\n");
	schedule_work(&job.work);
	if (wait_for_completion_interruptible_timeout(&job.done, 60 * HZ) > 0)
		pr_info("done in time\n");
	reinit_completion(&job.done);
	flush_work(&job.work);
	destroy_work_on_stack(&job.work);
	return open_gate();
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
