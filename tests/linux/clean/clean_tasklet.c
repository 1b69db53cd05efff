// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Tasklets, of both ways to declare them: scheduled by a timer, disabled and enabled, killed. */
/* log: not while it is disabled */
/* log: ran, in a softirq */
/* log: the high one, too */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/module.h>

static DECLARE_COMPLETION(ran);
static DECLARE_COMPLETION(ran_high);
static bool in_softirq;

static void run(struct tasklet_struct *t)
{
	in_softirq = in_serving_softirq();
	complete(&ran);
}
static DECLARE_TASKLET_DISABLED(tasklet, run);

static void run_high(unsigned long completion)
{
	complete((struct completion *)completion);
}

static struct tasklet_struct high;

static int __init clean_init(void)
{
	tasklet_init(&high, run_high, (unsigned long)&ran_high);
	tasklet_schedule(&tasklet);
	msleep(3);
	if (!completion_done(&ran))
		pr_info("not while it is disabled\n");
	tasklet_enable(&tasklet);
	wait_for_completion(&ran);
	pr_info("ran, %s a softirq\n", in_softirq ? "in" : "outside");
	tasklet_hi_schedule(&high);
	wait_for_completion(&ran_high);
	pr_info("the high one, too\n");
	return 0;
}

static void __exit clean_exit(void)
{
	tasklet_kill(&tasklet);
	tasklet_kill(&high);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
