/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the native interface needs of this host: struct tenon_kpi_host. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "port/process/child.h"

#define KERNEL_PAGES_BYTES (4096 * MIB)

/* ---- memory ---- */

static void *host_alloc(size_t bytes)
{
	return fail_point(process_host_here) ? NULL : calloc(1, bytes);
}

static void host_free(void *memory, size_t bytes)
{
	(void)bytes;
	free(memory);
}

/* ---- locks and waiting: a count that every wake changes, which a futex waits for ---- */

struct lock {
	pthread_mutex_t mutex;
	uint32_t wakes;
};

_Static_assert(sizeof(struct lock) <= sizeof(struct tenon_kpi_lock), "it has room for a lock");

static struct lock *lock_of(struct tenon_kpi_lock *l)
{
	return (struct lock *)l;
}

static void lock_init(struct tenon_kpi_lock *l)
{
	pthread_mutex_init(&lock_of(l)->mutex, NULL);
}

static void lock(struct tenon_kpi_lock *l)
{
	pthread_mutex_lock(&lock_of(l)->mutex);
}

static void unlock(struct tenon_kpi_lock *l)
{
	pthread_mutex_unlock(&lock_of(l)->mutex);
}

static void wake_word(uint32_t *wakes)
{
	__atomic_fetch_add(wakes, 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, wakes, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

static void wake(struct tenon_kpi_lock *l)
{
	wake_word(&lock_of(l)->wakes);
}

/* The thread's domain has died. */
static bool must_come_back(const struct process_thread *t)
{
	const struct channel_end *e = atomic_load_explicit(&t->channel, memory_order_relaxed);

	return e && atomic_load(&e->child->dead);
}

/* Say what it sleeps on. Return: false: it is not to sleep this time. */
static bool begin_wait(struct process_thread *self, uint32_t *wakes)
{
	bool sleep;

	pthread_mutex_lock(&self->wait_lock);
	sleep = !self->interrupted;
	self->interrupted = false;
	self->waits = sleep ? wakes : NULL;
	pthread_mutex_unlock(&self->wait_lock);
	return sleep;
}

static int wait_on_lock(struct tenon_kpi_lock *l, uint64_t deadline_ns)
{
	struct process_thread *self = thread_self(process_host_here);
	struct timespec ts = { (time_t)(deadline_ns / 1000000000u), (long)(deadline_ns % 1000000000u) };
	uint32_t *wakes = &lock_of(l)->wakes, seen = __atomic_load_n(wakes, __ATOMIC_ACQUIRE);

	if (must_come_back(self))
		return -TENON_EINTR;
	unlock(l);
	if (begin_wait(self, wakes)) {
		/* Absolute, of CLOCK_MONOTONIC. A wake since `seen` was read lets it return at once. */
		syscall(SYS_futex, wakes, FUTEX_WAIT_BITSET_PRIVATE, seen, &ts, NULL, FUTEX_BITSET_MATCH_ANY);
		pthread_mutex_lock(&self->wait_lock);
		self->waits = NULL;
		pthread_mutex_unlock(&self->wait_lock);
	}
	lock(l);
	return must_come_back(self) ? -TENON_EINTR : 0;
}

static void interrupt_thread(struct process_thread *t)
{
	pthread_mutex_lock(&t->wait_lock);
	t->interrupted = true;
	if (t->waits)
		wake_word(t->waits);
	pthread_mutex_unlock(&t->wait_lock);
}

static void interrupt(struct tenon_kpi_thread *t)
{
	interrupt_thread((struct process_thread *)((char *)t - offsetof(struct process_thread, kpi)));
}

void wake_domain(struct process_host *h, const struct child *child)
{
	pthread_mutex_lock(&h->threads_lock);
	for (struct process_thread *t = h->threads; t; t = t->next) {
		/* Only compared: it may be of a child that is just going. */
		const struct channel_end *e = atomic_load_explicit(&t->channel, memory_order_relaxed);

		if (e >= child->channels && e < child->channels + CHANNEL_CNT)
			interrupt_thread(t);
	}
	pthread_mutex_unlock(&h->threads_lock);
}

/* ---- threads ---- */

static struct tenon_kpi_thread *self_of(void)
{
	return &thread_self(process_host_here)->kpi;
}

/* In the host's list until it is joined, so that with a domain its threads are gone to the last instruction. */
struct made_thread {
	struct made_thread *next;
	struct tenon_kpi_domain *domain;
	pthread_t id;
	uint64_t number;
	bool ended; /* joining it takes no time; threads_lock, as next */
	void (*fn)(void *arg);
	void *arg;
	char name[16];
};

static void *run_made(void *arg)
{
	struct made_thread *made = arg;
	struct process_host *h = process_host_here;
	uint64_t number;

	pthread_setname_np(pthread_self(), made->name);
	number = thread_self(h)->kpi.number;
	pthread_mutex_lock(&h->threads_lock);
	made->number = number;
	pthread_mutex_unlock(&h->threads_lock);
	made->fn(made->arg);
	thread_leave_host();
	pthread_mutex_lock(&h->threads_lock);
	made->ended = true;
	pthread_mutex_unlock(&h->threads_lock);
	return NULL;
}

/* Remove the first for which @which returns true. NULL: there is none. */
static struct made_thread *take_made(struct process_host *h,
				     bool (*which)(const struct made_thread *made, const void *arg), const void *arg)
{
	struct made_thread **link = &h->made_threads, *made;

	pthread_mutex_lock(&h->threads_lock);
	while (*link && !which(*link, arg))
		link = &(*link)->next;
	made = *link;
	if (made)
		*link = made->next;
	pthread_mutex_unlock(&h->threads_lock);
	return made;
}

static void join_made(struct process_host *h, bool (*which)(const struct made_thread *made, const void *arg),
		      const void *arg)
{
	struct made_thread *made;

	while ((made = take_made(h, which, arg))) {
		pthread_join(made->id, NULL);
		free(made);
	}
}

static bool has_ended(const struct made_thread *made, const void *unused)
{
	(void)unused;
	return made->ended;
}

static bool is_for(const struct made_thread *made, const void *domain)
{
	return made->domain == domain;
}

static bool has_number(const struct made_thread *made, const void *number)
{
	return made->number == *(const uint64_t *)number;
}

void made_threads_join(struct process_host *h, const struct tenon_kpi_domain *d)
{
	join_made(h, is_for, d);
}

static void thread_join(uint64_t number)
{
	join_made(process_host_here, has_number, &number);
}

static int thread_make(struct tenon_kpi_domain *d, void (*fn)(void *arg), void *arg, const char *name)
{
	struct process_host *h = process_host_here;
	struct made_thread *made;
	int err;

	join_made(h, has_ended, NULL);
	made = calloc(1, sizeof(*made));
	if (!made)
		return -TENON_ENOMEM;
	*made = (struct made_thread){ .domain = d, .fn = fn, .arg = arg };
	strncpy(made->name, name, sizeof(made->name) - 1);
	pthread_mutex_lock(&h->threads_lock);
	err = pthread_create(&made->id, NULL, run_made, made);
	if (!err) {
		made->next = h->made_threads;
		h->made_threads = made;
	}
	pthread_mutex_unlock(&h->threads_lock);
	if (err)
		free(made);
	return err ? -TENON_ENOMEM : 0;
}

static bool thread_lives(uint64_t number)
{
	struct process_host *h = process_host_here;
	struct process_thread *t;

	pthread_mutex_lock(&h->threads_lock);
	for (t = h->threads; t && t->kpi.number != number;)
		t = t->next;
	pthread_mutex_unlock(&h->threads_lock);
	return t;
}

static void yield(void)
{
	sched_yield();
}

static void fault(struct tenon_kpi_domain *k, const char *why)
{
	struct process_domain *d = (struct process_domain *)k;

	if (d->child)
		child_kill(d->child, why);
	else
		guard_raise(d->h, why);
}

/* ---- pages: a part of the domain's file, in the kernel's domain of one for this alone ---- */

static int pages_fd(const struct process_domain *d, uint64_t address, off_t *offset)
{
	*offset = (off_t)(address - (d->child ? d->base : d->kpi.pages));
	return d->child ? d->memfd : d->h->pages_fd;
}

int kernel_pages_make(struct process_host *h)
{
	void *at;

	h->pages_fd = memfd_create("pages", MFD_CLOEXEC);
	if (h->pages_fd < 0 || ftruncate(h->pages_fd, (off_t)KERNEL_PAGES_BYTES))
		return -TENON_ENOMEM;
	at = mmap(NULL, KERNEL_PAGES_BYTES, PROT_NONE, MAP_SHARED | MAP_NORESERVE, h->pages_fd, 0);
	if (at == MAP_FAILED)
		return -TENON_ENOMEM;
	h->kernel.kpi.pages = (uintptr_t)at;
	h->kernel.kpi.pages_bytes = KERNEL_PAGES_BYTES;
	return 0;
}

void kernel_pages_free(struct process_host *h)
{
	if (h->kernel.kpi.pages_bytes)
		munmap((void *)h->kernel.kpi.pages, KERNEL_PAGES_BYTES);
	if (h->pages_fd >= 0)
		close(h->pages_fd);
}

static int commit(struct tenon_kpi_domain *k, tenon_addr address, size_t bytes)
{
	struct process_domain *d = (struct process_domain *)k;
	int err;

	if (fail_point(d->h))
		return -TENON_ENOMEM;
	if (d->child)
		err = child_map(d, address, bytes, PROT_READ | PROT_WRITE);
	else
		err = mprotect((void *)address, bytes, PROT_READ | PROT_WRITE);
	return err ? -TENON_ENOMEM : 0;
}

static void decommit(struct tenon_kpi_domain *k, tenon_addr address, size_t bytes)
{
	struct process_domain *d = (struct process_domain *)k;
	off_t offset;
	int fd = pages_fd(d, address, &offset);
	bool ok = d->child ? child_unmap(d, address, bytes) : !mprotect((void *)address, bytes, PROT_NONE);

	/*
	 * A domain that has as many mappings as the system allows cannot have one cut in two. Then it ends, and nothing sees its
	 * memory any more.
	 */
	if (!ok && d->child) {
		child_kill(d->child, "its memory could not be taken back");
		ok = true;
	}
	if (!ok || fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, (off_t)bytes))
		log_panic(d->h, "cannot take memory back from a domain");
}

static void *map(struct tenon_kpi_domain *k, tenon_addr address, size_t bytes)
{
	off_t offset;
	int fd = pages_fd((struct process_domain *)k, address, &offset);
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	return at == MAP_FAILED ? NULL : at;
}

static void unmap(void *mapping, size_t bytes)
{
	munmap(mapping, bytes);
}

/* ---- copying: the host sees all of a domain's memory ---- */

static int copy_in(struct tenon_kpi_domain *k, void *to, tenon_addr from, size_t bytes)
{
	const void *view = domain_view((struct process_domain *)k, from, bytes);

	if (!view)
		return -TENON_EFAULT;
	memcpy(to, view, bytes);
	return 0;
}

static int copy_out(struct tenon_kpi_domain *k, tenon_addr to, const void *from, size_t bytes)
{
	void *view = domain_view((struct process_domain *)k, to, bytes);

	if (!view)
		return -TENON_EFAULT;
	memcpy(view, from, bytes);
	return 0;
}

/* ---- others ---- */

static int host_random(void *to, size_t bytes)
{
	return getrandom(to, bytes, GRND_NONBLOCK) == (ssize_t)bytes ? 0 : -TENON_EAGAIN;
}

static uint64_t realtime_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* An aligned word in one store, so that another CPU never fetches half of it. */
static void store(uint8_t *to, const void *from, size_t len)
{
	uint64_t word;
	size_t in_word = (uintptr_t)to & 7;

	if (!len || in_word + len > 8) {
		memcpy(to, from, len);
		return;
	}
	memcpy(&word, to - in_word, 8);
	memcpy((uint8_t *)&word + in_word, from, len);
	__atomic_store_n((uint64_t *)(void *)(to - in_word), word, __ATOMIC_RELEASE);
}

/* Through a mapping of its own, writable and gone afterwards. */
static int write_text(struct tenon_kpi_domain *k, tenon_addr address, const void *code, size_t bytes)
{
	struct process_domain *d = (struct process_domain *)k;
	size_t page = d->h->tenon.page_size;
	uint64_t offset = address - d->base, first = offset & ~(uint64_t)(page - 1);
	size_t size = (size_t)(((offset + bytes + page - 1) & ~(uint64_t)(page - 1)) - first);
	uint8_t *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, d->memfd, (off_t)first);

	if (at == MAP_FAILED)
		return -TENON_ENOMEM;
	store(at + (offset - first), code, bytes);
	munmap(at, size);
	if (d->child)
		return child_sync_code(d);
	__builtin___clear_cache((char *)address, (char *)(address + bytes));
	sync_code(d->h);
	return 0;
}

static int request(const struct tenon_request *req, struct tenon_diag *diag)
{
	return process_request(process_host_here, req, diag);
}

const struct tenon_kpi_host process_primitives = {
	.alloc = host_alloc,
	.free = host_free,
	.lock_init = lock_init,
	.lock = lock,
	.unlock = unlock,
	.wait = wait_on_lock,
	.wake = wake,
	.self = self_of,
	.call = entry_upcall,
	.fault = fault,
	.thread_make = thread_make,
	.thread_join = thread_join,
	.interrupt = interrupt,
	.thread_lives = thread_lives,
	.yield = yield,
	.commit = commit,
	.decommit = decommit,
	.map = map,
	.unmap = unmap,
	.copy_in = copy_in,
	.copy_out = copy_out,
	.request = request,
	.random = host_random,
	.realtime_ns = realtime_ns,
	.write_text = write_text,
	.set_base = entry_set_base,
};
