// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Kernel threads: started, woken, parked, bound to a CPU, stopped; and a worker of one's own. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/wait.h>

#include "check.h"

static DECLARE_COMPLETION(started);
static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool go, parked_once;
static atomic_t wakeups, works;
static int bound_to = -1;

static int wait_thread(void *arg)
{
	complete(&started);
	wait_event_interruptible(queue, go || kthread_should_stop());
	atomic_inc(&wakeups);
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return (int)(long)arg;
}

static int bound_thread(void *arg)
{
	bound_to = smp_processor_id();
	complete(&started);
	while (!kthread_should_stop()) {
		if (kthread_should_park()) {
			parked_once = true;
			kthread_parkme();
		}
		msleep(1);
	}
	return bound_to == (int)smp_processor_id() ? 0 : -1;
}

static void test_stop(void)
{
	struct task_struct *t[3];
	int i, sum = 0;

	for (i = 0; i < 3; i++) {
		t[i] = kthread_run(wait_thread, (void *)(long)(i + 1), "test/%d", i);
		wait_for_completion(&started);
	}
	check(!strcmp(t[2]->comm, "test/2"), "threads have names");
	go = true;
	wake_up_interruptible_all(&queue);
	for (i = 0; i < 3; i++)
		sum += kthread_stop(t[i]);
	check(atomic_read(&wakeups) == 3, "a wake-up reaches all that wait");
	check(sum == 6, "what threads return reaches who stops them");
}

static void test_bound(void)
{
	struct task_struct *t = kthread_create(bound_thread, NULL, "test_bound");

	kthread_bind(t, 2);
	wake_up_process(t);
	wait_for_completion(&started);
	check(bound_to == 2, "a thread runs on the CPU that it is bound to");
	check(!kthread_park(t) && parked_once, "it is parked");
	kthread_unpark(t);
	check(kthread_stop(t) == 0, "it stays on its CPU");
}

static void do_work(struct kthread_work *work)
{
	atomic_inc(&works);
}

static void test_worker(void)
{
	struct kthread_worker *worker = kthread_create_worker(0, "test_worker");
	struct kthread_work work;

	kthread_init_work(&work, do_work);
	check(kthread_queue_work(worker, &work), "a worker takes work");
	kthread_flush_worker(worker);
	check(atomic_read(&works) == 1, "it has done it when it is flushed");
	kthread_destroy_worker(worker);
}

static void test_timeouts(void)
{
	bool condition = false;

	check(wait_event_timeout(queue, condition, 2) == 0, "a wait for what does not come ends");
	condition = true;
	check(wait_event_timeout(queue, condition, 2) > 0, "one for what is there does not begin");
}

static int __init test_init(void)
{
	test_stop();
	test_bound();
	test_worker();
	test_timeouts();
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of kernel threads");
