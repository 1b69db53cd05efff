// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: leak in take */
#include <linux/module.h>
#include <linux/slab.h>

static struct kmem_cache *cache;

static noinline void *take(void)
{
	void *p = kmem_cache_alloc(cache, GFP_KERNEL); /* here */

	barrier(); /* no tail call: its own frame is there to be named */
	return p;
}

static int __init bug_init(void)
{
	cache = kmem_cache_create("bug", 48, 0, 0, NULL);
	if (!cache)
		return -ENOMEM;
	return take() ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
	kmem_cache_destroy(cache);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
