// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The end of tasks and processes. The last task of a process gives back what the process has, and leaves a zombie. */
#include "kernel/arch/x86_64/user.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/user_space.h"
#include "kernel/process/terminal.h"
#include "kernel/process/types.h"
#include "kernel/process/wait.h"
#include "kernel/sched/thread.h"
#include "kernel/vfs/fdtable.h"
#include "kernel/vfs/fs_context.h"

void process_tell_parent(struct process *p, int code, int status)
{
	struct process *parent = p->parent;
	bool ended = code == INFO_EXITED || code == INFO_KILLED;
	int signo = ended ? p->exit_signal : SIGNAL_CHLD;
	struct signal_info info = {
		.signo = signo, .code = code, .pid = p->pid, .uid = p->credentials.uid, .value = (uint32_t)status
	};

	if (!parent)
		return;
	if (signo && (ended || !(parent->actions[SIGNAL_CHLD - 1].flags & ACTION_NO_CHILD_STOP)))
		signal_post(parent, NULL, &info);
	wait_wake_all(&parent->child_queue);
}

void process_vfork_done(struct process *p)
{
	spin_lock(&process_lock);
	p->vfork_done = true;
	wait_wake_all(&p->vfork_queue);
	spin_unlock(&process_lock);
}

void process_reap(struct process *p)
{
	if (p->parent)
		p->parent->children_ns += p->ended_ns + p->children_ns;
	process_set_parent(p, NULL);
	group_leave(p);
	id_set_process(p->pid, NULL);
	task_gone();
	process_put(p);
}

/* Nobody waits for it if its parent said so (POSIX.1-2017, sigaction, SA_NOCLDWAIT). */
static void tell_or_reap(struct process *p)
{
	const struct signal_action *action;
	int signo = p->exit_status & 0x7f;

	if (p->helper) {
		helper_ended(p);
		process_reap(p);
		return;
	}
	action = &p->parent->actions[SIGNAL_CHLD - 1];
	process_tell_parent(p, signo ? INFO_KILLED : INFO_EXITED, signo ? signo : p->exit_status >> 8);
	if (p->exit_signal == SIGNAL_CHLD && (action->handler == HANDLER_IGNORE || action->flags & ACTION_NO_ZOMBIES))
		process_reap(p);
}

/* A stopped group that nobody can continue any more is signalled (POSIX.1-2017, _Exit, consequences). */
static void tell_orphans(struct process_group *g)
{
	bool stopped = false;

	for (const struct process *p = g->members; p; p = p->group_next)
		stopped |= p->state == PROCESS_STOPPED;
	if (!stopped || !group_orphaned(g))
		return;
	for (struct process *p = g->members; p; p = p->group_next) {
		signal_post_kernel(p, SIGNAL_HUP);
		signal_post_kernel(p, SIGNAL_CONT);
	}
}

static void give_children_away(struct process *p)
{
	while (p->children) {
		struct process *child = p->children;

		process_set_parent(child, process_init);
		child->exit_signal = SIGNAL_CHLD;
		tell_orphans(child->group);
		if (child->state == PROCESS_ZOMBIE)
			tell_or_reap(child);
	}
}

/* What may sleep. It is still in the tree, alive but exiting. */
static void give_back(struct process *p)
{
	struct terminal *terminal = process_is_session_leader(p) ? process_terminal(p) : NULL;
	struct fdtable *files = p->files;
	struct fs_context *fs = p->fs;
	struct user_space *space = p->space;

	timer_cancel(&p->alarm);
	if (terminal) {
		session_set_terminal(NULL);
		terminal_leave(terminal, p->pid);
	}
	spin_lock(&process_lock);
	p->files = NULL;
	p->fs = NULL;
	p->space = NULL;
	spin_unlock(&process_lock);
	fdtable_put(files);
	fs_context_put(fs);
	space_put(space);
	process_vfork_done(p);
}

static void become_zombie(struct process *p)
{
	p->state = PROCESS_ZOMBIE;
	pending_remove(&p->pending, ~0ull, &p->queued_cnt);
	give_children_away(p);
	tell_orphans(p->group);
	tell_or_reap(p);
}

/* Out of its process, with process_lock. */
static void leave(struct task *t)
{
	struct process *p = t->process;
	struct task **link = &p->tasks;

	while (*link != t)
		link = &(*link)->next;
	*link = t->next;
	p->task_cnt--;
	p->ended_ns += thread_run_ns(t->thread);
	pending_remove(&t->pending, ~0ull, &p->queued_cnt);
	id_set_task(t->tid, NULL);
}

static _Noreturn void end_thread(struct task *t)
{
	struct thread *thread = t->thread;
	void *fpu = thread->user.fpu;

	thread->user.fpu = NULL; /* nothing is saved any more */
	atomic_signal_fence(memory_order_seq_cst);
	thread->task = NULL;
	heap_free(fpu);
	heap_free(t->fpu_copy);
	heap_free(t);
	thread_exit();
}

_Noreturn void task_exit(int status)
{
	struct task *t = task_current();
	struct process *p = t->process;
	bool last;

	if (p->space)
		task_release_futexes(t);
	/* As soon as it has left, the last one may give the address space back, while this one waits to go on. */
	user_set_table(NULL);
	spin_lock(&process_lock);
	last = p->task_cnt == 1;
	if (!last) {
		leave(t);
		task_gone();
		wait_wake_all(&p->stop_queue); /* process_end_others() waits there */
	} else if (!p->exiting) {
		p->exiting = true;
		p->exit_status = status;
	}
	spin_unlock(&process_lock);
	if (!last)
		end_thread(t);
	if (p == process_init)
		panic("process 1 has ended, with status 0x%x", p->exit_status);
	/* That it ends is known by now; a module that waits for a lock of its own to give a file back is to get it. */
	thread_interrupt_clear(t->thread, THREAD_SIGNALS);
	give_back(p);
	spin_lock(&process_lock);
	leave(t);
	become_zombie(p);
	spin_unlock(&process_lock);
	end_thread(t);
}

_Noreturn void process_exit(int status)
{
	struct process *p = process_current();

	spin_lock(&process_lock);
	process_kill(p, status);
	spin_unlock(&process_lock);
	task_exit(status);
}

int process_end_others(void)
{
	struct task *self = task_current();
	struct process *p = self->process;

	spin_lock(&process_lock);
	for (struct task *t = p->tasks; t; t = t->next) {
		if (t == self)
			continue;
		t->ending = true;
		thread_interrupt(t->thread, THREAD_KILL | THREAD_SIGNAL);
	}
	spin_unlock(&process_lock);
	return wait_event(&p->stop_queue, p->task_cnt == 1, DEADLINE_NONE, WAIT_KILL);
}
