// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A hash table of the fixed kind, and the one that grows. */
/* log: found 'gamma' as 3 */
/* log: 20 keys in a table that grows, 13 is there */
#include <linux/hashtable.h>
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/stringhash.h>

struct word {
	struct hlist_node node;
	const char *text;
	int n;
};

struct number {
	struct rhash_head node;
	u32 key;
};

static DEFINE_HASHTABLE(words, 4);
static const struct rhashtable_params params = {
	.key_len = sizeof(u32),
	.key_offset = offsetof(struct number, key),
	.head_offset = offsetof(struct number, node),
	.automatic_shrinking = true,
};

static u32 hash(const char *text)
{
	return full_name_hash(NULL, text, strlen(text));
}

static int fill_words(void)
{
	static const char *const texts[] = { "alpha", "beta", "gamma" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct word *w = kmalloc(sizeof(*w), GFP_KERNEL);

		if (!w)
			return -ENOMEM;
		*w = (struct word){ .text = texts[i], .n = i + 1 };
		hash_add(words, &w->node, hash(w->text));
	}
	return 0;
}

static void free_words(void)
{
	struct hlist_node *next;
	struct word *w;
	int bucket;

	hash_for_each_safe(words, bucket, next, w, node) {
		hash_del(&w->node);
		kfree(w);
	}
}

static void free_number(void *p, void *unused)
{
	kfree(p);
}

static int use_numbers(void)
{
	struct rhashtable numbers;
	u32 key = 13;
	int err = rhashtable_init(&numbers, &params);

	if (err)
		return err;
	for (u32 i = 0; i < 20 && !err; i++) {
		struct number *n = kzalloc(sizeof(*n), GFP_KERNEL);

		err = n ? 0 : -ENOMEM;
		if (!n)
			break;
		n->key = i;
		err = rhashtable_insert_fast(&numbers, &n->node, params);
		if (err)
			kfree(n);
	}
	if (!err && rhashtable_lookup_fast(&numbers, &key, params))
		pr_info("%d keys in a table that grows, 13 is there\n", atomic_read(&numbers.nelems));
	rhashtable_free_and_destroy(&numbers, free_number, NULL);
	return err;
}

static int __init clean_init(void)
{
	struct word *w;
	int err = fill_words();

	hash_for_each_possible(words, w, node, hash("gamma"))
		if (!strcmp(w->text, "gamma"))
			pr_info("found '%s' as %d\n", w->text, w->n);
	err = err ?: use_numbers();
	if (err)
		free_words();
	return err;
}

static void __exit clean_exit(void)
{
	free_words();
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
