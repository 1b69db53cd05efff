/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Processes and tasks from the inside: for kernel/process/ and the system calls that are about them. Who else needs
 * them has process.h.
 *
 * What a comment gives no lock is set before others know the object, or only its own task uses it.
 */
#ifndef KERNEL_PROCESS_TYPES_H
#define KERNEL_PROCESS_TYPES_H

#include <stdatomic.h>

#include "kernel/mm/user.h"
#include "kernel/process/process.h"
#include "kernel/process/signal_set.h"
#include "kernel/sched/lock.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"

#define ID_MAX 4096 /* ids are below; /proc/sys/kernel/pid_max */
#define TASKS_RESERVED 8 /* that only process 1 and its children in its session may make: a way to repair */

extern struct spinlock process_lock;

struct rlimit {
	uint64_t current, max;
};

enum { RLIMIT_STACK = 3, RLIMIT_CORE = 4, RLIMIT_NPROC = 6, RLIMIT_NOFILE = 7, RLIMIT_CNT = 16 };

/* A task's struct sigaltstack; size 0: none. */
struct signal_stack {
	uint64_t base, size;
	uint32_t flags;
};

struct task {
	struct process *process;
	struct task *next; /* in the process; process_lock */
	struct thread *thread;
	int tid;

	signal_set blocked;       /* written by itself with process_lock held, read by senders */
	signal_set saved_blocked; /* to go back to after the handler that ends rt_sigsuspend and its like */
	bool restore_blocked;
	struct pending pending; /* process_lock */
	struct signal_stack signal_stack;

	user_addr clear_tid; /* CLONE_CHILD_CLEARTID: written 0 and woken at the end */
	user_addr robust_list;
	uint64_t deadline_ns; /* of a call that may be made again: syscall_deadline() */
	bool again;           /* such a call is being made again */
	bool ending;          /* exec in another task: it is to end; process_lock */
	uint8_t interrupted;  /* enum syscall_interrupted of the call that has just returned -TENON_EINTR */
	void *fpu_copy;       /* fpu_bytes(): of a signal frame on its way */
};

/* What wait4 tells about a child once. */
enum child_event { CHILD_NONE, CHILD_STOPPED, CHILD_CONTINUED };

struct process {
	int pid;
	_Atomic uint32_t refs;          /* tasks together 1, the tree 1, and those who found it */
	struct user_space *space;       /* process_lock for others; NULL: zombie */
	struct fdtable *files;          /* the same */
	struct fs_context *fs;          /* the same */
	struct credentials credentials; /* process_lock for writing */
	char name[PROCESS_NAME_BYTES];  /* process_lock */
	char *executable;               /* process_lock; of the heap; absolute path, or NULL */
	struct rlimit limits[RLIMIT_CNT];
	bool has_executed; /* since fork: setpgid is too late */

	/* All below: process_lock. */
	struct helper *helper; /* the kernel runs it for itself: nobody is its parent; or NULL */
	struct process *parent, *children, *sibling, **sibling_link;
	struct process_group *group;
	struct process *group_next, **group_link;
	struct task *tasks;
	unsigned task_cnt;
	enum process_state state;
	bool exiting;    /* all tasks are to end, with exit_status */
	int exit_status; /* as wait4 gives it */
	int exit_signal; /* to the parent */
	enum child_event event;
	int stop_signal;
	struct wait_queue child_queue; /* its children changed */
	struct wait_queue stop_queue;  /* its tasks, while it is stopped */
	struct wait_queue vfork_queue; /* its parent, until it has an address space of its own */
	bool vfork_done;

	struct signal_action actions[SIGNAL_MAX];
	struct pending pending;
	unsigned queued_cnt;            /* in its own queue and in those of its tasks */
	struct wait_queue signal_queue; /* rt_sigtimedwait, signalfd */

	uint64_t start_ns;
	/*
	 * On a CPU: tasks that have ended, children waited for. All of it counts as the program's own, none as the
	 * kernel's.
	 */
	uint64_t ended_ns, children_ns;
	struct timer alarm; /* ITIMER_REAL */
	uint64_t alarm_interval_ns;
};

/* ---- ids.c ----------------------------------------------------------------------------------------------------- */

