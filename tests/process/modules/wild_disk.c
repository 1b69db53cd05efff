/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A driver of virtio disks (virtio 1.2, 4.2) that asks for what cannot be: each request is of a device that has just been
 * switched on, and says what the device made of it.
 */
#include "tenon/device_id.h"
#include "tenon/module.h"
#include "tests/process/modules/wild_disk.h"

enum { /* 4.2.2 */
       QUEUE_ENTRIES = 0x38,
       QUEUE_READY = 0x44,
       STATUS = 0x70,
       QUEUE_TABLE = 0x80,
       STATUS_RUN = 15,
       STATUS_NEEDS_RESET = 64,
};

enum { PAGE = 4096, ENTRIES = 16, PAGES = 5, NEXT = 1, WRITES = 2, INDIRECT = 4, WAIT_NS = 5000000 };

struct descriptor { /* 2.7.5 */
	uint64_t address;
	uint32_t bytes;
	uint16_t flags, next;
};

static tenon_handle device, mmio, buffer, dma, irq, driver;
static volatile uint8_t *registers;
static uint8_t *memory,
    *unmapped; /* descriptors, what is available, what was used, header and status, data; none of the device's */
static uint64_t bus[PAGES];

static void write32(uint32_t off, uint32_t value)
{
	*(volatile uint32_t *)(registers + off) = value;
}

static void unplug(void)
{
	if (irq)
		tenon_irq_close(irq);
	if (dma)
		tenon_dma_unmap(dma);
	if (buffer)
		tenon_buffer_destroy(buffer);
	if (mmio)
		tenon_mmio_unmap(mmio);
	irq = dma = buffer = mmio = 0;
}

static tenon_handle good(tenon_handle handle)
{
	return tenon_handle_error(handle) ? 0 : handle;
}

static int plug(void)
{
	struct tenon_buffer b;
	struct tenon_mmio m;

	mmio = good(tenon_mmio_map(THIS_MODULE, device, 0, 0, 0, &m));
	buffer = good(tenon_buffer_create(THIS_MODULE, PAGES * PAGE, &b));
	dma = buffer ? good(tenon_dma_map(THIS_MODULE, device, buffer)) : 0;
	irq = good(tenon_irq_open(THIS_MODULE, device, 0));
	if (!mmio || !dma || !irq || tenon_dma_addresses(dma, 0, bus, sizeof(bus)) != sizeof(bus))
		return -TENON_EIO;
	registers = m.address;
	memory = b.address;
	return 0;
}

/* A read of the first sector; then what is wrong with it. */
static void make_request(unsigned int deed, uint32_t *head, uint16_t *idx)
{
	struct descriptor *d = (struct descriptor *)(void *)memory;
	uint64_t *header = (uint64_t *)(void *)(memory + 3 * PAGE);

	d[0] = (struct descriptor){ bus[3], 16, NEXT, 1 };
	d[1] = (struct descriptor){ bus[4], 512, NEXT | WRITES, 2 };
	d[2] = (struct descriptor){ bus[3] + 16, 1, WRITES, 0 };
	memset(memory + 4 * PAGE, 0xee, PAGE);
	((uint8_t *)header)[16] = 0xff;
	switch (deed) {
	case WILD_NOWHERE:
		d[1].address = 0;
		break;
	case WILD_POINTER:
		d[1].address = (uintptr_t)unmapped;
		break;
	case WILD_HOST:
		d[1].address = 0x100000000; /* where the host's own memory for requests is */
		break;
	case WILD_BEYOND:
		d[1].address = bus[4] + PAGE - 511;
		break;
	case WILD_BEFORE:
		d[1].address = bus[0] - 1;
		break;
	case WILD_LONG:
		d[1].bytes = 0xffffffff;
		break;
	case WILD_WRAPS:
		d[1].address = UINT64_MAX - 255;
		break;
	case WILD_HEADER_SHORT:
		d[0].bytes = 8;
		break;
	case WILD_HEADER_NOWHERE:
		d[0].address = bus[4] + PAGE - 8;
		break;
	case WILD_STATUS_NOWHERE:
		d[2].address = bus[4] + PAGE;
		break;
	case WILD_DIRECTION:
		d[1].flags = NEXT;
		break;
	case WILD_LOOP:
		d[1].next = 1;
		break;
	case WILD_NEXT:
		d[1].next = ENTRIES;
		break;
	case WILD_HEAD:
		*head = ENTRIES;
		break;
	case WILD_INDIRECT:
		d[0].flags = INDIRECT;
		break;
	case WILD_IDX:
		*idx = ENTRIES + 1;
		break;
	case WILD_SECTOR:
		header[1] = 1ull << 40;
		break;
	case WILD_SECTOR_WRAPS:
		header[1] = UINT64_MAX;
		break;
	case WILD_OPERATION:
		header[0] = 99;
		break;
	default:
		break;
	}
}

