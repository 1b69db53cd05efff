// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Has a device write where it must not. The device is QEMU's "edu", which copies between memory and 4 KiB of its own: what
 * its driver tells it to, a moment after it was told.
 */
#include "tenon/device_id.h"
#include "tenon/module.h"

MODULE_DESCRIPTION("A driver whose device writes to memory that is not its own");
MODULE_LICENSE("Dual BSD/GPL");

#define PAGE_BYTES 4096u
#define COPY_BYTES 2048u /* less than the device says it has: it counts them wrong */

static unsigned long target;
module_param(target, ulong, 0444);
MODULE_PARM_DESC(target, "bus address that the device writes to");

static unsigned int bytes = COPY_BYTES;
module_param(bytes, uint, 0444);
MODULE_PARM_DESC(bytes, "how many, up to 2048");

static unsigned int data = 0x41414141;
module_param(data, uint, 0444);
MODULE_PARM_DESC(data, "what it writes, as words of 32 bits");

static bool die;
module_param(die, bool, 0444);
MODULE_PARM_DESC(die, "fault while the device is to write to the driver's own memory");

static bool keep;
module_param(keep, bool, 0444);
MODULE_PARM_DESC(keep, "give the device back for another driver, but not what there is of it");

#define DONE_NS 5000000000ull

enum {
	SOURCE = 0x80 / 8, /* registers of 64 bits */
	DESTINATION = 0x88 / 8,
	COUNT = 0x90 / 8,
	COMMAND = 0x98 / 8,
	COMMAND_START = 1,
	COMMAND_TO_MEMORY = 2,
	OWN_MEMORY = 0x40000,
};

static volatile uint64_t *registers;
static tenon_handle mmio, buffer, dma, driver;

static void start(uint64_t from, uint64_t to, uint64_t cnt, uint64_t direction)
{
	registers[SOURCE] = from;
	registers[DESTINATION] = to;
	registers[COUNT] = cnt;
	registers[COMMAND] = COMMAND_START | direction;
}

static int finish(void)
{
	uint64_t until = tenon_clock_ns() + DONE_NS;

	while (registers[COMMAND] & COMMAND_START) {
		if (tenon_clock_ns() > until)
			return -TENON_ETIMEDOUT;
		tenon_sleep_until(tenon_clock_ns() + 1000000);
	}
	return 0;
}

static unsigned int same(const uint8_t *page)
{
	unsigned int cnt = 0;

	for (unsigned int i = 0; i < COPY_BYTES; i++)
		cnt += page[i] == (uint8_t)(data >> i % 4 * 8);
	return cnt;
}

/* What it may do: from the first page of its buffer to the device, and from there to the second. */
static int permitted(uint8_t *pages, const uint64_t bus[2])
{
	int err;

	for (unsigned int i = 0; i < COPY_BYTES; i++)
		pages[i] = (uint8_t)(data >> i % 4 * 8);
	start(bus[0], OWN_MEMORY, COPY_BYTES, 0);
	err = finish();
	if (err)
		return err;
	start(OWN_MEMORY, bus[1], COPY_BYTES, COMMAND_TO_MEMORY);
	if (die) {
		pr_notice("the device is to write to %#llx\n", (unsigned long long)bus[1]);
		*(volatile int *)0 = 0;
	}
	err = finish();
	pr_notice("%u of %u bytes came where they may\n", same(pages + PAGE_BYTES), COPY_BYTES);
	return err;
}

static int use(tenon_handle device)
{
	struct tenon_mmio where;
	struct tenon_buffer b;
	uint64_t bus[2];
	int err;

	mmio = tenon_mmio_map(THIS_MODULE, device, 0, 0, 0, &where);
	buffer = tenon_buffer_create(THIS_MODULE, 2 * PAGE_BYTES, &b);
	dma = tenon_dma_map(THIS_MODULE, device, buffer);
	if (tenon_handle_error(dma))
		return tenon_handle_error(dma);
	if (tenon_handle_error(mmio) || tenon_dma_addresses(dma, 0, bus, sizeof(bus)) != sizeof(bus))
		return -TENON_EIO;
	registers = where.address;
	err = permitted(b.address, bus);
	if (err || !target)
		return err;
	start(OWN_MEMORY, target, bytes, COMMAND_TO_MEMORY);
	err = finish();
	pr_notice("the device was told to write %u bytes to %#lx\n", bytes, target);
	return err;
}

static int probe(tenon_handle device, struct tenon_driver_probe *p)
{
	int err = use(device);

	(void)p;
	return keep ? -TENON_ENODEV : err;
}

static void remove(tenon_handle device, void *unused)
{
	(void)device;
	(void)unused;
	tenon_dma_unmap(dma);
	tenon_buffer_destroy(buffer);
	tenon_mmio_unmap(mmio);
}

/* No table of devices: it is never loaded by itself. */
static int __init dma_init(void)
{
	static const struct tenon_driver_ops ops = { .probe = probe, .remove = remove };
	static const struct pci_device_id ids[] = { { PCI_DEVICE(0x1234, 0x11e8) } };

	driver = tenon_driver_register(THIS_MODULE, "dma", "pci", ids, sizeof(ids), &ops);
	if (keep && !tenon_handle_error(driver))
		pr_notice("of the device that was given back: registers %d, memory %d\n", tenon_mmio_unmap(mmio),
			  tenon_dma_unmap(dma));
	return tenon_handle_error(driver);
}

static void __exit dma_exit(void)
{
	tenon_driver_unregister(driver);
}

module_init(dma_init);
module_exit(dma_exit);
