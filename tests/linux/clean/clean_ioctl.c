// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* ioctl in each direction. */
/* report: /dev/clean_ioctl: opened, polled, read and written, [0-9]* ioctls, closed */
/* log: reset */
/* log: set to 0 */
/* log: swapped 0 for 0 */
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>

struct span {
	__u32 low, high;
	__u64 values[4];
};

#define VALUE_RESET _IO('V', 0)
#define VALUE_SET _IOW('V', 1, __u32)
#define VALUE_GET _IOR('V', 2, __u32)
#define VALUE_SWAP _IOWR('V', 3, __u32)
#define VALUE_RANGE _IOWR('V', 4, struct span)

static DEFINE_MUTEX(lock);
static u32 value;

static long fill_range(struct span __user *user)
{
	struct span r;

	if (copy_from_user(&r, user, sizeof(r)))
		return -EFAULT;
	if (r.high < r.low)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(r.values); i++)
		r.values[i] = (u64)value * i;
	return copy_to_user(user, &r, sizeof(r)) ? -EFAULT : 0;
}

static long value_do(unsigned int cmd, void __user *user)
{
	u32 now;

	switch (cmd) {
	case VALUE_RESET:
		value = 0;
		pr_info("reset\n");
		return 0;
	case VALUE_SET:
		if (get_user(now, (u32 __user *)user))
			return -EFAULT;
		value = now;
		pr_info("set to %u\n", value);
		return 0;
	case VALUE_GET:
		return put_user(value, (u32 __user *)user);
	case VALUE_SWAP:
		if (get_user(now, (u32 __user *)user) || put_user(value, (u32 __user *)user))
			return -EFAULT;
		swap(now, value);
		pr_info("swapped %u for %u\n", now, value);
		return 0;
	case VALUE_RANGE:
		return fill_range(user);
	default:
		return -ENOTTY;
	}
}

static long value_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	long result;

	if (mutex_lock_interruptible(&lock))
		return -EINTR;
	result = value_do(cmd, (void __user *)arg);
	mutex_unlock(&lock);
	return result;
}

static const struct file_operations value_ops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = value_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = no_llseek,
};

static struct miscdevice value_device = { .minor = MISC_DYNAMIC_MINOR, .name = "clean_ioctl", .fops = &value_ops };
module_misc_device(value_device);
MODULE_LICENSE("GPL");
