// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings. Each page has one address, so pages that follow one another are mapped already, others cannot be made to: then
 * there is no memory for it. A device's memory is there if a module keeps it in pages, or our kernel has mapped it; an address
 * beyond these is nobody's.
 */
#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/swiotlb.h>
#include <linux/vmalloc.h>

#include "linux/glue.h"
#include "linux/mm/mm.h"
#include "linux/mm/noprof.h"
#include "linux/export.h"

void *vmap(struct page **pages, unsigned int cnt, unsigned long flags, pgprot_t access)
{
	(void)flags, (void)access;
	for (unsigned int i = 1; i < cnt; i++)
		if (pages[i] != pages[0] + i)
			return NULL;
	return cnt ? page_address(pages[0]) : NULL;
}
EXPORT_SYMBOL(vmap);

void vunmap(const void *address)
{
	(void)address;
}
EXPORT_SYMBOL(vunmap);

void *vm_map_ram(struct page **pages, unsigned int cnt, int node)
{
	(void)node;
	return vmap(pages, cnt, 0, PAGE_KERNEL);
}
EXPORT_SYMBOL(vm_map_ram);

void vm_unmap_ram(const void *address, unsigned int cnt)
{
	(void)address, (void)cnt;
}
EXPORT_SYMBOL(vm_unmap_ram);

void vm_unmap_aliases(void)
{
}
EXPORT_SYMBOL_GPL(vm_unmap_aliases);

void *vmalloc_user(unsigned long bytes)
{
	return vzalloc(bytes);
}
EXPORT_SYMBOL(vmalloc_user);

void *vmalloc_32(unsigned long bytes)
{
	return vmalloc(bytes);
}
EXPORT_SYMBOL(vmalloc_32);

void *vmalloc_32_user(unsigned long bytes)
{
	return vzalloc(bytes);
}
EXPORT_SYMBOL(vmalloc_32_user);

/* ---- devices ---- */

void __iomem *ioremap(resource_size_t address, unsigned long bytes)
{
	return linux_pages_have(address, bytes) || linux_pci_has(address, bytes) ? (void __iomem *)address : NULL;
}
EXPORT_SYMBOL(ioremap);

void __iomem *ioremap_wc(resource_size_t address, unsigned long bytes)
{
	return ioremap(address, bytes);
}
EXPORT_SYMBOL(ioremap_wc);

void __iomem *ioremap_uc(resource_size_t address, unsigned long bytes)
{
	return ioremap(address, bytes);
}
EXPORT_SYMBOL_GPL(ioremap_uc);

void __iomem *ioremap_cache(resource_size_t address, unsigned long bytes)
{
	return ioremap(address, bytes);
}
EXPORT_SYMBOL(ioremap_cache);

void iounmap(volatile void __iomem *address)
{
	(void)address;
}
EXPORT_SYMBOL(iounmap);

void *memremap(resource_size_t address, size_t bytes, unsigned long flags)
{
	(void)flags;
	return (void __force *)ioremap(address, bytes);
}
EXPORT_SYMBOL(memremap);

void memunmap(void *address)
{
	(void)address;
}
EXPORT_SYMBOL(memunmap);

void *devm_memremap(struct device *dev, resource_size_t address, size_t bytes, unsigned long flags)
{
	void *mapped = memremap(address, bytes, flags);

	(void)dev;
	return mapped ?: ERR_PTR(-ENXIO);
}
EXPORT_SYMBOL(devm_memremap);

void devm_memunmap(struct device *dev, void *address)
{
	(void)dev, (void)address;
}
EXPORT_SYMBOL(devm_memunmap);

/* Memory is cached in one way, and encrypted in none. */
unsigned long cachemode2protval(enum page_cache_mode mode)
{
	(void)mode;
	return 0;
}
EXPORT_SYMBOL(cachemode2protval);

pgprot_t pgprot_writecombine(pgprot_t access)
{
	return access;
}
EXPORT_SYMBOL_GPL(pgprot_writecombine);

u64 cc_mkdec(u64 value)
{
	return value;
}
EXPORT_SYMBOL_GPL(cc_mkdec);

/* ---- what kernel/dma/ has for devices that reach only a part of memory: none do ---- */

struct page *dma_alloc_from_pool(struct device *dev, size_t bytes, void **address, gfp_t gfp,
				 bool (*is_good)(struct device *dev, phys_addr_t address, size_t bytes))
{
	(void)dev, (void)bytes, (void)address, (void)gfp, (void)is_good;
	return NULL;
}

bool dma_free_from_pool(struct device *dev, void *start, size_t bytes)
{
	(void)dev, (void)start, (void)bytes;
	return false;
}

bool force_dma_unencrypted(struct device *dev)
{
	(void)dev;
	return false;
}

dma_addr_t swiotlb_map(struct device *dev, phys_addr_t address, size_t bytes, enum dma_data_direction way,
		       unsigned long attrs)
{
	(void)dev, (void)address, (void)bytes, (void)way, (void)attrs;
	return DMA_MAPPING_ERROR;
}

#if LINUX_SINCE(6, 12)
void __swiotlb_sync_single_for_device(struct device *dev, phys_addr_t address, size_t bytes,
				      enum dma_data_direction way, struct io_tlb_pool *pool)
{
	(void)dev, (void)address, (void)bytes, (void)way, (void)pool;
}

void __swiotlb_sync_single_for_cpu(struct device *dev, phys_addr_t address, size_t bytes, enum dma_data_direction way,
				   struct io_tlb_pool *pool)
{
	(void)dev, (void)address, (void)bytes, (void)way, (void)pool;
}

void __swiotlb_tbl_unmap_single(struct device *dev, phys_addr_t address, size_t bytes, enum dma_data_direction way,
				unsigned long attrs, struct io_tlb_pool *pool)
{
	(void)dev, (void)address, (void)bytes, (void)way, (void)attrs, (void)pool;
}
#else
void swiotlb_sync_single_for_device(struct device *dev, phys_addr_t address, size_t bytes, enum dma_data_direction way)
{
	(void)dev, (void)address, (void)bytes, (void)way;
}

void swiotlb_sync_single_for_cpu(struct device *dev, phys_addr_t address, size_t bytes, enum dma_data_direction way)
{
	(void)dev, (void)address, (void)bytes, (void)way;
}

void swiotlb_tbl_unmap_single(struct device *dev, phys_addr_t address, size_t bytes, enum dma_data_direction way,
			      unsigned long attrs)
{
	(void)dev, (void)address, (void)bytes, (void)way, (void)attrs;
}
#endif

void *vmalloc_huge(unsigned long bytes, gfp_t gfp)
{
	(void)gfp;
	return vmalloc(bytes);
}
EXPORT_SYMBOL_GPL(vmalloc_huge);
