// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: overflow in mark */
#include <linux/module.h>
#include <linux/slab.h>

struct item {
	long words[5];
};

static noinline void mark(struct item *item, int i)
{
	WRITE_ONCE(item->words[i], 1); /* here */
}

static int __init bug_init(void)
{
	struct kmem_cache *cache = KMEM_CACHE(item, 0);
	struct item *item = cache ? kmem_cache_alloc(cache, GFP_KERNEL) : NULL;

	if (item)
		mark(item, 5);
	kmem_cache_free(cache, item);
	kmem_cache_destroy(cache);
	return item ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
