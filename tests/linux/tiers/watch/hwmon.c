// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * What sensors do with a bank of registers that keeps what is written: a limit that is set is read back after it has gone
 * through the chip's encoding both ways. What is no setting of the chip is refused or limited by it, and says nothing.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>

#include "watch.h"

/* A value that any chip of the kind can have: 50 degrees, a volt, an ampere, 3,000 turns a minute, half of the power. */
static const struct {
	const char *kind;
	long value;
} limits[] = { { "temp", 50000 }, { "in", 1000 }, { "curr", 1000 }, { "fan", 3000 }, { "pwm", 128 } };

static long value_for(const char *name)
{
	const char *end = strrchr(name, '_');

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (!strncmp(name, limits[i].kind, strlen(limits[i].kind)) &&
		    (end ? !strcmp(end, "_max") || !strcmp(end, "_min") || !strcmp(end, "_crit") :
			   !strcmp(limits[i].kind, "pwm")))
			return limits[i].value;
	return 0;
}

/* Read back within 4 %, which covers the coarsest steps. */
static bool keeps(struct device *dev, struct device_attribute *attr, long value, char *page)
{
	long got;
	int len = scnprintf(page, PAGE_SIZE, "%ld\n", value);

	if (attr->store(dev, attr, page, len) != len)
		return false;
	memset(page, 0, PAGE_SIZE);
	return attr->show(dev, attr, page) > 0 && !kstrtol(strim(page), 10, &got) && abs(got - value) <= value / 25;
}

static int use_group(struct device *dev, const struct attribute_group *group, char *page)
{
	int cnt = 0;

	for (int i = 0; group->attrs && group->attrs[i]; i++) {
		struct attribute *a = group->attrs[i];
		struct device_attribute *attr = container_of(a, struct device_attribute, attr);
		umode_t mode = group->is_visible ? group->is_visible(&dev->kobj, a, i) : a->mode;
		long value = value_for(a->name);

		if (value && (mode & 0600) == 0600 && attr->show && attr->store)
			cnt += keeps(dev, attr, value, page);
	}
	return cnt;
}

int use_hwmon(struct device *dev, void *mod)
{
	char *page = (char *)get_zeroed_page(GFP_KERNEL);
	int cnt = 0;

	if (page && dev->class && !strcmp(dev->class->name, "hwmon"))
		for (int g = 0; dev->groups && dev->groups[g]; g++)
			cnt += use_group(dev, dev->groups[g], page);
	free_page((unsigned long)page);
	if (cnt)
		report("compared %s %d limits that were set and read\n", ((struct module *)mod)->name, cnt);
	return 0;
}
