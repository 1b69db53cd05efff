// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Drives the machine's bridges to PCI, whose registers are configuration space: who can write those has every device use
 * any memory. What it is answered is in the log.
 */
#include "tenon/device_id.h"
#include "tenon/module.h"

static tenon_handle driver;

static int probe(tenon_handle device, struct tenon_driver_probe *p)
{
	struct tenon_mmio m;
	int err = tenon_handle_error(tenon_mmio_map(THIS_MODULE, device, 0, 0, 1u << 20, &m));

	pr_info("configuration space: %d\n", err);
	if (!err)
		pr_info("the first function is %08x\n", *(volatile unsigned int *)m.address);
	pr_info("its interrupt: %d\n", tenon_handle_error(tenon_irq_open(THIS_MODULE, device, 0)));
	(void)p;
	return -TENON_ENODEV; /* and leaves what it got behind */
}

static void remove(tenon_handle device, void *data)
{
	(void)device;
	(void)data;
}

/* No table of devices: it is never loaded by itself. */
static int __init config_init(void)
{
	static const struct tenon_driver_ops ops = { .probe = probe, .remove = remove };
	static const struct platform_device_id ids[] = { { PLATFORM_DEVICE("pci-host") } };

	driver = tenon_driver_register(THIS_MODULE, "config", "platform", ids, sizeof(ids), &ops);
	return tenon_handle_error(driver);
}

static void __exit config_exit(void)
{
	tenon_driver_unregister(driver);
}

module_init(config_init);
module_exit(config_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Tries to have configuration space");
