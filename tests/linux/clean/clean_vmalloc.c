// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Large memory: vmalloc, kvmalloc of each size, and whole pages. */
/* log: 1 MiB is zeroed and keeps what is written */
/* log: 4 pages hold what is written */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define LARGE (1 << 20)

static int use_pages(void)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);
	char *p;

	if (!page)
		return -ENOMEM;
	p = page_address(page);
	memset(p, 0x42, 4 * PAGE_SIZE);
	if (!memchr_inv(p, 0x42, 4 * PAGE_SIZE) && virt_to_page(p) == page)
		pr_info("4 pages hold what is written\n");
	__free_pages(page, 2);
	return 0;
}

static int __init clean_init(void)
{
	u32 *large = vzalloc(LARGE);
	void *small = kvmalloc(100, GFP_KERNEL), *medium = kvzalloc(200000, GFP_KERNEL);
	void *array = kvmalloc_array(1000, 100, GFP_KERNEL);
	bool good = large && small && medium && array && !memchr_inv(large, 0, LARGE);

	for (u32 i = 0; good && i < LARGE / sizeof(*large); i++)
		large[i] = i;
	for (u32 i = 0; good && i < LARGE / sizeof(*large); i++)
		good &= large[i] == i;
	if (good)
		pr_info("1 MiB is zeroed and keeps what is written\n");
	kvfree(array);
	kvfree(medium);
	kvfree(small);
	vfree(large);
	vfree(NULL);
	return good ? use_pages() : -ENOMEM;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
