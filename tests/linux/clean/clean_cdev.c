// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A character device with a number of its own, a class, and every operation that it may have. */
/* report: device /dev/clean_cdev0 */
/* report: device /dev/clean_cdev1 */
/* report: /dev/clean_cdev0: opened, polled, read and written, [0-9]* ioctls, closed */
/* prompt: echo abc > /dev/clean_cdev1 */
/* prompt: cat /dev/clean_cdev1 */
/* says: abc */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define DEVICE_CNT 2
#define ROOM PAGE_SIZE
#define CLEAN_CLEAR _IO('c', 1)

struct room {
	struct mutex lock;
	wait_queue_head_t readers;
	struct fasync_struct *async;
	struct cdev cdev;
	size_t used;
	char *contents;
};

static dev_t first;
static struct class *class;
static struct room rooms[DEVICE_CNT];

static int room_open(struct inode *inode, struct file *file)
{
	struct room *r = container_of(inode->i_cdev, struct room, cdev);

	file->private_data = r;
	if ((file->f_flags & O_ACCMODE) == O_WRONLY) {
		if (mutex_lock_interruptible(&r->lock))
			return -ERESTARTSYS;
		r->used = 0;
		mutex_unlock(&r->lock);
	}
	return 0;
}

static int room_fasync(int fd, struct file *file, int on)
{
	struct room *r = file->private_data;

	return fasync_helper(fd, file, on, &r->async);
}

static int room_release(struct inode *inode, struct file *file)
{
	room_fasync(-1, file, 0);
	return 0;
}

static ssize_t room_read(struct file *file, char __user *to, size_t len, loff_t *at)
{
	struct room *r = file->private_data;
	ssize_t got;

	if (mutex_lock_interruptible(&r->lock))
		return -ERESTARTSYS;
	got = simple_read_from_buffer(to, len, at, r->contents, r->used);
	mutex_unlock(&r->lock);
	return got;
}

static ssize_t room_write(struct file *file, const char __user *from, size_t len, loff_t *at)
{
	struct room *r = file->private_data;
	ssize_t put;

	if (mutex_lock_interruptible(&r->lock))
		return -ERESTARTSYS;
	put = simple_write_to_buffer(r->contents, ROOM, at, from, len);
	if (put > 0)
		r->used = max_t(size_t, r->used, *at);
	mutex_unlock(&r->lock);
	wake_up_interruptible(&r->readers);
	kill_fasync(&r->async, SIGIO, POLL_IN);
	return put;
}

static loff_t room_llseek(struct file *file, loff_t off, int whence)
{
	struct room *r = file->private_data;

	return fixed_size_llseek(file, off, whence, READ_ONCE(r->used));
}

static __poll_t room_poll(struct file *file, poll_table *wait)
{
	struct room *r = file->private_data;

	poll_wait(file, &r->readers, wait);
	return EPOLLOUT | EPOLLWRNORM | (READ_ONCE(r->used) ? EPOLLIN | EPOLLRDNORM : 0);
}

static long room_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct room *r = file->private_data;

	if (cmd != CLEAN_CLEAR)
		return -ENOTTY;
	mutex_lock(&r->lock);
	memset(r->contents, 0, ROOM);
	r->used = 0;
	mutex_unlock(&r->lock);
	return 0;
}

static int room_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct room *r = file->private_data;

	return remap_vmalloc_range(vma, r->contents, vma->vm_pgoff);
}

static int room_fsync(struct file *file, loff_t from, loff_t to, int datasync)
{
	return 0;
}

static const struct file_operations room_ops = {
	.owner = THIS_MODULE,
	.open = room_open,
	.release = room_release,
	.read = room_read,
	.write = room_write,
	.llseek = room_llseek,
	.poll = room_poll,
	.unlocked_ioctl = room_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = room_mmap,
	.fsync = room_fsync,
	.fasync = room_fasync,
};

static void room_destroy(struct room *r)
{
	device_destroy(class, r->cdev.dev);
	cdev_del(&r->cdev);
	vfree(r->contents);
}

static int room_create(struct room *r, unsigned int nth)
{
	struct device *dev;
	int err;

	mutex_init(&r->lock);
	init_waitqueue_head(&r->readers);
	r->contents = vmalloc_user(ROOM);
	if (!r->contents)
		return -ENOMEM;
	cdev_init(&r->cdev, &room_ops);
	r->cdev.owner = THIS_MODULE;
	err = cdev_add(&r->cdev, first + nth, 1);
	if (err)
		goto no_cdev;
	dev = device_create(class, NULL, first + nth, r, "clean_cdev%u", nth);
	err = PTR_ERR_OR_ZERO(dev);
	if (!err)
		return 0;
	cdev_del(&r->cdev);
no_cdev:
	vfree(r->contents);
	return err;
}

static int __init room_init(void)
{
	unsigned int i;
	int err = alloc_chrdev_region(&first, 0, DEVICE_CNT, "clean_cdev");

	if (err)
		return err;
	class = class_create(THIS_MODULE, "clean_cdev");
	if (IS_ERR(class)) {
		err = PTR_ERR(class);
		goto no_class;
	}
	for (i = 0; i < DEVICE_CNT; i++) {
		err = room_create(&rooms[i], i);
		if (err)
			goto no_room;
	}
	return 0;
no_room:
	while (i--)
		room_destroy(&rooms[i]);
	class_destroy(class);
no_class:
	unregister_chrdev_region(first, DEVICE_CNT);
	return err;
}

static void __exit room_exit(void)
{
	for (unsigned int i = 0; i < DEVICE_CNT; i++)
		room_destroy(&rooms[i]);
	class_destroy(class);
	unregister_chrdev_region(first, DEVICE_CNT);
}

module_init(room_init);
module_exit(room_exit);
MODULE_LICENSE("GPL");
