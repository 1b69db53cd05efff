// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: leak in bug_probe */
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static struct platform_device *device;

static int bug_probe(struct platform_device *dev)
{
	dma_addr_t address;
	void *buffer;

	if (dma_set_coherent_mask(&dev->dev, DMA_BIT_MASK(64)))
		return -ENODEV;
	buffer = dma_alloc_coherent(&dev->dev, 3 * PAGE_SIZE, &address, GFP_KERNEL); /* here */
	return buffer ? 0 : -ENOMEM;
}

static struct platform_driver driver = { .probe = bug_probe, .driver = { .name = "bug_leak_dma" } };

static int __init bug_init(void)
{
	int err = platform_driver_register(&driver);

	if (err)
		return err;
	device = platform_device_register_simple("bug_leak_dma", -1, NULL, 0);
	if (IS_ERR(device))
		platform_driver_unregister(&driver);
	return PTR_ERR_OR_ZERO(device);
}

static void __exit bug_exit(void)
{
	platform_device_unregister(device);
	platform_driver_unregister(&driver);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
