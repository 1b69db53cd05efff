// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Semaphores: of readers and writers, of several holders, and the per-CPU kind. */
/* log: 3 readers and 1 writer saw whole pairs */
/* log: 2 of 3 were let in */
/* log: downgraded */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/percpu-rwsem.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>

static DECLARE_RWSEM(sem);
DEFINE_STATIC_PERCPU_RWSEM(percpu_sem);
static struct semaphore seats;
static DECLARE_COMPLETION(done);
static int first, second, torn;

static int read_pairs(void *data)
{
	for (int i = 0; i < 100; i++) {
		down_read(&sem);
		if (first != second)
			torn++;
		up_read(&sem);
	}
	complete(&done);
	return 0;
}

static int write_pairs(void *data)
{
	for (int i = 0; i < 100; i++) {
		if (down_write_killable(&sem))
			break;
		first++;
		second++;
		up_write(&sem);
		percpu_down_read(&percpu_sem);
		percpu_up_read(&percpu_sem);
	}
	complete(&done);
	return 0;
}

static int __init clean_init(void)
{
	int threads = 0, seated = 0;

	for (; threads < 4; threads++)
		if (IS_ERR(kthread_run(threads ? read_pairs : write_pairs, NULL, "clean_pairs%d", threads)))
			break;
	for (int i = 0; i < threads; i++)
		wait_for_completion(&done);
	if (threads < 4)
		return -ENOMEM;
	if (!torn)
		pr_info("3 readers and 1 writer saw whole pairs\n");
	sema_init(&seats, 2);
	for (int i = 0; i < 3; i++)
		seated += !down_trylock(&seats);
	pr_info("%d of 3 were let in\n", seated);
	while (seated--)
		up(&seats);
	down_write(&sem);
	downgrade_write(&sem);
	if (down_read_trylock(&sem)) {
		up_read(&sem);
		pr_info("downgraded\n");
	}
	up_read(&sem);
	percpu_down_write(&percpu_sem);
	percpu_up_write(&percpu_sem);
	return 0;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
