/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Processes and tasks. A *process* is what has a pid in `ps`: an address space, open files, credentials, signal
 * actions. A *task* is one thread of control in it; the first one has the process's pid as its tid.
 *
 * Everything is shared by the tasks of a process and by nobody else, but for the address space between vfork and exec.
 *
 * Locks: process_lock, a spin lock taken with interrupts off, protects the tree (parent, children, groups, sessions),
 * states, and signals of all processes. `files` and `fs` have locks of their own.
 */
#ifndef KERNEL_PROCESS_PROCESS_H
#define KERNEL_PROCESS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/process/signal.h"

struct fdtable;
struct fs_context;
struct thread;
struct user_space;
struct terminal;
struct user_frame;

enum {
	PROCESS_NAME_BYTES = 16, /* Linux's TASK_COMM_LEN, with NUL */
	GROUPS_MAX = 32,
};

struct credentials {
	uint32_t uid, euid, suid, fsuid;
	uint32_t gid, egid, sgid, fsgid;
	uint32_t groups[GROUPS_MAX];
	uint32_t group_cnt;
};

struct session {
	int id;        /* pid of the leader, also after its death: no process gets it until the session has gone */
	unsigned refs; /* process groups in it */
	struct terminal *terminal; /* the controlling one, or NULL; process_lock */
};

struct process_group {
	int id;
	struct session *session;
	struct process *members;    /* linked by group_next */
	struct process_group *next; /* of all */
};

enum process_state { PROCESS_ALIVE, PROCESS_STOPPED, PROCESS_ZOMBIE };

struct process;
struct task;

/* The process or task that runs; NULL in a thread of the kernel's own. */
struct process *process_current(void);
struct task *task_current(void);

/* Is there anything for user_return() to do? Cheap; any context of the task. */
bool task_work_pending(void);

/* The parts that other directories use: of the process that runs. */
struct fdtable *process_files(struct process *p);
struct fs_context *process_fs(struct process *p);
struct user_space *process_space(struct process *p);
/* The same of another process, with a reference; NULL: it has ended. */
struct fdtable *process_files_get(struct process *p);
struct fs_context *process_fs_get(struct process *p);
struct user_space *process_space_get(struct process *p);
const struct credentials *process_credentials(void); /* of the process that runs */
uint32_t process_umask(void);

/* ---- finding --------------------------------------------------------------------------------------------------- */

/**
 * process_find - the process with this pid, zombies included
 *
 * Return: it, with a reference for process_put(), or NULL.
 */
struct process *process_find(int pid);
/* The process with the smallest pid above @pid, with a reference; NULL after the last. For listing. */
struct process *process_next(int pid);
struct process *process_get(struct process *p);
void process_put(struct process *p);

/* ---- what /proc shows ------------------------------------------------------------------------------------------- */

struct process_info {
	int pid, parent, group, session, tracer;
	char name[PROCESS_NAME_BYTES];
	char state; /* R S T Z, as ps shows them */
	unsigned task_cnt;
	struct terminal *terminal; /* of the session; only to compare or to number it */
	struct credentials credentials;
	uint64_t user_ns, system_ns, children_user_ns, children_system_ns, start_ns; /* start: since boot */
	uint64_t pending, blocked, ignored, caught; /* signal sets: bit N-1 for signal N */
	uint64_t size_bytes, resident_pages;
};

void process_info(struct process *p, struct process_info *info);

/**
 * process_command_line - the arguments as the program has them now, with their NULs
 *
 * Return: bytes put into @buf, 0 for a zombie, negative errno.
 */
long process_command_line(struct process *p, uint64_t offset, char *buf, size_t size);
/* The absolute path of the program at the time of execve, cut to @size with NUL. */
void process_executable(struct process *p, char *buf, size_t size);

struct process_totals {
	unsigned process_cnt, task_cnt, process_max;
	uint64_t forks; /* since boot */
};

void process_totals(struct process_totals *totals);

/* ---- groups, sessions, terminals -------------------------------------------------------------------------------- */

int process_pid(const struct process *p);
int process_group_id(const struct process *p);
int process_session_id(const struct process *p);
bool process_is_session_leader(const struct process *p);
/* The controlling terminal of @p's session, or NULL. The terminal's own lock must keep it alive. */
struct terminal *process_terminal(const struct process *p);

/**
 * session_set_terminal - give the session of the process that runs a controlling terminal, or NULL: none
 *
 * Return: 0, or -TENON_EPERM if the process does not lead a session or the session has a terminal already.
 */
int session_set_terminal(struct terminal *terminal);
/* Takes @terminal from whichever session has it, sends SIGHUP and SIGCONT to its leader's group. For a hang-up. */
void session_lose_terminal(struct terminal *terminal);

/**
 * process_group_signal - send a signal of the kernel's to all of a group
 *
 * Return: 0, or -TENON_ESRCH: there is no such group.
 */
int process_group_signal(int group, int signo);
/* Session of the group, or -TENON_ESRCH. */
int process_group_session(int group);
/* Has no member a parent in another group of the same session? Then job control does not stop it. */
bool process_group_orphaned(int group);
/* Is @signo blocked or ignored by the task that runs? Then a background read gives EIO instead of SIGTTIN. */
bool task_signal_ineffective(int signo);

/* ---- life ------------------------------------------------------------------------------------------------------ */

/**
 * process_start_init - make process 1 from a file of the root
 * @path, @argv, @envp: the kernel's memory
 *
 * Called once, by a thread of the kernel's, with the root mounted and console open as @files 0 to 2. @files and @fs
 * belong to the process afterwards. An error ends the boot: nothing is undone.
 *
 * Return: 0, or a negative errno of execve.
 */
int process_start_init(const char *path, const char *const argv[], const char *const envp[], struct fdtable *files,
		       struct fs_context *fs);

/**
 * user_fault - a program raised a CPU exception other than a page fault that was served
 * @signo: SIGNAL_SEGV, SIGNAL_BUS, SIGNAL_ILL, SIGNAL_FPE or SIGNAL_TRAP
 * @code: Linux's si_code
 *
 * The signal is forced: a program that blocks or ignores it ends. Called with interrupts on; user_return() follows.
 */
void user_fault(struct user_frame *frame, int signo, int code, uint64_t addr);

#endif
