// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A red-black tree, and one of intervals' smallest (cached). */
/* log: in order: 10 20 30 40 50 */
/* log: 30 is there, 35 is not */
/* log: smallest 20 */
#include <linux/module.h>
#include <linux/rbtree.h>
#include <linux/slab.h>

struct entry {
	struct rb_node node;
	int key;
};

static struct rb_root_cached tree = RB_ROOT_CACHED;

static bool is_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct entry, node)->key < rb_entry(b, struct entry, node)->key;
}

static struct entry *find(int key)
{
	struct rb_node *n = tree.rb_root.rb_node;

	while (n) {
		struct entry *e = rb_entry(n, struct entry, node);

		if (key == e->key)
			return e;
		n = key < e->key ? n->rb_left : n->rb_right;
	}
	return NULL;
}

static void free_all(void)
{
	struct entry *e, *next;

	rbtree_postorder_for_each_entry_safe(e, next, &tree.rb_root, node)
		kfree(e);
	tree = RB_ROOT_CACHED;
}

static int fill(void)
{
	static const int keys[] = { 30, 10, 50, 20, 40 };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct entry *e = kzalloc(sizeof(*e), GFP_KERNEL);

		if (!e)
			return -ENOMEM;
		e->key = keys[i];
		rb_add_cached(&e->node, &tree, is_less);
	}
	return 0;
}

static int __init clean_init(void)
{
	struct entry *smallest;
	struct rb_node *n;
	char line[64];
	int len = 0;

	if (fill()) {
		free_all();
		return -ENOMEM;
	}
	for (n = rb_first_cached(&tree); n; n = rb_next(n))
		len += scnprintf(line + len, sizeof(line) - len, " %d", rb_entry(n, struct entry, node)->key);
	pr_info("in order:%s\n", line);
	if (find(30) && !find(35))
		pr_info("30 is there, 35 is not\n");
	smallest = rb_entry(rb_first_cached(&tree), struct entry, node);
	rb_erase_cached(&smallest->node, &tree);
	kfree(smallest);
	pr_info("smallest %d\n", rb_entry(rb_first_cached(&tree), struct entry, node)->key);
	return 0;
}

static void __exit clean_exit(void)
{
	free_all();
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
