// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory for devices of our kernel. A function reaches its pool (native/pci.c) and nothing else, so what a driver maps
 * has a place there as long as it is mapped, and is copied from and to it when Linux's rules say that it is the device's
 * or the CPU's, as Linux's own swiotlb does; what is for both at a time is allocated there.
 *
 * Places are of whole units. What is longer than a page needs pages that follow one another on the bus, which is seldom
 * wanted, and looked for.
 */
#include <linux/bitmap.h>
#include <linux/dma-map-ops.h>
#include <linux/pci.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/xarray.h>

#include "linux/glue.h"
#include "linux/drivers/drivers.h"

#define UNIT_SHIFT 11
#define UNIT_BYTES (1u << UNIT_SHIFT)
#define PAGE_UNITS (PAGE_SIZE / UNIT_BYTES)

struct place {
	void *memory; /* the driver's own; NULL: it is allocated here */
	unsigned int units;
};

struct pool {
	struct lx_pci *p;
	struct xarray pages; /* from a page's number on the bus to that in the pool */
	spinlock_t lock;     /* of what follows */
	unsigned int unit_cnt, next;
	unsigned long *used;
	struct place *places; /* of the first unit of each */
};

static struct pool *pool_of(struct device *dev)
{
	return to_pci_dev(dev)->sysdata;
}

/* ---- addresses --------------------------------------------------------------------------------------------------- */

static u64 bus_address(const struct pool *pool, unsigned int unit)
{
	return pool->p->bus[unit / PAGE_UNITS] + unit % PAGE_UNITS * UNIT_BYTES;
}

/* Where in the pool. An address that none of these functions has given out is the driver's mistake: -1. */
static long offset_of(struct pool *pool, dma_addr_t address)
{
	void *page = xa_load(&pool->pages, address >> PAGE_SHIFT);

	if (!page) {
		_printk(KERN_ERR "no memory is mapped for a device at %#llx\n", address);
		return -1;
	}
	return (long)(xa_to_value(page) << PAGE_SHIFT | (address & ~PAGE_MASK));
}

static bool follow(const struct pool *pool, unsigned int unit, unsigned int cnt)
{
	for (unsigned int page = unit / PAGE_UNITS; page < (unit + cnt - 1) / PAGE_UNITS; page++)
		if (pool->p->bus[page + 1] != pool->p->bus[page] + PAGE_SIZE)
			return false;
	return true;
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

/* From @from on; its lock held. Return: the unit, or unit_cnt. */
static unsigned int find(const struct pool *pool, unsigned int from, unsigned int cnt)
{
	unsigned int align = cnt >= PAGE_UNITS ? PAGE_UNITS - 1 : 0, unit = from;

	for (;; unit++) {
		unit = (unsigned int)bitmap_find_next_zero_area(pool->used, pool->unit_cnt, unit, cnt, align);
		if (unit >= pool->unit_cnt || follow(pool, unit, cnt))
			return min(unit, pool->unit_cnt);
	}
}

/* Return: the offset in the pool, or -1. */
static long take(struct pool *pool, size_t bytes, void *memory)
{
	unsigned long flags, wanted = DIV_ROUND_UP(bytes, UNIT_BYTES);
	unsigned int unit, cnt = (unsigned int)wanted;

	if (!wanted || wanted > pool->unit_cnt)
		return -1;
	spin_lock_irqsave(&pool->lock, flags);
	unit = find(pool, pool->next, cnt);
	if (unit == pool->unit_cnt)
		unit = find(pool, 0, cnt);
	if (unit < pool->unit_cnt) {
		bitmap_set(pool->used, unit, cnt);
		pool->places[unit] = (struct place){ memory, cnt };
		pool->next = unit + cnt;
	}
	spin_unlock_irqrestore(&pool->lock, flags);
	return unit < pool->unit_cnt ? (long)unit << UNIT_SHIFT : -1;
}

static void give(struct pool *pool, long offset)
{
	unsigned int unit = (unsigned int)(offset >> UNIT_SHIFT);
	unsigned long flags;

	spin_lock_irqsave(&pool->lock, flags);
	bitmap_clear(pool->used, unit, pool->places[unit].units);
	pool->places[unit] = (struct place){ NULL, 0 };
	spin_unlock_irqrestore(&pool->lock, flags);
}

/* The driver's own memory of what is at this offset: its place began at it, or before. */
static char *original(struct pool *pool, long offset)
{
	long unit = offset >> UNIT_SHIFT;

	while (unit > 0 && !pool->places[unit].units)
		unit--;
	if (!pool->places[unit].memory) {
		_printk(KERN_ERR "what a device uses at %#lx of its memory was never mapped\n", offset);
		return NULL;
	}
	return (char *)pool->places[unit].memory + (offset - (unit << UNIT_SHIFT));
}

/* ---- what Linux's core calls ------------------------------------------------------------------------------------- */

static void copy(struct device *dev, dma_addr_t address, size_t bytes, bool to_device)
{
	struct pool *pool = pool_of(dev);
	long offset = offset_of(pool, address);
	char *memory = offset < 0 ? NULL : original(pool, offset);

	if (memory && to_device)
		memcpy(pool->p->memory + offset, memory, bytes);
	else if (memory)
		memcpy(memory, pool->p->memory + offset, bytes);
}

static void sync_for_cpu(struct device *dev, dma_addr_t address, size_t bytes, enum dma_data_direction dir)
{
	if (dir != DMA_TO_DEVICE)
		copy(dev, address, bytes, false);
}

/* Whatever the direction: what the device does not write is as it was when it comes back. */
static void sync_for_device(struct device *dev, dma_addr_t address, size_t bytes, enum dma_data_direction dir)
{
	(void)dir;
	copy(dev, address, bytes, true);
}

static dma_addr_t map_page(struct device *dev, struct page *page, unsigned long off, size_t bytes,
			   enum dma_data_direction dir, unsigned long attrs)
{
	struct pool *pool = pool_of(dev);
	long offset = take(pool, bytes, (char *)page_address(page) + off);
	dma_addr_t address;

	if (offset < 0)
		return DMA_MAPPING_ERROR;
	address = bus_address(pool, (unsigned int)(offset >> UNIT_SHIFT));
	if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC))
		sync_for_device(dev, address, bytes, dir);
	return address;
}

