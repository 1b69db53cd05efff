// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Converters whose registers all hold one byte, so that the order of bytes does not matter: what a channel reads is the
 * field that it says a sample has, its bits and their place, of that byte repeated. A channel that says no such thing, or
 * whose sample is another than its register, says nothing here.
 */
#include <linux/bitops.h>
#include <linux/iio/iio.h>
#include <linux/string.h>

#include "watch.h"

#define REPEATED (WATCH_BYTE * 0x01010101u)

static int field_of(const struct iio_chan_spec *channel)
{
	const u32 bits = channel->scan_type.realbits;
	const u32 value = REPEATED >> channel->scan_type.shift & GENMASK(bits - 1, 0);

	return channel->scan_type.sign == 's' ? sign_extend32(value, bits - 1) : value;
}

static bool reads_field(struct iio_dev *device, const struct iio_chan_spec *channel)
{
	const u32 bits = channel->scan_type.realbits;
	int value = 0, more = 0;

	if (channel->output || bits < 6 || bits + channel->scan_type.shift > 32 ||
	    !(channel->info_mask_separate & BIT(IIO_CHAN_INFO_RAW)))
		return false;
	return device->info->read_raw(device, channel, &value, &more, IIO_CHAN_INFO_RAW) == IIO_VAL_INT &&
	       value == field_of(channel);
}

struct iio_dev *to_iio(struct device *dev)
{
	if (!dev->bus || strcmp(dev->bus->name, "iio") || strncmp(dev_name(dev), "iio:device", 10))
		return NULL;
	return container_of(dev, struct iio_dev, dev);
}

int use_iio(struct device *dev, void *mod)
{
	struct iio_dev *device = to_iio(dev);
	int cnt = 0;

	if (!device || !device->info->read_raw)
		return 0;
	for (int i = 0; i < device->num_channels; i++)
		cnt += reads_field(device, &device->channels[i]);
	if (cnt)
		report("compared %s %d channels that read their field of known registers\n",
		       ((struct module *)mod)->name, cnt);
	return 0;
}
