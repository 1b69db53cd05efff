// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The way back to a program: signals are taken, calls that they interrupted are made again, the task stops or ends. */
#include "kernel/arch/x86_64/user.h"
#include "kernel/process/types.h"
#include "kernel/sched/thread.h"
#include "kernel/syscall/syscall.h"
#include "tenon/errno.h"

#define SYSCALL_INSN_BYTES 2

bool task_work_pending(void)
{
	const struct thread *t = thread_current();

	return t->task &&
	       (atomic_load(&t->interrupts) & THREAD_SIGNALS || t->task->interrupted || t->task->restore_blocked);
}

static void make_again(struct task *t, struct user_frame *frame)
{
	frame->rip -= SYSCALL_INSN_BYTES;
	frame->rax = frame->error;
	t->interrupted = SYSCALL_ENDS;
}

/* With process_lock, which it gives up. */
static void handle(struct task *t, struct user_frame *frame, const struct signal_info *info)
{
	struct signal_action *slot = &t->process->actions[info->signo - 1], action = *slot;
	signal_set blocked = t->restore_blocked ? t->saved_blocked : t->blocked;

	t->restore_blocked = false;
	if (action.flags & ACTION_RESET)
		slot->handler = HANDLER_DEFAULT;
	spin_unlock(&process_lock);
	if (t->interrupted == SYSCALL_AGAIN && action.flags & ACTION_AGAIN)
		make_again(t, frame);
	t->interrupted = SYSCALL_ENDS;
	t->again = false;
	if (signal_frame_push(frame, &action, info, blocked))
		process_exit(SIGNAL_SEGV);
	signal_set_blocked(t->blocked | action.mask | (action.flags & ACTION_NO_DEFER ? 0 : signal_bit(info->signo)));
}

/* With process_lock. */
static void stop(struct process *p, int signo)
{
	/* Who could continue it? (POSIX.1-2017, 2.4.3) */
	if (signo != SIGNAL_STOP && group_orphaned(p->group))
		return;
	p->state = PROCESS_STOPPED;
	p->stop_signal = signo;
	p->event = CHILD_STOPPED;
	for (struct task *t = p->tasks; t; t = t->next)
		signal_recalculate(t);
	process_tell_parent(p, INFO_STOPPED, signo);
}

/* With process_lock. Return: false: there was no signal. */
static bool take(struct task *t, struct signal_info *info)
{
	struct process *p = t->process;

	return pending_take(&t->pending, ~t->blocked, info, &p->queued_cnt) ||
	       pending_take(&p->pending, ~t->blocked, info, &p->queued_cnt);
}

/* One thing at a time. Return: is there another? */
static bool work(struct task *t, struct user_frame *frame)
{
	struct process *p = t->process;
	struct signal_info info;
	bool more = true;

	spin_lock(&process_lock);
	if (p->exiting || t->ending) {
		spin_unlock(&process_lock);
		task_exit(p->exit_status);
	}
	if (p->state == PROCESS_STOPPED) {
		spin_unlock(&process_lock);
		wait_event(&p->stop_queue, p->state != PROCESS_STOPPED || p->exiting, DEADLINE_NONE, WAIT_KILL);
		return true;
	}
	if (!take(t, &info)) {
		signal_recalculate(t);
		more = false;
	} else {
		switch (signal_fate(info.signo, &p->actions[info.signo - 1])) {
		case FATE_HANDLE:
			handle(t, frame, &info);
			return true;
		case FATE_STOP:
			stop(p, info.signo);
			break;
		case FATE_END:
		case FATE_CORE:
			if (p != process_init)
				process_kill(p, info.signo);
			break;
		case FATE_IGNORE:
		case FATE_CONTINUE:
			break;
		}
	}
	spin_unlock(&process_lock);
	return more;
}

void user_return(struct user_frame *frame)
{
	struct task *t = task_current();

	if (!t || !task_work_pending())
		return;
	while (work(t, frame))
		;
	if (t->interrupted != SYSCALL_ENDS) {
		make_again(t, frame);
		t->again = true;
	}
	if (t->restore_blocked) {
		t->restore_blocked = false;
		signal_set_blocked(t->saved_blocked);
	}
}
