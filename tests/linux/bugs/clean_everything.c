// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: none */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#define ROOM 4096

static unsigned int times = 3;
module_param(times, uint, 0644);

static DEFINE_MUTEX(lock);
static DEFINE_SPINLOCK(spin);
static char *contents;
static size_t used;
static struct task_struct *thread;
static struct workqueue_struct *queue;
static struct kmem_cache *cache;

static void work_fn(struct work_struct *w)
{
	kfree(kmalloc(10, GFP_KERNEL));
}

static DECLARE_WORK(work, work_fn);

static void tick(struct timer_list *t)
{
	unsigned long flags;

	spin_lock_irqsave(&spin, flags);
	kfree(kmalloc(10, GFP_ATOMIC));
	spin_unlock_irqrestore(&spin, flags);
	queue_work(queue, &work);
	mod_timer(t, jiffies + 1);
}

static DEFINE_TIMER(timer, tick);

static int run(void *unused)
{
	while (!kthread_should_stop())
		msleep(5);
	return 0;
}

static ssize_t clean_read(struct file *f, char __user *to, size_t len, loff_t *at)
{
	ssize_t got;

	mutex_lock(&lock);
	got = simple_read_from_buffer(to, len, at, contents, used);
	mutex_unlock(&lock);
	return got;
}

static ssize_t clean_write(struct file *f, const char __user *from, size_t len, loff_t *at)
{
	ssize_t put;

	mutex_lock(&lock);
	put = simple_write_to_buffer(contents, ROOM, at, from, len);
	if (put > 0)
		used = max_t(size_t, used, *at);
	mutex_unlock(&lock);
	return put;
}

static const struct file_operations ops = {
	.owner = THIS_MODULE,
	.read = clean_read,
	.write = clean_write,
	.llseek = noop_llseek,
};
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "clean", .fops = &ops, .mode = 0666 };

static int __init clean_init(void)
{
	int err = -ENOMEM;
	void *object;

	contents = vzalloc(ROOM);
	queue = alloc_workqueue("clean", 0, 0);
	cache = kmem_cache_create("clean", 40, 0, 0, NULL);
	if (!contents || !queue || !cache)
		goto fail;
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	if (object)
		kmem_cache_free(cache, object);
	thread = kthread_run(run, NULL, "clean");
	if (IS_ERR(thread)) {
		err = PTR_ERR(thread);
		goto fail;
	}
	err = misc_register(&device);
	if (err)
		goto no_device;
	mod_timer(&timer, jiffies + 1);
	pr_info("ready\n");
	return 0;
no_device:
	kthread_stop(thread);
fail:
	kmem_cache_destroy(cache);
	if (queue)
		destroy_workqueue(queue);
	vfree(contents);
	return err;
}

static void __exit clean_exit(void)
{
	misc_deregister(&device);
	del_timer_sync(&timer);
	destroy_workqueue(queue);
	kthread_stop(thread);
	kmem_cache_destroy(cache);
	vfree(contents);
}

module_init(clean_init);
module_exit(clean_exit);

MODULE_LICENSE("GPL");
