// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Futexes: a task sleeps if a word still has a value, others wake it. Where the word is says space_place(), so those in
 * memory that processes share meet; that a program says it is its own (FUTEX_PRIVATE) changes nothing.
 *
 * One lock for all: what is done under it is a walk over the waiters of one bucket.
 */
#include "kernel/mm/user_space.h"
#include "kernel/process/types.h"
#include "tenon/errno.h"

#define BUCKETS 64
#define ROBUST_MAX 2048 /* entries that a task's list may have, as in Linux */

enum { FUTEX_WAITERS = 0x80000000u, FUTEX_OWNER_DIED = 0x40000000u, FUTEX_TID = 0x3fffffff };

struct futex_waiter {
	struct futex_waiter *next, **link;
	struct user_place place;
	uint32_t bits;
	bool woken; /* lock */
	struct wait wait;
};

static struct spinlock lock = SPINLOCK_INIT(LOCK_LEAF);
static struct futex_waiter *buckets[BUCKETS];

static struct futex_waiter **bucket(const struct user_place *p)
{
	return &buckets[((uint64_t)p->object / 64 + p->offset / 4) % BUCKETS];
}

static void add(struct futex_waiter *w)
{
	struct futex_waiter **first = bucket(&w->place);

	w->next = *first;
	w->link = first;
	if (w->next)
		w->next->link = &w->next;
	*first = w;
}

static void take_off(struct futex_waiter *w)
{
	*w->link = w->next;
	if (w->next)
		w->next->link = w->link;
}

int64_t futex_wait(user_addr addr, uint32_t value, uint32_t bits, uint64_t deadline_ns)
{
	struct futex_waiter w = { .bits = bits };
	uint32_t now;
	int err;

	if (!bits || addr % 4)
		return -TENON_EINVAL;
	w.place = space_place(process_space(process_current()), addr);
	/* In the list before it looks: whoever changes the word afterwards finds it there. */
	wait_init(&w.wait);
	spin_lock(&lock);
	add(&w);
	spin_unlock(&lock);
	err = user_load32(addr, &now);
	if (!err && now != value)
		err = -TENON_EAGAIN;
	while (!err && !__atomic_load_n(&w.woken, __ATOMIC_ACQUIRE))
		err = wait_sleep(&w.wait, deadline_ns, WAIT_SIGNAL);
	spin_lock(&lock);
	if (w.woken)
		err = 0; /* the wake-up was spent on it */
	else
		take_off(&w);
	spin_unlock(&lock);
	return err;
}

int64_t futex_wake(user_addr addr, uint32_t cnt, uint32_t bits)
{
	struct user_place place;
	int64_t woken = 0;

	if (addr % 4 || !bits)
		return -TENON_EINVAL;
	place = space_place(process_space(process_current()), addr);
	spin_lock(&lock);
	for (struct futex_waiter *w = *bucket(&place), *next; w && woken < cnt; w = next) {
		next = w->next;
		if (w->place.object != place.object || w->place.offset != place.offset || !(w->bits & bits))
			continue;
		take_off(w);
		/* Its memory may go as soon as it sees this and has the lock. */
		__atomic_store_n(&w->woken, true, __ATOMIC_RELEASE);
		wait_wake(&w->wait);
		woken++;
	}
	spin_unlock(&lock);
	return woken;
}

/* A lock that the task held when it ended says so to whoever takes it next. */
static void release_word(const struct task *t, user_addr addr)
{
	uint32_t value;

	if (user_load32(addr, &value))
		return;
	while ((value & FUTEX_TID) == (uint32_t)t->tid) {
		uint32_t seen = value;

		if (user_compare_exchange32(addr, &seen, (value & FUTEX_WAITERS) | FUTEX_OWNER_DIED))
			return;
		if (seen == value)
			break;
		value = seen;
	}
	if (value & FUTEX_WAITERS)
		futex_wake(addr, 1, ~0u);
}

static void release_list(const struct task *t)
{
	struct {
		uint64_t next, offset, pending;
	} head;
	uint64_t entry;

	if (!t->robust_list || user_copy_in(&head, t->robust_list, sizeof(head)))
		return;
	entry = head.next;
	for (unsigned cnt = 0; entry != t->robust_list && cnt < ROBUST_MAX; cnt++) {
		uint64_t next;

		if (user_copy_in(&next, entry & ~1ull, sizeof(next)))
			return;
		if (entry != head.pending)
			release_word(t, (entry & ~1ull) + head.offset);
		entry = next;
	}
	if (head.pending)
		release_word(t, (head.pending & ~1ull) + head.offset);
}

void task_release_futexes(struct task *t)
{
	uint32_t zero = 0;

	release_list(t);
	if (t->clear_tid && !user_copy_out(t->clear_tid, &zero, sizeof(zero)))
		futex_wake(t->clear_tid, 1, ~0u);
}
