// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The objects themselves, and who is allowed to be. */
#include "kernel/arch/x86_64/user.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/process/types.h"
#include "kernel/sched/thread.h"
#include "kernel/vfs/fs_context.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

struct spinlock process_lock = SPINLOCK_INIT(LOCK_PROCESS);
struct process *process_init;

static unsigned task_cnt; /* process_lock; zombies count too: they keep an id */
static uint64_t fork_cnt;

struct task *task_current(void)
{
	return thread_current()->task;
}

struct process *process_current(void)
{
	struct task *t = task_current();

	return t ? t->process : NULL;
}

struct process *process_make(void)
{
	struct process *p = heap_alloc_zeroed(sizeof(*p));

	if (!p)
		return NULL;
	atomic_init(&p->refs, 1);
	wait_queue_init(&p->child_queue);
	wait_queue_init(&p->stop_queue);
	wait_queue_init(&p->vfork_queue);
	wait_queue_init(&p->signal_queue);
	p->start_ns = clock_ns();
	return p;
}

struct process *process_get(struct process *p)
{
	atomic_fetch_add(&p->refs, 1);
	return p;
}

void process_put(struct process *p)
{
	if (!p || atomic_fetch_sub(&p->refs, 1) != 1)
		return;
	heap_free(p->executable);
	heap_free(p);
}

int task_make(struct process *p, void (*fn)(void *arg), void *arg, struct task **task)
{
	struct task *t = heap_alloc_zeroed(sizeof(*t));
	void *fpu = heap_alloc_zeroed(fpu_bytes()), *fpu_copy = heap_alloc_zeroed(fpu_bytes());
	int err = -TENON_ENOMEM;

	if (t && fpu && fpu_copy)
		err = thread_make(p->name, fn, arg, &t->thread);
	if (err) {
		heap_free(fpu);
		heap_free(fpu_copy);
		heap_free(t);
		return err;
	}
	fpu_state_init(fpu);
	t->process = p;
	t->fpu_copy = fpu_copy;
	t->thread->task = t;
	t->thread->user.fpu = fpu;
	*task = t;
	return 0;
}

void task_drop(struct task *t)
{
	heap_free(t->thread->user.fpu);
	heap_free(t->fpu_copy);
	thread_drop(t->thread);
	heap_free(t);
}

/* Each takes a stack, a state of the FPU and, most of them, page tables: about as much as this many pages. */
static unsigned tasks_max(void)
{
	struct page_totals totals;
	uint64_t max;

	page_totals(&totals);
	max = totals.total / 32;
	return max < ID_MAX / 2 ? (unsigned)max : ID_MAX / 2;
}

int task_admit(const struct process *parent)
{
	bool may_repair = !parent || parent == process_init || parent->parent == process_init;
	unsigned max = tasks_max();
	uint64_t limit = parent ? parent->limits[RLIMIT_NPROC].current : max;

	if (task_cnt >= limit || task_cnt + (may_repair ? 0 : TASKS_RESERVED) >= max)
		return -TENON_EAGAIN;
	task_cnt++;
	fork_cnt++;
	return 0;
}

void task_gone(void)
{
	task_cnt--;
}

uint64_t process_run_ns(struct process *p)
{
	uint64_t ns = p->ended_ns;

	for (const struct task *t = p->tasks; t; t = t->next)
		ns += thread_run_ns(t->thread);
	return ns;
}

struct fdtable *process_files(struct process *p)
{
	return p->files;
}

struct fs_context *process_fs(struct process *p)
{
	return p->fs;
}

struct user_space *process_space(struct process *p)
{
	return p->space;
}

const struct credentials *process_credentials(void)
{
	static const struct credentials kernel;
	struct process *p = process_current();

	return p ? &p->credentials : &kernel;
}

uint32_t process_umask(void)
{
	return atomic_load(&process_current()->fs->umask);
}

struct process *process_find(int pid)
{
	struct process *p;

	spin_lock(&process_lock);
	p = id_process(pid);
	if (p)
		process_get(p);
	spin_unlock(&process_lock);
	return p;
}

struct process *process_next(int pid)
{
	struct process *p;

	spin_lock(&process_lock);
	p = id_next_process(pid);
	if (p)
		process_get(p);
	spin_unlock(&process_lock);
	return p;
}

void process_totals(struct process_totals *totals)
{
	*totals = (struct process_totals){ .task_cnt = task_cnt, .process_max = tasks_max(), .forks = fork_cnt };
	spin_lock(&process_lock);
	for (struct process *p = id_next_process(0); p; p = id_next_process(p->pid))
		totals->process_cnt++;
	spin_unlock(&process_lock);
}
