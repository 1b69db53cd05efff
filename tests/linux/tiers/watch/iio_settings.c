// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Settings of industrial I/O: of each that a device lists in an attribute *_available, all values are made and read back, and
 * no two may be the same on the wire. What an output is set to must be on the wire, where the channel says that a sample has
 * its bits. A setting that only the driver knows, or an output that says no such thing, says nothing here.
 */
#include <linux/bitops.h>
#include <linux/gfp.h>
#include <linux/iio/iio.h>
#include <linux/string.h>

#include "watch.h"

#define VALUES_MAX 64

static bool fits(const char *name, const char *base, size_t prefix)
{
	const size_t len = strlen(name), suffix = strlen(base) - prefix;

	return len >= strlen(base) && !strncmp(name, base, prefix) && !strcmp(name + len - suffix, base + prefix);
}

/* The attribute of this name, or of a channel whose number is at @prefix in it, that can be set and read. */
static struct device_attribute *find_attribute(struct device *dev, const char *base, size_t prefix)
{
	for (int g = 0; dev->groups && dev->groups[g]; g++)
		for (int i = 0; dev->groups[g]->attrs && dev->groups[g]->attrs[i]; i++) {
			struct attribute *a = dev->groups[g]->attrs[i];
			struct device_attribute *attr = container_of(a, struct device_attribute, attr);

			if (fits(a->name, base, prefix) && attr->show && attr->store && (a->mode & 0600) == 0600)
				return attr;
		}
	return NULL;
}

static struct device_attribute *find_setting(struct device *dev, const char *available)
{
	const char *end = strstr(available, "_available");
	struct device_attribute *attr = NULL;
	char base[64];

	if (!end || end - available >= (int)sizeof(base))
		return NULL;
	strscpy(base, available, end - available + 1);
	for (size_t prefix = strlen(base) + 1; prefix-- && !attr;)
		if (!base[prefix] || base[prefix] == '_')
			attr = find_attribute(dev, base, prefix);
	return attr;
}

/* Without zeros at the end of a fraction. */
static char *shorten(char *number)
{
	char *end = number + strlen(number);

	if (strchr(number, '.')) {
		while (end[-1] == '0')
			*--end = 0;
		if (end[-1] == '.')
			*--end = 0;
	}
	return number;
}

static bool make_setting(struct device *dev, struct device_attribute *attr, char *value, char *page)
{
	const size_t len = strlen(value);

	wire_clear();
	if (attr->store(dev, attr, value, len) != len || !wire.hash)
		return false;
	memset(page, 0, PAGE_SIZE);
	return attr->show(dev, attr, page) > 0 && !strcmp(shorten(strim(page)), shorten(value));
}

/* How many values of the list @values could be made, or 0 if one of them is wrong. */
static int make_settings(struct device *dev, struct device_attribute *attr, char *values, char *page)
{
	u32 hashes[VALUES_MAX];
	int cnt = 0;

	while ((values = skip_spaces(values)) && *values && cnt < VALUES_MAX) {
		char *value = strsep(&values, " \t\n");

		if (!make_setting(dev, attr, value, page))
			return 0;
		hashes[cnt] = wire.hash;
		for (int i = 0; i < cnt; i++)
			if (hashes[i] == wire.hash)
				return 0;
		cnt++;
		if (!values)
			break;
	}
	return cnt;
}

static int use_group(struct device *dev, const struct attribute_group *group, char *page, char *list)
{
	int sum = 0;

	for (int i = 0; group->attrs && group->attrs[i]; i++) {
		struct device_attribute *available = container_of(group->attrs[i], struct device_attribute, attr);
		struct device_attribute *attr = find_setting(dev, available->attr.name);
		int cnt;

		memset(list, 0, PAGE_SIZE);
		if (!attr || !available->show || available->show(dev, available, list) <= 0)
			continue;
		cnt = make_settings(dev, attr, list, page);
		sum += cnt > 1 ? cnt : 0;
	}
	return sum;
}

/* The value on the wire, in either order of bytes. */
static bool is_sent(u32 value, const struct iio_chan_spec *channel)
{
	const u32 mask = GENMASK(channel->scan_type.realbits - 1, 0);
	const u32 big = wire.last[0] << 24 | wire.last[1] << 16 | wire.last[2] << 8 | wire.last[3],
		  little = wire.last[3] << 8 | wire.last[2];

	return (big >> channel->scan_type.shift & mask) == value ||
	       (little >> channel->scan_type.shift & mask) == value;
}

static bool sends_value(struct iio_dev *device, const struct iio_chan_spec *channel)
{
	const u32 bits = channel->scan_type.realbits;

	if (!channel->output || bits < 6 || bits + channel->scan_type.shift > 32 ||
	    !(channel->info_mask_separate & BIT(IIO_CHAN_INFO_RAW)))
		return false;
	for (u32 pattern = 0x96969696; pattern != 0x5a5a5a5a;
	     pattern = pattern == 0x96969696 ? 0x33cc33cc : 0x5a5a5a5a) {
		const u32 value = pattern & GENMASK(bits - 1, 0) >> 1; /* positive, if it has a sign */

		wire_clear();
		if (device->info->write_raw(device, channel, value, 0, IIO_CHAN_INFO_RAW) || !wire.hash ||
		    !is_sent(value, channel))
			return false;
	}
	return true;
}

int use_iio_settings(struct device *dev, void *mod)
{
	struct iio_dev *device = to_iio(dev);
	char *page = (char *)get_zeroed_page(GFP_KERNEL), *list = (char *)get_zeroed_page(GFP_KERNEL);
	int settings = 0, outputs = 0;

	for (int i = 0; device && device->info->write_raw && i < device->num_channels; i++)
		outputs += sends_value(device, &device->channels[i]);
	for (int g = 0; device && page && list && dev->groups && dev->groups[g]; g++)
		settings += use_group(dev, dev->groups[g], page, list);
	free_page((unsigned long)list);
	free_page((unsigned long)page);
	if (outputs)
		report("compared %s %d outputs that were set and seen on the wire\n", ((struct module *)mod)->name,
		       outputs);
	if (settings)
		report("compared %s %d settings, no two alike on the wire, that were read back\n",
		       ((struct module *)mod)->name, settings);
	return 0;
}
