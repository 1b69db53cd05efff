// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/process/helper.h"

#include "kernel/mm/heap.h"
#include "kernel/process/exec.h"
#include "kernel/process/types.h"
#include "kernel/sched/thread.h"
#include "kernel/vfs/fdtable.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/fs_context.h"
#include "kernel/vfs/vfs.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

/* Who waits and the process have one reference each. */
struct helper {
	_Atomic uint32_t refs;
	struct process *process; /* process_lock; NULL: it has ended, with status */
	int status;
	char why[HELPER_WHY_BYTES];
	struct wait_queue queue;
	struct exec_image image; /* until its thread takes it */
};

static void put(struct helper *h)
{
	if (atomic_fetch_sub(&h->refs, 1) == 1)
		heap_free(h);
}

void helper_ended(struct process *p)
{
	struct helper *h = p->helper;

	h->status = p->exit_status;
	h->process = NULL;
	p->helper = NULL;
	wait_wake_all(&h->queue);
	put(h);
}

static void begin(void *arg)
{
	struct helper *h = arg;
	struct user_frame frame;

	if (exec_become(&h->image, &frame)) {
		exec_image_drop(&h->image);
		process_exit(SIGNAL_KILL);
	}
	user_enter(&frame);
}

static int open_files(struct fs_context *fs, struct fdtable *files)
{
	struct path_start start;
	struct node *node;
	struct file *null;
	int err, fd;

	fs_context_start(fs, &start);
	/* Not vfs_open(): where there is no such device it would have one loaded, by a program like this one. */
	err = path_find(&start, "/dev/null", PATH_FOLLOW, &node);
	if (err)
		err = path_find(&start, "/dev/console", PATH_FOLLOW, &node);
	path_start_put(&start);
	if (err)
		return err;
	err = vfs_open_node(node, OPEN_READ_WRITE, &null);
	node_put(node);
	if (err)
		return err;
	for (fd = 0; fd < 3 && err >= 0; fd++)
		err = fdtable_add(files, null, fd, false);
	file_put(null);
	return err < 0 ? err : 0;
}

static int load(struct helper *h, struct fs_context *fs, const char *const argv[])
{
	static const char *const envp[] = { "HOME=/", "TERM=linux", "PATH=/sbin:/usr/sbin:/bin:/usr/bin", NULL };
	struct exec_words words = { 0 };
	int err = 0;

	for (; argv[words.arg_cnt] && !err; words.arg_cnt++)
		err = exec_words_add(&words, argv[words.arg_cnt], strlen(argv[words.arg_cnt]));
	for (; envp[words.env_cnt] && !err; words.env_cnt++)
		err = exec_words_add(&words, envp[words.env_cnt], strlen(envp[words.env_cnt]));
	if (!err)
		err = exec_load(fs, argv[0], &words, &h->image);
	heap_free(words.bytes);
	return err;
}

/* Make it known. The process has what it needs. */
static int publish(struct helper *h, struct task *t)
{
	struct process *p = t->process;
	struct group_spare spare;
	int err = group_spare_make(&spare);

	if (err)
		return err;
	spin_lock(&process_lock);
	err = task_admit(NULL);
	if (!err) {
		t->tid = id_new();
		if (t->tid < 0) {
			err = t->tid;
			task_gone();
		}
	}
	if (!err) {
		p->pid = t->tid;
		p->tasks = t;
		p->task_cnt = 1;
		p->helper = h;
		h->process = p;
		atomic_fetch_add(&h->refs, 1);
		id_set_process(p->pid, p);
		id_set_task(p->pid, t);
		group_found(p, NULL, &spare);
	}
	spin_unlock(&process_lock);
	group_spare_free(&spare);
	return err;
}

static void drop(struct process *p)
{
	if (p->files)
		fdtable_put(p->files);
	if (p->fs)
		fs_context_put(p->fs);
	process_put(p);
}

static int start(struct helper *h, const char *const argv[])
{
	struct process *p = process_make();
	struct task *t;
	int err = -TENON_ENOMEM;

	if (!p)
		return err;
	process_set_limits(p);
	strscpy(p->name, "helper", sizeof(p->name));
	p->files = fdtable_make();
	p->fs = fs_context_make();
	if (p->files && p->fs)
		err = open_files(p->fs, p->files);
	if (!err)
		err = load(h, p->fs, argv);
	if (err) {
		drop(p);
		return err;
	}
	err = task_make(p, begin, h, &t);
	if (!err) {
		err = publish(h, t);
		if (!err) {
			thread_start(t->thread);
			return 0;
		}
		task_drop(t);
	}
	exec_image_drop(&h->image);
	drop(p);
	return err;
}

int helper_run(const char *const argv[], const char *why, uint64_t deadline_ns, int *status)
{
	struct helper *h = heap_alloc_zeroed(sizeof(*h));
	int err;

	if (!h)
		return -TENON_ENOMEM;
	atomic_init(&h->refs, 1);
	wait_queue_init(&h->queue);
	strscpy(h->why, why, sizeof(h->why));
	err = start(h, argv);
	if (!err)
		err = wait_event(&h->queue, !__atomic_load_n(&h->process, __ATOMIC_ACQUIRE), deadline_ns, WAIT_KILL);
	spin_lock(&process_lock);
	if (h->process)
		process_kill(h->process, SIGNAL_KILL);
	*status = h->status;
	spin_unlock(&process_lock);
	put(h);
	return err;
}

bool helper_why(char why[HELPER_WHY_BYTES])
{
	struct task *t = task_current();
	const struct helper *h = NULL;

	spin_lock(&process_lock);
	for (const struct process *p = t ? t->process : NULL; p && !h; p = p->parent)
		h = p->helper;
	if (h)
		memcpy(why, h->why, sizeof(h->why));
	spin_unlock(&process_lock);
	return h;
}

bool helper_runs(void)
{
	char why[HELPER_WHY_BYTES];

	return helper_why(why);
}
