// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: double-free in drop */
#include <linux/module.h>
#include <linux/slab.h>

static struct kmem_cache *cache;

static noinline void drop(void *object)
{
	kmem_cache_free(cache, object); /* here */
	barrier();                      /* no tail call: its own frame is there to be named */
}

static int __init bug_init(void)
{
	void *object;

	cache = kmem_cache_create("bug", 48, 0, 0, NULL);
	object = cache ? kmem_cache_alloc(cache, GFP_KERNEL) : NULL;
	if (!object) {
		kmem_cache_destroy(cache);
		return -ENOMEM;
	}
	kmem_cache_free(cache, object);
	drop(object);
	return 0;
}

static void __exit bug_exit(void)
{
	kmem_cache_destroy(cache);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
