/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Lock, wait, clock and barriers on all CPUs. The barrier is membarrier(2). Where the kernel or an emulator refuses it,
 * a signal runs a barrier in every thread that the host knows: other threads have no frame in a module.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/membarrier.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "port/process/internal.h"

#define WAIT_SLICE_NS 100000000ull /* how often a waiting thread looks whether it was interrupted */
#define SIGNAL_BARRIER (SIGRTMIN + 3)

/* A signal handler has no context. One barrier at a time uses it, under the host's threads_lock; no module runs in it. */
static sem_t barrier_done;

static long membarrier(int command)
{
	return syscall(SYS_membarrier, command, 0, 0);
}

static void barrier_in_thread(int sig)
{
	(void)sig;
	atomic_thread_fence(memory_order_seq_cst);
	sem_post(&barrier_done);
}

int sync_init(struct process_host *h, bool no_membarrier)
{
	struct sigaction barrier = { .sa_handler = barrier_in_thread, .sa_flags = SA_RESTART };
	pthread_mutexattr_t mutex;
	pthread_condattr_t cond;

	pthread_mutexattr_init(&mutex);
	pthread_mutexattr_settype(&mutex, PTHREAD_MUTEX_ERRORCHECK);
	pthread_condattr_init(&cond);
	pthread_condattr_setclock(&cond, CLOCK_MONOTONIC);
	if (pthread_mutex_init(&h->lock, &mutex) || pthread_mutex_init(&h->threads_lock, NULL) ||
	    pthread_mutex_init(&h->domains_lock, NULL) || pthread_mutex_init(&h->reclaims_lock, NULL) ||
	    pthread_mutex_init(&h->settle_lock, NULL) || pthread_cond_init(&h->changed, &cond))
		return -TENON_ENOMEM;
	h->membarrier = !no_membarrier && !membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) &&
			!membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE);
	sem_init(&barrier_done, 0, 0);
	return h->membarrier || !sigaction(SIGNAL_BARRIER, &barrier, NULL) ? 0 : -TENON_EINVAL;
}

void sync_lock(void *context)
{
	struct process_host *h = context;

	/* The first use by a thread locks to make it known, so that must not come later, inside the lock. */
	thread_self(h);
	if (pthread_mutex_lock(&h->lock))
		log_panic(h, "the core's lock was taken twice");
}

void sync_unlock(void *context)
{
	struct process_host *h = context;

	if (pthread_mutex_unlock(&h->lock))
		log_panic(h, "the core's lock was released by a thread that does not hold it");
}

uint64_t sync_now(void *context)
{
	struct timespec ts;

	(void)context;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

int sync_wait(void *context, uint64_t deadline_ns)
{
	struct process_host *h = context;
	uint64_t until = sync_now(h) + WAIT_SLICE_NS;
	struct timespec ts;

	if (fail_point(h))
		return -TENON_EINTR;
	if (until > deadline_ns)
		until = deadline_ns;
	ts.tv_sec = (time_t)(until / 1000000000u);
	ts.tv_nsec = (long)(until % 1000000000u);
	pthread_cond_timedwait(&h->changed, &h->lock, &ts);
	if (!h->interrupted)
		return 0;
	h->interrupted = 0;
	return -TENON_EINTR;
}

void sync_wake(void *context)
{
	pthread_cond_broadcast(&((struct process_host *)context)->changed);
}

void process_interrupt(struct process_host *h)
{
	h->interrupted = 1;
}

static void signal_every_thread(struct process_host *h)
{
	size_t asked = 0;

	pthread_mutex_lock(&h->threads_lock); /* nobody on the list ends meanwhile, nobody else counts */
	for (struct process_thread *t = h->threads; t; t = t->next)
		if (!pthread_equal(t->id, pthread_self()))
			asked += !pthread_kill(t->id, SIGNAL_BARRIER);
	while (asked)
		if (!sem_wait(&barrier_done))
			asked--;
	pthread_mutex_unlock(&h->threads_lock);
	atomic_thread_fence(memory_order_seq_cst);
}

static void on_all_cpus(struct process_host *h, int command)
{
	if (!h->membarrier)
		signal_every_thread(h);
	else if (membarrier(command))
		log_panic(h, "membarrier failed");
}

void sync_cpus(void *context)
{
	on_all_cpus(context, MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}

void sync_code(struct process_host *h)
{
	on_all_cpus(h, MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE);
}
