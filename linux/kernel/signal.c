// SPDX-License-Identifier: GPL-2.0-only
/* Signals: no program runs, and kernel threads do not take any, so there is nobody to send one to and none is pending. */
#include <linux/kmod.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/tty.h>
#include <linux/umh.h>

int send_signal_locked(int sig, struct kernel_siginfo *info, struct task_struct *task, enum pid_type type);

#include "linux/versions.h"
#include "linux/export.h"

int send_signal_locked(int sig, struct kernel_siginfo *info, struct task_struct *task, enum pid_type type)
{
	(void)sig, (void)info, (void)task, (void)type;
	return -ESRCH;
}

int send_sig(int sig, struct task_struct *task, int privileged)
{
	(void)sig, (void)task, (void)privileged;
	return -ESRCH;
}
EXPORT_SYMBOL(send_sig);

int send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *task)
{
	(void)info;
	return send_sig(sig, task, 0);
}
EXPORT_SYMBOL(send_sig_info);

int send_sig_mceerr(int code, void __user *address, short lsb, struct task_struct *task)
{
	(void)code, (void)address, (void)lsb;
	return send_sig(SIGBUS, task, 0);
}
EXPORT_SYMBOL(send_sig_mceerr);

int group_send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *task, enum pid_type type)
{
	(void)info, (void)type;
	return send_sig(sig, task, 0);
}

int kill_pid(struct pid *pid, int sig, int privileged)
{
	(void)pid, (void)sig, (void)privileged;
	return -ESRCH;
}
EXPORT_SYMBOL(kill_pid);

int kill_pgrp(struct pid *pid, int sig, int privileged)
{
	return kill_pid(pid, sig, privileged);
}
EXPORT_SYMBOL(kill_pgrp);

int kill_pid_usb_asyncio(int sig, int number, sigval_t address, struct pid *pid, const struct cred *cred)
{
	(void)number, (void)address, (void)cred;
	return kill_pid(pid, sig, 0);
}
EXPORT_SYMBOL_GPL(kill_pid_usb_asyncio);

void kernel_sigaction(int sig, __sighandler_t action)
{
	(void)sig, (void)action;
}
EXPORT_SYMBOL(kernel_sigaction);

void flush_signals(struct task_struct *task)
{
	(void)task;
}
EXPORT_SYMBOL(flush_signals);

void recalc_sigpending(void)
{
}
EXPORT_SYMBOL(recalc_sigpending);

int sigprocmask(int how, sigset_t *set, sigset_t *old)
{
	(void)how, (void)set;
	if (old)
		sigemptyset(old);
	return 0;
}
EXPORT_SYMBOL(sigprocmask);

#if LINUX_SINCE(6, 12)
int dequeue_signal(sigset_t *mask, kernel_siginfo_t *info, enum pid_type *type)
#else
int dequeue_signal(struct task_struct *task, sigset_t *mask, kernel_siginfo_t *info, enum pid_type *type)
#endif
{
	(void)mask, (void)info, (void)type;
	return 0;
}
EXPORT_SYMBOL_GPL(dequeue_signal);

int is_current_pgrp_orphaned(void)
{
	return 1;
}

/* ---- nor is there a program that a helper could be ---- */

int call_usermodehelper(const char *path, char **argv, char **envp, int wait)
{
	(void)path, (void)argv, (void)envp, (void)wait;
	return -ENOENT;
}
EXPORT_SYMBOL(call_usermodehelper);

struct subprocess_info *call_usermodehelper_setup(const char *path, char **argv, char **envp, gfp_t gfp,
						  int (*init)(struct subprocess_info *info, struct cred *new),
						  void (*cleanup)(struct subprocess_info *info), void *data)
{
	(void)path, (void)argv, (void)envp, (void)gfp, (void)init, (void)cleanup, (void)data;
	return NULL;
}
EXPORT_SYMBOL(call_usermodehelper_setup);

int call_usermodehelper_exec(struct subprocess_info *info, int wait)
{
	(void)info, (void)wait;
	return -ENOENT;
}
EXPORT_SYMBOL(call_usermodehelper_exec);

int usermodehelper_read_trylock(void)
{
	return 0;
}
EXPORT_SYMBOL_GPL(usermodehelper_read_trylock);

long usermodehelper_read_lock_wait(long timeout)
{
	return timeout;
}
EXPORT_SYMBOL_GPL(usermodehelper_read_lock_wait);

void usermodehelper_read_unlock(void)
{
}
EXPORT_SYMBOL_GPL(usermodehelper_read_unlock);

int __usermodehelper_disable(enum umh_disable_depth depth)
{
	(void)depth;
	return 0;
}

/* ---- nor a memory of one ---- */

struct mm_struct *get_task_mm(struct task_struct *task)
{
	(void)task;
	return NULL;
}
EXPORT_SYMBOL_GPL(get_task_mm);

void mmput(struct mm_struct *mm)
{
	(void)mm;
}
EXPORT_SYMBOL_GPL(mmput);

void mmput_async(struct mm_struct *mm)
{
	(void)mm;
}
EXPORT_SYMBOL_GPL(mmput_async);

void __mmdrop(struct mm_struct *mm)
{
	(void)mm;
}
EXPORT_SYMBOL_GPL(__mmdrop);
