// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The machine's bridges to PCI, which the kernel names, and the bus that their functions are on. */
#include "pci.h"

#include "tenon/device_id.h"

tenon_handle pci_bus, pci_lock;
static tenon_handle driver;

static int probe(tenon_handle device, struct tenon_driver_probe *p)
{
	struct host *host = tenon_alloc(THIS_MODULE, sizeof(*host));
	int err;

	if (!host)
		return -TENON_ENOMEM;
	*host = (struct host){ .device = device, .first = p->identity << 8 };
	err = tenon_mutex_lock(pci_lock, UINT64_MAX);
	if (err) {
		tenon_free(host);
		return err;
	}
	scan_bus(host, host->first, NULL);
	tenon_mutex_unlock(pci_lock);
	p->data = host;
	return 0;
}

/* The module is in use as long as there are functions, so there are none. */
static void remove(tenon_handle device, void *data)
{
	(void)device;
	config_close(data);
	tenon_free(data);
}

static const struct platform_device_id ids[] = { { PLATFORM_DEVICE("pci-host") }, {} };
MODULE_DEVICE_TABLE(platform, ids);

static int __init pci_init(void)
{
	static const struct tenon_driver_ops ops = { .probe = probe, .remove = remove };
	static const struct tenon_bus_ops none;
	int err;

	pci_bus = tenon_bus_register(THIS_MODULE, "pci", &none, NULL);
	err = tenon_handle_error(pci_bus);
	if (err) {
		pr_err("only one in the kernel's own domain has configuration space\n");
		return err;
	}
	pci_lock = tenon_mutex_create(THIS_MODULE);
	err = tenon_handle_error(pci_lock);
	if (err)
		goto no_lock;
	driver = tenon_driver_register(THIS_MODULE, "pci", "platform", ids, sizeof(ids[0]), &ops);
	err = tenon_handle_error(driver);
	if (!err)
		return 0;
	tenon_mutex_destroy(pci_lock);
no_lock:
	tenon_bus_unregister(pci_bus);
	return err;
}

static void __exit pci_exit(void)
{
	tenon_driver_unregister(driver);
	tenon_mutex_destroy(pci_lock);
	tenon_bus_unregister(pci_bus);
}

module_init(pci_init);
module_exit(pci_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("The bus PCI: its functions, and slots that they come to and leave");
MODULE_AUTHOR("The Tenon authors");