static void make_queue(unsigned int deed)
{
	write32(QUEUE_ENTRIES, deed == WILD_QUEUE_ODD ? 3 : deed == WILD_QUEUE_LARGE ? 0x80000000 : ENTRIES);
	for (uint32_t i = 0; i < 3; i++) {
		uint64_t at = bus[i];

		if (deed == WILD_QUEUE_NOWHERE + i)
			at = (uintptr_t)unmapped;
		if (deed == WILD_QUEUE_UNALIGNED)
			at++;
		if (deed == WILD_QUEUE_BEYOND)
			at = bus[4] + PAGE - 16;
		write32(QUEUE_TABLE + 16 * i, (uint32_t)at);
		write32(QUEUE_TABLE + 16 * i + 4, (uint32_t)(at >> 32));
	}
	write32(QUEUE_READY, deed != WILD_QUEUE_NOT_READY);
}

/* Return: WILD_REFUSED, or the status; -TENON_EIO: memory that is not the device's, or not to be written, has changed. */
static int outcome(void)
{
	const uint8_t *data = memory + 4 * PAGE, status = memory[3 * PAGE + 16];
	bool answered = *(volatile uint16_t *)(void *)(memory + 2 * PAGE + 2) == 1;

	for (size_t i = 0; i < PAGE; i++)
		if (unmapped[i] != 0x55 || (data[i] != 0xee && (!answered || status || i >= 512)))
			return -TENON_EIO;
	return answered ? status : WILD_REFUSED;
}

static int run(unsigned int deed)
{
	volatile uint16_t *available = (volatile uint16_t *)(void *)(memory + PAGE);
	uint32_t head = 0;
	uint16_t idx = 1;

	make_request(deed, &head, &idx);
	make_queue(deed);
	available[2] = (uint16_t)head;
	available[1] = idx;
	if (deed == WILD_UNMAPPED) {
		tenon_dma_unmap(dma);
		dma = 0;
	}
	__atomic_store_n((volatile uint32_t *)(registers + STATUS), STATUS_RUN, __ATOMIC_RELEASE);
	for (unsigned int i = 0; i < 4000; i++) {
		bool refused = *(volatile uint32_t *)(registers + STATUS) & STATUS_NEEDS_RESET;

		if (refused || tenon_irq_wait(irq, tenon_clock_ns() + WAIT_NS) > 0)
			return outcome();
	}
	return -TENON_ETIMEDOUT;
}

int wild_try(unsigned int deed);
int wild_try(unsigned int deed)
{
	int err = plug();

	if (!err)
		err = run(deed);
	unplug();
	return err;
}
EXPORT_SYMBOL(wild_try);

/* Give the device back, and keep its registers, its interrupt and memory for it. */
int wild_leave(void);
int wild_leave(void)
{
	int err = plug();

	if (!err)
		err = tenon_driver_unregister(driver);
	if (!err)
		driver = 0;
	return err;
}
EXPORT_SYMBOL(wild_leave);

static int probe(tenon_handle handle, struct tenon_driver_probe *p)
{
	(void)p;
	device = handle;
	return 0;
}

static void remove(tenon_handle handle, void *data)
{
	(void)handle;
	(void)data;
	device = 0;
}

static int __init wild_init(void)
{
	static const struct tenon_driver_ops ops = { .probe = probe, .remove = remove };
	static const struct platform_device_id id = { PLATFORM_DEVICE("virtio-mmio-2") };

	unmapped = tenon_alloc(THIS_MODULE, PAGE);
	if (!unmapped)
		return -TENON_ENOMEM;
	memset(unmapped, 0x55, PAGE);
	driver = tenon_driver_register(THIS_MODULE, "wild_disk", "platform", &id, sizeof(id), &ops);
	if (tenon_handle_error(driver))
		tenon_free(unmapped);
	return tenon_handle_error(driver);
}

static void __exit wild_exit(void)
{
	if (driver)
		tenon_driver_unregister(driver);
	unplug();
	tenon_free(unmapped);
}

module_init(wild_init);
module_exit(wild_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Asks a disk for what cannot be");
