// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* SRCU: readers may sleep; one structure is the module's own, one is made at run time. */
/* log: waited for the reader */
/* log: nobody reads the other */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(declared);
static struct srcu_struct made;
static int __rcu *value;
static DECLARE_COMPLETION(reading);
static int seen;

static int read_slowly(void *data)
{
	int nth = srcu_read_lock(&declared);
	int *v = srcu_dereference(value, &declared);

	complete(&reading);
	msleep(5);
	WRITE_ONCE(seen, *v);
	srcu_read_unlock(&declared, nth);
	while (!kthread_should_stop())
		msleep(1);
	return 0;
}

static int replace(void)
{
	int *old = kmalloc(sizeof(*old), GFP_KERNEL);
	struct task_struct *reader;

	if (!old)
		return -ENOMEM;
	*old = 5;
	rcu_assign_pointer(value, old);
	reader = kthread_run(read_slowly, NULL, "clean_reader");
	if (!IS_ERR(reader))
		wait_for_completion(&reading);
	RCU_INIT_POINTER(value, NULL);
	synchronize_srcu(&declared);
	if (READ_ONCE(seen) == 5)
		pr_info("waited for the reader\n");
	kfree(old);
	return IS_ERR(reader) ? PTR_ERR(reader) : kthread_stop(reader);
}

static int __init clean_init(void)
{
	int err = init_srcu_struct(&made);

	if (err)
		return err;
	err = replace();
	srcu_read_unlock(&made, srcu_read_lock(&made));
	synchronize_srcu_expedited(&made);
	pr_info("nobody reads the other\n");
	cleanup_srcu_struct(&made);
	return err;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
