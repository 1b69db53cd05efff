// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Caches: with a constructor, aligned, taken in bulk. */
/* log: constructed: 50 objects */
/* log: aligned to 64 */
/* log: 16 at once */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct object {
	spinlock_t lock;
	int state;
	char name[20];
};

static struct kmem_cache *objects, *aligned;

static void construct(void *p)
{
	struct object *o = p;

	spin_lock_init(&o->lock);
	o->state = 1;
}

static void use_objects(void)
{
	static struct object *o[50];
	int constructed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(o); i++) {
		o[i] = kmem_cache_alloc(objects, GFP_KERNEL);
		if (!o[i])
			continue;
		constructed += o[i]->state == 1;
		snprintf(o[i]->name, sizeof(o[i]->name), "object %zu", i);
	}
	pr_info("constructed: %d objects\n", constructed);
	for (size_t i = 0; i < ARRAY_SIZE(o); i++)
		if (o[i])
			kmem_cache_free(objects, o[i]);
}

static void use_bulk(void)
{
	void *p[16];
	int got = kmem_cache_alloc_bulk(aligned, GFP_KERNEL | __GFP_ZERO, ARRAY_SIZE(p), p);

	if (!got)
		return;
	pr_info("%d at once\n", got);
	kmem_cache_free_bulk(aligned, got, p);
}

static int __init clean_init(void)
{
	void *p;

	objects = kmem_cache_create("clean_objects", sizeof(struct object), 0, 0, construct);
	aligned = kmem_cache_create("clean_aligned", 40, 64, SLAB_HWCACHE_ALIGN, NULL);
	if (!objects || !aligned) {
		kmem_cache_destroy(objects);
		kmem_cache_destroy(aligned);
		return -ENOMEM;
	}
	use_objects();
	p = kmem_cache_zalloc(aligned, GFP_KERNEL);
	if (p) {
		pr_info("%s to 64\n", IS_ALIGNED((unsigned long)p, 64) ? "aligned" : "not aligned");
		kmem_cache_free(aligned, p);
	}
	use_bulk();
	return 0;
}

static void __exit clean_exit(void)
{
	kmem_cache_destroy(aligned);
	kmem_cache_destroy(objects);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
