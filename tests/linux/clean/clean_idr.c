// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Numbers: with a pointer to each (IDR) and bare (IDA). */
/* log: ids 10 11 12, 11 is b */
/* log: 11 is used again, cyclic goes on with 13 */
/* log: bare 0 1 0 */
#include <linux/idr.h>
#include <linux/module.h>

static DEFINE_IDR(names);
static DEFINE_IDA(bare);
static char text[3][2] = { "a", "b", "c" };

static int use_idr(void)
{
	int id[3], again, next;

	for (int i = 0; i < 3; i++) {
		id[i] = idr_alloc(&names, text[i], 10, 20, GFP_KERNEL);
		if (id[i] < 0)
			return id[i];
	}
	pr_info("ids %d %d %d, 11 is %s\n", id[0], id[1], id[2], (char *)idr_find(&names, 11));
	idr_remove(&names, 11);
	idr_preload(GFP_KERNEL);
	again = idr_alloc(&names, text[1], 10, 20, GFP_NOWAIT);
	idr_preload_end();
	idr_set_cursor(&names, 12);
	next = idr_alloc_cyclic(&names, text[0], 10, 20, GFP_KERNEL);
	pr_info("%d is used again, cyclic goes on with %d\n", again, next);
	return 0;
}

static int use_ida(void)
{
	int a = ida_alloc(&bare, GFP_KERNEL), b = ida_alloc(&bare, GFP_KERNEL), c;

	if (a < 0 || b < 0)
		return -ENOMEM;
	ida_free(&bare, a);
	c = ida_alloc_max(&bare, 100, GFP_KERNEL);
	pr_info("bare %d %d %d\n", a, b, c);
	return 0;
}

static void free_all(void)
{
	idr_destroy(&names);
	ida_destroy(&bare);
}

static int __init clean_init(void)
{
	int err = use_idr() ?: use_ida();

	if (err)
		free_all();
	return err;
}

static void __exit clean_exit(void)
{
	free_all();
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
