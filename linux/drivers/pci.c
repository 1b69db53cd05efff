// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Linux's PCI core has of a real machine: quirks of certain devices, error reports, and a BIOS that has set all up. A
 * bus exists here if a module makes one, or our kernel gives a driver a function (pci_bus.c).
 */
#include <linux/aer.h>
#include <linux/dma-map-ops.h>
#include <linux/pci.h>

/* Of drivers/pci/pci.h. */
enum pci_fixup_pass;
void pci_fixup_device(enum pci_fixup_pass pass, struct pci_dev *dev);
int pci_dev_specific_acs_enabled(struct pci_dev *dev, u16 flags);
int pci_dev_specific_enable_acs(struct pci_dev *dev);
int pci_dev_specific_disable_acs_redir(struct pci_dev *dev);
int pci_dev_specific_reset(struct pci_dev *dev, bool probe);
int pci_idt_bus_quirk(struct pci_bus *bus, int devfn, u32 *l, int timeout);
void pci_no_aer(void);
void pci_aer_init(struct pci_dev *dev);
void pci_aer_exit(struct pci_dev *dev);
int pci_aer_clear_status(struct pci_dev *dev);
void pci_save_aer_state(struct pci_dev *dev);
void pci_restore_aer_state(struct pci_dev *dev);
void pci_dpc_init(struct pci_dev *dev);
void pci_save_dpc_state(struct pci_dev *dev);
void pci_restore_dpc_state(struct pci_dev *dev);
void pci_ptm_init(struct pci_dev *dev);
void pci_save_ptm_state(struct pci_dev *dev);
void pci_restore_ptm_state(struct pci_dev *dev);
void pci_suspend_ptm(struct pci_dev *dev);
void pci_resume_ptm(struct pci_dev *dev);
void pci_rcec_init(struct pci_dev *dev);
void pci_rcec_exit(struct pci_dev *dev);
bool pciehp_is_native(struct pci_dev *bridge);
int pcie_failed_link_retrain(struct pci_dev *dev);
extern const struct attribute_group aer_stats_attr_group, pci_dev_smbios_attr_group;

#include "linux/drivers/drivers.h"
#include "linux/versions.h"
#include "linux/export.h"

static struct attribute *none[] = { NULL };
const struct attribute_group aer_stats_attr_group = { .attrs = none };
const struct attribute_group pci_dev_smbios_attr_group = { .attrs = none };

/* Where a BIOS leaves room for devices that it has given no addresses. */
unsigned long pci_mem_start = 0x10000000;
EXPORT_SYMBOL(pci_mem_start);

/* Devices reach all memory, by its own addresses. */
const struct dma_map_ops *dma_ops;
EXPORT_SYMBOL(dma_ops);
unsigned long max_pfn;

unsigned int pcibios_assign_all_busses(void)
{
	return 0;
}

/* No device's mistake is known; where registers are our kernel says. */
void pci_fixup_device(enum pci_fixup_pass pass, struct pci_dev *dev)
{
	if (pass == pci_fixup_early && linux_pci_is_ours(dev))
		dev->non_compliant_bars = dev->mmio_always_on = 1;
}
EXPORT_SYMBOL(pci_fixup_device);

int pci_dev_specific_acs_enabled(struct pci_dev *dev, u16 flags)
{
	(void)dev, (void)flags;
	return -ENOTTY;
}

int pci_dev_specific_enable_acs(struct pci_dev *dev)
{
	(void)dev;
	return -ENOTTY;
}

int pci_dev_specific_disable_acs_redir(struct pci_dev *dev)
{
	(void)dev;
	return -ENOTTY;
}

int pci_dev_specific_reset(struct pci_dev *dev, bool probe)
{
	(void)dev, (void)probe;
	return -ENOTTY;
}

int pci_idt_bus_quirk(struct pci_bus *bus, int devfn, u32 *l, int timeout)
{
	(void)bus, (void)devfn, (void)l, (void)timeout;
	return 0;
}

#if LINUX_SINCE(6, 12)
int pcie_failed_link_retrain(struct pci_dev *dev)
{
	(void)dev;
	return -ENOTTY;
}
#endif

int pci_aer_clear_status(struct pci_dev *dev)
{
	(void)dev;
	return -EIO;
}

#if !LINUX_SINCE(6, 12)
int pci_enable_pcie_error_reporting(struct pci_dev *dev)
{
	(void)dev;
	return -EIO;
}
EXPORT_SYMBOL_GPL(pci_enable_pcie_error_reporting);

int pci_disable_pcie_error_reporting(struct pci_dev *dev)
{
	(void)dev;
	return -EIO;
}
EXPORT_SYMBOL_GPL(pci_disable_pcie_error_reporting);
#endif

int pci_aer_clear_nonfatal_status(struct pci_dev *dev)
{
	(void)dev;
	return -EIO;
}
EXPORT_SYMBOL_GPL(pci_aer_clear_nonfatal_status);

int pci_enable_ptm(struct pci_dev *dev, u8 *granularity)
{
	(void)dev, (void)granularity;
	return -EINVAL;
}
EXPORT_SYMBOL(pci_enable_ptm);

void pci_disable_ptm(struct pci_dev *dev)
{
	(void)dev;
}
EXPORT_SYMBOL(pci_disable_ptm);

bool pcie_ptm_enabled(struct pci_dev *dev)
{
	(void)dev;
	return false;
}
EXPORT_SYMBOL(pcie_ptm_enabled);

bool pciehp_is_native(struct pci_dev *bridge)
{
	(void)bridge;
	return false;
}

/* No error is reported or contained, no time measured. */
#define NOTHING_FOR_DEVICE(name)                                                                                       \
	void name(struct pci_dev *dev)                                                                                 \
	{                                                                                                              \
		(void)dev;                                                                                             \
	}

NOTHING_FOR_DEVICE(pci_aer_init)
NOTHING_FOR_DEVICE(pci_aer_exit)
NOTHING_FOR_DEVICE(pci_save_aer_state)
NOTHING_FOR_DEVICE(pci_restore_aer_state)
NOTHING_FOR_DEVICE(pci_dpc_init)
NOTHING_FOR_DEVICE(pci_save_dpc_state)
NOTHING_FOR_DEVICE(pci_restore_dpc_state)
NOTHING_FOR_DEVICE(pci_ptm_init)
NOTHING_FOR_DEVICE(pci_save_ptm_state)
NOTHING_FOR_DEVICE(pci_restore_ptm_state)
NOTHING_FOR_DEVICE(pci_suspend_ptm)
NOTHING_FOR_DEVICE(pci_resume_ptm)
NOTHING_FOR_DEVICE(pci_rcec_init)
NOTHING_FOR_DEVICE(pci_rcec_exit)

void pci_no_aer(void)
{
}
