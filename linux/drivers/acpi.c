// SPDX-License-Identifier: GPL-2.0-only
/*
 * ACPI with an empty namespace: drivers register with its bus, which has no devices. What they ask of a device or of the
 * firmware is answered in answers.S.
 */
#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/platform_data/x86/apple.h>
#include <linux/regulator/machine.h>
#include <acpi/acpi_bus.h>

/* Of drivers/acpi/sleep.h and drivers/pci/pci.h. */
pci_power_t acpi_pci_choose_state(struct pci_dev *dev);
pci_power_t acpi_pci_get_power_state(struct pci_dev *dev);
int acpi_pci_set_power_state(struct pci_dev *dev, pci_power_t state);
int acpi_pci_wakeup(struct pci_dev *dev, bool enable);
int pci_dev_acpi_reset(struct pci_dev *dev, bool probe);
extern const struct attribute_group pci_dev_acpi_attr_group;

#include "linux/drivers/drivers.h"
#include "linux/versions.h"
#include "linux/export.h"

bool x86_apple_machine;
EXPORT_SYMBOL(x86_apple_machine);
int acpi_disabled;
EXPORT_SYMBOL(acpi_disabled);
struct acpi_table_fadt acpi_gbl_FADT;
EXPORT_SYMBOL(acpi_gbl_FADT);
struct kobject *acpi_kobj;
EXPORT_SYMBOL_GPL(acpi_kobj);
struct proc_dir_entry *acpi_root_dir;
EXPORT_SYMBOL(acpi_root_dir);
char acpi_video_backlight_string[16];
EXPORT_SYMBOL(acpi_video_backlight_string);

#if LINUX_SINCE(6, 12)
#define DRIVER const struct device_driver
#else
#define DRIVER struct device_driver
#endif

static int match(struct device *dev, DRIVER *drv)
{
	(void)dev, (void)drv;
	return 0;
}

static struct bus_type acpi_bus = { .name = "acpi", .match = match };

/* Whoever has ACPI has been told of all regulators: a device without one needs none. */
int linux_acpi_start(void)
{
	regulator_has_full_constraints();
	return bus_register(&acpi_bus);
}

static int register_driver(struct acpi_driver *driver, struct module *owner)
{
	driver->drv.name = driver->name;
	driver->drv.bus = &acpi_bus;
	driver->drv.owner = owner;
	return driver_register(&driver->drv);
}

#if LINUX_SINCE(6, 12)
int __acpi_bus_register_driver(struct acpi_driver *driver, struct module *owner)
{
	return register_driver(driver, owner);
}
EXPORT_SYMBOL(__acpi_bus_register_driver);
#else
int acpi_bus_register_driver(struct acpi_driver *driver)
{
	return register_driver(driver, driver->owner);
}
EXPORT_SYMBOL(acpi_bus_register_driver);
#endif

void acpi_bus_unregister_driver(struct acpi_driver *driver)
{
	driver_unregister(&driver->drv);
}
EXPORT_SYMBOL(acpi_bus_unregister_driver);

/* Kinds of buses whose devices may have nodes: none is looked for. */
int register_acpi_bus_type(struct acpi_bus_type *type)
{
	return type && type->match && type->find_companion ? 0 : -ENODEV;
}
EXPORT_SYMBOL_GPL(register_acpi_bus_type);

int unregister_acpi_bus_type(struct acpi_bus_type *type)
{
	return type ? 0 : -ENODEV;
}
EXPORT_SYMBOL_GPL(unregister_acpi_bus_type);

static BLOCKING_NOTIFIER_HEAD(events);

int register_acpi_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&events, nb);
}
EXPORT_SYMBOL(register_acpi_notifier);

int unregister_acpi_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_unregister(&events, nb);
}
EXPORT_SYMBOL(unregister_acpi_notifier);

const char *acpi_device_hid(struct acpi_device *device)
{
	(void)device;
	return "device";
}
EXPORT_SYMBOL(acpi_device_hid);

const char *acpi_format_exception(acpi_status status)
{
	return ACPI_SUCCESS(status) ? "AE_OK" : "AE_NOT_FOUND";
}
EXPORT_SYMBOL(acpi_format_exception);

/* ---- what the PCI core asks of it ---- */

pci_power_t acpi_pci_choose_state(struct pci_dev *dev)
{
	(void)dev;
	return PCI_POWER_ERROR;
}

pci_power_t acpi_pci_get_power_state(struct pci_dev *dev)
{
	(void)dev;
	return PCI_UNKNOWN;
}

int acpi_pci_set_power_state(struct pci_dev *dev, pci_power_t state)
{
	(void)dev, (void)state;
	return -ENODEV;
}

int acpi_pci_wakeup(struct pci_dev *dev, bool enable)
{
	(void)dev, (void)enable;
	return 0;
}

int pci_dev_acpi_reset(struct pci_dev *dev, bool probe)
{
	(void)dev, (void)probe;
	return -ENOTTY;
}

static struct attribute *none[] = { NULL };
const struct attribute_group pci_dev_acpi_attr_group = { .attrs = none };
