// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* kill and the rt_sig family. */
#include "kernel/arch/x86_64/user.h"
#include "kernel/policy/policy.h"
#include "kernel/process/types.h"
#include "kernel/sched/thread.h"
#include "kernel/syscall/copy.h"
#include "kernel/syscall/syscall.h"
#include "tenon/errno.h"

enum { SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK };
enum { STACK_ON = 1, STACK_DISABLED = 2, STACK_BYTES_MIN = 2048 };

static bool is_signal(int signo)
{
	return signo > 0 && signo <= SIGNAL_MAX;
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */

static struct signal_info from_here(int signo, int code)
{
	return (struct signal_info){
		.signo = signo, .code = code, .pid = process_current()->pid, .uid = process_credentials()->uid
	};
}

/* With process_lock. Signal 0 only asks. */
static int send(struct process *p, struct task *t, const struct signal_info *info)
{
	if (!signal_permitted(p, info->signo))
		return -TENON_EPERM;
	return info->signo ? signal_post(p, t, info) : 0;
}

/* To every process that @group (0: all but process 1 and the caller) has. One that could be sent to is enough. */
static int send_many(int group, const struct signal_info *info)
{
	struct process *self = process_current();
	int result = -TENON_ESRCH;

	for (struct process *p = id_next_process(0), *next; p; p = next) {
		int err;

		next = id_next_process(p->pid);
		if (group ? !p->group || p->group->id != group : p == process_init || p == self)
			continue;
		err = send(p, NULL, info);
		if (!err || result == -TENON_ESRCH)
			result = err;
	}
	return result;
}

/* Whose number it is, of the process or of a task of it. With process_lock. */
static struct process *process_of(int id)
{
	struct process *p = id_process(id);

	return !p && id_task(id) ? id_task(id)->process : p;
}

/* Does a policy allow it? *@target: the process that it was asked about, with a reference; NULL: about none. */
static int ask_policy(int pid, int signo, struct process **target)
{
	struct process *p = NULL;
	int err = 0;

	*target = NULL;
	if (!policy_decides(POLICY_KILL))
		return 0;
	spin_lock(&process_lock);
	if (pid > 0)
		p = process_of(pid);
	if (p)
		process_get(p);
	spin_unlock(&process_lock);
	if (p != process_current() && (p || pid <= 0))
		err = policy_ask_kill(p, pid, signo);
	if (err && p)
		process_put(p);
	else
		*target = p;
	return err;
}

/* @asked: who it must be, if it is not NULL: the number may be another's by now. */
static int send_locked(int pid, const struct process *asked, const struct signal_info *info)
{
	struct process *p;

	if (pid <= 0)
		return send_many(pid == -1 ? 0 : pid ? -pid : process_current()->group->id, info);
	p = process_of(pid);
	return p && (!asked || p == asked) ? send(p, NULL, info) : -TENON_ESRCH;
}

static int send_to(int pid, const struct signal_info *info)
{
	struct process *asked;
	int err = ask_policy(pid, info->signo, &asked);

	if (err)
		return err;
	spin_lock(&process_lock);
	err = send_locked(pid, asked, info);
	spin_unlock(&process_lock);
	if (asked)
		process_put(asked);
	return err;
}

int64_t sys_kill(const uint64_t arg[6])
{
	int pid = (int)arg[0], signo = (int)arg[1];
	struct signal_info info = from_here(signo, INFO_USER);

	if (signo && !is_signal(signo))
		return -TENON_EINVAL;
	if (pid == INT32_MIN)
		return -TENON_ESRCH;
	return send_to(pid, &info);
}

/* @group 0: whichever process. */
static int64_t task_kill(int group, int tid, int signo)
{
	struct signal_info info = from_here(signo, INFO_TKILL);
	struct process *asked;
	struct task *t;
	int err;

	if (tid <= 0 || group < 0 || (signo && !is_signal(signo)))
		return -TENON_EINVAL;
	err = ask_policy(tid, signo, &asked);
	if (err)
		return err;
	err = -TENON_ESRCH;
	spin_lock(&process_lock);
	t = id_task(tid);
	if (t && (!group || t->process->pid == group) && (!asked || t->process == asked))
		err = send(t->process, t, &info);
	spin_unlock(&process_lock);
	if (asked)
		process_put(asked);
	return err;
}

int64_t sys_tgkill(const uint64_t arg[6])
{
	return (int)arg[0] <= 0 ? -TENON_EINVAL : task_kill((int)arg[0], (int)arg[1], (int)arg[2]);
}

int64_t sys_tkill(const uint64_t arg[6])
{
	return task_kill(0, (int)arg[0], (int)arg[1]);
}

/* Only what nobody takes for the kernel's or for kill's, unless it is sent to oneself. */
int64_t sys_rt_sigqueueinfo(const uint64_t arg[6])
{
	struct signal_info info;
	int pid = (int)arg[0];

	if (user_copy_in(&info, arg[2], sizeof(info)))
		return -TENON_EFAULT;
	if (!is_signal((int)arg[1]) || pid <= 0)
		return -TENON_EINVAL;
	if (pid != process_current()->pid && (info.code >= 0 || info.code == INFO_TKILL))
		return -TENON_EPERM;
	info.signo = (int)arg[1];
	return send_to(pid, &info);
}

/* ---- actions and masks ------------------------------------------------------------------------------------------- */

int64_t sys_rt_sigaction(const uint64_t arg[6])
{
	struct process *p = process_current();
	int signo = (int)arg[0];
	struct signal_action new, old;

	if (!is_signal(signo) || arg[3] != sizeof(signal_set) || (arg[1] && signal_bit(signo) & SIGNALS_UNBLOCKABLE))
		return -TENON_EINVAL;
	if (arg[1] && user_copy_in(&new, arg[1], sizeof(new)))
		return -TENON_EFAULT;
	spin_lock(&process_lock);
	old = p->actions[signo - 1];
	if (arg[1]) {
		new.mask &= ~SIGNALS_UNBLOCKABLE;
		p->actions[signo - 1] = new;
		/* What is ignored is not kept for later (POSIX.1-2017, 2.4.3). */
		if (signal_fate(signo, &new) == FATE_IGNORE) {
			pending_remove(&p->pending, signal_bit(signo), &p->queued_cnt);
			for (struct task *t = p->tasks; t; t = t->next)
				pending_remove(&t->pending, signal_bit(signo), &p->queued_cnt);
		}
	}
	spin_unlock(&process_lock);
	return arg[2] ? user_copy_out(arg[2], &old, sizeof(old)) : 0;
}

int64_t sys_rt_sigprocmask(const uint64_t arg[6])
{
	signal_set old = task_current()->blocked, set;

	if (arg[3] != sizeof(set))
		return -TENON_EINVAL;
	if (arg[1]) {
		if (user_copy_in(&set, arg[1], sizeof(set)))
			return -TENON_EFAULT;
		if ((int)arg[0] != SIG_BLOCK && (int)arg[0] != SIG_UNBLOCK && (int)arg[0] != SIG_SETMASK)
			return -TENON_EINVAL;
		signal_set_blocked((int)arg[0] == SIG_BLOCK   ? old | set :
				   (int)arg[0] == SIG_UNBLOCK ? old & ~set :
								set);
	}
	return arg[2] ? user_copy_out(arg[2], &old, sizeof(old)) : 0;
}

int64_t sys_rt_sigpending(const uint64_t arg[6])
{
	struct task *t = task_current();
	signal_set set;

	if (arg[1] > sizeof(set))
		return -TENON_EINVAL;
	spin_lock(&process_lock);
	set = (t->pending.set | t->process->pending.set) & t->blocked;
	spin_unlock(&process_lock);
	return user_copy_out(arg[0], &set, arg[1]);
}

int64_t sys_pause(const uint64_t arg[6])
{
	(void)arg;
	return sleep_until(DEADLINE_NONE, WAIT_SIGNAL);
}

int64_t sys_rt_sigsuspend(const uint64_t arg[6])
{
	signal_set set;

	if (arg[1] != sizeof(set))
		return -TENON_EINVAL;
	if (user_copy_in(&set, arg[0], sizeof(set)))
		return -TENON_EFAULT;
	signal_block_for_wait(set);
	return sleep_until(DEADLINE_NONE, WAIT_SIGNAL);
}

int64_t sys_rt_sigtimedwait(const uint64_t arg[6])
{
	struct process *p = process_current();
	uint64_t ns = UINT64_MAX;
	struct signal_info info;
	signal_set wanted;
	bool taken;
	int err;

	if (arg[3] != sizeof(wanted))
		return -TENON_EINVAL;
	if (user_copy_in(&wanted, arg[0], sizeof(wanted)))
		return -TENON_EFAULT;
	err = arg[2] ? time_in(arg[2], &ns) : 0;
	if (err)
		return err;
	wanted &= ~SIGNALS_UNBLOCKABLE;
	taken = signal_take(wanted, &info);
	if (!taken)
		err = wait_event(&p->signal_queue, (taken = taken || signal_take(wanted, &info)), syscall_deadline(ns),
				 WAIT_SIGNAL);
	if (!taken)
		return err == -TENON_ETIMEDOUT ? -TENON_EAGAIN : err;
	if (arg[1] && user_copy_out(arg[1], &info, sizeof(info)))
		return -TENON_EFAULT;
	return info.signo;
}

int64_t sys_rt_sigreturn(const uint64_t arg[6])
{
	struct user_frame *f = user_frame();

	(void)arg;
	/* A frame that is none is the program's fault, as if it had touched it. */
	if (signal_frame_pop(f))
		process_exit(SIGNAL_SEGV);
	return 0;
}

int64_t sys_sigaltstack(const uint64_t arg[6])
{
	struct task *t = task_current();
	struct {
		uint64_t base;
		uint32_t flags, pad;
		uint64_t size;
	} new = { 0 }, old = { t->signal_stack.base, t->signal_stack.size ? t->signal_stack.flags : STACK_DISABLED, 0,
			       t->signal_stack.size };
	bool on = user_frame()->rsp - old.base < old.size;

	if (on)
		old.flags |= STACK_ON;
	if (arg[0]) {
		if (user_copy_in(&new, arg[0], sizeof(new)))
			return -TENON_EFAULT;
		if (on)
			return -TENON_EPERM;
		if (new.flags & ~(uint32_t)(STACK_DISABLED | STACK_ON))
			return -TENON_EINVAL;
		if (new.flags & STACK_DISABLED)
			t->signal_stack = (struct signal_stack){ 0 };
		else if (new.size < STACK_BYTES_MIN || !user_range_valid(new.base, new.size))
			return -TENON_ENOMEM;
		else
			t->signal_stack = (struct signal_stack){ new.base, new.size, 0 };
	}
	return arg[1] ? user_copy_out(arg[1], &old, sizeof(old)) : 0;
}
