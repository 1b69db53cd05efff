// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Pages by each way in, and out by another: exact, split, many at once, counted twice, after a grace period; and per CPU. */
/* log: 9 kinds of pages */
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/platform_device.h>
#include <linux/rcupdate.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define CNT 5

struct late {
	struct rcu_head rcu;
	struct page *page;
};

static void free_late(struct rcu_head *head)
{
	struct late *l = container_of(head, struct late, rcu);

	__free_page(l->page);
	kfree(l);
}

static bool one_by_address(void)
{
	unsigned long address = get_zeroed_page(GFP_KERNEL);

	free_page(address);
	return address;
}

static bool exact(void)
{
	void *memory = alloc_pages_exact(3 * PAGE_SIZE, GFP_KERNEL);

	if (memory)
		free_pages_exact(memory, 3 * PAGE_SIZE);
	return memory;
}

static bool split(void)
{
	struct page *pages = alloc_pages(GFP_KERNEL, 1);

	if (!pages)
		return false;
	split_page(pages, 1);
	__free_page(pages + 1);
	__free_page(pages);
	return true;
}

static bool many(void)
{
	struct page *pages[CNT] = { NULL };
	unsigned long cnt = alloc_pages_bulk_array(GFP_KERNEL, CNT, pages);

	for (unsigned long i = 0; i < cnt; i++)
		put_page(pages[i]);
	return cnt;
}

/* The last who has it frees it, and that is not who had it first. */
static bool shared(void)
{
	struct page *pages = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

	if (!pages)
		return false;
	get_page(pages);
	__free_pages(pages, 2);
	put_page(pages);
	return true;
}

static bool late(void)
{
	struct late *l = kmalloc(sizeof(*l), GFP_KERNEL);

	if (!l)
		return false;
	l->page = alloc_page(GFP_KERNEL);
	if (!l->page) {
		kfree(l);
		return false;
	}
	call_rcu(&l->rcu, free_late);
	return true;
}

static bool per_cpu_counters(void)
{
	unsigned long __percpu *counters = alloc_percpu(unsigned long);

	if (!counters)
		return false;
	this_cpu_inc(*counters);
	free_percpu(counters);
	return true;
}

static bool large(void)
{
	void *memory = vmalloc(SZ_16M + SZ_4M);

	vfree(memory);
	return memory;
}

static bool for_a_device(void)
{
	struct platform_device *device = platform_device_register_simple("clean_pages", -1, NULL, 0);
	dma_addr_t address;
	void *memory = NULL;

	if (IS_ERR(device))
		return false;
	if (!dma_set_coherent_mask(&device->dev, DMA_BIT_MASK(64)))
		memory = dma_alloc_coherent(&device->dev, 3 * PAGE_SIZE, &address, GFP_KERNEL);
	if (memory)
		dma_free_coherent(&device->dev, 3 * PAGE_SIZE, memory, address);
	platform_device_unregister(device);
	return memory;
}

static int __init clean_init(void)
{
	int cnt = one_by_address() + exact() + split() + many() + shared() + late() + per_cpu_counters() + large() +
		  for_a_device();

	pr_info("%d kinds of pages\n", cnt);
	return 0;
}

static void __exit clean_exit(void)
{
	rcu_barrier();
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
