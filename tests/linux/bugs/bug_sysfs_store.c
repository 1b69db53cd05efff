// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: null-access in value_store */
/* A number without a second one after it. */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/sysfs.h>

static struct kobject *dir;
static char unit;

static ssize_t value_show(struct kobject *k, struct kobj_attribute *a, char *to)
{
	return sysfs_emit(to, "1 %c\n", unit);
}

static ssize_t value_store(struct kobject *k, struct kobj_attribute *a, const char *from, size_t len)
{
	const char *second = strchr(from, ' ');

	unit = second[1]; /* here */
	return (ssize_t)len;
}

static struct kobj_attribute value = __ATTR_RW(value);

static int __init bug_init(void)
{
	int err;

	unit = 'm';
	dir = kobject_create_and_add("bug", kernel_kobj);
	if (!dir)
		return -ENOMEM;
	err = sysfs_create_file(dir, &value.attr);
	if (err)
		kobject_put(dir);
	return err;
}

static void __exit bug_exit(void)
{
	kobject_put(dir);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
