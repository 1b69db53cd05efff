// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/process/fork.h"

#include "kernel/arch/x86_64/user.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/user_space.h"
#include "kernel/process/types.h"
#include "kernel/sched/thread.h"
#include "kernel/vfs/fdtable.h"
#include "kernel/vfs/fs_context.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define CLONE_PROCESS_SHARES (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
#define CLONE_KNOWN                                                                                                    \
	(CLONE_PROCESS_SHARES | CLONE_VFORK | CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID |  \
	 CLONE_DETACHED | CLONE_CHILD_SETTID | CLONE_CLEAR_SIGHAND)

/* On the new thread's stack until it is in its program. */
struct child_start {
	struct task *task;
	struct user_frame frame;
	uint64_t set_tid; /* CLONE_CHILD_SETTID: address, or 0 */
};

static bool is_request_valid(const struct clone_request *r)
{
	uint64_t shares = r->flags & CLONE_PROCESS_SHARES;

	if (r->flags & ~CLONE_KNOWN || r->exit_signal < 0 || r->exit_signal > SIGNAL_MAX)
		return false;
	if (shares == CLONE_PROCESS_SHARES)
		return !(r->flags & (CLONE_VFORK | CLONE_CLEAR_SIGHAND));
	return shares == 0 || (shares == CLONE_VM && r->flags & CLONE_VFORK);
}

static void child_begin(void *arg)
{
	struct child_start start = *(struct child_start *)arg;
	int32_t tid = start.task->tid;

	heap_free(arg);
	user_set_table(start.task->process->space->table);
	if (start.set_tid)
		user_copy_out(start.set_tid, &tid, sizeof(tid));
	user_enter(&start.frame);
}

/* The registers and settings of the one that runs, as the request changes them. */
static void copy_task(struct task *to, const struct clone_request *r, struct child_start *start)
{
	const struct task *from = task_current();

	*start = (struct child_start){ .task = to, .frame = *user_frame() };
	start->frame.rax = 0;
	start->frame.vector = 0;
	if (r->stack)
		start->frame.rsp = r->stack;
	start->set_tid = r->flags & CLONE_CHILD_SETTID ? r->child_tid : 0;
	to->clear_tid = r->flags & CLONE_CHILD_CLEARTID ? r->child_tid : 0;
	to->blocked = from->blocked;
	if (!(r->flags & CLONE_VM) || r->flags & CLONE_VFORK)
		to->signal_stack = from->signal_stack;
	to->thread->user.fs_base = r->flags & CLONE_SETTLS ? r->tls : user_fs_base();
	to->thread->user.gs_base = user_gs_base();
	fpu_save(to->thread->user.fpu);
}

/* What a new process has of its own, or shares. Return: 0 or -TENON_ENOMEM; p holds what there is. */
static int copy_process(struct process *p, const struct process *from, uint64_t flags)
{
	int err = 0;

	p->credentials = from->credentials;
	memcpy(p->limits, from->limits, sizeof(p->limits));
	memcpy(p->actions, from->actions, sizeof(p->actions));
	if (flags & CLONE_CLEAR_SIGHAND)
		for (int i = 0; i < SIGNAL_MAX; i++)
			if (p->actions[i].handler != HANDLER_IGNORE)
				p->actions[i] = (struct signal_action){ 0 };
	memcpy(p->name, from->name, sizeof(p->name));
	p->files = fdtable_copy(from->files);
	p->fs = fs_context_copy(from->fs);
	p->executable = from->executable ? heap_alloc(strlen(from->executable) + 1) : NULL;
	if (!p->files || !p->fs || (from->executable && !p->executable))
		return -TENON_ENOMEM;
	if (p->executable)
		memcpy(p->executable, from->executable, strlen(from->executable) + 1);
	if (flags & CLONE_VM)
		p->space = space_get(from->space);
	else
		err = space_fork(from->space, &p->space);
	return err;
}

static void drop_process(struct process *p)
{
	if (p->files)
		fdtable_put(p->files);
	if (p->fs)
		fs_context_put(p->fs);
	if (p->space)
		space_put(p->space);
	process_put(p);
}

/* Make the task known, with process_lock. Return: its id; -TENON_EAGAIN; -TENON_EINTR: the process is to end. */
static int publish(struct task *t, struct process *parent, int exit_signal)
{
	struct process *p = t->process;
	bool is_new = !p->tasks;
	int err = parent->exiting || task_current()->ending ? -TENON_EINTR : task_admit(parent);

	if (err)
		return err;
	t->tid = id_new();
	if (t->tid < 0) {
		task_gone();
		return t->tid;
	}
	id_set_task(t->tid, t);
	if (is_new) {
		p->pid = t->tid;
		p->exit_signal = exit_signal;
		id_set_process(p->pid, p);
		process_set_parent(p, parent);
		group_join(p, parent->group);
	}
	t->next = p->tasks;
	p->tasks = t;
	p->task_cnt++;
	return t->tid;
}

/* The caller sleeps until the child does not use its memory any more; only a fatal signal ends that, as in Linux. */
static void wait_vfork(struct process *child)
{
	wait_event(&child->vfork_queue, child->vfork_done, DEADLINE_NONE, WAIT_KILL);
}

/* With all that can fail for want of memory done. Takes the task, and a new process with it, if it succeeds. */
static int64_t start_child(struct task *t, const struct clone_request *r)
{
	struct process *p = t->process;
	bool vfork = r->flags & CLONE_VFORK;
	int32_t tid;

	spin_lock(&process_lock);
	tid = publish(t, process_current(), r->exit_signal);
	if (tid > 0 && vfork)
		process_get(p);
	spin_unlock(&process_lock);
	if (tid < 0)
		return tid;
	if (r->flags & CLONE_PARENT_SETTID)
		user_copy_out(r->parent_tid, &tid, sizeof(tid));
	thread_start(t->thread);
	if (vfork) {
		wait_vfork(p);
		process_put(p);
	}
	return tid;
}

int64_t process_clone(const struct clone_request *r)
{
	struct process *self = process_current(), *p = self;
	struct child_start *start;
	struct task *t;
	int64_t result;

	if (!is_request_valid(r) || (r->flags & CLONE_SETTLS && r->tls >= USER_END))
		return -TENON_EINVAL;
	start = heap_alloc(sizeof(*start));
	if (!start)
		return -TENON_ENOMEM;
	if (!(r->flags & CLONE_THREAD)) {
		p = process_make();
		result = p ? copy_process(p, self, r->flags) : -TENON_ENOMEM;
		if (result)
			goto err_process;
	}
	result = task_make(p, child_begin, start, &t);
	if (result)
		goto err_process;
	copy_task(t, r, start);
	result = start_child(t, r);
	if (result > 0)
		return result;
	task_drop(t);
err_process:
	if (p && p != self)
		drop_process(p);
	heap_free(start);
	return result;
}
