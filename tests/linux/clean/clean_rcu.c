// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A list that is read under RCU while it is changed; what is replaced is freed after a grace period, in each way. */
/* log: the reader saw no torn entry */
/* log: freed by callbacks: 10 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct entry {
	struct list_head node;
	struct rcu_head rcu;
	int n, twice;
};

static LIST_HEAD(entries);
static DEFINE_SPINLOCK(lock);
static struct entry __rcu *newest;
static atomic_t freed = ATOMIC_INIT(0);
static int torn;

static void free_entry(struct rcu_head *head)
{
	kfree(container_of(head, struct entry, rcu));
	atomic_inc(&freed);
}

static int read_entries(void *data)
{
	while (!kthread_should_stop()) {
		struct entry *e;

		rcu_read_lock();
		list_for_each_entry_rcu(e, &entries, node)
			if (e->twice != 2 * e->n)
				torn++;
		e = rcu_dereference(newest);
		if (e && e->twice != 2 * e->n)
			torn++;
		rcu_read_unlock();
		cond_resched();
	}
	return 0;
}

static int add_entry(int n)
{
	struct entry *e = kmalloc(sizeof(*e), GFP_KERNEL);

	if (!e)
		return -ENOMEM;
	e->n = n;
	e->twice = 2 * n;
	spin_lock(&lock);
	list_add_rcu(&e->node, &entries);
	rcu_assign_pointer(newest, e);
	spin_unlock(&lock);
	return 0;
}

static void remove_entry(int way)
{
	struct entry *e;

	spin_lock(&lock);
	e = list_first_entry(&entries, struct entry, node);
	list_del_rcu(&e->node);
	if (rcu_access_pointer(newest) == e)
		RCU_INIT_POINTER(newest, NULL);
	spin_unlock(&lock);
	switch (way) {
	case 0:
		call_rcu(&e->rcu, free_entry);
		break;
	case 1:
		kfree_rcu(e, rcu);
		break;
	default:
		synchronize_rcu();
		kfree(e);
	}
}

static int __init clean_init(void)
{
	struct task_struct *reader = kthread_run(read_entries, NULL, "clean_reader");
	int err = 0, cnt = 0;

	if (IS_ERR(reader))
		return PTR_ERR(reader);
	for (; cnt < 30 && !err; cnt += !err)
		err = add_entry(cnt);
	for (int i = 0; i < cnt; i++)
		remove_entry(i / 10);
	kthread_stop(reader);
	if (!torn)
		pr_info("the reader saw no torn entry\n");
	rcu_barrier();
	pr_info("freed by callbacks: %d\n", atomic_read(&freed));
	return err;
}

static void __exit clean_exit(void)
{
	rcu_barrier();
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
