// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What /sys and uevents say of a PCI function, in the forms of Linux (Documentation/ABI/testing/sysfs-bus-pci). */
#include "kernel/device/pci.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/text.h"

#define NUMBER(field, format, value)                                                                                   \
	static int show_##field(struct text *t, void *data)                                                            \
	{                                                                                                              \
		const struct pci_device *dev = data;                                                                   \
                                                                                                                       \
		text_printf(t, format "\n", (unsigned)(value));                                                        \
		return 0;                                                                                              \
	}                                                                                                              \
	static const struct attr field##_attr = { .name = #field, .mode = 0444, .show = show_##field }

NUMBER(vendor, "0x%04x", dev->vendor);
NUMBER(device, "0x%04x", dev->id);
NUMBER(subsystem_vendor, "0x%04x", dev->subvendor);
NUMBER(subsystem_device, "0x%04x", dev->subid);
NUMBER(class, "0x%06x", dev->class);
NUMBER(revision, "0x%02x", dev->revision);
NUMBER(irq, "%u", pci_read(dev->at, PCI_INTERRUPT_LINE, 1));
#undef NUMBER

enum { RESOURCE_IO = 0x100, RESOURCE_MEMORY = 0x200, RESOURCE_PREFETCH = 0x2000, RESOURCE_WIDE = 0x100000 };

static int show_resource(struct text *t, void *data)
{
	const struct pci_device *dev = data;

	for (unsigned i = 0; i < PCI_BAR_CNT; i++) {
		const struct pci_bar *bar = &dev->bar[i];
		uint64_t flags = bar->io ? RESOURCE_IO :
					   RESOURCE_MEMORY | (bar->prefetchable ? RESOURCE_PREFETCH : 0) |
					       (bar->wide ? RESOURCE_WIDE : 0);

		text_printf(t, "0x%016llx 0x%016llx 0x%016llx\n", (unsigned long long)(bar->bytes ? bar->address : 0),
			    (unsigned long long)(bar->bytes ? bar->address + bar->bytes - 1 : 0),
			    (unsigned long long)(bar->bytes ? flags : 0));
	}
	return 0;
}

static const struct attr resource_attr = { .name = "resource", .mode = 0444, .show = show_resource };

const struct attr *const pci_attrs[] = { &vendor_attr,
					 &device_attr,
					 &subsystem_vendor_attr,
					 &subsystem_device_attr,
					 &class_attr,
					 &revision_attr,
					 &irq_attr,
					 &resource_attr,
					 NULL };

void pci_describe(struct device *device, struct text *t)
{
	const struct pci_device *dev = pci_of(device);

	text_printf(t, "PCI_CLASS=%X\nPCI_ID=%04X:%04X\nPCI_SUBSYS_ID=%04X:%04X\nPCI_SLOT_NAME=%s\n", dev->class,
		    dev->vendor, dev->id, dev->subvendor, dev->subid, device->name);
}
