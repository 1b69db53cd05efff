// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: lock-order in bug_write */
/* Locks in two kinds of allocations, and not the same of them; one of the two who take them is a thread. */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

#define CNT 2

static struct parent {
	int number;
	struct rw_semaphore lock;
} * parents[CNT];

static struct child {
	struct mutex lock;
} * children[CNT];

static DECLARE_COMPLETION(taken); /* the thread is the first of the two, so the other one is found */

static int bug_thread(void *unused)
{
	down_read(&parents[0]->lock);
	mutex_lock(&children[0]->lock);
	mutex_unlock(&children[0]->lock);
	up_read(&parents[0]->lock);
	complete(&taken);
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

static ssize_t bug_write(struct file *f, const char __user *from, size_t len, loff_t *at)
{
	if (mutex_lock_interruptible(&children[1]->lock))
		return -EINTR;
	down_write(&parents[1]->lock); /* here */
	up_write(&parents[1]->lock);
	mutex_unlock(&children[1]->lock);
	return (ssize_t)len;
}

static const struct file_operations ops = { .owner = THIS_MODULE, .write = bug_write };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "bug", .fops = &ops };
static struct task_struct *thread;

static void bug_free(void)
{
	for (int i = 0; i < CNT; i++) {
		kfree(parents[i]);
		kfree(children[i]);
	}
}

static int __init bug_init(void)
{
	int err = -ENOMEM;

	for (int i = 0; i < CNT; i++) {
		parents[i] = kzalloc(sizeof(*parents[i]), GFP_KERNEL);
		children[i] = kzalloc(sizeof(*children[i]), GFP_KERNEL);
		if (!parents[i] || !children[i])
			goto fail;
		init_rwsem(&parents[i]->lock);
		mutex_init(&children[i]->lock);
	}
	thread = kthread_run(bug_thread, NULL, "bug");
	err = PTR_ERR_OR_ZERO(thread);
	if (err)
		goto fail;
	wait_for_completion(&taken);
	err = misc_register(&device);
	if (!err)
		return 0;
	kthread_stop(thread);
fail:
	bug_free();
	return err;
}

static void __exit bug_exit(void)
{
	misc_deregister(&device);
	kthread_stop(thread);
	bug_free();
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
