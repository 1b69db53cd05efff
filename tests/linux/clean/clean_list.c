// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Lists: built, sorted, cut and spliced, walked both ways; a lock-less one. */
/* log: sorted: 1 2 3 5 8 13 */
/* log: cut: 5 8 13 | 1 2 3 */
/* log: lock-less: 3 entries */
#include <linux/list.h>
#include <linux/list_sort.h>
#include <linux/llist.h>
#include <linux/module.h>
#include <linux/slab.h>

struct entry {
	struct list_head node;
	struct llist_node lnode;
	int n;
};

static int by_number(void *unused, const struct list_head *a, const struct list_head *b)
{
	return list_entry(a, struct entry, node)->n - list_entry(b, struct entry, node)->n;
}

static const char *text(struct list_head *list, char *buf, size_t size)
{
	struct entry *e;
	int len = 0;

	*buf = 0;
	list_for_each_entry(e, list, node)
		len += scnprintf(buf + len, size - len, " %d", e->n);
	return buf;
}

static void use_lockless(struct list_head *list)
{
	struct entry *e;
	LLIST_HEAD(lockless);
	int cnt = 0;

	list_for_each_entry(e, list, node)
		llist_add(&e->lnode, &lockless);
	llist_for_each_entry(e, llist_del_all(&lockless), lnode)
		cnt++;
	pr_info("lock-less: %d entries\n", cnt);
}

static void free_all(struct list_head *list)
{
	struct entry *e, *next;

	list_for_each_entry_safe(e, next, list, node) {
		list_del(&e->node);
		kfree(e);
	}
}

static int __init clean_init(void)
{
	static const int numbers[] __initconst = { 8, 1, 13, 2, 5, 3 };
	LIST_HEAD(list);
	LIST_HEAD(low);
	char one[64], two[64];

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct entry *e = kmalloc(sizeof(*e), GFP_KERNEL);

		if (!e) {
			free_all(&list);
			return -ENOMEM;
		}
		e->n = numbers[i];
		list_add(&e->node, &list);
	}
	list_sort(NULL, &list, by_number);
	pr_info("sorted:%s\n", text(&list, one, sizeof(one)));
	list_cut_position(&low, &list, list.next->next->next);
	pr_info("cut:%s |%s\n", text(&list, one, sizeof(one)), text(&low, two, sizeof(two)));
	use_lockless(&low);
	list_splice_tail_init(&low, &list);
	free_all(&list);
	return list_empty(&list) && list_empty(&low) ? 0 : -EINVAL;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
