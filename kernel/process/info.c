// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What /proc shows of a process. */
#include "kernel/arch/x86_64/user.h"
#include "kernel/mm/user_space.h"
#include "kernel/process/types.h"
#include "kernel/sched/thread.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

static char state_letter(const struct process *p)
{
	if (p->state == PROCESS_ZOMBIE)
		return 'Z';
	if (p->state == PROCESS_STOPPED)
		return 'T';
	for (const struct task *t = p->tasks; t; t = t->next)
		if (t->thread->state != THREAD_SLEEPING)
			return 'R';
	return 'S';
}

static void signal_info_of(const struct process *p, struct process_info *info)
{
	info->pending = p->pending.set;
	info->blocked = p->tasks ? p->tasks->blocked : 0;
	for (int i = 0; i < SIGNAL_MAX; i++) {
		if (p->actions[i].handler == HANDLER_IGNORE)
			info->ignored |= signal_bit(i + 1);
		else if (p->actions[i].handler != HANDLER_DEFAULT)
			info->caught |= signal_bit(i + 1);
	}
}

void process_info(struct process *p, struct process_info *info)
{
	struct user_space *space = process_space_get(p);

	*info = (struct process_info){ .pid = p->pid };
	spin_lock(&process_lock);
	info->parent = p->parent ? p->parent->pid : 0;
	info->group = p->group ? p->group->id : 0;
	info->session = p->group ? p->group->session->id : 0;
	info->terminal = p->group ? p->group->session->terminal : NULL;
	/* In /proc and the log it is part of a line. */
	for (unsigned i = 0; i < sizeof(info->name); i++)
		info->name[i] = p->name[i] > 0 && p->name[i] < ' ' ? '?' : p->name[i];
	info->state = state_letter(p);
	info->task_cnt = p->task_cnt;
	info->credentials = p->credentials;
	info->user_ns = process_run_ns(p);
	info->children_user_ns = p->children_ns;
	info->start_ns = p->start_ns;
	signal_info_of(p, info);
	spin_unlock(&process_lock);
	if (!space)
		return;
	mutex_lock(&space->lock);
	info->size_bytes = areas_bytes(&space->areas);
	info->resident_pages = user_table_pages(space->table);
	mutex_unlock(&space->lock);
	space_put(space);
}

long process_command_line(struct process *p, uint64_t offset, char *buf, size_t size)
{
	struct user_space *space = process_space_get(p);
	uint64_t bytes;

	if (!space)
		return 0;
	bytes = space->arg_end - space->arg_start;
	if (offset >= bytes)
		size = 0;
	else if (size > bytes - offset)
		size = bytes - offset;
	size = space_peek(space, space->arg_start + offset, buf, size);
	space_put(space);
	return (long)size;
}

void process_executable(struct process *p, char *buf, size_t size)
{
	spin_lock(&process_lock);
	strscpy(buf, p->executable ? p->executable : "", size);
	spin_unlock(&process_lock);
}
