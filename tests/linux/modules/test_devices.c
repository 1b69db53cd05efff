// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Devices and drivers: matched, probed, deferred, taken apart again, with what they own. */
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/kdev_t.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/version.h>

#include "check.h"

static int probes, removals, released;
static bool ready;

static void release(void *counter)
{
	++*(int *)counter;
}

static ssize_t level_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", 7);
}
static DEVICE_ATTR_RO(level);

static struct attribute *sensor_attrs[] = { &dev_attr_level.attr, NULL };
ATTRIBUTE_GROUPS(sensor);

static int sensor_probe(struct platform_device *pdev)
{
	u32 address = 0;

	if (!ready)
		return -EPROBE_DEFER;
	device_property_read_u32(&pdev->dev, "address", &address);
	dev_info(&pdev->dev, "at %#x\n", address);
	if (address != 0x48 || !devm_kzalloc(&pdev->dev, 100, GFP_KERNEL))
		return -EINVAL;
	probes++;
	return devm_add_action_or_reset(&pdev->dev, release, &released);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
static void sensor_remove(struct platform_device *pdev)
{
	removals++;
}

#define new_class(name) class_create(name)
#else
static int sensor_remove(struct platform_device *pdev)
{
	removals++;
	return 0;
}

#define new_class(name) class_create(THIS_MODULE, name)
#endif

static struct platform_driver sensor = {
	.probe = sensor_probe,
	.remove = sensor_remove,
	.driver = { .name = "test_sensor", .dev_groups = sensor_groups },
};

static const struct property_entry properties[] = { PROPERTY_ENTRY_U32("address", 0x48), {} };

static void test_deferred(void)
{
	struct platform_device_info info = { .name = "test_sensor", .id = 3, .properties = properties };
	struct platform_device *pdev = platform_device_register_full(&info);

	check(!IS_ERR(pdev), "a platform device is registered");
	check(!platform_driver_register(&sensor), "its driver is registered");
	wait_for_device_probe();
	check(!probes && !pdev->dev.driver, "a driver that is not ready has no device");
	ready = true;
	check(device_attach(&pdev->dev) == 1 && probes == 1, "it is probed again, with the properties of the device");
	check(!strcmp(dev_name(&pdev->dev), "test_sensor.3"), "the device has its name and number");
	device_release_driver(&pdev->dev);
	check(removals == 1 && released == 1, "what is managed goes when the driver leaves the device");
	check(device_attach(&pdev->dev) == 1 && probes == 2, "and the driver can come back");
	platform_device_unregister(pdev);
	check(removals == 2 && released == 2, "a device that goes is taken from its driver");
	platform_driver_unregister(&sensor);
}

static int match_any(struct device *dev, const void *data)
{
	return dev_get_drvdata(dev) == data;
}

static void test_class(void)
{
	static int data;
	struct class *class = new_class("test_class");
	struct device *dev = device_create(class, NULL, MKDEV(240, 5), &data, "thing%d", 1), *found;

	check(!IS_ERR(dev) && !strcmp(dev_name(dev), "thing1"), "a class has a device");
	found = class_find_device(class, NULL, &data, match_any);
	check(found == dev, "which is found by what it is for");
	put_device(found);
	check(!device_create_file(dev, &dev_attr_level), "it gets an attribute");
	check(device_create_file(dev, &dev_attr_level) == -EEXIST, "but not the same one twice");
	device_destroy(class, MKDEV(240, 5));
	found = class_find_device(class, NULL, &data, match_any);
	check(!found, "and is gone when it is destroyed");
	class_destroy(class);
}

static int __init test_init(void)
{
	test_deferred();
	test_class();
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of devices and drivers");