/* All with process_lock held. */
int id_new(void); /* -TENON_EAGAIN: all are in use */
void id_set_task(int id, struct task *task);
struct task *id_task(int id); /* NULL: none, or @id is no id */
void id_set_process(int id, struct process *process);
struct process *id_process(int id);
struct process *id_next_process(int id); /* the first above @id */
struct process_group *id_group(int id);
void id_set_group(int id, struct process_group *group);
void id_set_session(int id, struct session *session);

/* ---- groups.c: with process_lock held ---------------------------------------------------------------------------- */

/* Objects that a change may need, allocated before the lock is taken; what is left is freed after. */
struct group_spare {
	struct process_group *group;
	struct session *session;
};

int group_spare_make(struct group_spare *spare); /* -TENON_ENOMEM */
void group_spare_free(struct group_spare *spare);
void group_join(struct process *p, struct process_group *g);
void group_leave(struct process *p); /* frees a group, and a session, that becomes empty */
/* Makes the group with @p's pid in @session, or with @session NULL in a session of its own, and puts @p there. */
void group_found(struct process *p, struct session *session, struct group_spare *spare);
bool group_orphaned(const struct process_group *g);
/* See setpgid(2); @by makes the call. Return: 0, -TENON_EPERM, -TENON_ESRCH, -TENON_EACCES. */
int group_move(struct process *by, struct process *p, int group, struct group_spare *spare);

/* Give @p to @parent; NULL: to nobody. */
void process_set_parent(struct process *p, struct process *parent);

/* ---- process.c ---- */

extern struct process *process_init; /* process 1 */

/* A process without anything; its id is not set. NULL: no memory. */
struct process *process_make(void);
/* A task of @p with its thread, which is not started and begins in @fn(@arg). Return: 0 or -TENON_ENOMEM. */
int task_make(struct process *p, void (*fn)(void *arg), void *arg, struct task **task);
void task_drop(struct task *t); /* one that was never started */
/* Is there room for one more? Counts it. process_lock. Return: 0, -TENON_EAGAIN. */
int task_admit(const struct process *parent);
void task_gone(void);                       /* process_lock */
uint64_t process_run_ns(struct process *p); /* process_lock */

/* ---- signal.c ---- */

/* With process_lock held; @t NULL: any task of @p. @info is copied. Return: as pending_add(). */
int signal_post(struct process *p, struct task *t, const struct signal_info *info);
/* The same for a signal of the kernel's. */
void signal_post_kernel(struct process *p, int signo);
/* All that @t takes and has pending; process_lock. */
bool signal_waiting(const struct task *t);
/* Make the thread's flag say what there is; process_lock. */
void signal_recalculate(struct task *t);
void signal_set_blocked(signal_set blocked);
/* Take a signal of @wanted that waits for the task that runs, or for its process. Return: false: there is none. */
bool signal_take(signal_set wanted, struct signal_info *info);
/* Block these until the next handler, for calls that wait with a mask of their own. */
void signal_block_for_wait(signal_set blocked);
/* May the process that runs send a signal to @p? */
bool signal_permitted(const struct process *p, int signo);

/* ---- exit.c ---- */

_Noreturn void task_exit(int status);
_Noreturn void process_exit(int status);    /* exit_group; wait4's status */
void process_set_limits(struct process *p); /* of one that has no parent to have them from */
/* helper.c: @p, which the kernel runs for itself, has ended; process_lock. */
void helper_ended(struct process *p);
/* Tell @p to end; process_lock. */
void process_kill(struct process *p, int status);
/* Ends all tasks but the one that runs, for exec. Return: 0, -TENON_EINTR: it is itself to end. */
int process_end_others(void);
/* Tell the parent of a change; process_lock. */
void process_tell_parent(struct process *p, int code, int status);
void process_vfork_done(struct process *p);

/* ---- signal_frame.c ---- */

/* Let @frame go on in a handler. Return: 0 or -TENON_EFAULT: the frame cannot be written. */
int signal_frame_push(struct user_frame *frame, const struct signal_action *action, const struct signal_info *info,
		      signal_set blocked);
/* rt_sigreturn. Return: 0 or -TENON_EFAULT, -TENON_EINVAL. */
int signal_frame_pop(struct user_frame *frame);

/* ---- futex.c ---- */

int64_t futex_wait(user_addr addr, uint32_t value, uint32_t bits, uint64_t deadline_ns);
int64_t futex_wake(user_addr addr, uint32_t cnt, uint32_t bits);
/* A task ends: what it promised to write and wake. */
void task_release_futexes(struct task *t);

#endif
