// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Small memory of each kind: zeroed, grown, copied, printed into, aligned, of no bytes. */
/* log: zeroed, grown, copied */
/* log: printed: 7 is seven */
/* log: no bytes are no error */
/* log: too many are one */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

struct flexible {
	size_t cnt;
	u32 items[];
};

static bool use_sizes(void)
{
	for (size_t size = 1; size <= 8192; size += size < 64 ? 1 : size / 3) {
		char *p = kmalloc(size, GFP_KERNEL);

		if (!p)
			return false;
		memset(p, (int)size, size);
		if (ksize(p) < size)
			return false;
		kfree(p);
	}
	return true;
}

static int use_growing(void)
{
	static const char text[] = "twelve bytes";
	char *p = kzalloc(4, GFP_KERNEL), *grown, *copy;
	bool good;

	if (!p)
		return -ENOMEM;
	good = !memchr_inv(p, 0, 4);
	grown = krealloc(p, 100, GFP_KERNEL | __GFP_ZERO);
	if (!grown) {
		kfree(p);
		return -ENOMEM;
	}
	strcpy(grown + 50, "far");
	good &= !memchr_inv(grown, 0, 4) && !strcmp(grown + 50, "far");
	copy = kmemdup(text, sizeof(text), GFP_KERNEL);
	good &= copy && !strcmp(copy, text);
	if (good)
		pr_info("zeroed, grown, copied\n");
	kfree(copy);
	kfree_sensitive(grown);
	return good ? 0 : -EINVAL;
}

static int __init clean_init(void)
{
	struct flexible *f = kzalloc(struct_size(f, items, 10), GFP_KERNEL);
	char *printed = kasprintf(GFP_KERNEL, "%d is %s", 7, "seven");
	u32 *many = kcalloc(1000, sizeof(*many), GFP_KERNEL | __GFP_NOWARN);
	void *none = kmalloc(0, GFP_KERNEL);
	int err = -ENOMEM;

	if (f && printed && many && !ZERO_OR_NULL_PTR(f) && use_sizes()) {
		f->cnt = 10;
		f->items[9] = many[999] = 1;
		pr_info("printed: %s\n", printed);
		err = use_growing();
	}
	if (none && ZERO_OR_NULL_PTR(none))
		pr_info("no bytes are no error\n");
	if (!kmalloc_array(SIZE_MAX / 2, 8, GFP_KERNEL))
		pr_info("too many are one\n");
	kfree(none);
	kfree(many);
	kfree(printed);
	kfree(f);
	kfree(NULL);
	return err;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
