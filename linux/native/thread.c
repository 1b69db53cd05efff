// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads and events for Linux's tasks. A thread may leave from deep within Linux code, as a kernel thread does that
 * exits: then it goes on at its beginning. All that still sleep leave when linux.ko ends (lx_threads_end); no Linux module
 * is loaded by then, so what they were doing matters to nobody.
 */
#include "linux/native/native.h"

#define LOOK_NS 100000u /* how often to look whether the other threads have come so far */

struct thread {
	struct thread *next;
	tenon_handle handle;
	void (*fn)(void *arg);
	void *arg, *task;
	void *back[5]; /* for __builtin_longjmp */
	_Atomic bool begun;
	bool leaves; /* runs nothing of Linux's any more */
	bool ended;
};

static struct thread *threads; /* newest first */
static int threads_lock;
static _Atomic bool ending;

bool lx_ending(void)
{
	return ending;
}

/* Which of them is calling: found by its task, which no two have that have not ended. */
static struct thread *current_thread(void)
{
	void *task = lx_task();
	struct thread *t;

	brief_lock(&threads_lock);
	for (t = threads; t && (t->task != task || t->ended); t = t->next)
		;
	brief_unlock(&threads_lock);
	return t;
}

static void run(void *arg)
{
	struct thread *t = arg;

	t->begun = true; /* before it looks: who ends takes one that has not begun for gone */
	if (ending) {
		t->ended = true;
		return;
	}
	lx_unpark(t->task, -1);
	if (!__builtin_setjmp(t->back))
		t->fn(t->arg);
	linux_task_drop(t->task);
	__atomic_store_n(&t->ended, true, __ATOMIC_RELEASE);
}

static bool all_leave(void)
{
	struct thread *t;

	brief_lock(&threads_lock);
	for (t = threads; t && (t->leaves || t->ended || !t->begun); t = t->next)
		;
	brief_unlock(&threads_lock);
	return !t;
}

/*
 * Lists lead to what lies on the stacks of threads that sleep. So when all end, none goes back before the last one has come
 * here.
 */
_Noreturn void lx_thread_leave(void)
{
	struct thread *t = current_thread();

	lx_park();
	__atomic_store_n(&t->leaves, true, __ATOMIC_RELEASE);
	while (lx_ending() && !all_leave())
		tenon_sleep_until(tenon_clock_ns() + LOOK_NS);
	__builtin_longjmp(t->back, 1);
}

/* The first that has ended, or @any. */
static struct thread **find(bool any)
{
	struct thread **at = &threads;

	while (*at && !any && !__atomic_load_n(&(*at)->ended, __ATOMIC_ACQUIRE))
		at = &(*at)->next;
	return at;
}

/*
 * Give back the threads that have ended; @wait: all. One stays in the list until then, for it looks for itself there. One
 * that has not begun when linux.ko ends never does: nobody enters a module that is unloaded.
 */
static void reap(bool wait)
{
	struct thread **at, *t;

	brief_lock(&threads_lock);
	while (*(at = find(wait))) {
		t = *at;
		if (!t->ended && t->begun) {
			brief_unlock(&threads_lock);
			tenon_sleep_until(tenon_clock_ns() + LOOK_NS);
			brief_lock(&threads_lock);
			continue;
		}
		*at = t->next;
		brief_unlock(&threads_lock);
		tenon_thread_join(t->handle, NEVER_NS);
		tenon_free(t);
		brief_lock(&threads_lock);
	}
	brief_unlock(&threads_lock);
}

int lx_thread_start(void (*fn)(void *arg), void *arg, void *task, const char *name)
{
	struct thread *t;
	tenon_handle h;
	int err;

	if (ending)
		return -TENON_EINTR;
	reap(false);
	t = tenon_alloc(THIS_MODULE, sizeof(*t));
	if (!t)
		return -TENON_ENOMEM;
	*t = (struct thread){ .fn = fn, .arg = arg, .task = task };
	brief_lock(&threads_lock);
	h = tenon_thread_create(THIS_MODULE, run, t, name);
	err = tenon_handle_error(h);
	if (!err) {
		t->handle = h;
		t->next = threads;
		threads = t;
	}
	brief_unlock(&threads_lock);
	if (err)
		tenon_free(t);
	return err;
}

void lx_threads_end(void)
{
	ending = true;
	linux_tasks_wake();
	reap(true);
}

unsigned long lx_event_create(void)
{
	tenon_handle h = tenon_event_create(THIS_MODULE);

	return tenon_handle_error(h) ? 0 : h;
}

void lx_event_destroy(unsigned long event)
{
	tenon_event_destroy(event);
}

void lx_event_set(unsigned long event)
{
	tenon_event_set(event);
}

int lx_event_wait(unsigned long event)
{
	return tenon_event_wait(event, NEVER_NS);
}
