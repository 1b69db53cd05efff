// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A list behind a seq_file, with its lock held from start to stop, and one with private data. */
/* report: file /proc/clean_seq */
/* report: /proc/clean_seq: read */
/* prompt: cat /proc/clean_seq */
/* says: 0 squared is 0 */
/* says: 99 squared is 9801 */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

struct entry {
	struct list_head node;
	int n;
};

struct walk {
	unsigned int shown;
};

static LIST_HEAD(entries);
static DEFINE_MUTEX(lock);

static void *entries_start(struct seq_file *m, loff_t *pos)
{
	mutex_lock(&lock);
	return seq_list_start(&entries, *pos);
}

static void *entries_next(struct seq_file *m, void *v, loff_t *pos)
{
	return seq_list_next(v, &entries, pos);
}

static void entries_stop(struct seq_file *m, void *v)
{
	mutex_unlock(&lock);
}

static int entries_show(struct seq_file *m, void *v)
{
	struct entry *e = list_entry(v, struct entry, node);
	struct walk *w = m->private;

	w->shown++;
	seq_printf(m, "%d squared is %d\n", e->n, e->n * e->n);
	return 0;
}

static const struct seq_operations entries_ops = {
	.start = entries_start,
	.next = entries_next,
	.stop = entries_stop,
	.show = entries_show,
};

static void free_entries(void)
{
	struct entry *e, *next;

	list_for_each_entry_safe(e, next, &entries, node) {
		list_del(&e->node);
		kfree(e);
	}
}

static int __init seq_init(void)
{
	for (int i = 0; i < 100; i++) {
		struct entry *e = kzalloc(sizeof(*e), GFP_KERNEL);

		if (!e)
			goto no_memory;
		e->n = i;
		list_add_tail(&e->node, &entries);
	}
	if (proc_create_seq_private("clean_seq", 0444, NULL, &entries_ops, sizeof(struct walk), NULL))
		return 0;
no_memory:
	free_entries();
	return -ENOMEM;
}

static void __exit seq_exit(void)
{
	remove_proc_entry("clean_seq", NULL);
	free_entries();
}

module_init(seq_init);
module_exit(seq_exit);
MODULE_LICENSE("GPL");
