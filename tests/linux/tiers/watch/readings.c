// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * What sensors show when each of their registers holds WATCH_BYTE, by the formulas and steps of their data sheets. Where two
 * registers are one number, that is 5a5a, of which the sheet says how many bits count.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/sysfs.h>

#include "watch.h"

#define BYTE WATCH_BYTE
#define PAIR (WATCH_BYTE << 8 | WATCH_BYTE)

static const struct {
	const char *module, *attribute;
	long value;
} readings[] = {
	{ "adm1029", "temp1_input", BYTE * 1000 },
	{ "asc7621", "temp1_input", (PAIR >> 6) * 250 },
	{ "f75375s", "in0_input", BYTE * 8 },
	{ "f75375s", "temp1_input", BYTE * 1000 },
	{ "fschmd", "temp1_input", ((int)BYTE - 128) * 1000 },
	{ "lm70", "temp1_input", (PAIR >> 5) * 250 },
	{ "lm95241", "temp1_input", PAIR * 1000 / 256 },
	{ "ltc4151", "in1_input", (PAIR >> 4) * 25 },
	{ "ltc4151", "curr1_input", (PAIR >> 4) * 20 },
	{ "ltc4215", "in2_input", BYTE * 605 / 10 },
	{ "ltc4245", "in1_input", BYTE * 55 },
	{ "ltc4245", "in2_input", BYTE * 22 },
	{ "ltc4261", "in1_input", (PAIR >> 6) * 5 / 2 },
	{ "pcf8591", "in0_input", BYTE * 10 },
	{ "sht21", "temp1_input", 175720L * (PAIR & ~3) / 65536 - 46850 },
	{ "tmp421", "temp1_input", (PAIR & ~0xf) * 1000 / 256 },
	{ "w83773g", "temp1_input", BYTE * 1000 },
};

bool has_readings(const char *module)
{
	for (int i = 0; i < ARRAY_SIZE(readings); i++)
		if (!strcmp(readings[i].module, module))
			return true;
	return false;
}

/* By its file in sysfs, however that was made. */
static struct device_attribute *find(struct device *dev, const char *name)
{
	struct kernfs_node *file = sysfs_get_dirent(dev->kobj.sd, name);
	struct attribute *attr = file && kernfs_type(file) == KERNFS_FILE ? file->priv : NULL;

	sysfs_put(file);
	return attr ? container_of(attr, struct device_attribute, attr) : NULL;
}

/* A last digit may be rounded. */
static bool shows(struct device *dev, struct device_attribute *attr, long value, char *page)
{
	long got;

	memset(page, 0, PAGE_SIZE);
	if (attr->show(dev, attr, page) <= 0 || kstrtol(strim(page), 10, &got))
		return false;
	if (abs(got - value) > 1)
		report("differs %s %ld, not %ld\n", attr->attr.name, got, value);
	return abs(got - value) <= 1;
}

int use_readings(struct device *dev, void *mod)
{
	const char *name = ((struct module *)mod)->name;
	char *page = (char *)get_zeroed_page(GFP_KERNEL);
	int right = 0, wrong = 0;

	for (int i = 0; page && i < ARRAY_SIZE(readings); i++) {
		struct device_attribute *attr =
		    strcmp(readings[i].module, name) ? NULL : find(dev, readings[i].attribute);

		if (attr && attr->show) {
			bool is = shows(dev, attr, readings[i].value, page);

			right += is;
			wrong += !is;
		}
	}
	free_page((unsigned long)page);
	if (right && !wrong)
		report("compared %s %d readings with its data sheet\n", name, right);
	return 0;
}
