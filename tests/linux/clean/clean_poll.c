// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A pipe: reading waits for a writer, unless it must not; poll says which of them would. */
/* report: /dev/clean_poll: opened, polled, read and written, [0-9]* ioctls, closed */
/* log: polled: room */
/* log: polled: bytes */
#include <linux/fs.h>
#include <linux/kfifo.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>

static DEFINE_KFIFO(fifo, unsigned char, 256);
static DEFINE_MUTEX(lock);
static DECLARE_WAIT_QUEUE_HEAD(readers);
static DECLARE_WAIT_QUEUE_HEAD(writers);

static ssize_t pipe_read(struct file *file, char __user *to, size_t len, loff_t *at)
{
	unsigned int copied;
	int err;

	while (kfifo_is_empty(&fifo)) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(readers, !kfifo_is_empty(&fifo));
		if (err)
			return err;
	}
	if (mutex_lock_interruptible(&lock))
		return -ERESTARTSYS;
	err = kfifo_to_user(&fifo, to, len, &copied);
	mutex_unlock(&lock);
	wake_up_interruptible(&writers);
	return err ?: copied;
}

static ssize_t pipe_write(struct file *file, const char __user *from, size_t len, loff_t *at)
{
	unsigned int copied;
	DEFINE_WAIT(wait);
	int err;

	while (kfifo_is_full(&fifo)) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		prepare_to_wait_exclusive(&writers, &wait, TASK_INTERRUPTIBLE);
		if (kfifo_is_full(&fifo))
			schedule();
		finish_wait(&writers, &wait);
		if (signal_pending(current))
			return -ERESTARTSYS;
	}
	if (mutex_lock_interruptible(&lock))
		return -ERESTARTSYS;
	err = kfifo_from_user(&fifo, from, len, &copied);
	mutex_unlock(&lock);
	wake_up_interruptible(&readers);
	return err ?: copied;
}

static __poll_t pipe_poll(struct file *file, poll_table *wait)
{
	__poll_t mask = 0;

	poll_wait(file, &readers, wait);
	poll_wait(file, &writers, wait);
	if (!kfifo_is_empty(&fifo))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (!kfifo_is_full(&fifo))
		mask |= EPOLLOUT | EPOLLWRNORM;
	pr_info("polled:%s%s\n", mask & EPOLLOUT ? " room" : "", mask & EPOLLIN ? " bytes" : "");
	return mask;
}

static const struct file_operations pipe_ops = {
	.owner = THIS_MODULE,
	.open = stream_open,
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.llseek = no_llseek,
};

static struct miscdevice pipe_device = { .minor = MISC_DYNAMIC_MINOR, .name = "clean_poll", .fops = &pipe_ops };

static int __init pipe_init(void)
{
	return misc_register(&pipe_device);
}

static void __exit pipe_exit(void)
{
	misc_deregister(&pipe_device);
}

module_init(pipe_init);
module_exit(pipe_exit);
MODULE_LICENSE("GPL");
