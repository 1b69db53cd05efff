// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Process 1. */
#include "kernel/arch/x86_64/user.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/shared_memory.h"
#include "kernel/mm/user_space.h"
#include "kernel/process/exec.h"
#include "kernel/process/types.h"
#include "kernel/sched/thread.h"
#include "kernel/vfs/fdtable.h"
#include "kernel/vfs/fs_context.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

static struct exec_image first_image; /* from process_start_init() to its thread */

static void init_begin(void *arg)
{
	struct user_frame frame;

	(void)arg;
	if (exec_become(&first_image, &frame))
		panic("process 1 was told to end before it began");
	user_enter(&frame);
}

static int __init add_all(struct exec_words *words, const char *const list[], unsigned *cnt)
{
	int err = 0;

	for (; list[*cnt] && !err; ++*cnt)
		err = exec_words_add(words, list[*cnt], strlen(list[*cnt]));
	return err;
}

void process_set_limits(struct process *p)
{
	for (int i = 0; i < RLIMIT_CNT; i++)
		p->limits[i] = (struct rlimit){ UINT64_MAX, UINT64_MAX };
	p->limits[RLIMIT_STACK] = (struct rlimit){ USER_STACK_MAX, USER_STACK_MAX };
	p->limits[RLIMIT_CORE] = (struct rlimit){ 0, 0 };
	p->limits[RLIMIT_NPROC] = (struct rlimit){ ID_MAX, ID_MAX };
	p->limits[RLIMIT_NOFILE] = (struct rlimit){ FDTABLE_MAX, FDTABLE_MAX };
}

/* Everything of a process that is nobody's child. */
static int make(struct fdtable *files, struct fs_context *fs, struct task **task)
{
	struct process *p = process_make();
	struct group_spare spare;
	int err = group_spare_make(&spare);

	if (!p || err)
		return -TENON_ENOMEM;
	p->files = files;
	p->fs = fs;
	process_set_limits(p);
	memcpy(p->name, "init", 5);
	err = task_make(p, init_begin, NULL, task);
	if (err)
		return err;
	spin_lock(&process_lock);
	task_admit(NULL);
	(*task)->tid = p->pid = id_new();
	p->tasks = *task;
	p->task_cnt = 1;
	id_set_process(p->pid, p);
	id_set_task(p->pid, *task);
	group_found(p, NULL, &spare);
	process_init = p;
	spin_unlock(&process_lock);
	group_spare_free(&spare);
	return 0;
}

/* A script is run by the shell, as shells do where the kernel does not know scripts: their module cannot be had yet. */
static int __init load(struct fs_context *fs, const char *path, struct exec_words *words)
{
	const char *const argv[] = { "/bin/sh", path, NULL };
	struct exec_words shell = { .env_cnt = words->env_cnt };
	const char *at = words->bytes;
	int err = exec_load(fs, path, words, &first_image);

	if (err != -TENON_ENOEXEC)
		return err;
	for (unsigned i = 0; i < words->arg_cnt; i++)
		at += strlen(at) + 1;
	err = add_all(&shell, argv, &shell.arg_cnt);
	for (; !err && at < words->bytes + words->used; at += strlen(at) + 1)
		err = exec_words_add(&shell, at, strlen(at));
	if (!err)
		err = exec_load(fs, argv[0], &shell, &first_image);
	heap_free(shell.bytes);
	return err;
}

int __init process_start_init(const char *path, const char *const argv[], const char *const envp[],
			      struct fdtable *files, struct fs_context *fs)
{
	struct exec_words words = { 0 };
	struct task *task;
	int err = space_init();

	if (!err)
		err = shared_memory_init();
	if (!err)
		err = add_all(&words, argv, &words.arg_cnt);
	if (!err)
		err = add_all(&words, envp, &words.env_cnt);
	if (!err)
		err = load(fs, path, &words);
	heap_free(words.bytes);
	if (!err)
		err = make(files, fs, &task);
	/* A machine whose first process cannot be made is at its end: what there is stays. */
	if (!err)
		thread_start(task->thread);
	return err;
}
