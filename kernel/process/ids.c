// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * One space of numbers for tasks, processes, groups and sessions: a number is free when it stands for none of them.
 * They are given out in turn, so that one that was just given back does not soon mean something else.
 */
#include "kernel/process/types.h"
#include "tenon/errno.h"

static struct {
	struct task *task;
	struct process *process; /* zombies too */
	struct process_group *group;
	struct session *session;
} ids[ID_MAX];

static int last;

int id_new(void)
{
	for (int tried = 1; tried < ID_MAX; tried++) {
		last = last == ID_MAX - 1 ? 1 : last + 1;
		if (!ids[last].task && !ids[last].process && !ids[last].group && !ids[last].session)
			return last;
	}
	return -TENON_EAGAIN;
}

static bool is_id(int id)
{
	return id > 0 && id < ID_MAX;
}

void id_set_task(int id, struct task *task)
{
	ids[id].task = task;
}

struct task *id_task(int id)
{
	return is_id(id) ? ids[id].task : NULL;
}

void id_set_process(int id, struct process *process)
{
	ids[id].process = process;
}

struct process *id_process(int id)
{
	return is_id(id) ? ids[id].process : NULL;
}

struct process *id_next_process(int id)
{
	for (id = id < 0 ? 1 : id + 1; id < ID_MAX; id++)
		if (ids[id].process)
			return ids[id].process;
	return NULL;
}

void id_set_group(int id, struct process_group *group)
{
	ids[id].group = group;
}

struct process_group *id_group(int id)
{
	return is_id(id) ? ids[id].group : NULL;
}

void id_set_session(int id, struct session *session)
{
	ids[id].session = session;
}
