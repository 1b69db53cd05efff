/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of kernel/ have of one another. On a virtual CPU, all of it. */
#ifndef LINUX_KERNEL_KERNEL_H
#define LINUX_KERNEL_KERNEL_H

#include <linux/irqreturn.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/sched.h>

#include "linux/kernel/lock_order.h"

struct module;

/* kernel/printk.c: what has been printed of a line that has no end yet. */
void linux_log_flush(void);

/* Linux's own, which its private headers declare. */
void wq_worker_running(struct task_struct *task);
void wq_worker_sleeping(struct task_struct *task);
int get_nohz_timer_target(void);
void wake_up_nohz_cpu(int cpu);
void update_process_times(int user_tick);
ktime_t ktime_get_update_offsets_now(unsigned int *seq, ktime_t *real, ktime_t *boot, ktime_t *tai);
int tick_program_event(ktime_t expires, int force);
int tick_check_oneshot_change(int allow_nohz);
int tick_init_highres(void);
struct irq_desc;
struct irqaction;
void register_irq_proc(unsigned int irq, struct irq_desc *desc);
void unregister_irq_proc(unsigned int irq, struct irq_desc *desc);
void register_handler_proc(unsigned int irq, struct irqaction *action);
void unregister_handler_proc(unsigned int irq, struct irqaction *action);
bool irq_pm_check_wakeup(struct irq_desc *desc);
void irq_pm_install_action(struct irq_desc *desc, struct irqaction *action);
void irq_pm_remove_action(struct irq_desc *desc, struct irqaction *action);
irqreturn_t handle_irq_event(struct irq_desc *desc);

u64 get_next_timer_interrupt(unsigned long basej, u64 basem);

/* A task, and how its thread sleeps. */
struct linux_task {
	struct linux_task *next;        /* in the stock */
	struct linux_task *next_of_all; /* for ever */
	unsigned long event;            /* set by whoever makes the task runnable */
	unsigned long last_entered;     /* while it has no virtual CPU: see WINDOW_LAST_ENTERED */
	bool parked;                    /* its thread has given its virtual CPU back and sleeps */
	struct locks_taken locks;
	struct task_struct task;
};

static inline struct linux_task *linux_task_of(const struct task_struct *task)
{
	return container_of(task, struct linux_task, task);
}

/* fork.c: start what creates kernel threads. */
int linux_threads_start(void);

/* What stands for an interrupt begins, with interrupts on, and ends: there code finds itself in one. */
static inline void linux_irq_enter(void)
{
	local_irq_disable();
	__preempt_count_add(HARDIRQ_OFFSET);
}

static inline void linux_irq_exit(void)
{
	__preempt_count_sub(HARDIRQ_OFFSET);
	local_irq_enable();
}

/* irq.c: what is to be done in an interrupt that a device has raised. */
void linux_irq_run(unsigned int irq);

/* softirq.c: what has been put off on this virtual CPU, if the caller may be interrupted (PREEMPT_RT: rt.c). */
void linux_softirqs_run(void);

/* softirq.c: the same without asking; the caller has bottom halves off. Is there any? */
void linux_softirqs_run_pending(void);
bool linux_softirqs_pending(unsigned int cpu);

/* rt.c: start the threads that run it. */
int linux_rt_start(void);

/* sched.c: sleep until woken, as a mutex does that is a spinlock. */
void linux_sleep_for_lock(void);

/* quiet.c: the tick is on this virtual CPU; @put_off: something is left to be done there. */
void linux_quiet_here(bool put_off);
/* What the ticks have found so far. */
struct tenon_linux_watch;
void linux_quiet_ask(struct tenon_linux_watch *w);

bool cgroup_freezing(struct task_struct *task);

/* cgroup.c: the root group. Return: 0 or a negative errno value. */
int linux_cgroups_start(void);

/* smp.c: make the calls that other virtual CPUs asked this one for. */
void linux_calls_run(void);

/* traps.c: look into this module's tables, too, until it goes. */
void linux_traps_add(struct module *mod);
void linux_traps_remove(struct module *mod);

/* stub.c: say which function is not there, and stop. */
void linux_stub_hit(const char *name);

/* jump_label.c: bring the module's branches to the state of their keys, and keep them so until stop. */
int linux_jump_labels_start(struct module *mod);
void linux_jump_labels_stop(struct module *mod);

/* rcu.c: start the thread that waits for readers. */
int linux_rcu_start(void);

#endif
