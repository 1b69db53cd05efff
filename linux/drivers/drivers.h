/* SPDX-License-Identifier: GPL-2.0-only */
/* What private headers of Linux's directories of drivers declare. */
#ifndef LINUX_DRIVERS_DRIVERS_H
#define LINUX_DRIVERS_DRIVERS_H

#include <linux/types.h>

struct device;
struct i2c_adapter;
struct notifier_block;

int devtmpfs_create_node(struct device *dev);
int devtmpfs_delete_node(struct device *dev);

extern struct notifier_block i2c_acpi_notifier;
void i2c_acpi_register_devices(struct i2c_adapter *adapter);
bool i2c_acpi_waive_d0_probe(struct device *dev);
int i2c_acpi_install_space_handler(struct i2c_adapter *adapter);
void i2c_acpi_remove_space_handler(struct i2c_adapter *adapter);

int devices_init(void);
int buses_init(void);
int classes_init(void);
int firmware_init(void);
int platform_bus_init(void);
void auxiliary_bus_init(void);

/* devices.c: the driver core, in the order of Linux's driver_init(). Return: 0 or a negative errno value. */
int linux_devices_start(void);

/* acpi.c. Return: likewise. */
int linux_acpi_start(void);

/* pci_bus.c: is it a function of our kernel's? */
struct pci_dev;
bool linux_pci_is_ours(const struct pci_dev *dev);

/* dma.c: the memory that a function reaches, for Linux's drivers. NULL: no memory. And its device is used with that. */
struct lx_pci;
struct pool;
struct pool *linux_dma_start(struct lx_pci *p);
void linux_dma_stop(struct pool *pool);
void linux_dma_use(struct pci_dev *dev, struct pool *pool);

#endif
