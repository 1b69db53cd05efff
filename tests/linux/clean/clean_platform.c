// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A platform device and its driver, with data, properties, managed resources, and attributes. */
/* log: probed with rate 48 */
/* log: removed */
/* report: directory /sys/devices/platform/clean_platform.0 */
/* prompt: cat /sys/devices/platform/clean_platform.0/rate */
/* says: 48 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>

struct sensor {
	u32 rate;
	struct mutex lock;
};

static struct platform_device *device;

static ssize_t rate_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct sensor *s = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", s->rate);
}

static ssize_t rate_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t len)
{
	struct sensor *s = dev_get_drvdata(dev);
	u32 rate;
	int err = kstrtou32(buf, 0, &rate);

	if (err)
		return err;
	mutex_lock(&s->lock);
	s->rate = rate;
	mutex_unlock(&s->lock);
	return len;
}
static DEVICE_ATTR_RW(rate);

static struct attribute *sensor_attrs[] = { &dev_attr_rate.attr, NULL };
ATTRIBUTE_GROUPS(sensor);

static int sensor_probe(struct platform_device *pdev)
{
	struct sensor *s = devm_kzalloc(&pdev->dev, sizeof(*s), GFP_KERNEL);
	struct resource *res = platform_get_resource(pdev, IORESOURCE_MEM, 0);
	int err;

	if (!s)
		return -ENOMEM;
	if (!res || resource_size(res) != 0x100)
		return -ENODEV;
	err = device_property_read_u32(&pdev->dev, "rate", &s->rate);
	if (err)
		return dev_err_probe(&pdev->dev, err, "no rate\n");
	mutex_init(&s->lock);
	platform_set_drvdata(pdev, s);
	pr_info("probed with rate %u\n", s->rate);
	return 0;
}

static int sensor_remove(struct platform_device *pdev)
{
	pr_info("removed\n");
	return 0;
}

static struct platform_driver sensor_driver = {
	.probe = sensor_probe,
	.remove = sensor_remove,
	.driver = { .name = "clean_platform", .dev_groups = sensor_groups },
};

static const struct property_entry properties[] = { PROPERTY_ENTRY_U32("rate", 48), {} };
static const struct resource resources[] = { DEFINE_RES_MEM(0x10000, 0x100) };

static int __init clean_init(void)
{
	const struct platform_device_info info = {
		.name = "clean_platform",
		.id = 0,
		.res = resources,
		.num_res = ARRAY_SIZE(resources),
		.properties = properties,
	};
	int err = platform_driver_register(&sensor_driver);

	if (err)
		return err;
	device = platform_device_register_full(&info);
	if (IS_ERR(device)) {
		platform_driver_unregister(&sensor_driver);
		return PTR_ERR(device);
	}
	return 0;
}

static void __exit clean_exit(void)
{
	platform_device_unregister(device);
	platform_driver_unregister(&sensor_driver);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
