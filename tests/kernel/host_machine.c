// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/mm/user.h"
#include "kernel/sched/lock.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"
#include "tenon/errno.h"

#include "tests/kernel/host.h"

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static _Atomic long allocations;
static _Atomic unsigned fail_at;
static _Atomic bool failed;

void host_fail_allocation(unsigned n)
{
	failed = false;
	fail_at = n;
}

bool host_allocation_failed(void)
{
	return failed;
}

long host_allocations(void)
{
	return allocations;
}

static bool fails(void)
{
	if (!fail_at || --fail_at)
		return false;
	failed = true;
	return true;
}

void *heap_alloc(size_t bytes)
{
	void *p = bytes > HEAP_BYTES_MAX || fails() ? NULL : malloc(bytes);

	allocations += p != NULL;
	return p;
}

void *heap_alloc_zeroed(size_t bytes)
{
	void *p = heap_alloc(bytes);

	return p ? memset(p, 0, bytes) : NULL;
}

void *heap_alloc_array(size_t cnt, size_t bytes)
{
	size_t all;

	return __builtin_mul_overflow(cnt, bytes, &all) ? NULL : heap_alloc_zeroed(all);
}

void *heap_resize(void *object, size_t bytes)
{
	void *p = bytes > HEAP_BYTES_MAX || fails() ? NULL : realloc(object, bytes);

	allocations += p && !object;
	return p;
}

void heap_free(void *object)
{
	allocations -= object != NULL;
	free(object);
}

struct host_page {
	struct page page;
	void *data;
};

struct page *page_alloc(unsigned order)
{
	struct host_page *p;

	if (fails())
		return NULL;
	p = calloc(1, sizeof(*p));
	p->data = aligned_alloc(PAGE_BYTES, PAGE_BYTES << order);
	memset(p->data, 0xa5, PAGE_BYTES << order);
	atomic_init(&p->page.refs, 1);
	allocations++;
	return &p->page;
}

void page_get(struct page *page)
{
	atomic_fetch_add(&page->refs, 1);
}

void page_put(struct page *page)
{
	if (atomic_fetch_sub(&page->refs, 1) != 1)
		return;
	free(((struct host_page *)page)->data);
	free(page);
	allocations--;
}

void *page_address(const struct page *page)
{
	return ((const struct host_page *)page)->data;
}

/* Devices of tests see memory where it is. */
phys_addr page_phys(const struct page *page)
{
	return (phys_addr)page_address(page);
}

void page_totals(struct page_totals *totals)
{
	*totals = (struct page_totals){ .total = 4096, .free = 2048, .promised = 2048 };
}

/* Addresses of the test are those of its programs; below USER_START nothing is. */
static bool there(user_addr addr)
{
	return addr >= USER_START;
}

int user_copy_in(void *dst, user_addr src, size_t bytes)
{
	if (!there(src))
		return -TENON_EFAULT;
	memcpy(dst, (void *)src, bytes);
	return 0;
}

int user_copy_out(user_addr dst, const void *src, size_t bytes)
{
	if (!there(dst))
		return -TENON_EFAULT;
	memcpy((void *)dst, src, bytes);
	return 0;
}

int user_clear(user_addr dst, size_t bytes)
{
	if (!there(dst))
		return -TENON_EFAULT;
	memset((void *)dst, 0, bytes);
	return 0;
}

/* ---- locks and waiting: one lock and one condition of the C library for all ------------------------------------- */

static pthread_mutex_t all = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static unsigned sleepers;
static __thread char self; /* its address names the thread */
static __thread bool interrupted, pauses;

static struct thread *me(void)
{
	return (struct thread *)&self;
}

static void take(struct thread **owner)
{
	pthread_mutex_lock(&all);
	if (*owner == me())
		panic("a lock is taken twice");
	while (*owner)
		pthread_cond_wait(&changed, &all);
	*owner = me();
	pthread_mutex_unlock(&all);
}

static void give(struct thread **owner)
{
	pthread_mutex_lock(&all);
	if (*owner != me())
		panic("a lock of another is released");
	*owner = NULL;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&all);
	if (pauses)
		nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
}

void host_pause(bool on)
{
	pauses = on;
}

void spin_init(struct spinlock *l, enum lock_rank rank)
{
	*l = (struct spinlock)SPINLOCK_INIT((uint8_t)rank);
}

void spin_lock(struct spinlock *l)
{
	take(&l->owner);
}

void spin_unlock(struct spinlock *l)
{
	give(&l->owner);
}

