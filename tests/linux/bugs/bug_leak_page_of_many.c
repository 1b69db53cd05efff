// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: leak in bug_init */
/* One is forgotten. */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>

#define CNT 4

static struct page *pages[CNT];

static int __init bug_init(void)
{
	unsigned long cnt = alloc_pages_bulk_array(GFP_KERNEL, CNT, pages); /* here */

	return cnt == CNT ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
	for (int i = 1; i < CNT; i++)
		__free_page(pages[i]);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
