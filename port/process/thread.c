/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A record for each thread that touches the host, in thread-local storage: made known to the core on first use, taken
 * out when the thread ends or the host closes.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>

#include "port/process/internal.h"

#define SIGNAL_STACK_BYTES (64 * 1024)

/* Each thread's own. What a domain can set of it is taken out at the domain's border: entry.c. */
static _Thread_local struct process_thread self = { .wait_lock = PTHREAD_MUTEX_INITIALIZER };
/* Numbers are never used again, by no host of this process: a number of a thread that ended means nobody. */
static _Atomic uint64_t last_number;
/* The C library has one set of keys for the process; nothing is kept under this one but whose record it is. */
static pthread_key_t at_exit;
static pthread_once_t at_exit_once = PTHREAD_ONCE_INIT;

static void unregister(struct process_host *h, struct process_thread *t)
{
	pthread_mutex_lock(&h->threads_lock);
	*t->prev = t->next;
	if (t->next)
		t->next->prev = t->prev;
	pthread_mutex_unlock(&h->threads_lock);
	tenon_thread_remove(h->core, &t->core);
	t->h = NULL;
}

static void thread_ends(void *arg)
{
	struct process_thread *t = arg;
	const stack_t none = { .ss_flags = SS_DISABLE };

	if (t->h) {
		t->registering = true; /* the core locks while it removes the record: that is no new first use */
		unregister(t->h, t);
		t->registering = false;
	}
	sigaltstack(&none, NULL);
	free(t->signal_stack);
	t->signal_stack = NULL;
}

static void make_key(void)
{
	pthread_key_create(&at_exit, thread_ends);
}

/* Faults are handled on a stack of their own, or the overflow of a stack could not be. */
static void make_signal_stack(struct process_thread *t)
{
	stack_t stack = { .ss_size = SIGNAL_STACK_BYTES };

	t->signal_stack = malloc(SIGNAL_STACK_BYTES);
	stack.ss_sp = t->signal_stack;
	if (t->signal_stack)
		sigaltstack(&stack, NULL);
}

static void register_self(struct process_host *h)
{
	char name[16] = "thread";

	self.registering = true;
	pthread_once(&at_exit_once, make_key);
	pthread_setspecific(at_exit, &self);
	if (!self.signal_stack)
		make_signal_stack(&self);
	self.guard = NULL;
	self.channel = NULL;
	self.waits = NULL;
	self.interrupted = false;
	self.base = self.cpu_base = 0;
	tenon_kpi_thread_begin(&self.kpi, &self.core, atomic_fetch_add(&last_number, 1) + 1);
	self.id = pthread_self();
	pthread_getname_np(self.id, name, sizeof(name));
	pthread_mutex_lock(&h->threads_lock);
	self.next = h->threads;
	self.prev = &h->threads;
	if (self.next)
		self.next->prev = &self.next;
	h->threads = &self;
	pthread_mutex_unlock(&h->threads_lock);
	self.h = h;
	tenon_thread_add(h->core, &self.core, name);
	self.registering = false;
}

struct process_thread *thread_self(struct process_host *h)
{
	if (__builtin_expect(self.h != h, 0) && h->core && !self.registering)
		register_self(h);
	return &self;
}

const struct process_domain *thread_domain(const struct process_host *h)
{
	return self.h == h ? (const struct process_domain *)self.kpi.domain : NULL;
}

struct tenon_thread *thread_record(void *context)
{
	return &thread_self(context)->core;
}

void thread_leave_host(void)
{
	thread_ends(&self);
	pthread_setspecific(at_exit, NULL);
}

void thread_forget_all(struct process_host *h)
{
	self.registering = true;
	while (h->threads)
		unregister(h, h->threads);
	self.registering = false;
}
