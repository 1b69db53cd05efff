// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* RCU and SRCU: grace periods wait for readers, callbacks come after them. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/srcu.h>

#include "check.h"

struct object {
	struct rcu_head rcu;
	int value;
};

DEFINE_STATIC_SRCU(srcu);
static struct object __rcu *shared;
static DECLARE_COMPLETION(reads);
static DECLARE_COMPLETION(ended);
static bool left_rcu, left_srcu;
static int freed;

static void free_object(struct rcu_head *head)
{
	freed++;
	kfree(container_of(head, struct object, rcu));
}

static int read_rcu(void *arg)
{
	ktime_t until;

	rcu_read_lock();
	complete(&reads);
	for (until = ktime_add_ms(ktime_get(), 20); ktime_before(ktime_get(), until);)
		cpu_relax();
	WRITE_ONCE(left_rcu, true);
	rcu_read_unlock();
	complete(&ended);
	return 0;
}

static int read_srcu(void *arg)
{
	int idx = srcu_read_lock(&srcu);

	complete(&reads);
	msleep(20);
	WRITE_ONCE(left_srcu, true);
	srcu_read_unlock(&srcu, idx);
	complete(&ended);
	return 0;
}

static void test_readers(void)
{
	kthread_run(read_rcu, NULL, "test_rcu");
	wait_for_completion(&reads);
	synchronize_rcu();
	check(READ_ONCE(left_rcu), "a grace period waits for a reader");
	wait_for_completion(&ended);
	kthread_run(read_srcu, NULL, "test_srcu");
	wait_for_completion(&reads);
	synchronize_srcu(&srcu);
	check(READ_ONCE(left_srcu), "one of SRCU waits for a reader that sleeps");
	wait_for_completion(&ended);
}

static void test_callbacks(void)
{
	struct object *old, *new = kzalloc(sizeof(*new), GFP_KERNEL);
	int i;

	rcu_assign_pointer(shared, new);
	for (i = 1; i <= 10; i++) {
		new = kzalloc(sizeof(*new), GFP_KERNEL);
		new->value = i;
		old = rcu_replace_pointer(shared, new, true);
		call_rcu(&old->rcu, free_object);
	}
	rcu_read_lock();
	check(rcu_dereference(shared)->value == 10, "readers see the newest");
	rcu_read_unlock();
	rcu_barrier();
	check(freed == 10, "all callbacks have run after a barrier");
	old = rcu_replace_pointer(shared, NULL, true);
	kfree_rcu(old, rcu);
}

static int __init test_init(void)
{
	test_readers();
	test_callbacks();
	return 0;
}

static void __exit test_exit(void)
{
	rcu_barrier();
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of RCU");
