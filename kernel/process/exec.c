// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A process goes over to another program. */
#include "kernel/process/exec.h"

#include "kernel/arch/x86_64/user.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/user_space.h"
#include "kernel/process/types.h"
#include "kernel/sched/thread.h"
#include "kernel/vfs/fdtable.h"
#include "kernel/vfs/fs_context.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

int exec_words_add(struct exec_words *words, const char *string, size_t len)
{
	size_t size = words->size ? words->size : 1024;
	char *bytes;

	if (len >= EXEC_BYTES_MAX - words->used)
		return -TENON_E2BIG;
	while (size < words->used + len + 1)
		size *= 2;
	if (size != words->size) {
		bytes = heap_resize(words->bytes, size);
		if (!bytes)
			return -TENON_ENOMEM;
		words->bytes = bytes;
		words->size = size;
	}
	memcpy(words->bytes + words->used, string, len);
	words->bytes[words->used + len] = '\0';
	words->used += len + 1;
	return 0;
}

/* What does not outlive the old program, with process_lock. */
static void forget_old(struct process *p, struct task *t)
{
	for (int i = 0; i < SIGNAL_MAX; i++) {
		p->actions[i].flags = 0;
		p->actions[i].mask = 0;
		if (p->actions[i].handler != HANDLER_IGNORE)
			p->actions[i].handler = HANDLER_DEFAULT;
	}
	t->signal_stack = (struct signal_stack){ 0 };
	t->clear_tid = t->robust_list = 0;
	if (t->tid != p->pid) {
		id_set_task(t->tid, NULL);
		id_set_task(p->pid, t);
		t->tid = p->pid;
	}
}

static void begin(struct exec_image *image, struct user_frame *frame)
{
	struct task *t = task_current();

	user_set_fs_base(0);
	user_set_gs_base(0);
	fpu_state_init(t->fpu_copy);
	fpu_load(t->fpu_copy);
	*frame = (struct user_frame){
		.rip = image->entry, .rsp = image->sp, .cs = SELECTOR_USER_CODE, .ss = SELECTOR_USER_DATA
	};
}

int exec_become(struct exec_image *image, struct user_frame *frame)
{
	struct task *t = task_current();
	struct process *p = t->process;
	struct user_space *old;
	char *old_path;
	int err = process_end_others();

	if (err)
		return err;
	user_set_table(image->space->table);
	spin_lock(&process_lock);
	old = p->space;
	old_path = p->executable;
	p->space = image->space;
	p->executable = image->path;
	memcpy(p->name, image->name, sizeof(p->name));
	memcpy(t->thread->name, image->name, sizeof(t->thread->name));
	p->has_executed = true;
	forget_old(p, t);
	spin_unlock(&process_lock);
	if (old)
		space_put(old);
	heap_free(old_path);
	process_vfork_done(p);
	fdtable_close_on_exec(p->files);
	begin(image, frame);
	return 0;
}