static void unmap_page(struct device *dev, dma_addr_t address, size_t bytes, enum dma_data_direction dir,
		       unsigned long attrs)
{
	struct pool *pool = pool_of(dev);
	long offset = offset_of(pool, address);

	if (offset < 0)
		return;
	if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC))
		sync_for_cpu(dev, address, bytes, dir);
	give(pool, offset);
}

static void unmap_sg(struct device *dev, struct scatterlist *list, int cnt, enum dma_data_direction dir,
		     unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(list, sg, cnt, i) unmap_page(dev, sg_dma_address(sg), sg_dma_len(sg), dir, attrs);
}

static int map_sg(struct device *dev, struct scatterlist *list, int cnt, enum dma_data_direction dir,
		  unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(list, sg, cnt, i)
	{
		sg->dma_address = map_page(dev, sg_page(sg), sg->offset, sg->length, dir, attrs);
		sg_dma_len(sg) = sg->length;
		if (sg->dma_address != DMA_MAPPING_ERROR)
			continue;
		unmap_sg(dev, list, i, dir, attrs | DMA_ATTR_SKIP_CPU_SYNC);
		return -ENOMEM;
	}
	return cnt;
}

static void sync_sg_for_cpu(struct device *dev, struct scatterlist *list, int cnt, enum dma_data_direction dir)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(list, sg, cnt, i) sync_for_cpu(dev, sg_dma_address(sg), sg_dma_len(sg), dir);
}

static void sync_sg_for_device(struct device *dev, struct scatterlist *list, int cnt, enum dma_data_direction dir)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(list, sg, cnt, i) sync_for_device(dev, sg_dma_address(sg), sg_dma_len(sg), dir);
}

static void *alloc_both(struct device *dev, size_t bytes, dma_addr_t *address, gfp_t gfp, unsigned long attrs)
{
	struct pool *pool = pool_of(dev);
	long offset = take(pool, PAGE_ALIGN(bytes), NULL);

	(void)gfp, (void)attrs;
	if (offset < 0)
		return NULL;
	*address = bus_address(pool, (unsigned int)(offset >> UNIT_SHIFT));
	return memset(pool->p->memory + offset, 0, bytes);
}

static void free_both(struct device *dev, size_t bytes, void *memory, dma_addr_t address, unsigned long attrs)
{
	struct pool *pool = pool_of(dev);
	long offset = offset_of(pool, address);

	(void)bytes, (void)memory, (void)attrs;
	if (offset >= 0)
		give(pool, offset);
}

/* A device that does not reach all of the pool cannot be used. */
static int dma_supported(struct device *dev, u64 mask)
{
	const struct lx_pci *p = pool_of(dev)->p;

	for (unsigned int i = 0; i < p->page_cnt; i++)
		if (p->bus[i] + PAGE_SIZE - 1 > mask)
			return 0;
	return 1;
}

static size_t max_mapping_size(struct device *dev)
{
	(void)dev;
	return PAGE_SIZE;
}

static const struct dma_map_ops pool_ops = {
	.alloc = alloc_both,
	.free = free_both,
	.map_page = map_page,
	.unmap_page = unmap_page,
	.map_sg = map_sg,
	.unmap_sg = unmap_sg,
	.sync_single_for_cpu = sync_for_cpu,
	.sync_single_for_device = sync_for_device,
	.sync_sg_for_cpu = sync_sg_for_cpu,
	.sync_sg_for_device = sync_sg_for_device,
	.dma_supported = dma_supported,
	.max_mapping_size = max_mapping_size,
};

/* ---- coming and going -------------------------------------------------------------------------------------------- */

void linux_dma_stop(struct pool *pool)
{
	xa_destroy(&pool->pages);
	bitmap_free(pool->used);
	vfree(pool->places);
	kfree(pool);
}

struct pool *linux_dma_start(struct lx_pci *p)
{
	struct pool *pool = kzalloc(sizeof(*pool), GFP_KERNEL);
	int err = 0;

	if (!pool)
		return NULL;
	pool->p = p;
	pool->unit_cnt = p->page_cnt * PAGE_UNITS;
	xa_init(&pool->pages);
	spin_lock_init(&pool->lock);
	pool->used = bitmap_zalloc(pool->unit_cnt, GFP_KERNEL);
	pool->places = vzalloc(array_size(pool->unit_cnt, sizeof(*pool->places)));
	for (unsigned int i = 0; i < p->page_cnt && !err; i++)
		err = xa_err(xa_store(&pool->pages, p->bus[i] >> PAGE_SHIFT, xa_mk_value(i), GFP_KERNEL));
	if (!err && pool->used && pool->places)
		return pool;
	linux_dma_stop(pool);
	return NULL;
}

void linux_dma_use(struct pci_dev *dev, struct pool *pool)
{
	dev->sysdata = pool;
	set_dma_ops(&dev->dev, &pool_ops);
}