void mutex_init(struct mutex *m, enum lock_rank rank)
{
	*m = (struct mutex)MUTEX_INIT((uint8_t)rank);
}

void mutex_lock(struct mutex *m)
{
	take(&m->owner);
}

void mutex_lock_second(struct mutex *m)
{
	take(&m->owner);
}

void mutex_unlock(struct mutex *m)
{
	give(&m->owner);
}

void wait_queue_init(struct wait_queue *q)
{
	*q = (struct wait_queue)WAIT_QUEUE_INIT;
}

void wait_init(struct wait *w)
{
	*w = (struct wait){ 0 };
}

void wait_add(struct waiter *r, struct wait *w, struct wait_queue *q)
{
	pthread_mutex_lock(&all);
	*r = (struct waiter){ .next = q->first, .wait = w, .queue = q };
	if (q->first)
		q->first->prev = r;
	q->first = r;
	pthread_mutex_unlock(&all);
}

void wait_remove(struct waiter *r)
{
	pthread_mutex_lock(&all);
	if (r->prev)
		r->prev->next = r->next;
	else
		r->queue->first = r->next;
	if (r->next)
		r->next->prev = r->prev;
	pthread_mutex_unlock(&all);
}

void wait_wake_all(struct wait_queue *q)
{
	struct waiter *r;

	pthread_mutex_lock(&all);
	for (r = q->first; r; r = r->next)
		r->wait->woken = true;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&all);
}

bool wait_insist(bool insist)
{
	(void)insist;
	return false;
}

int wait_sleep(struct wait *w, uint64_t deadline_ns, enum wait_mode mode)
{
	uint64_t real = deadline_ns + (uint64_t)clock_boot_time_ns();
	struct timespec until = { .tv_sec = (time_t)(real / NS_PER_SECOND), .tv_nsec = (long)(real % NS_PER_SECOND) };
	int err = 0;

	(void)mode;
	pthread_mutex_lock(&all);
	sleepers++;
	while (!w->woken && !err) {
		if (interrupted)
			err = -TENON_EINTR;
		else if (deadline_ns == DEADLINE_NONE)
			pthread_cond_wait(&changed, &all);
		else if (pthread_cond_timedwait(&changed, &all, &until) == ETIMEDOUT && !w->woken)
			err = -TENON_ETIMEDOUT;
	}
	sleepers--;
	if (!err)
		w->woken = false;
	pthread_mutex_unlock(&all);
	return err;
}

int sleep_until(uint64_t deadline_ns, enum wait_mode mode)
{
	struct wait w = { 0 };

	return wait_sleep(&w, deadline_ns, mode);
}

/* ---- threads of the kernel's own --------------------------------------------------------------------------------- */

static bool beside;
static pthread_t started[16];
static unsigned started_cnt;

void host_threads(bool are_beside)
{
	while (started_cnt)
		pthread_join(started[--started_cnt], NULL);
	beside = are_beside;
}

int thread_make(const char *name, void (*fn)(void *arg), void *arg, struct thread **out)
{
	struct thread *t = calloc(1, sizeof(*t));

	(void)name;
	if (!t)
		return -TENON_ENOMEM;
	t->fn = fn;
	t->arg = arg;
	*out = t;
	return 0;
}

static void *run(void *thread)
{
	struct thread *t = thread;

	t->fn(t->arg);
	free(t);
	return NULL;
}

void thread_start(struct thread *t)
{
	if (!beside)
		run(t);
	else if (started_cnt == sizeof(started) / sizeof(started[0]) ||
		 pthread_create(&started[started_cnt++], NULL, run, t))
		abort();
}

void host_interrupt(bool on)
{
	interrupted = on;
}

unsigned host_sleepers(void)
{
	unsigned cnt;

	pthread_mutex_lock(&all);
	cnt = sleepers;
	pthread_mutex_unlock(&all);
	return cnt;
}

/* ---- time and the log -------------------------------------------------------------------------------------------- */

static uint64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

uint64_t clock_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_boot_time_ns(void)
{
	return (int64_t)(read_clock(CLOCK_REALTIME) - read_clock(CLOCK_MONOTONIC));
}

void log_line(int level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("# log %d: ", level);
	vprintf(fmt, args);
	putchar('\n');
	va_end(args);
}

int log_read(uint64_t sequence, struct log_entry *entry)
{
	(void)sequence;
	(void)entry;
	return -TENON_ENOENT;
}

uint64_t log_next_sequence(void)
{
	return 0;
}

struct wait_queue *log_queue(void)
{
	static struct wait_queue queue = WAIT_QUEUE_INIT;

	return &queue;
}

void panic(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	abort();
}
