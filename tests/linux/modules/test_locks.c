// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Locks of each kind: several threads count, and none of it is lost. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/version.h>

#include "check.h"

#define THREADS 4
#define TURNS 500

static DEFINE_MUTEX(mutex);
static DEFINE_SPINLOCK(spin);
static DEFINE_RWLOCK(rw);
static DECLARE_RWSEM(rwsem);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
static DEFINE_SEMAPHORE(sem, 1);
#else
static DEFINE_SEMAPHORE(sem);
#endif
static DEFINE_SEQLOCK(seq);
static struct percpu_rw_semaphore percpu;
static struct {
	int mutex, spin, rw, rwsem, sem, percpu;
} count;
static long pair[2];
static atomic_t torn, left = ATOMIC_INIT(THREADS);
static DECLARE_COMPLETION(done);

static void read_pair(void)
{
	unsigned int start;
	long a, b;

	do {
		start = read_seqbegin(&seq);
		a = pair[0];
		b = pair[1];
	} while (read_seqretry(&seq, start));
	if (a != -b)
		atomic_inc(&torn);
}

static void turn(void)
{
	unsigned long flags;

	mutex_lock(&mutex);
	count.mutex++;
	mutex_unlock(&mutex);
	spin_lock_irqsave(&spin, flags);
	count.spin++;
	spin_unlock_irqrestore(&spin, flags);
	write_lock_bh(&rw);
	count.rw++;
	write_unlock_bh(&rw);
	read_lock(&rw);
	read_unlock(&rw);
	down_write(&rwsem);
	count.rwsem++;
	downgrade_write(&rwsem);
	up_read(&rwsem);
	down(&sem);
	count.sem++;
	up(&sem);
	percpu_down_write(&percpu);
	count.percpu++;
	percpu_up_write(&percpu);
	percpu_down_read(&percpu);
	percpu_up_read(&percpu);
	write_seqlock(&seq);
	pair[0]++;
	pair[1]--;
	write_sequnlock(&seq);
	read_pair();
}

static int thread(void *arg)
{
	int i;

	for (i = 0; i < TURNS; i++)
		turn();
	if (atomic_dec_and_test(&left))
		complete(&done);
	return 0;
}

static int __init test_init(void)
{
	int i;

	if (percpu_init_rwsem(&percpu))
		return -ENOMEM;
	for (i = 0; i < THREADS; i++)
		kthread_run(thread, NULL, "test_locks");
	wait_for_completion(&done);
	check(count.mutex == THREADS * TURNS, "mutex");
	check(count.spin == THREADS * TURNS, "spinlock");
	check(count.rw == THREADS * TURNS, "rwlock");
	check(count.rwsem == THREADS * TURNS, "rwsem");
	check(count.sem == THREADS * TURNS, "semaphore");
	check(count.percpu == THREADS * TURNS, "rwsem with readers per CPU");
	check(pair[0] == THREADS * TURNS && !atomic_read(&torn), "seqlock");
	check(mutex_trylock(&mutex) && !mutex_trylock(&mutex), "a mutex is had once");
	mutex_unlock(&mutex);
	check(!down_trylock(&sem) && down_trylock(&sem), "a semaphore of one likewise");
	up(&sem);
	percpu_free_rwsem(&percpu);
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of locks");
