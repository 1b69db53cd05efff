// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the driver core asks other subsystems about each device, and nothing here has: ACPI, I/O memory management units,
 * pin controllers, scaling of clocks, nodes in a file system of devices. Each answers what Linux's own
 * function answers on a machine without: no such thing, or nothing to be done.
 */
#include <linux/acpi.h>
#include <linux/cpufreq.h>
#include <linux/devfreq.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/irq.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/pinctrl/devinfo.h>
#include <linux/random.h>
#include <linux/sched/isolation.h>
#include <linux/skbuff.h>

#include "linux/drivers/drivers.h"
#include "linux/kernel/kernel.h"
#include "linux/versions.h"
#include "linux/export.h"

/* ---- ACPI: no device is described by it ---- */

bool is_acpi_device_node(const struct fwnode_handle *fwnode)
{
	(void)fwnode;
	return false;
}
EXPORT_SYMBOL(is_acpi_device_node);

bool is_acpi_data_node(const struct fwnode_handle *fwnode)
{
	(void)fwnode;
	return false;
}
EXPORT_SYMBOL(is_acpi_data_node);

void acpi_device_notify(struct device *dev)
{
	(void)dev;
}

void acpi_device_notify_remove(struct device *dev)
{
	(void)dev;
}

int acpi_device_modalias(struct device *dev, char *buf, int size)
{
	(void)dev, (void)buf, (void)size;
	return -ENODEV;
}
EXPORT_SYMBOL_GPL(acpi_device_modalias);

#if LINUX_SINCE(6, 12)
int acpi_device_uevent_modalias(const struct device *dev, struct kobj_uevent_env *env)
#else
int acpi_device_uevent_modalias(struct device *dev, struct kobj_uevent_env *env)
#endif
{
	(void)dev, (void)env;
	return -ENODEV;
}
EXPORT_SYMBOL_GPL(acpi_device_uevent_modalias);

bool acpi_driver_match_device(struct device *dev, const struct device_driver *drv)
{
	(void)dev, (void)drv;
	return false;
}
EXPORT_SYMBOL_GPL(acpi_driver_match_device);

const struct acpi_device_id *acpi_match_device(const struct acpi_device_id *ids, const struct device *dev)
{
	(void)ids, (void)dev;
	return NULL;
}
EXPORT_SYMBOL_GPL(acpi_match_device);

const void *acpi_device_get_match_data(const struct device *dev)
{
	(void)dev;
	return NULL;
}
EXPORT_SYMBOL_GPL(acpi_device_get_match_data);

int acpi_dev_pm_attach(struct device *dev, bool power_on)
{
	(void)dev, (void)power_on;
	return 0;
}
EXPORT_SYMBOL_GPL(acpi_dev_pm_attach);

enum dev_dma_attr acpi_get_dma_attr(struct acpi_device *adev)
{
	(void)adev;
	return DEV_DMA_NOT_SUPPORTED;
}

acpi_status acpi_get_physical_device_location(acpi_handle handle, struct acpi_pld_info **pld)
{
	(void)handle, (void)pld;
	return AE_NOT_FOUND;
}

static BLOCKING_NOTIFIER_HEAD(acpi_reconfig);

int acpi_reconfig_notifier_register(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&acpi_reconfig, nb);
}
EXPORT_SYMBOL(acpi_reconfig_notifier_register);

int acpi_reconfig_notifier_unregister(struct notifier_block *nb)
{
	return blocking_notifier_chain_unregister(&acpi_reconfig, nb);
}
EXPORT_SYMBOL(acpi_reconfig_notifier_unregister);

struct notifier_block i2c_acpi_notifier;

void i2c_acpi_register_devices(struct i2c_adapter *adapter)
{
	(void)adapter;
}

int i2c_acpi_install_space_handler(struct i2c_adapter *adapter)
{
	(void)adapter;
	return 0;
}

void i2c_acpi_remove_space_handler(struct i2c_adapter *adapter)
{
	(void)adapter;
}

bool i2c_acpi_waive_d0_probe(struct device *dev)
{
	(void)dev;
	return false;
}
EXPORT_SYMBOL_GPL(i2c_acpi_waive_d0_probe);

/* ---- others ---- */

/* The device is in no group that shares translations. */
int iommu_device_use_default_domain(struct device *dev)
{
	(void)dev;
	return 0;
}

void iommu_device_unuse_default_domain(struct device *dev)
{
	(void)dev;
}

void cpufreq_suspend(void)
{
}

void cpufreq_resume(void)
{
}

#ifdef CONFIG_PM_DEVFREQ
void devfreq_suspend(void)
{
}

void devfreq_resume(void)
{
}
#endif

bool housekeeping_enabled(enum hk_type type)
{
	(void)type;
	return false;
}
EXPORT_SYMBOL_GPL(housekeeping_enabled);
