// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Sending signals. What is to be done about them is in user_return.c, except that a fatal one ends the process here. */
#include "kernel/arch/x86_64/user.h"
#include "kernel/mm/user_space.h"
#include "kernel/process/types.h"
#include "kernel/sched/thread.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

bool signal_waiting(const struct task *t)
{
	const struct process *p = t->process;

	return p->exiting || t->ending || p->state == PROCESS_STOPPED ||
	       ((t->pending.set | p->pending.set) & ~t->blocked);
}

void signal_recalculate(struct task *t)
{
	if (signal_waiting(t))
		thread_interrupt(t->thread, THREAD_SIGNAL);
	else
		thread_interrupt_clear(t->thread, THREAD_SIGNAL);
}

static void recalculate_all(struct process *p)
{
	for (struct task *t = p->tasks; t; t = t->next)
		signal_recalculate(t);
}

static void remove_everywhere(struct process *p, signal_set which)
{
	pending_remove(&p->pending, which, &p->queued_cnt);
	for (struct task *t = p->tasks; t; t = t->next)
		pending_remove(&t->pending, which, &p->queued_cnt);
}

static void go_on(struct process *p)
{
	p->state = PROCESS_ALIVE;
	wait_wake_all(&p->stop_queue);
	recalculate_all(p);
}

/* Do all that may take it block it? */
static bool is_blocked(const struct process *p, const struct task *t, signal_set bit)
{
	if (t)
		return t->blocked & bit;
	for (t = p->tasks; t; t = t->next)
		if (!(t->blocked & bit))
			return false;
	return true;
}

int signal_post(struct process *p, struct task *t, const struct signal_info *info)
{
	signal_set bit = signal_bit(info->signo);
	enum signal_fate fate = signal_fate(info->signo, &p->actions[info->signo - 1]);
	int err;

	if (p->state == PROCESS_ZOMBIE || p->exiting)
		return 0;
	/* Process 1 gets only what it asked for: a machine whose first process ends is at its end. */
	if (p == process_init && fate != FATE_HANDLE && !is_blocked(p, t, bit))
		return 0;
	if (info->signo == SIGNAL_CONT) {
		remove_everywhere(p, SIGNALS_STOPPING);
		if (p->state == PROCESS_STOPPED) {
			go_on(p);
			p->event = CHILD_CONTINUED;
			process_tell_parent(p, INFO_CONTINUED, SIGNAL_CONT);
		}
	} else if (bit & SIGNALS_STOPPING) {
		remove_everywhere(p, signal_bit(SIGNAL_CONT));
	}
	if (!is_blocked(p, t, bit)) {
		if (fate == FATE_IGNORE || fate == FATE_CONTINUE)
			return 0;
		if (fate == FATE_END || fate == FATE_CORE) {
			process_kill(p, info->signo);
			return 0;
		}
	}
	err = pending_add(t ? &t->pending : &p->pending, info, &p->queued_cnt);
	if (t)
		signal_recalculate(t);
	else
		recalculate_all(p);
	wait_wake_all(&p->signal_queue);
	return err;
}

void process_kill(struct process *p, int status)
{
	if (p->exiting || p->state == PROCESS_ZOMBIE)
		return;
	p->exiting = true;
	p->exit_status = status;
	p->state = PROCESS_ALIVE;
	for (struct task *t = p->tasks; t; t = t->next)
		thread_interrupt(t->thread, THREAD_KILL | THREAD_SIGNAL);
	wait_wake_all(&p->stop_queue);
}

void signal_post_kernel(struct process *p, int signo)
{
	signal_post(p, NULL, &(struct signal_info){ .signo = signo, .code = INFO_KERNEL });
}

void task_signal(int signo)
{
	struct task *t = task_current();

	spin_lock(&process_lock);
	signal_post(t->process, t, &(struct signal_info){ .signo = signo, .code = INFO_KERNEL });
	spin_unlock(&process_lock);
}

bool task_signal_ineffective(int signo)
{
	const struct task *t = task_current();

	return t->blocked & signal_bit(signo) || t->process->actions[signo - 1].handler == HANDLER_IGNORE;
}

bool signal_take(signal_set wanted, struct signal_info *info)
{
	struct task *t = task_current();
	struct process *p = t->process;
	bool taken;

	spin_lock(&process_lock);
	taken = pending_take(&t->pending, wanted, info, &p->queued_cnt) ||
		pending_take(&p->pending, wanted, info, &p->queued_cnt);
	signal_recalculate(t);
	spin_unlock(&process_lock);
	return taken;
}

void signal_set_blocked(signal_set blocked)
{
	struct task *t = task_current();

	spin_lock(&process_lock);
	t->blocked = blocked & ~SIGNALS_UNBLOCKABLE;
	signal_recalculate(t);
	spin_unlock(&process_lock);
}

void signal_block_for_wait(signal_set blocked)
{
	struct task *t = task_current();

	t->saved_blocked = t->blocked;
	t->restore_blocked = true;
	signal_set_blocked(blocked);
}

bool signal_permitted(const struct process *p, int signo)
{
	const struct credentials *c = process_credentials(), *target = &p->credentials;

	if (c->euid == 0 || c->euid == target->suid || c->euid == target->uid || c->uid == target->suid ||
	    c->uid == target->uid)
		return true;
	return signo == SIGNAL_CONT && process_current()->group->session == p->group->session;
}

int user_page_fault(uint64_t addr, unsigned access, int *code)
{
	return space_fault(process_space(process_current()), addr, access, code);
}

/* A fault is signalled whatever the program wants: blocked or ignored it ends the program. */
void user_fault(struct user_frame *frame, int signo, int code, uint64_t addr)
{
	struct signal_info info = { .signo = signo, .code = code, .addr = addr };
	struct task *t = task_current();
	struct signal_action *action = &t->process->actions[signo - 1];
	signal_set bit = signal_bit(signo);

	(void)frame;
	spin_lock(&process_lock);
	if (t->blocked & bit || signal_fate(signo, action) != FATE_HANDLE)
		process_kill(t->process, signo);
	else
		signal_post(t->process, t, &info);
	spin_unlock(&process_lock);
}
