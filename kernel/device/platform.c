// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/device/platform.h"

#include "kernel/arch/x86_64/paging.h"
#include "kernel/boot.h"
#include "kernel/device/device.h"
#include "kernel/device/irq.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/sched/timer.h"
#include "tenon/device_id.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

enum { /* registers of virtio, 4.2.2 */
       MAGIC = 0x00,
       KIND = 0x08,
       STATUS = 0x70,
       REGISTERS_BYTES = 0x100,
       MAGIC_VALUE = 0x74726976,
};

#define WORD "virtio_mmio.device="
#define RESET_NS NS_PER_SECOND

struct platform_device {
	struct device device; /* must be first */
	char name[sizeof(((struct platform_device_id *)NULL)->name)];
	uint64_t phys, bytes;
	unsigned interrupt;
	volatile uint8_t *registers; /* of virtio; NULL: it is a bridge to PCI */
	_Atomic bool irq_used;
};

static struct platform_device *of(struct device *dev)
{
	return (struct platform_device *)dev;
}

static bool match(const struct device *dev, const void *id)
{
	return !strncmp(((const struct platform_device *)dev)->name, id, sizeof(of(NULL)->name));
}

static int resource(struct device *dev, unsigned index, struct device_resource *r)
{
	if (index)
		return -TENON_ENODEV;
	*r = (struct device_resource){ .phys = of(dev)->phys, .bytes = of(dev)->bytes, .trusted = !of(dev)->registers };
	return 0;
}

/* Its line goes up once for all that it has to say until that is acknowledged, which its driver does: an edge each. */
static int open_irq(struct device *dev, unsigned index, struct irq *irq)
{
	if (index || !of(dev)->registers)
		return -TENON_ENODEV;
	if (atomic_exchange(&of(dev)->irq_used, true))
		return -TENON_EBUSY;
	apic_route(of(dev)->interrupt, irq->vector, irq->apic_id);
	return 0;
}

static void close_irq(struct device *dev, unsigned index)
{
	(void)index;
	apic_unroute(of(dev)->interrupt);
	atomic_store(&of(dev)->irq_used, false);
}

/* Nothing but a reset keeps it from using memory (2.1.2): it has done so when its status says so. */
static int set_dma(struct device *dev, bool on)
{
	volatile uint32_t *status = (volatile uint32_t *)(of(dev)->registers + STATUS);
	uint64_t until = clock_ns() + RESET_NS;

	if (!of(dev)->registers)
		return on ? -TENON_ENODEV : 0;
	if (on)
		return 0;
	*status = 0;
	while (*status && clock_ns() < until)
		;
	if (*status)
		log_err("%s: is not reset within a second, and may still use memory", dev->name);
	return 0;
}

static struct bus platform_bus = {
	.name = "platform",
	.id_bytes = sizeof(struct platform_device_id),
	.match = match,
	.resource = resource,
	.irq_open = open_irq,
	.irq_close = close_irq,
	.set_dma = set_dma,
};

static void release(struct device *dev)
{
	heap_free(of(dev));
}

/* A number, decimal or with 0x before it, and then @end. Return: what follows; NULL: it is not so. */
static const char __init *number(const char *text, char end, uint64_t *value)
{
	unsigned base = text[0] == '0' && text[1] == 'x' ? 16 : 10, digits = 0;

	text += base == 16 ? 2 : 0;
	for (*value = 0;; text++, digits++) {
		unsigned digit = *text >= '0' && *text <= '9' ? (unsigned)(*text - '0') :
				 *text >= 'a' && *text <= 'f' ? (unsigned)(*text - 'a' + 10) :
								base;

		if (digit >= base || *value > UINT64_MAX / 32)
			break;
		*value = *value * base + digit;
	}
	return digits && (*text == end || (end == ' ' && !*text)) ? text + (*text != 0) : NULL;
}

/* Return: whether @word says so. */
static bool parse(const char *word, struct platform_device *p)
{
	uint64_t interrupt;

	word = number(word, '@', &p->bytes);
	word = word ? number(word, ':', &p->phys) : NULL;
	word = word ? number(word, ' ', &interrupt) : NULL;
	p->interrupt = word ? (unsigned)interrupt : 0;
	return word && p->bytes >= REGISTERS_BYTES && p->bytes <= PAGE_BYTES && apic_has(p->interrupt);
}

static int add(struct platform_device *p)
{
	p->device.bus = &platform_bus;
	p->device.release = release;
	tenon_snprintf(p->device.modalias, sizeof(p->device.modalias), "platform:%s", p->name);
	return device_add(&p->device);
}

static int add_virtio(struct platform_device *p)
{
	static unsigned cnt;
	uint32_t kind;

	p->registers = device_map(p->phys, p->bytes);
	if (!p->registers)
		return -TENON_ENOMEM;
	kind = *(volatile uint32_t *)(p->registers + KIND);
	if (*(volatile uint32_t *)(p->registers + MAGIC) != MAGIC_VALUE || !kind)
		return -TENON_ENODEV;
	tenon_snprintf(p->name, sizeof(p->name), "virtio-mmio-%u", (unsigned)kind);
	tenon_snprintf(p->device.name, sizeof(p->device.name), "virtio-mmio.%u", cnt++);
	return add(p);
}

static void find(const char *word)
{
	struct platform_device *p = heap_alloc_zeroed(sizeof(*p));
	int err = !p ? -TENON_ENOMEM : parse(word, p) ? add_virtio(p) : -TENON_EINVAL;

	if (err && err != -TENON_ENODEV)
		log_warn("a device that the command line names cannot be added: error %d", -err);
	if (err)
		heap_free(p);
}

static void __init add_pci_host(const struct acpi_pci *host)
{
	struct platform_device *p = heap_alloc_zeroed(sizeof(*p));
	int err = -TENON_ENOMEM;

	if (p) {
		strscpy(p->name, "pci-host", sizeof(p->name));
		tenon_snprintf(p->device.name, sizeof(p->device.name), "pci%04x:%02x", host->segment, host->bus_first);
		p->device.identity = (uint32_t)host->segment << 8 | host->bus_first;
		p->phys = host->base + ((uint64_t)host->bus_first << 20);
		p->bytes = (host->bus_last - host->bus_first + 1ull) << 20;
		err = add(p);
	}
	if (!err)
		return;
	log_err("the PCI devices of segment %u cannot be added: error %d", host->segment, -err);
	heap_free(p);
}

void __init platform_init(void)
{
	if (bus_register(&platform_bus))
		panic("no memory for /sys/bus/platform");
	for (unsigned i = 0; i < acpi.pci_cnt; i++)
		add_pci_host(&acpi.pci[i]);
	for (const char *word = boot_command_line(); *word; word += *word == ' ') {
		if (!strncmp(word, WORD, sizeof(WORD) - 1))
			find(word + sizeof(WORD) - 1);
		while (*word && *word != ' ')
			word++;
	}
}
