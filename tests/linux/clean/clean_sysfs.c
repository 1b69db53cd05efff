// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A kobject with attributes, a group and a binary file. */
/* report: directory /sys/kernel/clean_sysfs */
/* report: /sys/kernel/clean_sysfs: 4 files read */
/* prompt: cat /sys/kernel/clean_sysfs/limits/high */
/* says: 90 */
/* prompt: echo 12 > /sys/kernel/clean_sysfs/value */
/* prompt: cat /sys/kernel/clean_sysfs/value */
/* says: 12 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/sysfs.h>

static struct kobject *object;
static int value;

static ssize_t value_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", value);
}

static ssize_t value_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t len)
{
	int err = kstrtoint(buf, 10, &value);

	return err ?: len;
}

static struct kobj_attribute value_attr = __ATTR_RW(value);

static ssize_t limit_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", !strcmp(attr->attr.name, "low") ? 10 : 90);
}

static struct kobj_attribute low = __ATTR(low, 0444, limit_show, NULL);
static struct kobj_attribute high = __ATTR(high, 0444, limit_show, NULL);
static struct attribute *limits[] = { &low.attr, &high.attr, NULL };
static const struct attribute_group limits_group = { .name = "limits", .attrs = limits };

static ssize_t raw_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr, char *buf, loff_t off,
			size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf[i] = (char)(off + i);
	return len;
}

static BIN_ATTR_RO(raw, 256);

static int __init clean_init(void)
{
	int err;

	object = kobject_create_and_add("clean_sysfs", kernel_kobj);
	if (!object)
		return -ENOMEM;
	err = sysfs_create_file(object, &value_attr.attr);
	err = err ?: sysfs_create_group(object, &limits_group);
	err = err ?: sysfs_create_bin_file(object, &bin_attr_raw);
	if (err)
		kobject_put(object);
	return err;
}

static void __exit clean_exit(void)
{
	sysfs_remove_bin_file(object, &bin_attr_raw);
	sysfs_remove_group(object, &limits_group);
	sysfs_remove_file(object, &value_attr.attr);
	kobject_put(object);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
