// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/process/wait.h"

#include "kernel/process/types.h"
#include "tenon/errno.h"

static bool is_wanted(const struct process *parent, const struct process *child, int pid)
{
	if (pid == -1)
		return true;
	if (pid > 0)
		return child->pid == pid;
	return child->group->id == (pid ? -pid : parent->group->id);
}

/* Has @child something to tell? Fills the status. */
static bool is_ready(const struct process *child, unsigned options, struct child_report *report)
{
	if (child->state == PROCESS_ZOMBIE && options & WAIT_EXITED)
		report->status = child->exit_status;
	else if (child->event == CHILD_STOPPED && options & WAIT_STOPPED && child->state == PROCESS_STOPPED)
		report->status = child->stop_signal << 8 | 0x7f;
	else if (child->event == CHILD_CONTINUED && options & WAIT_CONTINUED && child->state == PROCESS_ALIVE)
		report->status = 0xffff;
	else
		return false;
	report->pid = child->pid;
	report->uid = child->credentials.uid;
	report->run_ns = child->ended_ns + child->children_ns;
	return true;
}

int child_find(struct process *parent, const struct child_wait *w, struct child_report *report)
{
	bool any = false;

	for (struct process *child = parent->children; child; child = child->sibling) {
		if (!is_wanted(parent, child, w->pid))
			continue;
		any = true;
		if (!is_ready(child, w->options, report))
			continue;
		if (w->options & WAIT_LEAVE)
			return 0;
		child->event = CHILD_NONE;
		if (child->state == PROCESS_ZOMBIE)
			process_reap(child);
		return 0;
	}
	return any ? -TENON_EAGAIN : -TENON_ECHILD;
}

static int find_locked(struct process *parent, const struct child_wait *w, struct child_report *report)
{
	int err;

	spin_lock(&process_lock);
	err = child_find(parent, w, report);
	spin_unlock(&process_lock);
	return err;
}

int child_wait(const struct child_wait *w, struct child_report *report)
{
	struct process *parent = process_current();
	int err = find_locked(parent, w, report), interrupted;

	if (err != -TENON_EAGAIN)
		return err;
	*report = (struct child_report){ 0 };
	if (w->options & WAIT_NO_HANG)
		return 0;
	interrupted = wait_event(&parent->child_queue, (err = find_locked(parent, w, report)) != -TENON_EAGAIN,
				 DEADLINE_NONE, WAIT_SIGNAL);
	return err == -TENON_EAGAIN ? interrupted : err;
}
