// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Memory pools of both kinds: what is kept for bad times is there in atomic context, too. */
/* log: 8 from each pool */
#include <linux/mempool.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#define CNT 8

static struct kmem_cache *cache;
static mempool_t *of_cache, *of_sizes;
static DEFINE_SPINLOCK(lock);

static int take_all(mempool_t *pool)
{
	void *p[CNT];
	int got = 0;

	for (int i = 0; i < CNT; i++) {
		spin_lock(&lock);
		p[i] = mempool_alloc(pool, GFP_ATOMIC);
		spin_unlock(&lock);
		got += !!p[i];
	}
	for (int i = 0; i < CNT; i++)
		if (p[i])
			mempool_free(p[i], pool);
	return got;
}

static void destroy(void)
{
	mempool_destroy(of_sizes);
	mempool_destroy(of_cache);
	kmem_cache_destroy(cache);
}

static int __init clean_init(void)
{
	cache = kmem_cache_create("clean_mempool", 72, 0, 0, NULL);
	if (!cache)
		return -ENOMEM;
	of_cache = mempool_create_slab_pool(CNT, cache);
	of_sizes = mempool_create_kmalloc_pool(CNT, 512);
	if (!of_cache || !of_sizes) {
		destroy();
		return -ENOMEM;
	}
	if (take_all(of_cache) == CNT && take_all(of_sizes) == CNT)
		pr_info("%d from each pool\n", CNT);
	return 0;
}

static void __exit clean_exit(void)
{
	destroy();
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
