// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Objects of a type of their own in a set, which are freed when the last reference goes. */
/* log: the set has 2 */
/* log: released b */
/* log: released a */
/* report: directory /sys/kernel/clean_kobject */
/* prompt: cat /sys/kernel/clean_kobject/a/name */
/* says: a */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

struct thing {
	struct kobject kobj;
};

static struct kset *set;
static struct thing *first;

static void thing_release(struct kobject *kobj)
{
	pr_info("released %s\n", kobject_name(kobj));
	kfree(container_of(kobj, struct thing, kobj));
}

static ssize_t name_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", kobject_name(kobj));
}
static struct kobj_attribute name_attr = __ATTR_RO(name);
static struct attribute *thing_attrs[] = { &name_attr.attr, NULL };
ATTRIBUTE_GROUPS(thing);

static const struct kobj_type thing_type = {
	.release = thing_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = thing_groups,
};

static struct thing *create(const char *name)
{
	struct thing *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return NULL;
	t->kobj.kset = set;
	if (kobject_init_and_add(&t->kobj, &thing_type, NULL, "%s", name)) {
		kobject_put(&t->kobj);
		return NULL;
	}
	kobject_uevent(&t->kobj, KOBJ_ADD);
	return t;
}

static int __init clean_init(void)
{
	struct thing *second;
	struct kobject *kobj;
	int cnt = 0;

	set = kset_create_and_add("clean_kobject", NULL, kernel_kobj);
	if (!set)
		return -ENOMEM;
	first = create("a");
	second = create("b");
	if (first && second) {
		list_for_each_entry(kobj, &set->list, entry)
			cnt++;
		pr_info("the set has %d\n", cnt);
		kobject_put(&second->kobj);
		return 0;
	}
	if (second)
		kobject_put(&second->kobj);
	if (first)
		kobject_put(&first->kobj);
	kset_unregister(set);
	return -ENOMEM;
}

static void __exit clean_exit(void)
{
	kobject_put(&first->kobj);
	kset_unregister(set);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
