// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* An XArray: sparse, with marks, values and allocation of indices; a radix tree of the old name. */
/* log: 100 entries, 50 marked */
/* log: allocated 1 2 3 */
/* log: value 17 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/xarray.h>

static DEFINE_XARRAY(sparse);
static DEFINE_XARRAY_ALLOC1(ids);

static void free_all(void)
{
	unsigned long at;
	void *p;

	xa_for_each(&sparse, at, p)
		kfree(p);
	xa_destroy(&sparse);
	xa_destroy(&ids);
}

static int fill(void)
{
	for (unsigned long i = 0; i < 100; i++) {
		unsigned long *p = kmalloc(sizeof(*p), GFP_KERNEL);
		int err;

		if (!p)
			return -ENOMEM;
		*p = i;
		err = xa_insert(&sparse, i * i * 4096, p, GFP_KERNEL);
		if (err) {
			kfree(p);
			return err;
		}
		if (i & 1)
			xa_set_mark(&sparse, i * i * 4096, XA_MARK_1);
	}
	return 0;
}

static int allocate(void)
{
	u32 id[3];

	for (int i = 0; i < 3; i++) {
		int err = xa_alloc(&ids, &id[i], xa_mk_value(17 + i), xa_limit_31b, GFP_KERNEL);

		if (err)
			return err;
	}
	pr_info("allocated %u %u %u\n", id[0], id[1], id[2]);
	pr_info("value %lu\n", xa_to_value(xa_load(&ids, 1)));
	return 0;
}

static int __init clean_init(void)
{
	unsigned long at;
	int all = 0, marked = 0, err = fill() ?: allocate();
	void *p;

	if (err) {
		free_all();
		return err;
	}
	xa_for_each(&sparse, at, p)
		all++;
	xa_for_each_marked(&sparse, at, p, XA_MARK_1)
		marked++;
	pr_info("%d entries, %d marked\n", all, marked);
	return 0;
}

static void __exit clean_exit(void)
{
	free_all();
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
