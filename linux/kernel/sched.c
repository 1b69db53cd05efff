// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks: the task_struct that `current` finds. A thread has one from its entry into Linux code to its way out; then it
 * goes back to a stock, so that entries need no memory.
 */
#include <linux/sched.h>

#include "linux/glue.h"
#include "linux/export.h"

struct stocked_task {
	struct stocked_task *next;
	struct task_struct task;
};

static struct stocked_task *stock;
static int stock_lock;

static void lock(void)
{
	while (__atomic_exchange_n(&stock_lock, 1, __ATOMIC_ACQUIRE))
		lx_relax();
}

static void unlock(void)
{
	__atomic_store_n(&stock_lock, 0, __ATOMIC_RELEASE);
}

void *linux_task_get(void)
{
	struct stocked_task *t;

	lock();
	t = stock;
	if (t)
		stock = t->next;
	unlock();
	if (!t)
		t = lx_alloc(sizeof(*t));
	return t ? &t->task : NULL;
}

void linux_task_put(void *task)
{
	struct stocked_task *t = container_of(task, struct stocked_task, task);

	lock();
	t->next = stock;
	stock = t;
	unlock();
}

void linux_tasks_free(void)
{
	struct stocked_task *t;

	while ((t = stock)) {
		stock = t->next;
		lx_free(t);
	}
}

/* Readers are counted in their task. Grace periods are not there: whoever needs one is stopped (library/stubs.S). */
void __rcu_read_lock(void)
{
	current->rcu_read_lock_nesting++;
	barrier();
}
EXPORT_SYMBOL_GPL(__rcu_read_lock);

void __rcu_read_unlock(void)
{
	barrier();
	current->rcu_read_lock_nesting--;
}
EXPORT_SYMBOL_GPL(__rcu_read_unlock);
